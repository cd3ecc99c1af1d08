"""A report back from what is kept of it (`report.json` and `api.reports.read`), so that papers can be made of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from api.reports.json import read
from api.reports.read import load as load_documents
from models.domain.document import Block, Cell, Document, Paragraph, Picture, Table
from models.domain.finding import Clause, Evidence, Finding, Severity
from models.domain.outline import Section
from models.domain.report import (
    CompletenessRow,
    Conclusion,
    Dimension,
    Duplicate,
    Engine,
    Measure,
    NotChecked,
    Pair,
    PolicyStamp,
    Report,
    Routing,
    Summary,
)
from models.domain.submission import Fact, Function, Kind, SubmittedDocument

Object = Mapping[str, Any]


def load(content: bytes, documents: bytes) -> Report:
    """Return the report.

    Args:
        content: the bytes of its `report.json`.
        documents: what `api.reports.read.render` wrote of the same review.

    Raises:
        ValueError: `content` is no report.
    """
    found = read(content)
    blocks = {d["name"]: d for d in load_documents(documents)}
    engine = found["engine"]
    return Report(
        policy=PolicyStamp(**found["policy"]),
        engine=Engine(engine["version"], engine["embedder"], engine["corpus"]["systems"], engine["corpus"]["sha256"]),
        not_checked=tuple(NotChecked(n["what"], n["why"], tuple(n["rules"])) for n in found["not_checked"]),
        submission=Summary(**found["submission"]),
        facts=tuple(_fact(f) for f in found["facts"]),
        documents=tuple(_document(d, blocks.get(d["name"], {})) for d in found["documents"]),
        completeness=tuple(CompletenessRow(**row) for row in found["completeness"]),
        findings=tuple(_finding(f) for f in found["findings"]),
        duplicates=tuple(_duplicate(d) for d in found["duplicates"]),
        routing=Routing(found["routing"]["lead_department"], found["routing"]["approval"],
                        tuple(found["routing"]["clauses"])),
        dimensions=tuple(
            Dimension(d["name"], d["summary"], _places(d["quotes"]), tuple(d["questions"])) for d in found["dimensions"]
        ),
        conclusion=_conclusion(found["conclusion"]),
        functions=tuple(
            Function(f["name"], f["text"], Evidence(**f["evidence"])) for f in found.get("functions", ())
        ),
    )  # fmt: skip


def _places(evidence: Sequence[Object]) -> tuple[Evidence, ...]:
    return tuple(Evidence(**e) for e in evidence)


def _fact(fact: Object) -> Fact:
    value = fact["value"]
    number = value if value is None or isinstance(value, str) else float(value)
    evidence = Evidence(**fact["evidence"])
    return Fact(fact["key"], number, fact["as_written"], fact["scope"], evidence, fact["source"])


def _finding(finding: Object) -> Finding:
    known = {k: finding[k] for k in ("rule", "title", "message", "suggestion", "confidence", "template", "target")}
    return Finding(
        **known,
        severity=Severity(finding["severity"]),
        clause=Clause(**finding["clause"]),
        evidence=_places(finding["evidence"]),
        document_kind=finding["document_kind"],
        amount_wan=finding["amount_wan"],
    )


def _duplicate(duplicate: Object) -> Duplicate:
    return Duplicate(**{**duplicate, "pairs": tuple(Pair(**p) for p in duplicate["pairs"])})


def _conclusion(conclusion: Object) -> Conclusion:
    measures = (Measure(**{**m, "findings": tuple(m["findings"])}) for m in conclusion["measures"])
    return Conclusion(conclusion["advice"], tuple(conclusion["reasons"]), tuple(measures))


def _document(told: Object, kept: Object) -> SubmittedDocument:
    blocks = tuple(_block(b) for b in kept.get("blocks", ()))
    margins = {key: tuple(kept.get(key, ())) for key in ("headers", "footers", "comments")}
    document = Document(
        told["name"], told["format"], told["sha256"], blocks, told["pages"], **margins,
        ocr_pages=tuple(told["ocr_pages"]),
    )  # fmt: skip
    kept_sections = kept.get("outline", ())
    sections = tuple(
        _section(i, s, own) for i, (s, own) in enumerate(zip(told["sections"], kept_sections, strict=True))
    )
    return SubmittedDocument(document, Kind(told["kind"]), sections)


def _section(index: int, told: Object, kept: Object) -> Section:
    block = told["paragraph"]
    end = kept.get("end", block + 1)  # what was kept by an earlier version has neither rows nor ends
    return Section(
        index, told["number"], told["title"], told["level"], None, block, min(block + 1, end), end,
        row=kept.get("row"), template=tuple(told["template"]),
    )  # fmt: skip


def _block(block: Object) -> Block:
    if "rows" in block:
        return Table(_cells(block["rows"]), block["page"])
    if "picture" in block:
        return Picture(block["picture"], block["page"])
    return Paragraph(block["text"], block["number"], page=block["page"], centered=block["centered"])


def _cells(rows: Sequence[Sequence[Sequence[Any]]]) -> tuple[tuple[Cell, ...], ...]:
    """Give each cell its column: the first one that no cell from above or from the left covers."""
    taken: set[tuple[int, int]] = set()
    out = []
    for r, row in enumerate(rows):
        col, cells = 0, []
        for text, down, across in row:
            while (r, col) in taken:
                col += 1
            cells.append(Cell(text, col, down, across))
            taken.update((r + i, col + j) for i in range(down) for j in range(across))
            col += across
        out.append(tuple(cells))
    return tuple(out)
