"""Papers read side by side: places, amounts, quotes and empty cells say the same everywhere, and say it once."""

from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path

from test_papers import POLICY

from api.papers.demands import demand
from api.papers.making import OPINION, PAGE, Matter, make
from api.papers.places import place
from api.papers.specimen import FORM, PLAN, specimen
from api.papers.tables import tables
from api.papers.third import third
from api.reports import json as as_json
from models.domain.document import Cell, Paragraph, Table
from models.domain.finding import Evidence
from models.domain.outline import Section
from models.domain.report import Pair
from models.domain.submission import Fact, Kind


def two_places() -> tuple[Evidence, Evidence]:
    return Evidence(PLAN, "总投资20万元", section=0), Evidence(PLAN, "合计 | 20", section=0, table=0, row=4)


def test_a_place_is_said_once_and_a_table_is_counted() -> None:
    """Not 表1, which is the plan's own name for another one; nor a place behind a message that names it already."""
    report = specimen(POLICY)
    first, row = two_places()
    plan = next(d for d in report.documents if d.document.name == PLAN)
    twice = replace(plan, document=replace(plan.document, blocks=(*plan.document.blocks, plan.document.blocks[-1])))
    at = replace(report, documents=(twice,))
    assert place(at, row) == "方案“一、基本概述”部分第1张表第5行"
    assert place(at, first) == "方案“一、基本概述”部分"
    found = replace(report.findings[2], message="总投资不一致：方案“一、基本概述”部分为20万元。", evidence=(first, row))
    asked = demand(at, POLICY, found)
    assert "为20万元（见方案“一、基本概述”部分第1张表第5行）。" in asked
    assert "（见" not in demand(at, POLICY, replace(found, evidence=(first,)))


def test_quotes_of_one_place_stand_under_it_once() -> None:
    report = specimen(POLICY)
    e = report.dimensions[0].quotes[0]
    quotes = (replace(e, quote="甲句。"), replace(e, quote="乙句。"), Evidence(FORM, "丙句。"))
    told = third(replace(report, dimensions=(replace(report.dimensions[0], quotes=quotes),)), POLICY, blind=False)
    assert told["dimensions"][0]["quotes"] == "方案“一、基本概述”部分“甲句”“乙句”；申报表“丙句”"


def test_functions_that_come_near_to_one_stand_on_one_line() -> None:
    report = specimen(POLICY)
    pairs = tuple(Pair(own, there, 0.9, "semantic") for own, there in (("甲", "丙"), ("乙", "丙"), ("甲", "丁")))
    near = replace(report, duplicates=(replace(report.duplicates[0], pairs=pairs),))
    for name in ("相近系统", "相近系统简表", "供比对系统"):
        assert "甲、乙 —— 丙\n甲 —— 丁" in tables(near, POLICY, [])[name].rows[0]
    none = replace(report, duplicates=())
    assert tables(none, POLICY, [])["供比对系统"].rows[0][0] == "未发现主要功能相近的系统"
    without = replace(none, engine=replace(none.engine, systems=0))
    assert tables(without, POLICY, [])["供比对系统"].rows[0][0] == "台账尚未提供，未作比对"


def test_the_outline_says_where_every_period_stands_and_who_is_served() -> None:
    report = specimen(POLICY)
    e = report.facts[0].evidence
    periods = (
        Fact("period", "2022年1月至10月", "", "", e), Fact("period", "2022年1月至10月", "", "", replace(e, page=3)),
        Fact("period", "2022年1月至12月", "", "", Evidence(FORM, "周期", table=0, row=7)),
    )  # fmt: skip
    plan = report.documents[0]
    served = replace(
        plan,
        document=replace(
            plan.document,
            blocks=(
                *plan.document.blocks,
                Paragraph("服务对象和用户数见表6。表6 服务对象与用户数。面向签约居民约23万人。"),
            ),
        ),
        sections=(*plan.sections, Section(1, "（一）", "服务对象与范围", 2, 0, 7, 7, 8)),
    )
    facts = (*(f for f in report.facts if f.key != "users"), *periods)
    told = {
        r[0]: r[1:]
        for r in tables(replace(report, facts=facts, documents=(served, *report.documents[1:])), POLICY, [])[
            "项目概要"
        ].rows
    }
    assert told["建设周期"] == ("2022年1月至10月；2022年1月至12月", "方案“一、基本概述”部分；申报表第8行")
    assert told["服务对象与用户数"] == ("“面向签约居民约23万人”", "方案“（一）服务对象与范围”部分")
    assert {r[0]: r[1] for r in tables(report, POLICY, [])["项目概要"].rows}["服务对象与用户数"] == "约5000人"


