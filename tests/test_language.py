"""Sentence work: tokens, clauses, attributes, concepts."""

from __future__ import annotations

import pytest

from models.language import Language

LEXICON = {
    "concepts": {"room": ["机房"], "build": ["新建", "扩建"]},
    "rules": {"R": {"patterns": ["新建[^。]{0,6}机房"]}},
}


@pytest.fixture(scope="module")
def language() -> Language:
    return Language(LEXICON, ["政务云"])


def test_clauses_carry_their_own_attributes(language):
    analysis = language.analyse("本项目不新建机房，如确需扩容，则申请政务云资源。")
    first, second, third = analysis.clauses
    assert "negated" in first.attributes
    assert first.concepts == ("build", "room")
    assert "conditional" in second.attributes
    assert not third.concepts


@pytest.mark.parametrize("text", ["未来采用无线网络", "如下表所示", "非常重要", "原则性要求"])
def test_single_characters_inside_words_are_no_cues(language, text):
    assert not language.analyse(text).attributes & {"negated", "conditional", "past"}


def test_field_words_are_not_cut(language):
    assert "政务云" in language.analyse("部署在政务云平台上").tokens


def test_patterns_are_named(language):
    assert language.analyse("拟新建一处机房").patterns == ("R:0",)
    assert language.analyse("机房已新建").patterns == ()


@pytest.mark.parametrize(
    ("text", "attribute"),
    [
        ("《办法》第八条规定不得新建", "quoted"),
        ("据悉省里可能统一建设", "tentative"),
        ("该方案经比选后未采用", "rejected"),
        ("漏洞已整改并复测通过", "remedied"),
        ("原系统已于2019年停用", "past"),
        ("但仍另行建设", "adversative"),
    ],
)
def test_attributes(language, text, attribute):
    assert attribute in language.analyse(text).attributes
