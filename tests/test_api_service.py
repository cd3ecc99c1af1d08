"""The service over its store and queue, with a stand-in for the models."""

from __future__ import annotations

import io
import json
import os
import re
import subprocess
import sys
import threading
import time
import zipfile
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest
import uvicorn
from docx import Document
from fastapi.testclient import TestClient
from markupsafe import escape
from openpyxl import load_workbook
from report_samples import sample_report
from served import API, until
from webhook_listener import listening
from worker_standins import queued

from api import webhook
from api.http.app import create_app
from api.http.guard import LOOPBACK
from api.reports import render
from api.settings import Settings
from api.store import ConflictError, Decisions, Deletions, FileStore, Jobs, Refusals, Submissions, open_database
from api.store import jobs as jobs_module
from api.store.decisions import Decision
from api.store.schema import BusyError
from api.store.submissions import Arrival, record
from api.work import Worker
from api.workers import WorkerPool
from corpus.register import RegisterStore
from models.domain.document import Cell, Paragraph, Table

ENDED = {"done", "failed", "refused", "cancelled"}


def _files(*named: tuple[str, bytes]):
    return [("files", (name, content)) for name, content in named]


def _sent(client, *named: tuple[str, bytes], **more) -> str:
    answer = client.post(f"{API}/submissions", files=_files(*named), **more)
    assert answer.status_code == 202, answer.text
    assert answer.headers["location"] == f"{API}/submissions/{answer.json()['id']}"
    return str(answer.json()["id"])


def _ended(client, number: str):
    return until(client, f"/submissions/{number}", lambda found: found["state"] in ENDED)


@pytest.fixture(scope="module")
def done(client):
    number = _sent(client, ("材料/方案.txt", b"plan"), ("材料/附件/表.txt", b"x"), headers={"X-Reviewer": "%E5%BC%A0"})
    assert _ended(client, number)["state"] == "done"
    return number


def test_a_submission_is_reviewed_and_listed(client, done):
    found = client.get(f"{API}/submissions/{done}").json()
    assert [f["name"] for f in found["files"]] == ["方案.txt", "附件/表.txt"]
    assert found["by"] == "张"
    assert client.get(f"{API}/submissions/{done}/report").json()["schema"] == "chushen.report/1"
    assert client.get(f"{API}/submissions/{done}/exports/docx").content[:2] == b"PK"
    page = client.get(f"{API}/submissions", params={"q": found["title"], "limit": 1, "sort": "risk"}).json()
    assert page["items"][0]["id"] == done
    assert client.get(f"{API}/submissions", params={"sort": "no"}).status_code == 422
    assert client.get(f"{API}/submissions/none").status_code == 404


def test_a_stored_report_can_run_nothing(client, done):
    policy = client.get(f"/submissions/{done}/report.html").headers["content-security-policy"]
    assert "sandbox" in policy
    assert "script-src" not in policy


def test_the_same_key_is_taken_once(client):
    key = {"Idempotency-Key": "one"}
    first = _sent(client, ("a.txt", b"same"), headers=key)
    assert _sent(client, ("a.txt", b"same"), headers=key) == first
    other = client.post(f"{API}/submissions", files=_files(("a.txt", b"other")), headers=key)
    assert other.status_code == 409
    assert other.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize(
    ("name", "state"), [("bad.txt", "failed"), ("crash.txt", "failed"), ("once.txt", "done"), ("密.txt", "refused")]
)
def test_what_cannot_be_reviewed_says_why(client, home, name, state):
    number = _sent(client, (name, name.encode()))
    found = _ended(client, number)
    assert found["state"] == state
    assert bool(found["error"]) is (state != "done")
    told = [h["what"] for h in client.get(f"{API}/submissions/{number}/history").json()["items"]]
    assert sum(w.startswith("重试") for w in told) == {"crash.txt": 2, "once.txt": 1}.get(name, 0)
    page = client.get(f"/submissions/{number}")
    assert page.status_code == 200
    if state == "refused":  # nothing of it is kept
        assert not found["files"]
        kept = (p for p in home.rglob("*") if p.is_file() and not p.name.startswith("chushen.db"))
        assert not [p for p in kept if p.read_bytes() == name.encode()]
        assert client.post(f"{API}/submissions/{number}/reviews").status_code == 409


