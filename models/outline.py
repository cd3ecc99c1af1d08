"""The section tree of a document, decided over the whole sequence of its lines."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from models.attached_parts import attached
from models.domain.document import Document, Paragraph
from models.domain.outline import Section
from models.headings import Candidate, Look, Strength, candidates
from models.misread import mended
from models.numbering import NumberKind, follows
from models.plain_runs import accepted

LABEL = "label"  # `Section.by` of a label, run-in or table row that is a section only if it answers the template

Group = tuple[NumberKind, int]


@dataclass(slots=True)
class _Open:
    """A heading whose section is not closed yet."""

    level: int
    head: Candidate


def outline(document: Document) -> tuple[Section, ...]:
    """Return the sections of a document in order, without template numbers.

    Labels, unnumbered run-ins and rows of two-column tables come as sections with `by` = LABEL; `models.alignment`
    keeps those that answer an item of the template and gives the text of the rest back.
    """
    found = mended(document, candidates(document))
    parts = attached(document, found)
    main = [c for c in found if not parts or c.block < parts[0].block]
    heads = _heads(document, main)
    ranks = levels(heads)
    under = _level_of_attachments(heads, ranks)
    ends = [*(part.block for part in parts[1:]), len(document.blocks)]
    for part, end in zip(parts, ends, strict=False):
        heads.append(part)
        ranks.append(under)
        inner = _heads(document, [c for c in found if part.block < c.block < end])
        heads += inner
        ranks += [under + rank for rank in levels(inner)]
    if not heads:
        return ()
    taken = {c.block for c in heads}
    soft = [
        c
        for c in found
        if c.block not in taken and c.block > heads[0].block and c.strength in {Strength.SOFT, Strength.LOOK}
    ]
    return _sections(document, _merge(heads, ranks, soft))


def _heads(document: Document, found: Sequence[Candidate]) -> list[Candidate]:
    """Return the headings of the text, or of one attachment, in order."""
    marked = _without_false_levels([c for c in found if c.strength is Strength.HARD])
    heads = accepted(document, marked, found, levels(marked))
    heads = _with_unnumbered(heads, [c for c in found if c.strength is Strength.LOOK])
    return _without_cover(heads, document)


def _level_of_attachments(heads: Sequence[Candidate], ranks: Sequence[int]) -> int:
    """Return 1, or the level below the last chapter where that is called 附件."""
    last = next((h for h, r in zip(reversed(heads), reversed(ranks), strict=True) if r == 1), None)
    return 2 if last is not None and re.match(r"附[件录表]", last.title) else 1


def levels(heads: Sequence[Candidate]) -> list[int]:
    """Return the level of each heading: from its style, else from how its numbers nest in the others'."""
    known: dict[Group, int] = {}
    looks: dict[Look, int] = {}
    ranks: list[int] = []
    for _ in range(2):
        ranks = _walk(heads, known, looks)
        known = _majority(heads, ranks)
        looks = _majority_looks(heads, ranks)
    lowest = min(ranks, default=1)
    return [rank - lowest + 1 for rank in ranks]


def _walk(heads: Sequence[Candidate], known: Mapping[Group, int], looks: Mapping[Look, int]) -> list[int]:
    stack: list[_Open] = []
    ranks: list[int] = []
    for head in heads:
        level = _level(head, stack, known, looks)
        while stack and stack[-1].level >= level:
            stack.pop()
        stack.append(_Open(level, head))
        ranks.append(level)
    return ranks


def _level(head: Candidate, stack: Sequence[_Open], known: Mapping[Group, int], looks: Mapping[Look, int]) -> int:
    usual = known.get(head.group)
    if head.declared is not None:
        strays = usual is not None and usual != head.declared and _sibling(head, stack) == usual
        return usual if strays and usual is not None else head.declared
    if head.numbered.kind is NumberKind.NONE:
        return looks.get(head.look, stack[-1].level + 1 if stack else 1)
    sibling = _sibling(head, stack)
    if sibling is not None:
        return sibling
    parent = _dotted_parent(head, stack)
    if parent is not None:
        return parent + 1
    return usual if usual is not None else (stack[-1].level + 1 if stack else 1)


def _sibling(head: Candidate, stack: Sequence[_Open]) -> int | None:
    """Return the level of the open heading whose number this one continues; a gap in the numbers is forgiven."""
    for entry in reversed(stack):
        if entry.head.group != head.group or (
            bool(entry.head.lead) != bool(head.lead) and entry.head.look != head.look
        ):
            continue
        before, after = entry.head.numbered.path, head.numbered.path
        if follows(before, after) or (before[:-1] == after[:-1] and before[-1] < after[-1] <= before[-1] + 3):
            return entry.level
    return None


def _dotted_parent(head: Candidate, stack: Sequence[_Open]) -> int | None:
    """Return the level of the open heading 2.3 (or 二、, 第2章 for 2.x) that 2.3.1 stands under."""
    path = head.numbered.path
    if head.numbered.kind is not NumberKind.DOTTED:
        return None
    for entry in reversed(stack):
        other = entry.head.numbered
        if other.path == path[:-1] and (len(path) == 2 or other.kind is NumberKind.DOTTED):
            return entry.level
    return None


