"""The money of 一页纸: who proposes what, and what it is for."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from api.papers.blocks import Grid
from api.papers.form_boxes import Lead
from api.papers.money import DECLINED, cutting, figure, has_sum, lines_of
from api.papers.places import words
from models.domain.policy import Policy
from models.domain.report import Report
from models.domain.submission import LineKind
from models.quantities import money_wan


def at_a_glance(report: Report, opinion: Lead | None = None, views: Mapping[str, str] | None = None) -> Grid:
    """The money on one line: 申报, 牵头部门, 第三方, 初审建议, 核减; `opinion`, `views`: what the parties said."""
    total = report.submission.total_wan
    cut = round(sum(m.amount_wan or 0.0 for m in cutting(report)), 4)
    rest = figure(total - cut) if total is not None else "—"
    heads = ("申报（万元）", "牵头部门意见", "第三方建议", "初审建议", "核减")
    given = (
        _proposed(opinion.words if opinion else "") if not (opinion and opinion.blank) else "未填写",
        _proposed((views or {}).get("第三方", "")),
    )
    unsure = any(m.amount_wan is None for m in cutting(report))
    less = (f"{rest}（待核定）", f"{figure(cut)}（待核定）") if unsure and cut else ("待核定", "待核定")
    asked = less if unsure else (rest, figure(cut))
    if report.conclusion.advice != "建议进入评审" or not has_sum(report):
        asked = (
            "暂不安排",
            asked[1] if cutting(report) else "—",
        )  # no sum is asked for what is not to be decided yet
    row = (figure(total), *given, *DECLINED.get(report.conclusion.advice, asked))
    return Grid(heads, (row,), (3.2, 3.2, 3.2, 3, 3))


def _proposed(said: str) -> str:
    """Return the one amount a party names, in 万元."""
    amounts = {money.wan for money in money_wan(said)}
    return figure(amounts.pop()) if len(amounts) == 1 else "见各方意见" if said.strip() else "未反馈"


def shares(report: Report, policy: Policy) -> list[tuple[str, float, float]]:
    """What the money is for, largest first: name, 万元, share of the whole.

    By the budget's own groups; where it has none, by the pack's kinds of expense, told from the names of the lines: a
    line named after something the project builds is of the kind `built`, one that nothing tells of the kind `rest`.
    """
    lines = [line for line in lines_of(report, policy) if line.kind is LineKind.ITEM and line.amount_wan]
    grouped = all(line.category for line in lines)
    said = words(policy, "page_words")
    built = {f.name: str(said.get("built", "")) for f in report.functions}
    groups: dict[str, float] = {}
    for line in lines:
        name = line.category if grouped else built.get(line.name) or _kind_of_expense(line.name, said) or line.name
        if name:
            groups[name] = groups.get(name, 0.0) + (line.amount_wan or 0.0)
    whole = sum(groups.values())
    return [(name, amount, amount / whole) for name, amount in sorted(groups.items(), key=lambda g: (-g[1], g[0]))]


def _kind_of_expense(name: str, said: Mapping[str, Any]) -> str:
    kinds: Mapping[str, str] = said.get("kinds", {})
    return next((kind for kind, pattern in kinds.items() if re.search(pattern, name)), str(said.get("rest", "")))
