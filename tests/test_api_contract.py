"""What the API promises to whoever programs against it: problems, examples, versions, pages, limits, papers."""

from __future__ import annotations

import contextlib
import io
import re
import threading
import time
import zipfile
import zlib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import quote

import httpx
import pytest
import uvicorn
from docx import Document
from report_samples import HOSTILE
from served import API, until
from worker_standins import queued

from api.http import view
from api.http.app import create_app
from api.http.examples import EXAMPLES
from api.http.guard import LOOPBACK
from api.settings import Settings
from api.store.submissions import ASKED
from api.workers import WorkerPool

ENDED = {"done", "failed", "refused", "cancelled"}


def _sent(client, name: str, content: bytes = b"plan", **more) -> str:
    answer = client.post(f"{API}/submissions", files=[("files", (name, content))], **more)
    assert answer.status_code == 202, answer.text
    number = answer.json()["id"]
    until(client, f"/submissions/{number}", lambda found: found["state"] in ENDED)
    return str(number)


@pytest.fixture(scope="module")
def done(client):
    return _sent(client, "方案.txt")


@pytest.fixture(scope="module")
def finding(client, done):
    return client.get(f"{API}/submissions/{done}/report").json()["findings"][0]["id"]


# Versions


def test_if_match_guards_a_decision(client, done, finding):
    address = f"{API}/submissions/{done}/findings/{finding}/decision"
    first = client.get(address)
    assert first.headers["etag"] == '"0"'
    assert client.put(address, json={"verdict": "accepted"}).status_code == 428
    assert client.put(address, json={"verdict": "accepted"}, headers={"If-Match": "*"}).status_code == 412
    made = client.put(address, json={"verdict": "accepted"}, headers={"If-Match": '"0"'})
    assert made.status_code == 200
    assert made.headers["etag"] == '"1"'
    late = client.put(address, json={"verdict": "open"}, headers={"If-Match": '"0"'})
    assert late.status_code == 412
    assert late.headers["content-type"] == "application/problem+json"
    assert client.put(address, json={"verdict": "open", "version": 0}).status_code == 409
    assert client.get(address).json()["verdict"] == "accepted"
    assert client.get(address.replace(finding, "none")).status_code == 404


def test_if_match_guards_the_opinion(client, done):
    address = f"{API}/submissions/{done}/opinion"
    tag = client.get(address).headers["etag"]
    assert client.put(address, json={"text": "一"}).status_code == 428
    assert client.put(address, json={"text": "一"}, headers={"If-Match": tag}).status_code == 200
    assert client.put(address, json={"text": "二"}, headers={"If-Match": tag}).status_code == 412
    assert client.get(address).json()["text"] == "一"


def test_a_report_that_was_seen_is_not_sent_again(client, done):
    address = f"{API}/submissions/{done}/report"
    tag = client.get(address).headers["etag"]
    again = client.get(address, headers={"If-None-Match": tag})
    assert again.status_code == 304
    assert not again.content
    assert client.get(address, headers={"If-None-Match": '"x"'}).status_code == 200


def test_what_was_typed_is_not_lost_where_it_is_refused(client):
    number = _sent(client, "方案.txt", b"typed")
    finding = client.get(f"{API}/submissions/{number}/report").json()["findings"][0]["id"]
    at = f"/submissions/{number}/findings/{finding}"
    assert 'name="reason"' in client.get(f"{at}/form").text
    typed = {"version": "0", "verdict": "changed", "measure": "核减", "amount_wan": "7.5", "message": "另一种说法"}
    card = client.post(at, data=typed).text  # without a reason
    assert "请写明理由" in card
    assert "7.5" in card
    assert "另一种说法" in card
    client.post(at, data={"version": "0", "verdict": "accepted"})
    late = client.post(at, data={**typed, "reason": "我写的理由"}).text
    assert "刚被别人改过" in late
    assert "我写的理由" in late
    assert "请写明理由" not in client.post(at, data={**typed, "reason": "我写的理由", "version": "1"}).text
    assert client.get(f"{API}{at}/decision").json()["content"]["amount_wan"] == 7.5


# Problems


def _operations(client):
    for path, methods in client.get("/openapi.json").json()["paths"].items():
        for method, operation in methods.items():
            yield method, path, operation


