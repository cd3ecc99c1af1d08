"""补正对照 of real papers: what became of each item of the notice, and what was changed without being asked."""

from __future__ import annotations

from dataclasses import replace

import pytest
from test_changed import BUDGET, CLOUD, GOALS, PLAN, STAFF, document, put
from test_papers import POLICY

from api.papers.answered import FIXED, OPEN, PART, UNSURE
from api.papers.blocks import Grid
from api.papers.compared import MISSED, NEW
from api.papers.lengths import length
from api.papers.making import AGAIN, NOTICE, Matter, make, material
from api.papers.replies import replies
from api.papers.specimen import specimen
from models.domain.document import Cell, Document, Paragraph, Table
from models.domain.finding import Evidence, Finding, Severity
from models.domain.report import CompletenessRow, NotChecked, Report
from models.domain.submission import Kind, SubmittedDocument

NAME = "建设方案.docx"
ROOM = "拟在三楼新建机房一处，安放机柜两组。"
GOAL_ITEM = "3.2"


def finding(
    rule: str, quote: str = "", *, section: int | None = None, severity: Severity = Severity.WARNING, **more
) -> Finding:
    evidence = (Evidence(NAME, quote, section=section),) if quote else ()
    told = {"title": rule, "message": f"{rule}的问题。", "suggestion": f"请处理{rule}。", **more}
    return Finding(rule, severity, told.pop("title"), told.pop("message"), POLICY.clause_of(rule), evidence, **told)


def report(sections, *findings: Finding, attached: tuple[SubmittedDocument, ...] = (), **more) -> Report:
    plan = document(sections)
    numbered = tuple(replace(s, template=(GOAL_ITEM,)) if s.title == "目标" else s for s in plan.sections)
    return replace(
        specimen(POLICY), documents=(replace(plan, sections=numbered), *attached), findings=findings, duplicates=(),
        not_checked=more.pop("not_checked", ()), completeness=(), **more,
    )  # fmt: skip


def results(old: Report, new: Report) -> tuple[list[tuple[str, ...]], list[tuple[str, ...]], str]:
    """Return the rows of the items, the rows of the other changes, and all that is said."""
    paper = make(AGAIN, Matter(new, POLICY, earlier=old))
    grids = [b for b in paper.blocks if isinstance(b, Grid)]
    return list(grids[0].rows), list(grids[1].rows) if len(grids) > 1 else [], paper.text()


def with_room() -> tuple:
    return put(("（二）", "部署", 2, f"{CLOUD}\n{ROOM}"))


def test_words_that_are_gone_are_an_item_met_and_no_change_of_their_own() -> None:
    room = finding("NEG-1", ROOM, section=2)
    rows, others, text = results(report(with_room(), room), report(PLAN))
    assert [(r[0], r[2], r[3], r[5]) for r in rows] == [
        ("二、1", f"方案“（二）部署”部分“{ROOM[:-1]}”", "（已删除）", FIXED)
    ]
    assert not others
    assert "未发现通知未要求的改动" in text


def test_words_that_stand_are_an_item_open_or_one_that_cannot_be_told() -> None:
    room = finding("NEG-1", ROOM, section=2)
    (row,), _, _ = results(report(with_room(), room), report(with_room(), room))
    assert (row[3], row[5]) == ("方案“（二）部署”部分：原文未改", OPEN)
    (row,), _, _ = results(report(with_room(), room), report(with_room()))
    assert row[5] == f"{UNSURE}\n（原文未改，本次未再发现此问题）"
    (row,), _, _ = results(
        report(with_room(), room), report(PLAN, not_checked=(NotChecked(NAME, "第2页无法识别", ("NEG-1",)),))
    )
    assert row[5] == f"{UNSURE}\n（{NAME}：第2页无法识别）"


