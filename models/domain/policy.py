"""A policy pack as the program uses it. Packs are YAML; `corpus.policies` validates them and builds these."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from models.domain.finding import Clause


@dataclass(frozen=True, slots=True)
class TemplateItem:
    """A chapter, section or item of the policy's 建设方案 template."""

    number: str  # chapter.section.item, e.g. "2.3.5"
    title: str
    mandatory: bool  # 【必要】 of its own or inherited from the chapter
    aliases: tuple[str, ...] = ()  # titles real authors write
    keywords: tuple[str, ...] = ()  # words that speak for this item in a title
    instruction: str = ""  # the template's own words, recognised when left in
    asks: tuple[str, ...] = ()  # what the item asks for (清单, 用户数, 等级 …)
    natures: tuple[str, ...] = ()  # project natures it applies to; empty = all
    content: tuple[str, ...] = ()  # words whose presence in a body plainly answers this item

    @property
    def level(self) -> int:
        """1 chapter, 2 section, 3 item."""
        return self.number.count(".") + 1

    @property
    def parent(self) -> str:
        """Number of the parent, "" for chapters."""
        return self.number.rpartition(".")[0]


@dataclass(frozen=True, slots=True)
class FormLabel:
    """A field of the 申报表 and the ways its label is written."""

    key: str  # title, unit, builder, department, nature, domain, total_wan, period, funding, secret, protection …
    labels: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Domain:
    """A 数字化改革领域 and the department that reviews it (第四条)."""

    name: str
    lead: str
    aliases: tuple[str, ...] = ()  # other and later names
    keywords: tuple[str, ...] = ()  # words of projects of this domain


@dataclass(frozen=True, slots=True)
class RuleText:
    """The wording of one rule."""

    rule: str
    title: str
    clause: str  # ref into `clauses`
    message: str  # with {placeholders}
    suggestion: str
    gate: str = "实质"  # 形式 | 实质
    measure: str = ""  # default measure


@dataclass(frozen=True, slots=True)
class Policy:
    """One region's rules in force. `data` keeps the sections that one analyzer alone reads (its own schema)."""

    id: str
    title: str
    version: str
    sha256: str
    clauses: Mapping[str, Clause]  # by ref, e.g. "第八条（一）"
    template: tuple[TemplateItem, ...]  # in the template's order
    form_labels: tuple[FormLabel, ...]
    domains: tuple[Domain, ...]
    natures: Mapping[str, tuple[str, ...]]  # nature -> aliases
    thresholds: Mapping[str, float]  # declare_wan 5, meeting_wan 500, main_share 0.5
    rules: Mapping[str, RuleText]
    wording: Mapping[str, Any]  # advice, measures, report phrases
    lexicon: Mapping[str, Any]  # negative list vocabulary and patterns, by rule
    field_words: tuple[str, ...] = ()  # the field's words for the segmenter
    data: Mapping[str, Any] | None = None  # further sections (commitments, dimensions, boilerplate …)

    def item(self, number: str) -> TemplateItem:
        """Return the template item of this number; KeyError where there is none."""
        for item in self.template:
            if item.number == number:
                return item
        raise KeyError(number)

    def clause_of(self, rule: str) -> Clause:
        """Return the clause a rule rests on."""
        text = self.rules.get(rule) or self.rules.get(rule.split("-", maxsplit=1)[0])
        return self.clauses[text.clause] if text else Clause("", "")
