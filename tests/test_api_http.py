from __future__ import annotations

import threading

import pytest
from fastapi.testclient import TestClient
from worker_standins import reading

from api.files import safe_name
from api.http.app import create_app
from api.settings import Settings
from api.workers import WorkerPool


@pytest.fixture(scope="module")
def client(tmp_path_factory):
    settings = Settings(home=tmp_path_factory.mktemp("home"), upload_mb=1, upload_files=3, reviews_at_once=1)
    with TestClient(create_app(settings, WorkerPool(1, reading))) as one:
        yield one


def _files(*named: tuple[str, bytes]):
    return [("files", (name, content)) for name, content in named]


def _problem(response, status: int) -> dict:
    assert response.status_code == status
    assert response.headers["content-type"] == "application/problem+json"
    body = response.json()
    assert body["status"] == status
    assert body["title"]
    assert body["detail"]
    return body


def test_the_body_is_the_very_report(client):
    response = client.post("/api/v1/reviews", files=_files(("b.txt", b"two"), ("a.txt", b"one")))
    assert response.status_code == 200
    assert response.headers["content-type"] == "application/json"
    assert response.content == b"one|two0"


@pytest.mark.parametrize(
    ("files", "status"),
    [
        (_files(("bad.txt", b"x")), 422),
        (_files(("密.txt", b"x")), 422),
        (_files(("crash.txt", b"x")), 422),
        (_files(("big.txt", b"x" * (2**20 + 1))), 413),
        (_files(*((f"{i}.txt", b"x") for i in range(4))), 413),
    ],
)
def test_errors_are_problems(client, files, status):
    body = _problem(client.post("/api/v1/reviews", files=files), status)
    assert "Traceback" not in body["detail"]
    assert client.post("/api/v1/reviews", files=_files(("a.txt", b"one"))).status_code == 200


def test_a_request_without_files_and_a_wrong_address_are_problems(client):
    _problem(client.post("/api/v1/reviews"), 422)
    _problem(client.get("/api/v1/nothing"), 404)
    _problem(client.get("/api/v1/reviews"), 405)


def test_a_full_house_says_when_to_come_back(tmp_path):
    entered, leave = threading.Event(), threading.Event()

    class Busy:
        size, busy = 1, 1

        def ask(self, _piece, _seconds):
            entered.set()
            leave.wait(30)
            raise AssertionError

        def close(self):
            pass

    app = create_app(Settings(home=tmp_path, reviews_at_once=1), Busy())
    with TestClient(app, raise_server_exceptions=False) as one:
        first: list[int] = []
        thread = threading.Thread(
            target=lambda: first.append(one.post("/api/v1/reviews", files=_files(("a.txt", b"x"))).status_code)
        )
        thread.start()
        assert entered.wait(30)
        response = one.post("/api/v1/reviews", files=_files(("b.txt", b"x")))
        _problem(response, 429)
        assert int(response.headers["retry-after"]) > 0
        assert one.get("/healthz").json()["status"] == "ok"
        leave.set()
        thread.join(30)
    assert first == [500]


def test_pages_ask_nothing_of_another_host(client):
    page = client.get("/")
    assert 'type="file"' in page.text
    assert "default-src 'none'; script-src 'self'" in page.headers["content-security-policy"]
    assert "//" not in page.text.replace("http://testserver", "").replace("</", "")


def test_openapi_names_the_route(client):
    assert "/api/v1/reviews" in client.get("/openapi.json").json()["paths"]


@pytest.mark.parametrize(
    "name",
    [
        "../../etc/passwd",
        "C:\\a\\b.docx",
        "a\x00b.docx",
        "",
        "..",
        "a" * 300 + ".docx",
        "方" * 200 + ".docx",
        "\u202egpj.exe",
    ],
)
def test_uploaded_names_stay_in_their_folder(name):
    safe = safe_name(name, 1, set())
    assert safe
    assert safe not in {".", ".."}
    assert not set(safe) & set("/\\\x00\u202e")
    assert len(safe.encode()) <= 221
    assert safe_name(name, 2, {safe}) != safe
