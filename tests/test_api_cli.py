"""The installed program on real files: review, batch, exit statuses, same bytes, nothing lost."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import need

from models.e5.convert import default_folder

ROOT = Path(__file__).parent.parent
EXAMPLE = ROOT / "examples" / "submission"
CORPUS = ROOT / "examples" / "systems.csv"
PROGRAM = Path(sys.executable).with_name("chushen")


@pytest.fixture(scope="module")
def home(tmp_path_factory) -> dict[str, str]:
    need(PROGRAM.exists(), "the console script", "make test installs it", in_ci=True)
    need(default_folder().exists(), "the sentence model", "make demo sets it up", in_ci=True)
    return {**os.environ, "CHUSHEN_HOME": str(tmp_path_factory.mktemp("home"))}


def run(home: dict[str, str], *arguments: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [PROGRAM, *map(str, arguments)], env=home, capture_output=True, text=True, check=False, timeout=300
    )


@pytest.fixture(scope="module")
def batch(home, tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("intake")
    shutil.copytree(EXAMPLE, folder / "住建局" / "加梯")
    (folder / "坏材料").mkdir()
    (folder / "坏材料" / "建设方案.docx").write_bytes(b"")
    done = run(home, "batch", folder, "--out", folder / "OUT", "--corpus", CORPUS, "--no-intake", "--workers", "1")
    assert done.returncode == 3, done.stderr
    assert "坏材料" in done.stderr
    assert "Traceback" not in done.stderr
    return folder


def test_one_bad_submission_does_not_stop_the_rest(batch):
    told = json.loads((batch / "OUT" / "summary.json").read_text("utf-8"))
    assert told["schema"] == "chushen.batch/1"
    states = {s["name"]: s["status"] for s in told["submissions"]}
    assert states == {"住建局__加梯": "done", "坏材料": "failed"}
    assert (batch / "OUT" / "汇总.xlsx").exists()


def test_a_second_run_skips_what_is_done(home, batch):
    report = batch / "OUT" / "住建局__加梯" / "report.json"
    before = report.stat().st_mtime_ns
    run(home, "batch", batch, "--out", batch / "OUT", "--corpus", CORPUS, "--no-intake", "--workers", "1")
    assert report.stat().st_mtime_ns == before


def test_review_gives_the_same_bytes_as_the_batch(home, batch, tmp_path):
    done = run(home, "review", EXAMPLE, "--corpus", CORPUS, "--out", tmp_path)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "report.json").read_bytes() == (batch / "OUT" / "住建局__加梯" / "report.json").read_bytes()
    assert (tmp_path / "report.html").stat().st_size > 10_000
    assert (tmp_path / "report.docx").read_bytes()[:2] == b"PK"


def test_planted_faults_are_found_with_their_words(batch):
    report = json.loads((batch / "OUT" / "住建局__加梯" / "report.json").read_text("utf-8"))
    heavy = {f["rule"] for f in report["findings"] if f["severity"] in {"blocker", "warning"}}
    assert {
        "SEC-15.3",
        "SEC-2.3.4",
        "SEC-14.2",
        "NEG-1",
        "NEG-2D",
        "NEG-3",
        "CON-TOTAL",
        "CON-SUM",
        "CON-PERIOD",
    } <= heavy
    assert not heavy & {"NEG-2C", "NEG-4", "CON-UNIT", "CON-NAME", "PRO-SECRET"}
    for finding in report["findings"]:
        assert finding["evidence"] or finding["rule"].startswith(("SEC", "COM", "PRO")), finding


@pytest.mark.parametrize(
    ("name", "content"),
    [("空.docx", b""), ("一.docx", b"x"), ("乱.docx", bytes(range(256)) * 9), ("假.pdf", b"%PDF-1.4 nothing")],
)
def test_a_bad_plan_is_exit_3_in_one_line(home, tmp_path, name, content):
    path = tmp_path / name
    path.write_bytes(content)
    done = run(home, "review", path, "--json")
    assert done.returncode == 3
    assert done.stdout == ""
    assert name in done.stderr
    assert "Traceback" not in done.stderr


def test_wrong_use_is_exit_2(home):
    assert run(home, "review").returncode == 2
    assert run(home, "no-such-command").returncode == 2


def test_fail_on(home, tmp_path):
    done = run(home, "review", EXAMPLE, "--corpus", CORPUS, "--out", tmp_path, "--fail-on", "blocker")
    assert done.returncode == 1


def test_register_commands(home):
    done = run(home, "corpus", "import", CORPUS)
    assert done.returncode == 0, done.stderr
    assert "X001" in run(home, "corpus", "list").stdout
    assert run(home, "corpus", "search", "老旧小区装电梯").stdout.count("\n") >= 1


def test_explain_prints_the_manual(home):
    told = run(home, "explain", "NEG-1").stdout
    assert "检查什么" in told
    assert told.startswith("NEG-1 新建或扩建机房、云平台、实体数据中心\n")
    assert told.count("NEG-1 ") == 1  # the title stands once
    assert run(home, "explain", "PRO-THRESHOLD").stdout.startswith("PRO-THRESHOLD 申报金额不足5万元\n")


def test_secret_form_is_a_stub(home, tmp_path):
    (tmp_path / "机密级 建设方案.txt").write_text("方案", "utf-8")
    done = run(home, "review", tmp_path, "--json")
    assert done.returncode == 3
    report = json.loads(done.stdout)
    assert [f["rule"] for f in report["findings"]] == ["PRO-SECRET"]
    assert report["conclusion"]["advice"] == "不予受理"


def test_papers_say_what_the_parties_and_the_reviewer_said(home, tmp_path):
    """`--decisions` in full, also in an office's own template: the parties' words are in the papers."""
    import docx

    views = {"区财政局": "建议分两年安排", "牵头部门": "同意，优先级为中"}
    (tmp_path / "决定.json").write_text(json.dumps({"views": views, "dispute": "部门看法不同。"}), encoding="utf-8")
    own = docx.Document()
    own.add_paragraph("各方：{parties}分歧：{dispute}")
    own.save(tmp_path / "本局.docx")
    one = ("papers", EXAMPLE, "--corpus", CORPUS, "--kind", "一页纸", "--decisions", tmp_path / "决定.json")
    for name, more in (("页", ()), ("本局页", ("--template", tmp_path / "本局.docx"))):
        done = run(home, *one, "--out", tmp_path / name, "--format", "docx", *more)
        assert done.returncode == 0, done.stderr
        told = "".join(p.text for p in docx.Document(tmp_path / name / "一页纸.docx").paragraphs)
        assert "牵头部门：同意，优先级为中" in told
        assert "区财政局：建议分两年安排" in told
        assert "部门看法不同" in told