def test_the_old_system_on_the_page_agrees_with_the_opinion() -> None:
    report = replace(specimen(POLICY), duplicates=())
    built_on = replace(report, submission=replace(report.submission, nature="扩建"))
    assert "【老系统】台账中未见。" in make(PAGE, Matter(report, POLICY)).text()
    assert "【老系统】台账中未见，待核实。" in make(PAGE, Matter(built_on, POLICY)).text()
    open_end = replace(report.findings[0], rule="NEG-4", title="上一期项目未验收通过")
    old = tuple(replace(d, relation="own_predecessor") for d in specimen(POLICY).duplicates)
    before = replace(built_on, findings=(open_end,), duplicates=old)
    assert "【老系统】“某某管理平台”，上一期尚未终验。" in make(PAGE, Matter(before, POLICY)).text()
    assert "所涉内容见本部分（三）" in make(OPINION, Matter(before, POLICY)).text()
    planned = replace(before, findings=())
    assert "“某某管理平台”，方案已说明沿用、整合或停用安排。" in make(PAGE, Matter(planned, POLICY)).text()


def test_lines_that_do_not_add_up_say_at_what_they_stand() -> None:
    report = specimen(POLICY)
    budget = next(d for d in report.documents if d.kind is Kind.BUDGET)
    rows = (
        ("序号", "费用名称", "数量", "单价（元）", "金额（万元）"), ("1", "档案数字化（页）", "46000", "0.8", "3.68"),
        ("2", "培训", "12", "3500", "5.4"), ("", "合计", "", "", "19.08"),
    )  # fmt: skip
    table = Table(tuple(tuple(Cell(text, col) for col, text in enumerate(row)) for row in rows))
    budget = replace(budget, document=replace(budget.document, blocks=(budget.document.blocks[0], table)))
    wrong = Evidence(budget.document.name, "合计 | 19.08", table=0, row=3)
    sums = replace(report.findings[2], rule="CON-SUM", evidence=(wrong,))
    report = replace(report, documents=(budget,), findings=(sums,), conclusion=replace(report.conclusion, measures=()))
    grid = tables(report, POLICY, [])["概算核减"]
    told = {row[1]: dict(zip(grid.heads, row, strict=True)) for row in grid.rows}
    page, lesson, whole = (told[name] for name in ("档案数字化（页）", "培训", "合计"))
    assert (page["单价\n（万元）"], page["计算复核"]) == ("0.00008", "相符")
    assert (lesson["建议额\n（万元）"], lesson["理由"]) == ("5.4", "数量×单价与所列金额不符，核实前按送审额计")
    assert (whole["建议额\n（万元）"], whole["理由"]) == ("9.08", "与各行之和不符，按各行之和计")
    assert (lesson["核减额\n（万元）"], whole["核减额\n（万元）"]) == (
        "",
        "待核实",
    )  # no cut, or 核减合计 would be wrong


def test_cuts_with_and_without_an_amount_say_so_in_every_paper() -> None:
    report = specimen(POLICY)
    measure = report.conclusion.measures[0]
    both = (measure, replace(measure, target="某项", amount_wan=None))
    report = replace(report, conclusion=replace(report.conclusion, measures=both))
    said = "已有金额的核减合计3万元，其余待核定"
    assert said in make(OPINION, Matter(report, POLICY)).text()
    assert said in make("核减表", Matter(report, POLICY)).text()
    assert "暂不安排 | 3（待核定）" in make(PAGE, Matter(report, POLICY)).text()


def test_what_is_only_related_is_in_no_matrix(tmp_path: Path) -> None:
    import json

    from openpyxl import load_workbook

    from api.papers.yearly import printable, workbook

    measure = replace(specimen(POLICY).conclusion.measures[0], amount_wan=None)
    open_cut = replace(specimen(POLICY), conclusion=replace(specimen(POLICY).conclusion, measures=(measure,)))
    near = replace(open_cut.duplicates[0], source="intake", system_id="乙")
    for name, verdict in (("甲", "overlap"), ("乙", "related")):
        other = replace(near, system_id="乙" if name == "甲" else "甲", verdict=verdict)
        (tmp_path / name).mkdir()
        report = replace(open_cut, duplicates=(other,))
        (tmp_path / name / "report.json").write_bytes(as_json.render(report))
    rows = [{"name": name, "status": "done"} for name in "甲乙"]
    (tmp_path / "summary.json").write_text(json.dumps({"submissions": rows}), encoding="utf-8")
    matrix = load_workbook(io.BytesIO(workbook(tmp_path)))["相近矩阵"]
    one, two = "某某业务系统（甲）", "某某业务系统（乙）"  # of one title, told apart by the names they came in under
    assert [[c.value for c in row] for row in matrix.iter_rows()] == [
        ["项目", one, two],
        [one, "—", 1],
        [two, None, "—"],
    ]
    text = printable(tmp_path).text()
    assert "另有2个项目的核减金额待核定" in text
    assert f"{one} | {two} | " in text
    assert f"“{two}”、“{one}”统筹整合" in text
