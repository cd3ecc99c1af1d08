"""One PDF page as pdfium sees it: characters with boxes and fonts, ruling lines, whether there are images."""

from __future__ import annotations

import ctypes
import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

_BOLD = re.compile(r"bold|black|heavy|hei|黑", re.IGNORECASE)
_BOLD_WEIGHT = 600
_THIN = 2.5  # pt: a filled box as thin as this is a line


@dataclass(slots=True)
class Char:
    """A character with its box in pt, origin at the top left of the page as shown, y downwards."""

    text: str
    x0: float
    y0: float
    x1: float
    y1: float
    size: float
    bold: bool
    weak: bool = False  # recognised from a picture, and not surely
    spaced: bool = False  # a space follows
    slack: float = 0.0  # pt by which the size may be wrong, measured in a picture


@dataclass(frozen=True, slots=True)
class Rule:
    """A horizontal or vertical line: `at` its y or x, from `start` to `end` along the other axis."""

    horizontal: bool
    at: float
    start: float
    end: float


@dataclass(slots=True)
class Page:
    """A page, taken apart."""

    number: int
    width: float
    height: float
    chars: list[Char]
    rules: list[Rule]
    images: int
    tilted: int  # characters that do not run from left to right
    pictured: float = 0.0  # share of the page that its largest image covers


class _Frame:
    """From PDF space to the page as shown: rotation and origin."""

    def __init__(self, page: Any) -> None:  # noqa: ANN401 - pypdfium2 is untyped
        left, bottom, right, top = page.get_cropbox()
        self._left, self._bottom, self._right, self._top = left, bottom, right, top
        self.turned = page.get_rotation() % 360
        wide, high = abs(right - left), abs(top - bottom)
        self.width, self.height = (high, wide) if self.turned in (90, 270) else (wide, high)

    def box(self, x0: float, y0: float, x1: float, y1: float) -> tuple[float, float, float, float]:
        """Return (left, top, right, bottom) of a box given by two corners in PDF space."""
        (ax, ay), (bx, by) = self._point(x0, y0), self._point(x1, y1)
        return min(ax, bx), min(ay, by), max(ax, bx), max(ay, by)

    def _point(self, x: float, y: float) -> tuple[float, float]:
        if self.turned == 90:
            return y - self._bottom, x - self._left
        if self.turned == 180:
            return self._right - x, y - self._bottom
        if self.turned == 270:
            return self._top - y, self._right - x
        return x - self._left, self._top - y


def take_apart(document: Any, index: int) -> Page:  # noqa: ANN401 - pypdfium2 is untyped
    """Read page `index` (from 0) of an open pypdfium2 document."""
    page = document[index]
    try:
        frame = _Frame(page)
        textpage = page.get_textpage()
        try:
            chars, tilted = _chars(textpage, frame)
        finally:
            textpage.close()
        rules, images, pictured = _drawn(page, frame)
        return Page(index + 1, frame.width, frame.height, chars, rules, images, tilted, pictured)
    finally:
        page.close()


def _chars(textpage: Any, frame: _Frame) -> tuple[list[Char], int]:  # noqa: ANN401 - pypdfium2 is untyped
    from pypdfium2 import raw

    left, right, bottom, top = (ctypes.c_double() for _ in range(4))
    loose = raw.FS_RECTF()
    name, flags = ctypes.create_string_buffer(128), ctypes.c_int()
    out: list[Char] = []
    tilted = 0
    handle = textpage.raw
    expected = math.radians(frame.turned)
    weights: dict[tuple[bytes, int], bool] = {}
    for i in range(raw.FPDFText_CountChars(handle)):
        code = raw.FPDFText_GetUnicode(handle, i)
        if 0xDC00 <= code <= 0xDFFF and i and 0xD800 <= raw.FPDFText_GetUnicode(handle, i - 1) <= 0xDBFF:
            continue  # the second half of a rare sign such as 𠮷
        if code <= 32 or code in (0xA0, 0x3000, 0xFFFE, 0xFEFF) or raw.FPDFText_IsGenerated(handle, i) == 1:
            if out and code in (32, 0xA0, 0x3000) and raw.FPDFText_IsGenerated(handle, i) != 1:
                out[-1].spaced = True
            continue
        if not raw.FPDFText_GetCharBox(handle, i, left, right, bottom, top):
            continue
        x0, y0, x1, y1 = frame.box(left.value, bottom.value, right.value, top.value)
        if raw.FPDFText_GetLooseCharBox(handle, i, loose):
            # Along the line the whole advance counts: a narrow 1 leaves no gap before the next digit.
            wide = frame.box(loose.left, loose.bottom, loose.right, loose.top)
            if frame.turned in (0, 180) and wide[2] > wide[0]:
                x0, x1 = wide[0], wide[2]
        size = raw.FPDFText_GetFontSize(handle, i) or (y1 - y0)
        weight = raw.FPDFText_GetFontWeight(handle, i)
        length = raw.FPDFText_GetFontInfo(handle, i, name, 128, flags)
        key = (name.raw[: max(min(length, 128) - 1, 0)], weight)
        if key not in weights:
            weights[key] = weight >= _BOLD_WEIGHT or bool(_BOLD.search(key[0].decode("utf-8", "replace")))
        if abs(math.remainder(raw.FPDFText_GetCharAngle(handle, i) - expected, 2 * math.pi)) > 0.2:
            tilted += 1
        out.append(
            Char(
                chr(code) if code < 0xD800 else sign([code, raw.FPDFText_GetUnicode(handle, i + 1)]),
                x0,
                y0,
                x1,
                y1,
                size,
                weights[key],
            )
        )
    return _loosened(out), tilted


