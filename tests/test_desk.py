"""The pages and the API as people use them all day: a batch as a whole, answers that got lost, what comes next."""

from __future__ import annotations

import hmac
import json
import re
import socket
import subprocess
import sys
import time
from types import SimpleNamespace

import pytest
from fastapi.testclient import TestClient
from served import API, until
from webhook_listener import listening
from worker_standins import queued

from api.commands import service
from api.http.app import create_app
from api.settings import Settings
from api.store import Jobs, open_database
from api.store.jobs import BATCH, PERSON
from api.workers import WorkerPool

HTMX = {"HX-Request": "true"}


def _batch(client, *files: str, name: str = "本年") -> str:
    sent = client.post(
        f"{API}/batches",
        files=[("files", (f"{name}/{i}/{f}", f"plan {name} {i}".encode())) for i, f in enumerate(files)],
        data={"name": name},
    )
    assert sent.status_code == 202, sent.text
    return str(sent.json()["id"])


def _done(client, batch: str):
    return until(client, f"/batches/{batch}", lambda b: not b["open"])


@pytest.fixture(scope="module")
def batch(client):
    number = _batch(client, "方案.txt", "方案.txt", "方案.txt")
    _done(client, number)
    return number


@pytest.fixture(scope="module")
def finding(client, batch):
    number = client.get(f"{API}/batches/{batch}").json()["submissions"][0]["id"]
    return (
        f"/submissions/{number}/findings/{client.get(f'{API}/submissions/{number}/report').json()['findings'][0]['id']}"
    )


# A batch as a whole


def test_a_batch_is_reviewed_again_after_what_people_wait_for(client, home, batch):
    before = [s["id"] for s in client.get(f"{API}/batches/{batch}").json()["submissions"]]
    answer = client.post(f"{API}/batches/{batch}/reviews")
    assert (answer.status_code, answer.json()) == (202, {"queued": 3})
    jobs = Jobs(open_database(f"sqlite:///{home}/chushen.db"))
    assert {jobs.latest(number)["priority"] for number in before} == {BATCH}
    _done(client, batch)
    for number in before:
        told = [h["what"] for h in client.get(f"{API}/submissions/{number}/history").json()["items"]]
        assert "重新审核" in told
    client.post(f"{API}/submissions/{before[0]}/reviews")
    assert jobs.latest(before[0])["priority"] == PERSON
    _done(client, batch)
    assert client.post(f"{API}/batches/none/reviews").status_code == 404


def test_a_batch_is_stopped_and_what_is_done_is_still_compared(client):
    number = _batch(client, "slow.txt", "slow.txt", "slow.txt", "slow.txt", name="慢")
    assert client.post(f"{API}/batches/{number}/cancel").json()["stopped"] > 0
    found = _done(client, number)
    assert {s["state"] for s in found["submissions"]} <= {"cancelled", "done"}
    assert "cancelled" in {s["state"] for s in found["submissions"]}
    assert until(client, f"/batches/{number}", lambda b: b["copied"]["compared"])
    page = client.get("/", params={"batch": number}).text
    assert "全部完成" in page
    assert f"/batches/{number}/again" in page


def test_cancelling_what_waits_last_does_not_keep_a_batch_from_its_comparison(home, tmp_path):
    from api.store import FileStore, Submissions
    from api.store.jobs import COMPARE
    from api.store.submissions import Arrival

    engine = open_database(f"sqlite:///{tmp_path}/chushen.db")
    jobs, submissions = Jobs(engine), Submissions(engine, FileStore(tmp_path / "files"))
    (tmp_path / "a").write_bytes(b"x")
    _, ids = submissions.add([Arrival(n, (("a", tmp_path / "a"),)) for n in "甲乙"], "某人", "本年")
    first = jobs.claim("w")
    assert jobs.finish(first, "done", "", lambda _connection: None)
    left = next(number for number in ids if number != first.submission)
    assert jobs.cancel(left, "某人") == 1
    assert jobs.claim("w").kind == COMPARE


