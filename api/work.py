"""Works through the queue: `serve` runs some of these, `chushen worker` one more."""

from __future__ import annotations

import json
import logging
import os
import socket
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from api import scratch, webhook
from api.batch import REFUSED, Piece, Reviewed, review_piece
from api.outcomes import found_in, systems
from api.pipeline import Timings
from api.store import FileStore, Jobs, MissingError, Refusals, Submissions, open_database
from api.store.jobs import AGAIN, CANCELLED, COMPARE, LEASE, Job, add_job, told
from api.store.likeness import before, record_copied, record_likeness
from api.store.schema import Connection
from api.store.submissions import record
from api.workers import ClosedError, CrashedError
from models.domain.errors import ChushenError
from models.domain.register import System

if TYPE_CHECKING:
    from api.settings import Settings
    from api.wiring import Workbench
    from api.workers import Handler, WorkerPool

log = logging.getLogger("chushen")
FORMATS = ("json", "html", "docx", "stored")
TEXTS = "texts"  # kept beside the formats: what the plan says
EARLIER = 1000  # stored submissions, the newest, whose passages a batch is compared with
_PAUSE = 0.5  # seconds between looks into an empty queue


@dataclass(frozen=True, slots=True)
class Queued(Piece):
    """A submission out of the queue; `scratch`: where copies of its material may lie meanwhile."""

    job: str = ""
    scratch: Path | None = None


@dataclass(frozen=True, slots=True)
class Comparing:
    """The submissions of a batch, to be compared with one another; where lies what they and earlier ones say."""

    proposals: tuple[System, ...]
    texts: Mapping[str, Path] = field(default_factory=dict)
    earlier: Mapping[str, Path] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Compared:
    """For each submission those near it, and the passages shared (`api.copying.in_files`)."""

    near: Mapping[str, tuple[System, ...]]
    copied: tuple[dict[str, Any], ...]


@dataclass(slots=True)
class Stages(Timings):
    """Tells the queue which step a review is at, and stops it before the next where somebody wants that."""

    tell: Callable[[str], bool] = field(default=lambda _stage: True)

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        """Tell, then measure what runs inside."""
        if not self.tell(name):
            raise ChushenError("已按要求停止")
        with Timings.step(self, name):
            yield


def serving(settings: Settings) -> Handler:
    """Load everything once in a worker and return what handles a `Piece`, a `Queued` or a `Comparing`."""
    bench = _Bench(settings)

    def handle(piece: Piece | Comparing) -> Any:  # noqa: ANN401  as the piece has it
        if isinstance(piece, Comparing):
            return _compared(piece, settings)
        jobs = Jobs(open_database(settings.database))
        job = piece.job if isinstance(piece, Queued) else ""
        stages = Stages(tell=lambda stage: jobs.stage(job, stage)) if job else Timings()
        with scratch.within(piece.scratch if isinstance(piece, Queued) else None):
            return review_piece(piece, bench.current(), stages)

    return handle


def _compared(piece: Comparing, settings: Settings) -> Compared:
    from api.copying import in_files
    from api.intake import alike
    from corpus.policies import load_policy

    pairs = in_files(piece.texts, piece.earlier, load_policy(settings.policy), settings.home / "cache" / "prints")
    return Compared(alike(piece.proposals, settings), tuple(pairs))


class _Bench:
    """The workbench, put together anew when the stored register has changed."""

    def __init__(self, settings: Settings) -> None:
        from corpus.register import RegisterStore

        self._settings = settings
        self._store = RegisterStore(settings.database)
        self._made: tuple[str, Workbench] | None = None

    def current(self) -> Workbench:
        from api.wiring import assemble

        register = self._store.state().sha256
        if self._made is None or self._made[0] != register:
            self._made = (register, assemble(self._settings))
        return self._made[1]


