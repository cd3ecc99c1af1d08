"""Lines that could be headings, with the signs they carry; `models.outline` decides over the whole sequence."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from enum import IntEnum

from models.domain.document import Block, Cell, Document, Paragraph, Role, Table
from models.numbering import Numbered, NumberKind, parse_label, split_number

LONGEST_TITLE = 45
_TYPED_TOO = frozenset(  # numbers that authors type although the style has one
    {NumberKind.PART, NumberKind.CHAPTER, NumberKind.SECTION, NumberKind.CHINESE, NumberKind.CHINESE_PAREN,
     NumberKind.DOTTED, NumberKind.ARABIC, NumberKind.FORMAL, NumberKind.STEM, NumberKind.BRANCH}
)  # fmt: skip
_LONGEST_LABEL_TABLE = 80  # rows; a longer table lists things, it does not stand for sections
_LIST_KINDS = frozenset({NumberKind.HALF_PAREN, NumberKind.CIRCLE, NumberKind.LETTER})
_CAPTION = re.compile(r"^(?:附?[表图])\s*[\d一二三四五六七八九十A-Z]+(?:\s*[-－—–.．]\s*\d+)*(?:[\s：:、]|(?=\D))")
_CONTENTS_LINE = re.compile(r"^.{2,60}?(?:[.·…．]{3,}|\t|[-—_]{4,}|[ 　]{4,})[\s　]*[（(]?\d{1,3}[)）]?$")
_CONTENTS_TITLE = re.compile(r"^目\s*[录次]$")
_STYLE_LEVEL = re.compile(r"^(?:heading|标题|h)\s*([1-9])\b|^([一二三四五])级标题", re.IGNORECASE)
_TITLE_STYLE = re.compile(r"^(?:title|subtitle|标题|副标题|封面.*|toc.*|目录.*|caption|题注)$", re.IGNORECASE)
_ENDS_SENTENCE = re.compile(r"[。；;，,！？]$")
_INNER_SENTENCE = re.compile(r"[。；！？]")
_HEAD_END = re.compile(r"[：:。，,；]")
_SENTENCE = re.compile(r"[，,].*[。；;]$|；$")
_ALONE = re.compile(r"[\s　：:、.．]+")
_ALONE_KINDS = frozenset({NumberKind.PART, NumberKind.CHAPTER, NumberKind.SECTION, NumberKind.ATTACHMENT})
_BIGGER = 3  # half points above the body text from which on a size sets a line off
_LABEL = re.compile(r"^([^：:。，,；;！？\d]{2,16})[：:]\s*(.*)$", re.DOTALL)


class Strength(IntEnum):
    """How much a line looks like a heading by itself."""

    SOFT = 0  # a label or table row: a section only where it answers the template
    PLAIN = 1  # numbered and short, nothing else: the sequence decides
    LOOK = 2  # set off by its looks, without a number
    HARD = 3  # heading style, or numbered and set off by its looks


@dataclass(frozen=True, slots=True)
class Look:
    """What sets a line off: `size` in half points above the body text, 0 where it is the same or unknown."""

    bold: bool
    size: int
    centered: bool


_NO_LOOK = Look(bold=False, size=0, centered=False)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A line (or table row) that could be a heading."""

    block: int
    numbered: Numbered
    title: str
    strength: Strength
    look: Look
    declared: int | None = None  # level its style says
    lead: str = ""
    row: int | None = None
    blocks: int = 1  # 2 where the number stands on a line of its own and the title on the next
    rough: bool = False  # from a picture: its looks are measured, not told

    @property
    def group(self) -> tuple[NumberKind, int]:
        """Return what headings of one level share: the way of numbering, with the depth of 1.1.1."""
        depth = len(self.numbered.path) if self.numbered.kind is NumberKind.DOTTED else 0
        return self.numbered.kind, depth


def candidates(document: Document) -> list[Candidate]:
    """Return every line that could be a heading, in reading order; captions and contents lines are none."""
    body = body_size(document.blocks)
    skip = _contents(document.blocks)
    out: list[Candidate] = []
    taken = -1
    for index, block in enumerate(document.blocks):
        if isinstance(block, Paragraph) and index not in skip and index != taken:
            found = _over_two_lines(document.blocks, index, body) or _from_paragraph(index, block, body)
            taken = index + 1 if found is not None and found.blocks > 1 else taken
            if found is not None:
                out.append(replace(found, rough=True) if block.page in document.ocr_pages else found)
        elif isinstance(block, Table):
            out.extend(_from_table(index, block))
    return out


def is_caption(text: str) -> bool:
    """Tell whether a line names a table or a figure (表1-1 …, 图3 …)."""
    return _CAPTION.match(text.strip()) is not None


