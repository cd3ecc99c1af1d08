"""Normalised text, comparison keys and sentences."""

from hypothesis import given
from hypothesis import strategies as st

from models.text import normalise, sentence_spans, sentences, squash


def test_keys_ignore_width_quotes_and_dashes():
    assert squash("祥符街道“一键达”（二期）") == squash('祥符街道"一键达"(二期)')
    assert squash("ＡＢ－１２") == squash("ab—12")


def test_sentences_end_outside_brackets_only():
    text = "本项目（一期；含甲。）投资5万元；其中甲。\n1）软件；2）硬件"
    assert sentences(text) == ["本项目（一期；含甲。）投资5万元；", "其中甲。", "1）软件；", "2）硬件"]
    assert sentences("他说“好。”然后走了。下一句") == ["他说“好。”然后走了。", "下一句"]
    assert sentences("未闭合（括号。第二句。") == ["未闭合（括号。", "第二句。"]


@given(st.text(max_size=120))
def test_spans_hold_and_length_is_kept(text):
    assert len(normalise(text)) == len(text)
    spans = sentence_spans(text)
    assert all(a < b for a, b in spans)
    assert all(spans[i][1] <= spans[i + 1][0] for i in range(len(spans) - 1))
