"""What is asked of the applicant: findings as demands in the pack's words, with their places.

Findings of the negative list that ask for the same are one demand with several places.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from api.papers.places import formal, inner, message, nested, place, quoted, words
from models.domain.finding import Finding, Severity
from models.domain.policy import Policy
from models.domain.report import Report

_QUOTES = 3
OTHERS = frozenset({"same_intake", "other_unit"})  # whose systems and projects the applicant is not told of
_PARTS = {"must": "一", "explain": "二", "improve": "三"}
_WEIGHTS = {"must": "必须补正", "explain": "需要说明", "improve": "建议完善"}  # as the headings of 补正通知 have it


@dataclass(frozen=True, slots=True)
class Demand:
    """One demand of the notice: its part (must, explain, improve), its number (一、1), its words, its findings."""

    part: str
    mark: str
    text: str
    subject: str
    findings: tuple[Finding, ...]


def demands(report: Report, policy: Policy) -> dict[str, Any]:
    """Return the lists `must`, `explain`, `improve` and their counts; each row has `text` and, short, `subject`."""
    parts: dict[str, list[dict[str, str]]] = {part: [] for part in _PARTS}
    for one in numbered(report, policy):
        parts[one.part].append({"text": one.text, "subject": one.subject, "mark": one.mark})
    return {**parts, **{f"{name}_count": str(len(rows)) for name, rows in parts.items()}}


def numbered(report: Report, policy: Policy) -> list[Demand]:
    """Return the demands as the notice numbers them."""
    parts: dict[str, list[Demand]] = {part: [] for part in _PARTS}
    for some in _together(report, policy):
        mine = parts[group(some[0])]
        text = demand(report, policy, some[0], more=some[1:])
        same = next((i for i, one in enumerate(mine) if one.text == text), None)
        if same is not None:
            mine[same] = replace(mine[same], findings=(*mine[same].findings, *some))
            continue
        mark = f"{_PARTS[group(some[0])]}、{len(mine) + 1}"
        mine.append(Demand(group(some[0]), mark, text, _subject(report, policy, some[0]), tuple(some)))
    return [one for part in parts.values() for one in part]


def _together(report: Report, policy: Policy) -> list[list[Finding]]:
    """Put findings of the negative list that ask for the same together; every other one stands alone."""
    groups: dict[tuple[str, ...], list[Finding]] = {}
    for finding in told(report, policy):
        listed = finding.rule.startswith("NEG-") and not of_others(report, finding)
        target = finding.target if finding.rule in {"NEG-2B", "NEG-3"} else ""
        key = (finding.rule, finding.suggestion, target) if listed else (finding.id,)
        groups.setdefault(key, []).append(finding)
    return list(groups.values())


def told(report: Report, policy: Policy) -> list[Finding]:
    """Findings the applicant hears of."""
    silent = words(policy, "notice_words").get("not_told", ())
    return [f for f in report.findings if f.rule not in silent]


def group(finding: Finding) -> str:
    """Say under which heading a demand stands: the negative list asks for an explanation, faults for mending."""
    return _group(finding.rule, finding.severity)


def _group(rule: str, severity: Severity) -> str:
    if rule.startswith("NEG-") or rule == "PRO-STARTED":
        return "explain"
    return "improve" if severity is Severity.NOTICE else "must"


def weight(rule: str, severity: Severity, policy: Policy) -> str:
    """Say in one word what is asked of the applicant, for papers beside 补正通知; what it is not told is a notice."""
    silent = words(policy, "notice_words").get("not_told", ())
    return "提请注意" if rule in silent else _WEIGHTS[_group(rule, severity)]


def demand(
    report: Report, policy: Policy, finding: Finding, *, where: bool = True, more: Sequence[Finding] = ()
) -> str:
    """Return one demand; `where=False` leaves out the place, for a comment that stands at it.

    `more`: further findings that ask for the same.
    """
    said = words(policy, "notice_words")
    other = of_others(report, finding)
    if finding.rule.startswith("NEG-"):
        body = _listed(report, [finding, *more], where=where)
        if finding.rule in {"NEG-2B", "NEG-3"} and finding.target:
            body += said["near_other"] if other else str(said["near_own"]).replace("{system}", _system(report, finding))
        body += finding.suggestion
    elif other:
        body = str(said["near_other"]) + finding.suggestion
    else:
        body = message(report, finding).rstrip("。")
        places = dict.fromkeys(place(report, e) for e in finding.evidence[:_QUOTES])
        at = "、".join(told for told in places if told not in body)
        if where and at and not finding.rule.startswith("SEC-"):
            body += f"（见{at}）"
        body += "。" + finding.suggestion
    label = _label(said, finding)
    example = said.get("examples", {}).get(finding.template, "") if finding.rule.startswith("SEC-") else ""
    return nested(
        (f"【{label}】" if label else "") + body + (f"可参考：“{example}”（示例，请按实际填写）。" if example else "")
    )


def _listed(report: Report, findings: Sequence[Finding], *, where: bool) -> str:
    """Say where the negative list is touched: one place in a sentence, several as （1）（2）… ."""
    ref = formal(findings[0].clause.ref)
    shown = list(dict.fromkeys(e for f in findings for e in f.evidence[:_QUOTES])) if where else []
    places = [quoted(report, e) for e in shown]
    if len(places) > 1:
        return "；".join(f"（{i}）{at}" for i, at in enumerate(places, 1)) + f"。以上涉及{ref}。"
    if places:
        return f"{places[0]}，涉及{ref}。"
    return f"此处涉及{ref}。" if findings[0].evidence else f"涉及{ref}。"


def _system(report: Report, finding: Finding) -> str:
    """Name the system a finding comes near to: its target, or the old system whose functions are its target."""
    old = (d.system_name for d in report.duplicates if d.relation == "own_predecessor")
    return inner(next((name for name in old if name in finding.message), finding.target))


def of_others(report: Report, finding: Finding) -> bool:
    """Whether the finding speaks of another unit's system or project."""
    if finding.rule == "PRO-SPLIT":
        return False
    named = [d for d in report.duplicates if d.system_name == finding.target or d.system_name in finding.message]
    return any(d.relation in OTHERS for d in named)


def _label(said: Mapping[str, Any], finding: Finding) -> str:
    labels = said.get("labels", {})
    return str(labels.get(finding.rule) or labels.get(finding.rule.split("-")[0], ""))


def _subject(report: Report, policy: Policy, finding: Finding) -> str:
    """Name a demand in a few words, for the table of answers."""
    if finding.rule.startswith("NEG-"):
        at = f"（{place(report, finding.evidence[0])}）" if finding.evidence else ""
        return f"{formal(finding.clause.ref)}所涉内容的说明或调整{at}"
    label = _label(words(policy, "notice_words"), finding)
    name = finding.target if finding.rule.startswith("SEC-") and finding.target else finding.title
    return (f"【{label}】" if label else "") + formal(name)
