"""What the papers say of money: the budget line by line, what is cut, what it is made of."""

from __future__ import annotations

from collections.abc import Sequence

from api.papers.blocks import Grid
from api.papers.places import formal, place, unplaced
from api.papers.places import rows as rows_of
from api.reports import phrases
from models.domain.finding import Finding
from models.domain.policy import Policy
from models.domain.report import Measure, Report
from models.domain.submission import Budget, BudgetLine, Kind, LineKind

_OPEN, _UNFIXED = "待核实", "待核定"  # a sum that is not right; a cut whose amount is not known yet
_ROWS = 6  # empty rows of a table to be filled in by hand
_UNFIT, _WRONG = "不宜列支", "计算错误"
DECLINED = {"建议不予立项": ("不予立项", "—"), "无需申报": ("—", "—"), "不予受理": ("—", "—")}  # no sum is proposed
_DOUBTED = {  # why a line that does not add up stands at the amount it stands at; True: an item, False: a sum
    True: "数量×单价与所列金额不符，核实前按送审额计",
    False: "与各行之和不符，按各行之和计",
}
_KINDS = {"NEG-2B": "重复", "NEG-3": "重复", "CON-SUM": _WRONG, "CON-SCOPE": "依据不足", "COM-PRICE": "依据不足"}


def budget_of(report: Report, policy: Policy) -> Budget | None:
    """The budget table the cuts are listed by: of the budget file, else of the plan; the one with most lines."""
    from models.budget import budgets

    ranked = sorted(report.documents, key=lambda d: (d.kind is not Kind.BUDGET, d.kind is not Kind.PLAN))
    for item in ranked:
        found = [b for b in budgets(item.document, item.sections, policy) if b.scope == "总投资"]
        if found:
            return max(found, key=lambda b: len(b.lines))
    return None


def figure(value: float | None) -> str:
    """Return an amount in 万元 or a quantity as papers write it, "—" where there is none."""
    return "—" if value is None else phrases.wan(round(value, 4))


def _price(value: float | None) -> str:
    """A unit's price has as many places as it needs: 0.8 元 a page is 0.00008 万元."""
    return "—" if value is None else phrases.wan(round(value, 6))


def lines_of(report: Report, policy: Policy) -> list[BudgetLine]:
    """Return the lines of the budget the papers go by, [] where none could be read."""
    budget = budget_of(report, policy)
    return list(budget.lines) if budget else []


def cutting(report: Report) -> list[Measure]:
    """Return the measures that cut something."""
    return [m for m in report.conclusion.measures if m.kind == "核减"]


def _cut_of(line: BudgetLine, report: Report) -> Measure | None:
    if line.kind is not LineKind.ITEM or not line.name:
        return None
    return next((m for m in cutting(report) if line.name in m.target.split("、")), None)


def _checked(line: BudgetLine) -> str:
    """数量 × 单价, where both are given, beside the amount as written."""
    if line.quantity is None or line.unit_price_wan is None or line.amount_wan is None:
        return "—"
    should = line.quantity * line.unit_price_wan
    return "相符" if abs(should - line.amount_wan) <= 0.011 else f"应为{figure(should)}"


def _found(line: BudgetLine, report: Report) -> bool:
    """Whether the review found that this line does not add up."""
    at = (line.evidence.document, line.evidence.table, line.evidence.row)
    return any((e.document, e.table, e.row) == at for f in report.findings if f.rule == "CON-SUM" for e in f.evidence)


