"""The text sources of the example, read into plain blocks.

One block a line. `#`, `##`, `###` are headings; `) ` an item of an automatically numbered list; `!!!caption | picture`
a picture; `:::caption | widths` … `:::` a table, cells separated by ` | `, where `^` belongs to the cell above and `<`
to the one on its left. Inside a line `{+…+}` is a tracked insertion, `{-…-}` a tracked deletion, `[^…]` a footnote.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

SPAN = re.compile(r"\{\+(?P<inserted>.+?)\+\}|\{-(?P<deleted>.+?)-\}|\[\^(?P<footnote>.+?)\]")


@dataclass(frozen=True, slots=True)
class Line:
    """A paragraph: kind is h1, h2, h3, item or text."""

    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class Image:
    """A picture by its name in source/pictures, with the caption below it."""

    caption: str
    name: str


@dataclass(frozen=True, slots=True)
class Grid:
    """A table with its caption and the relative widths of its columns; the first row is the head."""

    caption: str
    widths: tuple[float, ...]
    rows: tuple[tuple[str, ...], ...]


Block = Line | Image | Grid


def front(path: Path) -> dict[str, str]:
    """Return the `key: value` lines between the two `---` at the top, empty where there are none."""
    text = path.read_text(encoding="utf-8")
    if not text.startswith("---\n"):
        return {}
    head = text.split("---\n", 2)[1]
    return {key: value for key, _, value in (line.partition(": ") for line in head.splitlines())}


def blocks(path: Path) -> list[Block]:
    """Read a source; a table row whose cell count differs from its head raises ValueError."""
    text = path.read_text(encoding="utf-8")
    lines = iter((text.split("---\n", 2)[2] if text.startswith("---\n") else text).splitlines())
    found: list[Block] = []
    for line in lines:
        if line.startswith("!!!"):
            caption, name = line[3:].split(" | ")
            found.append(Image(caption, name))
        elif line.startswith(":::"):
            found.append(_grid(line, lines))
        elif line.strip():
            found.append(_line(line))
    return found


def spans(text: str) -> list[tuple[str, str]]:
    """Split a line into (kind, text); kind is plain, inserted, deleted or footnote."""
    found, at = [], 0
    for match in SPAN.finditer(text):
        if match.start() > at:
            found.append(("plain", text[at : match.start()]))
        found.append((str(match.lastgroup), match[str(match.lastgroup)]))
        at = match.end()
    if at < len(text):
        found.append(("plain", text[at:]))
    return found


def _line(line: str) -> Line:
    for mark, kind in (("### ", "h3"), ("## ", "h2"), ("# ", "h1"), (") ", "item")):
        if line.startswith(mark):
            return Line(kind, line[len(mark) :])
    return Line("text", line)


def _grid(head: str, lines: object) -> Grid:
    caption, widths = head[3:].split(" | ")
    rows: list[tuple[str, ...]] = []
    for line in lines:  # type: ignore[attr-defined]
        if line == ":::":
            break
        rows.append(tuple(cell.strip() for cell in re.split(r"\s*\|(?:\s|$)", line)))
        if len(rows[-1]) != len(rows[0]):
            raise ValueError(f"{caption}: {line}")
    return Grid(caption, tuple(float(w) for w in widths.split(",")), tuple(rows))
