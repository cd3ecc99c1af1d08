from __future__ import annotations

import io
import json
import threading
import time

import openpyxl
import pytest
from worker_standins import obedient, reading, unable

from api.batch import Batch, Outcome, as_systems, summary
from api.folders import submissions
from api.intake import clusters
from api.spreadsheet import COLUMNS, workbook
from api.workers import ClosedError, WorkerError, WorkerPool
from models.domain.errors import SubmissionError
from models.domain.register import System


def test_a_worker_is_kept_and_a_crashed_or_hung_one_replaced():
    with WorkerPool(1, obedient) as pool:
        first, again = pool.ask("go", 60), pool.ask("go", 60)
        assert first[0] == again[0]
        assert again[1] == 2
        with pytest.raises(WorkerError, match="异常退出"):
            pool.ask("crash", 60)
        second = pool.ask("go", 60)
        assert second[0] != first[0]
        with pytest.raises(WorkerError, match="超过"):
            pool.ask("hang", 1)
        assert pool.ask("go", 60)[1] == 1


def test_what_a_handler_raises_arrives_whole_and_the_worker_stays():
    with WorkerPool(1, obedient) as pool:
        before = pool.ask("go", 60)
        with pytest.raises(SubmissionError) as error:
            pool.ask("fail", 60)
        assert str(error.value) == "甲.docx：没有找到建设方案（请提交）"
        with pytest.raises(WorkerError, match="KeyError"):
            pool.ask("bug", 60)
        assert pool.ask("go", 60)[0] == before[0]
        assert pool.busy == 0


def test_a_pool_that_is_closed_cuts_its_work_short():
    pool, told = WorkerPool(1, obedient), []

    def ask() -> None:
        try:
            pool.ask("hang", 600)
        except ClosedError as error:
            told.append(error)

    assert pool.ask("x", 60)[1] == 1
    thread = threading.Thread(target=ask)
    thread.start()
    while not pool.busy:
        time.sleep(0.01)
    pool.close()
    thread.join(30)
    assert len(told) == 1
    with pytest.raises(ClosedError):
        pool.ask("x", 60)


def test_a_worker_that_cannot_start_says_why():
    with WorkerPool(1, unable) as pool, pytest.raises(SubmissionError, match="装不起来"):
        pool.ask("go", 60)


def test_submissions_are_the_topmost_folders_with_files_and_single_files(tmp_path):
    out = tmp_path / "out"
    for name in (
        "单位/项目/方案.docx", "单位/项目/附件/a.pdf", "单位/项目二/方案.docx", "甲.zip", "2022年汇总表.xlsx", ".隐藏/x.docx",
        "~$甲.docx", "out/旧/report.json", "空/.keep",
    ):  # fmt: skip
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("x")
    assert [f.name for f in submissions(tmp_path, out)] == ["单位__项目", "单位__项目二", "甲.zip"]


def _batch(tmp_path, pool, **more) -> Batch:
    return Batch(tmp_path / "out", pool, ("json",), ("policy",), 60, **more)


def test_one_bad_submission_does_not_stop_the_rest_and_done_ones_are_skipped(tmp_path):
    for name in ("a/x.txt", "b/crash.txt", "c/bad.txt", "d/密.txt", "e/y.txt"):
        path = tmp_path / "in" / name
        path.parent.mkdir(parents=True)
        path.write_text(name)
    found = submissions(tmp_path / "in", tmp_path / "out")
    with WorkerPool(2, reading) as pool:
        outcomes = _batch(tmp_path, pool).run(found, {})
        assert {n: o.status for n, o in outcomes.items()} == {
            "a": "done", "b": "failed", "c": "failed", "d": "refused", "e": "done",
        }  # fmt: skip
        assert not (tmp_path / "out" / "b" / "report.json").exists()
        report = tmp_path / "out" / "a" / "report.json"
        report.write_bytes(b"kept")
        (tmp_path / "in" / "e" / "y.txt").write_text("changed")
        again = _batch(tmp_path, pool).run(found, {})
        assert again["a"] == outcomes["a"]
        assert report.read_bytes() == b"kept"
        assert (tmp_path / "out" / "e" / "report.json").read_bytes() == b"changed0"
        _batch(tmp_path, pool, force=True).run(found[:1])
        assert report.read_bytes() == b"a/x.txt0"


def test_a_report_is_made_again_where_it_is_compared_with_others(tmp_path):
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "x.txt").write_text("x")
    found = submissions(tmp_path / "in", tmp_path / "out")
    others = {"x.txt": (System("y", "乙"),)}
    with WorkerPool(1, reading) as pool:
        batch = _batch(tmp_path, pool)
        batch.run(found)
        batch.run(found, others)
        report = tmp_path / "out" / "x.txt" / "report.json"
        assert report.read_bytes() == b"x1"
        batch.run(found)
        assert report.read_bytes() == b"x1"
        batch.run(found, {})
        assert report.read_bytes() == b"x0"


def test_summary_has_the_fields_of_the_contract():
    content = json.loads(summary({"a": Outcome("done", "建议进入评审", 2, 5)}, [("a", "b")]))
    assert content == {
        "schema": "chushen.batch/1",
        "submissions": [
            {"name": "a", "status": "done", "advice": "建议进入评审", "blockers": 2, "warnings": 5, "error": ""}
        ],
        "intake": {"clusters": [["a", "b"]]},
    }


def test_clusters_join_over_others():
    assert clusters({"c": ["b"], "a": ["b"], "e": ["f"]}) == (("a", "b", "c"), ("e", "f"))
    assert clusters({}) == ()


def test_only_reviewed_submissions_with_functions_are_compared():
    from api.batch import Profile

    outcomes = {
        "a": Outcome("done", profile=Profile("甲", "局", ("一",))),
        "b": Outcome("done"),
        "c": Outcome("failed"),
    }
    assert [s.id for s in as_systems(outcomes)] == ["a"]


def test_the_table_runs_nothing():
    hostile = "=cmd|' /C calc'!A0\x07"
    sheet = openpyxl.load_workbook(io.BytesIO(workbook([{"项目名称": hostile, "申报总额（万元）": 186.5}]))).worksheets[
        0
    ]
    assert tuple(c.value for c in sheet[1]) == COLUMNS
    cell = sheet.cell(2, COLUMNS.index("项目名称") + 1)
    assert (cell.data_type, cell.value) == ("s", hostile.rstrip("\x07"))
    assert sheet.cell(2, COLUMNS.index("申报总额（万元）") + 1).value == 186.5
