"""What the papers say of money: the budget line by line, what is cut, what it is made of."""

from __future__ import annotations

from collections.abc import Sequence

from api.papers.blocks import Grid
from api.papers.places import formal, place
from api.reports import phrases
from models.domain.policy import Policy
from models.domain.report import Measure, Report
from models.domain.submission import Budget, BudgetLine, Kind, LineKind

_ROWS = 6  # empty rows of a table to be filled in by hand
_UNFIT = "不宜列支或须调整"


def budget_of(report: Report, policy: Policy) -> Budget | None:
    """The budget table the cuts are listed by: of the budget file, else of the plan; the one with most lines."""
    from models.budget import budgets

    ranked = sorted(report.documents, key=lambda d: (d.kind is not Kind.BUDGET, d.kind is not Kind.PLAN))
    for item in ranked:
        found = [b for b in budgets(item.document, item.sections, policy) if b.scope == "总投资"]
        if found:
            return max(found, key=lambda b: len(b.lines))
    return None


def _number(value: float | None) -> str:
    return "—" if value is None else phrases.wan(round(value, 4))


def _lines(report: Report, policy: Policy) -> list[BudgetLine]:
    budget = budget_of(report, policy)
    return list(budget.lines) if budget else []


def _measures(report: Report) -> list[Measure]:
    return [m for m in report.conclusion.measures if m.kind == "核减"]


def _cut_of(line: BudgetLine, report: Report) -> Measure | None:
    if line.kind is not LineKind.ITEM or not line.name:
        return None
    return next((m for m in _measures(report) if line.name in m.target.split("、")), None)


def _checked(line: BudgetLine) -> str:
    """数量 × 单价, where both are given, beside the amount as written."""
    if line.quantity is None or line.unit_price_wan is None or line.amount_wan is None:
        return "—"
    should = line.quantity * line.unit_price_wan
    return "相符" if abs(should - line.amount_wan) <= 0.011 else f"应为{_number(should)}"


class _Cuts:
    """The budget line by line, with what is cut of it."""

    def __init__(self, report: Report, lines: Sequence[BudgetLine]) -> None:
        self.report, self.lines = report, lines
        self.cuts = [_cut_of(line, report) for line in lines]
        self.placed: dict[str, int] = {}  # target of a measure -> line where its reason stands
        self.since, self.whole = 0.0, 0.0  # cut since the last subtotal, cut in all

    def row(self, number: int, line: BudgetLine) -> tuple[str, ...]:
        cut, checked = self.cuts[number - 1], _checked(line)
        less = line.amount_wan if cut is not None and self._whole(cut) else None
        rest = "见理由" if cut is not None and less is None else _number(self._rest(line, less))
        kind = _UNFIT if cut else ("计算错误" if checked.startswith("应为") else "")
        reason = "请核对数量、单价和金额" if kind else ""
        if cut is not None:
            first = self.placed.setdefault(cut.target, number)
            reason = formal(cut.text) if first == number else f"同第{first}行"
        return (
            *(str(number), line.name or line.category, _number(line.quantity), _number(line.unit_price_wan)),
            *(_number(line.amount_wan), checked, rest, _number(less) if less else "", kind, reason),
            place(self.report, line.evidence),
        )

    def _whole(self, cut: Measure) -> bool:
        """Whether the amount of a measure is that of its lines, so that each of them goes altogether."""
        amounts = [line.amount_wan or 0.0 for line, c in zip(self.lines, self.cuts, strict=True) if c is cut]
        return cut.amount_wan is not None and abs(sum(amounts) - cut.amount_wan) < 0.011

    def _rest(self, line: BudgetLine, less: float | None) -> float | None:
        if line.amount_wan is None:
            return None
        if line.kind is LineKind.ITEM:
            self.since += less or 0.0
            self.whole += less or 0.0
            return line.amount_wan - (less or 0.0)
        gone = self.since if line.kind is LineKind.SUBTOTAL else self.whole
        self.since = 0.0
        return line.amount_wan - gone


def cuts(report: Report, policy: Policy) -> Grid:
    """概算核减表: every line of the budget, checked, with what is cut of it; then what names no line."""
    heads = (
        *("行号", "内容", "数量", "单价（万元）", "送审额（万元）", "计算复核"),
        *("建议额（万元）", "核减额（万元）", "类别", "理由", "出处"),
    )
    sheet = _Cuts(report, _lines(report, policy))
    rows = [sheet.row(number, line) for number, line in enumerate(sheet.lines, start=1)]
    for measure in _measures(report):  # what names no line of the table stands for itself
        if measure.target not in sheet.placed:
            amount = _number(measure.amount_wan) if measure.amount_wan is not None else "待定"
            rows.append(
                (
                    "—",
                    measure.target,
                    *("—",) * 5,
                    amount,
                    _UNFIT,
                    formal(measure.text),
                    _sources(report, measure),
                )
            )
    empty = ("—", "材料中未见可读的概算明细表", *("—",) * 9)
    return Grid(heads, tuple(rows) or (empty,), (1.1, 4.4, 1.3, 1.7, 1.8, 1.9, 1.8, 1.8, 1.9, 4.6, 2.6))


def cuts_in_brief(report: Report) -> Grid:
    """Every place where the total is stated, and the cuts."""
    totals = [
        ("—", f"{f.scope or '金额'}（{place(report, f.evidence)}）", _amount(f.value), f"原文：{f.as_written}")
        for f in report.facts
        if f.key == "total_wan"
    ]
    cuts = [
        (str(i), m.target, _number(m.amount_wan) if m.amount_wan is not None else "待定", formal(m.text))
        for i, m in enumerate(_measures(report), start=1)
    ]
    rows = (*totals, *cuts) or (("—", "材料中未见总投资金额", "—", ""),)
    return Grid(("序号", "内容", "金额（万元）", "说明"), tuple(rows), (1.2, 5.2, 2.6, 6.6))


def _amount(value: str | float | None) -> str:
    return "—" if value is None or isinstance(value, str) else _number(value)


def _sources(report: Report, measure: Measure) -> str:
    named = [e for f in report.findings if f.id in measure.findings for e in f.evidence]
    return "、".join(dict.fromkeys(place(report, e) for e in named[:2])) or "—"


def money_reply(report: Report, policy: Policy) -> Grid:
    """The budget's lines with columns for a third party to fill in."""
    heads = ("行号", "内容", "送审金额（万元）", "建议金额", "核减额", "核减理由")
    lines = [line for line in _lines(report, policy) if line.kind is LineKind.ITEM]
    rows = [
        (str(i), line.name or line.category, _number(line.amount_wan), "", "", "") for i, line in enumerate(lines, 1)
    ]
    return Grid(heads, tuple(rows) or (("", "", "", "", "", ""),) * _ROWS, (1.2, 5, 2.4, 2, 2, 3))


def shares(report: Report, policy: Policy) -> list[tuple[str, float, float]]:
    """What the money is for: the budget's own groups, largest first: name, 万元, share of the whole."""
    groups: dict[str, float] = {}
    for line in _lines(report, policy):
        name = line.category or line.name
        if line.kind is LineKind.ITEM and line.amount_wan and name:
            groups[name] = groups.get(name, 0.0) + line.amount_wan
    whole = sum(groups.values())
    return [(name, amount, amount / whole) for name, amount in sorted(groups.items(), key=lambda g: (-g[1], g[0]))]
