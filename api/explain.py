"""The manual of a rule: the docstring of the analyzer that gives it."""

from __future__ import annotations

from types import ModuleType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from models.domain.policy import Policy


def explanation(rule: str, policy: Policy) -> str | None:
    """Return title, clause and manual of a rule such as NEG-1 or SEC-1.6; None where there is none of that name.

    Of the manual what stands below its first line: that one is the title once more, in the analyzer's words.
    """
    rule = rule.strip().upper()
    module = analyzer_of(rule)
    if module is None:
        return None
    head = [rule]
    family = rule.partition("-")[0]
    if (family == "SEC" and "." in rule) or (rule.partition("-")[2].isdecimal() and family == "SEC"):
        item = next((i for i in policy.template if i.number == rule.partition("-")[2]), None)
        if item is None:
            return None
        head.append(f"{item.title}{'【必要】' if item.mandatory else ''}")
    elif rule in policy.rules:
        head.append(title(rule, policy))
    clause = policy.clause_of(rule)
    manual = (module.__doc__ or "").partition("\n\n")[2]
    parts = [" ".join(head), f"依据：{clause.ref} {clause.text}".rstrip() if clause.ref else "", manual]
    return "\n\n".join(part.strip() for part in parts if part.strip())


def title(rule: str, policy: Policy) -> str:
    """Return what a rule is called in words, a family's name for its members; the rule itself where it is unknown."""
    known = policy.rules.get(rule) or policy.rules.get(rule.partition("-")[0])
    return known.title.replace("{threshold}", f"{policy.thresholds['declare_wan']:g}") if known else rule


def analyzer_of(rule: str) -> ModuleType | None:
    """Return the analyzer that gives this rule, a family (SEC) standing for its members (SEC-1.6)."""
    from analyzers.registry import ANALYZERS

    exact = next((m for m in ANALYZERS if rule in m.RULES), None)
    if exact is not None:
        return exact
    family = rule.partition("-")[0]
    return next((m for m in ANALYZERS if any(r.rstrip("-*") == family for r in m.RULES)), None)


def rules() -> tuple[str, ...]:
    """Return every rule there is a manual for."""
    from analyzers.registry import ANALYZERS

    return tuple(dict.fromkeys(rule for module in ANALYZERS for rule in module.RULES))
