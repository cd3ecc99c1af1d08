"""Faults of the negative list that forms, attachments and names show rather than a sentence of the plan."""

from dataclasses import replace
from typing import ClassVar

import pytest
from form_samples import table
from test_goals import POLICY, plan

from analyzers import neg_1_rooms, neg_2a_goals, neg_2b_same, neg_2c_security, neg_3_unified, neg_4_acceptance
from analyzers.context import Context
from models.choices import by_columns
from models.domain.document import Cell, Document, Paragraph, Table
from models.domain.finding import Evidence, Severity
from models.domain.submission import Fact, Field, Kind, Submission, SubmittedDocument
from models.form import fields
from models.judgement import Verdict
from models.passages import passages
from models.suspicion import Suspicion, suspicions


class Sure:
    """A judge that holds everything it is shown against the plan, and remembers it."""

    rules: ClassVar = {"NEG-2C": {"threshold": 0.5}}

    def __init__(self):
        self.shown = set()

    def judge(self, texts):
        self.shown |= set(texts)
        return [(Verdict("NEG-2C", 0.99, gated=True, concepts=frozenset(), attributes=frozenset()),) for _ in texts]


def shown(*blocks) -> set[str]:
    document = Document("申报表.docx", "docx", "", tuple(Paragraph(b) if isinstance(b, str) else b for b in blocks))
    placed = SubmittedDocument(document, Kind.FORM)
    judge = Sure()
    suspicions(Submission("例", (placed,), fields=fields(document, POLICY), passages=passages(placed)), judge)
    return judge.shown


def test_of_a_form_the_answers_are_judged_and_not_the_boxes():
    assert shown(table(["是否涉密", "☑是 □否"])) == {"是否涉密 | 是"}


def test_answers_in_one_cell_are_judged_together_too():
    read = shown(table([("是否采集人脸：☑是　是否自愿：□否 ☑是", 1, 2)]))
    assert read == {"是否采集人脸 | 是", "是否自愿 | 是", "是否采集人脸：是；是否自愿：是"}


def test_what_a_form_says_outside_its_fields_is_judged_too():
    told = "申报金额中80万元为机动费用，用途年内再定。"
    assert shown("项目名称：甲应用项目", told, table([(told, 1, 2)])) == {"项目名称 | 甲应用项目", told}


@pytest.mark.parametrize(
    ("row", "held"),
    [
        (("购买厂商账号", "数据在厂商服务器", "不取"), False),
        (("购买厂商账号", "数据在厂商服务器", "采用"), True),
        (("部署在政务云", "本单位难以掌握", "不采用"), True),
    ],
)
def test_an_option_that_was_not_taken_is_no_plan(row, held):
    heads = ("方案", "说明", "结论")
    made = Table(tuple(tuple(Cell(text, col) for col, text in enumerate(r)) for r in (heads, row)))
    placed = SubmittedDocument(Document("方案.docx", "docx", "", (made,)), Kind.PLAN)
    found = suspicions(Submission("例", (placed,), passages=passages(placed)), Sure())
    assert bool(found) is held


class Reads(Sure):
    """Holds it against the plan that a higher level builds, whatever the answer, and that data are not shared."""

    def judge(self, texts):
        self.shown |= set(texts)
        return [
            (Verdict("NEG-2C", score, gated=True, concepts=frozenset(), attributes=frozenset()),)
            for score in (0.99 if "已统建" in t or "归集 | 否" in t else 0.0 for t in texts)
        ]


@pytest.mark.parametrize(
    ("row", "held"),
    [
        ("3 | 上级已统建 | □是 ☑否 | 附件", False),
        ("上级已统建 | ☑是 □否", True),
        ("数据归集 | □是 ☑否", True),
        ("上级已统建 | □是 ☑否 | 市局已统建", True),
    ],
)
def test_a_no_takes_back_what_would_be_the_fault_and_nothing_else(row, held):
    made = Table((tuple(Cell(text, col) for col, text in enumerate(row.split(" | "))),))
    placed = SubmittedDocument(Document("方案.docx", "docx", "", (made,)), Kind.PLAN)
    found = suspicions(Submission("例", (placed,), passages=passages(placed)), Reads())
    assert bool(found) is held
    assert all(s.passage.evidence.quote == row for s in found)


def with_attachment(text: str, business: str) -> Submission:
    given = plan(s1_5=business)
    document = SubmittedDocument(Document("附件.docx", "docx", "", (Paragraph(text),)), Kind.ATTACHMENT)
    return replace(given, documents=(*given.documents, document), passages=(*given.passages, *passages(document)))


