"""The 申报表: label → value from any table layout, choice boxes resolved, evidence with table, row and cell."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from models.choices import LABEL, choice
from models.domain.document import Cell, Document, Paragraph, Table
from models.domain.finding import QUOTE_LIMIT, Evidence
from models.domain.policy import FormLabel, Policy
from models.domain.submission import Field
from models.text import bracketless, normalise, squash

_NUMBERED = re.compile(r"^\s*(?:[一二三四五六七八九十]+[、.]|\(?[一二三四五六七八九十\d]{1,2}[)、.]|\d{1,2}\s)\s*")
_FOREIGN = re.compile(r"原|上期|上一期|一期|前期|其中|运维|本年|当年|年度|首年|是否")
_LONGEST_LABEL = 24


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a value stands, to make its evidence from."""

    document: str
    quote: str
    page: int | None
    paragraph: int
    table: int | None = None
    row: int | None = None

    def evidence(self, cell: int | None = None) -> Evidence:
        """Return the evidence of a cell of this row, or of this paragraph."""
        return Evidence(
            self.document, self.quote[:QUOTE_LIMIT], None, self.page, self.paragraph, self.table, self.row, cell
        )


@lru_cache(maxsize=8)
def _keys(labels: tuple[FormLabel, ...]) -> Mapping[str, str]:
    """Return comparison key of every label variant → key of the field."""
    return {squash(variant): label.key for label in labels for variant in label.labels}


def label_key(text: str, policy: Policy) -> str:
    """Return the pack's key for a label as written (brackets, numbering, blanks aside), "" where it knows none."""
    known = _keys(policy.form_labels)
    plain = _NUMBERED.sub("", normalise(text)).strip().rstrip(":")
    for candidate in (squash(bracketless(plain)), squash(plain)):
        if candidate in known:
            return known[candidate]
    short = squash(bracketless(plain))
    if len(short) <= 12 and not _FOREIGN.search(short):
        for variant in sorted(known, key=len, reverse=True):
            if len(variant) >= 4 and short.endswith(variant):
                return known[variant]
    return ""


_SOURCE_KEYS = frozenset({"fiscal_wan", "self_wan", "grant_wan"})


def _split(text: str) -> tuple[str, str] | None:
    """Split `标签：值` at its first colon; None where the part before does not look like a label."""
    found = re.match(rf"\s*([^:：\n。；;，,]{{2,{_LONGEST_LABEL}}})[:：]\s*(.*)$", text, re.DOTALL)
    return (found[1].strip(), found[2].strip()) if found else None


def _inline(text: str, policy: Policy) -> list[tuple[str, str]]:
    """Return all `标签：值` pairs of one text whose label is known or has boxes behind it, several on a line or not."""
    found = re.finditer(rf"(?:^|(?<=[\s;；　,，]))([^\s:：;；,，。]{{2,{_LONGEST_LABEL}}})[:：]", text)
    boxed = {m.start(1) for m in LABEL.finditer(text)}
    starts = [(m.start(1), m.end(), m[1]) for m in found if m.start(1) in boxed or label_key(m[1], policy)]
    return [
        (label, text[end : starts[i + 1][0] if i + 1 < len(starts) else len(text)].strip(" \n;；　,，"))
        for i, (_, end, label) in enumerate(starts)
    ]


def _make(label: str, value: str, place: _Place, cell: int | None, policy: Policy) -> Field:
    """Build a field, its boxes resolved."""
    label = re.sub(r"\s+", "", label).rstrip(":：")
    return Field(label, choice(value), label_key(label, policy), place.evidence(cell))


def _row_pairs(cells: tuple[Cell, ...], policy: Policy) -> Iterator[tuple[int, str, str]]:
    """Yield (cell index, label, value) of one row."""
    i = 0
    if len(cells) > 2 and cells[0].rowspan > 1 and len(cells) % 2 == 1:
        i = 1  # a title that runs down beside several rows
    while i < len(cells):
        text = cells[i].text
        after = cells[i + 1].text if i + 1 < len(cells) else None
        pair = _split(text)
        if after is not None and (_is_label(text, policy) or (pair is None and len(cells) % 2 == i % 2)):
            if not _is_label(after, policy) or not after.strip() or _names_source(text, after, policy):
                yield i + 1, text, after
                i += 2
                continue
        elif pair:
            inline = _inline(text, policy) or [pair]
            yield from ((i, label, value) for label, value in inline)
        i += 1


def _is_label(text: str, policy: Policy) -> bool:
    """Say whether a cell holds nothing but a known label."""
    return len(text) <= _LONGEST_LABEL + 16 and bool(label_key(text, policy)) and not _value_behind(text)


def _names_source(label: str, value: str, policy: Policy) -> bool:
    """Say whether 资金来源 is answered with the name of a source that is a label elsewhere (资金来源 | 自筹资金)."""
    return label_key(label, policy) == "funding" and label_key(value, policy) in _SOURCE_KEYS


def _value_behind(text: str) -> bool:
    """Say whether there is more behind a colon."""
    pair = _split(text)
    return bool(pair and pair[1])


def _table_fields(table: Table, place: tuple[Document, int, int], policy: Policy) -> Iterator[Field]:
    """Read one table row by row; a row of labels alone is read with the row of values under it."""
    document, block, number = place
    skip = -1
    for r, cells in enumerate(table.rows):
        spot = _Place(document.name, table.row_text(r), table.page, block, number, r)
        below = table.rows[r + 1] if r + 1 < len(table.rows) else ()
        if r == skip:
            continue
        if _is_head(cells, below, policy):
            skip = r + 1
            under = _Place(document.name, table.row_text(r + 1), table.page, block, number, r + 1)
            for i, (head, cell) in enumerate(zip(cells, below, strict=True)):
                yield _make(head.text, cell.text, under, i, policy)
            continue
        for i, label, value in _row_pairs(cells, policy):
            if label.strip():
                yield _make(label, value, spot, i, policy)


def _is_head(cells: tuple[Cell, ...], below: tuple[Cell, ...], policy: Policy) -> bool:
    """Say whether a row holds labels only, with their values in the next row."""
    if len(cells) < 2 or len(cells) != len(below) or any(cell.rowspan > 1 for cell in cells):
        return False
    known = sum(_is_label(cell.text, policy) for cell in cells)
    return known == len(cells) and not any(_is_label(cell.text, policy) for cell in below)


def fields(document: Document, policy: Policy) -> tuple[Field, ...]:
    """Return every label with its value, from tables of any layout and from paragraphs `标签：值`, in order.

    Meant for forms (第六条's 申报表). Labels of paragraphs must be known to the pack; tables give unknown labels too,
    with key "".
    """
    out: list[Field] = []
    tables = 0
    for index, block in enumerate(document.blocks):
        if isinstance(block, Table):
            out.extend(_table_fields(block, (document, index, tables), policy))
            tables += 1
        elif isinstance(block, Paragraph):
            out.extend(paragraph_fields(document, index, block, policy))
    return tuple(out)


def paragraph_fields(document: Document, index: int, block: Paragraph, policy: Policy) -> list[Field]:
    """Return the known `标签：值` pairs of one paragraph."""
    place = _Place(document.name, block.text, block.page, index)
    return [_make(label, value, place, None, policy) for label, value in _inline(block.text, policy)]
