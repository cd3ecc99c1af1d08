"""The order in which findings stand in every report: severity, rule, place."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from models.domain.finding import Finding, Severity

if TYPE_CHECKING:
    from models.domain.policy import Policy

_SEVERITIES = {Severity.BLOCKER: 0, Severity.WARNING: 1, Severity.NOTICE: 2}
_FAMILIES = {"PRO": 1, "NEG": 2, "SEC": 3, "CON": 4, "COM": 5}
_KINDS = {"plan": 0, "form": 1, "budget": 2, "attachment": 3}
_LAST = 10**9

Key = tuple[int, int, tuple[int, ...], int, str, int, tuple[int, ...], str]


def sorted_findings(findings: Iterable[Finding], policy: Policy) -> tuple[Finding, ...]:
    """Return findings in their fixed order, each id once (the first of it in that order)."""
    rules = {rule: index for index, rule in enumerate(policy.rules)}
    out: dict[str, Finding] = {}
    for finding in sorted(findings, key=lambda f: _key(f, rules)):
        out.setdefault(finding.id, finding)
    return tuple(out.values())


def _key(finding: Finding, rules: dict[str, int]) -> Key:
    family, _, rest = finding.rule.partition("-")
    numbers = tuple(int(n) for n in rest.split(".") if n.isdigit()) if family == "SEC" else ()
    first = finding.evidence[0] if finding.evidence else None
    places = (first.section, first.page, first.paragraph, first.row, first.cell) if first else ()
    return (
        _SEVERITIES[finding.severity],
        0 if finding.rule == "PRO-SECRET" else _FAMILIES.get(family, 9),
        numbers,
        rules.get(finding.rule, _LAST),
        finding.rule,
        _KINDS.get(finding.document_kind, 9),
        tuple(_LAST if p is None else p for p in places),
        finding.id,
    )
