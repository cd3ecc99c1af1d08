"""The example submission: what its README promises is really in the files, and the generator gives these files."""

from __future__ import annotations

import csv
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from ingest.reader import read_bytes
from models.domain.document import Document, Paragraph, Picture, Table

EXAMPLES = Path(__file__).resolve().parent.parent / "examples"
SUBMISSION = EXAMPLES / "submission"
FILES = sorted(path for path in SUBMISSION.rglob("*") if path.is_file() and not path.name.startswith("."))


def _read(name: str) -> Document:
    (path,) = (path for path in FILES if path.name == name)
    return read_bytes(path.read_bytes(), path.name)


def _text(document: Document) -> str:
    parts = []
    for block in document.blocks:
        if isinstance(block, Paragraph):
            parts.append(block.text)
        elif isinstance(block, Table):
            parts += [cell.text for row in block.rows for cell in row]
    return re.sub(r"\s+", "", "\n".join(parts))


def _rows(heading: str, columns: int) -> list[list[str]]:
    part = (EXAMPLES / "README.md").read_text(encoding="utf-8").split(heading, 1)[1].split("\n## ", 1)[0]
    rows = [
        [cell.strip() for cell in line.strip("|").split("|")] for line in part.splitlines() if re.match(r"\| \d", line)
    ]
    assert all(len(row) == columns for row in rows)
    return rows


FAULTS = _rows("## 考点", 6)
TRAPS = _rows("## 陷阱", 5)


def test_all_files_are_there_and_small():
    assert {path.name for path in FILES} == {
        "建设方案.docx",
        "申报表.docx",
        "投资概算明细表.xlsx",
        "附件1 专题会议纪要.docx",
        "附件2 业务需求清单.docx",
    }
    assert all(path.stat().st_size < 500_000 for path in FILES)


def test_the_plan_is_a_whole_plan():
    plan = _read("建设方案.docx")
    tables = [block for block in plan.blocks if isinstance(block, Table)]
    assert len(tables) >= 10
    assert sum(isinstance(block, Picture) for block in plan.blocks) >= 3
    assert len(_text(plan)) >= 12_000
    chapters = [b for b in plan.blocks if isinstance(b, Paragraph) and b.outline_level == 1]
    assert len(chapters) == 16
    assert any(cell.rowspan > 1 for table in tables for row in table.rows for cell in row)
    assert any(cell.colspan > 1 for table in tables for row in table.rows for cell in row)


def test_footnote_list_and_tracked_changes():
    plan = _read("建设方案.docx")
    paragraphs = [block for block in plan.blocks if isinstance(block, Paragraph)]
    assert any(paragraph.role == "footnote" for paragraph in paragraphs)
    assert any(paragraph.list_level is not None and paragraph.number for paragraph in paragraphs)
    assert any("两年" in text for text in plan.deleted)
    assert "三年质保控制" in _text(plan)
    assert "催问补助进度的58件" in _text(plan)
    assert plan.headers
    assert len(plan.contents) > 60


@pytest.mark.parametrize("row", FAULTS, ids=lambda row: f"{row[0]}-{row[1]}")
def test_every_fault_is_in_its_file(row):
    _number, rule, name, _place, quote, _why = row
    text = _text(_read(name))
    if quote == "（无）":
        assert rule == "SEC-15.3"
        assert "运行维护后续资金" not in text
        assert "年运维" not in text
    else:
        assert re.sub(r"\s+", "", quote) in text


@pytest.mark.parametrize("row", TRAPS, ids=lambda row: row[0])
def test_every_trap_is_in_its_file(row):
    _number, _rule, name, quote, _why = row
    text = (EXAMPLES / name).read_text(encoding="utf-8") if name == "systems.csv" else _text(_read(name))
    assert re.sub(r"\s+", "", quote) in text


def test_the_budget_has_one_wrong_row_only():
    detail = next(b for b in reversed(_read("投资概算明细表.xlsx").blocks) if isinstance(b, Table))
    wrong, total, stated = [], 0.0, []
    for row in detail.grid()[2:]:
        if row[0].isdigit():
            count, price, amount = (float(value) for value in row[4:7])
            total += amount
            if abs(count * price / 10_000 - amount) > 0.005:
                wrong.append(row[2])
        else:
            stated.append(float(row[6]))
    assert wrong == ["应用培训"]
    assert stated[-1] == pytest.approx(total) == pytest.approx(338.22)
    assert sum(stated[:-1]) == pytest.approx(total)


def test_the_register():
    with (EXAMPLES / "systems.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) >= 60
    assert len({row["id"] for row in rows}) == len(rows)
    assert {row["level"] for row in rows} == {"区", "市", "省", "国家"}
    assert {row["status"] for row in rows} == {"在用", "在建", "已批未建", "停用"}
    for row in rows:
        assert 40 <= len(row["description"]) <= 80, row["id"]
        assert 3 <= len(row["functions"].split("；")) <= 6, row["id"]


def test_the_generator_makes_these_files(tmp_path):
    made = subprocess.run([sys.executable, EXAMPLES / "make.py", "--out", tmp_path], capture_output=True, check=False)
    assert made.returncode == 0, made.stderr.decode()
    for path in FILES:
        again = tmp_path / path.relative_to(SUBMISSION)
        with zipfile.ZipFile(path) as old, zipfile.ZipFile(again) as new:
            assert {n: old.read(n) for n in old.namelist()} == {n: new.read(n) for n in new.namelist()}, path.name


def test_the_generator_gives_the_same_bytes_twice(tmp_path):
    for name in ("one", "two"):
        subprocess.run(
            [sys.executable, EXAMPLES / "make.py", "--out", tmp_path / name], capture_output=True, check=True
        )
    for path in FILES:
        inner = path.relative_to(SUBMISSION)
        assert (tmp_path / "one" / inner).read_bytes() == (tmp_path / "two" / inner).read_bytes()
