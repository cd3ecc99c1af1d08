"""What the plan's own sentences say of a matter, with their places."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence

from analyzers.dimensions import POINTS
from api.papers.places import quote
from models.domain.document import Paragraph, Table
from models.domain.finding import Evidence
from models.domain.outline import Section, section_of
from models.domain.report import Report
from models.domain.submission import Kind
from models.headings import is_caption


def sentences(
    report: Report, wanted: Callable[[str], bool], apart: Sequence[str] = (), titled: str = ""
) -> Iterator[Evidence]:
    """Yield the plan's sentences that are wanted and neither pointer (见表6), caption nor head, in its order.

    `apart`: template numbers left out; `titled`: a pattern that the heading above it must hold.
    """
    for item in (d for d in report.documents if d.kind is Kind.PLAN):
        for number, block in enumerate(item.document.blocks):
            texts = [block.text] if isinstance(block, Paragraph) else []
            texts += [block.row_text(row) for row in range(1, len(block.rows))] if isinstance(block, Table) else []
            said = (s.strip() for text in texts for s in re.split("[。；]", text) if wanted(s))
            found = [s for s in said if not POINTS.fullmatch(s) and not is_caption(s)]
            section = section_of(item.sections, number) if found else None
            if section and set(apart) & _answered(item.sections, section):
                continue
            if titled and not (section and re.search(titled, section.title)):
                continue
            at = section.index if section else None
            yield from (Evidence(item.document.name, s, section=at, page=block.page, paragraph=number) for s in found)


def _answered(sections: Sequence[Section], section: Section) -> set[str]:
    """Return the template numbers that a section and those above it answer."""
    found = set(section.template)
    while section.parent is not None:
        section = sections[section.parent]
        found.update(section.template)
    return found


def statement(report: Report, system: str, limit: int = 60) -> str:
    """Return what the plan itself says of a system: its first sentence that names it."""
    found = next(sentences(report, lambda text: system in text), None)
    return quote(found, limit) if found else ""
