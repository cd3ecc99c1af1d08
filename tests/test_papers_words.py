"""Every advice with every measure gives well-formed sentences in every paper, and no word that has no place there."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import product

import pytest
from test_papers import FORBIDDEN, POLICY, RULE

from api.papers.blocks import Annex, Body, Grid, Heading, Line, Paper, lines
from api.papers.conclusions import DECLINE, GO, MEND
from api.papers.making import CUTS, OPINION, PAGE, WRITTEN, Matter, make
from api.papers.places import place
from api.papers.specimen import earlier, specimen
from models.domain.report import Conclusion, Measure, Report, Routing

ADVICE = {
    GO: "书面请示领导小组", MEND: "领导小组专题会议", DECLINE: "书面请示领导小组",
    "无需申报": "无需申报", "不予受理": "转办",
}  # fmt: skip
# The measures with the words of the field (expert's A): kind, target, amount, text, which finding of the specimen.
MEASURES = (
    ("核减", "机柜", 3.0, "建议核减“机柜”（3万元），理由：可使用公共机房。", 0),
    ("核减", "机柜", None, "建议核减“机柜”，金额核定后确定。", 0),
    ("复用", "某某管理平台", None, "建议复用“某某管理平台”的事项受理，不再单独建设。", 3),
    ("整合", "某某管理平台", None, "建议与“某某管理平台”统筹整合，由某牵头部门牵头重新编制方案。", 3),
    ("暂缓", "一期终验", None, "建议暂缓安排，待一期通过终验后再行申报。", 0),
    ("会商", "统一建设", None, "建议就是否统一建设征求上级主管部门意见后再定。", 3),
    ("说明", "总投资", None, "请就总投资不一致作出说明并提供依据。", 2),
    ("备案", "自筹备案", None, "自筹资金项目，请于合同签订后到领导小组办公室备案（第二十八条）。", 0),
    ("转办", "变更", None, "来件属变更，按第十九条程序办理，不适用初审模板。", 0),
)
ILL = re.compile(
    r"[，、；：。]{2,}|[（《“][，、；。）》”]|[，、；：]$|”、“|None|\{|\}|建议建议|理由：理由|同时建议：建议|万元万元|^[，、；。]|的的"
)


def measure(number: int, report: Report, *, by_reviewer: bool = False) -> Measure:
    kind, target, amount, text, finding = MEASURES[number]
    return Measure(kind, target, amount, text, () if by_reviewer else (report.findings[finding].id,))


def with_conclusion(advice: str, *measures: Measure) -> Report:
    report = specimen(POLICY)
    reasons = () if advice == GO else ("部分内容需调整或说明（第八条（一））。", "总投资前后不一致（第六条）。")
    routing = Routing("某牵头部门", ADVICE[advice], ("第十九条",) if ADVICE[advice] == "转办" else ())
    return replace(report, conclusion=Conclusion(advice, reasons, measures), routing=routing)


def faults(paper: Paper) -> list[str]:
    """Return what is ill-formed: signs that do not go together, headings without text, forbidden words."""
    text = paper.text()
    found = [word for word in (*FORBIDDEN, "相似") if word in text] + RULE.findall(text)
    blocks = [b for b in paper.blocks if not isinstance(b, Grid)]
    for line in (part for block in blocks for part in lines(block)):
        label = line.rstrip("　 ")
        found += [f"{m[0]} in {line}" for m in ILL.finditer(label) if not (m[0] == "：" and _left_blank(label))]
    for block, following in zip(paper.blocks, (*paper.blocks[1:], None), strict=True):
        if isinstance(block, Heading | Annex) and isinstance(following, Heading | Annex | None):
            found.append(f"nothing below {block.text}")
        empty = isinstance(block, Line) or any(part.strip() for part in lines(block))
        if not empty:
            found.append("an empty block")
    return found


def _left_blank(line: str) -> bool:
    """Whether a line ends in a label whose value is filled in by hand, or addresses somebody."""
    return bool(re.search(r"(?:日期|分管领导|联系电话|评审人|初审提请关注|^某区某局|第　次)：$", line))


@pytest.mark.parametrize("advice", ADVICE)
@pytest.mark.parametrize("number", range(len(MEASURES) + 2))
def test_every_advice_with_every_measure(advice: str, number: int) -> None:
    report = specimen(POLICY)
    chosen = [number] if number < len(MEASURES) else range(len(MEASURES)) if number == len(MEASURES) else []
    for by_reviewer in (False, True):
        given = [measure(n, report, by_reviewer=by_reviewer) for n in chosen]
        one = with_conclusion(advice, *given)
        for kind, blind in ((kind, blind) for kind in WRITTEN for blind in (False, True)):
            paper = make(kind, Matter(one, POLICY, blind=blind, earlier=earlier(POLICY)))
            assert not faults(paper), kind


@pytest.mark.parametrize(
    ("advice", "said"),
    [
        (GO, "经初步审核，建议提请联合评审，附件2所列事项在评审时一并研究。"),
        (
            MEND,
            "建议退回补正后再审。理由：（1）部分内容需调整或说明（第八条第（一）项）；（2）总投资前后不一致（第六条）。",
        ),
        (DECLINE, "项目主要建设内容属于第八条第（一）项所列情形，且未提供例外依据，建议不予立项。"),
        ("无需申报", "不属于第七条规定的申报范围，建议由单位按规定自行实施，并避免拆分。"),
        ("不予受理", "来件不适用初步审核程序，建议不予受理，按规定程序办理。"),
    ],
)
def test_what_is_advised_and_what_comes_next(advice: str, said: str) -> None:
    opinion = make(OPINION, Matter(with_conclusion(advice), POLICY)).text()
    assert said in opinion
    nexts = {
        GO: "；评审通过后以书面请示领导小组的方式报批（第十一条，以评审后概算为准）。",
        MEND: "（一）退回申报单位补正，补正后由某牵头部门审核方案",
        DECLINE: "将本意见告知申报单位和某牵头部门",
        "无需申报": "由申报单位按规定自行实施，不进入评审程序。",
        "不予受理": "按来件所属程序转办，不适用初步审核程序（第十九条）。",
    }
    assert nexts[advice] in opinion
    page = make(PAGE, Matter(with_conclusion(advice), POLICY)).text()
    assert ("审批方式：" in page) == (advice not in {"无需申报", "不予受理"})


def test_nothing_is_called_complete_that_has_something_open() -> None:
    """The reviewer lets a project pass: what was found is named, not denied; without findings nothing is named."""
    clean = replace(with_conclusion(GO), findings=())
    said = "经初步审核，材料齐备，未发现第八条所列情形，建议提请联合评审。"
    assert said in make(OPINION, Matter(clean, POLICY)).text()
    assert said not in make(OPINION, Matter(with_conclusion(GO), POLICY)).text()


@pytest.mark.parametrize(("advice", "told"), [(DECLINE, "不予立项"), ("无需申报", "—"), ("不予受理", "—")])
def test_what_is_not_to_be_built_has_no_sum(advice: str, told: str) -> None:
    one = with_conclusion(advice, measure(0, specimen(POLICY)), measure(1, specimen(POLICY)))
    money = next(b for b in make(PAGE, Matter(one, POLICY)).blocks if isinstance(b, Grid)).rows[0]
    assert money[3:] == (told, "—")
    for kind in (OPINION, CUTS):
        assert "建议控制数" not in make(kind, Matter(one, POLICY)).text().replace("不提初审建议控制数", "")
    assert ("建议不予立项，不提初审建议控制数。" in make(CUTS, Matter(one, POLICY)).text()) == (advice == DECLINE)


MEASURED = {
    0: "核减“机柜”3万元", 2: "复用“某某管理平台”的已有能力", 3: "与“某某管理平台”统筹整合",
    4: "暂缓安排，待附件2第1项所列情形消除后再行申报", 5: "就附件2第4项征求有关部门意见后再定",
    6: "请申报单位就附件2第3项作出说明", 7: "到领导小组办公室备案（第二十八条）", 8: "来件属变更，按第十九条程序办理",
}  # fmt: skip


@pytest.mark.parametrize("number", MEASURED)
def test_what_each_measure_says(number: int) -> None:
    report = specimen(POLICY)
    opinion = make(OPINION, Matter(with_conclusion(MEND, measure(number, report)), POLICY)).text()
    assert MEASURED[number] in opinion
    own = make(OPINION, Matter(with_conclusion(MEND, measure(number, report, by_reviewer=True)), POLICY)).text()
    assert MEASURES[number][3].rstrip("。").removeprefix("建议") in own


def test_a_cut_without_an_amount_is_not_told_as_none() -> None:
    report = specimen(POLICY)
    one = with_conclusion(MEND, measure(1, report))
    assert "核减金额尚待核定" in make(OPINION, Matter(one, POLICY)).text()
    cuts = make(CUTS, Matter(one, POLICY)).text()
    assert "核减金额尚待核定" in cuts
    assert "未提出核减" not in cuts
    money = next(b for b in make(PAGE, Matter(one, POLICY)).blocks if isinstance(b, Grid)).rows[0]
    assert money[3:] == ("暂不安排", "待核定")


def test_a_cut_that_names_no_line_of_the_budget_says_where_the_plan_has_it() -> None:
    report = specimen(POLICY)
    found = next(f for f in report.findings if f.evidence and f.rule == "NEG-1")
    one = with_conclusion(MEND, Measure("核减", found.title, None, "核减。", (found.id,)))
    (row,) = (r for b in make(CUTS, Matter(one, POLICY)).blocks if isinstance(b, Grid) for r in b.rows if "待核定" in r)
    assert row[0] == "—"
    assert row[-1] == place(one, found.evidence[0]) != "—"


def test_a_project_without_a_lead_department_or_a_way_still_says_what_comes_next() -> None:
    for advice, way in product((GO, MEND, DECLINE, "不予受理"), ("", "书面请示领导小组", "备案")):
        one = replace(with_conclusion(advice), routing=Routing("", way, ()))
        for kind in WRITTEN:
            assert not faults(make(kind, Matter(one, POLICY, earlier=earlier(POLICY)))), (advice, way, kind)


def test_the_check_of_these_tests_finds_faults() -> None:
    bad = (
        Heading("一、空"),
        Heading("二、"),
        Body("建议建议复用，。"),
        Body("相似度0.9"),
        Body("属NEG-1。"),
        Body("（）"),
    )
    found = faults(Paper("试", bad))
    assert {"相似度", "NEG-1", "nothing below 一、空"} <= set(found)
    assert sum(" in " in f for f in found) == 4  # 建议建议, ，。, a heading that ends in 、, （）
