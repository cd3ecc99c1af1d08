"""Whether the place where a template item would stand could be read at all."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from models.domain.document import Document, Paragraph
from models.domain.outline import descendants
from models.numbering import parse_label, split_number
from models.text import squash

if TYPE_CHECKING:
    from models.domain.outline import Section
    from models.domain.policy import TemplateItem
    from models.domain.submission import SubmittedDocument

_PAGE = re.compile(r"[\s.．·…・⋯_—–-]*\d{0,3}$")  # what stands behind an entry of a contents list
_HEADING = 40  # characters: a longer line that was not surely read is no lost heading


def illegible(plan: SubmittedDocument, by_number: Mapping[str, Sequence[Section]], item: TemplateItem) -> bool:
    """Tell whether the item's own text, or the stretch where its heading would be, was not surely read.

    `by_number` holds the sections by template number. A page that nothing could read counts as such a stretch, and so
    does one where recognition lost a heading: the numbers of the others leave it out, or the contents list has it.
    """
    document = plan.document
    if not document.unread_pages and not document.ocr_pages:
        return False
    own = by_number.get(item.number, ())
    if own:
        return any(_unsure(document, *_span(plan, section), known=frozenset(), longest=None) for section in own)
    start, end = _stretch(plan, by_number, item.number)
    if not _pictured(document, start, end):
        return False
    known = frozenset(s.block for sections in by_number.values() for s in sections)
    return (
        _unsure(document, start, end, known=known, longest=_HEADING)
        or _skipped(plan.sections, start, end)
        or _listed(document, item)
    )


def _pictured(document: Document, start: int, end: int) -> bool:
    """Tell whether pages that are pictures reach into a stretch of blocks."""
    pages = {b.page for b in document.blocks[start : end + 1]}
    return bool(document.unread_pages) or not pages.isdisjoint(document.ocr_pages)


def _skipped(sections: Sequence[Section], start: int, end: int) -> bool:
    """Tell whether the numbers of two neighbours in a stretch leave one out."""
    last: dict[int | None, tuple[int, tuple[int, ...]]] = {}
    for section in sections:
        path = parse_label(section.number).path
        before = last.get(section.parent)
        if path and before is not None and start <= before[0] and section.block <= end:
            one = before[1]
            if len(one) == len(path) and one[:-1] == path[:-1] and path[-1] > one[-1] + 1:
                return True
        if path:
            last[section.parent] = section.block, path
    return False


def _listed(document: Document, item: TemplateItem) -> bool:
    """Tell whether the contents list has an entry that is the item's title, or one of its aliases."""
    names = {squash(name) for name in (item.title, *item.aliases)}
    return any(squash(split_number(_PAGE.sub("", line)).title) in names for line in document.contents)


def _span(plan: SubmittedDocument, section: Section) -> tuple[int, int]:
    ends = (s.end for s in descendants(plan.sections, section.index))
    return section.block if section.lead else section.start, max((section.end, *ends))


def _stretch(plan: SubmittedDocument, by_number: Mapping[str, Sequence[Section]], number: str) -> tuple[int, int]:
    """Return the blocks between what stands before the item in the template and what stands after it."""
    key = _key(number)
    places = sorted((_key(n), s.block) for n, sections in by_number.items() for s in sections)
    before = [block for k, block in places if k < key]
    start = before[-1] if before else 0
    after = [block for k, block in places if k > key and k[: len(key)] != key and block > start]
    return start, min(after, default=len(plan.document.blocks))


def _key(number: str) -> tuple[int, ...]:
    return tuple(int(part) for part in number.split("."))


def _unsure(document: Document, start: int, end: int, *, known: frozenset[int], longest: int | None) -> bool:
    """Tell whether something between two blocks was not surely read; headings that say what they are, are `known`."""
    inside = document.blocks[start:end]
    weak = [b for at, b in enumerate(inside, start) if isinstance(b, Paragraph) and b.weak and at not in known]
    if any(longest is None or len(block.text) <= longest for block in weak):
        return True
    if not document.unread_pages:
        return False
    first = next((b.page for b in inside if b.page), 1)
    after = document.blocks[end].page if end < len(document.blocks) else document.pages
    return any(first <= page <= (after or first) for page in document.unread_pages)
