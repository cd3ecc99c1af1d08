"""A picture of a page → characters and rules where they stand: upright, straightened, seals put aside."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from ingest.pdf.page import Rule
from ingest.pdf.tables import boxes_of
from ingest.scan.engine import Image, engine
from ingest.scan.found import Found, Piece
from ingest.scan.ruling import Ink, ink_of, rules_of

_LEAN = 0.15  # degrees of skew that are left as they are
_STEEP = 8.0  # degrees: more is no skew but slanted text
_READABLE = 0.8  # mean confidence below which the page may lie on its side or upside down
_RULE = 4.0  # px from the middle of a rule where text may begin
_DARK = 150  # grey: the trace of a seal is brighter
_DOUBTFUL = 0.92
_NOTHING = 0.4  # a line less sure than this is a scrawl or part of a seal
_RED_LINE = 0.9  # red text is read a second time over the rest: only what is sure
_RED_SHARE = 0.0005  # of the page
_STAMPED = 0.7  # share of the ink of a line that is red: it belongs to a seal
Box = tuple[float, float, float, float]  # x0, y0, x1, y1 in px


def read_page(picture: Image, number: int, dpi: float) -> Found:
    """Recognise one page.

    Args:
        picture: height × width × 3 (RGB) or height × width, 8 bits.
        number: the page's number, from 1.
        dpi: pixels of the picture per inch of paper.
    """
    best = _as_it_lies(picture, number, dpi)
    if best[1] < _READABLE:
        turned = [_as_it_lies(np.ascontiguousarray(np.rot90(picture, k)), number, dpi) for k in (1, 2, 3)]
        best = max([best, *turned], key=lambda answer: answer[1])
    return best[0]


def _as_it_lies(picture: Image, number: int, dpi: float) -> tuple[Found, float]:
    """Return the page and how sure its longer lines are on the whole."""
    # A red seal is bright in the red channel, black text under it is dark there.
    grey = np.ascontiguousarray(picture[:, :, 0]) if picture.ndim == 3 else picture
    corners = engine().detect(grey)
    angle = _skew(corners)
    if abs(angle) > _LEAN:
        grey, corners = _straightened(grey, corners, angle)
    ink = ink_of(grey)
    rules = rules_of(ink, dpi)
    boxes = _split([_around(c) for c in corners], rules)
    boxes += _missed(boxes, rules, np.where(grey < _DARK, ink, 0), dpi)
    read = _read([_cut(grey, box) for box in boxes])
    pieces = [Piece(t.strip(), *box, score) for box, (t, score) in zip(boxes, read, strict=True) if t.strip()]
    tall = sum(1 for x0, y0, x1, y1 in boxes if y1 - y0 > 2 * (x1 - x0))
    sure = _mean(pieces) if tall * 2 < len(boxes) else 0.0
    if picture.ndim == 3:
        low, red = _reds(picture, angle)
        pieces = [p for p in pieces if not _is_red(p, low, red)]
        pieces += _red(low, red, pieces)
    return _in_points(number, grey, dpi, [p for p in pieces if p.score >= _NOTHING], rules), sure


def _read(crops: Sequence[Image]) -> list[tuple[str, float]]:
    """Read lines; those that are not sure are read again, smoothed: grain and the trace of a seal do less there."""
    import cv2

    read = engine().recognise(crops)
    doubtful = [i for i, (_, score) in enumerate(read) if score < _DOUBTFUL and crops[i].size]
    smooth = [np.asarray(cv2.GaussianBlur(crops[i], (3, 3), 0), dtype=np.uint8) for i in doubtful]
    for i, again in zip(doubtful, engine().recognise(smooth), strict=True):
        read[i] = max(read[i], again, key=lambda answer: answer[1])
    return read


def _mean(pieces: Sequence[Piece]) -> float:
    """Return the confidence of the text, each line by its length; an empty page lies as well as any."""
    long = sum(len(p.text) for p in pieces)
    return sum(p.score * len(p.text) for p in pieces) / long if long else 1.0


def _in_points(number: int, grey: Image, dpi: float, pieces: Sequence[Piece], rules: Sequence[Rule]) -> Found:
    k = 72.0 / dpi

    def pt(value: float) -> float:
        return round(value * k, 2)

    return Found(
        number,
        pt(grey.shape[1]),
        pt(grey.shape[0]),
        tuple(Piece(p.text, pt(p.x0), pt(p.y0), pt(p.x1), pt(p.y1), round(p.score, 4)) for p in pieces),
        tuple(Rule(r.horizontal, pt(r.at), pt(r.start), pt(r.end)) for r in rules),
    )


def _skew(corners: Sequence[np.ndarray[Any, Any]]) -> float:
    """Return by how many degrees long lines lean (clockwise positive), 0 where there are too few to say."""
    angles = []
    for (ax, ay), (bx, by), *_rest, (dx, dy) in corners:
        wide, high = math.hypot(bx - ax, by - ay), math.hypot(dx - ax, dy - ay)
        if wide > 8 * high:
            angles.append(math.degrees(math.atan2(by - ay, bx - ax)))
    angle = float(np.median(angles)) if len(angles) >= 3 else 0.0
    return angle if abs(angle) < _STEEP else 0.0


def _turn(shape: tuple[int, ...], angle: float) -> np.ndarray[Any, Any]:
    import cv2

    return np.asarray(cv2.getRotationMatrix2D((shape[1] / 2, shape[0] / 2), angle, 1.0))


def _straightened(
    grey: Image, corners: list[np.ndarray[Any, Any]], angle: float
) -> tuple[Image, list[np.ndarray[Any, Any]]]:
    import cv2

    turn = _turn(grey.shape, angle)
    size = (grey.shape[1], grey.shape[0])
    straight = np.asarray(cv2.warpAffine(grey, turn, size, flags=cv2.INTER_CUBIC, borderValue=255), dtype=np.uint8)
    return straight, [np.hstack([c, np.ones((4, 1))]) @ turn.T for c in corners]


def _around(corners: np.ndarray[Any, Any]) -> Box:
    x0, y0 = corners.min(axis=0)
    x1, y1 = corners.max(axis=0)
    return float(x0), float(y0), float(x1), float(y1)


def _split(boxes: Sequence[Box], rules: Sequence[Rule]) -> list[Box]:
    """Cut boxes at the vertical rules that they touch: text of two cells taken for one line, a border for a letter."""
    upright = [r for r in rules if not r.horizontal]
    out: list[Box] = []
    for x0, y0, x1, y1 in boxes:
        middle, least = (y0 + y1) / 2, 0.3 * (y1 - y0)
        cuts = sorted(r.at for r in upright if r.start <= middle <= r.end and x0 - _RULE < r.at < x1 + _RULE)
        starts, ends = [x0, *(c + _RULE for c in cuts)], [*(c - _RULE for c in cuts), x1]
        out.extend((a, y0, b, y1) for a, b in zip(starts, ends, strict=True) if b - a > least)
    return out


def _missed(boxes: Sequence[Box], rules: Sequence[Rule], ink: Ink, dpi: float) -> list[Box]:
    """Return the ink in cells where no line was found: detection passes over single digits."""
    out: list[Box] = []
    inset, least = int(0.025 * dpi), 0.0004 * dpi * dpi
    middles = [((x0 + x1) / 2, (y0 + y1) / 2) for x0, y0, x1, y1 in boxes]
    k = dpi / 72.0
    in_points = [Rule(r.horizontal, r.at / k, r.start / k, r.end / k) for r in rules]
    for left, top, right, bottom in (tuple(v * k for v in box) for box in boxes_of(in_points)):
        if any(left <= x <= right and top <= y <= bottom for x, y in middles) or bottom - top > dpi:
            continue
        inside = ink[int(top) + inset : int(bottom) - inset, int(left) + inset : int(right) - inset]
        ys, xs = np.nonzero(inside)
        if len(ys) < least or np.ptp(ys) < 0.05 * dpi:
            continue
        pad = 0.03 * dpi
        x, y = int(left) + inset, int(top) + inset
        out.append((x + xs.min() - pad, y + ys.min() - pad, x + xs.max() + pad, y + ys.max() + pad))
    return out


def _cut(grey: Image, box: Box) -> Image:
    x0, y0, x1, y1 = (round(v) for v in box)
    return grey[max(y0, 0) : max(y1, 0), max(x0, 0) : max(x1, 0)]


def _reds(picture: Image, angle: float) -> tuple[Image, np.ndarray[Any, Any]]:
    """Return the darkest channel, and where the ink is red; both straightened."""
    import cv2

    low, high = np.ascontiguousarray(picture.min(axis=2)), picture[:, :, 0]
    red = ((high.astype(np.int16) - low > 70) & (high > 110)).astype(np.uint8)
    if abs(angle) > _LEAN and red.mean() >= _RED_SHARE:
        turn, size = _turn(red.shape, angle), (red.shape[1], red.shape[0])
        red = np.asarray(cv2.warpAffine(red, turn, size), dtype=np.uint8)
        low = np.asarray(cv2.warpAffine(low, turn, size, borderValue=255), dtype=np.uint8)
    return low, red > 0


def _is_red(piece: Piece, low: Image, red: np.ndarray[Any, Any]) -> bool:
    """Tell whether what was read as a line is the trace of red ink."""
    box = piece.x0, piece.y0, piece.x1, piece.y1
    ink = int((_cut(low, box) < _DARK).sum())
    return ink > 0 and int(_cut(red, box).sum()) > _STAMPED * ink


def _red(low: Image, red: np.ndarray[Any, Any], known: Sequence[Piece]) -> list[Piece]:
    """Read red text, which the red channel loses: a red heading, the straight line of a seal."""
    if red.mean() < _RED_SHARE:
        return []
    ink = np.where(red, low, 255).astype(np.uint8)
    boxes = [_around(c) for c in engine().detect(ink)]
    boxes = [b for b in boxes if not any(_overlap(b, p) for p in known)]
    read = engine().recognise([_cut(ink, box) for box in boxes])
    found = [Piece(t.strip(), *box, score) for box, (t, score) in zip(boxes, read, strict=True)]
    return [p for p in found if len(p.text) >= 2 and p.score >= _RED_LINE]


def _overlap(box: Box, piece: Piece) -> bool:
    wide = min(box[2], piece.x1) - max(box[0], piece.x0)
    high = min(box[3], piece.y1) - max(box[1], piece.y0)
    return wide > 0 and high > 0.3 * min(box[3] - box[1], piece.y1 - piece.y0)
