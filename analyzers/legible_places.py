"""Whether the place where a template item would stand could be read at all."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from models.domain.document import Document, Paragraph
from models.domain.outline import descendants

if TYPE_CHECKING:
    from models.domain.outline import Section
    from models.domain.submission import SubmittedDocument

_HEADING = 40  # characters: a longer line that was not surely read is no lost heading


def illegible(plan: SubmittedDocument, by_number: Mapping[str, Sequence[Section]], number: str) -> bool:
    """Tell whether the item's own text, or the stretch where its heading would be, was not surely read.

    `by_number` holds the sections by template number; a page that nothing could read counts as such a stretch.
    """
    document = plan.document
    if not document.unread_pages and not any(isinstance(b, Paragraph) and b.weak for b in document.blocks):
        return False
    own = by_number.get(number, ())
    if own:
        return any(_unsure(document, *_span(plan, section), longest=None) for section in own)
    return _unsure(document, *_stretch(plan, by_number, number), longest=_HEADING)


def _span(plan: SubmittedDocument, section: Section) -> tuple[int, int]:
    ends = (s.end for s in descendants(plan.sections, section.index))
    return section.block, max((section.end, *ends))


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


def _unsure(document: Document, start: int, end: int, *, longest: int | None) -> bool:
    inside = document.blocks[start:end]
    if any(isinstance(b, Paragraph) and b.weak and (longest is None or len(b.text) <= longest) for b in inside):
        return True
    if not document.unread_pages:
        return False
    first = next((b.page for b in inside if b.page), 1)
    after = document.blocks[end].page if end < len(document.blocks) else document.pages
    return any(first <= page <= (after or first) for page in document.unread_pages)
