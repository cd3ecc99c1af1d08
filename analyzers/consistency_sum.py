"""概算表的计算是否正确（CON-SUM）。

检查什么：
概算表每行“数量×单价”是否等于金额，明细相加是否等于小计，小计（或明细）相加是否等于合计。

为什么：
概算是评审和安排资金的依据（第六条、第十一条），计算有误须先更正。

示例：
“北斗车载终端 118台 单价950元”列112100元无误，但表中合计仍为864000元，比明细之和少11800元，提示合计不符。

局限：
每行允许0.01万元的舍入。表中另有年限、系数、税率等列时不核对数量×单价；合并在一行的多项内容、图片中的表格不能核对。
表内计算无误而合计与方案正文不同的，属CON-TOTAL。
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from analyzers.agreement import finding
from analyzers.context import Context
from models.domain.finding import Evidence, Finding, Severity
from models.domain.submission import Budget, BudgetLine, LineKind

RULES = ("CON-SUM",)
_FEWEST = 3  # rows of a table that can be read in more than one way
_STEP = 0.01  # 万元 of rounding a row


def check(context: Context) -> Iterator[Finding]:
    """Recalculate every budget table."""
    for budget in context.submission.budgets:
        faults = [*_products(budget), *_sums(budget)]
        if faults:
            values = "；".join(words for words, _ in faults[:3]) + ("等" if len(faults) > 3 else "")
            evidence = [e for _, places in faults for e in places]
            yield finding(context, "CON-SUM", Severity.WARNING, {"values": values, "template": "15.2"}, evidence)


def _products(budget: Budget) -> Iterator[tuple[str, list[Evidence]]]:
    """Yield rows whose quantity × price is not the amount."""
    rows = [
        x for x in budget.lines if x.kind is LineKind.ITEM and None not in (x.quantity, x.unit_price_wan, x.amount_wan)
    ]
    wrong = [x for x in rows if not _fits(x)]
    if len(rows) >= 4 and len(wrong) > len(rows) // 2:
        return  # the columns were misunderstood: such a table is not wrong in most of its rows
    for line in wrong:
        due = (line.quantity or 0) * (line.unit_price_wan or 0)
        yield f"“{line.name}”数量×单价为{due:.6g}万元，表列{line.amount_wan:.6g}万元", [line.evidence]


def _fits(line: BudgetLine) -> bool:
    """Say whether a row multiplies; half a unit of the price's last place per piece is rounding."""
    quantity, price, amount = line.quantity or 0.0, line.unit_price_wan or 0.0, line.amount_wan or 0.0
    rounding = max(_STEP, 0.005 * quantity * (price < 1), 0.0005 * abs(amount))
    return abs(quantity * price - amount) <= min(rounding, max(_STEP, 0.02 * abs(amount))) + 1e-6


def _sums(budget: Budget) -> Iterator[tuple[str, list[Evidence]]]:
    """Yield subtotals and totals that are not the sum of their rows."""
    items = [x for x in budget.lines if x.kind is LineKind.ITEM]
    if any(x.amount_wan is None for x in items):
        items = [x for x in items if x.amount_wan is not None]
    subtotals = [x for x in budget.lines if x.kind is LineKind.SUBTOTAL and x.amount_wan is not None]
    if _adds_up(budget):
        return
    yield from _groups(budget)
    total = next((x for x in reversed(budget.lines) if x.kind is LineKind.TOTAL and x.amount_wan is not None), None)
    if total is None or total.amount_wan is None or len(items) + len(subtotals) < 2:
        return
    ways = [w for w in (_sum(items), _sum(subtotals), _sum(items, only=False, budget=budget)) if w is not None]
    allowed = _STEP * max(1, len(items)) + 1e-6
    if ways and all(abs(w - total.amount_wan) > allowed for w in ways):
        best = min(ways, key=lambda w: abs(w - (total.amount_wan or 0)))
        yield f"“{total.name}”应为{best:.8g}万元，表列{total.amount_wan:.8g}万元", [total.evidence]


