"""The head row of a budget table: which column holds names, quantities, prices, amounts, and in which unit."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from models.domain.document import Table
from models.quantities import unit_in
from models.text import bracketless, squash

# Head words by column; of several columns that fit, the word that stands first wins.
_AMOUNT = (
    "合价",
    "总价",
    "合计",
    "总额",
    "总金额",
    "金额",
    "小计",
    "概算",
    "投资",
    "预算",
    "费用",
    "经费",
    "报价",
    "总费用",
)
_NAME = (
    "名称",
    "内容",
    "项目",
    "分项",
    "科目",
    "费用类别",
    "功能",
    "设备",
    "事项",
    "模块",
    "子系统",
    "类别",
    "构成",
    "采购包",
    "标包",
    "标段",
)
_PRICE = ("综合单价", "单价")
_QUANTITY = ("数量", "工作量", "工程量", "人月数", "台数", "套数", "人月", "点数")
_CATEGORY = ("类别", "分类", "类型", "大类", "费用类型", "投资类别", "科目", "分部", "系统")
_ORDINAL = ("序号", "编号", "行号", "项号")
_FACTOR = ("年限", "期限", "月数", "年数", "周期", "系数", "折扣", "税率", "费率", "天数", "复用", "时长")


@dataclass(frozen=True, slots=True)
class Columns:
    """Which grid column holds what; -1 where there is none."""

    head: int  # last row of the head
    name: int
    amount: int
    price: int
    quantity: int
    category: int
    ordinal: int
    units: Mapping[int, str]  # unit of money per column, where its head names one


def _match(head: str, words: tuple[str, ...]) -> int:
    """Return the rank of the first word a column head contains, len(words) where none."""
    return next((i for i, word in enumerate(words) if word in head), len(words))


def _pick(heads: list[str], words: tuple[str, ...], taken: set[int], *, last: bool = False) -> int:
    """Return the column whose head fits best, -1 where none does."""
    ranks = [(_match(h, words), -c if last else c, c) for c, h in enumerate(heads) if c not in taken]
    best = min((r for r in ranks if r[0] < len(words)), default=None)
    if best is None:
        return -1
    taken.add(best[2])
    return best[2]


def columns_of(table: Table) -> Columns | None:
    """Find the head row among the first four rows; None where the table has no column of names or of amounts."""
    grid = table.grid()
    for r in range(min(4, len(grid))):
        span = max((c.rowspan for c in table.rows[r]), default=1)
        last = min(r + span, len(grid)) - 1
        if len(table.rows[r]) < 2 or last + 1 >= len(grid):
            continue
        raw = ["".join(dict.fromkeys(grid[i][c] for i in range(r, last + 1))) for c in range(len(grid[r]))]
        columns = _roles(raw, last)
        if columns:
            return columns
    return None


def _roles(raw: list[str], last: int) -> Columns | None:
    """Give the columns of a head row their parts."""
    heads = [squash(bracketless(h)) for h in raw]
    if any(len(h) > 20 for h in heads) or sum(bool(re.search(r"\d", h)) for h in heads) > 1 + len(heads) // 2:
        return None
    taken: set[int] = {c for c, h in enumerate(heads) if re.search(r"备注|说明|依据|来源|时间|占比|比例|型号|参数", h)}
    ordinal = heads.index("序") if "序" in heads else _pick(heads, _ORDINAL, taken)
    taken |= {ordinal} - {-1}
    price = _pick(heads, _PRICE, taken)
    amount_heads = [h if len(h) <= 10 and "名称" not in h and "内容" not in h else "" for h in heads]
    amount_heads = [
        "" if h in {"投资项目", "费用项目", "费用类别", "费用类型", "投资类别", "预算科目"} else h for h in amount_heads
    ]
    amount = _pick(amount_heads, _AMOUNT, taken, last=True)
    count = _pick(heads, _QUANTITY, taken)
    if any(_match(h, _FACTOR) < len(_FACTOR) for c, h in enumerate(heads) if c not in {amount, price}):
        count = -1  # a further factor stands in the table: quantity × price is not the amount
    names = {c for c, h in enumerate(heads) if h in {"类别", "分类", "大类", "类型", "费用类别"}}
    name = _pick(heads, _NAME, taken | names)
    if name < 0:
        name = _pick(heads, _NAME, taken)
    if name < 0 or amount < 0:
        return None
    taken.add(name)
    units = {c: unit_in(h + "\n" + f"({h})" if h in {"万元", "元"} else h) for c, h in enumerate(raw)}
    category = _pick(heads, _CATEGORY, taken)
    return Columns(last, name, amount, price, count, category, ordinal, {c: u for c, u in units.items() if u})