def test_every_error_is_a_problem(client):
    for method, path, _ in _operations(client):
        address = re.sub(r"\{[a-z_]+\}", "none", path)
        for send in (
            lambda m=method, a=address: client.request(m, a, json={"no": 1}),
            lambda m=method, a=address: client.request(m, a, content=b"\x00"),
            lambda a=address: client.request("DELETE", a),
        ):
            answer = send()
            assert answer.status_code < 500, (method, path, answer.text)
            if answer.status_code >= 400:
                assert answer.headers["content-type"] == "application/problem+json", (method, path)
                body = answer.json()
                assert body["status"] == answer.status_code
                assert body["title"]
                assert body["detail"]
                assert not body["detail"].isascii(), (method, path, body["detail"])


def test_a_browser_gets_errors_as_pages_and_htmx_as_problems(client):
    looked_at = client.get("/submissions/none", headers={"Accept": "text/html"})
    assert looked_at.status_code == 404
    assert looked_at.headers["content-type"].startswith("text/html")
    assert "没有这个项目" in looked_at.text
    assert "没有这个地址" in client.get("/nowhere", headers={"Accept": "text/html"}).text
    swapped = client.get("/submissions/none/progress", headers={"Accept": "text/html", "HX-Request": "true"})
    assert swapped.headers["content-type"] == "application/problem+json"
    api = client.get(f"{API}/submissions/none", headers={"Accept": "text/html"})
    assert api.headers["content-type"] == "application/problem+json"


# Examples and pages


def _like(example, real, where: str) -> None:
    if isinstance(example, dict):
        assert isinstance(real, dict), where
        assert example.keys() <= real.keys(), (where, example.keys() - real.keys())
        for key, value in example.items():
            if key not in {"content", "amount_wan"}:
                _like(value, real[key], f"{where}.{key}")
    elif isinstance(example, list):
        assert isinstance(real, list), where
        if example and real:
            _like(example[0], real[0], f"{where}[]")
    elif example is not None and real is not None:
        assert isinstance(real, int | float if isinstance(example, float) else type(example)), (where, example, real)


def test_the_examples_are_what_is_answered(client, done, finding):
    at = f"{API}/submissions/{done}"
    csv = "编号,系统名称,功能清单\nS1,一网统管平台,受理；派单\n,无编号,\n".encode()
    batch = client.post(f"{API}/batches", files=[("files", (f"本年/p{i}/方案.txt", b"x")) for i in range(2)])
    again = _sent(client, "方案.txt", b"fixed plan", data={"previous": done})
    taken = client.post(f"{API}/submissions", files=[("files", ("a.txt", b"plan"))])
    client.delete(f"{API}/submissions/{taken.json()['id']}", params={"reason": "报错了"})
    real = {
        "taken": taken,
        "deletions": client.get(f"{API}/deletions"),
        "list": client.get(f"{API}/submissions"),
        "submission": client.get(at),
        "job": client.post(f"{at}/reviews"),
        "stopped": client.post(f"{at}/cancel"),
        "comparison": client.get(f"{API}/submissions/{again}/comparison"),
        "history": client.get(f"{at}/history"),
        "decision": client.get(f"{at}/findings/{finding}/decision"),
        "added": client.post(f"{at}/findings", json={"title": "接口未落实"}),
        "decisions": client.get(f"{at}/decisions"),
        "opinion": client.get(f"{at}/opinion"),
        "version": client.put(
            f"{at}/opinion", json={"text": "x", "version": client.get(f"{at}/opinion").json()["version"]}
        ),
        "papers": client.get(f"{at}/papers"),
        "batch taken": batch,
        "batches": client.get(f"{API}/batches"),
        "batch": client.get(f"{API}/batches/{batch.json()['id']}"),
        "imported": client.post(f"{API}/register", files={"file": ("a.csv", csv)}),
        "register": client.get(f"{API}/register"),
        "policy": client.get(f"{API}/policy"),
        "rule": client.get(f"{API}/policy/rules/NEG-1"),
        "system": client.get(f"{API}/register/systems/S1"),
        "nearest": client.get(f"{API}/corpus/search", params={"q": "受理"}),
        "batch again": client.post(f"{API}/batches/{batch.json()['id']}/reviews"),
        "health": client.get("/healthz"),
    }
    assert real.keys() == EXAMPLES.keys()
    for name, answer in real.items():
        assert answer.is_success, (name, answer.text)
        _like(EXAMPLES[name], answer.json(), name)
    shown = [str(operation["responses"]).count("'example'") for _, _, operation in _operations(client)]
    assert sum(shown) >= len(EXAMPLES)
    bodies = [o["requestBody"]["content"] for _, _, o in _operations(client) if "requestBody" in o]
    schemas = client.get("/openapi.json").json()["components"]["schemas"]
    for body in bodies:
        if "application/json" in body:
            assert schemas[body["application/json"]["schema"]["$ref"].rsplit("/", 1)[1]]["examples"]


