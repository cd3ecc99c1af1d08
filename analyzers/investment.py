"""COM-OFFICE COM-PRICE 概算中不宜列支的内容和偏高的单价。

检查什么
    概算有没有列办公家具、办公设备、装修、差旅会务等不属于信息化项目的支出；政策包装有收费标准时，逐行核对单价。

为什么
    第二条规定了信息化项目的范围；第十条要求对投资概算联合评审。不宜列支和高出标准的部分建议核减。

示例
    报：概算列“办公桌椅 12套 3.6万元”“会议室装修 15万元”。
    不报：“标签打印机”“自助一体机”等业务终端；机房装修由负面清单规则判断。

局限
    按名称判断，只作提示；确与业务有关的由申报单位说明。收费标准（政策包 fee_tables）默认没有装，未装时不核对单价；
    只核对写明单位（如人月）和单价的行。
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from analyzers.agreement import finding
from models.domain.finding import Finding, Severity
from models.domain.submission import BudgetLine, LineKind
from models.text import normalise

if TYPE_CHECKING:
    from analyzers.context import Context

RULES = ("COM-OFFICE", "COM-PRICE")
_ROUNDING = 1.005


def check(context: Context) -> Iterator[Finding]:
    """Report lines that are no IT expense, and prices above a loaded fee table."""
    data = context.policy.data or {}
    lines = list(_lines(context))
    yield from _out_of_scope(context, dict(data.get("out_of_scope", {})), lines)
    for table in data.get("fee_tables", ()):
        yield from _above(context, table, lines)


def _lines(context: Context) -> Iterator[BudgetLine]:
    """Yield the items of the project's own budget, each place once."""
    for budget in context.submission.budgets:
        if budget.scope == "总投资":
            yield from (x for x in budget.lines if x.kind is LineKind.ITEM)


def _out_of_scope(context: Context, spec: dict[str, Any], lines: list[BudgetLine]) -> Iterator[Finding]:
    if not spec:
        return
    for line in lines:
        if re.search(spec["words"], line.name) and not re.search(spec["not"], line.name):
            amount = "" if line.amount_wan is None else f"{line.amount_wan:g}万元"
            values = {"line": line.name, "amount": amount, "template": "15.2"}
            yield _cut(context, "COM-OFFICE", values, line, line.amount_wan)


def _above(context: Context, table: dict[str, Any], lines: list[BudgetLine]) -> Iterator[Finding]:
    """Compare the price of each line with the first item of the table whose words and unit fit."""
    for line in lines:
        said = normalise(line.evidence.quote)
        item = next((i for i in table["items"] if i["unit"] in said and any(w in line.name for w in i["words"])), None)
        price, count = line.unit_price_wan, line.quantity
        if item is None or price is None or not count or price <= item["high_wan"] * _ROUNDING:
            continue
        values = {
            "line": line.name,
            "price": f"{price:g}",
            "source": table["source"],
            "high": f"{item['high_wan']:g}",
            "unit": item["unit"],
            "hash": table["sha256"][:12],
            "template": "15.2",
        }
        yield _cut(context, "COM-PRICE", values, line, round((price - item["high_wan"]) * count, 4))


def _cut(context: Context, rule: str, values: dict[str, str], line: BudgetLine, amount: float | None) -> Finding:
    found = finding(context, rule, Severity.NOTICE, values, [line.evidence])
    return replace(found, amount_wan=amount, target=line.name, confidence=0.8)
