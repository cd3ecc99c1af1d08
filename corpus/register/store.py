"""Where the register is kept: one table, SQLite by default, PostgreSQL by address."""

from __future__ import annotations

import csv
import io
import json
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, fields, replace
from functools import cached_property
from pathlib import Path
from typing import Any

from sqlalchemy import (
    Column,
    Connection,
    Engine,
    MetaData,
    String,
    Table,
    Text,
    create_engine,
    delete,
    insert,
    make_url,
    select,
    update,
)
from sqlalchemy.exc import SQLAlchemyError

from corpus.register.history import COLUMNS, Change, changes_table, record, versions
from corpus.register.importer import ImportResult, Refused
from models.domain.errors import RegisterError
from models.domain.register import System

_META = MetaData()
_SYSTEMS = Table(
    "systems",
    _META,
    Column("id", String(200), primary_key=True),
    Column("name", Text, nullable=False),
    Column("unit", Text, nullable=False),
    Column("level", String(50), nullable=False),
    Column("status", String(50), nullable=False),
    Column("content", Text, nullable=False),  # all fields as JSON
)
_CHANGES = changes_table(_META)
_WAIT = 60  # seconds one import waits for another
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True, slots=True)
class ImportCounts:
    """What an import did, or with `dry_run` would do."""

    added: int
    updated: int
    unchanged: int
    refused: tuple[Refused, ...] = ()


class RegisterStore:
    """The stored register of existing systems."""

    def __init__(self, where: str | Path) -> None:
        """`where`: SQLAlchemy address, or a SQLite file; nothing is opened or made before the first use."""
        self._url = make_url(where) if isinstance(where, str) and "://" in where else make_url(f"sqlite:///{where}")

    @cached_property
    def _engine(self) -> Engine:
        file = self._url.database
        try:
            if self._url.get_backend_name() == "sqlite" and file and file != ":memory:":
                Path(file).parent.mkdir(parents=True, exist_ok=True)
            wait = {"timeout": _WAIT} if self._url.get_backend_name() == "sqlite" else {}
            engine = create_engine(self._url, connect_args=wait)
            _META.create_all(engine)
        except (SQLAlchemyError, OSError, ImportError) as error:
            raise RegisterError(
                "台账数据库打不开", name=self._url.render_as_string(), advice="请检查设置和权限"
            ) from error
        return engine

    def systems(self) -> tuple[System, ...]:
        """Return all systems in the order of their ids."""
        with self._engine.connect() as connection:
            return _read(connection)

    def put(self, result: ImportResult, *, dry_run: bool = False, source: str = "") -> ImportCounts:
        """Add or update by id, all or nothing; systems not in the list stay. `source`: file that is named as origin."""
        with self._engine.begin() as connection:
            if not dry_run:
                self._alone(connection)
            known = {system.id: system for system in _read(connection)}
            added = [s for s in result.systems if s.id not in known]
            updated = [s for s in result.systems if s.id in known and s != known[s.id]]
            if added and not dry_run:
                connection.execute(insert(_SYSTEMS), [_row(s) for s in added])
            for system in [] if dry_run else updated:
                connection.execute(update(_SYSTEMS).where(_SYSTEMS.c.id == system.id).values(_row(system)))
            if not dry_run:
                record(connection, _CHANGES, [(known.get(s.id), s) for s in (*added, *updated)], source)
        unchanged = len(result.systems) - len(added) - len(updated)
        return ImportCounts(len(added), len(updated), unchanged, result.refused)

    def remove(self, ids: Sequence[str]) -> tuple[str, ...]:
        """Remove systems; return the ids that were there. Their versions stay."""
        with self._engine.begin() as connection:
            self._alone(connection)
            present = {system.id: system for system in _read(connection) if system.id in set(ids)}
            for number in sorted(present):
                connection.execute(delete(_SYSTEMS).where(_SYSTEMS.c.id == number))
            record(connection, _CHANGES, [(present[number], None) for number in sorted(present)], "")
        return tuple(sorted(present))

    def history(self, number: str) -> tuple[Change, ...]:
        """Return what changed of a system, when and by which file, the oldest first; () where nothing is known."""
        with self._engine.connect() as connection:
            return versions(connection, _CHANGES, number)

    def _alone(self, connection: Connection) -> None:
        """Let no other process write until the end of this transaction: what is known must stay true until then."""
        sqlite = self._url.get_backend_name() == "sqlite"
        connection.exec_driver_sql("BEGIN IMMEDIATE" if sqlite else "LOCK TABLE systems IN SHARE ROW EXCLUSIVE MODE")

    def stats(self) -> dict[str, dict[str, int]]:
        """Return how many systems there are, in all and by level, status and unit, the largest first."""
        systems = self.systems()
        counted: dict[str, dict[str, int]] = {"合计": {"系统": len(systems)}}
        for title, key in (("层级", "level"), ("状态", "status"), ("建设单位", "unit")):
            counts = Counter(getattr(s, key) or "未填" for s in systems)
            counted[title] = dict(sorted(counts.items(), key=lambda pair: (-pair[1], pair[0])))
        return counted

    def export(self, path: Path) -> int:
        """Write all systems as csv (UTF-8 with BOM), xlsx or json, by the name's ending; return how many.

        Cells that a spreadsheet would run as a formula are written as plain text.

        Raises:
            RegisterError: the ending is another.
        """
        systems = self.systems()
        rows = _table(systems)
        kind = path.suffix.lower()
        if kind == ".csv":
            text = io.StringIO()
            csv.writer(text).writerows([["'" + c if c.startswith(_FORMULA) else c for c in row] for row in rows])
            path.write_bytes(b"\xef\xbb\xbf" + text.getvalue().encode())
        elif kind == ".xlsx":
            _write_workbook(rows, path)
        elif kind == ".json":
            path.write_text(json.dumps([_object(s) for s in systems], ensure_ascii=False, indent=1) + "\n", "utf-8")
        else:
            raise RegisterError("不认识的导出格式", name=path.name, advice="请用 .csv、.xlsx 或 .json")
        return len(systems)


