"""The section tree of a document, aligned to the policy's template."""

from __future__ import annotations

from dataclasses import dataclass

from models.domain.document import Document, Paragraph, Table


@dataclass(frozen=True, slots=True)
class Section:
    """One heading and the text that stands directly under it (not under its sub-headings)."""

    index: int  # position in the document's outline
    number: str  # what a reader sees, e.g. "（一）"; "" where there is none
    title: str  # without its number
    level: int  # 1 = chapter
    parent: int | None  # index of the parent section
    block: int  # block of the heading
    start: int  # own blocks: [start, end)
    end: int
    lead: str = ""  # run-in: text of the heading's own block (or table row) behind the title
    row: int | None = None  # a two-column table row that stands for a section (label | text)
    template: tuple[str, ...] = ()  # template numbers this section answers, e.g. ("1.6",)
    by: str = ""  # how it was aligned: title, alias, position, classifier, embedding, merged


def section_of(sections: tuple[Section, ...], block: int) -> Section | None:
    """Return the innermost section that holds this block, None for front matter."""
    found = None
    for section in sections:
        if section.block > block:
            break
        found = section
    return found


def descendants(sections: tuple[Section, ...], index: int) -> tuple[Section, ...]:
    """Return all sections below `index`, in order, without itself."""
    level = sections[index].level
    out: list[Section] = []
    for section in sections[index + 1 :]:
        if section.level <= level:
            break
        out.append(section)
    return tuple(out)


def own_text(document: Document, section: Section) -> str:
    """Return the section's own text, one line a paragraph or table row, its title left out."""
    lines = [section.lead] if section.lead else []
    for block in document.blocks[section.start : section.end]:
        if isinstance(block, Paragraph):
            lines.append(block.number + block.text)
        elif isinstance(block, Table):
            lines.extend(block.row_text(r) for r in range(len(block.rows)))
    return "\n".join(line for line in lines if line.strip())


def full_text(document: Document, sections: tuple[Section, ...], index: int) -> str:
    """Return the section's text with all that stands under it, sub-headings' titles left out."""
    parts = [own_text(document, s) for s in (sections[index], *descendants(sections, index))]
    return "\n".join(p for p in parts if p)
