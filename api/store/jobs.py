"""The queue: work that outlives the process that took it on.

A worker holds a job by a lease that it renews; when it dies, the lease runs out and another takes the job. A result is
recorded in the same transaction that closes the job, and only by the worker that holds it: nothing is lost or doubled.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Engine, RowMapping, and_, func, insert, or_, select, update

from api.store.schema import (
    BATCHES,
    DOOMED,
    HISTORY,
    JOBS,
    SUBMISSIONS,
    ConflictError,
    MissingError,
    new_id,
    now,
)

LEASE = 45.0  # seconds
ATTEMPTS = 3
WAITING, RUNNING, CANCELLED, FAILED, REFUSED = "waiting", "running", "cancelled", "failed", "refused"
PERSON, BATCH = 0, 10  # priorities: somebody waits for it, or nobody does
REVIEW, COMPARE, AGAIN = "review", "compare", "again"


@dataclass(frozen=True, slots=True)
class Job:
    """One piece of work as a worker holds it."""

    id: str
    submission: str
    batch: str
    kind: str
    others: tuple[str, ...]
    owner: str


class Jobs:
    """The queue of one database."""

    def __init__(self, engine: Engine) -> None:
        """Use an open database."""
        self._engine = engine

    def claim(self, owner: str) -> Job | None:
        """Return the next job, now held by `owner`; None where there is nothing to do."""
        moment = time.time()
        free = or_(JOBS.c.state == WAITING, and_(JOBS.c.state == RUNNING, JOBS.c.lease < moment))
        order = (JOBS.c.priority, JOBS.c.at, JOBS.c.id)
        with self._engine.begin() as connection:
            found = connection.execute(select(JOBS).where(free).order_by(*order).limit(1)).mappings().first()
            if found is None:
                return None
            if found["attempts"] >= ATTEMPTS and not _to_be_wiped(connection, found["submission"]):
                told = f"审核进程连续{ATTEMPTS}次异常退出，已停止重试"
                close(connection, Job(found["id"], found["submission"], found["batch"], "", (), ""), FAILED, told)
                return None
            taken = connection.execute(
                update(JOBS)
                .where(JOBS.c.id == found["id"], free)
                .values(state=RUNNING, owner=owner, lease=moment + LEASE, attempts=JOBS.c.attempts + 1, stage="准备")
            )
            if taken.rowcount != 1:
                return None
            if found["submission"]:
                connection.execute(
                    update(SUBMISSIONS).where(SUBMISSIONS.c.id == found["submission"]).values(state=RUNNING)
                )
        others = tuple(json.loads(found["others"]))
        return Job(found["id"], found["submission"], found["batch"], found["kind"], others, owner)

    def renew(self, job: Job) -> bool:
        """Hold a job longer; False where it is no longer this worker's."""
        mine = and_(JOBS.c.id == job.id, JOBS.c.owner == job.owner, JOBS.c.state == RUNNING)
        with self._engine.begin() as connection:
            done = connection.execute(update(JOBS).where(mine).values(lease=time.time() + LEASE))
        return done.rowcount == 1

    def stage(self, job: str, stage: str) -> bool:
        """Say how far a job is; False where somebody wants it stopped."""
        with self._engine.begin() as connection:
            connection.execute(update(JOBS).where(JOBS.c.id == job, JOBS.c.state == RUNNING).values(stage=stage))
            wanted = connection.execute(select(JOBS.c.cancel).where(JOBS.c.id == job)).scalar()
        return not wanted

    def retry(self, job: Job, why: str) -> bool:
        """Give a job back to the queue with the reason; False where it was tried often enough or is another's."""
        mine = (JOBS.c.id == job.id, JOBS.c.owner == job.owner, JOBS.c.state == RUNNING, JOBS.c.attempts < ATTEMPTS)
        with self._engine.begin() as connection:
            values = {"state": WAITING, "owner": "", "error": why}
            if connection.execute(update(JOBS).where(*mine).values(**values)).rowcount != 1:
                return False
            if job.submission:
                told(connection, job.submission, "程序", f"重试：{why}")
                connection.execute(update(SUBMISSIONS).where(SUBMISSIONS.c.id == job.submission).values(state=WAITING))
        return True

    def give_back(self, job: Job) -> None:
        """Put a job back into the queue as if it had not been taken: its worker stops, nothing is wrong with it."""
        mine = (JOBS.c.id == job.id, JOBS.c.owner == job.owner, JOBS.c.state == RUNNING)
        values = {"state": WAITING, "owner": "", "attempts": JOBS.c.attempts - 1}
        with self._engine.begin() as connection:
            if connection.execute(update(JOBS).where(*mine).values(**values)).rowcount and job.submission:
                connection.execute(update(SUBMISSIONS).where(SUBMISSIONS.c.id == job.submission).values(state=WAITING))

    def finish(self, job: Job, state: str, error: str, record: Callable[[Connection], None]) -> bool:
        """Close a job and record its result at once; False (and nothing recorded) where it is not this worker's."""
        with self._engine.begin() as connection:
            if not close(connection, job, state, error):
                return False
            record(connection)
        return True

    def cancel(self, submission: str, by: str) -> int:
        """Stop the work on a submission: waiting jobs at once, running ones at their next stage; return how many."""
        mine = JOBS.c.submission == submission
        with self._engine.begin() as connection:
            waiting = connection.execute(
                update(JOBS).where(mine, JOBS.c.state == WAITING).values(state=CANCELLED, cancel=1, finished=now())
            ).rowcount
            running = connection.execute(update(JOBS).where(mine, JOBS.c.state == RUNNING).values(cancel=1)).rowcount
            if waiting and not running:
                connection.execute(
                    update(SUBMISSIONS)
                    .where(SUBMISSIONS.c.id == submission)
                    .values(state=_settled(connection, submission))
                )
            if waiting or running:
                told(connection, submission, by, "取消审核")
            batch = connection.execute(select(SUBMISSIONS.c.batch).where(SUBMISSIONS.c.id == submission)).scalar()
            if waiting and batch:
                compare_when_done(connection, batch)
        return waiting + running

    def latest(self, submission: str) -> RowMapping | None:
        """Return the newest job of a submission."""
        query = select(JOBS).where(JOBS.c.submission == submission).order_by(JOBS.c.at.desc(), JOBS.c.id).limit(1)
        with self._engine.connect() as connection:
            return connection.execute(query).mappings().first()

    def ahead(self, job: RowMapping) -> int:
        """Return how many waiting jobs come before this one."""
        sooner = or_(JOBS.c.priority < job["priority"], and_(JOBS.c.priority == job["priority"], JOBS.c.at < job["at"]))
        query = select(func.count()).select_from(JOBS).where(JOBS.c.state.in_((WAITING, RUNNING)), sooner)
        with self._engine.connect() as connection:
            return int(connection.execute(query).scalar_one())

    def counts(self) -> dict[str, int]:
        """Return how many jobs are in each state."""
        with self._engine.connect() as connection:
            rows = connection.execute(select(JOBS.c.state, func.count()).group_by(JOBS.c.state)).all()
        return {str(state): int(number) for state, number in rows}

    def running(self) -> frozenset[str]:
        """Return the jobs that workers hold, dead ones too until their leases run out."""
        query = select(JOBS.c.id).where(JOBS.c.state == RUNNING)
        with self._engine.connect() as connection:
            return frozenset(connection.execute(query).scalars())

    def again(self, submission: str, by: str, *, waited_for: bool = True) -> str:
        """Review a submission once more; return the job. One that waits already is enough.

        `waited_for`: a person looks at the clock; otherwise it comes after what people wait for.

        Raises:
            MissingError: there is no such submission.
            ConflictError: it was refused: nothing of it is kept that could be read.
        """
        query = select(SUBMISSIONS.c.batch, SUBMISSIONS.c.state).where(SUBMISSIONS.c.id == submission)
        with self._engine.begin() as connection:
            known_as = connection.execute(query).first()
            if known_as is None:
                raise MissingError("没有这个项目")
            batch, state = known_as
            if state == REFUSED:
                raise ConflictError("拒收的项目没有留存材料，不能重新审核")
            open_ = select(JOBS.c.id).where(JOBS.c.submission == submission, JOBS.c.state.in_((WAITING, RUNNING)))
            if known := connection.execute(open_).scalar():
                return str(known)
            last = select(JOBS.c.others).where(JOBS.c.submission == submission).order_by(JOBS.c.at.desc()).limit(1)
            others = json.loads(connection.execute(last).scalar() or "[]")
            told(connection, submission, by, "重新审核")
            return add_job(
                connection, submission, kind=AGAIN, batch=batch, others=others, priority=PERSON if waited_for else BATCH
            )