def test_next_is_the_riskiest_without_a_conclusion(client, batch):
    ids = {s["id"] for s in client.get(f"{API}/batches/{batch}").json()["submissions"]}
    here = min(ids)
    seen = {here}
    while True:
        version = client.get(f"{API}/submissions/{here}/opinion").json()["version"]
        given = {"text": "", "advice": "建议进入评审", "version": version}
        assert client.put(f"{API}/submissions/{here}/opinion", json=given).status_code == 200
        to = client.get(f"/submissions/{here}/next", follow_redirects=False).headers["location"]
        if "batch=" in to:
            break
        here = to.rsplit("/", 1)[1]
        seen.add(here)
    assert seen == ids
    assert "这一批没有别的等着定结论的项目了" in client.get(to).text


def test_a_saved_opinion_is_seen_all_over_the_page(client):
    number = client.get(f"{API}/batches/{_done(client, _batch(client, '方案.txt', name='意见'))['id']}").json()
    number = number["submissions"][0]["id"]
    page = client.get(f"/submissions/{number}").text
    assert "程序建议" in page.split('id="advice"')[1].split("·")[0]
    given = {"version": "0", "text": "请补充。", "advice": "建议进入评审"}
    answer = client.post(f"/submissions/{number}/opinion", data=given, headers=HTMX).text
    assert set(re.findall(r'id="([a-z-]+)"[^>]*hx-swap-oob', answer)) == {"advice", "history", "delete"}
    assert "<strong>建议进入评审</strong>" in answer.split('id="advice"')[1]
    assert "写初审意见：建议进入评审" in answer.split('id="history"')[1]
    assert "不能删除" in answer.split('id="delete"')[1]
    assert "data-draft" in answer
    answer = client.post(f"/submissions/{number}/opinion", data=given | {"text": "别的"}, headers=HTMX).text
    assert "刚被别人改过" in answer  # nothing of the page changes where nothing was saved
    assert "hx-swap-oob" not in answer


# Decisions


def test_a_decision_sent_twice_because_the_answer_got_lost_is_no_conflict(client, finding):
    given = {"verdict": "rejected", "reason": "附件已有", "version": 0}
    first = client.put(f"{API}{finding}/decision", json=given, headers={"X-Reviewer": "a"})
    again = client.put(f"{API}{finding}/decision", json=given, headers={"X-Reviewer": "a"})
    assert again.status_code == 200
    assert again.json() == first.json()
    other = client.put(f"{API}{finding}/decision", json=given, headers={"X-Reviewer": "b"})
    assert other.status_code == 409
    assert (
        client.put(
            f"{API}{finding}/decision", json={**given, "reason": "别的"}, headers={"X-Reviewer": "a"}
        ).status_code
        == 409
    )


def test_an_opinion_sent_twice_because_the_answer_got_lost_is_no_conflict(client, batch):
    at = f"/submissions/{client.get(f'{API}/batches/{batch}').json()['submissions'][0]['id']}"
    version = client.get(f"{API}{at}/opinion").json()["version"]
    given = {"text": "请补充。", "advice": "建议补正后再审", "views": {"牵头部门": "同意"}, "version": version}

    def put(by: str, **other: object):
        return client.put(f"{API}{at}/opinion", json={**given, **other}, headers={"X-Reviewer": by})

    first, told = put("a"), client.get(f"{API}{at}/history").json()["total"]
    again = put("a")
    assert (again.status_code, again.json(), again.headers["etag"]) == (200, first.json(), first.headers["etag"])
    assert client.get(f"{API}{at}/history").json()["total"] == told
    assert put("b").status_code == 409
    assert put("a", text="别的").status_code == 409
    assert put("a", views={"牵头部门": "不同意"}).status_code == 409
    assert put("a", dispute="有分歧").status_code == 409
    typed = {"version": version, "text": "请补充。", "advice": "建议补正后再审", "party": "牵头部门", "view": "同意"}
    page = client.post(f"{at}/opinion", data=typed, headers={**HTMX, "X-Reviewer": "a"}).text
    assert "已保存" in page
    assert put("a", version=version + 1, text="再写").json() == {"version": version + 2}
    assert put("a").status_code == 409  # something else has been written upon it since


