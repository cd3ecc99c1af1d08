"""初审结论：由全部发现得出建议、理由、措施和审批方式。

检查什么
    依次看：涉密、来件类型、申报金额、负面清单、其他问题和未核实的必要内容，得出五种建议之一。

为什么
    第七条（5万元以上须申报）、第八条（负面清单）、第九条（初步评审建议）、第十一条（审批方式）、第四条（领域牵头部门）。

示例
    主体内容属第八条所列情形的，建议不予立项；上一期未终验的，建议补正后再审并暂缓；只有形式问题的，只能建议补正。

局限
    结论是初审建议，不替代联合评审和领导小组审批。形式问题再多也不导出不予立项。
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from models.domain.finding import Finding, Severity
from models.domain.report import CompletenessRow, Conclusion, Duplicate, Measure, Routing, Summary
from models.domain.submission import Kind
from models.facts import summary
from models.kinds import REVIEWED

if TYPE_CHECKING:
    from analyzers.context import Context
    from models.domain.policy import Policy

_REASONS = 3
_NAMED = 3  # how many things a reason lists
# what is asked instead of a project; its sums and questions are not settled
DECLINED_WITH = frozenset({"复用", "整合"})


def conclude(
    context: Context,
    findings: Sequence[Finding],
    duplicates: Sequence[Duplicate],
    rows: Sequence[CompletenessRow],
) -> tuple[Conclusion, Routing]:
    """Return the advice with reasons and measures, and who decides by which way (第四、七、八、十一条)."""
    told = summary(context.submission.facts)
    key, reasons = _advice(context, told, findings, rows)
    words = context.policy.wording
    if key in {"secret", "route", "exempt"}:
        rules = {"secret": ("PRO-",), "exempt": ("PRO-SPLIT",)}.get(key, ())
        relevant = [f for f in findings if f.rule.startswith(rules) and f.measure] if rules else []
        measures = _kind_measure(context.policy, told) if key == "route" else _measures(context, relevant, ())
    else:
        measures = _measures(context, findings, duplicates)
    if key == "decline":
        measures = tuple(m for m in measures if m.kind in DECLINED_WITH)
    advice = {"secret": "refuse", "route": "refuse"}.get(key, key)
    return Conclusion(words["advice"][advice], reasons[:_REASONS], measures), _routing(context.policy, told, key)


def _advice(
    context: Context, told: Summary, findings: Sequence[Finding], rows: Sequence[CompletenessRow]
) -> tuple[str, tuple[str, ...]]:
    """Return the key of the advice and its reasons, the first that holds."""
    policy = context.policy
    say = policy.wording["reasons"]
    clauses = policy.wording["clauses"]
    if any(f.rule == "PRO-SECRET" and f.severity is Severity.BLOCKER for f in findings):
        return "secret", (say["secret"].format(clause=clauses["secret"]),)
    if told.kind not in REVIEWED:
        kind = _kind(policy, told)
        return "route", (say["route"].format(kind=told.kind, route=kind["clause"], clause=kind["clause"]),)
    low = policy.thresholds.get("declare_wan", 0.0)
    if any(f.rule == "PRO-THRESHOLD" for f in findings) and told.total_wan is not None and told.total_wan < low:
        values = {"total": f"{told.total_wan:g}", "threshold": f"{low:g}", "clause": clauses["declare"]}
        return "exempt", (say["exempt"].format(**values),)
    main = [f for f in findings if _declines(context, told, f)]
    if main:
        return "decline", (say["decline"].format(titles=_titles(main), clause=_refs(main)),)
    reasons = (*_faults(policy, findings, rows), *_unread(context, policy))
    if reasons:
        return "supplement", reasons
    return "review", (say["review"].format(clause=clauses["review"]),)


def _declines(context: Context, told: Summary, finding: Finding) -> bool:
    """A blocker of the negative list but NEG-4 that is the project's main content (half of the money, by the pack)."""
    if finding.severity is not Severity.BLOCKER or not finding.rule.startswith("NEG-") or finding.rule == "NEG-4":
        return False
    share = context.policy.thresholds.get("main_share", 0.5)
    costly = bool(finding.amount_wan and told.total_wan and finding.amount_wan >= share * told.total_wan)
    return finding.main_content or costly