def test_a_whole_section_taken_out_for_one_sentence_is_shown() -> None:
    room = finding("NEG-1", ROOM, section=2)
    rest = (*PLAN[:2], *PLAN[3:])
    (row,), others, text = results(report(with_room(), room), report(rest))
    assert (row[3], row[5]) == ("（已删除）", FIXED)
    assert [(r[1], r[4]) for r in others] == [("章节删除", "含二、1所引原文，请核对")]
    assert "通知未要求而改动的共1处" in text


def test_a_letter_that_came_along_may_be_the_answer() -> None:
    room = finding("NEG-1", ROOM, section=2)
    letter = document(PLAN[3:4], "机房情况说明.docx", Kind.ATTACHMENT)
    (row,), others, _ = results(report(with_room(), room), report(with_room(), room, attached=(letter,)))
    assert row[5] == f"{UNSURE}\n（方案未改；新增材料“机房情况说明.docx”是否已作说明，请核对）"
    assert [r[1] for r in others] == ["材料增加"]


def test_an_item_of_the_template_is_met_by_its_section() -> None:
    goal = finding(f"SEC-{GOAL_ITEM}", template=GOAL_ITEM, target="阶段目标", document_kind="plan")
    without = (PLAN[0], *PLAN[2:])
    there = report(PLAN)
    there = replace(there, completeness=(CompletenessRow(GOAL_ITEM, "阶段目标", True, "present", NAME, 1),))
    (row,), others, _ = results(report(without, goal), there)
    assert row[:1] == ("一、1",)
    assert (row[2], row[3], row[5]) == ("（未见）", f"方案“（一）目标”部分：“{GOALS}”", FIXED)
    assert not others  # the section was asked for
    rows, others, _ = results(there, report(without, goal))  # taken out without being asked
    assert [(r[0], r[2], r[3], r[5]) for r in rows] == [("新增1", f"方案“（一）目标”部分：“{GOALS}”", "（未见）", NEW)]
    assert [(r[1], r[4]) for r in others] == [("章节删除", "未要求")]


def test_the_amount_asked_for_is_no_change_of_its_own_and_another_is() -> None:
    asked = finding("CON-SUM", "2 | 统计模块开发 | 8.5", section=4, message="“统计模块开发”应为9.5，表列8.5。")
    new = put(("三、", "概算", 1, (BUDGET[0], ("1", "受理模块开发", "20"), ("2", "统计模块开发", "9.5"), BUDGET[3])))
    (row,), others, text = results(report(PLAN, asked), report(new))
    assert row[5] == FIXED
    assert row[3].endswith("“2　统计模块开发　9.5”")
    assert [(r[1], r[3].rpartition("：")[2], r[4]) for r in others] == [
        ("概算行改动", "“1　受理模块开发　20”", "未要求")
    ]
    assert "通知未要求而改动的共1处，其中涉及金额1处" in text


def test_a_problem_the_notice_did_not_name() -> None:
    room = finding("NEG-1", ROOM, section=2)
    rows, _, _ = results(report(with_room()), report(with_room(), room))
    assert [(r[0], r[5]) for r in rows] == [("新增1", MISSED)]
    rows, others, _ = results(report(PLAN), report(with_room(), room))
    assert [(r[0], r[5]) for r in rows] == [("新增1", NEW)]
    assert [r[1] for r in others] == ["文字增加"]


def test_items_carry_the_numbers_and_words_of_the_notice() -> None:
    some = (
        finding("CON-SUM", "2 | 统计模块开发 | 8.5", section=4), finding("NEG-1", ROOM, section=2),
        finding("COM-UNIFIED", severity=Severity.NOTICE), finding("CON-PERIOD", STAFF, section=3),
    )  # fmt: skip
    old = report(with_room(), *some)
    said, _ = material(NOTICE, Matter(old, POLICY))
    told = {row["mark"]: row["subject"] for part in ("must", "explain", "improve") for row in said[part]}
    rows, _, _ = results(old, report(PLAN, some[0]))
    assert [row[0] for row in rows] == list(told) == ["一、1", "一、2", "二、1", "三、1"]
    assert all(row[1].startswith(told[row[0]]) for row in rows)


