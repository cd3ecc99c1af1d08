"""Function lists in tables: which column groups, which names, which describes; merged cells hold for every row."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import permutations

from models.domain.document import Table
from models.function_lists import (
    Item,
    head_row,
    is_function,
    is_software,
    item_name,
    listed_names,
    names_columns,
    of_row,
    service,
)

_INDEX = re.compile(r"^(?:序号|编号|No\.?)$", re.IGNORECASE)
_COUNTED = re.compile(
    r"^[A-Za-z]?[-.]?\d{1,2}(?:\.\d{1,2})*$|^[A-Za-z一二三四五六七八九十]$"
)  # cells that only number a row
_WORDS = re.compile(
    "说明|描述|要求|备注|具体|主要(?:功能|内容|工作)$|详细|功能点?(?:说明|描述)|内容(?:说明|描述)|简述|概述|解释|一句话|说人话|做什么"
)
_NAME = re.compile("功能|内容|模块|名称|子系统|系统|项目|应用|场景|分项|事项")
_GROUP = re.compile("类别|分类|类型|大类|子系统|系统|模块|一级")
_NUMBERS = re.compile("数量|单位|单价|金额|合计|小计|费用|估算|万元|元|投资|工作量|人月|工期|周期|阶段|时间|来源")
# columns about a function that are neither its name nor what it does
_ASIDE = re.compile(
    "性质|属性|关系|使用[者人]|用户|用的人|谁用|地点|位置|部署|放在|范围|处置|优先|有没有|增减|状态|责任|承担"
)
_SUM = re.compile("^(?:合计|小计|总计|总投资)")
_DEVICES = re.compile(r"^(?:[^\d，；]{1,6})?\d+\s*(?:台|只|块|樘|把|根|杆|部|辆|支|台套)(?:$|[，,；;（(])")
_SETS = re.compile(r"^(\d+)\s*套(?:$|[，,；;（(])")
_AMOUNT = re.compile("数量|单位|规模")
_NEW = re.compile(
    "(?:本期)?(?:新增|新开发|新建|开发|改建|扩建|改造|升级|扩充|无|有|没有|/|-|—)(?:模块|功能)?$"
)  # says nothing
_FEW = 5  # sets of one thing from which it is a device: software is bought once
_FREE = re.compile("(?:不|免|不再|不另)(?:另)?(?:计|收|列)(?:开发)?费|不计(?:开发|建设)费|本期不(?:建|做|开发)")
LEVELS = "／"  # between a subsystem and the module in it
_LONG = 16  # characters on average from which a column describes rather than names
_SAID = 8  # characters of the longest value that may be one of a few (新增, 改建)


@dataclass(frozen=True, slots=True)
class _Columns:
    groups: tuple[int, ...]
    name: int
    words: tuple[int, ...]
    amounts: tuple[int, ...]


def of_table(table: Table) -> Iterator[tuple[int, Item]]:
    """Yield (row, item) for every function a table lists; without a head row each row is read by itself."""
    texts = [[c.text.strip() for c in row] for row in table.rows[:3]]
    first = next((r for r, cells in enumerate(texts) if len({c for c in cells if c}) > 1), 0)  # below a caption inside
    head = next((r for r, cells in enumerate(texts) if head_row(cells)), None)
    if head is None and texts and names_columns(texts[first]):
        head = first
    grid = [[cell.strip() for cell in row] for row in table.grid()]
    columns = _columns(grid, head) if head is not None else None
    if columns is None:
        for r in range(0 if head is None else head + 1, len(table.rows)):
            yield from ((r, item) for item in of_row(table, r))
        return
    for r in range((head or 0) + 1, len(grid)):
        yield from ((r, item) for item in _row(grid[r], columns))


def _columns(grid: list[list[str]], head: int) -> _Columns | None:
    """Tell the columns' parts from the head row and, where it does not say, from what stands in them."""
    titles, rows = grid[head], grid[head + 1 :]
    filled = [c for c in range(len(titles)) if any(row[c] for row in rows)]
    told = [c for c in filled if not _INDEX.match(titles[c]) and not _counts(rows, c)]
    kept = [c for c in told if not _NUMBERS.search(titles[c]) and not _ASIDE.search(titles[c])]
    kept = [c for c in kept if _GROUP.search(titles[c]) or _NAME.search(titles[c]) or not _of_few(rows, c)]
    if not rows or not kept or not any(_NAME.search(titles[c]) for c in kept):
        return None
    words = [c for c in kept[1:] if _WORDS.search(titles[c])]
    named = [c for c in kept if c not in words]
    if len(named) == 1 and words and _GROUP.search(titles[named[0]]) and _repeats(rows, named[0]):
        named.append(words.pop(0))  # 类别 beside 主要内容: the one groups what the other names
    groups = [named.pop(0)] if len(named) > 1 and _groups(titles, rows, named) else []
    if len(named) > 1 and groups and _repeats(rows, named[0]):
        groups.append(named.pop(0))  # a second level of parts
    words = sorted([*words, *named[1:]])
    amounts = tuple(c for c in filled if _AMOUNT.search(titles[c]))
    return _Columns(tuple(groups), named[0], tuple(words), amounts)