def is_contents_line(text: str) -> bool:
    """Tell whether a line of a contents list stands here: words, leaders or a gap, a page's number."""
    return _CONTENTS_LINE.match(text.strip()) is not None


def body_size(blocks: Sequence[Block]) -> float | None:
    """Return the type size of most of the text, in pt; None where no size is known."""
    sizes: Counter[float] = Counter()
    for block in blocks:
        if isinstance(block, Paragraph) and block.size is not None:
            sizes[block.size] += len(block.text)
    return max(sizes, key=lambda s: (sizes[s], -s)) if sizes else None


def look_of(paragraph: Paragraph, body: float | None) -> Look:
    """Return what sets a paragraph off from text of the size `body` (pt)."""
    bigger = 0
    if body is not None and paragraph.size is not None and paragraph.size > body:
        bigger = round((paragraph.size - body) * 2)
    return Look(paragraph.bold, bigger, paragraph.centered)


def _declared(paragraph: Paragraph) -> int | None:
    if _TITLE_STYLE.match(paragraph.style.strip()):
        return None
    if paragraph.outline_level is not None and 1 <= paragraph.outline_level <= 9:
        return paragraph.outline_level
    match = _STYLE_LEVEL.match(paragraph.style.strip())
    if match is None:
        return None
    return int(match.group(1)) if match.group(1) else "一二三四五".index(match.group(2)) + 1


def clean_title(text: str) -> str:
    """Return a title without the mark that closes it (：, 。)."""
    return text.strip().rstrip("：:。．. 　").strip()


def _numbered(paragraph: Paragraph, text: str) -> Numbered:
    if not paragraph.number.strip():
        return split_number(text)
    label = parse_label(paragraph.number)
    typed = split_number(text)
    if label.kind is NumberKind.NONE or typed.kind not in _TYPED_TOO:
        return label._replace(title=text)
    return label._replace(number=label.number + typed.number, title=typed.title)


def _from_paragraph(index: int, paragraph: Paragraph, body: float | None) -> Candidate | None:
    text = paragraph.text.strip()
    if not text or paragraph.role is not Role.BODY or is_caption(text) or _TITLE_STYLE.match(paragraph.style.strip()):
        return None
    numbered = _numbered(paragraph, text)
    look = look_of(paragraph, body)
    level = _declared(paragraph)
    if level is not None or look.bold or look.size >= _BIGGER:
        found = _set_off(index, numbered, look, level)
        if found is not None:
            return found
    if 1 < paragraph.bold_prefix < len(paragraph.text.rstrip()):
        found = _bold_run_in(index, paragraph, look, level)
        if found is not None:
            return found
    return _plain(index, numbered, look, level)


def _over_two_lines(blocks: Sequence[Block], index: int, body: float | None) -> Candidate | None:
    """Return a heading whose number (第一章, 附件1) stands on a line of its own, its title on the next."""
    first, second = blocks[index], blocks[index + 1] if index + 1 < len(blocks) else None
    if not isinstance(first, Paragraph) or not isinstance(second, Paragraph):
        return None
    label = split_number(_ALONE.sub("", first.number + first.text) + " 题")
    if (
        label.kind not in _ALONE_KINDS
        or label.title != "题"
        or first.role is not Role.BODY
        or second.role is not Role.BODY
    ):
        return None
    look, other = look_of(first, body), look_of(second, body)
    level, title = _declared(first), second.text.strip()
    alike = look == other or _declared(second) is not None or (other.bold and other.centered)
    if not alike or not 2 <= len(title) <= LONGEST_TITLE or split_number(title).kind is not NumberKind.NONE:
        return None
    if _ENDS_SENTENCE.search(title) or _INNER_SENTENCE.search(title) or _LABEL.match(title):
        return None
    set_off = level is not None or look.bold or look.size >= _BIGGER or look.centered
    strength = Strength.HARD if set_off else Strength.PLAIN
    return Candidate(
        index, label._replace(title=title), clean_title(title), strength, look, level or _declared(second), blocks=2
    )


def _set_off(index: int, numbered: Numbered, look: Look, level: int | None) -> Candidate | None:
    """Return a line set off as a whole by its style, weight or size."""
    title = clean_title(numbered.title)
    longest = LONGEST_TITLE + 15 if level is not None else LONGEST_TITLE
    if not title or len(title) > longest or _INNER_SENTENCE.search(title):
        return None
    if _SENTENCE.search(numbered.title):
        return None
    if level is None and (numbered.title[-1] in "；;，," or (numbered.title[-1] == "。" and len(title) > 20)):
        return None
    hard = level is not None or numbered.kind is not NumberKind.NONE
    if hard or _LABEL.match(numbered.title) is None:
        return Candidate(index, numbered, title, Strength.HARD if hard else Strength.LOOK, look, level)
    return None


