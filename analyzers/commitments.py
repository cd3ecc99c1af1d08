"""COM-UNIFIED COM-DATA COM-SOURCE COM-LEVEL COM-CRYPTO COM-INTENSIVE COM-SUPERVISION 承诺类事项。

检查什么
    含应用系统的方案是否说明四统一、数据归集、源代码归集、等级保护、密码应用、公共资源利用；概算是否列有监理费。

为什么
    第十四条（监理统一采购）、第十五条（网络安全和密码）、第十六条（集约建设）、第十七条（数据归集）、第十八条（代码归集）。

示例
    报：有定制开发内容而通篇未提源代码归集；概算列“监理费 8 万元”。
    不报：写明“系统按等保二级建设，数据实时归集至区公共数据平台”。

局限
    只看有没有说明，不判断说明是否到位；拒绝归集、危险做法由负面清单规则判断。方案文字太少或没有应用系统的不作判断。
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from models.domain.finding import Finding, Severity
from models.domain.submission import BudgetLine, Kind, LineKind

if TYPE_CHECKING:
    from analyzers.context import Context

_ABSENCES = ("COM-UNIFIED", "COM-DATA", "COM-SOURCE", "COM-LEVEL", "COM-CRYPTO", "COM-INTENSIVE")
RULES = (*_ABSENCES, "COM-SUPERVISION")


def check(context: Context) -> Iterator[Finding]:
    """Report commitments the plan is silent on, and supervision fees in the budget."""
    spec: dict[str, Any] = dict((context.policy.data or {}).get("commitments", {}))
    yield from _supervision(context, spec)
    text = "\n".join(p.text for p in context.submission.passages)
    plan = "".join(p.text for p in context.submission.passages if p.document_kind is Kind.PLAN)
    if len(plan) < int(spec.get("readable_chars", 0)) or context.submission.plan is None:
        return
    for rule in _ABSENCES:
        one = spec.get(rule)
        if one and rule in context.policy.rules and _asked(context, spec, one, plan) and not _any(text, one["words"]):
            yield _absent(context, rule, str(one.get("severity", "notice")))


def _asked(context: Context, spec: dict[str, Any], one: dict[str, Any], plan: str) -> bool:
    """Tell whether the project has what the commitment is about."""
    if one.get("needs") == "custom":
        lines = " ".join(line.name + line.category for b in context.submission.budgets for line in b.lines)
        return _any(plan + lines, spec.get("custom_words", ()))
    return bool(context.submission.functions) and _any(plan, spec.get("software_words", ()))


def _any(text: str, words: Any) -> bool:  # noqa: ANN401 - a list from the pack
    return any(bool(re.search(w[3:], text)) if w.startswith("re:") else w in text for w in map(str, words))


def _absent(context: Context, rule: str, severity: str) -> Finding:
    words = context.policy.rules[rule]
    return Finding(
        rule=rule,
        severity=Severity(severity),
        title=words.title,
        message=words.message,
        clause=context.policy.clause_of(rule),
        suggestion=words.suggestion,
        confidence=0.8,
        document_kind=Kind.PLAN.value,
        measure=words.measure,
        target=words.title.removeprefix("未说明").removeprefix("未明确"),
    )


def _supervision(context: Context, spec: dict[str, Any]) -> Iterator[Finding]:
    """Supervision is bought by 区数据资源局 for all (第十四条): a fee in the budget is cut."""
    words = context.policy.rules.get("COM-SUPERVISION")
    if words is None:
        return
    seen: set[float | None] = set()
    for budget in context.submission.budgets:
        for line in budget.lines:
            if budget.scope == "总投资" and _is_fee(line, spec) and line.amount_wan not in seen:
                seen.add(line.amount_wan)
                yield Finding(
                    rule="COM-SUPERVISION",
                    severity=Severity.NOTICE,
                    title=words.title,
                    message=words.message.format(amount=f"{line.amount_wan:g}"),
                    clause=context.policy.clause_of("COM-SUPERVISION"),
                    evidence=(line.evidence,),
                    suggestion=words.suggestion,
                    amount_wan=line.amount_wan,
                    target=line.name,
                    measure=words.measure,
                )


def _is_fee(line: BudgetLine, spec: dict[str, Any]) -> bool:
    names = [str(w) for w in spec.get("supervision", ())]
    plain = line.name.strip()
    known = any(plain == w or (len(w) > 2 and w in plain) for w in names)
    return line.kind is LineKind.ITEM and bool(line.amount_wan) and known
