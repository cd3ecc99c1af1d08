"""Section trees: what is a heading, at which level, and what is its own text."""

from __future__ import annotations

from models.domain.document import Cell, Document, Paragraph, Role, Table
from models.domain.outline import own_text
from models.headings import is_caption
from models.outline import LABEL, outline


def doc(*blocks):
    return Document("x", "docx", "", tuple(blocks))


def h(text, level, number=""):
    return Paragraph(text, number=number, style=f"heading {level}", outline_level=level)


def b(text, size=12.0):
    return Paragraph(text, bold=True, size=size)


def p(text, **more):
    return Paragraph(text, size=12.0, **more)


def tree(document):
    return [(s.number, s.title, s.level, s.parent) for s in outline(document) if s.by != LABEL]


def test_number_is_what_the_reader_sees_and_title_has_none():
    document = doc(h("总则", 1, "第一章"), p("甲"), h("1.1 名称：", 2), p("乙"), h("（二）性质", 2))
    assert tree(document) == [("第一章", "总则", 1, None), ("1.1", "名称", 2, 0), ("（二）", "性质", 2, 0)]


def test_an_empty_heading_is_an_empty_section():
    document = doc(h("一、甲乙", 1), h("二、丙丁", 1), p("文"))
    first, second = outline(document)
    assert (first.start, first.end) == (1, 1)
    assert own_text(document, first) == ""
    assert own_text(document, second) == "文"


def test_plain_list_items_under_styled_headings_are_none():
    document = doc(
        h("一、甲章", 1),
        h("（一）甲节", 2),
        p("1.软件"),
        p("2.硬件"),
        h("（二）乙节", 2),
        p("（1）一条；"),
        h("二、乙章", 1),
    )
    assert [t[1] for t in tree(document)] == ["甲章", "甲节", "乙节", "乙章"]


def test_a_heading_whose_style_was_forgotten_is_found_by_its_sequence():
    document = doc(h("一、甲章", 1), h("（一）甲节", 2), p("文"), p("（二）乙节"), p("文"), h("（三）丙节", 2), p("文"))
    assert [t[2] for t in tree(document)] == [1, 2, 2, 2]


def test_one_style_for_all_levels_is_told_apart_by_the_numbers():
    lines = [h(f"{c}、章{c}", 1) if s == "" else h(f"（{s}）节{s}", 1) for c in "一二三" for s in ("", "一", "二")]
    assert [t[2] for t in tree(doc(*lines))] == [1, 2, 2] * 3


def test_the_documents_own_title_set_as_a_heading_is_dropped():
    document = doc(
        h("某某系统建设方案", 1), p("单位"), h("一、甲章", 2), p("文"), h("二、乙章", 2), p("文"), h("三、丙章", 2)
    )
    assert [t[1:3] for t in tree(document)] == [("甲章", 1), ("乙章", 1), ("丙章", 1)]


def test_unnumbered_bold_chapters_by_size():
    document = doc(b("甲章", 16.0), b("甲节", 14.0), p("文" * 50), b("乙章", 16.0), b("乙节", 14.0), p("文" * 50))
    assert [t[2] for t in tree(document)] == [1, 2, 1, 2]


def test_captions_contents_and_text_boxes_are_no_headings():
    document = doc(
        p("目录"),
        p("一、甲章\t1"),
        p("二、乙章\t2"),
        b("一、甲章", 16.0),
        b("表1-1 清单"),
        b("图2 架构"),
        Paragraph("一、框", bold=True, role=Role.TEXTBOX),
        p("文"),
        b("二、乙章", 16.0),
        p("文"),
        b("三、丙章", 16.0),
    )
    assert [t[1] for t in tree(document)] == ["甲章", "乙章", "丙章"]
    assert is_caption("附图3 点位")
    assert not is_caption("图书馆现状")


def test_dotted_numbers_under_chapters_of_another_kind():
    document = doc(
        b("一、甲章", 16.0), b("1.1 甲节"), p("文"), b("1.2 乙节"), p("文"), b("二、乙章", 16.0), b("2.1 丙节"), p("文")
    )
    assert [t[2] for t in tree(document)] == [1, 2, 2, 1, 2]


def test_run_in_titles_and_rows_carry_their_text():
    table = Table(((Cell("名称"), Cell("某系统", 1)), (Cell("性质"), Cell("新建", 1))))
    document = doc(h("一、甲章", 1), Paragraph("1.必要性分析。目前人手不足。", bold_prefix=8), table, h("二、乙章", 1))
    found = outline(document)
    assert [(s.title, s.lead, s.row, s.by) for s in found[1:4]] == [
        ("必要性分析", "目前人手不足。", None, ""),
        ("名称", "某系统", 0, LABEL),
        ("性质", "新建", 1, LABEL),
    ]


def test_a_document_without_headings_has_no_sections():
    assert outline(doc(p("只有一段。"))) == ()
    assert outline(doc()) == ()
