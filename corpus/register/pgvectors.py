"""Vectors in PostgreSQL: one row a system, its summary as pgvector's `vector`, all its rows as they are in memory.

The first pass is `ORDER BY summary <#> …`, exact over all summaries; they stand in the row itself (storage PLAIN), so
that a scan of 100,000 reads no second table. A row knows the change it was made for: an older one never replaces it.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from typing import Any

import numpy as np
from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import SQLAlchemyError

from corpus.register.ports import Revision, Rows
from models.domain.errors import RegisterError
from models.likeness.crowd import Array

_DDL_LOCK = 7_203_001  # any number that nothing else in the database locks by


class PostgresVectors:
    """The table of one register and one space."""

    def __init__(self, engine: Engine, space: str, width: int, register: str) -> None:
        """`space`: hexadecimal digits; `width`: numbers of a vector."""
        self._engine, self._width, self._register = engine, width, register
        self._table = f"register_vectors_{int(space, 16):x}"
        self._key = f"vectors:{self._table}"
        try:
            with engine.begin() as connection:
                self._make(connection)
        except SQLAlchemyError as error:
            raise RegisterError(
                "PostgreSQL 的向量表建不了", name=self._table, advice="请管理员在此数据库执行 CREATE EXTENSION vector"
            ) from error

    def _make(self, connection: Connection) -> None:
        connection.execute(text(f"select pg_advisory_xact_lock({_DDL_LOCK})"))
        connection.execute(text("create extension if not exists vector"))
        connection.execute(
            text(
                f"create table if not exists {self._table} (id varchar(200) primary key, number bigint not null,"
                f" functions integer not null, summary vector({2 * self._width}) not null, content bytea not null)"
            )
        )
        connection.execute(text(f"alter table {self._table} alter summary set storage plain"))
        connection.execute(text(f"alter table {self._table} alter content set storage external"))

    @property
    def revision(self) -> Revision | None:
        """The state they stand for."""
        with self._engine.connect() as connection:
            value = connection.execute(
                text("select value from register_state where name = :name"), {"name": self._key}
            ).scalar()
        return Revision(self._register, int(value)) if value else None

    def write(self, rows: Rows, gone: Sequence[str], revision: Revision) -> None:
        """Copy rows in, by the server's binary form, and put them in the place of older ones."""
        with self._engine.begin() as connection:
            if gone:
                query = text(f"delete from {self._table} where id = any(:ids) and number <= :number")  # noqa: S608 -- a name of our own
                connection.execute(query, {"ids": list(gone), "number": revision.number})
            if rows.ids:
                connection.execute(text(f"create temp table coming (like {self._table}) on commit drop"))
                self._copied(connection.connection.driver_connection, rows, revision.number)
                connection.execute(
                    text(
                        f"insert into {self._table} as kept select * from coming order by id on conflict (id) do update"  # noqa: S608 -- a name of our own
                        " set number = excluded.number, functions = excluded.functions, summary = excluded.summary,"
                        " content = excluded.content where kept.number <= excluded.number"
                    )
                )

    def _copied(self, driver: Any, rows: Rows, number: int) -> None:  # noqa: ANN401 -- the driver's connection
        starts = np.cumsum(rows.counts) - rows.counts
        with driver.cursor().copy("copy coming from stdin (format binary)") as copy:
            copy.set_types(["varchar", "int8", "int4", "bytea", "bytea"])
            for at, (system, summary) in enumerate(zip(rows.ids, rows.summaries(), strict=True)):
                texts = rows.texts[starts[at] : starts[at] + rows.counts[at]]
                content = np.concatenate([texts, rows.wholes[at : at + 1], rows.names[at : at + 1]])
                copy.write_row(
                    (system, number, int(rows.functions[at]), _sent(summary), content.astype("<f4").tobytes())
                )

    def settle(self, revision: Revision) -> None:
        """Note the revision, unless a later one is noted."""
        with self._engine.begin() as connection:
            connection.execute(
                text(
                    "insert into register_state as kept values (:name, :value) on conflict (name) do update set"
                    " value = excluded.value where kept.value::bigint < excluded.value::bigint"
                ),
                {"name": self._key, "value": str(revision.number)},
            )

    def first(self, direction: Array, top: int) -> tuple[str, ...]:
        """Order by pgvector's inner product."""
        asked = "[" + ",".join(repr(float(x)) for x in direction) + "]"
        query = text(f"select id from {self._table} order by summary <#> cast(:asked as vector) limit :top")  # noqa: S608 -- a name of our own
        with self._engine.connect() as connection:
            return tuple(connection.execute(query, {"asked": asked, "top": top}).scalars())

    def rows(self, ids: Sequence[str]) -> Rows:
        """Fetch the rows of systems in binary form."""
        query = f"select id, functions, content from {self._table} where id = any(%s)"  # noqa: S608 -- a name of our own
        with self._engine.connect() as connection:
            driver: Any = connection.connection.driver_connection
            with driver.cursor(binary=True) as cursor:
                found = sorted(cursor.execute(query, (list(ids),)).fetchall())
        every = [np.frombuffer(content, "<f4").reshape(-1, self._width) for _, _, content in found]
        nothing = np.zeros((0, self._width), np.float32)
        return Rows(
            tuple(row[0] for row in found),
            np.array([len(rows) - 2 for rows in every], np.int64),
            np.array([row[1] for row in found], np.int64),
            np.concatenate([nothing, *(rows[:-2] for rows in every)]).astype(np.float32),
            np.concatenate([nothing, *(rows[-2:-1] for rows in every)]).astype(np.float32),
            np.concatenate([nothing, *(rows[-1:] for rows in every)]).astype(np.float32),
        )


def _sent(vector: Array) -> bytes:
    """Return a vector as pgvector sends it: number of dimensions, two bytes unused, big-endian floats."""
    return struct.pack(">HH", len(vector), 0) + vector.astype(">f4").tobytes()
