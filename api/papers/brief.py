"""一页纸: what the leading group decides by, in at most 600 characters; what is too long is shortened, not cut off."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from api.papers.blocks import Grid, Line, Paper, Title, lines
from api.papers.conclusions import DECLINE
from api.papers.decisions import Decisions
from api.papers.form_boxes import LEAD, Lead, lead
from api.papers.glance import at_a_glance, shares
from api.papers.opinions import ON_TOP
from api.papers.places import LISTED, formal, inner, measured, shortened, words
from api.papers.skeleton import fill
from api.papers.tables import near_systems, told_otherwise
from api.papers.values import values
from api.reports import phrases
from models.domain.errors import PolicyError
from models.domain.finding import Finding, Severity
from models.domain.policy import Policy
from models.domain.report import Report

LONGEST = 600
_STEPS = (60, 52, 46, 40, 36, 32, 28, 25, 22, 19, 16, 13, 10, 8)  # characters of a quoted part, tried until all fits
_WITHOUT = re.compile(r"(?:如|若|倘)不|不建|缓建|否则|将(?:难以|无法|不能|继续)|难以|不能|无法")
_WHOLE = frozenset({"total", "sources", "approval", "advice_sentence"})  # what is not shortened
_DONE = re.compile(
    "^(?:本)?(?:项目|系统|平台|工程)(?:全部)?(?:建成|完成|实施|上线|投用|投入使用|运行)(?:投用|运行)?(?:以?后|之后)，"
)
_UNSAID = "材料未说明"
_THIRD = "第三方"
_SENTENCE = 28  # characters below which a quoted sentence says nothing any more


def fitted(
    report: Report, policy: Policy, skeleton: dict[str, Any], choices: Decisions
) -> tuple[dict[str, Any], dict[str, Grid]]:
    """Return the placeholders, their parts shortened until the paper holds at most 600 characters, and the tables.

    Raises:
        PolicyError: the skeleton alone is longer.
    """
    said, opinion = values(report, policy), lead(report, policy, choices.views)
    grids = {"金额一览": at_a_glance(report, opinion, choices.views)}
    for limit in _STEPS:
        cut = {
            key: shortened(value, 2 * limit) if isinstance(value, str) and key not in _WHOLE else value
            for key, value in said.items()
        }
        told = {**cut, **_values(report, policy, limit), **_views(policy, choices, opinion, limit)}
        if length(fill("一页纸", skeleton, told, grids)) <= LONGEST:
            return told, grids
    raise PolicyError(f"一页纸的骨架太长，正文超过{LONGEST}字", name="papers：一页纸")


def length(paper: Paper) -> int:
    """Characters of a paper's body without blanks; title and signature are not counted."""
    told = [line for b in paper.blocks if not isinstance(b, Title | Line) for line in lines(b)]
    return len("".join("".join(told).split()))


def _said(text: str, limit: int) -> str:
    told = LISTED.sub("", text).rstrip("。；，")
    return f"“{inner(shortened(told, limit))}”"


def _purpose(goals: Sequence[str], limit: int) -> str:
    """The first goal, without the words that it holds once the project is done: they would be all that is left."""
    return _said(_DONE.sub("", LISTED.sub("", goals[0])), limit)


def _quotes(report: Report, name: str) -> list[str]:
    return [e.quote.replace(" | ", "　") for d in report.dimensions if d.name == name for e in d.quotes if e.quote]


def _origin(report: Report, limit: int) -> str:
    """Who asked for it: the ground the plan names, else its own wish."""
    ground = next((f for f in report.facts if f.key == "ground"), None)
    if ground is None:
        return "材料中未见上级要求，属单位自提需求。"
    return f"{_said(ground.as_written, limit * 3 // 2)}。"


def _want(report: Report, limit: int) -> str:
    """What happens without it, in the plan's words; left out where there is no room for a sentence."""
    found = next((q for q in _quotes(report, "必要性") if _WITHOUT.search(q)), "")
    return f"申报单位自述：{_said(found, limit)}。" if found and limit >= _SENTENCE else ""


def _fact(report: Report, key: str) -> str:
    return next((f.as_written for f in report.facts if f.key == key and f.as_written), "")


