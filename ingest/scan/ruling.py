"""Ruling lines of a scanned page, and the cells they make."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from ingest.pdf.page import Rule
from ingest.scan.engine import Image

_HORIZONTAL = 0.30  # inch: shorter strokes are characters
_VERTICAL = 0.22
_SURE = 1.0  # inch: a horizontal line as long as this is no stroke of a character, wherever it ends
_THICK = 0.06  # inch
_REACH = 0.06  # inch between the end of a rule and the rule that it meets
_BESIDE = (0.02, 0.04)  # inch from the middle of a vertical rule: nothing but paper stands there
_WITHIN = (0.02, 0.07)  # inch: a cell's text keeps further away from its border, at least on one side
_CROWDED = 0.35  # share of its length with ink beside it: strokes of characters, one under the other

Ink = np.ndarray[Any, np.dtype[np.uint8]]


def ink_of(grey: Image) -> Ink:
    """Return 255 where a grey picture is dark against its surroundings, else 0."""
    import cv2

    smooth = cv2.GaussianBlur(grey, (3, 3), 0)
    return np.asarray(
        cv2.adaptiveThreshold(smooth, 255, cv2.ADAPTIVE_THRESH_MEAN_C, cv2.THRESH_BINARY_INV, 41, 18), dtype=np.uint8
    )


def rules_of(ink: Ink, dpi: float) -> list[Rule]:
    """Return the straight lines of a page in px; those as short as strokes only where they meet others."""
    across, down = _lines(ink, dpi, horizontal=True), _lines(ink, dpi, horizontal=False)
    reach = _REACH * dpi
    upright = [rule for rule in down if sum(1 for h in across if _meet(h, rule, reach)) >= 2]
    upright = [rule for rule in upright if rule.end - rule.start >= _SURE * dpi or _free(ink, rule, across, dpi)]
    lying = [h for h in across if h.end - h.start >= _SURE * dpi or _held(h, upright, reach)]
    return [
        *lying,
        *(_between(rule, lying, reach) for rule in upright if sum(_meet(h, rule, reach) for h in lying) >= 2),
    ]


def _between(rule: Rule, lying: list[Rule], reach: float) -> Rule:
    """Return a vertical line from the first to the last that it meets: what is beyond is the stroke of a character."""
    met = [h.at for h in lying if _meet(h, rule, reach)]
    return replace(rule, start=max(rule.start, min(met)), end=min(rule.end, max(met)))


def _meet(horizontal: Rule, vertical: Rule, reach: float) -> bool:
    return (
        vertical.start - reach <= horizontal.at <= vertical.end + reach
        and horizontal.start - reach <= vertical.at <= horizontal.end + reach
    )


def _free(ink: Ink, rule: Rule, across: list[Rule], dpi: float) -> bool:
    """Tell whether paper lies on both sides of a vertical line; rows of text one close under the other leave none."""
    near = round(_BESIDE[0] * dpi)
    rows = np.ones(max(int(rule.end) - int(rule.start), 1), dtype=bool)
    for h in across:
        if h.start - near <= rule.at <= h.end + near:
            top = int(h.at - rule.start) - near
            rows[max(top, 0) : max(top + 2 * near + 1, 0)] = False
    if not rows.any():
        return True
    strip = ink[int(rule.start) : int(rule.start) + len(rows)]
    beside = _inked(strip, rows[: len(strip)], rule.at, [round(b * dpi) for b in _BESIDE])
    within = _inked(strip, rows[: len(strip)], rule.at, [round(b * dpi) for b in _WITHIN])
    return max(beside) <= _CROWDED and min(within) <= _CROWDED


def _inked(strip: Ink, rows: np.ndarray[Any, np.dtype[np.bool_]], at: float, reach: list[int]) -> tuple[float, float]:
    """Return the shares of rows with ink on the left and on the right of a vertical line, from … to px away."""
    x, (near, far) = round(at), reach
    sides = (strip[:, max(x - far, 0) : max(x - near, 0)], strip[:, x + near : x + far])
    left, right = (float(np.mean(side.max(axis=1)[rows] > 0)) if side.size else 0.0 for side in sides)
    return left, right


def _held(horizontal: Rule, upright: list[Rule], reach: float) -> bool:
    """Tell whether a horizontal line runs from one vertical line to another."""
    ends = (horizontal.start, horizontal.end)
    return all(any(abs(v.at - end) <= reach and _meet(horizontal, v, reach) for v in upright) for end in ends)


def _lines(ink: Ink, dpi: float, *, horizontal: bool) -> list[Rule]:
    import cv2

    long = max(int((_HORIZONTAL if horizontal else _VERTICAL) * dpi), 3)
    # A line that leans by a pixel or has specks of paper in it is one line once it is made a little thicker.
    thick = cv2.dilate(ink, np.ones((3, 1) if horizontal else (1, 3), np.uint8))
    along_kernel = np.ones((1, long) if horizontal else (long, 1), np.uint8)
    speck = np.ones((1, 4) if horizontal else (4, 1), np.uint8)
    opened = cv2.morphologyEx(cv2.morphologyEx(thick, cv2.MORPH_CLOSE, speck), cv2.MORPH_OPEN, along_kernel)
    count, _, boxes, _ = cv2.connectedComponentsWithStats(opened, connectivity=8)
    out: list[Rule] = []
    for x, y, wide, high, _area in boxes[1:count]:
        along, thickness = (wide, high) if horizontal else (high, wide)
        if thickness > _THICK * dpi + 4 or along < long:
            continue
        at, start = (y + high / 2, x) if horizontal else (x + wide / 2, y)
        out.append(Rule(horizontal, float(at), float(start), float(start + along)))
    return out
