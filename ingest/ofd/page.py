"""One OFD page → characters with boxes, ruling lines, pictures, in pt."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise

from ingest.ofd.package import Leaf
from ingest.pdf.page import Char, Page, Rule
from ingest.xml import Element

_PT = 72 / 25.4
_THIN = 0.9  # mm: a box as thin as this is a line
_NUMBER = re.compile(r"[MLAQBCS]|-?(?:\d+\.?\d*|\.\d+)(?:[eE]-?\d+)?")
_BOLD = 600
_IDENTITY = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)
Matrix = tuple[float, float, float, float, float, float]


@dataclass(frozen=True, slots=True)
class Shown:
    """A picture on a page: its resource and the share of the page that it covers; width in inch."""

    resource: str
    share: float
    inches: float


def take_apart(leaf: Leaf) -> tuple[Page, list[Shown]]:
    """Return a page's characters and rules, and its pictures."""
    chars: list[Char] = []
    rules: list[Rule] = []
    shown: list[Shown] = []
    for content in leaf.contents:
        for item in content.iter():
            tag = str(item.tag).rpartition("}")[2]
            if tag == "TextObject":
                chars.extend(_chars(item))
            elif tag == "PathObject":
                rules.extend(_rules(item))
            elif tag == "ImageObject":
                box = _floats(item.get("Boundary"), 4)
                wide, high = min(box[2], leaf.width), min(box[3], leaf.height)
                shown.append(Shown(item.get("ResourceID") or "", wide * high / (leaf.width * leaf.height), wide / 25.4))
    pictured = max((s.share for s in shown), default=0.0)
    page = Page(leaf.number, leaf.width * _PT, leaf.height * _PT, chars, rules, len(shown), 0, pictured)
    return page, shown


def _chars(item: Element) -> list[Char]:
    """Return the characters of a text object: a TextCode says where its first stands and how far on the next are."""
    x, y, *_ = _floats(item.get("Boundary"), 4)
    matrix: Matrix = tuple(_floats(item.get("CTM"), 6)) if item.get("CTM") else _IDENTITY  # type: ignore[assignment]
    size = _float(item.get("Size"), 4.0)
    bold = _float(item.get("Weight"), 400.0) >= _BOLD
    out: list[Char] = []
    at_x = at_y = 0.0
    for code in item:
        if str(code.tag).rpartition("}")[2] != "TextCode":
            continue
        at_x, at_y = _float(code.get("X"), at_x), _float(code.get("Y"), at_y)
        text = code.text or ""
        right, down = _deltas(code.get("DeltaX"), len(text)), _deltas(code.get("DeltaY"), len(text))
        px, py = at_x, at_y
        for i, sign in enumerate(text):
            step = right[i] if i < len(right) else 0.0
            if not sign.isspace():
                out.append(_char(sign, (x, y), matrix, (px, py), (size, step, bold)))
            elif out:
                out[-1].spaced = True
            px += step
            py += down[i] if i < len(down) else 0.0
    return out


def _char(
    sign: str, corner: tuple[float, float], m: Matrix, at: tuple[float, float], look: tuple[float, float, bool]
) -> Char:
    size, step, bold = look
    wide = min(step, size) if step > 0.05 * size else size * (0.5 if sign.isascii() else 1.0)
    x = corner[0] + m[0] * at[0] + m[2] * at[1] + m[4]
    base = corner[1] + m[1] * at[0] + m[3] * at[1] + m[5]
    across, tall = abs(m[0]) or 1.0, abs(m[3]) or 1.0
    high = size * tall
    return Char(
        sign,
        x * _PT,
        (base - 0.85 * high) * _PT,
        (x + wide * across) * _PT,
        (base + 0.15 * high) * _PT,
        high * _PT,
        bold,
    )


def _deltas(text: str | None, count: int) -> list[float]:
    """Return the distances of a delta list, `g 3 5.0` written out as three times 5.0; at most `count` of them."""
    parts = (text or "").split()
    out: list[float] = []
    i = 0
    while i < len(parts) and len(out) < count:
        if parts[i] == "g" and i + 2 < len(parts):
            times = int(_float(parts[i + 1], 0))
            out.extend([_float(parts[i + 2], 0.0)] * max(min(times, count), 0))
            i += 3
        else:
            out.append(_float(parts[i], 0.0))
            i += 1
    return out


def _rules(item: Element) -> list[Rule]:
    """Return the horizontal and vertical lines of a path, thin boxes among them."""
    x, y, *_ = _floats(item.get("Boundary"), 4)
    m = _floats(item.get("CTM"), 6) if item.get("CTM") else list(_IDENTITY)
    data = next((e.text or "" for e in item if str(e.tag).rpartition("}")[2] == "AbbreviatedData"), "")
    out: list[Rule] = []
    for points in _polygons(data, [m[0], m[1], m[2], m[3], m[4] + x, m[5] + y]):
        xs, ys = [p[0] for p in points], [p[1] for p in points]
        if max(ys) - min(ys) <= _THIN < max(xs) - min(xs):
            out.append(_rule(True, (min(ys) + max(ys)) / 2, min(xs), max(xs)))  # noqa: FBT003 - horizontal
        elif max(xs) - min(xs) <= _THIN < max(ys) - min(ys):
            out.append(_rule(False, (min(xs) + max(xs)) / 2, min(ys), max(ys)))  # noqa: FBT003 - vertical
        elif item.get("Stroke") != "false":
            for (ax, ay), (bx, by) in pairwise(points):
                if abs(ay - by) <= _THIN < abs(ax - bx):
                    out.append(_rule(True, (ay + by) / 2, min(ax, bx), max(ax, bx)))  # noqa: FBT003
                elif abs(ax - bx) <= _THIN < abs(ay - by):
                    out.append(_rule(False, (ax + bx) / 2, min(ay, by), max(ay, by)))  # noqa: FBT003
    return out


def _polygons(data: str, m: list[float]) -> list[list[tuple[float, float]]]:
    """Return the corners of each subpath of straight lines; a subpath with curves rules nothing."""
    out: list[list[tuple[float, float]]] = []
    signs = _NUMBER.findall(data.replace("C", " C "))
    i = 0
    curved = False
    while i < len(signs):
        sign = signs[i]
        if sign in ("S", "M", "L") and i + 2 < len(signs):
            x, y = _float(signs[i + 1], 0.0), _float(signs[i + 2], 0.0)
            point = (m[0] * x + m[2] * y + m[4], m[1] * x + m[3] * y + m[5])
            if sign != "L" or not out:
                curved = False
                out.append([point])
            elif not curved:
                out[-1].append(point)
            i += 3
        else:
            if sign == "C" and out and not curved:
                out[-1].append(out[-1][0])
            elif sign in ("A", "Q", "B") and out:
                curved = True
                out[-1] = out[-1][:1]
            i += 1
    return [points for points in out if len(points) > 1]


def _rule(horizontal: bool, at: float, start: float, end: float) -> Rule:  # noqa: FBT001 - as Rule itself
    return Rule(horizontal, at * _PT, start * _PT, end * _PT)


def _floats(text: str | None, count: int) -> list[float]:
    values = [_float(v, 0.0) for v in (text or "").split()][:count]
    return values + [0.0] * (count - len(values))


def _float(text: str | None, otherwise: float) -> float:
    try:
        value = float(text) if text else otherwise
    except ValueError:
        return otherwise
    return value if abs(value) < 1e6 else otherwise