def test_every_answer_is_described(client):
    """Each operation says what comes back and in which type, JSON with an example; docs/api.md names each."""
    docs = (Path(__file__).parent.parent / "docs" / "api.md").read_text(encoding="utf-8")
    told = set(re.findall(r"`(GET|POST|PUT|DELETE) (/[^` ?]+)`", docs))
    there = {
        (m.upper(), re.sub(r"\{(number|rule|kind|form|finding)(:path)?\}", r"{\1}", p))
        for m, p, _ in _operations(client)
    }
    assert told == there
    for method, path, operation in _operations(client):
        good = {int(s): a for s, a in operation["responses"].items() if s.startswith("2")}
        assert good, (method, path)
        for status, answer in good.items():
            content = answer.get("content", {})
            assert content or status == 204, (method, path)
            for kind, one in content.items():
                assert "example" in one or one["schema"].get("format") == "binary", (method, path, kind)
    listed = next(o for m, p, o in _operations(client) if (m, p) == ("get", f"{API}/submissions"))
    assert {p["name"] for p in listed["parameters"]} >= set(ASKED) | {"sort", "offset", "limit"}


def test_lists_come_in_pages(client, done):
    for path in ("submissions", "batches", "register", f"submissions/{done}/history"):
        first = client.get(f"{API}/{path}", params={"limit": 1}).json()
        seen, offset = list(first["items"]), first["next_offset"]
        while offset is not None:
            page = client.get(f"{API}/{path}", params={"limit": 1, "offset": offset}).json()
            seen += page["items"]
            offset = page["next_offset"]
        assert len(seen) == first["total"]
        assert client.get(f"{API}/{path}", params={"limit": 0}).status_code == 422


# Batches


