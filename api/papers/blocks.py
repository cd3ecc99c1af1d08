"""What a paper is made of, whatever it is written as: every format prints these blocks and says nothing of its own."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class Title:
    """The paper's title."""

    text: str


@dataclass(frozen=True, slots=True)
class Heading:
    """一、… ."""

    text: str


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
    """A ruled table; `widths` are shares of the line."""

    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    widths: tuple[float, ...]


Block = Title | Heading | Body | Item | Line | Annex | Grid


@dataclass(frozen=True, slots=True)
class Paper:
    """One paper. `compact`: smaller type, for one page; `dense`: 25 lines a page; `landscape`: for wide tables."""

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
