"""Numbers at the start of headings, as authors write them."""

from __future__ import annotations

import pytest

from models.numbering import NumberKind as K
from models.numbering import chinese_value, follows, parse_label, split_number


@pytest.mark.parametrize(
    ("text", "number", "title", "kind", "path"),
    [
        ("第一章 总则", "第一章", "总则", K.CHAPTER, (1,)),
        ("第1章 总体情况", "第1章", "总体情况", K.CHAPTER, (1,)),
        ("第 十二 章　投资", "第 十二 章", "投资", K.CHAPTER, (12,)),
        ("第三节：需求", "第三节", "需求", K.SECTION, (3,)),
        ("第二部分 现状", "第二部分", "现状", K.PART, (2,)),
        ("第一篇 综述", "第一篇", "综述", K.PART, (1,)),
        ("第一条 为了规范", "第一条", "为了规范", K.ARTICLE, (1,)),
        ("一、概述", "一、", "概述", K.CHINESE, (1,)),
        ("十六．附件", "十六．", "附件", K.CHINESE, (16,)),
        ("十、 项目招标方案", "十、", "项目招标方案", K.CHINESE, (10,)),
        ("三 建设内容", "三", "建设内容", K.CHINESE, (3,)),
        ("（一）现状", "（一）", "现状", K.CHINESE_PAREN, (1,)),
        ("(二) 必要性", "(二)", "必要性", K.CHINESE_PAREN, (2,)),
        ("1、必要性分析", "1、", "必要性分析", K.ARABIC, (1,)),
        ("2．可行性", "2．", "可行性", K.ARABIC, (2,)),
        ("3 建设目标", "3", "建设目标", K.ARABIC, (3,)),
        ("１．名称", "１．", "名称", K.ARABIC, (1,)),
        ("1)网格员移动端", "1)", "网格员移动端", K.HALF_PAREN, (1,)),
        ("（3）业务需求", "（3）", "业务需求", K.PAREN, (3,)),
        ("2.3 需求分析", "2.3", "需求分析", K.DOTTED, (2, 3)),
        ("2.3.4.与系统的关系", "2.3.4.", "与系统的关系", K.DOTTED, (2, 3, 4)),
        ("1．1 项目名称", "1．1", "项目名称", K.DOTTED, (1, 1)),
        ("10.2项目采购", "10.2", "项目采购", K.DOTTED, (10, 2)),
        ("②数据", "②", "数据", K.CIRCLE, (2,)),
        ("Ⅲ 组织", "Ⅲ", "组织", K.ROMAN, (3,)),
        ("B.方案二", "B.", "方案二", K.LETTER, (2,)),
        ("拾贰、投资概算", "拾贰、", "投资概算", K.FORMAL, (12,)),
        ("丙、需求分析", "丙、", "需求分析", K.STEM, (3,)),
        ("寅．建设依据", "寅．", "建设依据", K.BRANCH, (3,)),
        ("甲、乙双方权利", "", "甲、乙双方权利", K.NONE, ()),
    ],
)
def test_number_title_kind_and_path(text, number, title, kind, path):
    assert split_number(text) == (number, title, kind, path)


@pytest.mark.parametrize(
    "text",
    [
        "3.5万元用于培训",
        "12 个月内完成",
        "2022年3月开工",
        "2021.10 会议纪要",
        "100%覆盖",
        "一是提高效率",
        "一方面",
        "三级等保",
        "项目名称",
        "一、",
        "10.5",
        "",
    ],
)
def test_what_only_looks_like_a_number(text):
    parsed = split_number(text)
    assert parsed.number == ""
    assert parsed.title == text
    assert parsed.kind is K.NONE
    assert parsed.value == 0


def test_automatic_numbers_have_no_title():
    assert parse_label("第三章") == ("第三章", "", K.CHAPTER, (3,))
    assert parse_label("2.3.1") == ("2.3.1", "", K.DOTTED, (2, 3, 1))
    assert parse_label("1.") == ("1.", "", K.ARABIC, (1,))
    assert parse_label("●") == ("", "", K.NONE, ())
    assert parse_label("") == ("", "", K.NONE, ())


def test_values_and_sequence():
    assert [chinese_value(t) for t in ("十", "二十一", "一百零三", "12", "甲")] == [10, 21, 103, 12, 0]
    assert follows((2, 3), (2, 4))
    assert not follows((2, 3), (3, 4))
    assert not follows((2,), (2, 1))