def _groups(titles: list[str], rows: list[list[str]], named: list[int]) -> bool:
    """Say whether the first of these columns only groups what the second names."""
    first, second = named[:2]
    if _average(rows, second) > _LONG and not _enumerates(rows, second):
        return False
    if _repeats(rows, first):
        return True
    return bool(_GROUP.search(titles[first]) and _NAME.search(titles[second]))


def _counts(rows: list[list[str]], column: int) -> bool:
    said = [row[column] for row in rows if row[column]]
    return bool(said) and all(_COUNTED.match(text) for text in said)


def _of_few(rows: list[list[str]], column: int) -> bool:
    """Say whether a column only says one of a few things of every row."""
    said = [row[column] for row in rows if row[column]]
    return len(said) > 3 and len(set(said)) * 2 < len(said) and max(map(len, said)) <= _SAID


def _repeats(rows: list[list[str]], column: int) -> bool:
    said = [row[column] for row in rows if row[column]]
    return len(set(said)) < len(said)


def _average(rows: list[list[str]], column: int) -> float:
    return sum(len(row[column]) for row in rows) / len(rows)


def _enumerates(rows: list[list[str]], column: int) -> bool:
    return any(len(listed_names(row[column])) > 2 for row in rows)


def _row(cells: list[str], columns: _Columns) -> list[Item]:
    groups = [cells[c] for c in columns.groups if cells[c] and cells[c] != cells[columns.name]]
    said = cells[columns.name]
    if not said or _SUM.match(said) or any(_SUM.match(g) or service(g) for g in groups):
        return []
    if _bought(said, groups, cells, columns) or any(_FREE.search(cell) for cell in cells):
        return []
    words = "；".join(cells[c] for c in columns.words if cells[c] != said and not _NEW.match(cells[c] or "-"))
    module = LEVELS.join(g for g in groups if not _is_kind(g))
    listed = listed_names(said)
    if len(listed) > 2 and not words:
        return [replace(item, module=module) for item in listed]
    name = item_name(said)
    if not is_function(name):
        return []
    text = "：".join(part for part in (name, words) if part)
    return [Item(name, text, 0, module)]


def _bought(said: str, groups: list[str], cells: list[str], columns: _Columns) -> bool:
    """Say whether a row counts devices: so many pieces, or many sets of one thing."""
    if is_software(said) or any(is_software(g) for g in groups):
        return False
    amounts = [cell for c, cell in enumerate(cells) if c != columns.name]
    amounts += [a + b for a, b in permutations((cells[c] for c in columns.amounts), 2)]  # 数量 and 单位 apart
    sets = [int(m.group(1)) for text in amounts if (m := _SETS.match(text))]
    return any(_DEVICES.match(text) for text in amounts) or any(n >= _FEW for n in sets)


def _is_kind(group: str) -> bool:
    """Say whether a group is a kind of work (软件开发, 数据治理) and no part of the system."""
    return bool(re.search("^(?:应用)?软件|软件(?:类|开发)?$|开发类?$|建设类$|数据(?:治理|处理|资源)类?$|定制", group))