class _Cuts:
    """The budget line by line, with what is cut of it."""

    def __init__(self, report: Report, lines: Sequence[BudgetLine]) -> None:
        self.report, self.lines = report, lines
        self.cuts = [_cut_of(line, report) for line in lines]
        self.placed: set[str] = set()  # targets of measures that have a line
        self.reasons: dict[str, int] = {}  # reason -> line where it stands first
        named = {cut.target for cut in self.cuts if cut is not None}
        self.beside = sum(m.amount_wan or 0.0 for m in cutting(report) if m.target not in named)  # cut of no line
        self.since, self.whole = 0.0, 0.0  # cut since the last subtotal, cut in all
        self.parts, self.all = 0.0, 0.0  # amounts since the last subtotal, amounts in all

    def row(self, number: int, line: BudgetLine) -> tuple[str, ...]:
        cut, checked = self.cuts[number - 1], self.checked(line)
        less = self._less(line, cut) if cut is not None else None
        if cut is not None and less is None and cut.target not in self.placed:
            self.since, self.whole = self.since + (cut.amount_wan or 0.0), self.whole + (cut.amount_wan or 0.0)
        rest = self._rest(line, less, checked)
        wrong = checked.startswith("应为")
        proposed = (figure(rest), _difference(line, rest))
        if not has_sum(self.report):
            proposed = ("—", "—")
        elif cut is not None and less is None:
            proposed = (_UNFIXED, _UNFIXED)
        elif wrong and line.kind is not LineKind.ITEM:
            proposed = (figure(rest), _OPEN)  # a sum that is not right is no cut
        kind, reason = (_WRONG if wrong else "", _doubt(line, self.report) if wrong else "")
        if cut is not None:
            self.placed.add(cut.target)
            kind, told = _kind(self.report, cut), _reason(self.report, cut)
            first = self.reasons.setdefault(told, number)
            reason = told if first == number else f"同第{first}行"
        return (
            *(str(number), line.name or line.category, figure(line.quantity), _price(line.unit_price_wan)),
            *(figure(line.amount_wan), checked, *proposed, kind, reason),
            _at(line),
        )

    def checked(self, line: BudgetLine) -> str:
        """数量 × 单价 beside the amount as written; of a sum, whether its lines make it."""
        if line.kind is LineKind.ITEM:
            self.parts += line.amount_wan or 0.0
            self.all += line.amount_wan or 0.0
            return _checked(line)
        should = self.parts if line.kind is LineKind.SUBTOTAL else self.all
        self.parts = 0.0
        near = line.amount_wan is not None and abs(should - line.amount_wan) <= 0.011 * max(1, len(self.lines))
        if near:
            return "相符"
        # Another way of adding up is no mistake; what the review found is one.
        return f"应为{figure(should)}" if _found(line, self.report) else "—"

    def _less(self, line: BudgetLine, cut: Measure) -> float | None:
        """What is cut of a line: all of it where the measure is the sum of its lines, a part where it has one line."""
        amounts = [line.amount_wan or 0.0 for line, c in zip(self.lines, self.cuts, strict=True) if c is cut]
        if cut.amount_wan is None or line.amount_wan is None:
            return None
        if abs(sum(amounts) - cut.amount_wan) < 0.011:
            return line.amount_wan
        return cut.amount_wan if len(amounts) == 1 and cut.amount_wan < line.amount_wan else None

    def _rest(self, line: BudgetLine, less: float | None, checked: str) -> float | None:
        if line.amount_wan is None:
            return None
        if line.kind is LineKind.ITEM:
            self.since += less or 0.0
            self.whole += less or 0.0
            return line.amount_wan - (less or 0.0)
        gone = self.since if line.kind is LineKind.SUBTOTAL else self.whole + self.beside
        self.since = 0.0
        if checked.startswith("应为"):
            return float(checked.removeprefix("应为")) - gone
        return line.amount_wan - gone


def _doubt(line: BudgetLine, report: Report) -> str:
    told = _DOUBTED[line.kind is LineKind.ITEM]
    return told if has_sum(report) else told.partition("，")[0]


def _difference(line: BudgetLine, rest: float | None) -> str:
    """核减额: 送审额 less 建议额, "" where they are the same."""
    if line.amount_wan is None or rest is None:
        return ""
    less = round(line.amount_wan - rest, 4)
    return figure(less) if less else ""


def has_sum(report: Report) -> bool:
    """Whether a sum is proposed: of what is declined or put off none is."""
    put_off = any(m.kind == "暂缓" for m in report.conclusion.measures)
    return report.conclusion.advice not in DECLINED and not put_off


def reckoned(report: Report, policy: Policy) -> list[str]:
    """Name what of the budget could be reckoned and was right: 数量×单价, sums; [] where the table says too little."""
    sheet = _Cuts(report, lines_of(report, policy))
    said = [(line.kind is LineKind.ITEM, sheet.checked(line)) for line in sheet.lines]
    names = {True: "数量×单价", False: "分项合计"}
    told = {kind: {checked for k, checked in said if k is kind} for kind in names}
    return [name for kind, name in names.items() if told[kind] & {"相符"} == told[kind] - {"—"} != set()]


def _at(line: BudgetLine) -> str:
    page = f"第{line.evidence.page}页" if line.evidence.page is not None else ""
    return page + (f"第{line.evidence.row + 1}行" if line.evidence.row is not None else "") or "—"


