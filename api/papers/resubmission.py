"""补正对照: what became of each demand of the last notice, and what was changed without being asked for."""

from __future__ import annotations

from typing import Any

from api.papers.answered import FIXED, OPEN, PART, UNSURE
from api.papers.blocks import Grid
from api.papers.compared import Comparison, compare, differing
from models.domain.policy import Policy
from models.domain.report import Report


def resubmission(report: Report, earlier: Report, policy: Policy) -> tuple[dict[str, Any], dict[str, Grid]]:
    """Return the placeholders and the tables of 补正对照.

    Args:
        report: of what is sent now, with the reviewer's decisions in it.
        earlier: of what was sent before, likewise.
        policy: whose words say what the applicant was told.
    """
    found = compare(report, earlier, policy, differing(earlier, report))
    names = {"fixed": FIXED, "part": PART, "open": OPEN, "unsure": UNSURE}
    values = {
        "asked_count": str(found.asked),
        **{name: str(found.counts[one]) for name, one in names.items()},
        "new": str(found.new),
        "unasked": str(len(found.unasked)) if found.unasked else "",
        "unasked_money": str(sum(one.money for one in found.unasked)),
        "uncompared": "；".join(found.uncompared),
    }
    return values, {"补正结果": _results(found), "自行改动": _changed(found)}


def _results(found: Comparison) -> Grid:
    heads = ("通知序号", "通知要求", "原文（上次）", "现文（本次）", "申报单位答复", "比对结果", "审核员确认")
    cells = [
        (i.mark, i.asked, i.before, i.after, i.reply, i.state + (f"\n（{i.note}）" if i.note else ""), "")
        for i in found.items
    ]
    none = ("—", "上次未提出问题", *("—",) * 5)
    return Grid(heads, tuple(cells) or (none,), (2.0, 4.5, 5.6, 5.8, 2.0, 2.6, 2.4))


def _changed(found: Comparison) -> Grid:
    heads = ("序号", "类别", "原文（上次）", "现文（本次）", "与通知的关系", "审核员确认")
    rows = [(str(i), c.kind, c.before, c.after, c.relation, "") for i, c in enumerate(found.unasked, 1)]
    none = ("—", "—", "未发现", "—", "—", "—")
    return Grid(heads, tuple(rows) or (none,), (1.3, 2.2, 7.9, 7.9, 3.0, 2.2))
