"""What changed in the register, when, and by which file."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Column, Connection, Integer, MetaData, String, Table, Text, insert, select

from models.domain.register import System

COLUMNS: Mapping[str, str] = {
    "id": "编号", "name": "系统名称", "unit": "建设单位", "level": "层级", "status": "状态", "year": "建成年份",
    "description": "系统描述", "functions": "功能清单", "unified": "统建", "acceptance": "验收状态",
    "former_names": "曾用名", "replaced_by": "替代系统",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Change:
    """One version of a system: `kind` 新增, 更新 or 删除; `fields`: name, before, after of what differs."""

    at: str  # ISO, UTC
    source: str  # file it came from, "" where none
    kind: str
    fields: tuple[tuple[str, str, str], ...]


def changes_table(meta: MetaData) -> Table:
    """Return the table of versions."""
    return Table(
        "system_changes",
        meta,
        Column("number", Integer, primary_key=True, autoincrement=True),
        Column("id", String(200), nullable=False, index=True),
        Column("at", String(40), nullable=False),
        Column("source", Text, nullable=False),
        Column("before", Text, nullable=False),  # all fields as JSON, "" before the first version
        Column("after", Text, nullable=False),  # "" after removal
    )


def record(connection: Connection, table: Table, pairs: list[tuple[System | None, System | None]], source: str) -> None:
    """Write one version for each pair of before and after."""
    at = datetime.now(UTC).isoformat(timespec="seconds")
    rows = []
    for before, after in pairs:
        system = after or before
        if system is not None:
            rows.append(
                {"id": system.id, "at": at, "source": source, "before": _content(before), "after": _content(after)}
            )
    if rows:
        connection.execute(insert(table), rows)


def versions(connection: Connection, table: Table, number: str) -> tuple[Change, ...]:
    """Return a system's versions, the oldest first."""
    rows = connection.execute(select(table).where(table.c.id == number).order_by(table.c.number)).all()
    return tuple(_change(row) for row in rows)


def _change(row: Any) -> Change:  # noqa: ANN401 -- a row of SQLAlchemy
    before, after = (json.loads(text) if text else {} for text in (row.before, row.after))
    kind = "新增" if not before else "更新" if after else "删除"
    keys = [*COLUMNS, "extra"]
    said = [(COLUMNS.get(key, "其他列"), _words(before.get(key)), _words(after.get(key))) for key in keys]
    return Change(row.at, row.source, kind, tuple(field for field in said if field[1] != field[2]))


def _words(value: object) -> str:
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, list):
        return "；".join("：".join(v) if isinstance(v, list) else str(v) for v in value)
    return "" if value is None else str(value)


def _content(system: System | None) -> str:
    return "" if system is None else json.dumps(asdict(system), ensure_ascii=False, sort_keys=True)