def _bold_run_in(index: int, paragraph: Paragraph, look: Look, level: int | None) -> Candidate | None:
    """Return a title set in bold at the start of a paragraph, the text behind it as `lead`."""
    text = paragraph.text
    head, rest = text[: paragraph.bold_prefix].strip(), text[paragraph.bold_prefix :].strip()
    closed = head[-1:] in "。：:．." or rest[:1] in "。：:"
    numbered = _numbered(paragraph, head)
    title, rest = clean_title(numbered.title), rest.lstrip("。：: 　")
    if not 2 <= len(title) <= 25 or not rest or _INNER_SENTENCE.search(title):
        return None
    if numbered.kind is NumberKind.NONE and not closed:
        return None
    hard = level is not None or (numbered.kind is not NumberKind.NONE and numbered.kind not in _LIST_KINDS)
    strength = Strength.HARD if hard else Strength.SOFT
    return Candidate(index, numbered, title, strength, Look(bold=True, size=look.size, centered=False), level, rest)


def _plain(index: int, numbered: Numbered, look: Look, level: int | None) -> Candidate | None:
    """Return a line without any mark but its number or its colon."""
    text = numbered.title
    if numbered.kind is NumberKind.NONE:
        label = _LABEL.match(text)
        if label is None:
            return None
        return Candidate(index, numbered, label.group(1).strip(), Strength.SOFT, look, None, label.group(2).strip())
    title = clean_title(text)
    if len(title) <= 30 and not _ENDS_SENTENCE.search(text.rstrip()) and not re.search(r"[：:。；]", title):
        return Candidate(index, numbered, title, Strength.PLAIN, look) if len(title) > 1 else None
    cut = _HEAD_END.search(text)
    if cut is None or not 2 <= cut.start() <= 18:
        return None
    if level is not None and cut[0] not in "：:。":
        return None  # a sentence in a heading's style, no run-in title
    strength = Strength.HARD if level is not None else Strength.SOFT
    lead = text[cut.end() :].strip()
    return Candidate(index, numbered, text[: cut.start()].strip(), strength, look, level, lead)


def _from_table(index: int, table: Table) -> Iterator[Candidate]:
    """Yield label | text rows of a table of two columns (or two such pairs side by side)."""
    width = max((c.col + c.colspan for row in table.rows for c in row), default=0)
    if not 2 <= width <= 4 or not 2 <= len(table.rows) <= _LONGEST_LABEL_TABLE:
        return
    for r, row in enumerate(table.rows):
        cells = [c for c in row if not re.fullmatch(r"[\d\s.、]*", c.text)] if width == 3 else list(row)
        for label, value in zip(cells[::2], cells[1::2], strict=False):
            found = _row_label(index, r, label, value)
            if found is not None:
                yield found


def _row_label(index: int, row: int, label: Cell, value: Cell) -> Candidate | None:
    numbered = split_number(label.text)
    title = clean_title(numbered.title)
    if not 2 <= len(title) <= 20 or "\n" in title:
        return None
    return Candidate(index, numbered, title, Strength.SOFT, _NO_LOOK, None, value.text.strip(), row)


def _contents(blocks: Sequence[Block]) -> frozenset[int]:
    """Return the blocks of a typed contents list: lines that end in a page, or stand between 目录 and the text."""
    out: set[int] = set()
    keys = [_key(b) for b in blocks]
    for index, block in enumerate(blocks):
        if not isinstance(block, Paragraph):
            continue
        text = block.text.strip()
        if is_contents_line(text):
            out.add(index)
        elif _CONTENTS_TITLE.match(text):
            out.add(index)
            out.update(_up_to_repeat(keys, index))
    return frozenset(out)


def _key(block: Block) -> str:
    if not isinstance(block, Paragraph):
        return ""
    text = re.sub(r"[\s.·…．_—-]*\d{0,3}$", "", block.number + block.text)
    return re.sub(r"[\W_]+", "", text)


def _up_to_repeat(keys: Sequence[str], start: int) -> range:
    """Return the blocks behind a contents title up to the place where its first line comes again as a heading."""
    first = next((i for i in range(start + 1, len(keys)) if keys[i]), None)
    if first is None:
        return range(0)
    again = next((i for i in range(first + 1, len(keys)) if keys[i] == keys[first]), None)
    if again is None or any(len(key) > 60 for key in keys[first:again]):
        return range(0)
    return range(start + 1, again)