def test_an_item_of_several_places_is_met_in_part() -> None:
    other = "另在一楼新建机房一处，安装空调三台。"
    both = put(("（二）", "部署", 2, f"{CLOUD}\n{ROOM}\n{other}"))
    one, two = (finding("NEG-1", quote, section=2) for quote in (ROOM, other))
    (row,), _, _ = results(report(both, one, two), report(with_room(), one))
    assert row[5] == PART


def test_the_applicants_own_table_of_answers_is_taken_over() -> None:
    room = finding("NEG-1", ROOM, section=2)
    heads = ("通知序号", "补正要求", "修改后所在页码", "修改内容摘要", "未修改理由")
    told = (
        ("一、1", "说明", "", "", ""),
        ("二、1", "说明", "12", "改用 政务云", ""),
        ("二、2", "说明", "", "", "依法不能公开"),
    )
    table = Table(tuple(tuple(Cell(text, i) for i, text in enumerate(row)) for row in (heads, *told)))
    answers = SubmittedDocument(Document("补正情况对照表.docx", "docx", "1", (table,)), Kind.ATTACHMENT)
    new = report(PLAN, attached=(answers,))
    assert replies(new) == {"二1": "改用政务云（第12页）", "二2": "未修改：依法不能公开"}
    (row,), others, _ = results(report(with_room(), room), new)
    assert row[4] == "改用政务云（第12页）"
    assert not others  # the notice asked for the table


def test_an_attachment_does_not_fill_in_what_is_missing() -> None:
    lead = finding("COM-UNIFIED", severity=Severity.NOTICE)
    letter = document(PLAN[3:4], "说明.docx", Kind.ATTACHMENT)
    (row,), _, _ = results(report(PLAN, lead), report(PLAN, lead, attached=(letter,)))
    assert row[5] == OPEN


def test_sums_that_are_wrong_because_a_row_was_changed_are_new() -> None:
    sums = finding("CON-SUM", "3 | 测评 | 6", section=4)
    new = put(("三、", "概算", 1, (BUDGET[0], ("1", "受理模块开发", "20"), *BUDGET[2:])))
    rows, _, _ = results(report(PLAN), report(new, sums))
    assert [(r[0], r[5]) for r in rows] == [("新增1", NEW)]


def test_what_could_not_be_compared_is_said() -> None:
    scan = SubmittedDocument(
        Document("附件/会议纪要.pdf", "pdf", "1", (Paragraph("纪要"),), 1, ocr_pages=(1,)), Kind.ATTACHMENT
    )
    _, _, text = results(
        report(PLAN, attached=(scan,)), report(PLAN, not_checked=(NotChecked("报价.pdf", "第2页无法识别。"),))
    )
    assert (
        "未能比对：上次“会议纪要.pdf”由图片识别，个别字的差异可能是识别误差；本次“报价.pdf”（第2页无法识别）。" in text
    )


@pytest.mark.parametrize(
    ("form", "pages", "recorded", "signs", "said"),
    [
        ("pdf", 32, "", 9000, "32页"),
        ("docx", None, "30", 9000, "30页"),
        ("docx", None, "1", 9000, "9000字"),  # what a library writes, not what Word has counted
        ("docx", None, "400", 9000, "9000字"),
        ("docx", None, "", 9000, "9000字"),
        ("docx", None, "1", 80, "1页"),
        ("xlsx", None, "", 300, "—"),
    ],
)
def test_how_long_a_file_is(form: str, pages: int | None, recorded: str, signs: int, said: str) -> None:
    half = "文" * (signs // 2)
    blocks = (Paragraph(f"{half[:9]} {half[9:]}"), Table(((Cell(half),),)))
    properties = (("pages", recorded),) if recorded else ()
    assert length(Document("文件", form, "", blocks, pages, properties=properties)) == said
