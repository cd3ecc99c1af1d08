"""One submission, understood: its documents with outlines, its facts, its budget, its passages."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from models.domain.document import Document
from models.domain.finding import Evidence
from models.domain.outline import Section


class Kind(StrEnum):
    """The part a document plays in its submission."""

    PLAN = "plan"
    FORM = "form"
    BUDGET = "budget"
    ATTACHMENT = "attachment"


@dataclass(frozen=True, slots=True)
class SubmittedDocument:
    """A document with its part in the submission and its outline (empty for forms)."""

    document: Document
    kind: Kind
    sections: tuple[Section, ...] = ()


@dataclass(frozen=True, slots=True)
class Fact:
    """One statement of one fact in one place.

    Keys: title, unit (申报单位/项目需求单位), builder (建设单位 where it is another), nature, domain, total_wan,
    period, funding (one source with its amount), source (a kind of source named), protection (等保级别), users, secret,
    started, acceptance, original_year (原系统 in use since), ground (clause of 第七条 it rests on), kind (of paper).
    `value`: str, float (万元, counts) or None; period is 20YY年M月至20YY年M月; nature one of 新建 扩建 改建 续建 运维.
    """

    key: str
    value: str | float | None
    as_written: str
    scope: str  # total_wan: 总投资, 申请财政资金, 分年度, 本年度, 合同价, 原项目 …; "" where it does not apply
    evidence: Evidence
    source: str = ""  # where from: cover, plan:1.6, plan:15.2, form:项目总投资(万元), budget


@dataclass(frozen=True, slots=True)
class Field:
    """A form's label with its value; `key` is the pack's name of the field, "" where unknown."""

    label: str
    value: str
    key: str
    evidence: Evidence


class LineKind(StrEnum):
    """What a row of a budget table is."""

    ITEM = "item"
    SUBTOTAL = "subtotal"
    TOTAL = "total"


@dataclass(frozen=True, slots=True)
class BudgetLine:
    """A row of a budget table; amounts in 万元 whatever the table's unit."""

    name: str
    kind: LineKind
    amount_wan: float | None
    quantity: float | None
    unit_price_wan: float | None
    category: str  # what the merged first column or the last head row says
    evidence: Evidence


@dataclass(frozen=True, slots=True)
class Budget:
    """One budget table with its unit as written (万元, 元) and its rows in order."""

    document: str
    unit: str
    lines: tuple[BudgetLine, ...]
    scope: str = "总投资"  # or 运维, 原项目, 年度 … where the table is not this project's total


class PassageKind(StrEnum):
    """What sort of text a passage is."""

    SENTENCE = "sentence"
    ROW = "row"
    FIELD = "field"
    TITLE = "title"


@dataclass(frozen=True, slots=True)
class Passage:
    """The smallest judged text: a sentence, a table row, a form field, a heading; with its place."""

    text: str
    kind: PassageKind
    document_kind: Kind
    evidence: Evidence
    template: tuple[str, ...] = ()  # template numbers of its section and, failing that, of the parents
    titles: tuple[str, ...] = ()  # titles of its section and the parents, innermost first


@dataclass(frozen=True, slots=True)
class Function:
    """One function the project wants to build, in the proposal's words."""

    name: str
    text: str  # name and description, boilerplate dropped
    evidence: Evidence
    module: str = ""  # the subsystem it stands under, where the plan says so


@dataclass(frozen=True, slots=True)
class Submission:
    """Everything an analyzer may know of a submission."""

    name: str
    documents: tuple[SubmittedDocument, ...]  # plan, form, budget, attachments; then by name
    facts: tuple[Fact, ...] = ()
    fields: tuple[Field, ...] = ()
    budgets: tuple[Budget, ...] = ()
    passages: tuple[Passage, ...] = ()
    functions: tuple[Function, ...] = ()
    not_read: tuple[tuple[str, str], ...] = ()  # (file, why) of files that could not be read

    @property
    def plan(self) -> SubmittedDocument | None:
        """Return the 建设方案 under review."""
        return next((d for d in self.documents if d.kind is Kind.PLAN), None)

    def facts_of(self, key: str) -> tuple[Fact, ...]:
        """Return all statements of one fact, in document order."""
        return tuple(f for f in self.facts if f.key == key)
