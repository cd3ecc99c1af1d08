"""Tables of the service, in the same database as the register."""

from __future__ import annotations

import atexit
import secrets
import time
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

from sqlalchemy import (
    Column,
    Connection,
    Engine,
    Float,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    create_engine,
    event,
    make_url,
)
from sqlalchemy.exc import DBAPIError, OperationalError

from models.domain.errors import ChushenError, InstallationError

__all__ = ["BusyError", "ConflictError", "Connection", "MissingError", "new_id", "now", "open_database"]
_META = MetaData()
_ID = String(32)
_TRIES, _MOMENT = 10, 0.2  # seconds

BATCHES = Table(
    "batches",
    _META,
    Column("id", _ID, primary_key=True),
    Column("name", Text, nullable=False),
    Column("at", String(32), nullable=False),
    Column("by", Text, nullable=False),
    Column("clusters", Text, nullable=False),  # JSON: groups of submission ids that would build the same
)
COPIED = Table(
    "copied",
    _META,
    Column("batch", _ID, primary_key=True),  # or the submission, where it came alone
    Column("content", Text, nullable=False),  # JSON: pairs, earlier, unread
)
SUBMISSIONS = Table(
    "submissions",
    _META,
    Column("id", _ID, primary_key=True),
    Column("name", Text, nullable=False),  # as it came in
    Column("at", String(32), nullable=False),
    Column("by", Text, nullable=False),
    Column("batch", _ID, nullable=False),  # "" where it came alone
    Column("previous", _ID, nullable=False),  # the submission this one completes (补正), "" where none
    Column("state", String(16), nullable=False),  # waiting running done failed refused cancelled
    Column("error", Text, nullable=False),
    Column("year", Integer, nullable=False),
    Column("title", Text, nullable=False),
    Column("unit", Text, nullable=False),
    Column("domain", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("total_wan", Float),
    Column("advice", Text, nullable=False),
    Column("blockers", Integer, nullable=False),
    Column("warnings", Integer, nullable=False),
    Column("notices", Integer, nullable=False),
    Column("unchecked", Integer, nullable=False),
    Column("review", _ID, nullable=False),  # the newest finished review, "" before the first
    Column("opinion", Text, nullable=False),
    Column("opinion_advice", Text, nullable=False),
    Column("version", Integer, nullable=False),  # of the opinion
    Index("submissions_at", "at", "id"),
    Index("submissions_batch", "batch"),
)
FILES = Table(
    "submission_files",
    _META,
    Column("submission", _ID, primary_key=True),
    Column("name", Text, primary_key=True),
    Column("sha256", String(64), nullable=False),
    Column("size", Integer, nullable=False),
)
UNREAD = Table(  # what came but could not be had: a damaged entry of an archive
    "submission_unread",
    _META,
    Column("submission", _ID, primary_key=True),
    Column("name", Text, primary_key=True),
    Column("why", Text, nullable=False),
)
REVIEWS = Table(
    "reviews",
    _META,
    Column("id", _ID, primary_key=True),
    Column("submission", _ID, nullable=False, index=True),
    Column("job", _ID, nullable=False),
    Column("at", String(32), nullable=False),
    Column("contents", Text, nullable=False),  # JSON: format -> sha256 of the stored file
    Column("profile", Text, nullable=False),  # JSON: what it is compared by
    Column("row", Text, nullable=False),  # JSON: its row of 汇总.xlsx
    UniqueConstraint("job"),
)
JOBS = Table(
    "jobs",
    _META,
    Column("id", _ID, primary_key=True),
    Column("submission", _ID, nullable=False, index=True),  # "" for a comparison: `others` has what came alone
    Column("batch", _ID, nullable=False),
    Column("kind", String(16), nullable=False),  # review, compare, again
    Column("others", Text, nullable=False),  # JSON: ids of the submissions it is compared with
    Column("priority", Integer, nullable=False),  # the lower, the sooner
    Column("state", String(16), nullable=False),  # waiting running done failed refused cancelled
    Column("stage", Text, nullable=False),
    Column("error", Text, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("cancel", Integer, nullable=False),
    Column("owner", String(64), nullable=False),
    Column("lease", Float, nullable=False),  # seconds since 1970 until which the owner holds it
    Column("at", String(32), nullable=False),
    Column("finished", String(32), nullable=False),
    Index("jobs_next", "state", "priority", "at"),
)
DECISIONS = Table(
    "decisions",
    _META,
    Column("submission", _ID, primary_key=True),
    Column("finding", String(32), primary_key=True),
    Column("verdict", String(16), nullable=False),  # accepted rejected changed added open
    Column("reason", Text, nullable=False),
    Column("content", Text, nullable=False),  # JSON: severity, message, measure, amount_wan, title, evidence
    Column("version", Integer, nullable=False),
    Column("by", Text, nullable=False),
    Column("at", String(32), nullable=False),
)
VIEWS = Table(  # beside the opinion, under its version
    "views",
    _META,
    Column("submission", _ID, primary_key=True),
    Column("parties", Text, nullable=False),  # JSON: what each party said, by its name
    Column("dispute", Text, nullable=False),  # what they disagree on
)
WRITTEN = Table(  # who wrote the opinion that is kept; none where an older version of the program took it down
    "written",
    _META,
    Column("submission", _ID, primary_key=True),
    Column("version", Integer, nullable=False),
    Column("by", Text, nullable=False),
)
DELETED = Table(  # what was sent by mistake; its history stays
    "deleted",
    _META,
    Column("id", _ID, primary_key=True),  # of the submission
    Column("name", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("unit", Text, nullable=False),
    Column("sent", String(32), nullable=False),
    Column("sender", Text, nullable=False),
    Column("at", String(32), nullable=False),
    Column("by", Text, nullable=False),
    Column("why", Text, nullable=False),
)
DOOMED = Table(  # whose files have to go: refused as 涉密, before the state says so; or deleted, after that
    "doomed",
    _META,
    Column("submission", _ID, primary_key=True),
    Column("error", Text, nullable=False),  # why it is refused, "" where it is deleted
    Column("digests", Text, nullable=False),  # JSON: hashes of what was kept of it
)
HISTORY = Table(
    "history",
    _META,
    Column("id", Integer, primary_key=True),
    Column("submission", _ID, nullable=False, index=True),
    Column("at", String(32), nullable=False),
    Column("by", Text, nullable=False),
    Column("what", Text, nullable=False),
)
REQUESTS = Table(
    "requests",
    _META,
    Column("key", String(200), primary_key=True),  # the idempotency key with the route
    Column("digest", String(64), nullable=False),
    Column("answer", Text, nullable=False),
    Column("at", String(32), nullable=False),
)


BusyError = OperationalError  # the database is locked, full or gone


class ConflictError(ChushenError):
    """Somebody else changed it in between; what was read is no longer what is there."""


class MissingError(ChushenError):
    """There is no such thing."""


@cache
def open_database(address: str) -> Engine:
    """Return the database of the service with its tables; `address` as SQLAlchemy writes it.

    Raises:
        InstallationError: the driver of this database is missing.
    """
    url = make_url(address)
    local = url.get_backend_name() == "sqlite"
    if local and url.database and url.database != ":memory:":
        Path(url.database).parent.mkdir(parents=True, exist_ok=True)
    try:
        engine = create_engine(url)
    except ImportError as error:
        advice = '请运行 .venv/bin/pip install "psycopg[binary]"'
        raise InstallationError("没有安装数据库的驱动", name=url.drivername, advice=advice) from error
    atexit.register(engine.dispose)  # kept until then
    if local:
        event.listen(engine, "connect", _tuned)
    _make_tables(engine)
    return engine


def _make_tables(engine: Engine) -> None:
    """Make what is missing; `serve` and its workers may start at once on an empty home and all try."""
    for _ in range(_TRIES):
        try:
            return _META.create_all(engine)
        except DBAPIError:  # another process made a table between the look and the making
            time.sleep(_MOMENT)
    return _META.create_all(engine)


def _tuned(connection: Any, _record: object) -> None:  # noqa: ANN401  the driver's own type
    # Readers do not wait for a writer; a writer waits its turn instead of failing.
    connection.execute("PRAGMA busy_timeout = 15000")
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = NORMAL")


def alone(connection: Connection) -> None:
    """Let nobody else keep or forget files until the end of this transaction, which must not have written yet."""
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("BEGIN IMMEDIATE")
    else:
        connection.exec_driver_sql("select pg_advisory_xact_lock(7203001)")


def new_id() -> str:
    """Return an id nobody can guess."""
    return secrets.token_hex(8)


def now() -> str:
    """Return the time as it is stored: UTC to the microsecond, so that it sorts."""
    return datetime.now(UTC).isoformat(timespec="microseconds")
