"""Structure as authors really write it: every source of tests/data/structure is read as it says."""

from __future__ import annotations

import pytest
from structure_files import SOURCES, differences, make, read


@pytest.mark.parametrize("path", SOURCES, ids=lambda p: p.stem)
def test_structure(path):
    data, want = make(path)
    got, _ = read(data, path.stem + ".docx")
    assert differences(want, got) == []


def test_letters_that_nobody_sees_are_told_of():
    notes = {n.what: n for n in reading("hidden_text").notes}
    assert "有3处" in notes["隐藏文字"].why
    assert "拟新建机房" in notes["隐藏文字"].why
    assert not notes["隐藏文字"].harmless


def test_changes_and_comments_are_told_of():
    notes = {n.what: n for n in reading("changes_and_comments").notes}
    assert (notes["修订"].harmless, notes["批注"].harmless) == (True, True)
    assert "2条" in notes["批注"].why


def reading(name):
    data, _ = make(next(p for p in SOURCES if p.stem == name))
    return read(data, name + ".docx")[1]


def test_there_are_enough_documents():
    assert len(SOURCES) >= 25
