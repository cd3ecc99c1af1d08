"""What every route works with: settings and the stores; and who is asking."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

from fastapi import Request

from api.clerk import clerk
from api.settings import Settings
from api.store import Decisions, Deletions, FileStore, Jobs, Submissions, open_database
from api.workers import WorkerPool

NOBODY = "未署名"
COOKIE = "reviewer"
_LONGEST_NAME = 40


@dataclass(frozen=True, slots=True)
class Desk:
    """The stores of one installation, and the process that makes papers and unpacks batches."""

    settings: Settings
    submissions: Submissions
    jobs: Jobs
    decisions: Decisions
    deletions: Deletions
    clerk: WorkerPool


def desk_of(settings: Settings) -> Desk:
    """Open the stores of an installation."""
    engine = open_database(settings.database)
    files = FileStore(settings.home / "files")
    files.sweep()
    deletions = Deletions(engine, files)
    deletions.resume()
    return Desk(
        settings,
        Submissions(engine, files),
        Jobs(engine),
        Decisions(engine),
        deletions,
        WorkerPool(1, clerk, (settings.policy,)),
    )


def reviewer_of(request: Request) -> str:
    """Return the name the asker goes by: typed by themselves, verified by nobody until sign-in comes."""
    name = request.headers.get("x-reviewer") or request.cookies.get(COOKIE) or ""
    return clean_name(unquote(name)) or NOBODY


def clean_name(name: str) -> str:
    """Return a typed name without control characters, at most 40 characters."""
    return "".join(c for c in name if c.isprintable()).strip()[:_LONGEST_NAME]


def job_object(job: Any, ahead: int) -> dict[str, Any]:  # noqa: ANN401  a row of the job table
    """Return what anybody may know of a job."""
    known = {key: job[key] for key in ("id", "state", "stage", "error", "attempts", "at", "finished")}
    return known | {"ahead": ahead, "cancel_requested": bool(job["cancel"])}