def test_progress_and_cancel(client):
    number = _sent(client, ("slow.txt", b"slow"))
    with client.stream("GET", f"{API}/submissions/{number}/events") as answer:
        assert answer.headers["content-type"].startswith("text/event-stream")
        lines = answer.iter_lines()
        for line in lines:
            if line.startswith("data:") and json.loads(line[5:])["stage"] == "逐项检查":
                assert client.post(f"{API}/submissions/{number}/cancel").json() == {"stopped": 1}
                break
    assert _ended(client, number)["state"] == "cancelled"
    client.post(f"{API}/submissions/{number}/reviews")
    assert _ended(client, number)["state"] == "done"


def test_decisions_are_kept_and_two_people_do_not_overwrite_each_other(client, done):
    finding = client.get(f"{API}/submissions/{done}/report").json()["findings"][0]["id"]
    address = f"{API}/submissions/{done}/findings/{finding}/decision"
    assert client.put(address, json={"verdict": "rejected", "version": 0}).status_code == 422
    given = {"verdict": "changed", "reason": "一期已建", "measure": "核减", "amount_wan": 3.5, "version": 0}
    assert client.put(address, json=given, headers={"X-Reviewer": "A"}).json()["version"] == 1
    assert client.put(address, json={"verdict": "accepted", "version": 0}).status_code == 409
    assert client.put(address, json={"verdict": "accepted", "version": 7}).status_code == 409
    assert client.put(address, json={**given, "amount_wan": -1, "version": 1}).status_code == 422
    assert client.put(address.replace(finding, "nothing"), json=given).status_code == 404
    added = client.post(
        f"{API}/submissions/{done}/findings",
        json={"title": "漏报", "quote": "x", "document": "建设方案.docx", "paragraph": 1},
    )
    assert added.status_code == 201
    client.post(f"{API}/submissions/{done}/reviews")
    assert _ended(client, done)["state"] == "done"
    kept = {d["finding"]: d for d in client.get(f"{API}/submissions/{done}/decisions").json()}
    assert kept[finding]["content"]["amount_wan"] == 3.5
    assert kept[added.json()["finding"]]["verdict"] == "added"
    page = client.get(f"/submissions/{done}").text
    assert "3.5" in page
    assert "漏报" in page
    assert "<script>alert" not in page
    told = client.get(f"{API}/submissions/{done}/history").json()["items"]
    assert any(h["by"] == "A" and "一期已建" in h["what"] and h["verified"] is False for h in told)


def test_the_opinion_has_a_version(client, done):
    address = f"{API}/submissions/{done}/opinion"
    assert client.put(address, json={"text": "请补正", "advice": "建议补正后再审", "version": 0}).json() == {
        "version": 1
    }
    assert client.put(address, json={"text": "别的", "version": 0}).status_code == 409
    assert client.put(address, json={"text": "别的", "advice": "随便", "version": 1}).status_code == 422
    late = client.post(f"/submissions/{done}/opinion", data={"text": "没丢的话", "version": "0"})
    assert "没丢的话" in late.text


def test_a_resubmission_is_compared(client):
    done = _sent(client, ("材料/方案.txt", b"plan"), ("材料/附件/表.txt", b"x"))  # one no reviewer has added to
    _ended(client, done)
    number = _sent(client, ("方案.txt", b"fixed plan"), data={"previous": done})
    _ended(client, number)
    found = client.get(f"{API}/submissions/{number}/comparison").json()
    room = next(item for item in found["items"] if "机房" in item["before"])
    assert (room["state"], room["findings"]) == ("已补正", [])
    assert [f["id"] for f in found["fixed"]] == room["earlier"]
    assert found["counts"] == {"asked": 2, "fixed": 1, "part": 0, "open": 1, "unsure": 0, "new": 0}
    assert not found["new"]
    assert client.get(f"{API}/submissions/{done}/comparison").status_code == 404
    assert (
        client.post(f"{API}/submissions", files=_files(("a.txt", b"x")), data={"previous": "none"}).status_code == 404
    )