def _values(report: Report, policy: Policy, limit: int) -> dict[str, str]:
    names = [shortened(f.name.rstrip("。；"), max(12, limit // 2)) for f in report.functions[:3]]
    more = f"等{len(report.functions)}项" if len(report.functions) > len(names) else ""
    parts = [
        f"{shortened(n, max(12, limit // 3))}{phrases.wan(round(a, 4))}万元（{s:.0%}）"
        for n, a, s in shares(report, policy)[:3]
    ]
    started = any(f.rule == "PRO-STARTED" for f in report.findings)
    users, goals = _fact(report, "users"), _quotes(report, "项目绩效")
    said = words(policy, "page_words")
    control = _control(report)
    request = str(said["requests"].get(report.conclusion.advice, report.conclusion.advice))
    return {
        "title": shortened(report.submission.title or "　　　　", 40),
        "request": request.replace("{control}", f"，控制数{control}万元" if control else ""),
        "purpose": f"申报单位自述：{_purpose(goals, limit)}。" if goals else _UNSAID + "。",
        "origin": _origin(report, limit),
        "three": "；".join(names) + more if names else _UNSAID,
        "users": f"服务规模：{shortened(users, limit)}。" if users else "",
        "existing": _existing(report, limit),
        "running": _running(report, limit),
        "shares": "、".join(parts) + "。" if parts else "未见可读的概算明细表。",
        "risks": _risks(report, said["risks"], limit),
        "old": _old(report, limit),
        "effect": _goals(report, limit),
        "want": _want(report, limit),
        "started": "材料中有先行实施的迹象，待核实" if started else "材料中未见先行实施情形",
    }


def _control(report: Report) -> str:
    """Return what the review would allow, in 万元; "" where the total is not known."""
    total = report.submission.total_wan
    cut = sum(m.amount_wan or 0.0 for m in report.conclusion.measures if m.kind == "核减")
    return phrases.wan(round(total - cut, 4)) if total is not None else ""


def _existing(report: Report, limit: int) -> str:
    if not report.engine.systems:
        return "台账尚未提供，未作比对。"
    near = near_systems(report)
    if not near:
        told = "，".join(told_otherwise(report))
        return "区级台账中未发现主要功能相近的系统" + (f"；{told}。" if told else "。")
    named = "".join(f"“{shortened(inner(d.system_name), max(24, limit))}”" for d in near[:2])
    told = f"与{named}" + (f"等{len(near)}个系统" if len(near) > 2 else "") + "功能相近，"
    return told + ("宜复用或整合。" if report.conclusion.advice == DECLINE else "待会商。")


def _running(report: Report, limit: int) -> str:
    found = next((f for f in report.facts if f.key == "total_wan" and "运维" in f.scope and f.as_written), None)
    return f"运维费：{shortened(found.as_written, limit)}。" if found else ""


def _risks(report: Report, said: Mapping[str, str], limit: int) -> str:
    """The three gravest, each with what to do, in the pack's words; a matter it has no words for by its title."""
    heavy = sorted((f for f in report.findings if f.severity is not Severity.NOTICE), key=_gravity)
    told = (
        said.get(f.rule) or said.get(f.rule.split("-")[0]) or shortened(formal(f.title), max(20, limit)) for f in heavy
    )
    risks = list(dict.fromkeys(told))[:3]
    listed = [f"{i}.{text}" for i, text in enumerate(risks, 1)] if len(risks) > 1 else risks
    return "；".join(listed) + "。" if listed else "初审未见需提请注意的事项。"


def _gravity(finding: Finding) -> bool:
    return finding.severity is not Severity.BLOCKER


def _old(report: Report, limit: int) -> str:
    old = [d.system_name for d in report.duplicates if d.relation == "own_predecessor"]
    rules = {f.rule for f in report.findings if f.severity is not Severity.NOTICE}
    open_end = "上一期尚未终验" if "NEG-4" in rules else ""
    if not old:
        unknown = "台账中未见" if report.engine.systems else "台账尚未提供"
        unknown += "，待核实" if report.submission.nature in ON_TOP else ""
        return "；".join(part for part in (unknown, open_end) if part) + "。"
    lacking = any(f.rule == "COM-RETIRE" for f in report.findings)
    planned = "停用安排待补充" if lacking else "" if open_end else "方案已说明沿用、整合或停用安排"
    told = "，".join(part for part in (open_end, planned) if part)
    named = "".join(f"“{shortened(inner(name), max(24, limit))}”" for name in old[:2])
    more = f"等{len(old)}个系统" if len(old) > 2 else ""
    return f"{named}{more}，{told}。"


def _goals(report: Report, limit: int) -> str:
    """One goal that names a number, by preference none that 一句话 has told."""
    quotes = _quotes(report, "项目绩效")
    goals = [told for q in quotes if (told := measured(q, limit))]
    if goals:
        found = next((g for g in goals if inner(g) not in _purpose(quotes, limit)), goals[0])
        return f"“{inner(found)}”。"
    return f"{_said(quotes[1], limit)}。" if len(quotes) > 1 else "见方案绩效目标。"


def _views(policy: Policy, choices: Decisions, opinion: Lead, limit: int) -> dict[str, str]:
    """各方意见: who said what, who has not answered; 分歧."""
    given = {LEAD: opinion.words or opinion.lacking.partition("，")[0]}
    given |= {party: said.strip().rstrip("。；") for party, said in choices.views.items() if said.strip()}
    asked = dict.fromkeys((*words(policy, "page_words").get("parties", ()), *given))
    told = [f"{party}：{shortened(given[party], max(8, limit))}" for party in asked if party in given]
    silent = [party for party in asked if party not in given]
    told += ["、".join(silent) + ("均" if len(silent) > 1 else "") + "未反馈"] if silent else []
    dispute = choices.dispute.strip().rstrip("。；")
    return {
        "parties": "；".join(told) + "。" if told else "未反馈。",
        "dispute": shortened(dispute, max(12, limit)) + "。" if dispute else "无。",
        "third_given": "是" if _THIRD in given else "",
    }
