"""Many submissions: each in a worker process, one bad submission alone, done ones skipped on a second run."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from api.copying import TEXTS
from api.files import put
from api.folders import Found, fingerprint
from api.reports import FORMATS
from api.workers import Handler, WorkerPool
from models.domain.errors import ChushenError
from models.domain.register import System

if TYPE_CHECKING:
    from api.intake_list import Comparison
    from api.pipeline import Timings
    from api.settings import Settings
    from api.wiring import Workbench
    from models.domain.report import Report

SCHEMA = "chushen.batch/1"
STATE = ".chushen.json"  # beside the report: what made it, and its row in the summary
Others = Mapping[str, tuple[System, ...]]
DONE, FAILED, REFUSED = "done", "failed", "refused"


@dataclass(frozen=True, slots=True)
class Piece:
    """One submission for a worker; `others` are the systems other submissions of the batch would be.

    `unread`: files that came with it but could not be had, each (name, why).
    """

    path: Path
    formats: tuple[str, ...]
    others: tuple[System, ...] = ()
    unread: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Profile:
    """What a submission is compared by with the others of its batch."""

    title: str = ""
    unit: str = ""
    functions: tuple[str, ...] = ()
    total_wan: float | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one submission.

    Attributes:
        alike: other submissions of the batch that would build the same.
        table: its row of 汇总.xlsx.
        member: what it is as one of a batch (`api.merging.member`).
    """

    status: str
    advice: str = ""
    blockers: int = 0
    warnings: int = 0
    error: str = ""
    profile: Profile = field(default_factory=Profile)
    alike: tuple[str, ...] = ()
    table: dict[str, Any] = field(default_factory=dict)
    member: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Reviewed:
    """What a worker sends back: the report in each format, its outcome, and what the plan says (`api.copying`)."""

    contents: dict[str, bytes]
    outcome: Outcome
    texts: bytes = b"[]"


def reviewer(settings: Settings, policy: str, corpus: Path | None) -> Handler:
    """Load everything once in a worker and return what reviews one `Piece` after the other."""
    from api.wiring import assemble

    bench = assemble(settings, policy, corpus)

    return lambda piece: review_piece(piece, bench)


def review_piece(piece: Piece, bench: Workbench, timings: Timings | None = None) -> Reviewed:
    """Review one submission in this process and render its report."""
    from api.copying import texts
    from api.pipeline import review
    from api.reports import render

    report = review([piece.path], bench, timings, piece.others, piece.unread)
    contents = {form: render(report, form, bench.policy) for form in piece.formats}
    return Reviewed(contents, _outcome(report), texts(report))


def _outcome(report: Report) -> Outcome:
    from api import refusal
    from api.merging import member
    from api.reports.json import as_object
    from api.spreadsheet import row
    from models.domain.finding import Severity

    secret = refusal.refused(report)
    severities = [f.severity for f in report.findings]
    return Outcome(
        status=REFUSED if secret else DONE,
        advice=report.conclusion.advice,
        blockers=severities.count(Severity.BLOCKER),
        warnings=severities.count(Severity.WARNING),
        error=secret.message if secret else "",
        profile=_profile(report),
        alike=tuple(d.system_id for d in report.duplicates if d.source == "intake" and d.verdict != "related"),
        table=row(report),
        member=member(as_object(report)),
    )


def _profile(report: Report) -> Profile:
    told = report.submission
    return Profile(told.title, told.unit, tuple(f.text for f in report.functions), told.total_wan)


