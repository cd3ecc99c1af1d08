"""资金来源与总投资是否相符（CON-FUNDING）。

检查什么：
同一句话、同一节或同一张申报表列出的各项资金（财政、自筹、上级补助等）相加是否等于同处的总投资；
方案与申报表写的来源（财政、自筹、上级补助）有没有相同的。

为什么：
资金来源是评审和预算安排的内容（第六条、第十二条），来源合计与总投资不符，资金没有落实。

示例：
申报表总投资776.80万元，财政资金466.08万元、自筹资金300万元，合计766.08万元，提示不符。

局限：
只在写明两项以上来源金额时核对；合计小于总投资可能是还有未写金额的来源，方案正文中只作提示。比例、括号内的分年度金额不参加计算。
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from analyzers.agreement import finding, place_name
from analyzers.context import Context
from models.domain.finding import Finding, Severity
from models.domain.submission import Fact

RULES = ("CON-FUNDING",)
_ALLOWED = 0.01  # 万元 a part


def check(context: Context) -> Iterator[Finding]:
    """Add the sources of each place up and compare with that place's total."""
    funding = context.submission.facts_of("funding")
    totals = [f for f in context.submission.facts_of("total_wan") if f.scope == "总投资"]
    places = dict.fromkeys((f.evidence.document, f.evidence.paragraph if _plan(f) else None) for f in funding)
    for place in places:
        parts = _unique(
            [f for f in funding if (f.evidence.document, f.evidence.paragraph if _plan(f) else None) == place]
        )
        total = next(
            (
                f
                for f in totals
                if f.evidence.document == place[0] and (place[1] is None or f.evidence.paragraph == place[1])
            ),
            None,
        )
        if total is not None and len(parts) >= 2:
            yield from _compare(context, parts, total)
    yield from _kinds(context)


def _kinds(context: Context) -> Iterator[Finding]:
    """Report a form and a plan that name no source in common (财政 here, 自筹 there)."""
    named = context.submission.facts_of("source")
    form = [f for f in named if not _plan(f)]
    plan = [f for f in named if _plan(f)]
    if form and plan and not {f.value for f in form} & {f.value for f in plan}:
        sides = [
            f"{place_name(side[0])}为{'、'.join(dict.fromkeys(str(f.value) for f in side))}" for side in (plan, form)
        ]
        values = {"values": "；".join(sides)}
        yield finding(context, "CON-FUNDING", Severity.WARNING, values, [plan[0].evidence, form[0].evidence])


def _plan(fact: Fact) -> bool:
    return fact.source.startswith("plan")


def _unique(parts: Sequence[Fact]) -> list[Fact]:
    """Drop parts told twice (in a field of their own and in 资金来源): same source, same amount."""
    seen: dict[tuple[str, object], Fact] = {}
    for fact in parts:
        seen.setdefault((fact.scope, fact.value), fact)
    return list(seen.values())


def _compare(context: Context, parts: Sequence[Fact], total: Fact) -> Iterator[Finding]:
    amounts = [f.value for f in parts if isinstance(f.value, float)]
    if not isinstance(total.value, float) or len(amounts) != len(parts):
        return
    added = sum(amounts)
    if abs(added - total.value) <= max(_ALLOWED * len(parts), 0.0005 * total.value) + 1e-6:
        return
    nested = any(abs(a - total.value) < _ALLOWED for a in amounts)  # one part already is the whole: parts of parts
    if nested:
        return
    firm = not _plan(total) or added > total.value
    listed = "、".join(f"{f.scope}{f.value:g}万元" for f in parts)
    values = {"values": f"{place_name(total)}总投资{total.value:g}万元，{listed}，合计{added:.8g}万元"}
    severity = Severity.WARNING if firm else Severity.NOTICE
    yield finding(context, "CON-FUNDING", severity, values, [total.evidence, *(f.evidence for f in parts)])
