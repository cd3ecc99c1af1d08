"""年度情况: what a batch amounts to on a few printed pages: advice, money, faults, who comes near to whom."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from api.merging import Group
from api.papers.blocks import Block, Body, Grid, Heading, Paper, Title
from api.reports.phrases import wan
from api.spreadsheet import OPEN_CUT, row_of
from models.domain.finding import Severity

_FAULTS, _RISKY = 10, 20  # lines of a table
_UNKNOWN = "未说明"
Object = Mapping[str, Any]


def board(reports: Sequence[tuple[str, Object]], groups: Sequence[Group] = ()) -> Paper:
    """Return the paper; `reports`: name in the batch and the object of `report.json`; `groups`: who should be one."""
    rows = [row_of(report) for _, report in reports]
    total, cut = _sum(rows, "申报总额（万元）"), _sum(rows, "核减额（万元）")
    said = f"本批共{len(rows)}个项目，申报总额{wan(total)}万元，初审建议核减{wan(cut)}万元，"
    out = sum(row.get("初审建议额（万元）") is None for row in rows)
    said += f"初审建议额{wan(_sum(rows, '初审建议额（万元）'))}万元"
    said += f"（不含建议不予立项、暂缓安排等{out}个不提建议额的项目）。" if out else "。"
    unsure = sum(OPEN_CUT in str(row.get("备注")) for row in rows)
    said += f"另有{unsure}个项目的核减金额待核定，核定后建议额相应调减。" if unsure else ""
    blocks: list[Block] = [Title("政府投资信息化项目初审情况"), Body(said)]
    for number, (title, key) in enumerate((("处理建议", "结论"), ("领域", "领域"), ("申报单位", "申报单位")), 1):
        blocks += [Heading(f"{'一二三'[number - 1]}、按{title}"), _totals(rows, title, key)]
    blocks += [Heading("四、主要问题"), _faults(reports)]
    blocks += [Heading("五、功能相近的项目和系统"), _near(reports)]
    blocks += [Body(group.text + (f"（{'；'.join(group.why)}）" if group.why else "")) for group in groups]
    blocks += [Heading("六、须先处理的项目"), _risky(reports)]
    return Paper("年度情况", tuple(blocks), dense=True)


def _sum(rows: Iterable[Object], key: str) -> float:
    return round(sum(row.get(key) or 0 for row in rows), 4)


def _totals(rows: Sequence[Object], title: str, key: str) -> Grid:
    groups: dict[str, list[Object]] = {}
    for row in rows:
        groups.setdefault(str(row.get(key) or _UNKNOWN), []).append(row)
    ranked = sorted(groups.items(), key=lambda g: (-len(g[1]), g[0]))
    sums = ("申报总额（万元）", "核减额（万元）", "初审建议额（万元）")
    cells = [
        (name, str(len(some)), *(wan(_sum(some, column)) for column in sums))
        for name, some in [*ranked, ("合计", rows)]
    ]
    return Grid((title, "项目数", *sums), tuple(cells), (4.3, 1.7, 3.2, 2.9, 3.5))


def _faults(reports: Sequence[tuple[str, Object]]) -> Grid:
    """In how many projects each fault stands; notices are not counted."""
    count: Counter[str] = Counter()
    for _, report in reports:
        count.update({f["title"] for f in report["findings"] if f["severity"] != Severity.NOTICE.value})
    ranked = sorted(count.items(), key=lambda pair: (-pair[1], pair[0]))[:_FAULTS]
    cells = tuple((str(i), title, str(number)) for i, (title, number) in enumerate(ranked, 1))
    return Grid(("序号", "问题", "项目数"), cells or (("—", "无", "0"),), (1.3, 12, 2))


def _near(reports: Sequence[tuple[str, Object]]) -> Grid:
    cells = [
        (
            *(_title(name, report), d["system_name"], d["unit"] or "—"),
            *("同批申报" if d["source"] == "intake" else "已有系统", str(len(d["pairs"]))),
        )
        for name, report in reports
        for d in report["duplicates"]
        if d["verdict"] != "related"
    ]
    heads = ("项目", "相近项目或系统", "单位", "来源", "相近功能项数")
    return Grid(heads, tuple(cells) or (("无", "—", "—", "—", "—"),), (4.6, 4.6, 3.2, 1.9, 1.6))


def _risky(reports: Sequence[tuple[str, Object]]) -> Grid:
    """Projects with what must be solved first, the most of it first."""
    heavy = []
    for name, report in reports:
        titles = [f["title"] for f in report["findings"] if f["severity"] == Severity.BLOCKER.value]
        if titles:
            told = "；".join(list(dict.fromkeys(titles))[:3])
            heavy.append((-len(titles), _title(name, report), report["submission"]["unit"] or _UNKNOWN, told))
    cells = tuple((str(i), *row[1:]) for i, row in enumerate(sorted(heavy)[:_RISKY], 1))
    return Grid(("序号", "项目", "申报单位", "须解决的问题"), cells or (("—", "无", "—", "—"),), (1.3, 5, 4, 5.6))


def _title(name: str, report: Object) -> str:
    return str(report["submission"]["title"] or name)
