"""What the papers of one review say of one matter: true of this submission, and the same in every paper."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from form_samples import document, plan, submission, table
from test_papers import POLICY

from analyzers import duplicates
from analyzers.conclusion import conclude
from analyzers.context import Context
from analyzers.predecessors import mentions
from api.papers.blocks import Grid, Heading
from api.papers.decisions import Decisions, decided
from api.papers.making import CUTS, NEAR, NOTICE, OPINION, PAGE, THIRD, Matter, make
from api.papers.places import nested
from api.papers.specimen import FORM, PLAN, specimen
from api.papers.yearly_board import board
from api.reports.json import as_object
from api.spreadsheet import row as row_of
from models.domain.document import Document, Paragraph
from models.domain.finding import Evidence, Severity
from models.domain.register import Candidate, System
from models.domain.report import Measure, NotChecked, Report
from models.domain.submission import Kind, SubmittedDocument

DECLINE, MEND = "建议不予立项", "建议补正后再审"


def said(kind: str, report: Report, *, blind: bool = False, choices: Decisions | None = None) -> str:
    return make(kind, Matter(report, POLICY, blind=blind, choices=choices or Decisions())).text()


def advised(report: Report, advice: str, *measures: Measure) -> Report:
    return replace(report, conclusion=replace(report.conclusion, advice=advice, measures=measures))


def with_form(report: Report, *rows: tuple[str, ...]) -> Report:
    form = SubmittedDocument(document(table(*rows), name=FORM), Kind.FORM)
    return replace(report, documents=tuple(form if d.kind is Kind.FORM else d for d in report.documents))


def with_plan(report: Report, *sentences: str) -> Report:
    text = SubmittedDocument(Document(PLAN, "docx", "a", tuple(Paragraph(s) for s in sentences)), Kind.PLAN)
    return replace(report, documents=tuple(text if d.kind is Kind.PLAN else d for d in report.documents))


def blank_lead(severity: Severity = Severity.NOTICE) -> Report:
    report = with_form(specimen(POLICY), ("牵头部门意见", "（盖章）\n年  月  日"))
    box = Evidence(FORM, "牵头部门意见 | （盖章）", table=0, row=0)
    lead = replace(
        report.findings[2], rule="PRO-LEAD", severity=severity, title="牵头部门意见或优先级空白", evidence=(box,),
        message="申报表未见牵头部门审核意见或优先级。", suggestion="请由所属领域牵头部门审核并填写意见和优先级。",
    )  # fmt: skip
    return replace(report, findings=(*report.findings, lead))


# 1 the old system


@pytest.mark.parametrize(
    ("text", "own", "found"),
    [
        ("本期在停车管理平台一期基础上扩建。", True, True),  # the register: 拱墅区停车管理平台（一期）
        ("本期在停车管理平台一期基础上扩建。", False, False),  # in another unit's papers it may be any
        ("本期在泊位一点通平台基础上扩建。", True, True),  # its former name without the place
        ("本期扩建IRS330105-0042所列应用。", True, True),  # its code
        ("本期在充电管理平台一期基础上扩建。", True, False),
    ],
)
def test_a_units_own_system_is_known_by_what_the_unit_calls_it(text: str, *, own: bool, found: bool) -> None:
    unit = "杭州市拱墅区城市建设投资集团有限公司"
    papers = submission(plan([f"申报单位：{unit}", text]))
    system = System(
        "S1", "拱墅区停车管理平台（一期）", unit if own else "杭州市拱墅区商务局", "区", "在用",
        former_names=("拱墅区泊位一点通平台",), extra=(("应用编码", "IRS330105-0042"),),
    )  # fmt: skip
    context = Context(POLICY, papers)
    assert bool(mentions(context, system)) is found
    (near,) = duplicates.compare(Context(POLICY, papers, candidates=(Candidate(system, 0.3, 0.3, 0.0, ()),)))
    assert (near.relation == "own_predecessor") is found


def test_every_old_system_is_named_in_both_papers() -> None:
    report = specimen(POLICY)
    one = replace(report.duplicates[0], relation="own_predecessor", verdict="related")
    report = replace(report, duplicates=(one, replace(one, system_id="S2", system_name="“加梯通”小程序")))
    for kind in (OPINION, PAGE):
        assert "“某某管理平台”“‘加梯通’小程序”" in said(kind, report)


def test_functions_charged_again_are_told_with_the_old_system_that_has_them() -> None:
    report = specimen(POLICY)
    old = replace(report.duplicates[0], relation="own_predecessor", system_name="受理平台（一期）")
    again = replace(report.findings[3], target="业务受理、统计", message="某局“受理平台（一期）”已建功能本期再次列入。")
    report = replace(report, duplicates=(old,), findings=(again,))
    assert "与现有“受理平台（一期）”相近" in said(NOTICE, report)


# 2 and 4 the lead department


def test_an_empty_box_is_said_to_be_empty_in_every_paper() -> None:
    report = blank_lead()
    assert "牵头部门意见：申报表未填写该栏，待某牵头部门提出" in said(OPINION, report)
    page = make(PAGE, Matter(report, POLICY))
    assert "牵头部门：申报表未填写该栏；" in page.text()
    assert next(b for b in page.blocks if isinstance(b, Grid)).rows[0][1] == "未填写"
    assert "见申报表。" not in said(OPINION, report)


@pytest.mark.parametrize(
    ("box", "told"),
    [
        (("主管部门审核意见", "负责人签字：      年  月  日"), "申报表未见该栏，主管部门意见栏未填写"),
        (("主管部门审核意见", "拟同意申报。\n年  月  日"), "申报表未见该栏，主管部门意见为“拟同意申报”"),
        (("牵头部门意见", "同意立项，建议安排15万元。\n（盖章）"), "“同意立项，建议安排15万元”（见申报表第1行）"),
    ],
)
def test_what_a_box_says_is_quoted(box: tuple[str, str], told: str) -> None:
    assert f"牵头部门意见：{told}" in said(OPINION, with_form(specimen(POLICY), box))


def test_an_opinion_in_the_form_is_on_the_page_too() -> None:
    page = make(PAGE, Matter(with_form(specimen(POLICY), ("牵头部门意见", "同意立项，建议安排15万元。")), POLICY))
    assert "牵头部门：同意立项，建议安排15万元；" in page.text()
    assert next(b for b in page.blocks if isinstance(b, Grid)).rows[0][1] == "15"


def test_what_the_reviewer_was_told_comes_before_an_empty_box() -> None:
    choices = Decisions.model_validate({"views": {"牵头部门": "同意立项。"}})
    assert "牵头部门意见：同意立项。" in said(OPINION, blank_lead(), choices=choices)


def test_a_missing_opinion_is_as_grave_in_the_opinion_as_in_the_notice() -> None:
    light, heavy = blank_lead(), blank_lead(Severity.WARNING)
    assert "应先行补齐" not in said(OPINION, light)
    assert said(NOTICE, light).index("不影响受理") < said(NOTICE, light).index("未见牵头部门审核意见")
    assert "依据第六条应先行补齐" in said(OPINION, heavy)
    assert said(NOTICE, heavy).index("未见牵头部门审核意见") < said(NOTICE, heavy).index("二、需要说明")


# 5 one word for one weight


def test_the_annex_asks_for_what_the_notice_asks_for() -> None:
    report = blank_lead()
    grid = next(b for b in make(OPINION, Matter(report, POLICY)).blocks if isinstance(b, Grid) and "要求" in b.heads)
    weights = {f.title: row[1] for f, row in zip(report.findings, grid.rows, strict=True)}
    heads = {
        b.text.partition("、")[2][:4] for b in make(NOTICE, Matter(report, POLICY)).blocks if isinstance(b, Heading)
    }
    assert set(weights.values()) == {"需要说明", "必须补正", "建议完善"} <= heads
    assert weights["新增机柜"] == "需要说明"
    assert "必须解决" not in said(OPINION, report)


# 6 a conclusion that declines


def test_the_notice_says_what_the_conclusion_is() -> None:
    declined = said(NOTICE, advised(specimen(POLICY), DECLINE))
    assert declined.startswith("关于《某某业务系统》初步审核情况的告知书")
    assert "属于第八条第（一）项所列情形，且未提供例外依据，建议不予立项" in declined
    for word in ("不影响受理", "暂不进入评审", "关于补正"):
        assert word not in declined
    report = specimen(POLICY)
    later = Measure("暂缓", "一期终验", None, "建议暂缓安排。", (report.findings[0].id,))
    put_off = said(NOTICE, advised(report, MEND, later))
    assert put_off.startswith("关于补正《")
    assert "初步审核同时建议暂缓安排" in put_off
    assert "暂缓" not in said(NOTICE, report)
    for advice in ("无需申报", "不予受理"):
        closed = said(NOTICE, advised(report, advice))
        assert "补正" not in closed
        assert advice[2:] in closed


@pytest.mark.parametrize("by_reviewer", [False, True])
def test_what_is_declined_is_not_to_be_cut_or_talked_over(*, by_reviewer: bool) -> None:
    report = specimen(POLICY)
    room, _, _, near = report.findings
    if by_reviewer:
        measures = decided(report, Decisions.model_validate({"advice": DECLINE})).conclusion.measures
        assert {m.kind for m in report.conclusion.measures} == {"核减"}
    else:
        context = Context(POLICY, submission(plan(["申报单位：某区某局", "总投资19.4万元。"])))
        found = (replace(room, main_content=True), replace(near, measure="会商", target="上级平台"), near)
        concluded, _ = conclude(context, found, (), ())
        assert concluded.advice == DECLINE
        measures = concluded.measures
        assert [m.kind for m in measures] == ["复用"]
    assert not {"核减", "会商", "暂缓", "说明"} & {m.kind for m in measures}


def test_the_reason_to_decline_names_the_main_content_only() -> None:
    report = specimen(POLICY)
    room, _, _, near = report.findings
    main = replace(near, severity=Severity.BLOCKER, main_content=True)
    opinion = said(OPINION, advised(replace(report, findings=(room, main)), DECLINE))
    assert "属于第八条第（二）项所列情形，且未提供例外依据" in opinion
    assert "待会商" not in said(PAGE, advised(report, DECLINE))
    assert "会商确定复用或整合" not in said(OPINION, advised(report, DECLINE))


def test_a_project_that_goes_on_is_not_sent_back() -> None:
    report = specimen(POLICY)
    light = tuple(replace(f, severity=Severity.NOTICE, rule="COM-UNIFIED") for f in report.findings[1:2])
    for findings, told in (
        ((), "未见需补正、说明或完善的事项，拟提请联合评审"),
        (light, "未见必须补正的事项，拟提请联合评审，建议在评审前完善以下内容"),
        (report.findings, "拟提请联合评审，请在评审前补正和说明以下内容"),
    ):
        notice = said(NOTICE, advised(replace(report, findings=findings), "建议进入评审"))
        assert told in notice
        assert "关于补正" not in notice
        assert "未补正的暂不进入评审" not in notice
        assert ("补正情况对照表" in notice) == (findings == report.findings)


def test_the_years_list_proposes_no_sum_for_what_is_declined_or_put_off() -> None:
    report = specimen(POLICY)
    later = Measure("暂缓", "一期终验", None, "建议暂缓安排。", ())
    several = (report, advised(report, DECLINE), advised(report, MEND, later))
    assert [row_of(one)["初审建议额（万元）"] for one in several] == [16.4, None, None]
    printed = board([(str(n), as_object(one)) for n, one in enumerate(several)]).text()
    assert "初审建议额16.4万元（不含建议不予立项、暂缓安排等2个不提建议额的项目）。" in printed


# 8 where it runs, whose information it handles


@pytest.mark.parametrize(
    ("box", "told"),
    [
        (("是否使用政务云", "是（虚拟机4台，存储2TB）"), "政务云（虚拟机4台，存储2TB）"),
        (("是否使用政务云", "是，申请云主机6台（48核）"), "政务云（申请云主机6台（48核））"),
        (("是否使用政务云", "否"), "不使用政务云"),
        (("部署方式", "本地机房"), "本地机房"),
        (("政务云资源需求", "虚拟机32台"), "政务云（虚拟机32台）"),
    ],
)
def test_the_form_says_where_the_system_runs(box: tuple[str, str], told: str) -> None:
    report = with_plan(with_form(specimen(POLICY), box), "识别算法部署在相机端，云端只做复核。")
    assert f"部署方式 | {told} | 申报表第1行" in said(THIRD, report)


PERSONAL = "本系统采集居民姓名和住址。"


@pytest.mark.parametrize(
    ("sentences", "told"),
    [
        (("主要风险是居民住址、电话泄露。", PERSONAL), "“本系统采集居民姓名和住址”"),
        (("主要风险是居民住址、电话泄露。",), "未说明处理哪些个人信息（方案有提及）"),
        (("依照个人信息保护法律要求提供。", "本项目不涉及个人信息。"), "“本项目不涉及个人信息”"),
        (("用于统计用水量。",), "未说明"),
    ],
)
def test_a_risk_is_no_answer_to_what_personal_information_there_is(sentences: tuple[str, ...], told: str) -> None:
    assert f"个人信息 | {told} |" in said(THIRD, with_plan(specimen(POLICY), *sentences))


# 9 and 10 money


def test_a_sum_that_is_proposed_otherwise_says_by_how_much() -> None:
    grid = next(b for b in make(CUTS, Matter(specimen(POLICY), POLICY)).blocks if isinstance(b, Grid))
    for row in grid.rows:
        asked, proposed, less = (row[i] for i in (4, 6, 7))
        assert bool(less) == (asked != proposed)
    assert {row[1]: row[7] for row in grid.rows}["合计"] == "3"


@pytest.mark.parametrize(
    ("target", "amount", "told", "whole"),
    [
        ("机柜", 1.0, ("2", "1"), ("18.4", "1")),  # a part of one line
        ("机柜、监理费", 1.0, ("待核定", "待核定"), ("18.4", "1")),  # a part of several
        ("机柜", None, ("待核定", "待核定"), ("19.4", "")),
        ("另列设备", 1.0, ("3", ""), ("18.4", "1")),  # of no line of the table
    ],
)
def test_a_cut_is_in_its_line_and_in_the_sum(
    target: str, amount: float | None, told: tuple[str, str], whole: tuple[str, str]
) -> None:
    report = specimen(POLICY)
    cut = Measure("核减", target, amount, "建议核减。", (report.findings[0].id,))
    grid = next(b for b in make(CUTS, Matter(advised(report, MEND, cut), POLICY)).blocks if isinstance(b, Grid))
    rows = {row[1]: row[6:8] for row in grid.rows}
    assert (rows["机柜"], rows["合计"]) == (told, whole)


@pytest.mark.parametrize("advice", [DECLINE, MEND])
def test_no_sum_is_recommended_beside_a_deferral(advice: str) -> None:
    report = specimen(POLICY)
    later = Measure("暂缓", "一期终验", None, "建议暂缓安排。", (report.findings[0].id,))
    one = advised(report, advice, *report.conclusion.measures, later)
    money = next(b for b in make(PAGE, Matter(one, POLICY)).blocks if isinstance(b, Grid)).rows[0]
    assert money[3] == ("不予立项" if advice == DECLINE else "暂不安排")
    assert not re.search(r"控制数\D{0,3}\d", said(OPINION, one) + said(CUTS, one))
    grid = next(b for b in make(CUTS, Matter(one, POLICY)).blocks if isinstance(b, Grid))
    assert {row[6:8] for row in grid.rows} == {("—", "—")}
    assert "未提出核减" not in said(CUTS, one)


# 11 and 12 systems to compare


@pytest.mark.parametrize(
    ("status", "note"),
    [("在用", "2021年建成"), ("在建", "计划2021年建成"), ("已批未建", "计划2021年建成"), ("停用", "2021年建成")],
)
def test_what_is_being_built_is_not_built(status: str, note: str) -> None:
    system = System("S1", "某平台", "区商务局", "区", status, year="2021")
    context = Context(
        POLICY, submission(plan(["总投资19.4万元。"])), candidates=(Candidate(system, 0.3, 0.3, 0.0, ()),)
    )
    assert [d.note for d in duplicates.compare(context)] == [note]


def test_quotes_within_quotes_have_the_inner_marks() -> None:
    assert nested("与“账里有“数”工具”和“乙”相近") == "与“账里有‘数’工具”和“乙”相近"
    assert nested("缺一半“的引号") == "缺一半“的引号"
    report = specimen(POLICY)
    named = replace(report.findings[3], message="与“账里有“数”工具”相近。")
    report = replace(report, findings=(*report.findings[:3], named))
    for kind in (OPINION, NEAR, THIRD):
        assert not re.search("“[^”]*“", said(kind, report))
    assert "与“账里有‘数’工具”相近" in said(OPINION, report)


def test_what_the_plan_itself_says_of_other_systems_is_told_beside_an_empty_comparison() -> None:
    report = specimen(POLICY)
    report = replace(report, engine=replace(report.engine, systems=9), duplicates=(), findings=report.findings[:1])
    itself = replace(report.findings[0], rule="NEG-2B", target="", message="此处自述已有功能相近的系统而仍另行建设。")
    above = replace(itself, rule="NEG-3", message="此处表明上级部门已明确或决定统筹建设同类系统。")
    for kind, more in ((OPINION, "，见本部分（三）"), (PAGE, "")):
        assert "未发现主要功能相近的系统。" in said(kind, report)
        for finding, told in ((itself, "方案自述已有功能相近的系统"), (above, "材料提及上级统筹建设")):
            assert f"未发现主要功能相近的系统；{told}{more}。" in said(kind, replace(report, findings=(finding,)))


# 13 what was checked


@pytest.mark.parametrize("blind", [False, True])
def test_the_brief_says_what_was_checked_and_with_what_result(*, blind: bool) -> None:
    report = specimen(POLICY)
    found = said(THIRD, report, blind=blind)
    assert "必要内容中1项待补充。" in found
    assert "数字勾稽：总投资金额不一致，已请申报单位核实；概算明细的数量×单价、分项合计相符。" in found
    clean = replace(report, findings=(), completeness=tuple(replace(r, status="present") for r in report.completeness))
    assert "必要内容均已提供。数字勾稽：各处总投资一致；" in said(THIRD, clean, blind=blind)
    unsure = replace(clean, not_checked=(NotChecked("概算表", "第2页无法识别", ("CON-SUM",)),))
    told = said(THIRD, unsure, blind=blind)
    assert "部分未能核实，请一并核对" in told
    assert "相符" not in told
    bare = replace(clean, documents=clean.documents[:0], completeness=())
    told = said(THIRD, bare, blind=blind)
    assert "材料完整性：本次未核对，请一并核对。" in told
    assert "未见可供复核的概算明细" in told


def test_the_opinion_claims_no_reckoning_that_the_table_does_not_allow() -> None:
    report = replace(specimen(POLICY), findings=())
    assert "概算明细的数量×单价、分项合计经复核相符" in said(OPINION, report)
    rows = (
        ("序号", "费用名称", "金额（万元）"),
        ("1", "受理模块开发", "14.4"),
        ("2", "机柜", "5"),
        ("", "合计", "19.4"),
    )
    budget = SubmittedDocument(document("投资概算明细表", table(*rows), name="投资概算.xlsx"), Kind.BUDGET)
    others = tuple(d for d in report.documents if d.kind is Kind.FORM)
    assert "概算明细的分项合计经复核相符" in said(OPINION, replace(report, documents=(budget, *others)))
    assert "未见可供复核的概算明细" in said(OPINION, replace(report, documents=others))