def _faults(policy: Policy, findings: Sequence[Finding], rows: Sequence[CompletenessRow]) -> Iterator[str]:
    """Word the reasons for 补正, the gravest first; notices are no reason."""
    say, clauses = policy.wording["reasons"], policy.wording["clauses"]
    heavy = [f for f in findings if f.severity is not Severity.NOTICE]
    if defer := [f for f in heavy if f.rule == "NEG-4" and f.severity is Severity.BLOCKER]:
        yield say["defer"].format(clause=_refs(defer))
    if negative := [f for f in heavy if f.rule.startswith("NEG-") and f not in defer]:
        yield say["negative"].format(titles=_titles(negative), clause=_refs(negative))
    groups = (
        ("missing", [f for f in heavy if f.rule.startswith("SEC-")]),
        ("inconsistent", [f for f in heavy if f.rule.startswith("CON-")]),
        ("other", [f for f in heavy if not f.rule.startswith(("NEG-", "SEC-", "CON-"))]),
    )
    for key, some in groups:
        if some:
            names = [f.target if f.rule.startswith("SEC-") and f.target else f.title for f in some]
            yield say[key].format(count=len(some), items=_listed(names), clause=_refs(some))
    leaves = {r.template for r in rows} - {r.template.rpartition(".")[0] for r in rows}
    if unclear := [r.title for r in rows if r.mandatory and r.status == "unclear" and r.template in leaves]:
        yield say["unclear"].format(count=len(unclear), items=_listed(unclear), clause=clauses["materials"])


def _unread(context: Context, policy: Policy) -> Iterator[str]:
    """Files that could not be read may be the form or the budget, where those are lacking: 补正 is the best then."""
    kinds = {d.kind for d in context.submission.documents}
    lost = [name for name, _ in context.submission.not_read]
    if lost and not (Kind.FORM in kinds and context.submission.budgets):
        clause = policy.wording["clauses"]["materials"]
        yield policy.wording["reasons"]["unread"].format(count=len(lost), items=_listed(lost), clause=clause)


def _titles(findings: Sequence[Finding]) -> str:
    return "”“".join(dict.fromkeys(f.title for f in findings))


def _refs(findings: Sequence[Finding]) -> str:
    return "、".join(dict.fromkeys(f.clause.ref for f in findings if f.clause.ref))


def _listed(names: Sequence[str]) -> str:
    names = list(dict.fromkeys(names))
    return "、".join(names[:_NAMED]) + ("等" if len(names) > _NAMED else "")


@dataclass(frozen=True, slots=True)
class _Ask:
    """What one finding asks for: its target, and for a cut the amount and the budget line it comes from."""

    finding: Finding
    target: str
    amount: float | None
    place: tuple[object, ...]


def _measures(context: Context, findings: Sequence[Finding], duplicates: Sequence[Duplicate]) -> tuple[Measure, ...]:
    """Group what the findings ask for by kind and target, in the order of the pack's measures."""
    policy = context.policy
    default = {rule: text.measure for rule, text in policy.rules.items()}
    groups: dict[tuple[str, str], list[_Ask]] = {}
    for finding in findings:
        kind = finding.measure or default.get(finding.rule) or default.get(finding.rule.split("-")[0], "")
        if finding.severity is Severity.NOTICE and kind != "核减" and finding.rule[:4] != "PRO-":
            continue
        if kind in policy.wording["measures"]:
            for ask in _asks(context, finding, kind, _target(finding, duplicates)):
                groups.setdefault((kind, ask.target), []).append(ask)
        for also, system in _beside(finding, duplicates):
            groups.setdefault((also, system), []).append(_Ask(finding, system, None, (finding.id,)))
    order = list(policy.wording["measures"])
    ranked = sorted(groups.items(), key=lambda g: order.index(g[0][0]))
    return tuple(_measure(policy, kind, target, some) for (kind, target), some in ranked)


