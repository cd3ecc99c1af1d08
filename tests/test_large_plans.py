"""A plan of 300 pages and a list of 1,000 rows: read whole, in reasonable time."""

from __future__ import annotations

import time

import pytest
from docx import Document as WordFile
from form_samples import policy
from word_files import plan

from analyzers import completeness
from analyzers.context import Context
from ingest.reader import read_bytes
from models.domain.document import Table
from models.understanding import place, understand

SYSTEMS, MODULES, ROWS = 150, 6, 1000
LIMIT = 90  # CPU seconds, with much room for a busy machine


@pytest.mark.slow
def test_three_hundred_pages_and_a_thousand_rows(tmp_path):
    path = plan(tmp_path / "建设方案.docx")
    made = WordFile(str(path))
    made.add_heading("五、应用系统设计", 1)
    for i in range(SYSTEMS):
        made.add_heading(f"5.{i + 1} 第{i}个子系统", 2)
        for j in range(MODULES):
            made.add_paragraph(f"{j + 1}）模块{i}-{j}")
            made.add_paragraph(f"本模块面向{i * 7 + j}名网格员提供登记、巡查、派单服务，办理时间不超过{j + 1}天。" * 6)
    made.add_heading("附件1 功能清单", 1)
    rows = "".join(
        f"<w:tr>{''.join(f'<w:tc><w:p><w:r><w:t>{t}{i}</w:t></w:r></w:p></w:tc>' for t in '号模功说')}</w:tr>"
        for i in range(ROWS)
    )
    from docx.oxml import parse_xml
    from docx.oxml.ns import nsdecls

    made.element.body.insert(len(made.element.body) - 1, parse_xml(f"<w:tbl {nsdecls('w')}>{rows}</w:tbl>"))
    made.save(str(path))
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
