"""How a pack's own samples are judged: words of one place, with other places of its submission where it names them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from models.domain.document import Block, Cell, Document, Paragraph, Table
from models.domain.finding import Evidence, Finding, Severity
from models.domain.outline import Section
from models.domain.register import System
from models.domain.submission import (
    Budget,
    BudgetLine,
    Fact,
    Function,
    Kind,
    LineKind,
    Submission,
    SubmittedDocument,
)
from models.quantities import cell_amount

if TYPE_CHECKING:
    from analyzers.context import Context
    from api.wiring import Workbench
    from corpus.policies import Sample
    from corpus.policies.check import Place
    from models.domain.policy import Policy

Judging = Callable[[str, "Sample", "Policy"], dict[str, Severity]]

_ROWS = {"表格", "申报表", "概算"}
_AROUND = {"文件名", "页眉", "水印", "属性"}
_KINDS = {"申报表": Kind.FORM, "概算": Kind.BUDGET, "附件": Kind.ATTACHMENT}
_BY_NAME = {
    "系统名称": "name", "建设单位": "unit", "层级": "level", "状态": "status", "建成年份": "year",
    "简介": "description", "系统描述": "description", "验收": "acceptance", "验收状态": "acceptance",
    "曾用名": "former_names", "功能": "functions", "功能清单": "functions", "统建": "unified",
}  # fmt: skip


def judging() -> Judging:
    """Return what raises rules for a sample: its rule's analyzers over a submission that holds only its places."""
    from api.settings import settings
    from api.wiring import Workbench, assemble

    benches: dict[str, object] = {}

    def judge(rule: str, sample: Sample, policy: Policy) -> dict[str, Severity]:
        bench = benches.get(policy.sha256)
        if not isinstance(bench, Workbench):
            bench = benches[policy.sha256] = assemble(settings(), policy.id)
        found = sorted(raised(rule, sample, bench), key=lambda f: list(Severity).index(f.severity), reverse=True)
        out = {f.rule: f.severity for f in found}  # the gravest last
        return out | ({"PRO-SECRET": Severity.BLOCKER} if rule == "PRO-SECRET" and _marked(sample) else {})

    return judge


def raised(rule: str, sample: Sample, bench: Workbench) -> list[Finding]:
    """Return what the analyzers of one rule find in a sample."""
    from analyzers.registry import ANALYZERS

    context = _context((sample.place, *sample.beside), bench)
    asked = [a for a in ANALYZERS if any(rule == r or rule.startswith(f"{r}-") for r in a.RULES)]
    return [f for a in asked for f in a.check(context)]


def _marked(sample: Sample) -> bool:
    """Say whether reading would stop at a state-secret mark (never reaching the analyzers)."""
    from ingest.secrecy import marked

    return any(marked(d.document) for d in _documents((sample.place, *sample.beside)))


def _context(places: Sequence[Place], bench: Workbench) -> Context:
    from analyzers.context import Context
    from corpus.register import open_register
    from models.suspicion import suspicions
    from models.understanding import understand

    submission = understand("例句", list(_documents(places)), bench.policy, ())
    submission = _with_budget(submission, [p for p in places if p.where == "概算" or _is_priced(p)])
    held = suspicions(submission, bench.judge) if bench.judge else None
    systems = [_system(i, p.text) for i, p in enumerate(places) if p.where == "台账"]
    register = open_register(systems, bench.matcher) if systems else None
    if (
        systems and not submission.functions and places[0].where != "台账"
    ):  # a line of the form or of a table: its list is what is built
        submission = replace(submission, functions=tuple(_listed(places[0])))
    near = register.near("", submission.functions) if register and submission.functions else ()
    district = [s for s in systems if s.level == "区"]
    if district and not submission.facts_of("unit"):  # whose register row it is, is whose project it is
        own = Fact("unit", district[0].unit, district[0].unit, "", Evidence("例句", ""))
        submission = replace(submission, facts=(*submission.facts, own))
    return Context(bench.policy, submission, register, bench.matcher, near, held)