def _asks(context: Context, finding: Finding, kind: str, target: str) -> Iterator[_Ask]:
    """Yield what a finding asks for: a cut over several lines of the budget line by line, else once."""
    places = {(e.document, e.table, e.row) for e in finding.evidence if e.row is not None}
    lines = {
        (b.document, x.evidence.table, x.evidence.row): x
        for b in context.submission.budgets
        for x in b.lines
        if x.amount_wan is not None and (b.document, x.evidence.table, x.evidence.row) in places
    }
    if kind != "核减" or finding.amount_wan is None or len(lines) < 2:
        yield _Ask(finding, target, finding.amount_wan, next(iter(lines), (finding.id,)))
        return
    for place, line in lines.items():
        yield _Ask(finding, line.name, line.amount_wan, place)


def _target(finding: Finding, duplicates: Sequence[Duplicate]) -> str:
    """Name what a measure is about: the finding's own target, the system it comes near to, or its subject."""
    if finding.target:
        return finding.target
    if finding.rule == "NEG-2B":
        named = [d.system_name for d in duplicates if d.system_name and d.system_name in finding.message]
        if named:
            return named[0]
    return finding.title


def _beside(finding: Finding, duplicates: Sequence[Duplicate]) -> Iterator[tuple[str, str]]:
    """Yield what to do about the further systems that a finding on near systems names beside its target."""
    near = [d for d in duplicates if d.verdict != "related"]
    if finding.target not in {d.system_name for d in near}:
        return
    for system in near:
        if system.system_name != finding.target and f"“{system.system_name}”" in finding.message:
            higher = system.relation == "higher_level" and finding.rule == "NEG-2B"
            yield "整合" if system.source == "intake" else "会商" if higher else "复用", system.system_name


def _measure(policy: Policy, kind: str, target: str, asks: Sequence[_Ask]) -> Measure:
    """Word a measure; a line of the budget that several findings would cut is cut once."""
    amounts: dict[tuple[object, ...], float] = {}
    for ask in asks:
        if ask.amount is not None:
            amounts[ask.place] = max(ask.amount, amounts.get(ask.place, 0.0))
    amount = round(sum(amounts.values()), 4) if amounts and kind == "核减" else None
    words, first = policy.wording, asks[0].finding
    shown = words["amount"].format(amount=f"{amount:g}") if amount is not None else ""
    reason = f"{first.title}（{first.clause.ref}）"
    text = words["measures"][kind].format(target=target, amount=shown, reason=reason)
    return Measure(kind, target, amount, text, tuple(dict.fromkeys(a.finding.id for a in asks)))


def _kind(policy: Policy, told: Summary) -> dict[str, Any]:
    kinds = policy.wording["kinds"]
    return dict(kinds.get(told.kind) or kinds["其他"])


def _kind_measure(policy: Policy, told: Summary) -> tuple[Measure, ...]:
    kind = _kind(policy, told)
    text = policy.wording["measures"][kind["measure"]].format(target=kind["clause"])
    return (Measure(kind["measure"], told.kind, None, text, ()),)


def _routing(policy: Policy, told: Summary, key: str) -> Routing:
    """Lead department by domain (第四条), approval by amount (第十一条); "" where the amount is not known."""
    words, clauses = policy.wording, policy.wording["clauses"]
    lead = next((d.lead for d in policy.domains if told.domain in (d.name, *d.aliases)), words["undetermined_lead"])
    approval, clause = "", clauses["approval"]
    if key == "route":
        kind = _kind(policy, told)
        approval, clause = words["approval"][kind["approval"]], kind["clause"]
    elif key == "secret":
        approval, clause = words["approval"]["transfer"], clauses["secret"]
    elif key == "exempt":
        approval, clause = words["approval"]["exempt"], clauses["declare"]
    elif told.total_wan is not None:
        big = told.total_wan >= policy.thresholds.get("meeting_wan", float("inf"))
        approval = words["approval"]["meeting" if big else "written"]
    return Routing(lead, approval, (clauses["domain"], clause))
