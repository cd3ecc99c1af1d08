"""The documents as read, for the review page: every block in order, with its place."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from models.domain.document import Paragraph, Table

if TYPE_CHECKING:
    from models.domain.document import Block
    from models.domain.report import Report
    from models.domain.submission import SubmittedDocument


def documents(report: Report) -> list[dict[str, Any]]:
    """Return each document's name, kind, format, outline and blocks."""
    return [_document(d) for d in report.documents]


def _document(item: SubmittedDocument) -> dict[str, Any]:
    document = item.document
    return {
        "name": document.name,
        "kind": item.kind.value,
        "format": document.format,
        "outline": [{"number": s.number, "title": s.title, "level": s.level, "block": s.block} for s in item.sections],
        "blocks": [_block(b) for b in document.blocks],
    }


def _block(block: Block) -> dict[str, Any]:
    if isinstance(block, Paragraph):
        return {"text": block.text, "number": block.number, "page": block.page, "centered": block.centered}
    if isinstance(block, Table):
        rows = [[[c.text, c.rowspan, c.colspan] for c in row] for row in block.rows]
        return {"rows": rows, "page": block.page}
    return {"picture": block.alt, "page": block.page}