def test_page_and_api_compare_as_the_paper_does(client):
    first = _sent(client, ("方案.txt", b"to be mended"))
    _ended(client, first)
    number = _sent(client, ("方案.txt", b"fixed and sent again"), data={"previous": first})
    _ended(client, number)
    report = client.get(f"{API}/submissions/{first}/report").json()
    lacking = next(f["id"] for f in report["findings"] if f["rule"] == "SEC-1.6")
    told = {"verdict": "rejected", "reason": "另有说明", "version": 0}
    before = _compared(client, number)
    assert [row[0] for row in before[0]] == ["一、1", "二、1"]
    assert before[1]
    address = f"{API}/submissions/{first}/findings/{lacking}/decision"
    assert client.put(address, json=told).status_code == 200  # the notice did not have this one
    after = _compared(client, number)
    assert [row[0] for row in after[0]] == ["二、1", "新增1"]


def _compared(client, number: str) -> tuple[list[list[str]], list[list[str]]]:
    """Return the rows of the paper's tables, after holding API and page beside them."""
    paper = client.get(f"{API}/submissions/{number}/papers/补正对照")
    tables = [[[c.text for c in r.cells] for r in t.rows][1:] for t in Document(io.BytesIO(paper.content)).tables]
    found = client.get(f"{API}/submissions/{number}/comparison").json()
    items = [
        [
            i["mark"],
            i["asked"],
            i["before"],
            i["after"],
            i["reply"],
            i["state"] + (f"\n（{i['note']}）" * bool(i["note"])),
        ]
        for i in found["items"]
    ]
    others = [c for c in found["changes"] if not c["asked"]]
    rows = [[str(n), c["what"], c["before"], c["after"], c["relation"]] for n, c in enumerate(others, 1)]
    assert tables == [[[*row, ""] for row in items], [[*row, ""] for row in rows]]
    page = client.get(f"/submissions/{number}").text
    section = page[page.index('id="compare"') : page.index('id="findings"')]
    for row in (*items, *rows):
        at = [section.index(str(escape(cell))) for cell in row[1:4]]
        assert at == sorted(at)
    assert [row[0] for row in items] == re.findall(r'<tr><th scope="row">(\S+、\d+|新增\d+)　', section)
    assert [row[1] for row in rows] == re.findall(r'<tr><th scope="row">\d+　([^<]+)<', section)
    assert all(str(escape(one)) in section for one in found["uncompared"])
    return items, rows


def test_a_batch_is_compared_with_itself(client):
    files = _files(*((f"本年/项目{i}/方案.txt", f"plan {i}".encode()) for i in range(3)), ("本年/汇总表.xlsx", b"x"))
    batch = client.post(f"{API}/batches", files=files, data={"name": "2022"}).json()
    assert len(batch["submissions"]) == 3
    for _ in range(600):
        found = client.get(f"{API}/batches/{batch['id']}").json()
        if not found["open"]:
            break
        time.sleep(0.05)
    assert sorted(found["clusters"][0]) == sorted(batch["submissions"])
    table = load_workbook(io.BytesIO(client.get(f"{API}/batches/{batch['id']}/xlsx").content))
    assert table.active.max_row == 4
    assert "同批相近" in client.get("/board", params={"batch": batch["id"]}).text
    assert client.get("/board.xlsx").content[:2] == b"PK"


def test_a_batch_shows_what_is_copied_also_from_earlier_submissions(client):
    said = "摊主在手机上登记当日进货的品种、数量和来源，系统核对票证后生成可由顾客扫码查看的溯源记录。"
    earlier = _sent(client, ("方案.txt", said.encode()))
    _ended(client, earlier)
    files = _files(("项目甲/方案.txt", ("本期：" + said).encode()), ("项目乙/方案.txt", b"another plan of its own"))
    batch = client.post(f"{API}/batches", files=files).json()
    for _ in range(600):
        found = client.get(f"{API}/batches/{batch['id']}").json()
        if not found["open"]:
            break
        time.sleep(0.05)
    assert found["copied"]["earlier"] >= 1
    (pair,) = found["copied"]["pairs"]
    assert pair["submissions"][1] == earlier
    assert pair["passages"][0]["quotes"][1]["quote"] == said
    table = load_workbook(io.BytesIO(client.get(f"{API}/batches/{batch['id']}/xlsx").content))
    assert [row[:2] for row in table["雷同文字"].iter_rows(min_row=2, values_only=True)] == [("项目甲", "方案")]
    shown = client.get("/board", params={"batch": batch["id"]}).text
    assert "雷同文字" in shown
    assert said in shown
    title = client.get(f"{API}/submissions/{pair['submissions'][0]}").json()["title"]
    assert f"{escape(title)}（项目甲） 与 {escape(title)}（方案）：1处" in shown  # by their titles, told apart
    assert "雷同文字" not in client.get("/board").text


