"""Where a quote stands, in the words of official papers."""

from __future__ import annotations

import re

from api.reports.phrases import sections_of
from models.domain.finding import Evidence
from models.domain.report import Report
from models.domain.submission import Kind

_NAMES = {Kind.PLAN: "方案", Kind.FORM: "申报表", Kind.BUDGET: "概算表"}
_CLAUSE = re.compile(r"(第[一二三四五六七八九十]+条)(（[一二三四五六七八九十]）)")


def formal(text: str) -> str:
    """Write clauses as official papers do: 第八条第（一）项."""
    return _CLAUSE.sub(r"\1第\2项", text)


def place(report: Report, evidence: Evidence) -> str:
    """Say 方案第3页, 方案“（一）项目名称”部分, 概算表第4行 …; the file's own name where it is an attachment."""
    kinds = {d.document.name: d.kind for d in report.documents}
    kind = kinds.get(evidence.document)
    told = _NAMES.get(kind, "") if kind else ""
    told = told or f"“{evidence.document}”"
    outline = sections_of(report).get(evidence.document, ())
    if evidence.page is not None:
        told += f"第{evidence.page}页"
    elif evidence.section is not None and evidence.section < len(outline):
        section = outline[evidence.section]
        told += f"“{section.number}{section.title}”部分"
    if evidence.table is not None and evidence.row is not None:
        told += f"表{evidence.table + 1}第{evidence.row + 1}行"
    return told


def quoted(report: Report, evidence: Evidence, limit: int = 200) -> str:
    """Return 方案第3页“…”; a long quote is cut with …… ."""
    words = evidence.quote if len(evidence.quote) <= limit else evidence.quote[:limit] + "……"
    return place(report, evidence) + (f"“{words}”" if words else "")
