"""Files that came with a submission but could not be had, a damaged entry of an archive: unreadable is not absent."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, insert, select

from api.store.schema import UNREAD

Unread = Sequence[tuple[str, str]]  # name, why


def record_unread(connection: Connection, submission: str, unread: Unread) -> None:
    """Keep the names of such files with the reasons."""
    for name, why in unread:
        connection.execute(insert(UNREAD).values(submission=submission, name=name, why=why))


def unread_of(connection: Connection, submission: str) -> list[tuple[str, str]]:
    """Return them by name."""
    query = select(UNREAD.c.name, UNREAD.c.why).where(UNREAD.c.submission == submission).order_by(UNREAD.c.name)
    return [(row.name, row.why) for row in connection.execute(query)]