def test_a_submission_that_came_alone_is_compared_with_the_years_earlier_ones(client):
    said = "巡查人员用终端扫描消火栓编码，登记水压、锈蚀和遮挡情况，异常的当日转养护单位并限期回复。"
    earlier = _sent(client, ("消火栓.txt", said.encode()))
    _ended(client, earlier)
    number = _sent(client, ("消火栓二.txt", ("本期：" + said).encode()))
    _ended(client, number)
    found = _copied(client, number)
    assert (found["alone"], found["earlier"] >= 1) == (True, True)
    (pair,) = found["pairs"]
    assert pair["ids"] == [number, earlier]
    assert [q["quote"] for q in pair["passages"][0]["quotes"]] == ["本期：" + said, said]
    assert said in client.get(f"/submissions/{number}").text
    anew = client.post(f"{API}/submissions", files=_files(("消火栓三.txt", said.encode())), data={"previous": number})
    _ended(client, anew.json()["id"])
    shared = {n for p in _copied(client, anew.json()["id"])["pairs"] for n in p["ids"]}
    assert number not in shared  # what it completes says the same, of course


def _copied(client, number: str):
    for _ in range(600):
        found = client.get(f"{API}/submissions/{number}").json()["copied"]
        if found["compared"]:
            return found
        time.sleep(0.05)
    raise AssertionError(found)


def test_register_and_policy(client, home):
    bad = client.post(f"{API}/register", files={"file": ("a.csv", b"")})
    assert bad.status_code == 422
    csv = "编号,系统名称,功能清单\nS1,一网统管平台,受理；派单\n".encode()
    assert client.post(f"{API}/register", files={"file": ("a.csv", csv)}).json()["added"] == 1
    other = "码,系统名称\nS2,乙系统\n".encode()
    told = client.post(f"{API}/register", files={"file": ("二月.csv", other)}, params={"map": "码=编号"})
    assert told.json()["added"] == 1
    assert client.post(f"{API}/register", files={"file": ("x.csv", other)}, params={"map": "码"}).status_code == 422
    exported = client.get(f"{API}/register/export", params={"format": "json"}).json()
    assert [s["编号"] for s in exported] == ["S1", "S2"]
    (change,) = RegisterStore(Settings(home=home).database).history("S2")
    assert change.source == "二月.csv"
    assert client.get(f"{API}/register", params={"q": "派单 统管"}).json()["items"][0]["id"] == "S1"
    assert "一网统管平台" in client.get("/register").text
    assert client.get(f"{API}/policy").json()["id"] == "gongshu-2021"
    assert "机房" in client.get("/policy/rules/NEG-1").text
    assert client.get("/policy/rules/NOPE").status_code == 404


def test_another_site_cannot_act_here(client):
    cross = {"Origin": "https://elsewhere.example"}
    assert client.post("/reviewer", data={"name": "x"}, headers=cross).status_code == 403
    assert client.post("/reviewer", data={"name": "x"}, headers={"Sec-Fetch-Site": "cross-site"}).status_code == 403
    back = client.post("/reviewer", data={"name": "x", "back": "//elsewhere.example"}, follow_redirects=False)
    assert back.headers["location"] == "/"


