"""What the analyzers of the negative list (第八条) share: from a suspicion to a finding."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from models.domain.finding import Finding, Severity

if TYPE_CHECKING:
    from analyzers.context import Context
    from models.suspicion import Suspicion

SURE = 0.95  # the report never claims more


def of_rule(context: Context, rule: str) -> tuple[Suspicion, ...]:
    """Return the suspicions of one rule, each text once, in reading order.

    The same words in two places (a paragraph pasted twice, a form that repeats the plan) are one finding.
    """
    seen: set[str] = set()
    out = []
    for suspicion in context.suspicions or ():
        key = suspicion.passage.evidence.quote
        if suspicion.rule == rule and key not in seen:
            seen.add(key)
            out.append(suspicion)
    return tuple(out)


def quoted(context: Context, rule: str) -> set[str]:
    """Return the words that the judge holds against the plan under a rule: who finds more need not say them again."""
    return {s.passage.evidence.quote for s in of_rule(context, rule)}


def finding(context: Context, suspicion: Suspicion, severity: Severity, message: str) -> Finding:
    """Return the finding of a suspicion; clause, title and suggestion come from the pack."""
    text = context.policy.rules[suspicion.rule]
    passage = suspicion.passage
    return Finding(
        rule=suspicion.rule,
        severity=severity,
        title=text.title,
        message=message,
        clause=context.policy.clause_of(suspicion.rule),
        evidence=(passage.evidence, *suspicion.beside),
        suggestion=text.suggestion,
        confidence=round(min(suspicion.score, SURE), 2),
        template=passage.template[0] if passage.template else "",
        document_kind=passage.document_kind.value,
        measure=text.measure,
    )


def plainly(context: Context, rule: str, severity: Severity, message: str) -> Iterator[Finding]:
    """Yield one finding for every suspicion of a rule, all of one severity."""
    for suspicion in of_rule(context, rule):
        yield finding(context, suspicion, severity, message)


def around(context: Context, suspicion: Suspicion) -> str:
    """Return the text of the paragraph or table row in which a suspicion stands."""
    place = suspicion.passage.evidence
    beside = (
        p.text
        for p in context.submission.passages
        if (p.evidence.document, p.evidence.paragraph, p.evidence.row) == (place.document, place.paragraph, place.row)
    )
    return "".join(beside) or suspicion.passage.text


def about_whole_project(text: str) -> bool:
    """Tell whether a passage speaks of the project as a whole rather than of one function in it."""
    return any(w in text for w in ("本项目", "本系统", "本平台", "该项目", "整体", "全部功能", "各模块", "主要功能"))
