"""Sections against the template: invented outlines of many ways of writing, and what must not be aligned."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import yaml

from corpus.policies import load_policy
from models.alignment import align, answers
from models.domain.document import Cell, Document, Paragraph, Table
from models.domain.outline import own_text
from models.outline import outline

OUTLINES = sorted((Path(__file__).parent / "data" / "outlines").glob("*.yaml"))
POLICY = load_policy("gongshu-2021")


def block(hint, text, number=""):
    """h1..h6 heading style; b16 bold of a size, c centred; r run-in title before ‖; t table; p body."""
    if hint == "t":
        return Table(tuple(tuple(Cell(c, i) for i, c in enumerate(r.split(" | "))) for r in text.split(" / ")))
    if hint[0] == "h":
        return Paragraph(text, number=number, style=f"Heading {hint[1]}", outline_level=int(hint[1]), size=16.0)
    if hint == "r":
        head, _, rest = text.partition("‖")
        return Paragraph(head + rest, bold_prefix=len(head), size=12.0)
    size = float(hint.strip("bpc") or 12)
    return Paragraph(text, number=number, bold=hint[0] == "b", size=size, centered=hint.endswith("c"))


def load(path):
    rows = [
        [*line, None, None, ""][:5] if len(line) < 5 else line for line in yaml.safe_load(path.read_text())["lines"]
    ]
    blocks = tuple(block(hint, text, number or "") for hint, text, _, _, number in rows)
    return Document(path.name, "docx", "", blocks), rows


@pytest.mark.parametrize("path", OUTLINES, ids=lambda p: p.stem)
def test_outlines_of_invented_proposals(path):
    document, rows = load(path)
    found = align(document, outline(document), POLICY)
    got = {(s.block, s.row): (s.level, " ".join(s.template)) for s in found}
    want = {}
    for index, (_, _, level, numbers, _) in enumerate(rows):
        if isinstance(numbers, dict):
            want.update({(index, row): (2, number) for row, number in numbers.items()})
        elif level is not None:
            want[index, None] = (level, numbers)
    assert got == want


def made(*lines):
    return Document("x", "docx", "", tuple(block(h, t) for h, t in lines))


def numbers(document):
    return [n for s in align(document, outline(document), POLICY) for n in s.template]


@pytest.mark.parametrize("path", OUTLINES, ids=lambda p: p.stem)
def test_a_dropped_item_is_not_filled_from_its_neighbours(path):
    document, rows = load(path)
    for index, (hint, _, level, number, _) in enumerate(rows):
        if hint == "t" or level is None or level < 2 or not number or " " in number:
            continue
        after = next(
            (i for i in range(index + 1, len(rows)) if isinstance(rows[i][2], int) and rows[i][2] <= level), None
        )
        rest = document.blocks[:index] + (document.blocks[after:] if after is not None else ())
        assert number not in numbers(Document("x", "docx", "", rest)), number


@pytest.mark.parametrize(("last", "told"), [("2.2.3 上级怎么说", True), ("2.2.4 上级怎么说", False)])
def test_the_only_free_item_whose_number_a_heading_bears(last, told):
    lines = [
        ("h1", "2 现状、必要性与需求"), ("h2", "2.2 必要性"), ("h3", "2.2.1 必要性分析"), ("p", "人工登记易错。"),
        ("h3", "2.2.2 可行性分析"), ("p", "技术成熟。"), ("h3", last), ("p", "会上讲过三次。"),
    ]  # fmt: skip
    assert ("2.2.3" in numbers(made(*lines))) is told


def test_lead_and_own_text_of_labels_and_rows():
    document = made(
        ("h1", "一、项目概况"),
        ("p", "项目名称：甲应用"),
        ("p", "联系人：张三"),
        ("t", "项目性质 | 新建 / 联系电话 | 1"),
        ("h1", "二、现状"),
        ("p", "有。"),
    )
    found = align(document, outline(document), POLICY)
    assert [(s.title, s.lead, s.row) for s in found[1:3]] == [("项目名称", "甲应用", None), ("项目性质", "新建", 0)]
    assert own_text(document, found[1]).startswith("甲应用")
    assert [s.index for s in found] == list(range(len(found)))
    assert all(s.parent == 0 for s in found[1:3])


def test_labels_outside_their_chapter_answer_nothing():
    document = made(("h1", "一、项目概况"), ("p", "略"), ("h1", "五、应用系统设计"), ("p", "项目性质：新建"))
    assert "1.2" not in numbers(document)


def test_content_words_tell_that_a_text_answers_an_item():
    assert answers("项目总投资48万元，由区财政安排。", POLICY.item("1.6"))
    assert not answers("项目由某公司投资。", POLICY.item("1.6"))


def test_a_heading_that_lists_items_in_brackets_answers_them():
    told = "本馆拟申报总分馆服务系统项目，总投资98.6万元，资金来源为区财政资金。"
    document = made(
        ("h1", "一、概况"), ("h2", "一句话概况（名称、性质、资金）"), ("p", told), ("h2", "编制依据"), ("p", "有关文件。"),
        ("h1", "二、现状、必要性和需求分析"), ("h2", "现状"), ("p", "现有系统一套。"),
    )  # fmt: skip
    (overview,) = (s for s in align(document, outline(document), POLICY) if s.title.startswith("一句话"))
    assert overview.template == ("1.1", "1.2", "1.6")


def test_an_embedder_is_asked_only_where_words_end():
    class Fixed:
        def __init__(self):
            self.asked = []

        def encode(self, texts, kind):
            self.asked.append((tuple(texts), kind))
            out = np.zeros((len(texts), 3), dtype=np.float32)
            for i, text in enumerate(texts):
                out[i, 0 if "思路" in text or "纲" in text else 1] = 1.0
            return out

    embedder = Fixed()
    document = made(
        ("h1", "三、项目的建设目标与内容"), ("h2", "（一）总纲"), ("p", "x"), ("h2", "（二）目标任务"), ("p", "y")
    )
    found = align(document, outline(document), POLICY, embedder)
    assert [(s.template, s.by) for s in found[1:]] == [(("3.1",), "embedding"), (("3.2",), "alias")]
    assert all(kind == "query" for _, kind in embedder.asked)
    assert ("总纲",) in [texts for texts, _ in embedder.asked]
