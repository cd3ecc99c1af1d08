"""What the submissions of a batch have in common."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Engine, insert, select, update

from api.store.schema import BATCHES, COPIED, SUBMISSIONS


def record_likeness(connection: Connection, batch: str, groups: Sequence[Sequence[str]]) -> None:
    """Record within a transaction which submissions of a batch come near one another: each with its nearest."""
    connection.execute(update(BATCHES).where(BATCHES.c.id == batch).values(clusters=json.dumps(groups)))


def record_copied(connection: Connection, batch: str, found: Mapping[str, Any]) -> None:
    """Record within a transaction which passages a batch shares, in place of what was known before."""
    connection.execute(COPIED.delete().where(COPIED.c.batch == batch))
    connection.execute(insert(COPIED).values(batch=batch, content=json.dumps(found, ensure_ascii=False)))


def copied_of(engine: Engine, batch: str) -> dict[str, Any]:
    """Return what `record_copied` recorded; nothing compared where the batch is not compared yet."""
    with engine.connect() as connection:
        content = connection.execute(select(COPIED.c.content).where(COPIED.c.batch == batch)).scalar()
    return {"compared": bool(content), "pairs": [], "earlier": 0, "unread": [], **json.loads(content or "{}")}


def before(engine: Engine, submission: str) -> list[str]:
    """Return what a submission completes, and what that completed, the newest first."""
    found: list[str] = []
    with engine.connect() as connection:
        while submission:
            query = select(SUBMISSIONS.c.previous).where(SUBMISSIONS.c.id == submission)
            submission = connection.execute(query).scalar() or ""
            if submission in found:  # nobody can make such a circle; nothing would end it
                break
            found += [submission] if submission else []
    return found
