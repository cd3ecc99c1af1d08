"""Ruled tables: cells from the lines drawn, merged cells once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ingest.pdf.lines import joined, lines_of
from ingest.pdf.page import Char, Page, Rule
from models.domain.document import Cell, Table

_NEAR = 3.0  # pt within which lines are taken as one
_CELLS = 40_000  # elementary cells of one grid
_Place = tuple[int, int]  # row, column
_Owner = dict[_Place, _Place]


@dataclass(slots=True)
class Ruled:
    """A table with its place on the page and the x of its columns, for joining over pages."""

    table: Table
    y0: float
    y1: float
    columns: tuple[float, ...]
    page: int


def take_tables(page: Page) -> tuple[list[Ruled], list[Char]]:
    """Return the ruled tables of a page from top to bottom, and the characters outside them."""
    rest = page.chars
    out: list[Ruled] = []
    for xs, ys, rules in _grids(page.rules):
        inside = [c for c in rest if xs[0] <= (c.x0 + c.x1) / 2 <= xs[-1] and ys[0] <= (c.y0 + c.y1) / 2 <= ys[-1]]
        if not inside:
            continue
        taken = {id(c) for c in inside}
        rest = [c for c in rest if id(c) not in taken]
        out.append(Ruled(_table(xs, ys, rules, inside, page.number), ys[0], ys[-1], tuple(xs), page.number))
    return sorted(out, key=lambda t: t.y0), rest


def boxes_of(rules: Sequence[Rule]) -> list[tuple[float, float, float, float]]:
    """Return the cells of all ruled tables as boxes (x0, y0, x1, y1), merged cells once; all in pt."""
    out: list[tuple[float, float, float, float]] = []
    for xs, ys, own in _grids(rules):
        _, spans = _merged(xs, ys, own)
        out.extend((xs[c], ys[r], xs[c + across], ys[r + down]) for (r, c), (down, across) in spans.items())
    return out


def _grids(rules: Sequence[Rule]) -> Iterator[tuple[list[float], list[float], list[Rule]]]:
    """Yield x of the columns, y of the rows and the rules of each table."""
    for own in _clusters(rules):
        xs = _positions([r.at for r in own if not r.horizontal])
        ys = _positions([r.at for r in own if r.horizontal])
        if len(xs) >= 2 and len(ys) >= 2 and len(xs) + len(ys) >= 5 and len(xs) * len(ys) <= _CELLS:
            yield xs, ys, own


def _clusters(rules: Sequence[Rule]) -> list[list[Rule]]:
    """Group rules that touch each other; a group with both directions may be a table."""
    horizontal = sorted((r for r in rules if r.horizontal), key=lambda r: r.at)
    vertical = [r for r in rules if not r.horizontal]
    parent = list(range(len(horizontal) + len(vertical)))

    def root(i: int) -> int:
        while parent[i] != i:
            parent[i] = parent[parent[i]]
            i = parent[i]
        return i

    for i, v in enumerate(vertical):
        for j, h in enumerate(horizontal):
            if h.at > v.end + _NEAR:
                break
            if h.at >= v.start - _NEAR and h.start - _NEAR <= v.at <= h.end + _NEAR:
                parent[root(len(horizontal) + i)] = root(j)
    groups: dict[int, list[Rule]] = defaultdict(list)
    for i, rule in enumerate([*horizontal, *vertical]):
        groups[root(i)].append(rule)
    both = [g for g in groups.values() if len({r.horizontal for r in g}) == 2]
    return sorted(both, key=lambda g: min(r.at for r in g if r.horizontal))


def _positions(values: list[float]) -> list[float]:
    out: list[float] = []
    for value in sorted(values):
        if not out or value - out[-1] > _NEAR:
            out.append(value)
    return out


class _Borders:
    """Which sides between elementary cells are drawn."""

    def __init__(self, xs: list[float], ys: list[float], rules: list[Rule]) -> None:
        self._sides: dict[tuple[bool, int], list[Rule]] = defaultdict(list)
        for rule in rules:
            places = ys if rule.horizontal else xs
            index = min(range(len(places)), key=lambda i: abs(places[i] - rule.at))
            self._sides[rule.horizontal, index].append(rule)
        self._xs, self._ys = xs, ys

    def right_of(self, row: int, col: int) -> bool:
        middle = (self._ys[row] + self._ys[row + 1]) / 2
        return any(r.start - _NEAR <= middle <= r.end + _NEAR for r in self._sides[False, col + 1])

    def below(self, row: int, col: int) -> bool:
        middle = (self._xs[col] + self._xs[col + 1]) / 2
        return any(r.start - _NEAR <= middle <= r.end + _NEAR for r in self._sides[True, row + 1])


def _merged(xs: list[float], ys: list[float], rules: list[Rule]) -> tuple[_Owner, dict[_Place, _Place]]:
    """Return which cell each elementary cell belongs to, and each cell's span (rows, columns)."""
    borders = _Borders(xs, ys, rules)
    rows, cols = len(ys) - 1, len(xs) - 1
    owner: _Owner = {}
    spans: dict[_Place, _Place] = {}
    for r in range(rows):
        for c in range(cols):
            if (r, c) in owner:
                continue
            across = 1
            while c + across < cols and not borders.right_of(r, c + across - 1) and (r, c + across) not in owner:
                across += 1
            down = 1
            while r + down < rows and not any(borders.below(r + down - 1, c + k) for k in range(across)):
                down += 1
            spans[r, c] = (down, across)
            owner.update({(r + i, c + k): (r, c) for i in range(down) for k in range(across)})
    return owner, spans


