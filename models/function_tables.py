"""Function lists in tables: which column groups, which names, which describes; merged cells hold for every row."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from models.domain.document import Table
from models.function_lists import Item, head_row, is_function, item_name, listed_names, of_row, service

_INDEX = re.compile(r"^(?:序号|编号|No\.?)$", re.IGNORECASE)
_WORDS = re.compile("说明|描述|要求|备注|具体|主要(?:功能|内容)$|详细|功能点?(?:说明|描述)|内容(?:说明|描述)")
_NAME = re.compile("功能|内容|模块|名称|子系统|系统|项目|应用|场景")
_GROUP = re.compile("类别|分类|类型|大类|子系统|系统|模块|一级")
_NUMBERS = re.compile("数量|单位|单价|金额|合计|小计|费用|万元|元|投资|工作量|人月|工期|周期|阶段|时间|来源")
_SUM = re.compile("^(?:合计|小计|总计|总投资)")
_LONG = 16  # characters on average from which a column describes rather than names


@dataclass(frozen=True, slots=True)
class _Columns:
    groups: tuple[int, ...]
    name: int
    words: int | None


def of_table(table: Table) -> Iterator[tuple[int, Item]]:
    """Yield (row, item) for every function a table lists; without a head row each row is read by itself."""
    head = next((r for r in range(min(2, len(table.rows))) if head_row([c.text.strip() for c in table.rows[r]])), None)
    grid = [[cell.strip() for cell in row] for row in table.grid()]
    columns = _columns(grid, head) if head is not None else None
    if columns is None:
        for r in range(len(table.rows)):
            yield from ((r, item) for item in of_row(table, r))
        return
    for r in range((head or 0) + 1, len(grid)):
        yield from ((r, item) for item in _row(grid[r], columns))


def _columns(grid: list[list[str]], head: int) -> _Columns | None:
    """Tell the columns' parts from the head row and, where it does not say, from how much they say."""
    titles, rows = grid[head], grid[head + 1 :]
    kept = [
        c for c, title in enumerate(titles)
        if not _INDEX.match(title) and not _NUMBERS.search(title) and any(row[c] for row in rows)
    ]  # fmt: skip
    if not rows or not kept or not any(_NAME.search(titles[c]) for c in kept):
        return None
    words = next((c for c in reversed(kept) if _WORDS.search(titles[c])), None)
    named = [c for c in kept if c != words]
    if not named:
        return None
    if words is None and len(named) > 1 and _average(rows, named[-1]) > _LONG and not _enumerates(rows, named[-1]):
        words = named.pop()
    name = named[-1]
    groups = tuple(c for c in named[:-1] if _GROUP.search(titles[c]) or _NAME.search(titles[c]))
    return _Columns(groups, name, words)


def _average(rows: list[list[str]], column: int) -> float:
    return sum(len(row[column]) for row in rows) / len(rows)


def _enumerates(rows: list[list[str]], column: int) -> bool:
    return any(len(listed_names(row[column])) > 2 for row in rows)


def _row(cells: list[str], columns: _Columns) -> list[Item]:
    groups = [cells[c] for c in columns.groups if cells[c] and cells[c] != cells[columns.name]]
    said = cells[columns.name]
    if not said or _SUM.match(said) or any(_SUM.match(g) or service(g) for g in groups):
        return []
    words = cells[columns.words] if columns.words is not None and cells[columns.words] != said else ""
    listed = listed_names(said)
    if len(listed) > 2 and not words:
        return listed
    name = item_name(said)
    if not is_function(name):
        return []
    module = groups[-1] if groups and not _is_kind(groups[-1]) else ""
    text = "：".join(part for part in (name, words) if part)
    return [Item(name, text, 0, module)]


def _is_kind(group: str) -> bool:
    """Say whether a group is a kind of work (软件开发, 数据治理) and no part of the system."""
    return bool(re.search("^(?:应用)?软件|软件(?:类|开发)?$|开发类?$|建设类$|数据(?:治理|处理|资源)类?$|定制", group))
