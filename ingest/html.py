"""HTML (often a page saved under a Word name) → Document: headings, paragraphs, tables; scripts never run."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator

from ingest.limits import TEXT
from ingest.plain import decode
from ingest.xml import Element
from models.domain.document import Block, Cell, Document, Paragraph, ReadNote, Table
from models.domain.errors import ReadError

_SILENT = frozenset(("script", "style", "head", "noscript", "template"))
_INLINE = frozenset(
    ("a", "abbr", "b", "em", "font", "i", "ins", "label", "small", "span", "strong", "sub", "sup", "u", "o:p")
)
_HEADING = re.compile(r"^h([1-6])$")
_CHARSET = re.compile(rb"""<meta[^>]+charset\s*=\s*["']?([a-zA-Z0-9-]+)""", re.IGNORECASE)


def read_html(data: bytes, name: str) -> Document:
    """Read a web page; ReadError where there is nothing in it."""
    from lxml import html

    text = _decoded(data, name)
    try:
        root = html.document_fromstring(text, parser=html.HTMLParser(no_network=True, remove_comments=True))
    except (ValueError, html.etree.ParserError) as error:
        raise ReadError("网页文件没有内容", name=name, advice="请另存为 docx 后重新提交") from error
    blocks = list(_blocks(root, 0))
    if not blocks:
        raise ReadError("网页文件没有内容", name=name, advice="请另存为 docx 后重新提交")
    note = ReadNote("全文", "是网页（HTML）文件，图片和版式未读取，标题编号请核对原件")
    return Document(name, "html", hashlib.sha256(data).hexdigest(), tuple(blocks), notes=(note,))


def _decoded(data: bytes, name: str) -> str:
    declared = _CHARSET.search(data[:2048])
    encoding = declared[1].decode("ascii").lower() if declared else ""
    if encoding.startswith("gb"):
        return re.sub(r"^\s*<\?xml[^>]*\?>", "", data.decode("gb18030", "replace"))
    return re.sub(r"^\s*<\?xml[^>]*\?>", "", decode(data, name))


def _blocks(element: Element, depth: int) -> Iterator[Block]:
    """Yield the blocks below an element: what runs in one line together is one paragraph."""
    line = element.text or ""
    for child in element:
        tag = str(child.tag).lower() if isinstance(child.tag, str) else ""
        if tag in _INLINE and not _holds_blocks(child):
            line += "".join(str(t) for t in child.itertext())
        elif tag == "br":
            yield from _paragraph(line, element)
            line = ""
        elif tag and tag not in _SILENT:
            yield from _paragraph(line, element)
            line = ""
            if tag == "table":
                yield _table(child)
            elif depth < TEXT.xml_depth:
                yield from _blocks(child, depth + 1)
        line += child.tail or ""
    yield from _paragraph(line, element)


def _holds_blocks(element: Element) -> bool:
    return any(str(e.tag).lower() in ("p", "div", "table", "br", "li") for e in element.iter() if e is not element)


def _paragraph(text: str, element: Element) -> Iterator[Paragraph]:
    words = " ".join(text.split())
    if not words:
        return
    heading = _HEADING.match(str(element.tag).lower())
    level = int(heading[1]) if heading else None
    bold = level is not None or str(element.tag).lower() in ("b", "strong", "th")
    yield Paragraph(words, outline_level=level, bold=bold, bold_prefix=len(words) if bold else 0)


def _table(element: Element) -> Table:
    """Return a table; cells that reach down push later rows aside, as on the page."""
    rows: list[tuple[Cell, ...]] = []
    below: dict[int, int] = {}  # column -> rows still covered from above
    for row in element.iter("tr"):
        if len(rows) >= TEXT.table_rows:
            break
        cells: list[Cell] = []
        col = 0
        covered = {c: n - 1 for c, n in below.items() if n > 1}
        for cell in (c for c in row if c.tag in ("td", "th")):
            while below.get(col, 0) > 0:
                col += 1
            down, across = _span(cell.get("rowspan")), _span(cell.get("colspan"))
            text = " ".join("".join(str(t) for t in cell.itertext()).split())
            cells.append(Cell(text, col, down, across))
            covered.update({c: down - 1 for c in range(col, col + across) if down > 1})
            col += across
        below = covered
        rows.append(tuple(cells))
    return Table(tuple(rows))


def _span(text: str | None) -> int:
    return min(int(text), 1000) if text and text.isdecimal() and int(text) > 0 else 1