def _table(xs: list[float], ys: list[float], rules: list[Rule], chars: list[Char], page: int) -> Table:
    owner, spans = _merged(xs, ys, rules)
    texts = _texts(xs, ys, owner, chars)
    cells: list[list[Cell]] = [[] for _ in ys[1:]]
    for (r, c), (down, across) in spans.items():
        width = xs[c + across] - xs[c]
        inside = texts.get((r, c), [])
        weak = any(char.weak for char in inside)
        cells[r].append(Cell(_cell_text(inside, width, page), c, down, across, weak))
    return Table(tuple(tuple(row) for row in cells), page)


def _texts(xs: list[float], ys: list[float], owner: _Owner, chars: list[Char]) -> dict[_Place, list[Char]]:
    out: dict[_Place, list[Char]] = defaultdict(list)
    for char in chars:
        col = _slot(xs, (char.x0 + char.x1) / 2)
        row = _slot(ys, (char.y0 + char.y1) / 2)
        out[owner[row, col]].append(char)
    return out


def _slot(places: list[float], value: float) -> int:
    return max(0, min(sum(1 for p in places if p <= value) - 1, len(places) - 2))


def _cell_text(chars: list[Char], width: float, page: int) -> str:
    """Join the lines of a cell: a line that fills the cell runs on, a shorter one ends a paragraph."""
    out: list[str] = []
    full = False
    for line in lines_of(chars, page):
        if full and out:
            out[-1] = joined([out[-1], line.text])
        else:
            out.append(line.text)
        full = line.x1 - line.x0 > width - 2.2 * line.size - 14
    return "\n".join(out)


def continues(first: Ruled, second: Ruled) -> bool:
    """Tell whether a table at the head of a page goes on from the one at the foot of the page before."""
    if second.page != first.page + 1 or len(first.columns) != len(second.columns):
        return False
    return all(abs(a - b) <= 2 * _NEAR for a, b in zip(first.columns, second.columns, strict=True))


def append(first: Ruled, second: Ruled) -> Ruled:
    """Return both tables as one, a repeated head row once."""
    rows = second.table.rows
    if rows and first.table.rows and [c.text for c in rows[0]] == [c.text for c in first.table.rows[0]]:
        rows = rows[1:]
    table = Table((*first.table.rows, *rows), first.table.page)
    return Ruled(table, first.y0, second.y1, first.columns, second.page)
