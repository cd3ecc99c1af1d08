"""The documents as read, for the review page and papers made later: every block with its place. No public format."""

from __future__ import annotations

import json
import zlib
from typing import TYPE_CHECKING, Any

from models.domain.document import Paragraph, Table

if TYPE_CHECKING:
    from models.domain.document import Block
    from models.domain.report import Report
    from models.domain.submission import SubmittedDocument


def render(report: Report) -> bytes:
    """Return the documents as compressed JSON; `load` reads it."""
    text = json.dumps([_document(d) for d in report.documents], ensure_ascii=False)
    return zlib.compress(text.encode("utf-8", "replace"), 6)


def load(content: bytes) -> list[dict[str, Any]]:
    """Return the documents `render` wrote: name, kind, format, outline, blocks."""
    found: list[dict[str, Any]] = json.loads(zlib.decompress(content))
    return found


def _document(item: SubmittedDocument) -> dict[str, Any]:
    document = item.document
    return {
        "name": document.name,
        "kind": item.kind.value,
        "format": document.format,
        "outline": [
            {"number": s.number, "title": s.title, "level": s.level, "block": s.block, "row": s.row, "end": s.end}
            for s in item.sections
        ],
        "headers": document.headers,
        "footers": document.footers,
        "comments": document.comments,
        "blocks": [_block(b) for b in document.blocks],
    }


def _block(block: Block) -> dict[str, Any]:
    if isinstance(block, Paragraph):
        return {"text": block.text, "number": block.number, "page": block.page, "centered": block.centered}
    if isinstance(block, Table):
        rows = [[[c.text, c.rowspan, c.colspan] for c in row] for row in block.rows]
        return {"rows": rows, "page": block.page}
    return {"picture": block.alt, "page": block.page}
