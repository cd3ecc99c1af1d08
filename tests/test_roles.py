"""The part a document plays, from what it says."""

from __future__ import annotations

import pytest

from corpus.policies import load_policy
from models.domain.document import Cell, Document, Paragraph, Table
from models.domain.submission import Kind
from models.roles import role


def table(*rows: tuple[str, ...]) -> Table:
    return Table(tuple(tuple(Cell(t, i) for i, t in enumerate(r)) for r in rows))


FORM = table(
    ("项目名称", "甲"),
    ("申报单位", "乙"),
    ("项目性质", "新建"),
    ("建设周期", "…"),
    ("资金来源", "财政"),
    ("项目总投资（万元）", "9"),
)
BUDGET = table(
    ("名称", "数量", "单价", "金额"), ("软件", "1", "2", "2"), ("硬件", "1", "3", "3"), ("合计", "", "", "5")
)
PLAN = tuple(
    Paragraph(t, outline_level=1)
    for t in (
        "一、项目的基本概述",
        "二、现状、必要性和需求分析",
        "三、项目的建设目标与内容",
        "十四、社会与经济效益分析",
        "十五、项目的投资概算",
    )
)


@pytest.mark.parametrize(
    ("blocks", "form", "kind"),
    [
        ((Paragraph("申报表"), FORM), "docx", Kind.FORM),
        ((Paragraph("投资概算明细"), BUDGET), "docx", Kind.BUDGET),
        ((BUDGET,), "xlsx", Kind.BUDGET),
        (PLAN, "docx", Kind.PLAN),
        ((*PLAN, BUDGET, FORM), "docx", Kind.PLAN),
        ((Paragraph("会议纪要"), Paragraph("会议听取了汇报。")), "docx", Kind.ATTACHMENT),
    ],
)
def test_role(blocks, form, kind):
    assert role(Document("文件." + form, form, "", tuple(blocks)), load_policy("gongshu-2021")) is kind
