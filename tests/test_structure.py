"""Structure as authors really write it: every source of tests/data/structure is read as it says."""

from __future__ import annotations

import pytest
from structure_files import SOURCES, differences, make, read


@pytest.mark.parametrize("path", SOURCES, ids=lambda p: p.stem)
def test_structure(path):
    data, want = make(path)
    got, _ = read(data, path.stem + ".docx")
    assert differences(want, got) == []


def test_there_are_enough_documents():
    assert len(SOURCES) >= 25