def test_without_a_token_only_this_machine_with_one_only_who_knows_it(tmp_path):
    app = create_app(Settings(home=tmp_path), WorkerPool(1, queued, (str(tmp_path),)), LOOPBACK)
    assert TestClient(app, base_url="http://rebound.example").get("/").status_code == 421
    assert TestClient(app, base_url="http://localhost:8000").get("/").status_code == 200
    app = create_app(Settings(home=tmp_path, token="geheim"), WorkerPool(1, queued, (str(tmp_path),)))  # noqa: S106  no real one
    one = TestClient(app, base_url="http://office.example")
    assert one.get(f"{API}/submissions").status_code == 401
    assert one.get("/", follow_redirects=False).headers["location"] == "/login"
    assert one.get(f"{API}/submissions", headers={"Authorization": "Bearer geheim"}).status_code == 200
    assert one.post("/login", data={"token": "falsch"}).status_code == 401
    assert one.post("/login", data={"token": "geheim"}).url.path == "/"
    assert one.get("/healthz").status_code == 200


# The store and the queue by themselves


@pytest.fixture
def stores(tmp_path):
    engine = open_database(f"sqlite:///{tmp_path}/chushen.db")
    source = tmp_path / "a.txt"
    source.write_bytes(b"x")
    return Submissions(engine, FileStore(tmp_path / "files")), Jobs(engine), Decisions(engine), source


def test_every_job_is_done_once_though_workers_die(stores, monkeypatch):
    submissions, jobs, _, source = stores
    monkeypatch.setattr(jobs_module, "LEASE", 0.05)
    _, ids = submissions.add([Arrival(f"{i}", (("a.txt", source),)) for i in range(40)], "x", "批")
    finished: list[str] = []

    def closed() -> int:
        counted = jobs.counts()
        return sum(counted.get(state, 0) for state in ("done", "failed"))

    expected = 41  # the comparison of the batch is one more; a dead worker may still have the last one in hand
    give_up = time.monotonic() + 60.0

    def work(name: str) -> None:
        turn = 0
        while closed() < expected and time.monotonic() < give_up:
            turn += 1
            job = jobs.claim(f"{name}-{turn}")
            if job is None:
                time.sleep(0.02)
            elif turn % 4 != 0:  # every fourth time the worker dies with the job in hand
                jobs.finish(job, "done", "", lambda _c, j=job: finished.append(j.submission))

    with ThreadPoolExecutor(4) as threads:
        list(threads.map(work, "abcd"))
    assert closed() == expected
    assert sorted(set(finished)) == sorted(f for f in finished)
    assert set(finished) <= {*ids, ""}


def test_a_worker_that_lost_its_job_records_nothing(stores, monkeypatch):
    submissions, jobs, _, source = stores
    monkeypatch.setattr(jobs_module, "LEASE", -1.0)
    submissions.add([Arrival("a", (("a.txt", source),))], "x")
    slow, quick = jobs.claim("slow"), jobs.claim("quick")
    assert slow is not None
    assert quick is not None
    assert slow.id == quick.id
    assert not jobs.finish(slow, "done", "", lambda _c: pytest.fail("recorded twice"))
    assert jobs.finish(quick, "done", "", lambda _c: None)
    assert not jobs.finish(quick, "done", "", lambda _c: pytest.fail("recorded twice"))


def test_a_job_that_kills_every_worker_is_given_up(stores, monkeypatch):
    submissions, jobs, _, source = stores
    monkeypatch.setattr(jobs_module, "LEASE", -1.0)
    _, (number,) = submissions.add([Arrival("a", (("a.txt", source),))], "x")
    for turn in range(jobs_module.ATTEMPTS):
        assert jobs.claim(str(turn)) is not None
    assert jobs.claim("last") is None
    assert submissions.get(number)["state"] == "failed"


def test_a_person_who_waits_goes_before_a_batch(stores):
    submissions, jobs, _, source = stores
    submissions.add([Arrival("b", (("a.txt", source),))], "x", "批")
    _, (person,) = submissions.add([Arrival("p", (("a.txt", source),))], "x")
    first = jobs.claim("w")
    assert first is not None
    assert first.submission == person


