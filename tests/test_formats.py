"""The same submission in every format that is read gives the same facts and no gap."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest
from form_samples import policy
from format_samples import ALL, BY_OFFICE, QUICK, RECOGNISED, made
from word_files import TITLE

from api.pipeline import review
from api.wiring import Workbench
from ingest.unpacked import rar_tool
from models.domain.finding import Severity

PAGE = Path(__file__).parent.parent / "docs" / "formats.md"


def reads_whole(name, tmp_path):
    report = review([made(name, tmp_path)], Workbench(policy()))
    lacking = {f.rule for f in report.findings if f.rule.startswith("SEC-") and f.severity is not Severity.NOTICE}
    assert lacking == set()
    assert [
        r.template for r in report.completeness if r.mandatory and r.status in {"missing", "empty", "unclear"}
    ] == []
    told = report.submission
    assert (told.title, told.unit, told.nature, told.total_wan) == (TITLE, "拱墅区甲局", "新建", 100.0)
    assert told.period == "2022年1月至2022年10月"
    return report


@pytest.mark.slow
@pytest.mark.parametrize("name", QUICK)
def test_what_the_program_reads_by_itself(name, tmp_path, need):
    if name == "rar":
        need(rar_tool(), "unar or bsdtar", "apt-get install unar", in_ci=False)
    reads_whole(name, tmp_path)


@pytest.mark.docs
@pytest.mark.parametrize("name", BY_OFFICE)
def test_what_libreoffice_saves(name, tmp_path, need):
    need(shutil.which("soffice"), "LibreOffice", "apt-get install libreoffice-writer-nogui libreoffice-calc-nogui")
    report = reads_whole(name, tmp_path)
    told = {n.what for n in report.not_checked if "antiword" in n.why}
    assert told == set()  # LibreOffice it was that read it


@pytest.mark.docs
@pytest.mark.parametrize("name", RECOGNISED)
def test_pages_that_are_pictures(name, tmp_path):
    assert any(d.document.ocr_pages for d in reads_whole(name, tmp_path).documents)


def test_the_page_of_formats_tells_of_every_one_of_them():
    rows = re.findall(r"^\| ([^|]+) \|.*\| (\S+) \|[^|]*\|$", PAGE.read_text("utf-8"), re.MULTILINE)
    assert [name for name, _ in rows[1:]] == list(ALL)
    # Known gap: a table without rules (LibreOffice prints the plan's so, plain text has no others) is read as lines.
    assert {name for name, result in rows[1:] if result != "全部读出"} <= {"pdf（LibreOffice）", "txt"}
