"""Recognised pages as the PDF reader knows pages: characters with boxes, rules, lines of one size as one size."""

from __future__ import annotations

import re
import statistics
import unicodedata
from collections.abc import Iterable, Sequence

from ingest.pdf.flow import Sheet
from ingest.pdf.lines import lines_of
from ingest.pdf.page import Char, Page
from ingest.pdf.tables import take_tables
from ingest.scan.found import Found, Piece, Recognised
from models.domain.document import ReadNote

_WEAK = 0.88  # confidence of a line below which a person should look
_EITHER = 0.5  # confidence of a bracket that may be a half or a full one
_PAD = 0.15  # of a line's height: how far the box of a line reaches beyond its characters
_QUOTED = 3  # weak lines told word for word, a page
_SPREAD = 0.06  # by so much lines of one type size differ
_LATIN = 0.35  # the widths of figures and letters are guessed: so much more for a line of nothing else
_FIGURE = 0.55  # width of a figure or letter in parts of the type size
_SPACED = 0.25  # of the type size: word processors put it between Chinese signs and others
_CHANGE = re.compile(r"(?<=[一-鿿])(?=[0-9A-Za-z])|(?<=[0-9A-Za-z%])(?=[一-鿿])")
_SHORT = 0.6  # signs by which the width of a box is uncertain


class Typeset:
    """The recognised pages of one file."""

    def __init__(self, recognised: Recognised) -> None:
        """Take the pages by number; type sizes are made even over all of them."""
        self._found = recognised
        self._sizes = type_sizes(recognised.values())

    def page(self, number: int) -> Page:
        """Return a page as characters and rules."""
        found = self._found[number]
        chars = [char for piece in found.pieces for char in _chars(piece, self._sizes)]
        return Page(number, found.width, found.height, chars, list(found.rules), images=1, tilted=0)

    def sheet(self, number: int) -> Sheet:
        """Return a page as lines and tables."""
        return as_sheet(self.page(number))

    def notes(self) -> list[ReadNote]:
        """Tell which pages were recognised, and which lines on them not surely."""
        if not self._found:
            return []
        pages = _listed(sorted(self._found))
        out = [ReadNote(pages, "为扫描件或图片，文字由程序识别得到", harmless=True)]
        for number in sorted(self._found):
            weak = [p.text for p in self._found[number].pieces if _is_weak(p)]
            if weak:
                quoted = "、".join(f"“{text[:30]}”" for text in weak[:_QUOTED]) + ("等" if len(weak) > _QUOTED else "")
                out.append(ReadNote(f"第{number}页", f"有{len(weak)}处文字识别把握不足：{quoted}，请对照原件核实"))
        return out


def as_sheet(page: Page) -> Sheet:
    """Take the tables out of a page and make lines of the rest."""
    tables, rest = take_tables(page)
    return Sheet(page.number, page.width, page.height, lines_of(rest, page.number), tables)


def unread_notes(pages: Sequence[int]) -> list[ReadNote]:
    """Name the pages that are pictures and were not recognised."""
    return [ReadNote(_listed(pages), "没有文字层，未能识别")] if pages else []


def _listed(pages: Sequence[int]) -> str:
    """Return 第2页, 第2-5页, 第2、4-6页."""
    runs: list[list[int]] = []
    for page in pages:
        if runs and page == runs[-1][-1] + 1:
            runs[-1][1:] = [page]
        else:
            runs.append([page])
    return "第" + "、".join("-".join(str(p) for p in run) for run in runs) + "页"


def type_sizes(pages: Iterable[Found]) -> tuple[float, ...]:
    """Return the type sizes of a document in pt, from the commonest on: boxes of one size differ by some per cent."""
    sized = [(_size(p), _units(p.text)) for page in pages for p in page.pieces if _units(p.text) >= 4]
    out: list[float] = []
    while sized:
        best = max((s for s, _ in sized), key=lambda at: (sum(u for s, u in sized if _near(s, at)), -at))
        group = sorted((s, u) for s, u in sized if _near(s, best))
        sized = [(s, u) for s, u in sized if not _near(s, best)]
        out.append(round(statistics.median(s for s, _ in group) * 2) / 2)
    return tuple(dict.fromkeys(out))


def _near(size: float, other: float) -> bool:
    return abs(size - other) <= _SPREAD * other


def _chars(piece: Piece, sizes: tuple[float, ...]) -> Iterable[Char]:
    """Give every character its share of the line's box; spaces keep their place and are left out."""
    size = _size(piece)
    size = min(sizes, key=lambda s: abs(s - size)) if sizes else round(size * 2) / 2
    pad = min(_PAD * (piece.y1 - piece.y0), 0.1 * (piece.x1 - piece.x0))
    x, units = piece.x0 + pad, _units(piece.text)
    step = (piece.x1 - piece.x0 - 2 * pad) / units
    middle = (piece.y0 + piece.y1) / 2
    weak = _is_weak(piece)
    slack = size * (_SPREAD + _LATIN * _narrow(piece.text) + _SHORT / units)
    char: Char | None = None
    changes = {match.start() for match in _CHANGE.finditer(piece.text)}
    for at, sign in enumerate(piece.text):
        x += step * _SPACED if at in changes else 0.0
        wide = step * _width(sign)
        if not sign.isspace():
            char = Char(
                sign, x, middle - size / 2, x + wide, middle + size / 2, size, bold=False, weak=weak, slack=slack
            )
            yield char
        elif char is not None:
            char.spaced = True
        x += wide


def _is_weak(piece: Piece) -> bool:
    """Tell whether a line was not surely read; half a bracket for a full one is no doubt about what it says."""
    doubt = (1 - piece.score) * len(piece.text) - _EITHER * sum(sign in "()（）" for sign in piece.text)
    return doubt > (1 - _WEAK) * len(piece.text)


def _size(piece: Piece) -> float:
    """Return the type size of a line by its width; by its height, which the detection exaggerates, if spaced out."""
    units, high = _units(piece.text), piece.y1 - piece.y0
    by_height = high / (1 + 2 * _PAD)
    by_width = (piece.x1 - piece.x0 - 2 * _PAD * high) / units
    return by_width if units >= 2 and 0.62 * by_height < by_width < 1.25 * by_height else by_height


def _narrow(text: str) -> float:
    """Return the share of a line's width that figures, letters and spaces take."""
    return sum(_width(sign) for sign in text if _width(sign) < 1) / _units(text)


def _units(text: str) -> float:
    """Return how wide a text is, in parts of its type size."""
    return sum(_width(sign) for sign in text) + _SPACED * len(_CHANGE.findall(text)) or 1.0


def _width(sign: str) -> float:
    # Recognition likes half brackets where full ones are printed.
    return 1.0 if sign in "()" or unicodedata.east_asian_width(sign) in "WFA" else _FIGURE