@pytest.mark.parametrize(
    ("text", "business", "rules"),
    [
        ("渣土管理业务年底前并入市级系统，区级不留。", "建设渣土运输申报、核准和工地出土管理。", {"NEG-3"}),
        ("渣土管理业务年底前并入市级系统，区级不留。", "建设河道水质监测和闸泵启闭管理。", set()),
        ("渣土管理业务年底前并入市级系统。", "建设渣土运输申报、核准和工地出土管理。", set()),
    ],
)
def test_an_attachment_by_which_the_business_goes_to_a_higher_level(text, business, rules):
    found = list(neg_3_unified.check(Context(POLICY, with_attachment(text, business), suspicions=())))
    assert {f.rule for f in found} == rules
    assert all(f.severity is Severity.WARNING and f.evidence[0].document == "附件.docx" for f in found)


def test_an_attached_opinion_that_acceptance_is_refused():
    given = with_attachment("（一期终验专家意见）经讨论，专家组不同意通过终验。", "建设河道水质监测管理。")
    (found,) = neg_4_acceptance.check(Context(POLICY, given, suspicions=()))
    assert (found.severity, found.evidence[0].document) == (Severity.BLOCKER, "附件.docx")
    passed = with_attachment("（一期终验专家意见）专家组同意通过终验。", "建设河道水质监测管理。")
    assert not list(neg_4_acceptance.check(Context(POLICY, passed, suspicions=())))


def of_rows(*rows: tuple[str, ...], **more) -> Context:
    made = Table(tuple(tuple(Cell(text, col) for col, text in enumerate(r)) for r in rows))
    placed = SubmittedDocument(Document("方案.docx", "docx", "", (made,)), Kind.PLAN)
    return Context(POLICY, Submission("例", (placed,), passages=passages(placed), **more), suspicions=())


@pytest.mark.parametrize(
    ("row", "held"),
    [
        (("比选结论", "自购超融合一体机：采用，理由：快", "政务云：未采用"), True),
        (("比选结论", "自购超融合一体机：不采用", "政务云：采用"), False),
    ],
)
def test_own_machines_taken_instead_of_the_cloud(row, held):
    assert bool(list(neg_1_rooms.check(of_rows(row)))) is held


@pytest.mark.parametrize(
    ("row", "held"),
    [
        (("物业监管系统", "报修、投诉", "与本项目功能表4项相同"), True),
        (("物业监管系统", "报修、投诉", "与本项目功能不重复"), False),
    ],
)
def test_a_row_that_counts_the_same_functions(row, held):
    assert bool(list(neg_2b_same.check(of_rows(row)))) is held


@pytest.mark.parametrize(("instead", "held"), [("否", True), ("是", False)])
def test_faces_taken_and_nothing_instead(instead, held):
    asked = (("是否采集人脸", "是"), ("是否提供替代核验方式", instead))
    given = tuple(Field(label, value, "", Evidence("申报表.docx", label)) for label, value in asked)
    assert bool(list(neg_2c_security.check(of_rows(("栏目", "内容"), fields=given)))) is held


@pytest.mark.parametrize(
    ("value", "told"), [("一期2020年6月终验合格", True), ("一期待终验", False), ("平台2020年6月终验合格", False)]
)
def test_a_form_that_says_the_earlier_phase_passed_stands_beside_the_plan(value, told):
    given = plan(s2_1="一期仅通过初验，拟与二期合并终验。")
    form = (Field("已建情况", value, "", Evidence("申报表.docx", value)),)
    held = Suspicion("NEG-4", given.passages[-1], 0.9, frozenset(), frozenset())
    (found,) = neg_4_acceptance.check(Context(POLICY, replace(given, fields=form), suspicions=(held,)))
    assert ("不一致" in found.message, found.evidence[-1].document == "申报表.docx") == (told, told)


@pytest.mark.parametrize(
    ("title", "said", "severities"),
    [
        ("企业服务直通车升级工程", "企业服务直通车仍处于整改阶段，终验没有通过。", [Severity.BLOCKER]),
        ("企业服务直通车升级工程", "企业服务直通车已于2020年3月通过终验。", []),
        ("企业服务直通车升级工程", "企业服务直通车如未通过终验，不支付尾款。", []),
        ("企业服务直通车升级工程", "市级园区服务平台尚未终验。", []),
        ("企业服务直通车项目", "企业服务直通车仍处于整改阶段，终验没有通过。", []),
    ],
)
def test_a_system_the_project_goes_on_with_by_name(title, said, severities):
    fact = Fact("title", title, title, "plan:1.1", Evidence("方案.docx", title))
    given = replace(plan(s2_1=said), facts=(fact,))
    found = list(neg_4_acceptance.check(Context(POLICY, given, suspicions=())))
    assert [f.severity for f in found] == severities


