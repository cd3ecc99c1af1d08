"""What a paper is made of, whatever it is written as: every format prints these blocks and says nothing of its own."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise, takewhile

_SIGN, _INSET = 0.37, 0.38  # cm: a sign of 10.5 pt, the blank at both sides of a cell
TALL = 20  # lines from which a row may run over a page: half of one
_SHORT = 10  # lines up to which a table stands whole on one page


@dataclass(frozen=True, slots=True)
class Title:
    """The paper's title."""

    text: str


@dataclass(frozen=True, slots=True)
class Heading:
    """一、…; `fresh`: on a page of its own."""

    text: str
    fresh: bool = False


@dataclass(frozen=True, slots=True)
class Body:
    """A paragraph, its first line indented."""

    text: str


@dataclass(frozen=True, slots=True)
class Item:
    """（一）head and its text in one paragraph."""

    head: str
    text: str


@dataclass(frozen=True, slots=True)
class Line:
    """A line without indent; `right` for signatures and dates."""

    text: str
    right: bool = False


@dataclass(frozen=True, slots=True)
class Annex:
    """Heads 附件…, on a page of its own; `follows`: below what stands before it."""

    text: str
    follows: bool = False


@dataclass(frozen=True, slots=True)
class Grid:
    """A ruled table; `widths` are shares of the line, `least` the lines of height that a row has at least."""

    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    widths: tuple[float, ...]
    least: int = 1
    whole: bool = False  # stands on one page however long

    def tall(self, row: tuple[str, ...], line_cm: float) -> int:
        """Return how many lines a row of 10.5 pt type takes on a line of `line_cm` cm, about."""
        whole = sum(self.widths)
        signs = (max(1, int((line_cm * share / whole - _INSET) / _SIGN)) for share in self.widths)
        return max(
            sum(-(-max(1, len(part)) // room) for part in cell.split("\n"))
            for cell, room in zip(row, signs, strict=True)
        )

    def short(self, line_cm: float) -> bool:
        """Say whether the table is so short that no page may end within it."""
        return self.whole or sum(max(self.least, self.tall(row, line_cm)) for row in (self.heads, *self.rows)) <= _SHORT


Block = Title | Heading | Body | Item | Line | Annex | Grid


@dataclass(frozen=True, slots=True)
class Paper:
    """One paper. `compact`: smaller type, for one page; `dense`: 29 lines a page; `landscape`: for wide tables."""

    name: str
    blocks: tuple[Block, ...]
    compact: bool = False
    dense: bool = False
    landscape: bool = False

    @property
    def title(self) -> str:
        """The words of its title."""
        return next((b.text for b in self.blocks if isinstance(b, Title)), self.name)

    def mapped(self, change: Callable[[str], str]) -> Paper:
        """Return the paper with every text changed."""
        return replace(self, blocks=tuple(_mapped(block, change) for block in self.blocks))

    def text(self) -> str:
        """Return everything it says, one block or table row a line."""
        return "\n".join(line for block in self.blocks for line in lines(block))


def signed(blocks: Sequence[Block]) -> list[bool]:
    """Say of each block whether it stands with the next one: no signature stands on a page without the text's words.

    That is its lines, the paragraph before them (as a rule the list of annexes), and the paragraph before that; where
    that one stands right under a heading, the paragraph above the heading too, so that more than a last part is there.
    A line that says what a table is stands with it, and the end of a table with the lines that close it.
    """
    kept = [
        bool(closing_lines(blocks, at))
        if isinstance(b, Grid)
        else (isinstance(b, Body | Line) and isinstance(n, Line)) or (isinstance(b, Line) and isinstance(n, Grid))
        for at, (b, n) in enumerate(pairwise(blocks))
    ]
    kept.append(False)
    for i in range(len(kept) - 1):
        if not kept[i] and isinstance(blocks[i], Body) and isinstance(blocks[i + 1], Body) and kept[i + 1]:
            kept[i] = True
            if i > 1 and isinstance(blocks[i - 1], Heading) and isinstance(blocks[i - 2], Body | Item):
                kept[i - 2] = True
    return kept


def closing_lines(blocks: Sequence[Block], at: int) -> tuple[Line, ...]:
    """Return the lines that close the table at `at`; none where they say what the next table is."""
    below = blocks[at + 1 :]
    lines = tuple(block for block in takewhile(lambda block: isinstance(block, Line), below) if isinstance(block, Line))
    return () if isinstance(next(iter(below[len(lines) :]), None), Grid) else lines


def lines(block: Block) -> list[str]:
    """Return a block's text, a table row by row."""
    if isinstance(block, Grid):
        return [" | ".join(row) for row in (block.heads, *block.rows)]
    return [block.head + block.text] if isinstance(block, Item) else [block.text]


def _mapped(block: Block, change: Callable[[str], str]) -> Block:
    if isinstance(block, Grid):
        rows = tuple(tuple(change(cell) for cell in row) for row in block.rows)
        return replace(block, rows=rows)
    if isinstance(block, Item):
        return replace(block, head=change(block.head), text=change(block.text))
    return replace(block, text=change(block.text))