@dataclass(slots=True)
class Batch:
    """One run over the submissions of a folder.

    Attributes:
        out: where reports go.
        stamps: what else decides a report (policy, register, options, program).
        force: review what is done again.
        told: called with each finished submission.
    """

    out: Path
    pool: WorkerPool
    formats: tuple[str, ...]
    stamps: tuple[str, ...]
    seconds: float
    force: bool = False
    told: Callable[[Found, Outcome], None] = lambda _found, _outcome: None

    def run(self, found: Sequence[Found], others: Others | None = None) -> dict[str, Outcome]:
        """Review the submissions and return their outcomes by name, in the order given.

        Args:
            found: the submissions.
            others: for each name what other submissions it is compared with; None where that is not known yet: then
                an earlier report is taken as it is, whatever it was compared with.
        """
        with ThreadPoolExecutor(self.pool.size) as threads:
            given = [None if others is None else others.get(f.name, ()) for f in found]
            outcomes = list(threads.map(self._one, found, given))
        return {f.name: outcome for f, outcome in zip(found, outcomes, strict=True)}

    def _one(self, found: Found, others: tuple[System, ...] | None) -> Outcome:
        try:
            outcome = self._reviewed(found, others)
        except ChushenError as error:
            outcome = Outcome(FAILED, error=str(error))
        except OSError as error:
            outcome = Outcome(FAILED, error=f"{error.filename or found.path}：{error.strerror or error}")
        self.told(found, outcome)
        return outcome

    def _reviewed(self, found: Found, others: tuple[System, ...] | None) -> Outcome:
        folder = self.out / found.name
        mark = fingerprint(found, *self.stamps, *self.formats)
        compared = hashlib.sha256(repr(others or ()).encode("utf-8", "replace")).hexdigest()
        known = (
            None if self.force and others is None else self._known(folder, mark, compared if others is not None else "")
        )
        if known:
            return known
        for stale in (STATE, TEXTS, *(f"report.{form}" for form in FORMATS)):
            (folder / stale).unlink(missing_ok=True)
        reviewed: Reviewed = self.pool.ask(Piece(found.path, self.formats, others or ()), self.seconds)
        folder.mkdir(parents=True, exist_ok=True)
        for form, content in reviewed.contents.items():
            put(folder / f"report.{form}", content)
        put(folder / TEXTS, reviewed.texts)
        state = {"fingerprint": mark, "compared": compared, "outcome": asdict(reviewed.outcome)}
        put(folder / STATE, json.dumps(state, ensure_ascii=False, indent=1).encode("utf-8", "replace"))
        return reviewed.outcome

    def _known(self, folder: Path, mark: str, compared: str) -> Outcome | None:
        """Return the outcome of an earlier run over the very same, None where there is none."""
        try:
            state = json.loads((folder / STATE).read_bytes())
            if state["fingerprint"] != mark or (compared and state["compared"] != compared):
                return None
            if not all((folder / name).is_file() for name in (TEXTS, *(f"report.{form}" for form in self.formats))):
                return None
            outcome = Outcome(**state["outcome"])
            kept, _ = state["outcome"]["profile"], state["outcome"]["member"]  # older ones lack it: made anew
            profile = Profile(kept["title"], kept["unit"], tuple(kept["functions"]), kept["total_wan"])
            return replace(outcome, profile=profile, alike=tuple(outcome.alike))
        except (OSError, ValueError, TypeError, KeyError):
            return None


def summary(
    outcomes: dict[str, Outcome],
    clusters: Sequence[Sequence[str]],
    lists: Sequence[Comparison] = (),
    copied: Sequence[Mapping[str, Any]] = (),
    groups: Sequence[Mapping[str, Any]] = (),
) -> bytes:
    """Return `summary.json`; `copied` as `api.copying` gives it, `groups` (the clusters looked at) as `api.merging`."""
    rows = [
        {
            "name": name,
            "status": o.status,
            "advice": o.advice,
            "blockers": o.blockers,
            "warnings": o.warnings,
            "error": o.error,
        }
        for name, o in outcomes.items()
    ]
    intake: dict[str, Any] = {"clusters": [list(c) for c in clusters]}
    if groups:
        intake["groups"] = list(groups)
    if lists:
        intake["lists"] = [asdict(one) for one in lists]
    if copied:
        intake["copied"] = list(copied)
    content = {"schema": SCHEMA, "submissions": rows, "intake": intake}
    return (json.dumps(content, ensure_ascii=False, indent=1) + "\n").encode("utf-8", "replace")


def as_systems(outcomes: dict[str, Outcome]) -> Iterator[System]:
    """Return each reviewed submission as the system it would become."""
    for name, outcome in outcomes.items():
        profile = outcome.profile
        if outcome.status == DONE and profile.functions:
            extra = () if profile.total_wan is None else (("total_wan", f"{profile.total_wan:g}"),)
            yield System(
                id=name,
                name=profile.title,
                unit=profile.unit,
                status="同批申报",
                functions=profile.functions,
                extra=extra,
            )