def test_a_decision_brings_the_measures_and_the_history_up_to_date(client, batch):
    number = client.get(f"{API}/batches/{batch}").json()["submissions"][1]["id"]
    one = client.get(f"{API}/submissions/{number}/report").json()["findings"][0]["id"]
    typed = {"version": "0", "verdict": "changed", "reason": "一期已建", "measure": "核减", "amount_wan": "7.5"}
    card = client.post(f"/submissions/{number}/findings/{one}", data=typed, headers=HTMX).text
    swapped = set(re.findall(r'id="([a-z-]+)"[^>]*hx-swap-oob', card))
    assert swapped == {"decided", "n-findings", "n-cuts", "cuts", "history"}
    assert "7.5" in card.split('id="cuts"')[1].split("</section>")[0]
    assert "一期已建" in card.split('id="history"')[1]


def test_a_finding_is_added_in_place_and_refused_in_words(client, batch):
    number = client.get(f"{API}/batches/{batch}").json()["submissions"][2]["id"]
    at = f"/submissions/{number}/findings"
    made = client.post(at, data={"title": "接口未落实", "measure": "核减", "amount_wan": "3"}, headers=HTMX)
    assert "接口未落实" in made.text
    assert 'class="card finding' in made.text
    assert "<html" not in made.text
    wrong = client.post(at, data={"title": "x", "amount_wan": "三万"}, headers=HTMX)
    assert wrong.status_code == 422
    assert "金额" in wrong.json()["detail"]
    plain = client.post(at, data={"title": "没有脚本"}, follow_redirects=False)
    assert plain.status_code == 303


def test_the_end_of_a_review_does_not_throw_the_page_away(client, batch):
    number = client.get(f"{API}/batches/{batch}").json()["submissions"][0]["id"]
    until(client, f"/submissions/{number}", lambda s: s["state"] == "done")
    answer = client.get(f"/submissions/{number}/progress", headers=HTMX)
    assert answer.headers["hx-trigger"] == "reviewed"
    assert "hx-refresh" not in answer.headers
    assert "看新的结果" in answer.text


# Register


def test_the_register_page_filters_and_removes(client):
    csv = "编号,系统名称,层级,状态,建成年份,责任人\nD1,甲平台,区,在用,2019,王某\nD2,乙平台,省,停用,2020,李某\n".encode()
    assert client.post(f"{API}/register", files={"file": ("a.csv", csv)}).json()["added"] == 2
    page = client.get("/register", params={"level": "省"}).text
    assert "乙平台" in page
    assert "甲平台" not in page
    assert "责任人：李某" in page
    assert "没有符合条件" in client.get("/register", params={"level": "省", "status": "在用"}).text
    one = client.get(f"{API}/register/systems/D1").json()
    assert (one["name"], one["history"][0]["kind"]) == ("甲平台", "新增")
    assert "已删除D1" in client.post("/register/remove", data={"number": "D1"}).text
    assert client.get(f"{API}/register/systems/D1").status_code == 404
    assert client.delete(f"{API}/register/systems/D2").status_code == 204
    assert client.delete(f"{API}/register/systems/D2").status_code == 404


def test_a_list_is_only_checked_where_one_asks_for_that(client):
    csv = "编号,系统名称,状态\nC1,丙平台,在用\nC2,,在用\n".encode()

    def sent(content: bytes, **data: str) -> str:
        return client.post("/register", files={"file": ("更新.csv", content)}, data=data).text

    page = sent(csv, dry_run="true")
    assert "台账没有改动。导入的话，将新增1个" in page
    assert "第3行" in page
    assert client.get(f"{API}/register/systems/C1").status_code == 404
    assert "新增1个" in sent(csv)
    assert "将" not in sent(csv).split('role="status">')[1].split("</p>")[0]