def test_the_same_bytes_lie_once_and_go_with_the_last(stores, tmp_path):
    submissions, _, _, source = stores
    deletions = Deletions(open_database(f"sqlite:///{tmp_path}/chushen.db"), submissions.files)
    _, (one, two) = submissions.add([Arrival("a", (("a.txt", source),)), Arrival("b", (("b.txt", source),))], "x")
    stored = list((tmp_path / "files").glob("*/*"))
    assert len(stored) == 1
    deletions.delete(one, "x", "报错了")
    assert stored[0].exists()
    deletions.delete(two, "x", "报错了")
    assert not stored[0].exists()


def test_refused_after_it_was_reviewed_leaves_nothing_of_the_earlier_review(stores, tmp_path):
    submissions, jobs, decisions, source = stores
    refusals = Refusals(open_database(f"sqlite:///{tmp_path}/chushen.db"), submissions.files)
    twin = tmp_path / "twin.txt"
    twin.write_bytes(b"sent by another too")
    came = (("a.txt", source), ("b.txt", twin))
    _, (number, other) = submissions.add([Arrival("来件", came), Arrival("另一件", came[1:])], "x")
    kept = {form: submissions.files.keep(f"what it says, {form}".encode()) for form in ("json", "texts")}
    found = {"contents": kept, "profile": {}, "row": {}, "columns": {"title": "材料里的名称"}}
    first = next(job for job in (jobs.claim("w"), jobs.claim("w")) if job.submission == number)
    assert jobs.finish(first, "done", "", lambda connection: record(connection, number, first.id, found))
    decisions.add(number, {"title": "补", "evidence": [{"quote": "原话"}]}, "x")
    jobs.again(number, "x")
    second = next(job for job in iter(lambda: jobs.claim("w"), None) if job.submission == number)
    stub = {"json": b"stub"}
    told = {"contents": {"json": submissions.files.keep(b"stub")}, "profile": {}, "row": {}, "columns": {}}
    assert not refusals.finish(second)
    assert refusals.begin(second, "涉密", told, stub)
    assert submissions.get(number)["state"] == "running"
    assert not jobs.finish(replace(second, owner="another"), "done", "", lambda _connection: None)
    assert refusals.finish(second)
    row = submissions.get(number)
    assert (row["state"], row["error"], row["title"]) == ("refused", "涉密", "来件")
    left = {p.read_bytes() for p in (tmp_path / "files").glob("*/*")}
    assert left == {b"stub", b"sent by another too"}
    assert not decisions.of(number)
    assert submissions.files_of(other)
    with pytest.raises(ConflictError, match="拒收"):
        jobs.again(number, "x")


def test_of_two_first_decisions_one_is_refused(stores):
    _, _, decisions, _ = stores
    refused: list[str] = []

    def decide(name: str) -> None:
        try:
            decisions.decide("s", Decision("f", "accepted"), "t", name)
        except ConflictError:
            refused.append(name)

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(decide, "abcdefgh"))
    assert len(refused) == 7
    assert decisions.of("s")["f"].version == 1


def test_a_worker_stops_when_told(stores, tmp_path):
    stop = threading.Event()
    thread = threading.Thread(
        target=Worker(Settings(home=tmp_path), WorkerPool(1, queued, (str(tmp_path),))).run, args=(stop,)
    )
    thread.start()
    stop.set()
    thread.join(10)
    assert not thread.is_alive()


def test_work_that_is_cut_short_goes_back_into_the_queue(stores, tmp_path):
    submissions, jobs, _, source = stores
    _, (number,) = submissions.add([Arrival("a", (("slow.txt", source),))], "x")
    pool = WorkerPool(1, queued, (str(tmp_path),))
    worker = Worker(Settings(home=tmp_path), pool)
    thread = threading.Thread(target=worker.one)
    thread.start()
    while jobs.latest(number)["stage"] != "逐项检查":
        time.sleep(0.02)
    pool.close()
    thread.join(30)
    job = jobs.latest(number)
    assert (job["state"], job["attempts"], job["error"]) == ("waiting", 0, "")
    assert submissions.get(number)["state"] == "waiting"


def test_the_webhook_is_signed(tmp_path):
    with listening() as (address, got):
        thread = webhook.tell(Settings(home=tmp_path, webhook_url=address, webhook_secret="s"), {"event": "x"})  # noqa: S106  no real one
        assert thread is not None
        thread.join(20)
    assert got[0][1] == webhook.signature("s", got[0][0])
    assert webhook.tell(Settings(home=tmp_path, webhook_url="file:///etc/passwd"), {}) is None