def sign(codes: Sequence[int]) -> str:
    """Return the sign that begins a page's codes, put together where it has two; U+FFFD where it is none."""
    code, low = codes[0], codes[1] if len(codes) > 1 else 0
    if 0xD800 <= code <= 0xDBFF and 0xDC00 <= low <= 0xDFFF:
        return chr(0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00))
    return "\ufffd" if 0xD800 <= code <= 0xDFFF or code > 0x10FFFF else chr(code)


def _loosened(chars: list[Char]) -> list[Char]:
    """Give flat signs (一 — 、 ，) the height of their line: they would else be taken for lines of their own."""
    for char in chars:
        if char.y1 - char.y0 < 0.6 * char.size:
            middle = (char.y0 + char.y1) / 2
            low = char.text in "。，、．.,_…；;"
            char.y1 = max(char.y1, middle + (0.15 if low else 0.4) * char.size)
            char.y0 = min(char.y0, char.y1 - 0.8 * char.size)
    return chars


def _drawn(page: Any, frame: _Frame) -> tuple[list[Rule], int, float]:  # noqa: ANN401 - pypdfium2 is untyped
    """Return the ruling lines of a page, how many images it shows and what share of it the largest covers."""
    from pypdfium2 import raw

    rules: list[Rule] = []
    images, pictured = 0, 0.0
    values = tuple(ctypes.c_float() for _ in range(4))
    fill, stroke = ctypes.c_int(), ctypes.c_int()
    count = raw.FPDFPage_CountObjects(page.raw)
    for i in range(count):
        item = raw.FPDFPage_GetObject(page.raw, i)
        kind = raw.FPDFPageObj_GetType(item)
        if kind in (raw.FPDF_PAGEOBJ_IMAGE, raw.FPDF_PAGEOBJ_FORM):
            inside = 1 if kind == raw.FPDF_PAGEOBJ_IMAGE else _forms_images(item, raw)
            images += inside
            if inside and raw.FPDFPageObj_GetBounds(item, *values):
                pictured = max(pictured, _share(frame.box(*(v.value for v in values)), frame))
        if kind != raw.FPDF_PAGEOBJ_PATH or not raw.FPDFPageObj_GetBounds(item, *values):
            continue
        raw.FPDFPath_GetDrawMode(item, fill, stroke)
        box = frame.box(*(v.value for v in values))
        rules.extend(_rules(box, stroked=bool(stroke.value), segments=raw.FPDFPath_CountSegments(item)))
    return rules, images, pictured


def _share(box: tuple[float, float, float, float], frame: _Frame) -> float:
    wide, high = min(box[2], frame.width) - max(box[0], 0.0), min(box[3], frame.height) - max(box[1], 0.0)
    return float(max(wide, 0.0) * max(high, 0.0) / max(frame.width * frame.height, 1.0))


def _forms_images(item: Any, raw: Any) -> int:  # noqa: ANN401 - pypdfium2 is untyped
    children = (raw.FPDFFormObj_GetObject(item, j) for j in range(max(raw.FPDFFormObj_CountObjects(item), 0)))
    return sum(1 for child in children if raw.FPDFPageObj_GetType(child) == raw.FPDF_PAGEOBJ_IMAGE)


def _rules(box: tuple[float, float, float, float], *, stroked: bool, segments: int) -> list[Rule]:
    x0, y0, x1, y1 = box
    wide, high = x1 - x0, y1 - y0
    if high <= _THIN and wide > _THIN:
        return [Rule(True, (y0 + y1) / 2, x0, x1)]  # noqa: FBT003 - reads as a name: horizontal
    if wide <= _THIN and high > _THIN:
        return [Rule(False, (x0 + x1) / 2, y0, y1)]  # noqa: FBT003 - vertical
    if stroked and segments in (4, 5) and wide > _THIN and high > _THIN:
        sides = [(True, y0, x0, x1), (True, y1, x0, x1), (False, x0, y0, y1), (False, x1, y0, y1)]
        return [Rule(*side) for side in sides]
    return []
