"""What a file says, whatever its format: blocks in reading order, each with its place."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum


class Role(StrEnum):
    """What a paragraph is on the page."""

    BODY = "body"
    TEXTBOX = "textbox"  # stands right after the paragraph it is anchored to
    FOOTNOTE = "footnote"  # stands right after the paragraph that refers to it


@dataclass(frozen=True, slots=True)
class Paragraph:
    """One paragraph as a reader sees it; `text` never holds the automatic number."""

    text: str
    number: str = ""  # what Word shows before the text by itself, e.g. "第三章", "（一）", "2.3.1"
    style: str = ""  # display name of the paragraph style, "" where none
    outline_level: int | None = None  # 1-9 from style chain or paragraph; None for body text
    list_level: int | None = None  # ilvl (0-8) of a numbered or bulleted paragraph
    bold: bool = False  # every visible character is bold
    bold_prefix: int = 0  # how many characters at the start are bold (run-in titles)
    size: float | None = None  # pt, of most characters
    centered: bool = False
    page: int | None = None  # from 1, where the format has pages
    role: Role = Role.BODY
    weak: bool = False  # recognised from a picture, and not surely


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell, merged cells once: it stands in the row and column where it begins."""

    text: str
    col: int = 0  # grid column where it begins, from 0
    rowspan: int = 1
    colspan: int = 1
    weak: bool = False  # recognised from a picture, and not surely


@dataclass(frozen=True, slots=True)
class Table:
    """A table in place. `rows[r]` holds the cells that BEGIN in row r."""

    rows: tuple[tuple[Cell, ...], ...]
    page: int | None = None

    def row_text(self, row: int) -> str:
        """Cells of a row joined as evidence quotes them."""
        return " | ".join(cell.text for cell in self.rows[row])

    def grid(self) -> list[list[str]]:
        """Rectangular matrix of texts; a merged cell's text is repeated in every position it covers."""
        width = max((c.col + c.colspan for row in self.rows for c in row), default=0)
        matrix = [[""] * width for _ in self.rows]
        for r, row in enumerate(self.rows):
            for cell in row:
                for down in range(r, min(r + cell.rowspan, len(matrix))):
                    for across in range(cell.col, min(cell.col + cell.colspan, width)):
                        matrix[down][across] = cell.text
        return matrix


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture stands in its place; what it shows is not read."""

    alt: str = ""
    page: int | None = None


Block = Paragraph | Table | Picture


@dataclass(frozen=True, slots=True)
class ReadNote:
    """Something of a file that was not read, or was read in a way a person should know of."""

    what: str  # e.g. "第3页", "内嵌对象 Microsoft Excel"
    why: str
    harmless: bool = False  # True: only told, False: belongs into `not_checked`


@dataclass(frozen=True, slots=True)
class Document:
    """One file, read."""

    name: str  # file name inside the submission, with its folders
    format: str  # docx, pdf, xlsx, csv, txt …, found from the bytes
    sha256: str
    blocks: tuple[Block, ...]
    pages: int | None = None
    headers: tuple[str, ...] = ()
    footers: tuple[str, ...] = ()
    contents: tuple[str, ...] = ()  # lines of the contents list, apart from the text
    comments: tuple[str, ...] = ()
    deleted: tuple[str, ...] = ()  # tracked deletions
    hidden: tuple[str, ...] = ()  # hidden, white or 1-pt text
    properties: tuple[tuple[str, str], ...] = ()  # title, subject, keywords, category …
    ocr_pages: tuple[int, ...] = ()  # read by recognition
    unread_pages: tuple[int, ...] = ()  # pictures that no recognition has read
    notes: tuple[ReadNote, ...] = field(default=())
