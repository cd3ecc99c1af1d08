"""What recognition found on one page, for the pipe between processes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from ingest.pdf.page import Rule


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of one line: its box in pt, origin at the top left, y downwards; `score` from 0 to 1."""

    text: str
    x0: float
    y0: float
    x1: float
    y1: float
    score: float


@dataclass(frozen=True, slots=True)
class Found:
    """One page as recognised; width and height in pt."""

    number: int
    width: float
    height: float
    pieces: tuple[Piece, ...]
    rules: tuple[Rule, ...]


Recognised = Mapping[int, Found]  # by page number, from 1


def as_data(pages: Iterable[Found]) -> list[dict[str, Any]]:
    """Return pages as plain data for JSON."""
    return [asdict(page) for page in pages]


def from_data(data: Iterable[Mapping[str, Any]]) -> dict[int, Found]:
    """Return pages by number from plain data; KeyError or TypeError where it is something else."""
    out: dict[int, Found] = {}
    for page in data:
        pieces, rules = (Piece(**p) for p in page["pieces"]), (Rule(**r) for r in page["rules"])
        out[page["number"]] = Found(page["number"], page["width"], page["height"], tuple(pieces), tuple(rules))
    return out
