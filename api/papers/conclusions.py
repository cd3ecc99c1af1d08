"""Part three of 初审意见: the advice as a sentence, its reasons, what is asked besides, what happens next."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from api.papers.places import formal, inner, rows, words
from api.reports import phrases
from models.domain.finding import Severity
from models.domain.policy import Policy
from models.domain.report import Measure, Report

GO, MEND, DECLINE = "建议进入评审", "建议补正后再审", "建议不予立项"
_OPEN = "建议进入评审，另有事项"
_HEARD = "会商"  # a measure that may be about a system, or about what a higher level plans


def conclusion(report: Report, policy: Policy) -> dict[str, str]:
    """Return the placeholders of the conclusion and of the steps after it."""
    decided, said = report.conclusion, words(policy, "opinion_words")
    given = [formal(r.rstrip("。")) for r in decided.reasons[:3]]
    if decided.advice == GO and decided.reasons == _own_reason(policy):
        given = []  # the advice as a sentence says it already
    cut = round(sum(m.amount_wan for m in decided.measures if m.kind == "核减" and m.amount_wan), 4)
    defer = decided.advice in {GO, MEND} and any(m.kind == "暂缓" for m in decided.measures)
    total = report.submission.total_wan
    allowed = decided.advice in {GO, MEND} and not defer  # what is declined or put off has no sum
    kind = _OPEN if decided.advice == GO and _open(report) else decided.advice
    advice = str(said["advice"].get(kind, "经初步审核，" + decided.advice))
    advice = advice.replace("{why}", _why(report, said["why"])).replace("{clauses}", _clauses(report, policy))
    return {
        "advice": decided.advice,
        "advice_sentence": advice,
        "reasons": "；".join(f"（{i}）{r}" for i, r in enumerate(given, 1)) if len(given) > 1 else "".join(given),
        "measures": "；".join(_measures(report, said["measures"])),
        "cut": phrases.wan(cut) if cut else "",
        "cut_open": "是"
        if allowed and any(m.kind == "核减" and m.amount_wan is None for m in decided.measures)
        else "",
        "control": phrases.wan(round(total - cut, 4)) if allowed and cut and total is not None else "",
        "go": "是" if decided.advice == GO else "",
        "mend": "是" if decided.advice == MEND else "",
        "decline": "是" if decided.advice == DECLINE else "",
        "defer": "是" if defer else "",
        "closed": "" if decided.advice in {GO, MEND, DECLINE} else "是",
        "focus": _focus(report),
        "lead": report.routing.lead_department or str(said.get("lead", "牵头部门")),
        **_routing(report, said.get("routes", {})),
    }


def _open(report: Report) -> bool:
    """Whether something is left to be studied though the reviewer lets the project pass."""
    return any(f.severity is not Severity.NOTICE for f in report.findings)


def _own_reason(policy: Policy) -> tuple[str, ...]:
    wording = policy.wording or {}
    reason, clauses = wording.get("reasons", {}).get("review"), wording.get("clauses", {})
    return (str(reason).format(clause=clauses.get("review", "")),) if reason else ()


def _why(report: Report, said: dict[str, str]) -> str:
    """Say what is wanting in a few words: 申报材料尚不完整、前后不一致 … ."""
    heavy = {f.rule.split("-")[0] for f in report.findings if f.severity is not Severity.NOTICE}
    told = [text for family, text in said.items() if family in heavy or (family == "other" and heavy - {"SEC", "CON"})]
    return "，".join(told) or said["unchecked"]


def _clauses(report: Report, policy: Policy) -> str:
    """Name the clauses the main content falls under; where nothing is marked so, those of every blocker."""
    heavy = [f for f in report.findings if f.severity is Severity.BLOCKER and f.rule.startswith("NEG-")]
    least = policy.thresholds.get("main_share", 0.5) * (report.submission.total_wan or float("inf"))
    main = [f for f in heavy if f.main_content or (f.amount_wan or 0.0) >= least]
    return formal("、".join(dict.fromkeys(f.clause.ref for f in main or heavy if f.clause.ref))) or "第八条"


def _measures(report: Report, said: dict[str, dict[str, str]]) -> Iterator[str]:
    """Word the measures, those of a kind together; what has no name of its own is named by its row in the annex."""
    groups: dict[str, list[Measure]] = {}
    for measure in report.conclusion.measures:
        groups.setdefault(measure.kind if measure.findings else "", []).append(measure)
    for kind, some in groups.items():
        wanted = said.get(kind)
        if wanted is None:
            yield from (formal(m.text.rstrip("。")).removeprefix("建议") for m in some)
            continue
        named = [m for m in some if "named" in wanted and _has_name(report, m)]
        if named:
            yield wanted["named"].replace("{targets}", _targets(named))
        if listed := rows(report, tuple(f for m in some if m not in named for f in m.findings)):
            yield wanted["rows"].replace("{rows}", listed)


def _has_name(report: Report, measure: Measure) -> bool:
    """Whether a measure names a line or system, not what was found; who is to be heard is asked about a system only."""
    if measure.kind == _HEARD:
        return any(d.system_name == measure.target for d in report.duplicates)
    return not any(f.id in measure.findings and f.title == measure.target for f in report.findings)


def _targets(measures: Sequence[Measure]) -> str:
    """Name each target once, with its amount where one is known; names without any stand one behind another."""
    amounts: dict[str, float | None] = {}
    for m in measures:
        known = amounts.get(m.target)
        amounts[m.target] = known if m.amount_wan is None else round((known or 0.0) + m.amount_wan, 4)
    told = "、".join(
        f"“{inner(name)}”{f'{phrases.wan(a)}万元' if a is not None else ''}" for name, a in amounts.items()
    )
    return told.replace("”、“", "”“")


def _focus(report: Report) -> str:
    """Name the dimensions in which something was found to ask about."""
    asked = {f.suggestion for f in report.findings if f.severity is not Severity.NOTICE and f.suggestion}
    return "、".join(d.name for d in report.dimensions if asked & set(d.questions))


def _routing(report: Report, said: dict[str, str]) -> dict[str, Any]:
    way, clauses = report.routing.approval, formal("、".join(report.routing.clauses))
    up = way if way in {"领导小组专题会议", "书面请示领导小组"} else ""
    otherwise = said.get(way, f"按“{way}”办理") + (f"（{clauses}）" if clauses else "") if way and not up else ""
    focus = _focus(report)
    return {
        "approval": way or "待定",
        "report_up": up,
        "on": f"，重点论证{focus}" if focus else "",
        "then": f"评审通过后以{up}的方式报批（第十一条，以评审后概算为准）" if up else "",
        "route_otherwise": otherwise,
        "route_clauses": clauses,
    }
