"""A document as passages: sentences, table rows and headings, each with its place."""

from __future__ import annotations

from collections.abc import Iterator

from models.domain.document import Paragraph, Table
from models.domain.finding import QUOTE_LIMIT, Evidence
from models.domain.outline import Section
from models.domain.submission import Passage, PassageKind, SubmittedDocument
from models.text import sentence_spans


def passages(submitted: SubmittedDocument) -> tuple[Passage, ...]:
    """Return every sentence, table row and heading of a document in reading order."""
    return tuple(_passages(submitted))


def quote(text: str) -> str:
    """Return the words as evidence quotes them: to the letter, at most 200 characters."""
    return text.strip()[:QUOTE_LIMIT]


def _passages(submitted: SubmittedDocument) -> Iterator[Passage]:
    document, tables = submitted.document, 0
    for index, block in enumerate(document.blocks):
        section = _section(submitted.sections, index)
        if isinstance(block, Table):
            for r, row in enumerate(block.rows):
                own = _section(submitted.sections, index, r)
                text = block.row_text(r)
                if any(cell.text.strip() for cell in row):
                    evidence = Evidence(
                        document.name, quote(text), own.index if own else None, block.page, index, tables, r
                    )
                    yield _passage(submitted, text, PassageKind.ROW, evidence, own)
            tables += 1
        elif isinstance(block, Paragraph):
            yield from _of_paragraph(submitted, index, block, section)


def _of_paragraph(
    submitted: SubmittedDocument, index: int, block: Paragraph, section: Section | None
) -> Iterator[Passage]:
    document = submitted.document
    place = section.index if section else None
    text = block.text
    if section and section.block == index and section.row is None:
        evidence = Evidence(document.name, quote(block.number + text), place, block.page, index)
        yield _passage(submitted, section.title, PassageKind.TITLE, evidence, section)
        text = section.lead
    for start, end in sentence_spans(text):
        evidence = Evidence(document.name, quote(text[start:end]), place, block.page, index)
        yield _passage(submitted, text[start:end], PassageKind.SENTENCE, evidence, section)


def _passage(
    submitted: SubmittedDocument, text: str, kind: PassageKind, evidence: Evidence, section: Section | None
) -> Passage:
    titles, template = _path(submitted.sections, section)
    return Passage(text, kind, submitted.kind, evidence, template, titles)


def _path(sections: tuple[Section, ...], section: Section | None) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Titles from the section upward; template numbers of the nearest aligned one."""
    titles: list[str] = []
    template: tuple[str, ...] = ()
    while section is not None:
        titles.append(section.title)
        template = template or section.template
        section = sections[section.parent] if section.parent is not None else None
    return tuple(titles), template


def _section(sections: tuple[Section, ...], block: int, row: int | None = None) -> Section | None:
    """Return the innermost section at a block, or at a row of a table whose rows stand for sections."""
    found = None
    for section in sections:
        if section.block > block:
            break
        if section.block == block and section.row is not None and (row is None or section.row > row):
            continue
        found = section
    return found
