"""COM-OFFICE COM-PRICE 概算中不宜列支的内容和偏高的单价。

检查什么
    概算有没有列办公家具、办公设备、装修、差旅会务等不属于信息化项目的支出；政策包装有收费标准时，逐行核对单价；
    台账登记了建设金额的相近系统，与本项目总投资相差是否过大。

为什么
    第二条规定了信息化项目的范围；第十条要求对投资概算联合评审。不宜列支和高出标准的部分建议核减。

示例
    报：概算列“办公桌椅 12套 3.6万元”“会议室装修 15万元”。
    不报：“标签打印机”“自助一体机”等业务终端；机房装修由负面清单规则判断。

局限
    按名称判断，只作提示；确与业务有关的由申报单位说明。收费标准（政策包 fee_tables）默认没有装，未装时不核对单价；
    只核对写明单位（如人月）和单价的行。相近系统的金额只供比较，规模、年份不同的由申报单位说明。
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from analyzers.agreement import finding
from analyzers.duplicates import compare
from models.domain.finding import Finding, Severity
from models.domain.submission import BudgetLine, LineKind
from models.facts import summary
from models.quantities import money_wan
from models.text import normalise

if TYPE_CHECKING:
    from analyzers.context import Context
    from models.domain.register import System

RULES = ("COM-OFFICE", "COM-PRICE")
_ROUNDING = 1.005
_PRICE = re.compile("(?:合同|建设|项目|投资|概算|中标|决算).{0,3}(?:金额|额|价)|总投资")
_DEARER = 1.5  # times the price of a like system from which the difference is asked about


def check(context: Context) -> Iterator[Finding]:
    """Report lines that are no IT expense, and prices above a loaded fee table."""
    data = context.policy.data or {}
    lines = list(_lines(context))
    yield from _out_of_scope(context, dict(data.get("out_of_scope", {})), lines)
    for table in data.get("fee_tables", ()):
        yield from _above(context, table, lines)
    yield from _dearer(context)


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


def _dearer(context: Context) -> Iterator[Finding]:
    """Systems much like this project that cost far less, where the register says what they cost."""
    total = summary(context.submission.facts).total_wan
    if total is None or context.register is None:
        return
    listed = sorted((c.system for c in context.candidates if c.source == "corpus"), key=lambda s: s.id)
    priced = [(system, price) for system in listed if (price := _price(system))]
    cheaper = [(system, price) for system, price in priced if total >= _DEARER * price]
    if not cheaper:
        return
    near = {d.system_id for d in compare(context) if d.verdict != "related" and d.source == "corpus"}
    for system, price in cheaper:
        if system.id in near:
            words = (
                f"台账中功能相近的{system.unit}“{system.name}”登记建设金额{price:g}万元，本项目总投资{total:g}万元，"
                "请说明规模和单价的差异。"
            )
            places = [f.evidence for f in context.submission.facts_of("total_wan")][:1]
            yield finding(context, "COM-PRICE", Severity.NOTICE, {"message": words, "template": "15.1"}, places)


def _price(system: System) -> float | None:
    """Return what the register says a system cost, in 万元; plain figures are 万元 already."""
    said = next((value for key, value in system.extra if _PRICE.search(key)), "")
    return next((money.wan for money in money_wan(said, "万元")), None)


def _cut(context: Context, rule: str, values: dict[str, str], line: BudgetLine, amount: float | None) -> Finding:
    found = finding(context, rule, Severity.NOTICE, values, [line.evidence])
    return replace(found, amount_wan=amount, target=line.name, confidence=0.8)
