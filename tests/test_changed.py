"""Two versions of a submission aligned: what was added, taken out, moved, renamed or rewritten, each with both places."""

from __future__ import annotations

import hashlib

import pytest

from api.changed.change import Change
from api.changed.documents import changes
from api.changed.kinds import around
from api.changed.said import key
from models.domain.document import Cell, Document, Paragraph, Table
from models.domain.outline import Section
from models.domain.submission import Kind, SubmittedDocument

GOALS = "本项目建成后，办理时限由五个工作日缩短到两个工作日，群众少跑一次。"
USERS = "服务对象为全区企业和群众，注册用户约四十万人，日均办件一千二百件。"
CLOUD = "系统部署在区政务云，不新建机房，网络安全等级保护定为第二级。"
STAFF = "由区某局信息科负责，投入专职人员六人，运维委托第三方机构承担。"
BUDGET = (
    ("序号", "费用名称", "金额（万元）"), ("1", "受理模块开发", "14.4"), ("2", "统计模块开发", "8.5"), ("3", "测评", "6"),
)  # fmt: skip
PLAN = (
    ("一、", "概述", 1, USERS),
    ("（一）", "目标", 2, GOALS),
    ("（二）", "部署", 2, CLOUD),
    ("二、", "组织", 1, STAFF),
    ("三、", "概算", 1, BUDGET),
)


def document(sections=PLAN, name: str = "建设方案.docx", kind: Kind = Kind.PLAN) -> SubmittedDocument:
    blocks: list[Paragraph | Table] = []
    outline: list[Section] = []
    above: dict[int, int] = {}
    for index, (number, title, level, content) in enumerate(sections):
        blocks.append(Paragraph(title, number=number))
        at = len(blocks) - 1
        if isinstance(content, str):
            blocks += [Paragraph(text) for text in content.split("\n") if text]
        else:
            blocks.append(Table(tuple(tuple(Cell(text, i) for i, text in enumerate(row)) for row in content)))
        above[level] = index
        outline.append(Section(index, number, title, level, above.get(level - 1), at, at + 1, len(blocks)))
    sha = hashlib.sha256(repr(sections).encode()).hexdigest()
    return SubmittedDocument(Document(name, "docx", sha, tuple(blocks)), kind, tuple(outline))


def told(old, new, names=()) -> list[Change]:
    return changes([document(old)], [document(new)], names)


def put(*sections) -> tuple:
    """The plan with some sections in the place of those of the same title."""
    other = {s[1]: s for s in sections}
    return tuple(other.get(s[1], s) for s in PLAN)


def test_the_same_text_in_other_signs_is_no_change() -> None:
    spelled = put(("1.", "概述", 1, USERS.replace("，", ",").replace("全区", "全 区")), ("（２）", "部署", 2, CLOUD))
    assert told(PLAN, spelled) == []


def test_a_section_taken_out_is_told_once_and_renumbering_is_not() -> None:
    rest = (PLAN[0], PLAN[1], ("二、", "概算", 1, BUDGET))
    found = told(PLAN, rest)
    assert [(c.kind, c.before.partition("：")[0], c.after) for c in found] == [
        ("章节删除", "（二）部署", ""),
        ("章节删除", "二、组织", ""),
    ]
    assert STAFF in found[1].before
    back = told(rest, PLAN)
    assert [(c.kind, c.after.partition("：")[0]) for c in back] == [
        ("章节增加", "（二）部署"),
        ("章节增加", "二、组织"),
    ]


def test_a_chapter_taken_out_takes_its_sections_along() -> None:
    found = told(PLAN, PLAN[3:])
    assert [(c.kind, c.old.section if c.old else None) for c in found] == [("章节删除", 0)]
    assert USERS in found[0].before


def test_a_section_whose_text_stands_elsewhere_is_no_loss() -> None:
    merged = (*put(("一、", "概述", 1, f"{USERS}\n{CLOUD}"))[:2], *PLAN[3:])
    (found,) = told(PLAN, merged)
    assert (found.kind, found.money) == ("章节取消（正文并入他处）", False)


def test_moved_sections_are_told_once_with_both_places() -> None:
    moved = (PLAN[4], PLAN[0], PLAN[1], PLAN[2], PLAN[3])
    (found,) = told(PLAN, moved)
    assert (found.kind, found.before, found.after) == (
        "章节移动", "三、概算（在“二、组织”之后）", "三、概算（在最前）",
    )  # fmt: skip
    under = (PLAN[0], PLAN[1], PLAN[3], PLAN[2], PLAN[4])
    (found,) = told(PLAN, under)
    assert (found.kind, found.before) == ("章节移动", "（二）部署（在“（一）目标”之后）")
    assert found.after == "（二）部署（在“二、组织”之下）"


def test_a_renamed_section_is_known_by_its_text() -> None:
    renamed = (*PLAN[:3], ("二、", "由谁负责、怎样管理", 1, STAFF), PLAN[4])
    (found,) = told(PLAN, renamed)
    assert (found.kind, found.before, found.after) == ("标题改动", "二、组织", "二、由谁负责、怎样管理")


