"""Submissions sent by mistake: out with everything but who deleted them; what was signed off stays."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from served import API, until

from api.store import Deletions, FileStore, Jobs, MissingError, Submissions, open_database
from api.store.jobs import COMPARE
from api.store.submissions import Arrival, record

WHY = {"reason": "报错了文件夹"}


def _sent(client, text: str, **data: str) -> str:
    sent = client.post(f"{API}/submissions", files=[("files", ("方案.txt", text.encode()))], data=data)
    number = str(sent.json()["id"])
    until(client, f"/submissions/{number}", lambda s: s["state"] == "done")
    return number


def _kept(home) -> dict[str, str]:
    return {p.name: p.read_text("utf-8", "replace") for p in (home / "files").glob("*/*")}


def test_everything_goes_but_who_deleted_it_and_why(client, home):
    number = _sent(client, "只有这里写的字")
    finding = client.get(f"{API}/submissions/{number}/report").json()["findings"][0]["id"]
    decided = {"verdict": "accepted", "version": 0}
    client.put(f"{API}/submissions/{number}/findings/{finding}/decision", json=decided)
    assert "只有这里写的字" in "".join(_kept(home).values())
    assert client.delete(f"{API}/submissions/{number}").status_code == 422
    assert client.delete(f"{API}/submissions/{number}", params={"reason": " "}).status_code == 422
    gone = client.delete(f"{API}/submissions/{number}", params=WHY, headers={"X-Reviewer": "a"})
    assert gone.status_code == 204
    assert "只有这里写的字" not in "".join(_kept(home).values())
    assert client.get(f"{API}/submissions/{number}").status_code == 404
    assert "已由a删除，理由：报错了文件夹" in client.get(f"{API}/submissions/{number}").json()["detail"]
    assert client.get(f"{API}/submissions/{number}/report").status_code == 404
    assert number not in client.get(f"{API}/submissions").text
    told = client.get(f"{API}/submissions/{number}/history").json()["items"]
    assert (told[0]["by"], told[0]["what"]) == ("a", "删除这个项目，理由：报错了文件夹")
    assert told[-1]["what"] == "报送1个文件"
    assert client.get(f"{API}/deletions").json()["items"][0]["id"] == number
    assert client.delete(f"{API}/submissions/{number}", params=WHY).status_code == 404
    assert "报错了文件夹" in client.get("/deleted").text
    assert client.get("/board").status_code == 200


def test_the_same_files_sent_twice_stay_with_the_one_that_is_left(client):
    one, two = _sent(client, "报了两遍"), _sent(client, "报了两遍")
    before = client.get(f"{API}/submissions/{two}/report").content
    assert client.delete(f"{API}/submissions/{one}", params=WHY).status_code == 204
    assert client.get(f"{API}/submissions/{two}/report").content == before
    client.post(f"{API}/submissions/{two}/reviews")
    assert until(client, f"/submissions/{two}", lambda s: s["state"] in {"done", "failed"})["state"] == "done"


def test_what_is_signed_off_or_was_completed_stays(client):
    number = _sent(client, "有结论的")
    for given in ({"text": "", "advice": "建议进入评审"}, {"text": "请补充。", "advice": ""}):
        version = client.get(f"{API}/submissions/{number}/opinion").json()["version"]
        client.put(f"{API}/submissions/{number}/opinion", json={**given, "version": version})
        answer = client.delete(f"{API}/submissions/{number}", params=WHY)
        assert (answer.status_code, answer.json()["detail"]) == (409, "已经写了初审意见或结论，不能删除")
        assert client.get(f"{API}/submissions/{number}/report").status_code == 200
        assert "删除这个项目" not in client.get(f"/submissions/{number}").text
    first = _sent(client, "补正过的")
    second = _sent(client, "补正", previous=first)
    assert "补正材料" in client.delete(f"{API}/submissions/{first}", params=WHY).json()["detail"]
    assert client.delete(f"{API}/submissions/{second}", params=WHY).status_code == 204
    assert client.delete(f"{API}/submissions/{first}", params=WHY).status_code == 204


def test_the_page_asks_first_and_leads_back(client):
    number = _sent(client, "页面上删的")
    page = client.get(f"/submissions/{number}").text
    assert "data-sure" in page.split('id="delete"')[1].split("</section>")[0]
    html = {"Accept": "text/html"}
    assert client.post(f"/submissions/{number}/delete", data={"reason": ""}, headers=html).status_code == 422
    answer = client.post(f"/submissions/{number}/delete", data=WHY, follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    assert "报错了文件夹" in client.get(f"/submissions/{number}", headers=html).text


def test_a_batch_goes_on_without_what_was_deleted(client):
    shared = "各科室逐日登记来件并在两个工作日内答复，超期的由值班领导当面说明原因。" * 4
    files = [("files", (f"批/{i}/方案.txt", f"{i}{shared}{i}".encode())) for i in range(3)]
    number = client.post(f"{API}/batches", files=files, data={"name": "批"}).json()["id"]
    found = until(client, f"/batches/{number}", lambda b: not b["open"] and b["copied"]["compared"])
    pairs = [p["submissions"] for p in found["copied"]["pairs"]]
    gone = pairs[0][0]
    assert client.delete(f"{API}/submissions/{gone}", params=WHY).status_code == 204
    left = client.get(f"{API}/batches/{number}").json()
    assert (left["size"], len(left["submissions"])) == (2, 2)
    assert [p["submissions"] for p in left["copied"]["pairs"]] == [p for p in pairs if gone not in p]
    for page in (
        f"/board?batch={number}",
        f"/?batch={number}",
        *(f"/submissions/{s['id']}" for s in left["submissions"]),
    ):
        assert client.get(page).status_code == 200
    assert client.get(f"{API}/batches/{number}/xlsx").status_code == 200
    for one in left["submissions"]:
        client.delete(f"{API}/submissions/{one['id']}", params=WHY)
    assert client.get(f"{API}/batches/{number}").status_code == 404


def test_deleted_at_work_nothing_is_recorded_and_the_batch_is_compared(tmp_path):
    engine, files = open_database(f"sqlite:///{tmp_path}/chushen.db"), FileStore(tmp_path / "files")
    jobs, submissions, deletions = Jobs(engine), Submissions(engine, files), Deletions(engine, files)
    (tmp_path / "a").write_bytes(b"x")
    _, ids = submissions.add([Arrival(n, (("a", tmp_path / "a"),)) for n in "甲乙"], "某人", "本年")
    first, second = jobs.claim("w"), jobs.claim("w")
    found = {"contents": {}, "profile": {}, "row": {}, "columns": {}}
    assert jobs.finish(first, "done", "", lambda c: record(c, first.submission, first.id, found))
    deletions.delete(second.submission, "某人", "报错了")
    assert not jobs.finish(second, "done", "", lambda c: record(c, second.submission, second.id, found))
    with pytest.raises(MissingError, match="已由某人删除"):
        submissions.get(second.submission)
    assert submissions.review(second.submission) is None
    assert jobs.claim("w").kind == COMPARE
    assert set(ids) == {first.submission, second.submission}


KILLED = """
import os, signal, sys
from pathlib import Path
from api.store import Deletions, FileStore, deletion, open_database
home = Path(sys.argv[1])
where, name = {"rows": (deletion, "_left_batch"), "files": (Deletions, "_forget"), "last": (deletion, "still_used")}[sys.argv[3]]
setattr(where, name, lambda *_: os.kill(os.getpid(), signal.SIGKILL))
Deletions(open_database(f"sqlite:///{home}/chushen.db"), FileStore(home / "files")).delete(sys.argv[2], "某人", "报错了")
"""


@pytest.mark.parametrize("point", ["rows", "files", "last"])
def test_killed_while_deleting_it_is_whole_or_gone(tmp_path, point):
    engine, files = open_database(f"sqlite:///{tmp_path}/chushen.db"), FileStore(tmp_path / "files")
    submissions = Submissions(engine, files)
    (tmp_path / "a").write_bytes(b"x")
    _, (number,) = submissions.add([Arrival("甲", (("a", tmp_path / "a"),))], "某人")
    killed = subprocess.run([sys.executable, "-c", KILLED, str(tmp_path), number, point], check=False, timeout=120)
    assert killed.returncode == -signal.SIGKILL
    assert bool(submissions.known([number])) is (point == "rows")
    assert list((tmp_path / "files").glob("*/*"))
    Deletions(engine, files).resume()
    if point == "rows":
        assert submissions.laid_out(number, tmp_path / "laid").read_bytes() == b"x"
    else:
        assert not list((tmp_path / "files").glob("*/*"))
        assert [row["id"] for row in Deletions(engine, files).all()] == [number]


def test_a_file_kept_while_its_only_owner_goes_is_not_lost(tmp_path):
    engine, files = open_database(f"sqlite:///{tmp_path}/chushen.db"), FileStore(tmp_path / "files")
    submissions, deletions = Submissions(engine, files), Deletions(engine, files)
    (tmp_path / "a").write_bytes(b"x")
    came = [Arrival("甲", (("a", tmp_path / "a"),))]
    _, (last,) = submissions.add(came, "某人")
    stop = threading.Event()

    def delete() -> None:
        number = last
        while not stop.is_set():
            deletions.delete(number, "某人", "报错了")
            time.sleep(0.001)
            _, (number,) = submissions.add(came, "某人")

    with ThreadPoolExecutor(1) as pool:
        beside = pool.submit(delete)
        try:
            for _ in range(60):
                _, (number,) = submissions.add(came, "另一位")
                laid = submissions.laid_out(number, Path(tmp_path / number))
                assert next(p for p in (laid, *laid.rglob("*")) if p.is_file()).read_bytes() == b"x"
                deletions.delete(number, "另一位", "报错了")
        finally:
            stop.set()
        beside.result()  # what went wrong there is this test's failure too
    assert {row["by"] for row in deletions.all()} == {"某人", "另一位"}
