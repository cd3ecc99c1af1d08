"""What the consistency and procedure analyzers share: a finding in the pack's words, and the places that disagree."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from analyzers.context import Context
from models.domain.finding import Evidence, Finding, Severity
from models.domain.submission import Fact

_PLACES = {"cover": "方案封面", "budget": "概算表合计"}
_SHOWN = 4  # places named in a message; the evidence has them all


def place_name(fact: Fact) -> str:
    """Say in Chinese where a fact stands: 方案1.6, 申报表“项目总投资”."""
    head, _, rest = fact.source.partition(":")
    if head == "plan":
        return f"方案{rest}" if rest else "方案"
    return f"申报表“{rest}”" if head == "form" else _PLACES.get(head, fact.evidence.document)


def finding(
    context: Context,
    rule: str,
    severity: Severity,
    values: Mapping[str, str],
    evidence: Sequence[Evidence],
) -> Finding:
    """Build a finding whose title, message and suggestion are the pack's, placeholders filled from `values`.

    A placeholder the caller gives no value for stays out of sight; `values["message"]` replaces the pack's message.
    """
    text = context.policy.rules.get(rule)
    filled = _Values(values)
    message = values.get("message") or (text.message.format_map(filled) if text else values.get("values", ""))
    return Finding(
        rule=rule,
        severity=severity,
        title=text.title.format_map(filled) if text else rule,
        message=message,
        clause=context.policy.clause_of(rule),
        evidence=tuple(dict.fromkeys(evidence)),
        suggestion=text.suggestion.format_map(filled) if text else "",
        template=values.get("template", ""),
        document_kind=kind_of(context, evidence[0].document) if evidence else "",
        measure=text.measure if text else "",
    )


class _Values(dict[str, str]):
    """Placeholders of a message; what is not given is empty."""

    def __missing__(self, key: str) -> str:
        return ""


def kind_of(context: Context, name: str) -> str:
    """Return plan, form … of a document of the submission by its name."""
    return next((str(d.kind) for d in context.submission.documents if d.document.name == name), "")


def groups(facts: Sequence[Fact], same: Callable[[Fact, Fact], bool]) -> list[list[Fact]]:
    """Sort statements into groups that agree with the group's first one, in order."""
    out: list[list[Fact]] = []
    for fact in facts:
        for group in out:
            if same(group[0], fact):
                group.append(fact)
                break
        else:
            out.append([fact])
    return out


def disagreement(context: Context, rule: str, parted: Sequence[Sequence[Fact]], say: Callable[[Fact], str]) -> Finding:
    """Build the finding for statements that do not agree; `say` puts a fact's value into words."""
    one_each = [group[0] for group in parted]
    named = "；".join(f"{place_name(f)}为{say(f)}" for f in one_each[:_SHOWN])
    evidence = [f.evidence for f in one_each] + [f.evidence for group in parted for f in group[1:]]
    values = {"values": named, "template": next((_template(f) for f in one_each if _template(f)), "")}
    return finding(context, rule, Severity.WARNING, values, evidence)


def _template(fact: Fact) -> str:
    head, _, rest = fact.source.partition(":")
    return rest if head == "plan" else ""