def add_job(  # noqa: PLR0913  the columns of a job
    connection: Connection,
    submission: str,
    *,
    kind: str = REVIEW,
    batch: str = "",
    others: Sequence[str] = (),
    priority: int | None = None,
) -> str:
    """Put one job into the queue and return its id; by default a batch comes after what people wait for."""
    number = new_id()
    values: dict[str, Any] = dict.fromkeys(("stage", "error", "owner", "finished"), "")
    values |= {"attempts": 0, "cancel": 0, "lease": 0.0, "at": now(), "state": WAITING, "batch": batch, "kind": kind}
    if priority is None:
        priority = BATCH if batch else PERSON
    values |= {"id": number, "submission": submission, "priority": priority, "others": json.dumps(list(others))}
    connection.execute(insert(JOBS).values(**values))
    if submission:
        connection.execute(update(SUBMISSIONS).where(SUBMISSIONS.c.id == submission).values(state=WAITING, error=""))
    return number


def held(connection: Connection, job: Job) -> bool:
    """Whether a job is still this worker's, within a transaction."""
    mine = and_(JOBS.c.id == job.id, JOBS.c.owner == job.owner, JOBS.c.state == RUNNING)
    return connection.execute(select(JOBS.c.id).where(mine)).first() is not None


def _to_be_wiped(connection: Connection, submission: str) -> bool:
    """Whether all that is left of a job is to remove files of a refused submission: that is never given up."""
    return connection.execute(select(DOOMED.c.error).where(DOOMED.c.submission == submission)).first() is not None


