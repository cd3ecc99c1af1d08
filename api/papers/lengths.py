"""How long a file is, as a paper says it: pages where they are known, else characters."""

from __future__ import annotations

import re
from collections.abc import Iterator

from models.domain.document import Block, Document, Paragraph, Table

_SHEETS = frozenset({"xlsx", "xls", "et", "csv"})
_MOST, _FEWEST = 2500, 100  # characters a page holds


def length(document: Document) -> str:
    """Return a file's pages; of a Word file those Word has counted, where that can be, else its characters."""
    if document.pages:
        return f"{document.pages}页"
    signs = sum(len(re.sub(r"\s", "", text)) for block in document.blocks for text in _texts(block))
    counted = int(dict(document.properties).get("pages", "0"))
    if counted and signs <= counted * _MOST and (counted == 1 or signs >= counted * _FEWEST):
        return f"{counted}页"
    return f"{signs}字" if document.format not in _SHEETS else "—"


def _texts(block: Block) -> Iterator[str]:
    if isinstance(block, Paragraph):
        yield block.number + block.text
    elif isinstance(block, Table):
        yield from (cell.text for row in block.rows for cell in row)
