"""The stored register: systems and their versions, in SQLite by default, in PostgreSQL by address."""

from __future__ import annotations

import secrets
import weakref
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from sqlalchemy import (
    Column,
    Connection,
    Engine,
    Index,
    MetaData,
    String,
    Table,
    Text,
    bindparam,
    delete,
    func,
    insert,
    select,
    update,
)
from sqlalchemy.exc import SQLAlchemyError

from corpus.register import browse, content
from corpus.register.engines import database
from corpus.register.export import export
from corpus.register.history import Change, changes_table, record, versions
from corpus.register.importer import ImportResult, Refused
from corpus.register.ports import Revision, State, Vectors
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
_BY_UNIT = Index("systems_unit", _SYSTEMS.c.unit)
_CHANGES = changes_table(_META)
_STATE = Table(
    "register_state",  # register: which it is; sum: of the rows' hashes, and the number of the change it stands for
    _META,
    Column("name", String(100), primary_key=True),
    Column("value", Text, nullable=False),
)
_AT_ONCE = 500  # ids one statement asks for, rows that are read together


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
        """`where`: address of a database, or a SQLite file; nothing is opened or made before the first use."""
        self._database = database(where)

    @cached_property
    def _engine(self) -> Engine:
        try:
            engine = self._database.opened()
            weakref.finalize(self, engine.dispose)  # its connections end with the store
            _prepared(engine)
        except (SQLAlchemyError, OSError) as error:
            where = self._database.url.render_as_string(hide_password=True)
            raise RegisterError("台账数据库打不开", name=where, advice="请检查设置和权限") from error
        return engine

    def told(self) -> str:
        """Return the engine's name and version, and where it is, for people."""
        return self._database.told(self._engine)

    def vectors(self, space: str, width: int) -> Vectors:
        """Return where the engine keeps this register's vectors of one space (hexadecimal digits)."""
        return self._database.vectors(self._engine, space, width, self.state().revision.register)

    def state(self) -> State:
        """Return revision, size and hash of one moment."""
        with self._engine.connect() as connection:
            register, said, last, size = connection.execute(_ONE_MOMENT).one()
            summed = _summed(connection, said or "", last or 0)
        return State(Revision(register, last or 0), size, content.register_hash(size, summed))

    def systems(self) -> tuple[System, ...]:
        """Return all systems in the order of their ids."""
        with self._engine.connect() as connection:
            return _loaded(connection.execute(select(_SYSTEMS.c.content)).scalars())

    def each(self) -> Iterator[System]:
        """Yield all systems of one moment in the order of their ids, read piece by piece."""
        with self._database.steady(self._engine) as connection:
            yield from _each(connection)

    def page(self, words: str, wanted: Mapping[str, str], offset: int, limit: int) -> browse.Page:
        """Return some of the systems that hold every word; `wanted`: level, status, "" for any."""
        with self._engine.connect() as connection:
            return browse.page(connection, _SYSTEMS, words, wanted, (offset, limit))

    def get(self, ids: Sequence[str]) -> tuple[System, ...]:
        """Return the systems of these ids that are there, in the order of their ids."""
        with self._engine.connect() as connection:
            return _of(connection, ids)

    def units(self) -> tuple[str, ...]:
        """Return the names of units as the rows have them."""
        with self._engine.connect() as connection:
            return tuple(sorted(connection.execute(select(_SYSTEMS.c.unit).distinct()).scalars()))

    def of_units(self, units: Sequence[str]) -> tuple[System, ...]:
        """Return the systems of units, named as the rows name them."""
        query = select(_SYSTEMS.c.content)
        with self._engine.connect() as connection:
            found = [
                row
                for some in _pieces(units)
                for row in connection.execute(query.where(_SYSTEMS.c.unit.in_(some))).scalars()
            ]
        return _loaded(found)

    def names(self) -> tuple[tuple[str, str], ...]:
        """Return id and name of all systems in the order of their ids."""
        with self._engine.connect() as connection:
            return tuple(sorted((n, name) for n, name in connection.execute(select(_SYSTEMS.c.id, _SYSTEMS.c.name))))

    def changed(self, since: Revision | None) -> tuple[str, ...]:
        """Return the ids that changed or went since a state; all where that state is not one of this register."""
        with self._engine.connect() as connection:
            if since is None or since.register != _known(connection)["register"]:
                return tuple(sorted(connection.execute(select(_SYSTEMS.c.id)).scalars()))
            query = select(_CHANGES.c.id).where(_CHANGES.c.number > since.number).distinct()
            return tuple(sorted(connection.execute(query).scalars()))

    def put(self, result: ImportResult, *, dry_run: bool = False, source: str = "") -> ImportCounts:
        """Add or update by id, all or nothing; systems not in the list stay. `source`: file that is named as origin."""
        with self._engine.begin() as connection:
            if not dry_run:
                self._database.alone(connection)
            known = {system.id: system for system in _of(connection, [s.id for s in result.systems])}
            added = [s for s in result.systems if s.id not in known]
            updated = [s for s in result.systems if s.id in known and s != known[s.id]]
            if not dry_run:
                if added:
                    connection.execute(insert(_SYSTEMS), [_row(s) for s in added])
                if updated:
                    connection.execute(_UPDATE, [{**_row(s), "number": s.id} for s in updated])
                _recorded(connection, [(known.get(s.id), s) for s in (*added, *updated)], source)
        unchanged = len(result.systems) - len(added) - len(updated)
        return ImportCounts(len(added), len(updated), unchanged, result.refused)

    def remove(self, ids: Sequence[str]) -> tuple[str, ...]:
        """Remove systems; return the ids that were there. Their versions stay."""
        with self._engine.begin() as connection:
            self._database.alone(connection)
            present = _of(connection, ids)
            for some in _pieces([s.id for s in present]):
                connection.execute(delete(_SYSTEMS).where(_SYSTEMS.c.id.in_(some)))
            _recorded(connection, [(system, None) for system in present], "")
        return tuple(system.id for system in present)

    def history(self, number: str) -> tuple[Change, ...]:
        """Return what changed of a system, when and by which file, the oldest first; () where nothing is known."""
        with self._engine.connect() as connection:
            return versions(connection, _CHANGES, number)

    def stats(self) -> dict[str, dict[str, int]]:
        """Return how many systems there are, in all and by level, status and unit, the largest first."""
        columns = {"层级": _SYSTEMS.c.level, "状态": _SYSTEMS.c.status, "建设单位": _SYSTEMS.c.unit}
        with self._database.steady(self._engine) as connection:
            total = connection.execute(select(func.count()).select_from(_SYSTEMS)).scalar_one()
            counted: dict[str, dict[str, int]] = {"合计": {"系统": total}}
            for title, column in columns.items():
                rows = connection.execute(select(column, func.count()).group_by(column))
                counts = [(name or "未填", number) for name, number in rows]
                counted[title] = dict(sorted(counts, key=lambda pair: (-pair[1], pair[0])))
        return counted

    def export(self, path: Path) -> int:
        """Write all systems as csv (UTF-8 with BOM), xlsx or json, by the name's ending; return how many.

        Raises:
            RegisterError: the ending is another.
        """
        with self._database.steady(self._engine) as connection:
            return export(lambda: _each(connection), path)