def close(connection: Connection, job: Job, state: str, error: str) -> bool:
    """Close a job within a transaction; what is to be compared next is queued.

    That is a batch whose last review this was, or a submission that came alone.
    """
    mine = and_(JOBS.c.id == job.id, JOBS.c.state.in_((WAITING, RUNNING)))
    if job.owner:
        mine = and_(mine, JOBS.c.owner == job.owner)
    done = connection.execute(update(JOBS).where(mine).values(state=state, error=error, finished=now(), owner=""))
    if done.rowcount != 1:
        return False
    if job.submission:
        settled = _settled(connection, job.submission) if state == CANCELLED else state
        connection.execute(
            update(SUBMISSIONS).where(SUBMISSIONS.c.id == job.submission).values(state=settled, error=error)
        )
    if job.batch:
        compare_when_done(connection, job.batch)
    elif job.submission and state == "done":
        add_job(connection, "", kind=COMPARE, others=[job.submission])
    return True


def _settled(connection: Connection, submission: str) -> str:
    """Return the state of a submission whose work was stopped: what it was before, where it had been reviewed."""
    review = connection.execute(select(SUBMISSIONS.c.review).where(SUBMISSIONS.c.id == submission)).scalar()
    return "done" if review else CANCELLED


def compare_when_done(connection: Connection, batch: str) -> None:
    """Queue the comparison of a batch within a transaction, where nothing else of it is left to do."""
    mine = JOBS.c.batch == batch
    open_ = select(func.count()).select_from(JOBS).where(mine, JOBS.c.state.in_((WAITING, RUNNING)))
    compared = select(func.count()).select_from(JOBS).where(mine, JOBS.c.kind == COMPARE)
    known = connection.execute(select(BATCHES.c.id).where(BATCHES.c.id == batch)).scalar()
    if known and not connection.execute(open_).scalar() and not connection.execute(compared).scalar():
        add_job(connection, "", kind=COMPARE, batch=batch)


def told(connection: Connection, submission: str, by: str, what: str) -> None:
    """Write a line of a submission's history."""
    connection.execute(insert(HISTORY).values(submission=submission, at=now(), by=by, what=what))
