"""Characters → lines of text."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ingest.pdf.page import Char


@dataclass(slots=True)
class Line:
    """A line of text with its box in pt (y downwards)."""

    text: str
    x0: float
    y0: float
    x1: float
    y1: float
    size: float
    bold: int  # how many characters at the start are bold
    page: int
    weak: bool = False  # recognised from a picture, and not surely
    slack: float = 0.0  # pt by which the size may be wrong, measured in a picture

    @property
    def all_bold(self) -> bool:
        """Tell whether the whole line is bold."""
        return self.bold == len(self.text)


def lines_of(chars: Iterable[Char], page: int) -> list[Line]:
    """Group characters into lines from top to bottom, each from left to right."""
    rows: list[tuple[float, float, list[Char]]] = []  # middle, size, characters
    for char in sorted(chars, key=lambda c: ((c.y0 + c.y1) / 2, c.x0)):
        middle = (char.y0 + char.y1) / 2
        if rows and abs(middle - rows[-1][0]) < 0.45 * max(char.size, rows[-1][1]):
            row = rows[-1][2]
            row.append(char)
            rows[-1] = (rows[-1][0] + (middle - rows[-1][0]) / len(row), max(rows[-1][1], char.size), row)
        else:
            rows.append((middle, char.size, [char]))
    return [_line(row, page) for _, _, row in rows]


def _line(chars: list[Char], page: int) -> Line:
    chars.sort(key=lambda c: c.x0)
    out: list[str] = []
    bold, still = 0, True
    previous: Char | None = None
    for char in chars:
        if previous is not None and _is_double(previous, char):
            continue
        piece = (_gap(previous, char) if previous is not None else "") + char.text
        still = still and char.bold
        bold += len(piece) if still else 0
        out.append(piece)
        previous = char
    sizes = Counter(round(c.size * 2) / 2 for c in chars)
    return Line(
        "".join(out),
        chars[0].x0,
        min(c.y0 for c in chars),
        max(c.x1 for c in chars),
        max(c.y1 for c in chars),
        min(sizes, key=lambda s: (-sizes[s], s)),
        bold,
        page,
        any(c.weak for c in chars),
        max(c.slack for c in chars),
    )


def _is_double(one: Char, other: Char) -> bool:
    """Tell whether a character is printed twice over itself, as some programs make bold."""
    return one.text == other.text and other.x0 - one.x0 < 0.15 * one.size and abs(other.y0 - one.y0) < 0.15 * one.size


def _gap(one: Char, other: Char) -> str:
    gap, size = other.x0 - one.x1, max(one.size, other.size)
    if gap > 3 * size:
        return "\t"
    if one.spaced and gap > 0.12 * size:
        return " "
    if one.text.isascii() and other.text.isascii() and one.text.isalnum() and other.text.isalnum():
        return " " if gap > 0.18 * size else ""
    return " " if gap > 0.9 * size else ""


def joined(texts: Sequence[str]) -> str:
    """Join the lines of one paragraph: a space only between words of Latin letters."""
    out = ""
    for text in texts:
        latin = out[-1:].isascii() and out[-1:].isalpha() and text[:1].isascii() and text[:1].isalpha()
        out += (" " if latin else "") + text
    return out
