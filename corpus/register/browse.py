"""A page of the register, chosen and counted by the database: no other row is read.

Words are found in id, name, unit, description and functions; a to z in capitals or not, other letters as they stand or
as the database's own folding has them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, Connection, String, Table, and_, cast, exists, func, literal_column, or_, select
from sqlalchemy.dialects.postgresql import JSON

from corpus.register.content import read
from models.domain.register import System

FILTERS = ("level", "status")


@dataclass(frozen=True, slots=True)
class Page:
    """Some of the systems that were asked for, in the order of their ids.

    `total`: how many those are; `choices`: of the systems that hold the words, each level and status there is.
    """

    systems: tuple[System, ...]
    total: int
    choices: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


def page(connection: Connection, table: Table, words: str, wanted: Mapping[str, str], span: tuple[int, int]) -> Page:
    """Return the systems that hold every word and have the level and status wanted; `span`: offset, number."""
    holding = and_(True, *(_holds(connection, table, word) for word in words.split()))  # noqa: FBT003 -- SQL's true
    kinds = [table.c[name] for name in FILTERS]
    groups = connection.execute(select(*kinds, func.count()).where(holding).group_by(*kinds)).all()
    chosen = {n: wanted[name] for n, name in enumerate(FILTERS) if wanted.get(name)}
    total = sum(group[-1] for group in groups if all(group[n] == value for n, value in chosen.items()))
    choices = {name: tuple(sorted({group[n] for group in groups} - {""})) for n, name in enumerate(FILTERS)}
    query = select(table.c.content).where(holding, *(kinds[n] == value for n, value in chosen.items()))
    ordered = query.order_by(by_code(connection, table)).offset(span[0]).limit(span[1])
    return Page(tuple(map(read, connection.execute(ordered).scalars())), total, choices)


def by_code(connection: Connection, table: Table) -> ColumnElement[Any]:
    """Return the ids in the order of their characters' numbers, whatever language the database sorts by."""
    return table.c.id.collate("C") if connection.dialect.name == "postgresql" else table.c.id


def _holds(connection: Connection, table: Table, word: str) -> ColumnElement[bool]:
    """Return whether a row holds a word; the description and each function stand in its JSON."""
    if connection.dialect.name == "postgresql":
        content = cast(table.c.content, JSON)
        description: ColumnElement[Any] = content["description"].astext
        listed = func.json_array_elements_text(content["functions"])
    else:
        description = func.json_extract(table.c.content, "$.description")
        listed = func.json_each(table.c.content, "$.functions")
    functions = listed.table_valued("value")
    told = cast(functions.c.value, String)
    fields = [table.c.id, table.c.name, table.c.unit, cast(description, String)]
    within = exists(select(literal_column("1")).select_from(functions).where(told.icontains(word, autoescape=True)))
    return or_(*(one.icontains(word, autoescape=True) for one in fields), within)