def _majority(heads: Sequence[Candidate], ranks: Sequence[int]) -> dict[Group, int]:
    votes: dict[Group, Counter[int]] = {}
    for head, rank in zip(heads, ranks, strict=True):
        if head.numbered.kind is not NumberKind.NONE:
            votes.setdefault(head.group, Counter())[rank] += 1
    return {group: min(c, key=lambda r: (-c[r], r)) for group, c in votes.items()}


def _majority_looks(heads: Sequence[Candidate], ranks: Sequence[int]) -> dict[Look, int]:
    """Levels by looks, from headings whose level something else tells; else by size."""
    votes: dict[Look, Counter[int]] = {}
    for head, rank in zip(heads, ranks, strict=True):
        if head.declared is not None or head.numbered.kind is not NumberKind.NONE:
            votes.setdefault(head.look, Counter())[rank] += 1
    if votes:
        return {look: min(c, key=lambda r: (-c[r], r)) for look, c in votes.items()}
    looks = sorted({h.look for h in heads}, key=lambda k: (-k.size, not k.centered, not k.bold))
    return {look: rank for rank, look in enumerate(looks, 1)}


def _without_false_levels(heads: Sequence[Candidate]) -> list[Candidate]:
    """Take the level off a style that was used for several ways of numbering (一、 and （一） both 标题1)."""
    kinds: dict[int, Counter[Group]] = {}
    for head in heads:
        if head.declared is not None and head.numbered.kind is not NumberKind.NONE:
            kinds.setdefault(head.declared, Counter())[head.group] += 1
    mixed = {level for level, c in kinds.items() if sum(n >= 3 for n in c.values()) > 1}
    return [replace(h, declared=None) if h.declared in mixed else h for h in heads]


def _with_unnumbered(heads: list[Candidate], plain: Sequence[Candidate]) -> list[Candidate]:
    """Add unnumbered lines that look like a level of the numbered headings; all of them where nothing is numbered."""
    if not heads:
        return list(plain)
    likes = Counter(h.look for h in heads if h.lead == "" and (h.look.size > 0 or h.look.centered))
    more = [c for c in plain if likes[c.look] >= 2 and c.block > heads[0].block]
    return sorted([*heads, *more], key=lambda c: c.block)


def _without_cover(heads: list[Candidate], document: Document) -> list[Candidate]:
    """Drop the document's own title where it is set as a heading above or beside the chapters, or stands alone."""
    if len(heads) == 1 and heads[0].block == 0 and heads[0].strength is Strength.LOOK and heads[0].look.centered:
        return []
    ranks = levels(heads)
    tops = [h for h, r in zip(heads, ranks, strict=True) if r == 1]
    while len(heads) > 3 and heads[0].numbered.kind is NumberKind.NONE:
        alone = len(tops) == 1 and tops[0] is heads[0]
        odd = sum(h.numbered.kind is not NumberKind.NONE for h in tops) >= 2 and ranks[0] == 1
        single = heads[0].declared is None and sum(h.look == heads[0].look for h in heads) == 1
        if not (alone or odd or single) or _words(document, heads[0].block + 1, heads[1].block) > 200:
            break
        heads = heads[1:]
        ranks = levels(heads)
        tops = [h for h, r in zip(heads, ranks, strict=True) if r == 1]
    return heads


def _words(document: Document, start: int, end: int) -> int:
    return sum(len(b.text) for b in document.blocks[start:end] if isinstance(b, Paragraph))


def _merge(
    heads: Sequence[Candidate], ranks: Sequence[int], soft: Sequence[Candidate]
) -> list[tuple[Candidate, int, bool]]:
    """Put labels, run-ins and rows in their places, one level below the heading they stand under."""
    fixed = {id(h): r for h, r in zip(heads, ranks, strict=True)}
    order = sorted([*heads, *soft], key=lambda c: (c.block, -1 if c.row is None else c.row))
    stack: list[_Open] = []
    out: list[tuple[Candidate, int, bool]] = []
    for item in order:
        level = fixed.get(id(item))
        if level is None:
            level = _soft_level(item, stack)
        while stack and stack[-1].level >= level:
            stack.pop()
        if id(item) in fixed or item.numbered.kind is not NumberKind.NONE:
            stack.append(_Open(level, item))
        out.append((item, level, id(item) not in fixed))
    return out


def _soft_level(item: Candidate, stack: Sequence[_Open]) -> int:
    for entry in reversed(stack):
        if entry.head.group == item.group and follows(entry.head.numbered.path, item.numbered.path):
            return entry.level
    hard = [e for e in stack if e.head.strength is not Strength.SOFT]
    return hard[-1].level + 1 if hard else 1


def _sections(document: Document, items: Sequence[tuple[Candidate, int, bool]]) -> tuple[Section, ...]:
    out: list[Section] = []
    stack: list[tuple[int, int]] = []
    for index, (item, level, soft) in enumerate(items):
        while stack and stack[-1][0] >= level:
            stack.pop()
        parent = stack[-1][1] if stack else None
        stack.append((level, index))
        cut = next((c.block for c, _, _ in items[index + 1 :] if c.row is None), len(document.blocks))
        start = item.block + item.blocks
        section = Section(
            index, item.numbered.number, item.title, level, parent, item.block, start, start, item.lead, item.row
        )
        out.append(replace(section, end=start if item.row is not None else cut, by=LABEL if soft else ""))
    return tuple(out)
