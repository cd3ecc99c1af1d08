"""`report.html`: one self-contained page; every text is escaped, nothing is asked of any other host."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from itertools import groupby
from typing import TYPE_CHECKING, Any

from api.explain import title
from api.reports import phrases
from corpus.policies import load_policy
from models.domain.finding import Evidence, Finding, Severity
from models.domain.submission import Kind

if TYPE_CHECKING:
    from jinja2 import Environment

    from models.domain.policy import Policy
    from models.domain.report import CompletenessRow, Report
    from models.domain.submission import Fact

NEGATIVE = (  # 第八条, item by item, and the rules that speak of it
    ("第八条（一）", "新建或扩建机房、云平台、实体数据中心", ("NEG-1",)),
    ("第八条（二）", "未明确需求、绩效目标", ("NEG-2A",)),
    ("第八条（二）", "重复建设", ("NEG-2B",)),
    ("第八条（二）", "信息安全保障不到位或存在重大安全隐患", ("NEG-2C",)),
    ("第八条（二）", "不利于数据资源共享", ("NEG-2D",)),
    ("第八条（三）", "上级部门已基本明确或决定统筹建设", ("NEG-3",)),
    ("第八条（四）", "上一期未验收通过的续建项目", ("NEG-4",)),
    ("第八条（五）", "其他不具有必要性、可行性", ("NEG-5",)),
)


@dataclass(frozen=True, slots=True)
class NegativeRow:
    """One matter of the negative list: what was found of it, or that it could not be checked."""

    clause: str
    title: str
    findings: tuple[Finding, ...]
    unchecked: bool


def negative_list(report: Report) -> tuple[NegativeRow, ...]:
    """Return every matter of 第八条, also those nothing was found of."""
    unchecked = {rule for line in report.not_checked for rule in line.rules}
    return tuple(
        NegativeRow(ref, title, tuple(f for f in report.findings if f.rule in rules), bool(unchecked & set(rules)))
        for ref, title, rules in NEGATIVE
    )


def render(report: Report, policy: Policy | None = None) -> bytes:
    """Return the page as UTF-8; `policy`: whose names of the rules are used."""
    sections, pack = phrases.sections_of(report), policy or load_policy()

    def place(evidence: Evidence) -> str:
        return phrases.place(evidence, sections)

    page = (
        _environment()
        .get_template("report.html")
        .render(
            report=report,
            place=place,
            groups=[(s, phrases.SEVERITIES[s], [f for f in report.findings if f.severity is s]) for s in Severity],
            negative=negative_list(report),
            facts=_facts(report.facts),
            titles={f.id: f.title for f in report.findings},
            section_title=_section_titles(report),
            named=lambda rules: list(dict.fromkeys(title(rule, pack) for rule in rules)),
            budget=[d.document.name for d in report.documents if d.kind is Kind.BUDGET],
            phrases=phrases,
        )
    )
    return page.encode("utf-8", "replace")


def _facts(facts: Sequence[Fact]) -> list[tuple[str, list[Fact], bool]]:
    """Facts by key with a mark where places of one scope disagree."""
    out: list[tuple[str, list[Fact], bool]] = []
    order = {key: index for index, key in enumerate(phrases.FACTS)}
    ranked = sorted(facts, key=lambda f: (order.get(f.key, len(order)), f.key))
    for key, same in groupby(ranked, key=lambda f: f.key):
        listed = list(same)
        values = {(f.scope, str(f.value)) for f in listed if f.value is not None}
        scopes = {f.scope for f in listed if f.value is not None}
        out.append((phrases.FACTS.get(key, key), listed, len(values) > len(scopes)))
    return out


def _section_titles(report: Report) -> Any:  # noqa: ANN401  a template calls it
    sections = phrases.sections_of(report)

    def title(row: CompletenessRow) -> str:
        outline = sections.get(row.document or "", ())
        if row.section is None or row.section >= len(outline):
            return ""
        return f"{outline[row.section].number}{outline[row.section].title}"

    return title


@cache
def _environment() -> Environment:
    from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

    return Environment(
        loader=PackageLoader("api.reports"),
        autoescape=select_autoescape(default=True, default_for_string=True),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