class Worker:
    """Takes jobs, has a pool do them, records what comes of them."""

    def __init__(self, settings: Settings, pool: WorkerPool) -> None:
        """`pool`: workers made by `serving`."""
        engine = open_database(settings.database)
        self._engine = engine
        self.jobs = Jobs(engine)
        files = FileStore(settings.home / "files")
        self.submissions, self._refusals = Submissions(engine, files), Refusals(engine, files)
        self._pool, self._seconds, self._settings = pool, settings.review_seconds, settings
        self._name = f"{socket.gethostname()[:30]}-{os.getpid()}-{threading.get_ident()}"

    def run(self, stop: threading.Event) -> None:
        """Work until `stop`."""
        scratch.sweep(self._settings.home, self.jobs.running)
        while not stop.is_set():
            try:
                idle = not self.one()
            except Exception:
                log.exception("the queue cannot be worked through")
                idle = True
            if idle:
                stop.wait(_PAUSE)

    def one(self) -> bool:
        """Do the next job; False where there is none."""
        job = self.jobs.claim(self._name)
        if job is None:
            return False
        with self._held(job):
            try:
                self._compare(job) if job.kind == COMPARE else self._review(job)
            except ClosedError:
                self.jobs.give_back(job)
                return False
            except CrashedError as error:
                if self.jobs.retry(job, str(error)):
                    return True
                self._failed(job, str(error))
            except ChushenError as error:
                self._failed(job, str(error))
            except Exception as error:
                log.exception("job %s failed", job.id)
                self._failed(job, f"程序出错：{type(error).__name__}")
        self._tell(job)
        return True

    def _tell(self, job: Job) -> None:
        if job.submission:
            try:
                row = self.submissions.get(job.submission)
            except MissingError:  # deleted meanwhile: there is nothing to tell
                return
            said = {key: row[key] for key in ("id", "name", "batch", "state", "advice", "error")}
            webhook.tell(self._settings, {"event": "review.ended", "job": job.id, "submission": said})

    @contextmanager
    def _held(self, job: Job) -> Iterator[None]:
        done = threading.Event()

        def renew() -> None:
            while not done.wait(LEASE / 3):
                try:
                    self.jobs.renew(job)
                except Exception:
                    log.exception("a lease could not be renewed")

        thread = threading.Thread(target=renew, daemon=True)
        thread.start()
        try:
            yield
        finally:
            done.set()
            thread.join()

    def _failed(self, job: Job, error: str) -> None:
        latest = self.jobs.latest(job.submission) if job.submission else None
        stopped = latest is not None and latest["id"] == job.id and latest["cancel"]

        def line(connection: Connection) -> None:
            if job.submission and not stopped:
                told(connection, job.submission, "程序", f"审核未完成：{error}")

        self.jobs.finish(job, CANCELLED if stopped else "failed", "" if stopped else error, line)

    def _review(self, job: Job) -> None:
        if self._refusals.begun(job.submission):  # by a worker that was killed before the files were gone
            self._refusals.finish(job)
            return
        with scratch.bench(self._settings.home.absolute(), job.id, self._name) as folder:
            path = self.submissions.laid_out(job.submission, folder / "submission")
            unread = tuple(self.submissions.unread_of(job.submission))
            piece = Queued(path, FORMATS, self._others(job), unread, job.id, folder)
            reviewed: Reviewed = self._pool.ask(piece, self._seconds)
        contents = {**reviewed.contents, TEXTS: reviewed.texts}
        kept = {form: self.submissions.files.keep(content) for form, content in contents.items()}
        found = found_in(reviewed, kept)
        if reviewed.outcome.status == REFUSED:
            self._refusals.begin(job, reviewed.outcome.error, found, contents)
            self._refusals.finish(job)
            return

        def put(connection: Connection) -> None:
            for content in contents.values():
                self.submissions.files.keep(content)  # meanwhile somebody may have deleted its only twin
            record(connection, job.submission, job.id, found)

        self.jobs.finish(job, "done", "", put)

    def _others(self, job: Job) -> tuple[System, ...]:
        found = self.submissions.reviews(job.others)
        return tuple(s for number in job.others if number in found for s in systems(number, found[number]))

    def _compare(self, job: Job) -> None:
        if not job.batch:
            self._compare_one(job)
            return
        rows = self.submissions.find({"batch": job.batch, "state": "done"}, limit=100_000).rows
        reviews = self.submissions.reviews(row["id"] for row in rows)
        proposals = tuple(s for number in sorted(reviews) for s in systems(number, reviews[number]))
        near, copied = self._compared(rows, {"state": "done", "current": "1"}, proposals)

        def queue(connection: Connection) -> None:
            groups = [[number, *(s.id for s in others)] for number, others in sorted(near.items())]
            record_likeness(connection, job.batch, groups)
            record_copied(connection, job.batch, copied)
            present = self.submissions.known(near)  # one may have been deleted meanwhile
            for number, others in sorted((n, o) for n, o in near.items() if n in present):
                add_job(connection, number, kind=AGAIN, batch=job.batch, others=[s.id for s in others])

        self.jobs.finish(job, "done", "", queue)

    def _compare_one(self, job: Job) -> None:
        """Look for passages that a submission which came alone shares with earlier ones of its year."""
        (number,) = job.others
        row = self.submissions.get(number)
        if row["state"] != "done":
            self.jobs.finish(job, "done", "", lambda _connection: None)
            return
        _, copied = self._compared((row,), {"state": "done", "current": "1", "year": str(row["year"])})
        self.jobs.finish(job, "done", "", lambda connection: record_copied(connection, number, copied))

    def _compared(
        self, rows: Sequence[Mapping[Any, Any]], wanted: Mapping[str, str], proposals: tuple[System, ...] = ()
    ) -> tuple[Mapping[str, tuple[System, ...]], dict[str, Any]]:
        """Return who of `proposals` comes near whom, and what these submissions share with earlier ones (`wanted`)."""
        own = {row["id"] for row in rows}
        left_out = own | {n for row in rows for n in before(self._engine, row["id"])}
        texts, unread = self._texts(self.submissions.reviews(own))
        known = self.submissions.find(wanted, limit=EARLIER + len(left_out)).rows
        others = [r["id"] for r in known if r["id"] not in left_out][:EARLIER]
        earlier, gone = self._texts(self.submissions.reviews(others))
        compared: Compared = self._pool.ask(Comparing(proposals, texts, earlier), self._seconds)
        told = {"pairs": list(compared.copied), "earlier": len(earlier), "unread": sorted((*unread, *gone))}
        return compared.near, told

    def _texts(self, reviews: Mapping[str, Mapping[Any, Any]]) -> tuple[dict[str, Path], list[str]]:
        """Return where lies what submissions say, and those of which it is not kept (reviewed by an older version)."""
        kept = {number: json.loads(reviews[number]["contents"]).get(TEXTS, "") for number in sorted(reviews)}
        paths = {number: self.submissions.files.path(digest) for number, digest in kept.items() if digest}
        found = {number: path for number, path in paths.items() if path.is_file()}
        return found, [number for number in kept if number not in found]
