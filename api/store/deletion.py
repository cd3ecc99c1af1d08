"""Submissions sent by mistake: taken out with all that is kept of them; who did it, when and why stays."""

from __future__ import annotations

import json
from typing import Any

from sqlalchemy import Connection, Engine, RowMapping, delete, func, insert, select, update

from api.store.files import FileStore
from api.store.jobs import CANCELLED, RUNNING, WAITING, compare_when_done, told
from api.store.schema import (
    BATCHES,
    COPIED,
    DECISIONS,
    DELETED,
    DOOMED,
    FILES,
    JOBS,
    REVIEWS,
    SUBMISSIONS,
    UNREAD,
    VIEWS,
    WRITTEN,
    ConflictError,
    MissingError,
    alone,
    now,
)


class Deletions:
    """What was taken out of one database."""

    def __init__(self, engine: Engine, files: FileStore) -> None:
        """Use an open database and the folder of its files."""
        self._engine, self._files = engine, files

    def delete(self, submission: str, by: str, why: str) -> None:
        """Take a submission out: its files, reviews and decisions; its history stays, with who deleted it and why.

        Raises:
            MissingError: there is no such submission, or no longer.
            ConflictError: it is signed off (somebody wrote its opinion or conclusion), or another one completes it.
        """
        with self._engine.begin() as connection:
            alone(connection)
            row = connection.execute(select(SUBMISSIONS).where(SUBMISSIONS.c.id == submission)).mappings().first()
            if row is None:
                raise MissingError(gone(connection, submission) or "没有这个项目")
            if row["opinion"] or row["opinion_advice"]:
                raise ConflictError("已经写了初审意见或结论，不能删除")
            if connection.execute(select(SUBMISSIONS.c.id).where(SUBMISSIONS.c.previous == submission)).first():
                raise ConflictError("有补正材料以它为上次报送，不能删除；报错了的补正材料请先删除")
            kept = {key: row[key] for key in ("id", "name", "title", "unit")}
            sent = {"sent": row["at"], "sender": row["by"], "at": now(), "by": by, "why": why}
            connection.execute(DELETED.insert().values(**kept, **sent))
            told(connection, submission, by, f"删除这个项目，理由：{why}")
            digests = json.dumps(sorted(_deleted(connection, submission)))
            connection.execute(insert(DOOMED).values(submission=submission, error="", digests=digests))
            _left_batch(connection, row["batch"])
        self._forget(submission)

    def resume(self) -> None:
        """Remove the files of what was deleted by a process that was killed before they were gone."""
        left = select(DOOMED.c.submission).where(DOOMED.c.submission.not_in(select(SUBMISSIONS.c.id)))
        with self._engine.connect() as connection:
            found = list(connection.execute(left).scalars())
        for submission in found:
            self._forget(submission)

    def _forget(self, submission: str) -> None:
        """Remove the files no other submission has: after the rows, for what is rolled back must still be whole."""
        query = select(DOOMED.c.digests).where(DOOMED.c.submission == submission)
        with self._engine.begin() as connection:
            alone(connection)
            digests = set(json.loads(connection.execute(query).scalar() or "[]"))
            for digest in digests - still_used(connection, digests):
                self._files.forget(digest)
            connection.execute(delete(DOOMED).where(DOOMED.c.submission == submission))

    def all(self) -> list[RowMapping]:
        """Return what was deleted, the latest first: id, name, title, unit, sent, sender, at, by, why."""
        with self._engine.connect() as connection:
            return list(connection.execute(select(DELETED).order_by(DELETED.c.at.desc())).mappings())


def gone(connection: Connection, submission: str) -> str:
    """Return who deleted a submission and why, in a sentence; "" where nobody did."""
    row = connection.execute(select(DELETED).where(DELETED.c.id == submission)).mappings().first()
    return f"这个项目（{row['title'] or row['name']}）已由{row['by']}删除，理由：{row['why']}" if row else ""


def taken_out(connection: Connection, submission: str) -> set[str]:
    """Remove the files, reviews and decisions of a submission; return the hashes of what they named."""
    digests = set(connection.execute(select(FILES.c.sha256).where(FILES.c.submission == submission)).scalars())
    for contents in connection.execute(select(REVIEWS.c.contents).where(REVIEWS.c.submission == submission)).scalars():
        digests |= set(json.loads(contents).values())
    for left in connection.execute(select(DOOMED.c.digests).where(DOOMED.c.submission == submission)).scalars():
        digests |= set(json.loads(left))
    for table in (FILES, UNREAD, REVIEWS, DECISIONS, DOOMED):
        connection.execute(delete(table).where(table.c.submission == submission))
    return digests


def _deleted(connection: Connection, submission: str) -> set[str]:
    """Remove every row of a submission but its history; return the hashes of the files it named."""
    digests = taken_out(connection, submission)
    stopped = {"state": CANCELLED, "cancel": 1, "finished": now()}
    mine = (JOBS.c.submission == submission) | (JOBS.c.others == json.dumps([submission])) & (JOBS.c.submission == "")
    connection.execute(update(JOBS).where(mine, JOBS.c.state.in_((WAITING, RUNNING))).values(**stopped))
    for table in (VIEWS, WRITTEN):
        connection.execute(delete(table).where(table.c.submission == submission))
    connection.execute(delete(SUBMISSIONS).where(SUBMISSIONS.c.id == submission))
    out_of_comparisons(connection, submission)
    return digests


def out_of_comparisons(connection: Connection, submission: str) -> None:
    """Remove the passages that a submission shares with others."""
    connection.execute(delete(COPIED).where(COPIED.c.batch == submission))
    for found in connection.execute(select(COPIED).where(COPIED.c.content.contains(submission))).mappings().all():
        content = json.dumps(_without(json.loads(found["content"]), submission), ensure_ascii=False)
        connection.execute(update(COPIED).where(COPIED.c.batch == found["batch"]).values(content=content))


def _without(copied: dict[str, Any], submission: str) -> dict[str, Any]:
    pairs = [pair for pair in copied["pairs"] if submission not in pair["submissions"]]
    return {**copied, "pairs": pairs, "unread": [n for n in copied["unread"] if n != submission]}


def _left_batch(connection: Connection, batch: str) -> None:
    """Compare a batch that waited for this one alone; forget it with the last of its submissions."""
    if not batch:
        return
    left = select(func.count()).select_from(SUBMISSIONS).where(SUBMISSIONS.c.batch == batch)
    if connection.execute(left).scalar():
        compare_when_done(connection, batch)
        return
    stopped = {"state": CANCELLED, "cancel": 1, "finished": now()}
    connection.execute(update(JOBS).where(JOBS.c.batch == batch, JOBS.c.state == WAITING).values(**stopped))
    connection.execute(delete(BATCHES).where(BATCHES.c.id == batch))
    connection.execute(delete(COPIED).where(COPIED.c.batch == batch))


def still_used(connection: Connection, digests: set[str]) -> set[str]:
    """Return which of these files other submissions have too: the same file sent twice lies there once."""
    used = set(connection.execute(select(FILES.c.sha256).where(FILES.c.sha256.in_(digests))).scalars())
    return used | {
        digest
        for digest in digests - used
        if digest and connection.execute(select(REVIEWS.c.id).where(REVIEWS.c.contents.contains(digest))).first()
    }
