"""What 第三方简报 asks of its reviewers: quotes, questions, gaps; not what is asked of the applicant."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from api.papers.checks import checked
from api.papers.places import formal, place, quote, spoken, words
from models.domain.finding import Finding, Severity
from models.domain.policy import Policy
from models.domain.report import Dimension, Report

_ABSENT = ("SEC-", "COM-")  # rules that say what is not there
_QUOTES, _QUOTED = 4, 120  # quotes of a dimension, characters of each


def third(report: Report, policy: Policy, *, blind: bool) -> dict[str, Any]:
    """Return the placeholders of 第三方简报."""
    return {
        "dimensions": [_dimension(report, policy, d, blind=blind) for d in report.dimensions],
        "checked": checked(report, policy),
        "attention": [] if blind else _attention(report),
        "blind": "是" if blind else "",
        "hidden": "个人姓名、电话、证件号、账号" + ("、编制单位" if blind else ""),
    }


def _attention(report: Report) -> list[dict[str, str]]:
    others = [d.system_name for d in report.duplicates if d.source == "intake"]  # no business of this reviewer
    heavy = [f for f in report.findings if f.severity is not Severity.NOTICE]
    told = [spoken(report, f, _QUOTED) + "。" for f in heavy if not any(name in f.message for name in others)]
    return [{"text": text} for text in dict.fromkeys(told)]


def _dimension(report: Report, policy: Policy, dimension: Dimension, *, blind: bool) -> dict[str, str]:
    """Quotes, the pack's questions, and what the material lacks; a blind reviewer is told only what is missing."""
    questions: Sequence[str] = words(policy, "third_questions").get(dimension.name, ())
    quotes: dict[str, str] = {}
    for e in dimension.quotes[:_QUOTES]:
        at = place(report, e)
        quotes[at] = quotes.get(at, at) + quote(e, _QUOTED)
    asked = [f for f in report.findings if f.suggestion and f.suggestion in dimension.questions]
    gaps = [_gap(f) for f in asked if f.rule.startswith(_ABSENT)]
    points = [formal(f.title) for f in asked if not f.rule.startswith(_ABSENT) and f.severity is not Severity.NOTICE]
    return {
        "name": dimension.name,
        "quotes": "；".join(quotes.values()) or "材料中未见相关内容",
        "questions": "".join(questions) or "请就本维度独立提出意见。",
        "gaps": "、".join(dict.fromkeys(gaps)) or "未见",
        "points": "" if blind else "、".join(dict.fromkeys(points)),
    }


def _gap(finding: Finding) -> str:
    return formal(
        f"未见“{finding.target}”的实际内容" if finding.rule.startswith("SEC-") and finding.target else finding.title
    )
