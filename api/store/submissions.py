"""Submissions: taken in, found again, filled with what their reviews say."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import ColumnElement, Connection, Engine, RowMapping, func, insert, or_, select, update
from sqlalchemy.exc import IntegrityError

from api.store.deletion import gone
from api.store.files import FileStore
from api.store.jobs import add_job, told
from api.store.likeness import copied_of
from api.store.schema import (
    BATCHES,
    FILES,
    JOBS,
    REQUESTS,
    REVIEWS,
    SUBMISSIONS,
    ConflictError,
    MissingError,
    alone,
    new_id,
    now,
)
from api.store.unread import record_unread, unread_of

SORTS = {
    "new": (SUBMISSIONS.c.at.desc(), SUBMISSIONS.c.id),
    "old": (SUBMISSIONS.c.at, SUBMISSIONS.c.id),
    "risk": (SUBMISSIONS.c.blockers.desc(), SUBMISSIONS.c.warnings.desc(), SUBMISSIONS.c.total_wan.desc()),
    "money": (SUBMISSIONS.c.total_wan.desc(), SUBMISSIONS.c.id),
    "unit": (SUBMISSIONS.c.unit, SUBMISSIONS.c.title),
}
FILTERS = ("year", "unit", "domain", "kind", "state", "advice", "batch")
_COLUMNS: dict[str, ColumnElement[Any]] = {key: SUBMISSIONS.c[key] for key in FILTERS} | {
    # the reviewer's word counts before the program's
    "advice": func.coalesce(func.nullif(SUBMISSIONS.c.opinion_advice, ""), SUBMISSIONS.c.advice)
}
OUTDATED = "这份报告是另一版本的程序写的，请重新审核"
ASKED = (*FILTERS, "q", "rule", "fault", "current")  # words, a rule found (with its title), without what was sent anew


@dataclass(frozen=True, slots=True)
class Arrival:
    """One submission as it comes in: its name and its files, each (name inside the submission, path).

    `unread`: files that came but could not be had, each (name, why).
    """

    name: str
    files: tuple[tuple[str, Path], ...]
    previous: str = ""
    unread: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a list."""

    rows: tuple[RowMapping, ...]
    total: int
    offset: int
    limit: int


