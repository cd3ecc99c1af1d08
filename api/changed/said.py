"""A document as it is compared: its sentences and table rows by section, keyed by what carries meaning."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from models.domain.document import Table
from models.domain.finding import Evidence
from models.domain.submission import Kind, PassageKind, SubmittedDocument
from models.passages import passages
from models.text import normalise

_LISTED = re.compile(r"^\s*[(]?[\d一二三四五六七八九十]{1,2}[).、](?!\d)\s*")  # 1、 (2) 三、: mere renumbering
_LOOKS = re.compile(r"""[\s,;:!?，。、；：！？"'()\[\]《》…·|]|\.(?!\d)""")
_MONEY = re.compile("万元|（元）|\\(元\\)|金额|单价|费用|报价|投资")
_SERIAL = re.compile(r"\d{0,3}")
_NUMBER = re.compile(r"[\d.,，]+")
ROW, COST, FIELD = "表格行", "概算行", "申报表栏目"


@dataclass(frozen=True, slots=True)
class Said:
    """A sentence or a table row.

    Attributes:
        text: to the letter, cells of a row joined by " | ".
        key: what is compared: no blanks, marks, list numbers, serial numbers, nor cells that stand for several rows.
        evidence: its place.
        row: what a row is: ROW, COST (of a table of amounts) or FIELD (of a form); "" of a sentence.
        label: of a row, its first words.
    """

    text: str
    key: str
    evidence: Evidence
    row: str = ""
    label: str = ""

    @property
    def money(self) -> bool:
        """Whether every number in it may be an amount."""
        return self.row == COST or (self.row == FIELD and bool(_MONEY.search(self.label)))


def said(item: SubmittedDocument) -> dict[int | None, list[Said]]:
    """Return what stands directly under each section (by its index; None: before the first), headings left out."""
    found: dict[int | None, list[Said]] = {None: [], **{section.index: [] for section in item.sections}}
    for passage in passages(item):
        if passage.kind is PassageKind.TITLE:
            continue
        block = item.document.blocks[passage.evidence.paragraph or 0]
        some = [Said(passage.text, key(passage.text), passage.evidence)]
        if passage.kind is PassageKind.ROW and isinstance(block, Table):
            some = [_row(block, passage.evidence)]
            if item.kind is Kind.FORM:
                some = _fields(block, passage.evidence) or some
        found[passage.evidence.section] += [one for one in some if one.key]
    return found


def key(text: str) -> str:
    """Return what is compared of a text: signs that carry meaning (%, ≥, a decimal point) stay."""
    return _LOOKS.sub("", _LISTED.sub("", normalise(text))).casefold()


def _fields(table: Table, at: Evidence) -> list[Said]:
    """Return label | value | label | value as fields: another form has them in other rows."""
    cells = [cell.text.strip() for cell in table.rows[at.row or 0]]
    if len(cells) % 2 or not all(cells[::2]):
        return []
    pairs = zip(cells[::2], cells[1::2], strict=True)
    return [Said(f"{label} | {value}", f"{key(label)}|{key(value)}", at, FIELD, label) for label, value in pairs]


def _row(table: Table, at: Evidence) -> Said:
    row = at.row or 0
    cells = [cell for cell in table.rows[row] if cell.rowspan == 1]
    first = next((i for i, cell in enumerate(cells) if not _SERIAL.fullmatch(cell.text.strip())), len(cells))
    own = [cell.text.strip() for cell in cells[first:]]
    label = next((text for text in own if text and not _NUMBER.fullmatch(text)), "")
    head = "".join(c.text for line in table.rows[:3] for c in line)
    costs = any(map(_NUMBER.fullmatch, own)) and _MONEY.search(head)
    return Said(table.row_text(row), "|".join(key(text) for text in own), at, COST if costs else ROW, label[:40])


def bigrams(texts: Sequence[Said]) -> frozenset[str]:
    """Return the two-character pieces of what is said."""
    return frozenset(one.key[i : i + 2] for one in texts for i in range(len(one.key) - 1))


def alike(one: frozenset[str], other: frozenset[str]) -> float:
    """Return which share of the pieces of both stands in both, 0 to 1."""
    return len(one & other) / len(one | other) if one and other else 0.0


def under(item: SubmittedDocument, index: int, texts: Mapping[int | None, list[Said]]) -> list[Said]:
    """Return what stands in a section with all that is below it."""
    level, found = item.sections[index].level, list(texts[index])
    for section in item.sections[index + 1 :]:
        if section.level <= level:
            break
        found += texts[section.index]
    return found
