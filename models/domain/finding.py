"""What a review says, and the words it rests on."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from enum import StrEnum

QUOTE_LIMIT = 200


class Severity(StrEnum):
    """How much a finding weighs."""

    BLOCKER = "blocker"
    WARNING = "warning"
    NOTICE = "notice"


@dataclass(frozen=True, slots=True)
class Evidence:
    """A quote to the letter plus its place; all indices from 0 but `page`, which counts from 1."""

    document: str
    quote: str  # the whole sentence, or a table row with cells joined by " | "; at most 200 characters
    section: int | None = None
    page: int | None = None
    paragraph: int | None = None  # index of the block, tables counted as blocks
    table: int | None = None  # index among the document's tables
    row: int | None = None
    cell: int | None = None


@dataclass(frozen=True, slots=True)
class Clause:
    """A clause of the policy: `ref` such as 第八条（一）, `text` its words."""

    ref: str
    text: str


@dataclass(frozen=True, slots=True)
class Finding:
    """One answer of one analyzer."""

    rule: str
    severity: Severity
    title: str
    message: str
    clause: Clause
    evidence: tuple[Evidence, ...] = ()  # empty only for absences
    suggestion: str = ""
    confidence: float = 1.0
    template: str = ""  # template number the finding is about, "" where none
    document_kind: str = ""  # plan, form …: where the fault is
    amount_wan: float | None = None  # money the finding touches, 万元
    target: str = ""  # the budget line, system or department a measure would name
    measure: str = ""  # 核减|复用|整合|暂缓|会商|说明|备案|转办; "" = by the pack's default for the rule
    main_content: bool = False  # touches the project's main content (half of the money, by the pack)

    @property
    def id(self) -> str:
        """Stable over re-runs and resubmissions: rule, document kind, template number, normalised quotes."""
        quotes = "".join(re.sub(r"[\W_]+", "", e.quote) for e in self.evidence)
        key = "\x1f".join((self.rule, self.document_kind, self.template, quotes or self.target))
        return hashlib.sha256(key.encode()).hexdigest()[:12]