class Submissions:
    """The submissions of one database and one folder of files."""

    def __init__(self, engine: Engine, files: FileStore) -> None:
        """Use an open database."""
        self._engine, self.files = engine, files

    def add(
        self, arrivals: Sequence[Arrival], by: str, batch: str | None = None, asked: tuple[str, str] | None = None
    ) -> tuple[str, list[str]]:
        """Keep submissions and queue their reviews; return the batch ("" where `batch` is None) and their ids.

        Args:
            arrivals: what came in.
            by: who sent it.
            batch: its name, None for single submissions.
            asked: idempotency key and digest of the request: one that was answered before is not done again.

        Raises:
            ConflictError: the key was used for another request.
        """
        if asked and (known := self._answer(*asked)):
            return known
        kept = [(a, [(n, self.files.keep_file(p), p.stat().st_size) for n, p in a.files]) for a in arrivals]
        try:
            return self._added(kept, by, batch, asked)
        except IntegrityError:
            if asked and (known := self._answer(*asked)):  # the same request came twice at once
                return known
            raise

    def _added(
        self, kept: Sequence[tuple[Arrival, list[tuple[str, str, int]]]], by: str, batch: str | None,
        asked: tuple[str, str] | None,
    ) -> tuple[str, list[str]]:  # fmt: skip
        ids: list[str] = []
        with self._engine.begin() as connection:
            alone(connection)
            for path in (path for arrival, _ in kept for _, path in arrival.files):
                self.files.keep_file(path)  # meanwhile somebody may have deleted the only submission that had it
            number = "" if batch is None else new_id()
            if batch is not None:
                connection.execute(insert(BATCHES).values(id=number, name=batch, at=now(), by=by, clusters="[]"))
            for arrival, files in kept:
                ids.append(_insert(connection, arrival, by, number))
                for name, digest, size in files:
                    connection.execute(insert(FILES).values(submission=ids[-1], name=name, sha256=digest, size=size))
                record_unread(connection, ids[-1], arrival.unread)
                told(connection, ids[-1], by, f"报送{len(files)}个文件")
                add_job(connection, ids[-1], batch=number)
            if asked:
                answer = json.dumps([number, ids])
                connection.execute(
                    insert(REQUESTS).values(key=_key(asked[0]), digest=asked[1], answer=answer, at=now())
                )
        return number, ids

    def _answer(self, key: str, digest: str) -> tuple[str, list[str]] | None:
        with self._engine.connect() as connection:
            row = connection.execute(select(REQUESTS).where(REQUESTS.c.key == _key(key))).mappings().first()
        if row is None:
            return None
        if row["digest"] != digest:
            raise ConflictError("这个幂等键已用于另一次内容不同的请求")
        batch, ids = json.loads(row["answer"])
        return batch, ids

    def get(self, number: str) -> RowMapping:
        """Return one submission; MissingError where there is none of this id."""
        with self._engine.connect() as connection:
            row = connection.execute(select(SUBMISSIONS).where(SUBMISSIONS.c.id == number)).mappings().first()
            if row is None:
                raise MissingError(gone(connection, number) or "没有这个项目")
        return row

    def known(self, numbers: Iterable[str]) -> dict[str, RowMapping]:
        """Return id, title and the name it came in under of each of those submissions that is there."""
        query = select(*(SUBMISSIONS.c[k] for k in ("id", "title", "name"))).where(SUBMISSIONS.c.id.in_(list(numbers)))
        with self._engine.connect() as connection:
            return {row["id"]: row for row in connection.execute(query).mappings()}

    def files_of(self, number: str) -> list[RowMapping]:
        """Return the files of a submission by name."""
        query = select(FILES).where(FILES.c.submission == number).order_by(FILES.c.name)
        with self._engine.connect() as connection:
            return list(connection.execute(query).mappings())

    def unread_of(self, number: str) -> list[tuple[str, str]]:
        """Return what came with a submission but could not be had, each (name, why), by name."""
        with self._engine.connect() as connection:
            return unread_of(connection, number)

    def laid_out(self, number: str, folder: Path) -> Path:
        """Copy the files of a submission below `folder` and return where it lies: the folder, or its only file.

        Raises:
            MissingError: they are not kept any more.
        """
        files = self.files_of(number)
        if not files:
            told = "；".join(f"{name}：{why}" for name, why in self.unread_of(number))
            raise MissingError(f"没有可读取的申报材料。{told}" if told else "材料已不在，不能再次审核")
        for file in files:
            path = folder / file["name"]
            path.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(self.files.path(file["sha256"]), path)
        return path if len(files) == 1 else folder

    def find(self, wanted: Mapping[str, str], sort: str = "new", offset: int = 0, limit: int = 50) -> Page:
        """Return a page of submissions; `wanted`: values of `ASKED`."""
        where, order = _where(wanted), SORTS.get(sort, SORTS["new"])
        with self._engine.connect() as connection:
            total = connection.execute(select(func.count()).select_from(SUBMISSIONS).where(*where)).scalar_one()
            query = select(SUBMISSIONS).where(*where).order_by(*order).offset(offset).limit(limit)
            rows = tuple(connection.execute(query).mappings())
        return Page(rows, int(total), offset, limit)

    def choices(self) -> dict[str, list[str]]:
        """Return for each filter the values there are."""
        with self._engine.connect() as connection:
            return {
                key: [str(v) for v in connection.execute(select(_COLUMNS[key]).distinct()).scalars() if v]
                for key in FILTERS
            }

    def review(self, number: str) -> RowMapping | None:
        """Return the newest finished review of a submission."""
        query = select(REVIEWS).where(REVIEWS.c.submission == number).order_by(REVIEWS.c.at.desc()).limit(1)
        with self._engine.connect() as connection:
            return connection.execute(query).mappings().first()

    def reviews(self, numbers: Iterable[str]) -> dict[str, RowMapping]:
        """Return the newest finished review of each submission that has one."""
        wanted = select(SUBMISSIONS.c.review).where(SUBMISSIONS.c.id.in_(list(numbers)))
        query = select(REVIEWS).where(REVIEWS.c.id.in_(wanted))
        with self._engine.connect() as connection:
            return {row["submission"]: row for row in connection.execute(query).mappings()}

    def content(self, number: str, form: str) -> bytes:
        """Return one format of the newest review.

        Raises:
            MissingError: there is no review, or not in this format.
        """
        found = self.review(number)
        digest = json.loads(found["contents"]).get(form) if found else None
        if digest is None:
            raise MissingError(OUTDATED if found else "还没有审核报告")
        return self.files.read(digest)

    def following(self, number: str) -> list[RowMapping]:
        """Return the submissions that complete this one."""
        query = select(SUBMISSIONS).where(SUBMISSIONS.c.previous == number).order_by(SUBMISSIONS.c.at)
        with self._engine.connect() as connection:
            return list(connection.execute(query).mappings())

    def batches(self) -> list[RowMapping]:
        """Return all batches, the newest first, with how many submissions and open jobs each has."""
        counted = select(func.count()).select_from(SUBMISSIONS).where(SUBMISSIONS.c.batch == BATCHES.c.id)
        open_ = select(func.count()).select_from(JOBS).where(JOBS.c.batch == BATCHES.c.id)
        open_ = open_.where(JOBS.c.state.in_(("waiting", "running")))  # the comparison counts too
        query = select(BATCHES, counted.scalar_subquery().label("size"), open_.scalar_subquery().label("open"))
        with self._engine.connect() as connection:
            return list(connection.execute(query.order_by(BATCHES.c.at.desc())).mappings())

    def batch(self, number: str) -> RowMapping:
        """Return one batch; MissingError where there is none."""
        found = next((b for b in self.batches() if b["id"] == number), None)
        if found is None:
            raise MissingError("没有这一批")
        return found

    def copied(self, number: str) -> dict[str, Any]:
        """Return the passages a batch, or a submission that came alone, shares (see `api.copying`)."""
        return copied_of(self._engine, number)


