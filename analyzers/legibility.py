"""What rests on words that recognition was not sure of is to be checked by a person, not held against anyone."""

from __future__ import annotations

from collections.abc import Sequence

from models.domain.document import Document, Paragraph, Table
from models.domain.finding import Evidence, Finding
from models.domain.report import NotChecked
from models.domain.submission import Submission

_SURE_ENOUGH = frozenset(("PRO-SECRET",))  # a possible state secret is told in any case
_WHOLE_TABLE = frozenset(("CON-SUM", "CON-SCOPE"))  # one misread cell anywhere in it makes the sum wrong
_QUOTED = 60


def sift(submission: Submission, findings: Sequence[Finding]) -> tuple[list[Finding], list[NotChecked]]:
    """Take out the findings whose evidence was not surely read; return the rest, and a line for each taken out."""
    documents = {d.document.name: d.document for d in submission.documents}
    kept: list[Finding] = []
    unsure: list[NotChecked] = []
    for finding in findings:
        weak = None if finding.rule in _SURE_ENOUGH else _weak(finding, documents)
        if weak is None:
            kept.append(finding)
            continue
        page = f" 第{weak.page}页" if weak.page else ""
        quote = weak.quote if len(weak.quote) <= _QUOTED else weak.quote[:_QUOTED] + "…"
        why = f"所依据的文字“{quote}”是从扫描件识别的，把握不足，“{finding.title}”请对照原件核实"
        unsure.append(NotChecked(weak.document + page, why, (finding.rule,)))
    return kept, unsure


def _weak(finding: Finding, documents: dict[str, Document]) -> Evidence | None:
    """Return the first piece of evidence that was not surely read."""
    for evidence in finding.evidence:
        document = documents.get(evidence.document)
        if document is not None and _is_weak(document, evidence, whole=finding.rule in _WHOLE_TABLE):
            return evidence
    return None


def _is_weak(document: Document, evidence: Evidence, *, whole: bool) -> bool:
    at = evidence.paragraph
    if at is None or not 0 <= at < len(document.blocks):
        return False
    block = document.blocks[at]
    if isinstance(block, Paragraph):
        return block.weak
    if not isinstance(block, Table):
        return False
    row = evidence.row
    rows = block.rows if whole or row is None or not 0 <= row < len(block.rows) else (block.rows[row],)
    return any(cell.weak for cells in rows for cell in cells)
