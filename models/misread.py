"""Headings of a recognised page whose number or title was misread, told by the numbers around them and by the contents.

Only pages read by recognition are mended: what a person typed stands as typed.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from difflib import SequenceMatcher
from itertools import pairwise

from models.domain.document import Document, Paragraph, Role
from models.headings import LONGEST_TITLE, Candidate, Look, Strength, body_size, clean_title, is_caption, look_of
from models.numbering import Numbered, NumberKind, split_number
from models.text import squash

_ALIKE = {"(": "（", ")": "）", "[": "（", "]": "）", "，": ".", ",": ".", "、": ".", "．": ".", "。": ".", "·": ".",
          ":": ".", "：": ".", "-": "一", "—": "一", "–": "一", "_": "一", "l": "1", "I": "1", "|": "1", "i": "1",
          "O": "0", "o": "0", "Z": "2", "z": "2", "S": "5", "s": "5", "B": "8"}  # fmt: skip
_PAGE_TAIL = re.compile(r"[\s.．·…・⋯_—–\t-]*\d{0,3}$")
_LOST = 3  # so many numbers in a row may be mended
_NEAR = 0.75  # how much a line and an entry of the contents list must have in common
_STRONG = frozenset({Strength.HARD, Strength.PLAIN})
_MARKS = re.compile(r"[.（）第章节]")
_ENOUGH = 2  # siblings from which the next one may be looked for behind the last
_COUNTED = re.compile("[个项类级年月日号万千百十大方期批次种条名家台套层区点位]")
_DIGITS = "〇一二三四五六七八九"
_PLAIN = frozenset(
    {NumberKind.PART, NumberKind.CHAPTER, NumberKind.SECTION, NumberKind.CHINESE, NumberKind.CHINESE_PAREN,
     NumberKind.ARABIC, NumberKind.DOTTED, NumberKind.PAREN, NumberKind.HALF_PAREN}
)  # fmt: skip


def mended(document: Document, found: Sequence[Candidate]) -> list[Candidate]:
    """Return the candidates of a document with those that recognition spoilt put right, in order."""
    if not document.ocr_pages:
        return list(found)
    out = _by_contents(document, list(found))
    return _by_sequence(document, out)


def _lines(document: Document, start: int, end: int) -> Iterator[tuple[int, Paragraph]]:
    """Yield the recognised lines between two blocks that are as short as a heading and no sentence."""
    for index in range(max(start, 0), end):
        block = document.blocks[index]
        if not isinstance(block, Paragraph) or block.role is not Role.BODY or block.page not in document.ocr_pages:
            continue
        text = block.text.strip()
        if 2 <= len(text) <= LONGEST_TITLE and not re.search(r"[。；;！？]", text) and not is_caption(text):
            yield index, block


def _by_contents(document: Document, found: list[Candidate]) -> list[Candidate]:
    """Give lines that are an entry of the document's own contents list the entry's number."""
    entries = [split_number(_PAGE_TAIL.sub("", line)) for line in document.contents]
    entries = [e for e in entries if e.kind in _PLAIN and len(squash(e.title)) >= 2]
    strong = [c for c in found if c.row is None]
    more: list[Candidate] = []
    for lost, first, end in _unmatched(entries, strong, len(document.blocks)):
        start, inside = first, [c for c in strong if first <= c.block < end]
        for entry in lost:
            if any(c.numbered.kind is entry.kind and c.numbered.path == entry.path for c in inside):
                continue  # it stands there, in other words
            line = _line_of(document, entry, start, end)
            if line is not None:
                alike = [c.strength for c in strong if c.numbered.kind is entry.kind and c.strength in _STRONG]
                more.append(_candidate(document, *line, entry, min(alike, default=Strength.HARD)))
                start = line[0] + 1
    blocks = {c.block for c in more}
    return sorted([*(c for c in found if c.block not in blocks or c.row is not None), *more], key=_order)


def _unmatched(
    entries: Sequence[Numbered], strong: Sequence[Candidate], end: int
) -> Iterator[tuple[list[Numbered], int, int]]:
    """Yield entries of the contents list without a heading of theirs, with the blocks between the headings around."""
    listed = [squash(e.number + e.title) for e in entries]
    heads = [squash(c.numbered.number + c.title) for c in strong]
    entry, start = 0, 0
    for pair in SequenceMatcher(None, listed, heads, autojunk=False).get_matching_blocks():
        stop = strong[pair.b].block if pair.size else end
        if pair.a > entry:
            yield list(entries[entry : pair.a]), start, stop
        if pair.size:
            entry, start = pair.a + pair.size, strong[pair.b + pair.size - 1].block + 1


def _line_of(document: Document, entry: Numbered, start: int, end: int) -> tuple[int, str] | None:
    """Return the block and the title of the one line between two blocks that reads as an entry of the contents list."""
    best: tuple[float, int, str] | None = None
    for index, block in _lines(document, start, end):
        title = _behind(block.text, entry) or clean_title(split_number(block.number + block.text).title)
        like = _common(title, entry.title)
        if like >= _NEAR and (best is None or like > best[0]):
            best = (like, index, entry.title if entry.title in title else title)
    return best[1:] if best else None


def _by_sequence(document: Document, found: list[Candidate]) -> list[Candidate]:
    """Fill the holes in the numbers of siblings (2.3.3, 2.3.5) with the lines between them that may be what is lost."""
    strong = [c for c in found if c.strength in _STRONG and c.numbered.kind in _PLAIN]
    taken = frozenset(c.block for c in strong)
    more: list[Candidate] = []
    for group in dict.fromkeys(c.group for c in strong):
        same = [c for c in strong if c.group == group]
        for before, after in pairwise(same):
            more += _filled(document, before, after, taken)
        for before, odd, after in zip(same, same[1:], same[2:], strict=False):
            if after.numbered.value == before.numbered.value + 2 != odd.numbered.value + 1:
                more += _filled(document, before, after, taken - {odd.block})
        more += _first(document, same, taken)
        more += _last(document, same, taken)
    blocks = {c.block for c in more}
    return sorted([*(c for c in found if c.block not in blocks), *more], key=_order)


def _filled(document: Document, before: Candidate, after: Candidate, taken: frozenset[int]) -> list[Candidate]:
    one, two = before.numbered.path, after.numbered.path
    if one[:-1] != two[:-1] or not 1 < two[-1] - one[-1] <= _LOST + 1:
        return []
    out: list[Candidate] = []
    start = before.block + 1
    for value in range(one[-1] + 1, two[-1]):
        lost = _numbered_as(before.numbered, value)
        line = _misread(document, lost, range(start, after.block), taken)
        if line is not None:
            out.append(_candidate(document, *line, lost, before.strength))
            start = line[0] + 1
    return out


def _first(document: Document, same: Sequence[Candidate], taken: frozenset[int]) -> Iterator[Candidate]:
    """Yield the first of siblings where the second stands without it."""
    for place, second in enumerate(same):
        if second.numbered.value != 2 or (place and same[place - 1].numbered.value == 1):
            continue
        start = same[place - 1].block + 1 if place else 0
        lost = _numbered_as(second.numbered, 1)
        line = _misread(document, lost, range(start, second.block), taken, _marked)
        if line is not None:
            yield _candidate(document, *line, lost, second.strength)


def _last(document: Document, same: Sequence[Candidate], taken: frozenset[int]) -> Iterator[Candidate]:
    """Yield what follows the last of siblings: a line that begins with the next number to the letter."""
    ends = [*sorted(taken), len(document.blocks)]
    for place, last in enumerate(same):
        value = last.numbered.value
        if value < _ENOUGH or (place + 1 < len(same) and same[place + 1].numbered.value == value + 1):
            continue
        lost = _numbered_as(last.numbered, value + 1)
        blocks = range(last.block + 1, ends[bisect_right(ends, last.block)])
        line = _misread(document, lost, blocks, taken, _exact)
        if line is not None:
            yield _candidate(document, *line, lost, last.strength)


def _marked(head: str, _title: str, _lost: Numbered) -> bool:
    """Say whether the mark behind or around a number was read."""
    return bool(_MARKS.search(_folded(head)))


def _exact(head: str, title: str, lost: Numbered) -> bool:
    """Say whether the number itself was read and counts nothing that follows."""
    return _token(lost) in head and not _COUNTED.match(title)


def _any(_head: str, _title: str, _lost: Numbered) -> bool:
    return True


def _misread(
    document: Document,
    lost: Numbered,
    blocks: range,
    taken: frozenset[int],
    held: Callable[[str, str, Numbered], bool] = _any,
) -> tuple[int, str] | None:
    """Return block and title of the first line whose beginning may be the number that is lost.

    `held`: what head and title must show besides.
    """
    for index, block in _lines(document, blocks.start, blocks.stop):
        title = _behind(block.text, lost) if index not in taken else ""
        if len(squash(title)) >= 2 and held(block.text[: len(block.text) - len(title)], title, lost):
            return index, title
    return None


def _token(numbered: Numbered) -> str:
    """Return the last part of a number as it is written: 五 of 五、, 3 of 2.3.3."""
    arabic = str(numbered.value)
    return arabic if arabic in numbered.number else _chinese(numbered.value)


def _behind(text: str, lost: Numbered) -> str:
    """Return what stands behind a misread number; "" where the line begins with nothing like it."""
    wanted, line = _folded(lost.number), text.strip()
    lengths = [n for n in range(max(len(wanted) - 1, 1), len(wanted) + 2) if n < len(line)]
    length = min(lengths, key=lambda n: (_distance(_folded(line[:n]), wanted), n), default=0)
    head = _folded(line[:length])
    if not length or _distance(head, wanted) > 1 or not set(head) & set(wanted):
        return ""
    return clean_title(line[length:].lstrip("、.．,，:：)） 　"))


def _folded(text: str) -> str:
    return "".join(_ALIKE.get(sign, sign) for sign in re.sub(r"[\s　]", "", text))


def _distance(one: str, two: str) -> int:
    """Return the edit distance of two short strings."""
    row = list(range(len(two) + 1))
    for i, a in enumerate(one, 1):
        row, last = [i], row
        for j, b in enumerate(two, 1):
            row.append(min(row[-1] + 1, last[j] + 1, last[j - 1] + (a != b)))
    return row[-1]


def _common(one: str, two: str) -> float:
    return SequenceMatcher(None, squash(one), squash(two), autojunk=False).ratio()


def _numbered_as(sibling: Numbered, value: int) -> Numbered:
    """Return the number of a sibling with another value, written the same way."""
    old = sibling.path[-1]
    token, other = (str(old), str(value)) if str(old) in sibling.number else (_chinese(old), _chinese(value))
    head, found, tail = sibling.number.rpartition(token)
    number = head + other + tail if found else str(value)
    return Numbered(number, "", sibling.kind, (*sibling.path[:-1], value))


def _chinese(value: int) -> str:
    tens, ones = divmod(value, 10)
    return ("" if tens < 2 else _DIGITS[tens]) + ("十" if tens else "") + (_DIGITS[ones] if ones or not tens else "")


def _candidate(document: Document, block: int, title: str, numbered: Numbered, strength: Strength) -> Candidate:
    paragraph = document.blocks[block]
    assert isinstance(paragraph, Paragraph)  # noqa: S101 - `_lines` yields nothing else
    look: Look = look_of(paragraph, body_size(document.blocks))
    return Candidate(block, numbered._replace(title=title), title, strength, look, rough=True)


def _order(candidate: Candidate) -> tuple[int, int]:
    return candidate.block, -1 if candidate.row is None else candidate.row
