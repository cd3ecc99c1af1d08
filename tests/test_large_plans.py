"""A plan of 300 pages and a list of 1,000 rows: read whole, in reasonable time."""

from __future__ import annotations

import time

import pytest
from form_samples import policy
from word_files import ROWS, SYSTEMS, large_plan

from analyzers import completeness
from analyzers.context import Context
from ingest.reader import read_bytes
from models.domain.document import Table
from models.understanding import place, understand

LIMIT = 90  # CPU seconds, with much room for a busy machine


@pytest.mark.slow
def test_three_hundred_pages_and_a_thousand_rows(tmp_path):
    path = large_plan(tmp_path / "建设方案.docx")
    start = time.process_time()
    submitted = place(read_bytes(path.read_bytes(), path.name), policy())
    context = Context(policy(), understand("例", (submitted,), policy()))
    missing = [r.template for r in completeness.rows(context) if r.mandatory and r.status in {"missing", "empty"}]
    spent = time.process_time() - start
    text = sum(len(getattr(b, "text", "")) for b in submitted.document.blocks)
    assert text > 190_000  # of some 650 a page
    assert sum(len(b.rows) for b in submitted.document.blocks if isinstance(b, Table)) == ROWS + 4
    assert sum(s.title.endswith("个子系统") for s in submitted.sections) == SYSTEMS
    assert missing == []
    assert spent < LIMIT
