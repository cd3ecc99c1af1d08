"""What antiword makes of a doc (DocBook XML) → Document: paragraphs, bold, tables; no numbers, notes or text boxes."""

from __future__ import annotations

import hashlib
import re

from ingest.contents import ends_in_page, has_leaders, is_contents_title
from ingest.xml import Element, parse_xml
from models.domain.document import Block, Cell, Document, Paragraph, Table

_DOCTYPE = re.compile(rb"<!DOCTYPE[^>]*>")
_LISTED = re.compile(r"^\S.{1,60}? \d{1,3}$")  # antiword makes one space of the tab in a contents list


def read_docbook(data: bytes, name: str) -> Document:
    """Read antiword's output; ReadError where it is no XML."""
    root = parse_xml(_DOCTYPE.sub(b"", data, count=1), name)
    blocks: list[Block] = []
    for chapter in root.iter("chapter"):
        _walk(chapter, blocks)
    kept, contents = _without_contents(blocks)
    return Document(name, "docbook", hashlib.sha256(data).hexdigest(), tuple(kept), contents=tuple(contents))


def _walk(element: Element, blocks: list[Block]) -> None:
    for child in element:
        if child.tag == "informaltable":
            blocks.append(_table(child))
        elif child.tag == "para" and child.find(".//informaltable") is None:
            _paragraph(child, blocks)
        elif child.tag == "title":
            text = _text(child)
            if text:
                blocks.append(Paragraph(text, bold=True, bold_prefix=len(text)))
        else:
            _walk(child, blocks)


def _paragraph(element: Element, blocks: list[Block]) -> None:
    text = _text(element)
    strong = "".join(_text(e) for e in element.iter("emphasis") if e.get("role") == "bold")
    bold = bool(text) and len(strong) >= len(text)
    if text:
        blocks.append(Paragraph(text, bold=bold, bold_prefix=len(text) if bold else 0))


def _text(element: Element) -> str:
    return re.sub(r"\s*\n\s*", "", "".join(str(t) for t in element.itertext()).strip("\n")).strip()


def _table(element: Element) -> Table:
    """Return one table of all its groups: rows of unlike width come as groups of their own."""
    found = [[_cell(entry) for entry in row.findall("entry")] for row in element.iter("row")]
    width = max((len(row) for row in found), default=0)
    rows = []
    for texts in found:
        last = width - len(texts) + 1 if texts else 1  # the last cell of a narrow row reaches to the edge
        rows.append(tuple(Cell(t, i, 1, last if i == len(texts) - 1 else 1) for i, t in enumerate(texts)))
    return Table(tuple(rows))


def _cell(entry: Element) -> str:
    lines = (line.strip() for line in "".join(str(t) for t in entry.itertext()).split("\n"))
    return "\n".join(line for line in lines if line)


def _without_contents(blocks: list[Block]) -> tuple[list[Block], list[str]]:
    """Take the lines of a contents list out."""
    kept: list[Block] = []
    contents: list[str] = []
    listing = False
    for block in blocks:
        text = block.text if isinstance(block, Paragraph) else ""
        listing = is_contents_title(text) or (listing and bool(ends_in_page(text) or _LISTED.match(text)))
        if listing or has_leaders(text):
            contents.append(text)
        else:
            kept.append(block)
    return kept, contents