def _causes(report: Report, measure: Measure) -> list[Finding]:
    return [f for f in report.findings if f.id in measure.findings]


def _kind(report: Report, measure: Measure) -> str:
    """重复, 可复用, 不宜列支, 依据不足, 计算错误: by what was found."""
    cause = next(iter(_causes(report, measure)), None)
    if cause is None:
        return _UNFIT
    if any(d.relation == "shared_capability" and d.system_name == cause.target for d in report.duplicates):
        return "可复用"
    return _KINDS.get(cause.rule, _UNFIT)


def _reason(report: Report, measure: Measure) -> str:
    """Why it is cut, in the words of what was found; a reviewer's own measure in the reviewer's words."""
    told = [unplaced(f) for f in _causes(report, measure)]
    return "；".join(dict.fromkeys(told[:2])) if told else formal(measure.text.rstrip("。"))


def _where(report: Report, measure: Measure) -> str:
    """Where the plan says what is cut, for want of a line of the budget."""
    places = (place(report, e) for f in _causes(report, measure) for e in f.evidence[:1])
    return next((at for at in places if at), "—")


def _name(report: Report, measure: Measure) -> str:
    """A measure named after what was found, for want of a line, is named by its rows in 逐项审核表."""
    titles = {f.title for f in _causes(report, measure)}
    return f"逐项审核表第{rows_of(report, measure.findings)}项所列内容" if measure.target in titles else measure.target


def cuts(report: Report, policy: Policy) -> Grid:
    """概算核减表: every line of the budget, checked, with what is cut of it; then what names no line."""
    heads = (
        *(
            "行号",
            "内容",
            "数量",
            "单价\n（万元）",
            "送审额\n（万元）",
            "计算复核",
            "建议额\n（万元）",
            "核减额\n（万元）",
        ),
        *("类别", "理由", "页码\n或行号"),
    )
    sheet = _Cuts(report, lines_of(report, policy))
    rows = [sheet.row(number, line) for number, line in enumerate(sheet.lines, start=1)]
    for measure in cutting(report):  # what names no line of the table stands for itself
        if measure.target not in sheet.placed:
            amount = figure(measure.amount_wan) if measure.amount_wan is not None else _UNFIXED
            told = (_kind(report, measure), _reason(report, measure), _where(report, measure))
            rows.append(("—", _name(report, measure), *("—",) * 5, amount, *told))
    empty = ("—", "材料中未见可读的概算明细表", *("—",) * 9)
    return Grid(heads, tuple(rows) or (empty,), (1.2, 4.3, 1.8, 2.1, 2.0, 2.0, 2.0, 2.0, 2.0, 4.1, 1.9))


def cuts_in_brief(report: Report) -> Grid:
    """Every place where the total is stated, and the cuts."""
    stated: dict[tuple[str, str], list[str]] = {}
    for fact in report.facts:
        if fact.key == "total_wan":
            stated.setdefault((fact.scope or "金额", _amount(fact.value)), []).append(place(report, fact.evidence))
    totals = [("—", scope, amount, "、".join(dict.fromkeys(at))) for (scope, amount), at in stated.items()]
    cuts, said = [], dict[str, int]()
    for i, m in enumerate(cutting(report), start=1):
        reason = "建议核减：" + _reason(report, m).removeprefix("建议核减")
        first = said.setdefault(reason, i)
        amount = figure(m.amount_wan) if m.amount_wan is not None else _UNFIXED
        cuts.append((str(i), _name(report, m), amount, reason if first == i else f"同第{first}项"))
    rows = (*totals, *cuts) or (("—", "材料中未见总投资金额", "—", ""),)
    return Grid(("序号", "内容", "金额（万元）", "出处或理由"), tuple(rows), (1.3, 4.4, 2.7, 7.2))


def _amount(value: str | float | None) -> str:
    return "—" if value is None or isinstance(value, str) else figure(value)


def money_reply(report: Report, policy: Policy) -> Grid:
    """The budget's lines with columns for a third party to fill in."""
    heads = ("行号", "内容", "送审金额（万元）", "建议金额", "核减额", "核减理由")
    lines = [line for line in lines_of(report, policy) if line.kind is LineKind.ITEM]
    rows = [
        (str(i), line.name or line.category, figure(line.amount_wan), "", "", "") for i, line in enumerate(lines, 1)
    ]
    return Grid(heads, tuple(rows) or (("", "", "", "", "", ""),) * _ROWS, (1.2, 5, 2.4, 2, 2, 3))
