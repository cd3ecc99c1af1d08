"""Papers that are no application (变更, 终验, 下架, 自筹备案) go their own way and are not reviewed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from models.domain.report import NotChecked

if TYPE_CHECKING:
    from models.domain.finding import Finding
    from models.domain.submission import Submission

REVIEWED = frozenset({"新申报", "补正", "运维"})  # papers of other kinds are routed, not reviewed


def kept(submission: Submission, findings: tuple[Finding, ...]) -> tuple[tuple[Finding, ...], tuple[NotChecked, ...]]:
    """Return the findings that stand, and a line that says so where only those of procedure do."""
    from models.facts import summary

    kind = summary(submission.facts).kind
    if kind in REVIEWED:
        return findings, ()
    why = f"来件属{kind}，不适用初审模板，未作审核"
    return tuple(f for f in findings if f.rule.startswith("PRO-")), (NotChecked("初审各项检查", why),)