_ONE_MOMENT = select(  # one statement sees one state, whatever others write meanwhile
    select(_STATE.c.value).where(_STATE.c.name == "register").scalar_subquery(),
    select(_STATE.c.value).where(_STATE.c.name == "sum").scalar_subquery(),
    select(func.max(_CHANGES.c.number)).scalar_subquery(),
    select(func.count()).select_from(_SYSTEMS).scalar_subquery(),
)
_UPDATE = (
    update(_SYSTEMS)
    .where(_SYSTEMS.c.id == bindparam("number"))
    .values({name: bindparam(name) for name in ("name", "unit", "level", "status", "content")})
)


def _prepared(engine: Engine) -> None:
    """Make what is missing; the register's name is given once, whoever comes first."""
    with engine.begin() as connection:
        if engine.dialect.name == "sqlite":
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        else:
            connection.exec_driver_sql("select pg_advisory_xact_lock(7203000)")
        _META.create_all(connection)
        _BY_UNIT.create(connection, checkfirst=True)
        if "register" not in _known(connection):
            connection.execute(insert(_STATE), {"name": "register", "value": secrets.token_hex(6)})


def _known(connection: Connection) -> dict[str, str]:
    return {row.name: row.value for row in connection.execute(select(_STATE))}


def _last(connection: Connection) -> int:
    return connection.execute(select(func.max(_CHANGES.c.number))).scalar() or 0


def _summed(connection: Connection, said: str, last: int) -> int:
    """Return the sum of the rows' hashes as of a change; counted anew where another version of the program wrote."""
    summed, _, at = said.partition("@")
    if at == str(last):
        return int(summed, 16)
    return content.total(_loaded(connection.execute(select(_SYSTEMS.c.content)).scalars()))


def _recorded(connection: Connection, pairs: list[tuple[System | None, System | None]], source: str) -> None:
    """Write the versions, and carry the sum on by what went and what came."""
    if not pairs:
        return
    said, last = _known(connection).get("sum", ""), _last(connection)
    came, went = [after for _, after in pairs if after], [before for before, _ in pairs if before]
    record(connection, _CHANGES, pairs, source)
    if said.endswith(f"@{last}"):
        summed = content.total(came, _summed(connection, said, last), went)
    else:
        summed = content.total(_loaded(connection.execute(select(_SYSTEMS.c.content)).scalars()))
    connection.execute(delete(_STATE).where(_STATE.c.name == "sum"))
    connection.execute(insert(_STATE), {"name": "sum", "value": f"{summed:064x}@{_last(connection)}"})


def _pieces(ids: Sequence[str]) -> Iterator[Sequence[str]]:
    for at in range(0, len(ids), _AT_ONCE):
        yield ids[at : at + _AT_ONCE]


def _of(connection: Connection, ids: Sequence[str]) -> tuple[System, ...]:
    query = select(_SYSTEMS.c.content)
    wanted = sorted(set(ids))
    return _loaded(
        row for some in _pieces(wanted) for row in connection.execute(query.where(_SYSTEMS.c.id.in_(some))).scalars()
    )


def _each(connection: Connection) -> Iterator[System]:
    query = select(_SYSTEMS.c.content).order_by(browse.by_code(connection, _SYSTEMS))
    yield from map(content.read, connection.execute(query, execution_options={"yield_per": _AT_ONCE}).scalars())


def _loaded(contents: Iterable[str]) -> tuple[System, ...]:
    return tuple(sorted(map(content.read, contents), key=lambda s: s.id))


def _row(system: System) -> dict[str, Any]:
    own = {key: getattr(system, key) for key in ("id", "name", "unit", "level", "status")}
    return {**own, "content": content.written(system)}