def _zip(entries: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in entries.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def _inner(number: int) -> bytes:
    return _zip({"方案.txt": f"inner {number}".encode()})


@pytest.mark.parametrize(
    ("entries", "names"),
    [
        ({f"本年/项目{i}/方案.txt": b"x" for i in range(3)}, ["项目0", "项目1", "项目2"]),
        ({f"项目{i}.zip": _inner(i) for i in range(3)}, ["项目0.zip", "项目1.zip", "项目2.zip"]),
        ({"单位甲/a/方案.txt": b"x", "单位乙/b/方案.txt": b"y", "汇总表.xlsx": b"z"}, ["单位乙__b", "单位甲__a"]),
    ],
)
def test_an_archive_of_projects_becomes_a_batch(client, entries, names):
    sent = client.post(f"{API}/batches", files=[("files", ("2022.zip", _zip(entries)))], data={"name": "包"})
    assert sent.status_code == 202, sent.text
    found = client.get(f"{API}/batches/{sent.json()['id']}").json()["submissions"]
    assert sorted(s["name"] for s in found) == sorted(names)


def _spoilt(archive: bytes, *contents: bytes) -> bytes:
    """The archive with the stored bytes of entries changed, so that their checksums are wrong and they do not inflate."""
    for content in contents:
        packed = zlib.compressobj(wbits=-15)
        data = packed.compress(content) + packed.flush()
        assert archive.count(data) == 1
        archive = archive.replace(data, b"\xff" * len(data))
    return archive


def test_an_entry_that_cannot_be_had_is_named_and_the_rest_is_read(client):
    bad, lost = bytes(range(250)) * 2, bytes(reversed(range(250))) * 2
    whole = _zip({
        "本年/甲/方案.txt": b"one", "本年/甲/附件/报价.pdf": bad, "本年/乙/方案.txt": b"two", "本年/丙/方案.docx": lost,
    })  # fmt: skip
    sent = client.post(f"{API}/batches", files=[("files", ("2022.zip", _spoilt(whole, bad, lost)))])
    assert sent.status_code == 202, sent.text
    found = {}
    for number in sent.json()["submissions"]:
        for _ in range(1200):
            one = client.get(f"{API}/submissions/{number}").json()
            if one["state"] in ENDED and (one["state"] == "failed" or one["job"]["state"] == "done"):
                break
            time.sleep(0.05)
        found[one["name"]] = one
    assert found.keys() == {"甲", "乙", "丙"}
    assert [(f["name"], "损坏" in f["why"]) for f in found["甲"]["unread"]] == [("附件/报价.pdf", True)]
    assert found["甲"]["state"] == found["乙"]["state"] == "done"
    assert found["乙"]["unread"] == []
    told = client.get(f"{API}/submissions/{found['甲']['id']}/report").json()["not_checked"]
    assert any(n["what"] == "附件/报价.pdf" and "损坏" in n["why"] for n in told)
    assert found["丙"]["state"] == "failed"
    assert "方案.docx" in found["丙"]["error"]
    assert "损坏" in client.get(f"/submissions/{found['丙']['id']}").text


def test_an_archive_that_cannot_be_read_at_all_makes_no_batch(client):
    good = _zip({"a/方案.txt": b"x" * 50, "b/方案.txt": b"y" * 50})
    answer = client.post(f"{API}/batches", files=[("files", ("坏.zip", good[: len(good) // 2]))])
    assert answer.status_code == 422
    assert "坏.zip" in answer.json()["detail"]
    bomb = client.post(f"{API}/batches", files=[("files", ("b.zip", _zip({"a/方案.txt": b"\0" * 80_000_000})))])
    assert bomb.status_code == 422


# Papers


def _words(content: bytes) -> str:
    document = Document(io.BytesIO(content))
    cells = [c.text for t in document.tables for r in t.rows for c in r.cells]
    return "\n".join([*(p.text for p in document.paragraphs), *cells])


def test_papers_hold_what_people_decided(client):
    number = _sent(client, "方案.txt", b"papers plan")
    at = f"{API}/submissions/{number}"
    findings = client.get(f"{at}/report").json()["findings"]
    room = next(f["id"] for f in findings if f["rule"] == "NEG-1")
    other = next(f["id"] for f in findings if f["id"] != room)
    given = {"verdict": "changed", "reason": "一期已建", "measure": "核减", "amount_wan": 12.5, "version": 0}
    assert client.put(f"{at}/findings/{room}/decision", json={**given, "message": "改过的话"}).is_success
    client.put(f"{at}/findings/{other}/decision", json={"verdict": "rejected", "reason": "附件已有", "version": 0})
    client.post(f"{at}/findings", json={"title": "漏报的事", "suggestion": "请补", "measure": "说明"})
    client.put(f"{at}/opinion", json={"text": "人写的理由", "advice": "建议补正后再审", "version": 0})
    for one in client.get(f"{at}/papers").json():
        for form in one["formats"]:
            answer = client.get(f"{at}/papers/{quote(one['kind'])}", params={"form": form})
            if one["kind"] == "批注":  # the stand-in's plan is a text file
                assert answer.status_code == 422
                continue
            assert answer.status_code == 200, (one, answer.text)
            assert answer.content[:4] == (b"%PDF" if form == "pdf" else b"PK\x03\x04")
            assert quote(f"{one['kind']}.{form}") in answer.headers["content-disposition"]
    opinion = _words(client.get(f"/submissions/{number}/papers/初审意见.docx").content)
    assert "人写的理由" in opinion
    said = {"party": ["牵头部门", "第三方"], "view": ["同意立项", ""], "dispute": "分期与否"}
    form = {"text": "人写的理由", "advice": "建议补正后再审", "version": "1"}
    shown = client.post(f"/submissions/{number}/opinion", data=form | said).text
    assert 'value="同意立项"' in shown
    assert 'value="分期与否"' in client.get(f"/submissions/{number}").text
    kept = client.put(f"{at}/opinion", json={"text": "人写的理由", "advice": "建议补正后再审", "version": 2})
    assert kept.json() == {"version": 3}  # views not sent stay
    told = client.get(f"{at}/opinion").json()
    assert (told["views"], told["dispute"]) == ({"牵头部门": "同意立项"}, "分期与否")
    page = _words(client.get(f"{at}/papers/一页纸").content)
    assert "牵头部门：同意立项；" in page
    assert "分期与否。" in page
    late = client.post(f"/submissions/{number}/opinion", data={**form, **said, "view": ["没丢的话", ""]}).text
    assert 'value="没丢的话"' in late
    notice = _words(client.get(f"/submissions/{number}/papers/补正通知.docx").content)
    assert "漏报的事" in notice or "请补" in notice
    assert "附件已有" not in notice
    cuts = _words(client.get(f"/submissions/{number}/papers/核减表.docx").content)
    assert "12.5" in cuts
    assert "一期已建" in cuts
    assert client.get(f"{at}/papers/别的").status_code == 404
    assert client.get(f"{at}/papers/初审意见", params={"form": "exe"}).status_code == 404
    assert client.get("/yearly.xlsx").content[:2] == b"PK"


def test_when_nothing_is_left_the_reviewer_must_say_what_they_advise(client):
    number = _sent(client, "方案.txt", b"all rejected")
    at = f"{API}/submissions/{number}"
    for found in client.get(f"{at}/report").json()["findings"]:
        client.put(f"{at}/findings/{found['id']}/decision", json={"verdict": "rejected", "reason": "无", "version": 0})
    answer = client.get(f"{at}/papers/初审意见")
    assert answer.status_code == 422
    assert "结论" in answer.json()["detail"]
    client.put(f"{at}/opinion", json={"text": "", "advice": "建议进入评审", "version": 0})
    assert client.get(f"{at}/papers/初审意见").status_code == 200


def test_a_report_of_another_version_asks_for_a_new_review(client, monkeypatch):
    number = _sent(client, "方案.txt", b"old report")

    def other(_content):
        raise ValueError

    view.reviewed.cache_clear()
    monkeypatch.setattr(view.stored, "load", other)
    page = client.get(f"/submissions/{number}")
    assert page.status_code == 200
    assert "请重新审核" in page.text
    assert "再审一次" in page.text
    answer = client.get(f"{API}/submissions/{number}/comparison")
    assert answer.headers["content-type"] == "application/problem+json"


# The board


def test_the_board_counts_a_project_once_and_leads_to_those_with_a_fault(client):
    first = _sent(client, "单独.txt", b"once more")
    second = _sent(client, "单独.txt", b"fixed once more", data={"previous": first})
    listed = [s["id"] for s in client.get(f"{API}/submissions", params={"current": 1, "limit": 200}).json()["items"]]
    assert second in listed
    assert first not in listed
    board = client.get("/board").text
    assert HOSTILE not in board
    found = client.get(f"{API}/submissions", params={"rule": "NEG-1", "fault": "新建机房", "limit": 200}).json()[
        "items"
    ]
    ids = [s["id"] for s in found]
    assert first in ids
    assert second not in ids  # the stand-in's fixed plan has no such finding
    assert client.get(f"{API}/submissions", params={"rule": "NEG-%"}).json()["total"] == 0
    at = f"{API}/submissions/{second}"
    client.put(f"{at}/opinion", json={"text": "", "advice": "建议不予立项", "version": 0})
    assert second in [
        s["id"] for s in client.get(f"{API}/submissions", params={"advice": "建议不予立项"}).json()["items"]
    ]
    assert "建议不予立项" in client.get("/board").text


# Too many uploads, over a real connection


def test_more_uploads_than_can_be_taken_are_turned_away_and_none_is_lost(tmp_path):
    settings = Settings(home=tmp_path, upload_mb=8, uploads_at_once=2)
    app = create_app(settings, WorkerPool(1, queued, (str(tmp_path),)), LOOPBACK)
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="error"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.02)
    base = f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    gate = threading.Event()

    def slowly():
        head = b'--b\r\nContent-Disposition: form-data; name="files"; filename="a.txt"\r\n\r\nx'
        yield head
        gate.wait(60)
        yield b"\r\n--b--\r\n"

    def send(content, **headers):
        return httpx.post(
            f"{base}{API}/submissions", content=content, timeout=120,
            headers={"Content-Type": "multipart/form-data; boundary=b", **headers},
        )  # fmt: skip

    try:
        with ThreadPoolExecutor(2) as threads:
            waiting = [threads.submit(send, slowly()) for _ in range(2)]
            while httpx.get(f"{base}/healthz").json()["uploads"] < 2:
                time.sleep(0.02)
            answer = httpx.post(f"{base}{API}/submissions", files={"files": ("b.txt", b"y" * 5_000_000)}, timeout=60)
            assert answer.status_code == 429
            assert int(answer.headers["retry-after"]) > 0
            assert answer.headers["content-type"] == "application/problem+json"
            assert httpx.get(f"{base}{API}/submissions").status_code == 200  # the rest goes on
            gate.set()
            taken = [one.result() for one in waiting]
        assert [t.status_code for t in taken] == [202, 202]
        for one in taken:
            assert httpx.get(f"{base}{one.headers['location']}").json()["files"][0]["size"] == 1
        large = httpx.post(f"{base}{API}/submissions", files={"files": ("c.txt", b"z" * 10_000_000)}, timeout=60)
        assert large.status_code == 413

        def endless():
            yield b'--b\r\nContent-Disposition: form-data; name="files"; filename="a.txt"\r\n\r\n'
            for _ in range(12):
                yield b"x" * 1_000_000
            yield b"\r\n--b--\r\n"

        with contextlib.suppress(httpx.WriteError):  # it may hang up on whoever goes on sending
            assert send(endless()).status_code == 413
        assert httpx.get(f"{base}/healthz").status_code == 200
    finally:
        server.should_exit = True
        thread.join(20)
