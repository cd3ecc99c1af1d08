"""Passages that submissions share to the letter."""

from __future__ import annotations

import io
import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from openpyxl import load_workbook
from report_samples import sample_report

import models.copied as copied_module
from api import copying
from api.batch import summary
from api.settings import Settings
from api.spreadsheet import workbook
from api.work import Comparing, _compared
from corpus.policies import load_policy
from models.copied import GRAM, WINDOW, Said, compare, every, fingerprints, said
from models.domain.document import Cell, Document, Paragraph, Table
from models.domain.submission import Kind, SubmittedDocument

MARKET = "摊主在手机上登记当日进货的品种、数量和来源，系统核对票证后生成可由顾客扫码查看的溯源记录。"
LIBRARY = "读者凭借阅证在任一分馆还书，馆员扫描条码后系统自动更新馆藏位置并通知预约的下一位读者。"
COMMON = "项目建成后由运维单位按照等级保护要求做好日常巡检、备份恢复和安全加固等各项工作。"


def own(name: str) -> str:
    """A sentence nobody else has."""
    marks = {"甲": "摊位", "乙": "书目", "丙": "车辆", "丁": "楼宇", "戊": "河道", "己": "苗木"}
    return f"{marks[name]}的现状调查由{name}单位会同街道逐一上门完成，共走访{name}处并形成{marks[name]}台账一份。"


def shared(texts: dict[str, Sequence[str]], common: Sequence[str] = (), earlier: Sequence[str] = ()) -> list[tuple]:
    loaded = {n: [Said("方案.docx", None, i, t) for i, t in enumerate(told)] for n, told in texts.items()}
    names = [n for n in texts if n not in earlier]
    found = compare(names, loaded.__getitem__, every(common), earlier)
    return [(c.first, c.second, [(p.first.text, p.second.text) for p in c.passages]) for c in found]


def test_a_shared_run_leaves_a_fingerprint_in_both_wherever_it_stands() -> None:
    run = MARKET[: GRAM + WINDOW]  # one comma, left out of the key: nineteen characters
    for before, after in (("", "前"), ("甲乙丙丁", "后面的话各不相同"), ("这是另外一段开头", "")):
        assert fingerprints(before + run + after) & fingerprints(run)
    assert fingerprints("十一个字的短句不够长") == frozenset()


def test_a_copied_sentence_is_found_with_both_places() -> None:
    (found,) = shared({"a": [own("甲"), MARKET], "b": [MARKET.replace("摊主", "经营户"), own("乙")]})
    assert found == ("a", "b", [(MARKET, MARKET.replace("摊主", "经营户"))])


def test_other_words_are_not_copied() -> None:
    assert shared({"a": [own("甲"), MARKET], "b": [own("乙"), LIBRARY]}) == []


def test_the_template_and_what_many_say_prove_nothing() -> None:
    assert shared({"a": [MARKET], "b": [MARKET]}, common=[MARKET]) == []
    six = {n: [own(n), COMMON] for n in "甲乙丙丁戊己"}
    assert shared(six) == []
    six["甲"] = six["乙"] = [COMMON, LIBRARY]
    assert shared(six) == [("甲", "乙", [(LIBRARY, LIBRARY)])]


def test_earlier_submissions_are_not_compared_with_one_another() -> None:
    texts = {"new": [own("甲"), MARKET], "old": [MARKET], "older": [LIBRARY], "oldest": [LIBRARY]}
    assert [f[:2] for f in shared(texts, earlier=("old", "older", "oldest"))] == [("new", "old")]


def test_nothing_at_all() -> None:
    assert compare((), lambda _: (), frozenset()) == ()
    assert shared({"a": [], "b": [MARKET]}) == []


def plan(*sentences: str) -> SubmittedDocument:
    document = Document("建设方案.docx", "docx", "0", tuple(Paragraph(s) for s in sentences))
    return SubmittedDocument(document, Kind.PLAN)


def test_a_batch_shows_the_pairs_in_summary_and_table(tmp_path: Path) -> None:
    for name, one in (("甲", plan(own("甲"), MARKET)), ("乙", plan(MARKET, own("乙"))), ("丙", plan(LIBRARY))):
        (tmp_path / name).mkdir()
        report = replace(sample_report(), documents=(one,))
        (tmp_path / name / copying.TEXTS).write_bytes(copying.texts(report))
    pairs = copying.in_folder(tmp_path, ["甲", "乙", "丙"], load_policy())
    told = json.loads(summary({}, (), (), pairs))["intake"]["copied"]
    (pair,) = told
    assert pair["submissions"] == ["甲", "乙"]
    (passage,) = pair["passages"]
    assert [(q["paragraph"], q["quote"]) for q in passage["quotes"]] == [(1, MARKET), (0, MARKET)]
    sheet = load_workbook(io.BytesIO(workbook([], pairs)))["雷同文字"]
    head, row = sheet.iter_rows(values_only=True)
    assert head == copying.HEADS
    assert row[:2] == ("甲", "乙")
    assert row[5:9] == ("建设方案.docx 第2段", MARKET, "建设方案.docx 第1段", MARKET)
    assert load_workbook(io.BytesIO(workbook([]))).sheetnames == ["汇总"]


def test_fingerprints_are_made_once_and_a_spoilt_copy_is_made_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = {}
    for name, one in (("甲", plan(own("甲"), MARKET)), ("乙", plan(MARKET, own("乙")))):
        files[name] = tmp_path / name
        files[name].write_bytes(copying.texts(replace(sample_report(), documents=(one,))))
    made: list[int] = []
    real = copied_module.prints
    monkeypatch.setattr(copied_module, "prints", lambda texts: made.append(1) or real(texts))
    first = copying.in_files(files, {}, load_policy(), tmp_path / "cache")
    assert (len(first), len(made)) == (1, 2)
    assert copying.in_files(files, {}, load_policy(), tmp_path / "cache") == first
    assert len(made) == 2
    next((tmp_path / "cache").glob("*.npy")).write_bytes(b"spoilt")
    assert copying.in_files(files, {}, load_policy(), tmp_path / "cache") == first
    assert len(made) == 3
    assert copying.in_files(files, {}, load_policy()) == first
    settings = Settings(home=tmp_path / "home")
    assert _compared(Comparing((), {"甲": files["甲"]}, {"乙": files["乙"]}), settings).copied == tuple(first)
    assert len(list((tmp_path / "home" / "cache").rglob("*.npy"))) == 2


def test_only_the_plan_is_read_and_rows_of_numbers_are_none() -> None:
    cells = (tuple(Cell(t, c) for c, t in enumerate(("服务器", "台", "2", "12.5", "25"))), (Cell(MARKET),))
    table = SubmittedDocument(Document("建设方案.docx", "docx", "0", (Table(cells),)), Kind.PLAN)
    form = replace(plan(LIBRARY), kind=Kind.FORM)
    assert [s.text for s in said((form, table))] == [MARKET]
