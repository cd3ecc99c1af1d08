"""一页纸: what the leading group decides by, in at most 600 characters; what is too long is shortened, not cut off."""

from __future__ import annotations

import re
from typing import Any

from api.papers.blocks import Line, Paper, Title, lines
from api.papers.money import shares
from api.papers.places import formal
from api.papers.skeleton import fill
from api.papers.tables import near_systems
from api.papers.values import values
from api.reports import phrases
from models.domain.errors import PolicyError
from models.domain.finding import Severity
from models.domain.policy import Policy
from models.domain.report import Report

LONGEST = 600
_STEPS = (
    60,
    52,
    46,
    40,
    36,
    32,
    28,
    25,
    22,
    19,
    16,
    13,
    10,
)  # characters of a quoted part, tried in turn until all fits
_DOCUMENT = re.compile(r"〔20\d\d〕|《.{4,40}》|纪要|批示")  # who asked for it: a paper with a number comes first
_UNSAID = "材料未说明"
_REQUESTS = {
    "建议进入评审": "建议提请联合评审后审定立项。",
    "建议补正后再审": "建议待补正后再议，暂不审定。",
    "建议不予立项": "建议不予立项。",
    "无需申报": "不属于须申报的范围，无需审定。",
    "不予受理": "不予受理，按规定程序另行办理。",
}


def one_page(report: Report, policy: Policy, skeleton: dict[str, Any]) -> Paper:
    """Return the paper, its parts shortened until it holds at most 600 characters.

    Raises:
        PolicyError: the skeleton alone is longer.
    """
    said = values(report, policy)
    for limit in _STEPS:
        shortened = {key: _cut(value, 2 * limit) if isinstance(value, str) else value for key, value in said.items()}
        paper = fill("一页纸", skeleton, {**shortened, **_values(report, policy, limit)}, {})
        if length(paper) <= LONGEST:
            return paper
    raise PolicyError(f"一页纸的骨架太长，正文超过{LONGEST}字", name="papers：一页纸")


def length(paper: Paper) -> int:
    """Characters of a paper's body without blanks; title and signature are not counted."""
    told = [line for b in paper.blocks if not isinstance(b, Title | Line) for line in lines(b)]
    return len("".join("".join(told).split()))


def _cut(text: str, limit: int) -> str:
    return text if len(text) <= limit else text[:limit] + "……"


def _summary(report: Report, name: str, limit: int) -> str:
    """Quote what the plan says of a dimension, named as its own words."""
    quotes = [e.quote for d in report.dimensions if d.name == name for e in d.quotes if e.quote]
    ranked = sorted(quotes, key=lambda quote: not _DOCUMENT.search(quote)) if name == "必要性" else quotes
    return f"申报单位自述：“{_cut(ranked[0], limit)}”" if ranked else _UNSAID + "。"


def _fact(report: Report, key: str) -> str:
    return next((f.as_written for f in report.facts if f.key == key and f.as_written), "")


def _values(report: Report, policy: Policy, limit: int) -> dict[str, str]:
    names = [_cut(f.name.rstrip("。；"), max(12, limit // 2)) for f in report.functions[:3]]
    more = f"等{len(report.functions)}项" if len(report.functions) > len(names) else ""
    parts = [
        f"{_cut(n, max(8, limit // 3))}{phrases.wan(round(a, 4))}万元（{s:.0%}）"
        for n, a, s in shares(report, policy)[:4]
    ]
    started = any(f.rule == "PRO-STARTED" for f in report.findings)
    users = _fact(report, "users")
    return {
        "title": _cut(report.submission.title or "　　　　", 40),
        "request": _REQUESTS.get(report.conclusion.advice, report.conclusion.advice + "。"),
        "purpose": _summary(report, "项目绩效", limit),
        "origin": _summary(report, "必要性", limit),
        "three": "；".join(names) + more if names else _UNSAID,
        "users": f"服务规模：{_cut(users, limit)}。" if users else "",
        "existing": _existing(report, limit),
        "running": _running(report, limit),
        "shares": "、".join(parts) + "。" if parts else "未见可读的概算明细表。",
        "risks": _risks(report, limit),
        "old": _old(report, limit),
        "effect": _goals(report, limit),
        "started": "材料中有先行实施的迹象，待核实。" if started else "未见先行实施情形。",
    }


def _existing(report: Report, limit: int) -> str:
    if not report.engine.systems:
        return "台账尚未提供，未作比对。"
    near = near_systems(report)
    if not near:
        return "区级台账中未发现主要功能相近的系统。"
    return "与" + "、".join(f"“{_cut(d.system_name, limit)}”" for d in near[:2]) + "相近，待会商。"


def _running(report: Report, limit: int) -> str:
    found = next((f for f in report.facts if f.key == "total_wan" and "运维" in f.scope and f.as_written), None)
    return f"运维费：{_cut(found.as_written, limit)}。" if found else ""


def _risks(report: Report, limit: int) -> str:
    heavy = [formal(f.title) for f in report.findings if f.severity is not Severity.NOTICE]
    listed = [f"{i}.{_cut(title, max(20, limit))}" for i, title in enumerate(dict.fromkeys(heavy[:9]), 1)][:3]
    return "；".join(listed) + "。" if listed else "初审未见需提请注意的事项。"


def _old(report: Report, limit: int) -> str:
    old = next((d.system_name for d in report.duplicates if d.relation == "own_predecessor"), "")
    if not old:
        return "台账中未见。"
    lacking = any(f.rule == "COM-RETIRE" for f in report.findings)
    return f"“{_cut(old, limit)}”，" + ("停用安排待补充。" if lacking else "方案已说明停用或整合安排。")


def _goals(report: Report, limit: int) -> str:
    found = next((d for d in report.dimensions if d.name == "项目绩效" and len(d.quotes) > 1), None)
    return f"申报单位提出：“{_cut(found.quotes[1].quote, limit)}”" if found else "见方案绩效目标。"