@pytest.mark.parametrize(
    ("rows", "asked"),
    [
        ([("线上缴费占比", "2024年", "2025年", "财务系统统计")], True),
        ([("线上缴费占比", "2024年60%", "2025年80%", "财务系统统计")], False),
        ([("指标名称", "2024年", "2025年", "数据来源")], False),
        ([("事情", "2024年", "2025年"), ("线上缴费占比", "60%", "80%")], False),
        ([("事情", "基线", "目标"), ("线上缴费占比", "2024年", "2025年")], True),
    ],
)
def test_a_row_of_goals_with_years_and_no_values(rows, asked):
    given = plan(s14_1="绩效指标如下。")
    (old,) = given.documents
    made = Table(tuple(tuple(Cell(text, col) for col, text in enumerate(row)) for row in rows))
    document = replace(old.document, blocks=(*old.document.blocks, made))
    placed = replace(old, document=document, sections=(*old.sections[:-1], replace(old.sections[-1], end=99)))
    given = replace(given, documents=(placed,), passages=passages(placed))
    words = [f.message for f in neg_2a_goals.check(Context(POLICY, given, suspicions=()))]
    assert any("只列年份" in w for w in words) is asked


_HEADS = ("比较项", "委托公司保管", "自建应用")


@pytest.mark.parametrize(
    ("head", "last", "held"),
    [
        (_HEADS, ("结论", "不采用", "采用"), False),
        (_HEADS, ("结论", "采用", "不采用"), True),
        (_HEADS, ("投入", "46万元", "214万元"), False),
        (("内容", "方案一：托管", "方案二：自建（推荐）"), ("投入", "46万元", "214万元"), False),
        (("比较项", "现状", "建成后"), ("投入", "46万元", "214万元"), False),
        (("系统", "管理单位", "情况"), ("门禁", "物业", "在用"), True),
    ],
)
def test_options_side_by_side_are_judged_by_the_one_that_was_taken(head, last, held):
    class Vendor(Sure):
        """Holds what says that data stay with a company."""

        def judge(self, texts):
            return [
                (Verdict("NEG-2C", 0.99 if "公司手里" in t else 0.0, gated=True, concepts=frozenset(), attributes=frozenset()),)
                for t in texts
            ]  # fmt: skip

    rows = (head, ("数据在哪里", "在公司手里", "在本单位和区平台"), last)
    made = Table(tuple(tuple(Cell(text, col) for col, text in enumerate(r)) for r in rows))
    placed = SubmittedDocument(Document("方案.docx", "docx", "", (made,)), Kind.PLAN)
    assert bool(suspicions(Submission("例", (placed,), passages=passages(placed)), Vendor())) is held


@pytest.mark.parametrize(
    ("head", "row", "told"),
    [
        ("自查项 | 是 | 否", "是否新建机房 |  | √", "是否新建机房 | 否"),
        ("自查项 | 是 | 否 | 说明", "是否新建机房 | √ |  | 见附件", "是否新建机房 | 是 | 见附件"),
        ("自查项 | 有 | 无", "上级统建系统 |  | ✓", "上级统建系统 | 无"),
        ("自查项 | 是 | 否", "是否新建机房 | √ | √", "是否新建机房 | √ | √"),
        ("功能 | 区级 | 街道", "派单 | √ | ", "派单 | √ | "),
    ],
)
def test_a_mark_under_yes_or_no_is_read_as_the_answer(head, row, told):
    assert by_columns(head, row) == told


def test_a_guarantee_that_runs_from_acceptance_is_no_acceptance():
    given = plan(s2_1="一期质保期为终验后两年，至2024年11月17日止。", s1_1="编制日期：2024年3月")
    assert not list(neg_4_acceptance.check(Context(POLICY, given, suspicions=())))
    late = plan(s2_1="一期于2024年11月通过终验。", s1_1="编制日期：2024年3月")
    assert list(neg_4_acceptance.check(Context(POLICY, late, suspicions=())))