def record(connection: Connection, submission: str, job: str, found: Mapping[str, Any]) -> None:
    """Record a finished review within a transaction; `found`: contents, profile, row, and columns of the submission."""
    number = new_id()
    texts = {key: json.dumps(found[key], ensure_ascii=False) for key in ("contents", "profile", "row")}
    connection.execute(insert(REVIEWS).values(id=number, submission=submission, job=job, at=now(), **texts))
    told(connection, submission, "程序", f"审核完成：{found['columns'].get('advice', '')}")
    connection.execute(
        update(SUBMISSIONS).where(SUBMISSIONS.c.id == submission).values(**found["columns"], review=number)
    )


def _insert(connection: Connection, arrival: Arrival, by: str, batch: str) -> str:
    number, at = new_id(), now()
    empty = ("error", "unit", "domain", "kind", "advice", "review", "opinion", "opinion_advice")
    counts = ("blockers", "warnings", "notices", "unchecked", "version")
    values: dict[str, Any] = dict.fromkeys(empty, "") | dict.fromkeys(counts, 0)
    values |= {"id": number, "name": arrival.name, "title": arrival.name, "at": at, "by": by, "batch": batch}
    values |= {"previous": arrival.previous, "state": "waiting", "year": int(at[:4])}
    connection.execute(insert(SUBMISSIONS).values(**values))
    return number


def _where(wanted: Mapping[str, str]) -> list[ColumnElement[bool]]:
    out: list[ColumnElement[bool]] = []
    for key in FILTERS:
        value = wanted.get(key, "")
        if value and (key != "year" or value.isdecimal()):
            out.append(_COLUMNS[key] == (int(value) if key == "year" else value))
    if words := wanted.get("q", "").strip():
        columns = (SUBMISSIONS.c.title, SUBMISSIONS.c.unit, SUBMISSIONS.c.name)
        out.append(or_(*(c.contains(words, autoescape=True) for c in columns)))
    if rule := wanted.get("rule", ""):
        out.append(SUBMISSIONS.c.review.in_(select(REVIEWS.c.id).where(_holds(rule, wanted.get("fault", "")))))
    if wanted.get("current"):
        anew = select(SUBMISSIONS.c.previous).where(SUBMISSIONS.c.previous != "")
        out.append(SUBMISSIONS.c.id.not_in(anew))
    return out


def _holds(rule: str, title: str) -> ColumnElement[bool]:
    """Whether a review's profile names a fault; as `board` counts them, notices are none."""
    if not title:
        return REVIEWS.c.profile.contains(f"[{json.dumps(rule)}, ", autoescape=True)
    named = json.dumps([rule, title], ensure_ascii=False)[:-1]
    return or_(*(REVIEWS.c.profile.contains(f'{named}, "{s}"]', autoescape=True) for s in ("blocker", "warning")))


def _key(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()