@pytest.mark.parametrize(
    ("row", "kind", "money"),
    [
        (("2", "统计模块开发", "9.5"), "概算行改动", True),
        (("2", "统计分析模块开发", "8.5"), "概算行改动", False),
    ],
)
def test_a_budget_line_changed(row: tuple[str, ...], kind: str, money: bool) -> None:
    (found,) = told(PLAN, put(("三、", "概算", 1, (*BUDGET[:2], row, BUDGET[3]))))
    assert (found.kind, found.money) == (kind, money)
    assert (found.before, found.after) == ("2　统计模块开发　8.5", "　".join(row))
    assert found.old is not None
    assert (found.old.table, found.old.row) == (0, 2)


def test_budget_lines_added_and_taken_out_by_their_names() -> None:
    fewer = put(("三、", "概算", 1, (BUDGET[0], BUDGET[1], ("2", "测评", "6"))))
    assert [(c.kind, c.before, c.money) for c in told(PLAN, fewer)] == [("概算行删除", "2　统计模块开发　8.5", True)]
    assert [(c.kind, c.after, c.money) for c in told(fewer, PLAN)] == [("概算行增加", "2　统计模块开发　8.5", True)]


@pytest.mark.parametrize(
    ("old", "new", "kind"),
    [
        ("总投资186.5万元，由财政承担。", "总投资189万元，由财政承担。", "金额改动"),
        ("2022年3月开工，当年完成终验。", "2022年6月开工，当年完成终验。", "日期改动"),
        ("满意率不低于95%，达到省内前列。", "满意率不低于85%，达到省内前列。", "数字改动"),
        ("由甲单位承担全部建设任务和运维。", "由乙单位承担全部建设任务和运维。", "名称改动"),
        ("系统稳定运行，界面简洁大方实用。", "系统稳定运行，界面友好美观实用。", "文字改动"),
        ("满意率≥95%。", "满意率≤95%。", "文字改动"),
        ("提高1.5倍。", "提高15倍。", "数字改动"),
    ],
)
def test_what_sort_of_change_it_is(old: str, new: str, kind: str) -> None:
    (found,) = told(
        put(("二、", "组织", 1, f"{STAFF}\n{old}")), put(("二、", "组织", 1, f"{STAFF}\n{new}")), ("甲单位",)
    )
    assert (found.kind, found.before, found.after, found.money) == (kind, old, new, kind == "金额改动")


def test_a_sentence_that_stands_under_another_heading_is_moved() -> None:
    said = "数据按月归集到公共数据平台。"
    here, there = put(("（一）", "目标", 2, f"{GOALS}\n{said}")), put(("（二）", "部署", 2, f"{said}\n{CLOUD}"))
    (found,) = told(here, there)
    assert (found.kind, found.before, found.after) == ("文字移动", said, said)
    assert (found.old and found.old.section, found.new and found.new.section) == (1, 2)


def test_a_passage_written_anew_is_one_change() -> None:
    new = "依托既有队伍。明确分工到人。经费列入年度预算。"
    (found,) = told(PLAN, put(("二、", "组织", 1, new)))
    assert (found.before, found.after) == (STAFF, new)
    (added,) = told(PLAN, put(("二、", "组织", 1, f"{STAFF}\n{new}")))
    assert (added.kind, added.before, added.after) == ("文字增加", "", new)


def test_papers_sent_no_more_and_papers_that_are_new() -> None:
    plan, one, other = (
        document(),
        document(PLAN[:1], "附件/报价.docx", Kind.ATTACHMENT),
        document(PLAN[3:4], "说明.docx", Kind.ATTACHMENT),
    )
    found = changes([plan, one], [plan, other])
    assert [(c.kind, c.before, c.after) for c in found] == [
        ("材料未再报送", "报价.docx", ""),
        ("材料增加", "", "说明.docx"),
    ]
    renamed = document(PLAN[:4], "建设方案（修改稿）.docx")
    assert [c.kind for c in changes([plan], [renamed])] == ["章节删除"]  # the plan is the plan by whatever name


def test_long_texts_are_shown_where_they_differ() -> None:
    one, other = "甲" * 200 + "一" + "乙" * 200, "甲" * 200 + "二" + "乙" * 200
    before, after = around(one, other, 60)
    assert len(before) <= 66
    assert "一" in before
    assert "二" in after
    assert before.startswith("……")
    assert key("（1）甲，乙。") == key("2、甲 乙")


def test_fields_of_a_form_are_known_in_whatever_row_they_stand() -> None:
    def form(*rows: tuple[str, ...]) -> SubmittedDocument:
        table = Table(tuple(tuple(Cell(text, i) for i, text in enumerate(row)) for row in rows))
        return SubmittedDocument(Document("申报表.docx", "docx", str(rows), (table,)), Kind.FORM)

    old = form(
        ("项目名称", "某系统"),
        ("建设单位", "甲局", "项目性质", "新建"),
        ("总投资（万元）", "186.5", "领域", "数字社会"),
    )
    new = form(
        ("项目名称", "某系统"),
        ("建设单位", "甲局"),
        ("项目性质", "新建", "总投资（万元）", "196.5"),
        ("领域", "数字社会"),
    )
    (found,) = changes([old], [new])
    assert (found.kind, found.before, found.after, found.money) == (
        "申报表栏目改动", "总投资（万元）　186.5", "总投资（万元）　196.5", True,
    )  # fmt: skip