def _documents(places: Sequence[Place]) -> Iterator[SubmittedDocument]:
    """Yield one plan with a section for every place of it, and one document for each of the other kinds."""
    blocks: list[Block] = []
    sections: list[Section] = []
    for place in places:
        if place.where == "台账":
            continue
        if place.where in _AROUND:
            yield SubmittedDocument(_around(place), Kind.ATTACHMENT)
            continue
        kind = _KINDS.get(place.where, Kind.PLAN)
        if kind is not Kind.PLAN:
            yield SubmittedDocument(Document(place.where, "txt", "", (Paragraph(place.where), _block(place))), kind)
            continue
        template = (place.section,) if place.section else ()
        sections.append(Section(len(sections), "", "例句", 1, None, len(blocks), 1, len(blocks) + 2, template=template))
        blocks += [Paragraph("例句"), _block(place)]
    if blocks:
        yield SubmittedDocument(Document("例句", "txt", "", tuple(blocks)), Kind.PLAN, tuple(sections))


def _around(place: Place) -> Document:
    """Return a document whose name, header or property the words are; watermarks are read with the headers."""
    if place.where == "文件名":
        return Document(place.text, "txt", "", ())
    if place.where == "属性":
        return Document("例句", "txt", "", (), properties=(("subject", place.text),))
    return Document("例句", "txt", "", (), headers=(place.text,))


def _cells(text: str) -> list[str]:
    return [c.strip() for c in text.replace("｜", "|").split("|")]


def _block(place: Place) -> Block:
    cells = _cells(place.text)
    if place.where not in _ROWS and len(cells) == 1:
        return Paragraph(place.text)
    return Table((tuple(Cell(text, col) for col, text in enumerate(cells)),))


def _with_budget(submission: Submission, rows: Sequence[Place]) -> Submission:
    """Give the submission the budget its sample rows are: name first, amount last."""
    if not rows:
        return submission
    lines = []
    for row in rows:
        cells = _cells(row.text)
        evidence = Evidence("概算", " | ".join(cells))
        cells = cells[1:] if cells[0].isdigit() else cells  # a row that begins with its number
        kind = LineKind.SUBTOTAL if "小计" in cells[0] else LineKind.ITEM
        lines.append(BudgetLine(cells[0], kind, cell_amount(cells[-1], "万元"), None, None, "", evidence))
    return replace(submission, budgets=(Budget("概算", "万元", tuple(lines)),))


def _is_priced(place: Place) -> bool:
    """Say whether a row of an appendix or table is a budget line: its last cell is an amount."""
    cells = _cells(place.text)
    return place.where in {"附件", "表格"} and len(cells) > 2 and cells[-1].endswith("万元")


def _listed(place: Place) -> Iterator[Function]:
    """Yield the functions a text lists behind its colon or in its cells."""
    words = re.split("[：|、，,。；]", place.text.rpartition("建设内容")[2])
    for name in (w.strip() for w in words):
        if len(name) > 3:
            yield Function(name, name, Evidence("例句", name))


def _level(unit: str) -> str:
    """Return the level of government a unit's name begins with."""
    return next((level for level in ("国家", "省", "市") if unit.startswith(level)), "区")


def _system(index: int, row: str) -> System:
    """Read a row of the register written as 系统名称=…; 建设单位=…."""
    pairs = (part.partition("=") for part in row.replace("；", ";").split(";") if "=" in part)
    told = {_BY_NAME.get(key.strip(), ""): value.strip() for key, _, value in pairs}
    return System(
        f"S{index}", told.get("name", ""), told.get("unit", ""), told.get("level") or _level(told.get("unit", "")),
        told.get("status", "在用"),
        description=told.get("description", ""),
        functions=tuple(f for f in told.get("functions", "").replace("，", "、").split("、") if f),
        unified=told.get("unified") == "是",
        acceptance=told.get("acceptance", ""),
        former_names=tuple(n for n in told.get("former_names", "").split("、") if n),
    )  # fmt: skip
