"""Which section of the later document is which of the earlier one, and which of them stands elsewhere now."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Mapping
from itertools import product

from api.changed.said import Said, alike, bigrams, under
from models.domain.outline import Section
from models.domain.submission import SubmittedDocument
from models.text import squash

_SAME_TEXT = 0.5  # share of two-character pieces from which sections of other titles are one
_LEAST = 12  # pieces from which a text can tell a section


def pair_sections(
    old: SubmittedDocument,
    new: SubmittedDocument,
    texts: tuple[Mapping[int | None, list[Said]], Mapping[int | None, list[Said]]],
) -> dict[int, int]:
    """Return the later section of each earlier one that has one: by path, title, text, template number.

    Args:
        old: the earlier document.
        new: the later one.
        texts: what both say under each section (`said`).
    """
    pairs: dict[int, int] = {}
    for name in (_path, _title):
        _by_name(old, new, pairs, name)
    _by_text(old, new, texts, pairs)
    _by_template(old, new, pairs)
    return pairs


def moved(old: SubmittedDocument, new: SubmittedDocument, pairs: Mapping[int, int]) -> list[int]:
    """Return the sections of `old` that stand under another heading or in another order; those below not again."""
    found: set[int] = set()
    families: dict[int | None, list[int]] = {}
    for a, b in sorted(pairs.items()):
        above, there = old.sections[a].parent, new.sections[b].parent
        strange = (above is not None and above not in pairs) or (there is not None and there not in pairs.values())
        if strange:
            continue  # the heading above is new or gone: that is told
        if (None if above is None else pairs[above]) == there:
            families.setdefault(above, []).append(a)
        else:
            found.add(a)
    for children in families.values():
        stay = _rising([pairs[a] for a in children])
        found |= {a for position, a in enumerate(children) if position not in stay}
    return sorted(found)


def _rising(numbers: list[int]) -> set[int]:
    """Return the positions of a longest rising row of numbers."""
    ends: list[int] = []  # position of the last of the best row of each length
    before: dict[int, int | None] = {}
    for position, number in enumerate(numbers):
        length = bisect_left([numbers[p] for p in ends], number)
        before[position] = ends[length - 1] if length else None
        ends[length:] = [position, *ends[length + 1 :]]
    kept: set[int] = set()
    at: int | None = ends[-1] if ends else None
    while at is not None:
        kept.add(at)
        at = before[at]
    return kept


def _by_name(
    old: SubmittedDocument,
    new: SubmittedDocument,
    pairs: dict[int, int],
    name: Callable[[tuple[Section, ...], Section], object],
) -> None:
    left: dict[object, list[int]] = {}
    taken = set(pairs.values())
    for section in new.sections:
        if section.index not in taken and squash(section.title):
            left.setdefault(name(new.sections, section), []).append(section.index)
    for section in old.sections:
        there = left.get(name(old.sections, section), [])
        if section.index not in pairs and there:
            pairs[section.index] = there.pop(0)


def _title(_: tuple[Section, ...], section: Section) -> str:
    return squash(section.title)


def _path(sections: tuple[Section, ...], section: Section) -> tuple[str, ...]:
    titles = [squash(section.title)]
    while section.parent is not None:
        section = sections[section.parent]
        titles.append(squash(section.title))
    return tuple(titles)


def _by_text(
    old: SubmittedDocument,
    new: SubmittedDocument,
    texts: tuple[Mapping[int | None, list[Said]], Mapping[int | None, list[Said]]],
    pairs: dict[int, int],
) -> None:
    """Pair what is left by what it says, the likest first."""
    taken = set(pairs.values())
    ours = {s.index: bigrams(under(old, s.index, texts[0])) for s in old.sections if s.index not in pairs}
    theirs = {s.index: bigrams(under(new, s.index, texts[1])) for s in new.sections if s.index not in taken}
    some = [
        (alike(ours[a], theirs[b]), -abs(old.sections[a].level - new.sections[b].level), -a, -b)
        for a, b in product(ours, theirs)
        if min(len(ours[a]), len(theirs[b])) >= _LEAST
    ]
    for likeness, _, a, b in sorted(some, reverse=True):
        if likeness >= _SAME_TEXT and -a not in pairs and -b not in taken:
            pairs[-a] = -b
            taken.add(-b)


def _by_template(old: SubmittedDocument, new: SubmittedDocument, pairs: dict[int, int]) -> None:
    """Pair what is left where one section on either side answers a template number."""
    taken = set(pairs.values())
    for section in old.sections:
        if section.index in pairs or not section.template:
            continue
        there = [s.index for s in new.sections if s.index not in taken and s.template == section.template]
        if len(there) == 1:
            pairs[section.index] = there[0]
            taken.add(there[0])
