"""Rows of a list → systems: header variants, values in one form, rows refused with their reason."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from corpus.register.history import COLUMNS
from corpus.register.rows import MAX_CELL, Row, read_rows
from models.domain.errors import RegisterError
from models.domain.register import System

_HEADERS: Mapping[str, tuple[str, ...]] = {
    "id": ("id", "编号", "系统编号", "应用编号", "系统编码", "应用编码", "irs编码", "irs应用编码", "代码", "systemid"),
    "name": ("name", "系统名称", "名称", "应用名称", "平台名称", "信息系统名称", "项目名称", "系统", "systemname"),
    "unit": ("unit", "建设单位", "单位", "主管单位", "所属单位", "责任单位", "使用单位", "归属单位", "主管部门"),
    "level": ("level", "层级", "级别", "建设层级", "系统层级", "应用层级"),
    "status": ("status", "状态", "系统状态", "运行状态", "使用状态", "建设状态"),
    "year": ("year", "建成年份", "年份", "建成时间", "建设年份", "上线时间", "建成年度"),
    "description": (
        "description",
        "系统描述",
        "描述",
        "简介",
        "系统简介",
        "应用简介",
        "系统说明",
        "建设内容",
        "主要内容",
    ),
    "functions": ("functions", "功能清单", "功能", "主要功能", "系统功能", "功能模块", "功能描述"),
    "unified": ("unified", "统建", "是否统建", "统建标记"),
    "acceptance": ("acceptance", "验收状态", "验收", "验收情况", "终验状态"),
    "former_names": ("formernames", "曾用名", "原名", "原系统名称", "别名"),
    "replaced_by": ("replacedby", "替代系统", "被替代为", "接替系统", "替换为"),
}
_KEYS = {name: key for key, names in _HEADERS.items() for name in names}
_HEADER_ROWS = 10  # a title or a remark may stand above the header
_LEVELS = (
    ("国", "国家"),
    ("部", "国家"),
    ("省", "省"),
    ("市", "市"),
    ("区", "区"),
    ("县", "区"),
    ("街道", "区"),
    ("镇", "区"),
)
_STATUSES = (
    (re.compile("停|下架|下线|注销|关停|废"), "停用"),
    (re.compile("未建|待建|拟建|已批|已立项"), "已批未建"),
    (re.compile("在建|建设中|试运行|开发中"), "在建"),
    (re.compile("在用|运行|使用|上线|启用"), "在用"),
)


@dataclass(frozen=True, slots=True)
class Refused:
    """A row that was not taken: its number as the person sees it, and why."""

    row: int
    why: str


@dataclass(frozen=True, slots=True)
class ImportResult:
    """The systems of a list in its order, and the rows refused."""

    systems: tuple[System, ...]
    refused: tuple[Refused, ...] = ()


def column_map(texts: Iterable[str]) -> dict[str, str]:
    """Return which field a column is, from texts such as `事项编码=编号`; the field by its Chinese or English name.

    Raises:
        RegisterError: a text is not of that form, names no field, or one column or field stands twice.
    """
    mapping: dict[str, str] = {}
    for text in texts:
        column, sign, told = (part.strip() for part in text.rpartition("="))
        field = told if told in COLUMNS else _key(told)
        if not (column and sign and field):
            known = "、".join(COLUMNS.values())
            raise RegisterError("列的对应应写成“列名=字段”", name=text, advice=f"字段有：{known}")
        if column in mapping or field in mapping.values():
            raise RegisterError("同一列或同一字段指定了两次", name=text, advice="请只留一个")
        mapping[column] = field
    return mapping


def read_systems(path: Path, mapping: Mapping[str, str] | None = None) -> ImportResult:
    """Read a list of systems (csv, xlsx, json), Chinese or English headers; `mapping`: field of a column by its header.

    Raises:
        RegisterError: the file cannot be read, has no column for id or name, or lacks a column of the mapping.
    """
    mapping = mapping or {}
    for rows in read_rows(path):
        found = _header(rows, mapping)
        if found is not None:
            at, columns = found
            return _systems(rows[at + 1 :], columns, rows[at][1])
    if mapping:
        told = "、".join(mapping)
        raise RegisterError(f"没有找到含“{told}”以及“编号”“系统名称”的表头", name=path.name, advice="请核对列名")
    raise RegisterError(
        "没有找到“编号”和“系统名称”两列",
        name=path.name,
        advice="表头可用 id、name 或 编号、系统名称；列名不同的可指明“列名=字段”",
    )


def _key(header: str) -> str:
    bare = re.sub(r"[（(][^（()）]*[)）]|[\W_]+", "", header).casefold()
    return _KEYS.get(bare, "")


def _header(rows: list[Row], mapping: Mapping[str, str]) -> tuple[int, dict[str, int]] | None:
    """Return where the header stands and the column of each known field; what was told goes before what is known."""
    for at, (_, cells) in enumerate(rows[:_HEADER_ROWS]):
        columns = {mapping[cell]: col for col, cell in reversed(list(enumerate(cells))) if cell in mapping}
        if len(columns) < len(mapping):
            continue
        for col, cell in enumerate(cells):
            if cell not in mapping:
                columns.setdefault(_key(cell), col)
        columns.pop("", None)
        if "id" in columns and "name" in columns:
            return at, columns
    return None


def _systems(rows: list[Row], columns: Mapping[str, int], header: list[str]) -> ImportResult:
    systems: dict[str, System] = {}
    refused: list[Refused] = []
    for number, cells in rows:
        if not any(cells):
            continue
        values = {key: cells[col] if col < len(cells) else "" for key, col in columns.items()}
        why = _reason(values, cells, systems)
        if why:
            refused.append(Refused(number, why))
            continue
        extra = [
            (_further(title), cell)
            for col, (title, cell) in enumerate(zip(header, cells, strict=False))
            if col not in columns.values() and title and cell
        ]
        systems[values["id"]] = _system(values, tuple(extra))
    return ImportResult(tuple(systems.values()), tuple(refused))


def _further(title: str) -> str:
    """Return the name of a further column; one that is called like a field, but is not it, must not pass for it."""
    return f"{title}（原列）" if title in COLUMNS.values() else title


def _reason(values: Mapping[str, str], cells: list[str], known: Mapping[str, System]) -> str:
    if not values["id"]:
        return "没有编号"
    if not values["name"]:
        return "没有系统名称"
    if values["id"] in known:
        return f"编号 {values['id']} 与前面的行重复"
    if any(len(cell) > MAX_CELL for cell in cells):
        return f"有单元格超过 {MAX_CELL} 字"
    return ""


def _system(values: Mapping[str, str], extra: tuple[tuple[str, str], ...]) -> System:
    get = values.get
    return System(
        id=values["id"],
        name=values["name"],
        unit=get("unit", ""),
        level=_level(get("level", "")),
        status=_status(get("status", "")),
        year=get("year", ""),
        description=get("description", ""),
        functions=_pieces(get("functions", "")),
        unified=get("unified", "").strip().casefold() in {"是", "统建", "true", "1", "yes", "y", "√", "✓"},
        acceptance=get("acceptance", ""),
        former_names=_pieces(get("former_names", "")),
        replaced_by=get("replaced_by", ""),
        extra=extra,
    )


def _pieces(text: str) -> tuple[str, ...]:
    """Cut at ；, line breaks and |; a list that knows only 、 at those."""
    pieces = [p.strip(" \t。，,") for p in re.split(r"[；;\n|]+", text)]
    if len(pieces) == 1 and text.count("、") >= 2 and not re.search("[，。：]", text):
        pieces = text.split("、")
    return tuple(dict.fromkeys(p for p in (re.sub(r"^[（(]?\d{1,2}[)）.、]\s*", "", p.strip()) for p in pieces) if p))


def _level(text: str) -> str:
    return next((level for sign, level in _LEVELS if text.startswith(sign)), text)


def _status(text: str) -> str:
    return next((status for pattern, status in _STATUSES if pattern.search(text)), text)
