"""Tables of a docx: merged cells once, nested tables flattened into the cell that holds them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ingest.docx.flat import numbered, plain, row_text
from ingest.docx.names import DEL_TEXT, DELETIONS, SDT, SDT_CONTENT, TBL, TC, TR, VAL, WRAPPERS, P, T, w
from ingest.docx.styles import is_shaded
from ingest.limits import TEXT
from ingest.xml import Element
from models.domain.document import Block, Cell, Paragraph, Picture, ReadNote, Role, Table

if TYPE_CHECKING:
    from ingest.docx.story import Shared, Story

_FRAME_PARAGRAPHS = 6  # a single cell with more than these is a frame around a page, not a table
_SPAN_LIMIT = 1_000


@dataclass(slots=True)
class _Open:
    """A cell while it may still grow downwards."""

    row: int
    place: int
    text: str
    col: int
    colspan: int
    rowspan: int = 1


@dataclass(slots=True)
class _Grid:
    rows: list[list[_Open]] = field(default_factory=list)
    growing: dict[int, _Open] = field(default_factory=dict)  # by column


class Tables:
    """Reads the tables of one story."""

    def __init__(self, story: Story, shared: Shared) -> None:
        """`story` reads the paragraphs in the cells, so that numbering and fields run on."""
        self._story = story
        self._shared = shared
        self._depth = 0

    def frame(self, table: Element) -> Element | None:
        """Return the only cell of a table that is a mere frame around running text, None for other tables."""
        rows = _opened(table, TR)
        if len(rows) != 1:
            return None
        cells = _opened(rows[0], TC)
        if len(cells) != 1:
            return None
        inner = [child for child in self._story.children(cells[0]) if child.tag == TBL or _has_text(child)]
        nested = any(child.tag == TBL for child in inner)
        return cells[0] if len(inner) > _FRAME_PARAGRAPHS or (nested and len(inner) > 1) else None

    def read(self, element: Element) -> tuple[Table, list[Block]]:
        """Return the table and the blocks that hang on its cells (pictures, notes), which stand after it."""
        grid, after = _Grid(), list[Block]()
        white_hidden = self._story.white_hidden
        self._story.white_hidden = white_hidden and element.find(f"{w('tblPr')}/{w('tblStyle')}") is None
        for index, row in enumerate(_opened(element, TR)):
            if index >= TEXT.table_rows:
                self._shared.aside.notes.append(ReadNote("表格", f"表格超过{TEXT.table_rows}行，其后的行未读取"))
                break
            if row.find(f"{w('trPr')}/{w('del')}") is not None:
                text = " | ".join(t.text or "" for t in row.iter(DEL_TEXT, T))
                self._shared.aside.deleted.extend([text] if text.strip() else [])
                continue
            self._row(row, grid, after)
        self._story.white_hidden = white_hidden
        rows = tuple(tuple(Cell(c.text, c.col, c.rowspan, c.colspan) for c in row) for row in grid.rows)
        return Table(rows), after

    def _row(self, row: Element, grid: _Grid, after: list[Block]) -> None:
        out: list[_Open] = []
        column = _integer(row.find(f"{w('trPr')}/{w('gridBefore')}"), 0)
        for cell in _opened(row, TC):
            properties = cell.find(w("tcPr"))
            span = _integer(properties.find(w("gridSpan")) if properties is not None else None, 1)
            span = min(max(span, 1), _SPAN_LIMIT)
            text = self._cell(cell, properties, after)
            if _continues(properties, "hMerge") and out:
                out[-1].colspan += span
                out[-1].text = "\n".join(t for t in (out[-1].text, text) if t)
            elif _continues(properties, "vMerge") and column in grid.growing:
                grid.growing[column].rowspan += 1
                self._shared.aside.covered.extend([text] if text.strip() else [])
            else:
                opened = _Open(len(grid.rows), len(out), text, column, span)
                out.append(opened)
                grid.growing.pop(column, None)
                if properties is not None and properties.find(w("vMerge")) is not None:
                    grid.growing[column] = opened
            column += span
        grid.rows.append(out)

    def _cell(self, cell: Element, properties: Element | None, after: list[Block]) -> str:
        white_hidden = self._story.white_hidden
        shade = properties.find(w("shd")) if properties is not None else None
        self._story.white_hidden = white_hidden and not (shade is not None and is_shaded(shade))
        lines: list[str] = []
        for child in self._story.children(cell):
            if child.tag == P:
                self._paragraph(child, lines, after)
            else:
                lines.extend(self._nested(child, after))
        self._story.white_hidden = white_hidden
        return "\n".join(line for line in lines if line)

    def _paragraph(self, element: Element, lines: list[str], after: list[Block]) -> None:
        for block in self._story.paragraph(element, in_cell=True):
            if isinstance(block, Picture) or (isinstance(block, Paragraph) and block.role is Role.FOOTNOTE):
                after.append(block)
            elif isinstance(block, Paragraph):
                lines.append(numbered(block))
            else:
                lines.extend(plain([block]))

    def _nested(self, element: Element, after: list[Block]) -> list[str]:
        if self._depth >= TEXT.nesting:
            note = ReadNote("表格", "表格嵌套过深，过深的部分未读取")
            if note not in self._shared.aside.notes:
                self._shared.aside.notes.append(note)
            return []
        self._depth += 1
        table, inner = self.read(element)
        self._depth -= 1
        after.extend(inner)
        return [row_text(row) for row in table.rows]


def _opened(container: Element, wanted: str) -> list[Element]:
    """Return rows or cells, content controls and insertions opened."""
    out: list[Element] = []
    for child in container:
        tag = child.tag
        if tag == wanted:
            out.append(child)
        elif tag == SDT:
            content = child.find(SDT_CONTENT)
            out.extend(_opened(content, wanted) if content is not None else [])
        elif tag in WRAPPERS and tag not in DELETIONS:
            out.extend(_opened(child, wanted))
    return out


def _has_text(element: Element) -> bool:
    return any((t.text or "").strip() for t in element.iter(T))


def _continues(properties: Element | None, name: str) -> bool:
    merge = properties.find(w(name)) if properties is not None else None
    return merge is not None and merge.get(VAL, "continue") == "continue"


def _integer(element: Element | None, otherwise: int) -> int:
    try:
        return int(element.get(VAL) or otherwise) if element is not None else otherwise
    except ValueError:
        return otherwise
