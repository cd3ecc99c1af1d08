"""Blocks as lines of text, for cells, headers and comments."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from models.domain.document import Block, Cell, Paragraph, Table


def plain(blocks: Iterable[Block]) -> list[str]:
    """Return the texts of blocks, one line a paragraph or table row, as headers and cells need them."""
    out: list[str] = []
    for block in blocks:
        if isinstance(block, Paragraph):
            out.append(numbered(block))
        elif isinstance(block, Table):
            out.extend(row_text(row) for row in block.rows)
    return [line for line in out if line.strip()]


def numbered(paragraph: Paragraph) -> str:
    """Return number and text as a reader sees them, a space where they would run into one."""
    number, text = paragraph.number, paragraph.text
    gap = " " if number and number[-1].isascii() and number[-1].isalnum() and text[:1].isalnum() else ""
    return number + gap + text


def row_text(row: Sequence[Cell]) -> str:
    """Return a row of a nested table as it stands in the cell that holds it."""
    return " / ".join(cell.text for cell in row if cell.text)