def test_a_system_has_a_page_with_its_versions_also_after_it_was_removed(client):
    for status in ("在用", "停用"):
        csv = f"编号,系统名称,状态,责任人\nC/9,丁平台,{status},王某\n".encode()
        client.post(f"{API}/register", files={"file": (f"{status}.csv", csv)})
    page = client.get("/register/systems/C/9").text
    assert page.index("停用.csv") < page.index("在用.csv")  # the newest first
    assert '<td data-label="之前">在用</td><td data-label="之后">停用</td>' in page
    assert "王某" in page
    assert 'href="/register/systems/C/9"' in client.get("/register", params={"q": "丁平台"}).text
    client.delete(f"{API}/register/systems/C/9")
    page = client.get("/register/systems/C/9").text
    assert "已从台账删除" in page
    assert "data-sure" not in page
    assert client.get("/register/systems/none").status_code == 404


# Exports


def test_a_report_is_had_as_pdf_without_what_people_decided(client, batch):
    number = client.get(f"{API}/batches/{batch}").json()["submissions"][0]["id"]
    first = client.get(f"{API}/submissions/{number}/exports/pdf")
    assert (first.status_code, first.headers["content-type"]) == (200, "application/pdf")
    assert first.content.startswith(b"%PDF")
    version = client.get(f"{API}/submissions/{number}/opinion").json()["version"]
    given = {"text": "只在意见里的话", "advice": "建议进入评审", "version": version}
    client.put(f"{API}/submissions/{number}/opinion", json=given)
    assert client.get(f"/submissions/{number}/report.pdf").content == first.content
    seen = {"If-None-Match": first.headers["etag"]}
    assert client.get(f"{API}/submissions/{number}/exports/pdf", headers=seen).status_code == 304
    assert client.get(f"{API}/submissions/none/exports/pdf").status_code == 404
    assert client.get(f"{API}/submissions/{number}/exports/odt").status_code == 422


# Starting


def test_a_port_that_is_taken_is_said(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr("api.settings.settings", lambda: Settings(home=tmp_path))
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        one.listen()
        assert service.serve(SimpleNamespace(host="127.0.0.1", port=one.getsockname()[1])) == 2
    assert "--port" in capsys.readouterr().err


def test_processes_that_start_at_once_on_an_empty_home_all_find_their_tables(tmp_path):
    code = "import sys\nfrom api.store import open_database\nsys.stdin.readline()\nopen_database(sys.argv[1])"
    command = [sys.executable, "-c", code, f"sqlite:///{tmp_path}/chushen.db"]
    crowd = [subprocess.Popen(command, stdin=subprocess.PIPE, stderr=subprocess.PIPE) for _ in range(6)]
    for one in crowd:
        one.stdin.write(b"\n")
        one.stdin.flush()
    for one in crowd:
        _, told = one.communicate(timeout=120)
        assert one.returncode == 0, told.decode()


def test_whoever_leaves_must_give_the_token_again(tmp_path):
    app = create_app(Settings(home=tmp_path, token="geheim"), WorkerPool(1, queued, (str(tmp_path),)))  # noqa: S106  of a test
    with TestClient(app, base_url="http://127.0.0.1") as one:
        assert "主导航" not in one.get("/").text
        one.post("/login", data={"token": "geheim"})
        assert "退出" in one.get("/").text
        one.post("/logout")
        assert "访问口令" in one.get("/").text
        sent = one.post("/reviewer", data={"name": "x"}, headers={"Accept": "text/html"}, follow_redirects=False)
        assert sent.headers["location"] == "/login"
        assert one.post("/reviewer", data={"name": "x"}, headers=HTMX).status_code == 401


def test_the_end_of_a_review_is_told_signed(tmp_path):
    with listening() as (address, got):
        known = {"webhook_url": address, "webhook_secret": "s"}
        app = create_app(Settings(home=tmp_path, **known), WorkerPool(1, queued, (str(tmp_path),)))
        with TestClient(app, base_url="http://127.0.0.1") as one:
            sent = one.post(f"{API}/submissions", files=[("files", ("方案.txt", b"plan"))]).json()["id"]
            for _ in range(1200):
                if got:
                    break
                time.sleep(0.05)
    body, signature = got[0]
    assert signature == "sha256=" + hmac.new(b"s", body, "sha256").hexdigest()
    told = json.loads(body)
    assert told["event"] == "review.ended"
    assert told["submission"].keys() == {"id", "name", "batch", "state", "advice", "error"}
    assert (told["submission"]["id"], told["submission"]["state"]) == (sent, "done")
