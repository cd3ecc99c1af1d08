"""Notes in a PDF: highlights at the words they are about, appended to the file so that its own bytes stay."""

from __future__ import annotations

import ctypes
import hashlib
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from ingest.pdf.page import sign

_BLANK = (0xA0, 0x3000, 0xFFFE, 0xFEFF)
AUTHOR = "初审"
_ID = re.compile(rb"/ID\s*\[(.{2,200}?)<[0-9A-Fa-f]{32}>\s*\]", re.DOTALL)
_YELLOW = (255, 225, 80, 110)
_ICON, _STEP = 20.0, 26.0  # side of a note's sign, distance of one to the next, pt
_ON = 3  # pages on which words are looked for: a table's row may stand behind its first page
_Box = tuple[float, float, float, float]  # left, top, right, bottom
_PRINT = 4  # the flag that has a note printed


@dataclass(frozen=True, slots=True)
class Note:
    """What is remarked; `page` from 1, None for the whole file; `quote` the words it is about."""

    page: int | None
    quote: str
    text: str


def add_notes(data: bytes, notes: Sequence[Note]) -> bytes:
    """Return the PDF with the notes; what was given is its beginning, byte for byte, and the same call gives the same.

    A note whose words are not found on its page (a scan, words over two pages) stands as a sign at the page's head.
    """
    import pypdfium2
    from pypdfium2 import raw

    document = pypdfium2.PdfDocument(data)
    pages = _Pages(document)
    for note in notes:
        first = min((note.page or 1) - 1, len(document) - 1)
        spot = pages.find(note.quote, range(first, min(first + _ON, len(document)))) if note.page else None
        if spot is not None:
            _highlight(pages.page(spot[0]), spot[1], note.text)
            continue
        quoted = f"原文“{note.quote}”：" if note.page is not None and note.quote else ""
        _sign(pages.page(first), pages.stack(first), quoted + note.text)
    pages.close()
    out = io.BytesIO()
    document.save(out, flags=raw.FPDF_INCREMENTAL)
    document.close()
    return _steady(data, out.getvalue(), notes)


class _Pages:
    """The pages that notes are about, each opened once."""

    def __init__(self, document: Any) -> None:  # noqa: ANN401 - pypdfium2 is untyped
        self._document = document
        self._open: dict[int, tuple[Any, Any, str, list[int]]] = {}
        self._stacked: dict[int, int] = {}

    def _opened(self, index: int) -> tuple[Any, Any, str, list[int]]:
        if index not in self._open:
            page = self._document[index]
            text = page.get_textpage()
            self._open[index] = (page, text, *_signs(text))
        return self._open[index]

    def page(self, index: int) -> Any:  # noqa: ANN401 - pypdfium2 is untyped
        return self._opened(index)[0]

    def find(self, quote: str, among: range) -> tuple[int, list[_Box]] | None:
        """Return the first page that has the words (a table goes on over pages), and their boxes."""
        for index in among:
            _, text, signs, where = self._opened(index)
            if boxes := _boxes(text, signs, where, quote):
                return index, boxes
        return None

    def stack(self, index: int) -> int:
        """Return how many signs stand at the head of a page already."""
        self._stacked[index] = self._stacked.get(index, -1) + 1
        return self._stacked[index]

    def close(self) -> None:
        for page, text, *_ in self._open.values():
            text.close()
            page.close()


def _signs(text: Any) -> tuple[str, list[int]]:  # noqa: ANN401 - pypdfium2 is untyped
    """Return the page's characters without blanks, and where each stands among all of them."""
    from pypdfium2 import raw

    codes = [raw.FPDFText_GetUnicode(text, i) for i in range(raw.FPDFText_CountChars(text))]
    signs: list[str] = []
    where: list[int] = []
    for i, code in enumerate(codes):
        if code > 32 and code not in _BLANK and raw.FPDFText_IsGenerated(text, i) != 1:
            second = 0xDC00 <= code <= 0xDFFF
            if not second or not where or where[-1] != i - 1:
                signs.append(sign(codes[i : i + 2]))
                where.append(i)
    return "".join(signs), where


def _boxes(
    text: Any,  # noqa: ANN401 - pypdfium2 is untyped
    signs: str,
    where: Sequence[int],
    quote: str,
) -> list[_Box]:
    """Return left, top, right, bottom of each line of the quote; of its longest cell where it is a table's row."""
    from pypdfium2 import raw

    wanted = [re.sub(r"\s+", "", part) for part in (quote, *sorted(quote.split(" | "), key=len, reverse=True))]
    found = next((w for w in wanted if len(w) > 1 and w in signs), "")
    if not found:
        return []
    start = signs.index(found)
    first, last = where[start], where[start + len(found) - 1]
    left, top, right, bottom = (ctypes.c_double() for _ in range(4))
    boxes = []
    for number in range(raw.FPDFText_CountRects(text, first, last - first + 1)):
        raw.FPDFText_GetRect(text, number, left, top, right, bottom)
        boxes.append((left.value, top.value, right.value, bottom.value))
    return boxes


def _highlight(page: Any, boxes: Sequence[_Box], text: str) -> None:  # noqa: ANN401
    from pypdfium2 import raw

    note = raw.FPDFPage_CreateAnnot(page, raw.FPDF_ANNOT_HIGHLIGHT)
    for left, top, right, bottom in boxes:
        raw.FPDFAnnot_AppendAttachmentPoints(
            note, raw.FS_QUADPOINTSF(left, top, right, top, left, bottom, right, bottom)
        )
    lefts, tops, rights, bottoms = zip(*boxes, strict=True)
    _finish(note, raw.FS_RECTF(min(lefts), max(tops), max(rights), min(bottoms)), text)


def _sign(page: Any, number: int, text: str) -> None:  # noqa: ANN401 - pypdfium2 is untyped
    from pypdfium2 import raw

    height = page.get_height()
    note = raw.FPDFPage_CreateAnnot(page, raw.FPDF_ANNOT_TEXT)
    left, top = 10.0 + _STEP * number, height - 10.0
    _finish(note, raw.FS_RECTF(left, top, left + _ICON, top - _ICON), text)


def _finish(note: Any, rectangle: Any, text: str) -> None:  # noqa: ANN401 - pypdfium2 is untyped
    from pypdfium2 import raw

    raw.FPDFAnnot_SetRect(note, rectangle)
    raw.FPDFAnnot_SetColor(note, raw.FPDFANNOT_COLORTYPE_Color, *_YELLOW)
    raw.FPDFAnnot_SetFlags(note, _PRINT)
    for key, words in (("Contents", text), ("T", AUTHOR)):
        wide = (words + "\0").encode("utf-16-le", "replace")
        raw.FPDFAnnot_SetStringValue(note, key.encode(), (ctypes.c_ushort * (len(wide) // 2)).from_buffer_copy(wide))
    raw.FPDFPage_CloseAnnot(note)


def _steady(data: bytes, out: bytes, notes: Sequence[Note]) -> bytes:
    """Give the file an identifier made from what went in, in place of one made by chance."""
    told = "\x1f".join(f"{n.page}\x1e{n.quote}\x1e{n.text}" for n in notes).encode("utf-8", "replace")
    own = b"<" + hashlib.sha256(data + told).hexdigest()[:32].upper().encode() + b">"
    first = b"/ID" in data  # the first half names the file as it was, the second this version of it
    made = out[len(data) :] if out.startswith(data) else b""
    tail = _ID.sub(lambda m: b"/ID[" + (m[1] if first else own) + own + b"]", made)
    if not tail:
        raise ValueError("the PDF was written anew, not added to")
    return data + tail