def _adds_up(budget: Budget) -> bool:
    """Say whether there is a reading of the table by which all its rows add up to its total.

    Tables head a group by its sum, end it with one, mix groups with lump items and discounts, and nest. A reading takes
    the rows of a group together where their sum stands behind or before them; all rows must be used.
    """
    rows = [x for x in budget.lines if x.amount_wan is not None]
    if not rows or rows[-1].kind is not LineKind.TOTAL or len(rows) < _FEWEST:
        return False
    *parts, total = rows
    marked = [x.kind is not LineKind.ITEM for x in parts]
    amounts = [x.amount_wan or 0.0 for x in parts]
    for least in (1, 2):
        for sums in (marked, [True] * len(parts)):
            behind = _taken_together(amounts, sums, least)
            ahead = _taken_together(amounts[::-1], sums[::-1], least)
            both = _taken_together(behind[::-1], [True] * len(behind), 2)
            if any(abs(sum(x) - (total.amount_wan or 0.0)) <= _STEP * len(parts) + 1e-6 for x in (behind, ahead, both)):
                return all(_stands(x, parts, i) for i, x in enumerate(parts) if "小计" in x.name)
    return False


def _taken_together(amounts: Sequence[float], sums: Sequence[bool], least: int) -> list[float]:
    """Return amounts with every run of at least `least` replaced by the sum behind it; `sums` says what may be one."""
    out: list[float] = []
    for amount, may in zip(amounts, sums, strict=True):
        size = next(
            (k for k in range(least, len(out) + 1) if abs(sum(out[-k:]) - amount) <= _STEP * k + 1e-6), 0
        ) if may else 0  # fmt: skip
        out = [*out[: len(out) - size], amount]
    return out


def _stands(subtotal: BudgetLine, parts: Sequence[BudgetLine], at: int) -> bool:
    """Say whether a 小计 is the sum of rows that end right before or begin right behind it, or has none of its own."""
    due = subtotal.amount_wan or 0.0
    before = [x.amount_wan or 0.0 for x in parts[:at] if x.kind is LineKind.ITEM]
    after = [x.amount_wan or 0.0 for x in parts[at + 1 :] if x.kind is LineKind.ITEM]
    runs = [*(before[-k:] for k in range(1, len(before) + 1)), *(after[:k] for k in range(1, len(after) + 1))]
    alone = all(x.kind is not LineKind.ITEM for x in parts)
    return alone or any(abs(sum(run) - due) <= _STEP * len(run) + 1e-6 for run in runs)


def _sum(lines: Sequence[BudgetLine], *, only: bool = True, budget: Budget | None = None) -> float | None:
    """Add lines up; with a budget, subtotals count for their groups and items only outside any group."""
    if not only and budget is not None:
        return _mixed(budget)
    return sum(x.amount_wan or 0.0 for x in lines) if lines else None


def _head_style(budget: Budget) -> bool:
    """Say whether groups begin with their sum instead of ending with it."""
    first = next((x for x in budget.lines if x.amount_wan is not None), None)
    return first is not None and first.kind is LineKind.SUBTOTAL


def _cut(budget: Budget) -> list[tuple[BudgetLine | None, list[BudgetLine]]]:
    """Cut a table into its groups: (subtotal, items); the subtotal is None for items outside any group."""
    out: list[tuple[BudgetLine | None, list[BudgetLine]]] = []
    head = _head_style(budget)
    items: list[BudgetLine] = []
    owner: BudgetLine | None = None
    for line in budget.lines:
        if line.kind is LineKind.ITEM and line.amount_wan is not None:
            items.append(line)
        elif line.kind is LineKind.SUBTOTAL and line.amount_wan is not None:
            out.append((owner if head else line, items))
            owner, items = line, []
    out.append((owner if head else None, items))
    return [(s, rows) for s, rows in out if s is not None or rows]


def _groups(budget: Budget) -> Iterator[tuple[str, list[Evidence]]]:
    """Yield subtotals that are not the sum of their group's items; running sums are accepted too."""
    running = 0.0
    for subtotal, rows in _cut(budget):
        running += sum(x.amount_wan or 0.0 for x in rows)
        if subtotal is None or subtotal.amount_wan is None or not rows:
            continue
        due = sum(x.amount_wan or 0.0 for x in rows)
        allowed = _STEP * len(rows) + 1e-6
        if abs(due - subtotal.amount_wan) > allowed and abs(running - subtotal.amount_wan) > allowed:
            yield f"“{subtotal.name}”应为{due:.8g}万元，表列{subtotal.amount_wan:.8g}万元", [subtotal.evidence]


def _mixed(budget: Budget) -> float | None:
    """Add subtotals, and the items that stand in no group."""
    cut = _cut(budget)
    if not any(s for s, _ in cut):
        return None
    return sum((s.amount_wan or 0.0) if s else sum(x.amount_wan or 0.0 for x in rows) for s, rows in cut)
