"""The tables of the papers (概算核减, 相近系统比对, 补正对照 …) by the name a skeleton calls them by."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from api.papers.blocks import Grid
from api.papers.places import formal, place, quoted
from api.reports import phrases
from models.domain.finding import Finding
from models.domain.policy import Policy
from models.domain.report import Duplicate, Measure, Report
from models.domain.submission import Budget, BudgetLine, Kind, LineKind

_ROWS = 6  # empty rows of a table to be filled in by hand
_GROUP = {"核减": "不宜列支或须调整", "复用": "可复用"}


def tables(report: Report, policy: Policy, asked: Sequence[str]) -> dict[str, Grid]:
    """Return every table; `asked` are the demands of 补正通知 in their order."""
    return {
        "材料清单": _files(report),
        "材料版本": _versions(report),
        "逐项审核": _findings(report),
        "概算核减": _cuts(report, policy),
        "概算核减简表": _cuts_in_brief(report),
        "概算审核": _money_reply(report, policy),
        "相近系统": _near(report),
        "相近系统简表": _near_in_brief(report),
        "供比对系统": _compare(report),
        "补正对照": _answers(asked),
        "项目概要": _outline(report),
        "评审意见": _reply(report),
        "总体结论": _verdict(),
        "意见采纳": Grid(("序号", "第三方意见", "采纳情况", "理由"), (("", "", "", ""),) * 3, (1, 5, 2, 4)),
    }


def near_systems(report: Report) -> list[Duplicate]:
    """The systems a paper speaks of: those whose functions come near."""
    return [d for d in report.duplicates if d.verdict != "related"]


def budget_of(report: Report, policy: Policy) -> Budget | None:
    """The budget table the cuts are listed by: of the budget file, else of the plan; the one with most lines."""
    from models.budget import budgets

    ranked = sorted(report.documents, key=lambda d: (d.kind is not Kind.BUDGET, d.kind is not Kind.PLAN))
    for item in ranked:
        found = [b for b in budgets(item.document, item.sections, policy) if b.scope == "总投资"]
        if found:
            return max(found, key=lambda b: len(b.lines))
    return None


def _files(report: Report) -> Grid:
    rows = [
        (str(i), d.document.name, phrases.KINDS[d.kind], d.document.format, str(d.document.pages or "—"))
        for i, d in enumerate(report.documents, start=1)
    ]
    unread = [("—", n.what, "未核实", "—", n.why) for n in report.not_checked]
    return Grid(("序号", "材料", "类别", "格式", "页数或说明"), tuple([*rows, *unread]), (1.2, 6.0, 2.2, 1.6, 4.6))


def _versions(report: Report) -> Grid:
    rows = [(d.document.name, str(d.document.pages or "—"), d.document.sha256[:12]) for d in report.documents]
    return Grid(("材料", "页数", "校验值（前12位）"), tuple(rows), (7, 2, 5))


def _findings(report: Report) -> Grid:
    rows = [
        (
            str(i),
            phrases.SEVERITIES[f.severity],
            f.title,
            formal(f.message),
            "\n".join(quoted(report, e) for e in f.evidence) or "材料中未见",
            "\n".join(part for part in (formal(f.clause.ref), f.suggestion) if part),
        )
        for i, f in enumerate(report.findings, start=1)
    ]
    heads = ("序号", "程度", "事项", "审核意见", "原文摘录和出处", "依据和建议")
    return Grid(heads, tuple(rows) or (("—", "—", "无", "", "", ""),), (1.1, 1.7, 2.2, 3.8, 4.2, 2.8))


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
        kind = _GROUP["核减"] if cut else ("计算错误" if checked.startswith("应为") else "")
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


def _cuts(report: Report, policy: Policy) -> Grid:
    heads = (
        *("行号", "内容", "数量", "单价（万元）", "送审额（万元）", "计算复核"),
        *("建议额（万元）", "核减额（万元）", "类别", "理由", "出处"),
    )
    sheet = _Cuts(report, _lines(report, policy))
    rows = [sheet.row(number, line) for number, line in enumerate(sheet.lines, start=1)]
    placed = sheet.placed
    for measure in _measures(report):  # what names no line of the table stands for itself
        if measure.target not in placed:
            amount = _number(measure.amount_wan) if measure.amount_wan is not None else "待定"
            rows.append(
                (
                    "—",
                    measure.target,
                    *("—",) * 5,
                    amount,
                    _GROUP["核减"],
                    formal(measure.text),
                    _sources(report, measure),
                )
            )
    empty = ("—", "材料中未见可读的概算明细表", *("—",) * 9)
    return Grid(heads, tuple(rows) or (empty,), (1.1, 4.4, 1.3, 1.7, 1.8, 1.9, 1.8, 1.8, 1.9, 4.6, 2.6))


def _cuts_in_brief(report: Report) -> Grid:
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


def _money_reply(report: Report, policy: Policy) -> Grid:
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


def _pairs(near: Duplicate) -> str:
    return "\n".join(f"{p.proposal} —— {p.system}" for p in near.pairs) or "业务用途相近"


def _near(report: Report) -> Grid:
    heads = ("序号", "系统", "单位", "关系", "相近功能（本项目 —— 已有系统）", "初审看法", "申报单位说明", "建议")
    rows = [
        (
            *(str(i), d.system_name, d.unit or "—", phrases.RELATIONS.get(d.relation, "")),
            *(_pairs(d), phrases.VERDICTS.get(d.verdict, ""), "", _advice(report, d)),
        )
        for i, d in enumerate(near_systems(report), start=1)
    ]
    none = ("—", "未发现主要功能相近的系统" if report.engine.systems else "台账尚未提供，未作比对", *("",) * 6)
    return Grid(heads, tuple(rows) or (none,), (1.1, 3.6, 3.0, 2.2, 6.6, 2.2, 3.4, 2.6))


def _near_in_brief(report: Report) -> Grid:
    rows = [(d.system_name, d.unit or "—", p.proposal, p.system) for d in near_systems(report) for p in d.pairs]
    heads = ("系统", "单位", "本项目功能", "系统已有功能")
    return Grid(heads, tuple(rows) or (("无", "", "", ""),), (3.6, 3.6, 4.2, 4.2))


def _advice(report: Report, near: Duplicate) -> str:
    kinds = [m.kind for m in report.conclusion.measures if m.target == near.system_name]
    return "、".join(dict.fromkeys(kinds)) or "说明差异"


def _compare(report: Report) -> Grid:
    rows = [
        (d.system_name, d.unit or "—", phrases.RELATIONS.get(d.relation, ""), _pairs(d), "□可复用 □可扩展 □确需新建")
        for d in near_systems(report)
        if d.source != "intake"  # another unit's application is no business of this reviewer
    ]
    return Grid(
        ("系统", "单位", "关系", "相近功能对照", "请判断"), tuple(rows) or (("无", "", "", "", ""),), (3, 3, 2, 5, 3)
    )


def _answers(asked: Sequence[str]) -> Grid:
    heads = ("序号", "补正要求", "修改后所在页码", "修改内容摘要", "未修改理由")
    return Grid(heads, tuple((str(i), text, "", "", "") for i, text in enumerate(asked, 1)), (1.1, 6.2, 2.4, 3.2, 2.8))


def funding(report: Report) -> list[str]:
    """Return each source of the money once: 财政288.22万元."""
    told: dict[tuple[str, str], str] = {}
    for fact in report.facts:
        if fact.key == "funding" and fact.as_written:
            name = "" if fact.scope in fact.as_written else fact.scope
            told.setdefault((fact.scope, str(fact.value)), name + fact.as_written.strip("。；"))
    return list(told.values())


def _outline(report: Report) -> Grid:
    s = report.submission
    total = f"{phrases.wan(s.total_wan)}万元" if s.total_wan is not None else ""
    first: Mapping[str, str] = {
        "申报单位": s.unit,
        "项目性质": s.nature,
        "数字化改革领域": s.domain,
        "申报总投资": total,
    }
    rows = [(name, value or "未说明", _stated(report, name)) for name, value in first.items()]
    for key, name in (
        ("funding", "资金来源"),
        ("period", "建设周期"),
        ("users", "服务对象与用户数"),
        ("protection", "等保级别"),
    ):
        told = list(dict.fromkeys(f.as_written.strip("。；") for f in report.facts if f.key == key and f.as_written))
        told = funding(report) if key == "funding" else told[:3]
        rows.append((name, "；".join(told) or "未说明", _stated(report, name, key)))
    return Grid(("项目", "内容", "出处"), tuple(rows), (3, 7, 5))


_KEYS = {"申报单位": "unit", "项目性质": "nature", "数字化改革领域": "domain", "申报总投资": "total_wan"}


def _stated(report: Report, name: str, key: str = "") -> str:
    fact = next((f for f in report.facts if f.key == (key or _KEYS.get(name, ""))), None)
    return place(report, fact.evidence) if fact else "—"


def _reply(report: Report) -> Grid:
    heads = ("维度", "意见（认可／需修改／不认可）", "理由", "依据页码", "修改建议")
    return Grid(heads, tuple((d.name, "", "", "", "") for d in report.dimensions), (2, 3.4, 4, 2, 4))


def _verdict() -> Grid:
    rows = (
        ("总体结论", "□建议通过　□修改后通过　□不建议"),
        ("主要理由（不超过三条）", "1.\n2.\n3."),
        ("需专家会讨论的问题", ""),
    )
    return Grid(("项目", "填写"), rows, (4, 11))


def weighty(findings: Sequence[Finding], rules: Sequence[str]) -> list[Finding]:
    """Findings of some rules, in the report's order."""
    return [f for f in findings if f.rule in rules]