@pytest.fixture
def served(tmp_path):
    app = create_app(Settings(home=tmp_path), WorkerPool(1, queued, (str(tmp_path),)), LOOPBACK)
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="error"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.02)
    yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    server.should_exit = True
    thread.join(20)


@pytest.mark.parametrize(("language", "command"), [("bash", ["bash", "-e"]), ("python", [sys.executable])])
def test_the_examples_of_the_docs_run(served, tmp_path, language, command):
    text = (Path(__file__).parent.parent / "docs" / "api.md").read_text(encoding="utf-8")
    (example,) = re.findall(rf"```{language}\n(.*?)```", text, re.DOTALL)
    for name in ("方案.docx", "申报表.docx"):
        (tmp_path / name).write_text(name)
    with zipfile.ZipFile(tmp_path / "本年申报.zip", "w") as archive:
        archive.writestr("某项目/方案.docx", "plan")
    environment = {**os.environ, "CHUSHEN": served}
    done = subprocess.run(
        command, input=example, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False, timeout=120
    )
    assert done.returncode == 0, done.stderr
    assert "建议补正后再审" in done.stdout or '"id"' in done.stdout


def test_the_same_key_at_once_is_taken_once(client):
    def send(_turn: int) -> str:
        return _sent(client, ("k.txt", b"k"), headers={"Idempotency-Key": "together"})

    with ThreadPoolExecutor(6) as threads:
        assert len(set(threads.map(send, range(6)))) == 1


def test_a_full_disk_and_a_locked_database_are_said(client, monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(FileStore, "keep_file", full)
    answer = client.post(f"{API}/submissions", files=_files(("new.txt", b"new")))
    assert answer.status_code == 507
    assert answer.headers["retry-after"]

    def locked(*_):
        raise BusyError("x", {}, Exception("database is locked"))

    monkeypatch.setattr(FileStore, "keep_file", locked)
    assert client.post(f"{API}/submissions", files=_files(("new.txt", b"new"))).status_code == 503


def test_a_long_plan_is_shown_whole(tmp_path):
    """150 pages (4,500 blocks, 60 tables) with 80 findings; how long that takes is `make bench`'s to say."""
    blocks = [
        Table(tuple(tuple(Cell(f"格{r}{c}", c) for c in range(6)) for r in range(20)))
        if i % 75 == 0
        else Paragraph(f"第{i}段：系统支持受理、派单、回访和统计，群众反映的问题在两个工作日内办结。" * 2)
        for i in range(4500)
    ]
    sample = sample_report()
    document = replace(sample.documents[0].document, blocks=tuple(blocks))
    one = sample.findings[0]
    findings = tuple(
        replace(
            one, evidence=(replace(one.evidence[0], paragraph=50 * i + 1, quote=f"第{50 * i + 1}段：系统支持受理"),)
        )
        for i in range(80)
    )
    report = replace(sample, documents=(replace(sample.documents[0], document=document),), findings=findings)
    app = create_app(Settings(home=tmp_path), WorkerPool(1, queued, (str(tmp_path),)))
    engine = open_database(Settings(home=tmp_path).database)
    files = FileStore(tmp_path / "files")
    source = tmp_path / "a.txt"
    source.write_bytes(b"x")
    _, (number,) = Submissions(engine, files).add([Arrival("长", (("a.txt", source),))], "x")
    job = Jobs(engine).claim("w")
    assert job is not None
    contents = {form: files.keep(render(report, form)) for form in ("json", "stored")}
    found = {
        "contents": contents,
        "profile": {"faults": [], "alike": []},
        "row": {},
        "columns": {"advice": "建议补正后再审"},
    }
    Jobs(engine).finish(job, "done", "", lambda c: record(c, number, job.id, found))
    page = TestClient(app).get(f"/submissions/{number}")
    assert page.status_code == 200
    assert page.text.count('data-finding="') == 80
    assert page.text.count('<mark class="hit"') >= 78  # two of the places are tables
