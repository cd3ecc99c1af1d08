"""The report, field for field as the contract has it (`chushen.report/1`)."""

from __future__ import annotations

from dataclasses import dataclass

from models.domain.finding import Evidence, Finding
from models.domain.submission import Fact, Function, SubmittedDocument

SCHEMA = "chushen.report/1"


@dataclass(frozen=True, slots=True)
class NotChecked:
    """What could not be checked, why, and the rules it concerns."""

    what: str
    why: str
    rules: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CompletenessRow:
    """One chapter, section or item of the template.

    status: present merged thin missing empty placeholder unclear not_applicable.
    """

    template: str
    title: str
    mandatory: bool
    status: str
    document: str | None = None
    section: int | None = None


@dataclass(frozen=True, slots=True)
class Pair:
    """A function of the proposal beside the words of a system."""

    proposal: str
    system: str
    score: float
    kind: str


@dataclass(frozen=True, slots=True)
class Example:
    """A pair that people have judged, the nearest of its side; `same`: duplicate or overlap."""

    same: bool
    proposal: str
    system: str
    features: tuple[tuple[str, float], ...]


@dataclass(frozen=True, slots=True)
class Duplicate:
    """A system the proposal comes near to."""

    system_id: str
    system_name: str
    unit: str
    source: str  # corpus | intake
    score: float
    verdict: str  # duplicate | overlap | related
    relation: str  # own_predecessor | other_unit | shared_capability | higher_level | same_intake
    coverage: float
    pairs: tuple[Pair, ...]
    reason: str
    level: str = ""  # as the register has it: 区 市 省 国家; "" for a submission of the same intake
    status: str = ""  # 在用 在建 已批未建 停用
    note: str = ""  # 统建, year, acceptance, in words
    features: tuple[tuple[str, float], ...] = ()  # what the score rests on, by name
    examples: tuple[Example, ...] = ()  # the nearest judged pair of either side, where the verdict is one


@dataclass(frozen=True, slots=True)
class Routing:
    """Who decides, by which way (第四条, 第十一条)."""

    lead_department: str
    approval: str
    clauses: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Dimension:
    """One of the seven dimensions of 第十条, for third-party reviewers."""

    name: str
    summary: str
    quotes: tuple[Evidence, ...]
    questions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Measure:
    """What the conclusion asks for."""

    kind: str
    target: str
    amount_wan: float | None
    text: str
    findings: tuple[str, ...]  # finding ids


@dataclass(frozen=True, slots=True)
class Conclusion:
    """The advice, its reasons and measures."""

    advice: str
    reasons: tuple[str, ...]
    measures: tuple[Measure, ...] = ()


@dataclass(frozen=True, slots=True)
class Summary:
    """The submission in a line: what it is, whose, how much, when."""

    kind: str = "新申报"
    title: str = ""
    unit: str = ""
    nature: str = ""
    domain: str = ""
    total_wan: float | None = None
    period: str = ""


@dataclass(frozen=True, slots=True)
class Engine:
    """What made the report."""

    version: str
    embedder: str
    systems: int
    register_sha256: str


@dataclass(frozen=True, slots=True)
class PolicyStamp:
    """Which rules were in force."""

    id: str
    title: str
    version: str
    sha256: str


@dataclass(frozen=True, slots=True)
class Report:
    """The whole review."""

    policy: PolicyStamp
    engine: Engine
    not_checked: tuple[NotChecked, ...]
    submission: Summary
    facts: tuple[Fact, ...]
    documents: tuple[SubmittedDocument, ...]
    completeness: tuple[CompletenessRow, ...]
    findings: tuple[Finding, ...]
    duplicates: tuple[Duplicate, ...]
    routing: Routing
    dimensions: tuple[Dimension, ...]
    conclusion: Conclusion
    functions: tuple[Function, ...] = ()  # what the project wants to build
