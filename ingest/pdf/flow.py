"""Lines and tables of all pages → blocks: running heads out, paragraphs joined, contents lists apart."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from itertools import pairwise

from ingest.contents import ends_in_number, ends_in_page, has_leaders, is_contents_title, repeated
from ingest.pdf.lines import Line, joined
from ingest.pdf.tables import Ruled, append, continues
from models.domain.document import Block, Paragraph

_EDGE = 0.09  # share of the page's height at head and foot where running lines stand
_PAGE_NUMBER = re.compile(
    r"^[\s\-—–·/]*(?:第?\s*\d{1,4}\s*页?|[ivxIVX]{1,6})(?:\s*[/共,，]+\s*\d{1,4}\s*页?)?[\s\-—–·]*$"
)
_STARTS = re.compile(
    r"^(?:第[一二三四五六七八九十百\d]+[章节条部]|[一二三四五六七八九十]+[、.．]|[（(][一二三四五六七八九十\d]+[）)]"
    r"|\d{1,2}[、）)．]|\d{1,2}\.(?=[^\d\s])|\d+(?:[.．]\d+)*[.．]?\s+\D|[①-⑳]|[●•■◆])"
)
_WORD = re.compile(r"^[（《“‘【〔]*(?:[!-~—]+|.)[，。、；：！？）》”’】％%…]*")
_LABEL = re.compile(r"^[一-鿿（）()]{2,16}[：:]\s*\S")  # 申报单位（盖章）：…
_ROUNDED = 0.6  # pt: sizes as near as this are one
_SPELT = 0.8  # how much two readings of a running line have in common
_NEXT = 1.2  # times the usual distance of lines: no more lies between lines of one paragraph
_STOPS = frozenset("。！？")
_ENDS = frozenset("。；！？：.;!?:")


@dataclass(slots=True)
class Sheet:
    """One page: its lines outside tables and its tables."""

    number: int
    width: float
    height: float
    lines: list[Line]
    tables: list[Ruled]


@dataclass(slots=True)
class Flow:
    """What all pages come to."""

    blocks: list[Block] = field(default_factory=list)
    headers: list[str] = field(default_factory=list)
    footers: list[str] = field(default_factory=list)
    contents: list[str] = field(default_factory=list)
    listed_at: int = -1  # how many blocks stood before the last contents line
    doubtful: bool = False  # the last block may be a contents line without its number


@dataclass(frozen=True, slots=True)
class _Margins:
    left: float
    right: float
    pitch: float = 0.0  # from the middle of a line to that of the next within a paragraph; 0 where unknown


def flow(sheets: list[Sheet]) -> Flow:
    """Return the blocks of a document in reading order."""
    out = Flow()
    _drop_running(sheets, out)
    margins = _margins(sheets)
    pending: list[Line] = []
    table: Ruled | None = None  # the last block, where that is a table
    edges = _Margins(0, 0)
    for sheet in sheets:
        edges = margins[round(sheet.width), round(sheet.height)]
        items: list[Line | Ruled] = [*sheet.lines, *sheet.tables]
        for item in sorted(items, key=lambda i: i.y0):
            if pending and not (isinstance(item, Line) and _goes_on(pending, item, edges)):
                _finish(pending, edges, out)
                pending = []
            if isinstance(item, Line):
                pending.append(item)
                table = None
            else:
                table = _placed(item, table, out)
    if pending:
        _finish(pending, edges, out)
    _take_contents(out)
    return out


def _take_contents(out: Flow) -> None:
    """Put what is left of a contents list, its page numbers lost, to the rest of it."""
    texts = [block.text if isinstance(block, Paragraph) else None for block in out.blocks]
    listed = repeated(texts)
    if listed:
        first = listed.start - 1 if listed.start and is_contents_title(texts[listed.start - 1] or "") else listed.start
        out.contents.extend(text for text in texts[first : listed.stop] if text)
        del out.blocks[first : listed.stop]


def _placed(item: Ruled, table: Ruled | None, out: Flow) -> Ruled:
    """Put a table in its place, or join it to the one it goes on from; return the table that is now last."""
    if table is not None and continues(table, item):
        out.blocks.pop()
        item = append(table, item)
    out.blocks.append(item.table)
    return item


def _drop_running(sheets: list[Sheet], out: Flow) -> None:
    """Take running heads, feet and page numbers out of the lines."""
    seen: Counter[tuple[bool, str]] = Counter()
    for sheet in sheets:
        seen.update({_key(line, sheet) for line in sheet.lines if _at_edge(line, sheet)})
    needed = max(2, min(len(sheets) // 3, 4)) if len(sheets) > 1 else 2
    common = [key for key, count in seen.items() if count >= needed]
    for sheet in sheets:
        kept: list[Line] = []
        for line in sheet.lines:
            number = _at_edge(line, sheet) and _PAGE_NUMBER.match(line.text)
            if number or (_at_edge(line, sheet) and _runs(_key(line, sheet), common, measured=line.slack > 0)):
                edge = out.headers if line.y0 < sheet.height / 2 else out.footers
                if not number and line.text not in edge:
                    edge.append(line.text)
            else:
                kept.append(line)
        sheet.lines = kept


def _runs(key: tuple[bool, str], common: Sequence[tuple[bool, str]], *, measured: bool) -> bool:
    """Tell whether a line is a running one; recognition spells it in more than one way."""
    return key in common or (measured and any(side == key[0] and _alike(text, key[1]) for side, text in common))


def _alike(one: str, other: str) -> bool:
    return SequenceMatcher(None, one, other, autojunk=False).ratio() >= _SPELT


def _at_edge(line: Line, sheet: Sheet) -> bool:
    return line.y1 < _EDGE * sheet.height or line.y0 > (1 - _EDGE) * sheet.height


def _key(line: Line, sheet: Sheet) -> tuple[bool, str]:
    return line.y0 < sheet.height / 2, re.sub(r"[\d\s]", "", line.text)


def _margins(sheets: list[Sheet]) -> dict[tuple[int, int], _Margins]:
    """Return left and right edge of the text for each size of page."""
    groups: dict[tuple[int, int], list[Line]] = defaultdict(list)
    for sheet in sheets:
        groups[round(sheet.width), round(sheet.height)].extend(sheet.lines)
    out: dict[tuple[int, int], _Margins] = {}
    for key, lines in groups.items():
        lefts, rights = sorted(line.x0 for line in lines), sorted(line.x1 for line in lines)
        count = len(lines)
        out[key] = (
            _Margins(lefts[count // 20], rights[count - 1 - count // 20], _pitch(lines))
            if lines
            else _Margins(0, key[0])
        )
    return out


def _pitch(lines: Sequence[Line]) -> float:
    """Return the distance from one line to the next within paragraphs, in pt: one of the shortest; 0 where unknown."""
    steps = sorted(_middle(b) - _middle(a) for a, b in pairwise(lines) if a.page == b.page and b.y0 > a.y0)
    return steps[len(steps) // 5] if steps else 0.0


def _middle(line: Line) -> float:
    return (line.y0 + line.y1) / 2


def _same_size(last: Line, line: Line, edges: _Margins) -> bool:
    """Tell whether two lines may be of one type size: measured in a picture, nearness speaks where sizes do not."""
    apart = abs(last.size - line.size)
    if apart <= _ROUNDED:
        return True
    if apart > max(last.slack, line.slack):
        return False
    return last.page != line.page or _middle(line) - _middle(last) <= _NEXT * edges.pitch


def _goes_on(pending: list[Line], line: Line, edges: _Margins) -> bool:
    """Tell whether a line belongs to the paragraph of the lines before it."""
    last = pending[-1]
    if not _same_size(last, line, edges) or has_leaders(last.text) or ends_in_page(last.text) or _centered(line, edges):
        return False
    full = last.x1 + max(1.9 * last.size, _first_word(line)) >= edges.right
    labels = len(pending) == 1 and _LABEL.match(line.text) and _LABEL.match(last.text)  # as on a cover
    if not full or labels or (last.all_bold and not line.all_bold):
        return False
    if line.page == last.page and line.y0 - last.y1 > 2.2 * line.size:
        return False
    hanging = len(pending) > 1 and abs(pending[-1].x0 - line.x0) < 0.6 * line.size and line.x0 > pending[0].x0
    indented = line.x0 > edges.left + 1.2 * line.size
    if indented and not hanging and line.x0 > pending[0].x0 - 0.5 * line.size:
        return False
    if pending[0].x0 > edges.left + 1.2 * line.size and not indented:
        return not (_STARTS.match(line.text) and last.text[-1] in _STOPS)  # a first line set in, this one not
    return not (_STARTS.match(line.text) and last.text[-1] in _ENDS)


def _first_word(line: Line) -> float:
    """Return how wide the piece at the start of a line is that could not stay on the line before, in pt."""
    word = _WORD.match(line.text)
    signs = word[0] if word else line.text[:1]
    return 1.2 * line.size + sum(0.6 if c.isascii() else 1.0 for c in signs) * line.size


def _centered(line: Line, edges: _Margins) -> bool:
    middle = (edges.left + edges.right) / 2
    inset = min(line.x0 - edges.left, edges.right - line.x1)
    return abs((line.x0 + line.x1) / 2 - middle) < 0.8 * line.size and inset > 2.5 * line.size


def _finish(lines: list[Line], edges: _Margins, out: Flow) -> None:
    text = joined([line.text for line in lines])
    if not text.strip():
        return
    last = out.blocks[-1] if out.blocks else None
    titled = isinstance(last, Paragraph) and is_contents_title(last.text)
    listing = titled or out.listed_at == len(out.blocks)
    if has_leaders(text) or (listing and len(lines) == 1 and ends_in_number(text)):
        if (titled or (out.doubtful and _STARTS.match(text))) and isinstance(last, Paragraph):
            out.contents.append(last.text)
            out.blocks.pop()
        out.contents.append(text)
        out.listed_at, out.doubtful = len(out.blocks), False
        return
    out.blocks.append(_paragraph(lines, text, edges))
    # One line of a contents list may have lost its page number: the next line tells whether it was one.
    out.doubtful = listing and not titled and not out.doubtful and len(lines) == 1 and bool(_STARTS.match(text))
    if out.doubtful:
        out.listed_at = len(out.blocks)


def _paragraph(lines: list[Line], text: str, edges: _Margins) -> Paragraph:
    bold = all(line.all_bold for line in lines)
    return Paragraph(
        text=text,
        bold=bold,
        bold_prefix=len(text) if bold else min(lines[0].bold, len(text)),
        size=lines[0].size,
        centered=len(lines) == 1 and _centered(lines[0], edges),
        page=lines[0].page,
        weak=any(line.weak for line in lines),
    )
