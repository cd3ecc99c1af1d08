"""What is asked of the applicant: every finding as one demand in the pack's words, with its place."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from api.papers.places import formal, place, quoted
from models.domain.errors import PolicyError
from models.domain.finding import Finding, Severity
from models.domain.policy import Policy
from models.domain.report import Report

_QUOTES = 3
OTHERS = frozenset({"same_intake", "other_unit"})  # whose systems and projects the applicant is not told of


def demands(report: Report, policy: Policy) -> dict[str, Any]:
    """Return the lists `must`, `explain`, `improve` and their counts."""
    groups: dict[str, list[dict[str, str]]] = {"must": [], "explain": [], "improve": []}
    for finding in told(report, policy):
        rows = groups[group(finding)]
        text = demand(report, policy, finding)
        if text not in [row["text"] for row in rows]:
            rows.append({"text": text})
    return {**groups, **{f"{name}_count": str(len(rows)) for name, rows in groups.items()}}


def told(report: Report, policy: Policy) -> list[Finding]:
    """Findings the applicant hears of."""
    silent = _words(policy).get("not_told", ())
    return [f for f in report.findings if f.rule not in silent]


def group(finding: Finding) -> str:
    """Say under which heading a demand stands: the negative list asks for an explanation, faults for mending."""
    if finding.rule.startswith("NEG-") or finding.rule == "PRO-STARTED":
        return "explain"
    return "improve" if finding.severity is Severity.NOTICE else "must"


def demand(report: Report, policy: Policy, finding: Finding, *, where: bool = True) -> str:
    """Return one demand; `where=False` leaves out the place, for a comment that stands at it."""
    words = _words(policy)
    other = _others(report, finding)
    if finding.rule.startswith("NEG-"):
        ref = formal(finding.clause.ref)
        at = "、".join(quoted(report, e) for e in finding.evidence[:_QUOTES])
        head = f"{at}，涉及{ref}。" if where and at else f"此处涉及{ref}。" if finding.evidence else f"涉及{ref}。"
        if finding.rule in {"NEG-2B", "NEG-3"} and finding.target:
            head += words["near_other"] if other else str(words["near_own"]).replace("{system}", finding.target)
        body = head + finding.suggestion
    elif other:
        body = str(words["near_other"]) + finding.suggestion
    else:
        body = formal(finding.message)
        at = "、".join(dict.fromkeys(place(report, e) for e in finding.evidence[:_QUOTES]))
        if where and at and not finding.rule.startswith("SEC-"):
            body += f"（见{at}）"
        body += finding.suggestion
    label = _label(words, finding)
    example = words.get("examples", {}).get(finding.template, "") if finding.rule.startswith("SEC-") else ""
    return (
        (f"【{label}】" if label else "") + body + (f"可参考：“{example}”（示例，请按实际填写）。" if example else "")
    )


def _others(report: Report, finding: Finding) -> bool:
    """Whether the finding speaks of another unit's system or project."""
    if finding.rule == "PRO-SPLIT":
        return False
    named = [d for d in report.duplicates if d.system_name == finding.target or d.system_name in finding.message]
    return any(d.relation in OTHERS for d in named)


def _label(words: Mapping[str, Any], finding: Finding) -> str:
    labels = words.get("labels", {})
    return str(labels.get(finding.rule) or labels.get(finding.rule.split("-")[0], ""))


def _words(policy: Policy) -> Mapping[str, Any]:
    words = (policy.data or {}).get("notice_words")
    if not isinstance(words, Mapping):
        raise PolicyError("政策包没有补正通知的用语（notice_words）", name=policy.id, advice="写法见 docs/papers.md")
    return words