def _read(connection: Connection) -> tuple[System, ...]:
    contents = connection.execute(select(_SYSTEMS.c.id, _SYSTEMS.c.content)).all()
    return tuple(_load(content) for _, content in sorted((row[0], row[1]) for row in contents))


def _row(system: System) -> dict[str, Any]:
    content = json.dumps(asdict(system), ensure_ascii=False, sort_keys=True)
    own = {key: getattr(system, key) for key in ("id", "name", "unit", "level", "status")}
    return {**own, "content": content}


def _load(content: str) -> System:
    values = json.loads(content)
    known = {field.name for field in fields(System)}
    system = System(**{key: value for key, value in values.items() if key in known})
    return replace(
        system,
        functions=tuple(system.functions),
        former_names=tuple(system.former_names),
        extra=tuple((str(k), str(v)) for k, v in system.extra),
    )


def _table(systems: Iterable[System]) -> list[list[str]]:
    systems = list(systems)
    further = list(dict.fromkeys(title for s in systems for title, _ in s.extra))
    rows = [[*COLUMNS.values(), *further]]
    for system in systems:
        extra = dict(system.extra)
        rows.append([*(_cell(getattr(system, key)) for key in COLUMNS), *(extra.get(title, "") for title in further)])
    return rows


def _object(system: System) -> dict[str, Any]:
    """Return a system by Chinese column names, lists as lists."""
    known = {title: getattr(system, key) for key, title in COLUMNS.items()}
    return known | dict(system.extra)


def _cell(value: object) -> str:
    if isinstance(value, bool):
        return "是" if value else "否"
    return "；".join(value) if isinstance(value, tuple) else str(value)


def _write_workbook(rows: list[list[str]], path: Path) -> None:
    from openpyxl import Workbook

    workbook = Workbook(write_only=False)
    sheet = workbook.active
    if sheet is None:  # openpyxl's types allow it; a new workbook always has one
        raise RegisterError("表格无法写出", name=path.name)
    sheet.title = "台账"
    for r, row in enumerate(rows, 1):
        for c, text in enumerate(row, 1):
            cell = sheet.cell(r, c)
            cell.value = text
            cell.data_type = "s"  # a string, never a formula
    workbook.save(path)
