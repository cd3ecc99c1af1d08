"""Uploads become submissions: one project, or a batch of them."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import anyio.to_thread
from fastapi import UploadFile

from api.clerk import Unpacking
from api.folders import Found, submissions
from api.http.desk import Desk
from api.http.problems import ProblemError
from api.http.uploads import kept
from api.store.schema import MissingError
from api.store.submissions import Arrival
from ingest.package import is_archive
from models.domain.errors import ChushenError

_MOST_IN_BATCH = 5000  # files
_UNPACK_SECONDS = 300.0


@dataclass(frozen=True, slots=True)
class Intake:
    """What was asked: who sends, as a batch or not, what it completes, under which idempotency key."""

    by: str
    batch: str | None = None  # its name; None for one project
    previous: str = ""
    key: str = ""


@dataclass(frozen=True, slots=True)
class TakenIn:
    """What became of it: the batch ("" for one project) and the submissions."""

    batch: str
    submissions: tuple[str, ...]


async def take_in(desk: Desk, files: list[UploadFile], intake: Intake) -> TakenIn:
    """Keep the uploads and queue their reviews; the same key with the same content gives the first answer again.

    Raises:
        ProblemError: 413 or 422.
        MissingError: there is no such earlier submission.
        ConflictError: the key was used for something else.
    """
    if intake.previous:
        desk.submissions.get(intake.previous)
    number = desk.settings.upload_files if intake.batch is None else _MOST_IN_BATCH
    async with kept(files, desk.settings.upload_mb, number, folders=True) as paths:
        return await anyio.to_thread.run_sync(_stored, desk, paths[0], intake)


def _stored(desk: Desk, folder: Path, intake: Intake) -> TakenIn:
    arrivals = _batch(desk, folder) if intake.batch is not None else [_one(folder, intake.previous)]
    if not arrivals:
        raise ProblemError(422, "这里面没有找到申报材料")
    asked = (intake.key, _digest(arrivals, intake)) if intake.key else None
    batch, ids = desk.submissions.add(arrivals, intake.by, intake.batch, asked)
    return TakenIn(batch, tuple(ids))


def _one(folder: Path, previous: str) -> Arrival:
    top = folder
    while len(inside := list(top.iterdir())) == 1 and inside[0].is_dir():
        top = inside[0]
    files = _files(top)
    name = top.name if top != folder else (files[0][1].stem if len(files) == 1 else f"{files[0][1].stem} 等")
    return Arrival(name, files, previous)


def _batch(desk: Desk, folder: Path) -> list[Arrival]:
    """Return a submission for each project's folder; an archive alone is unpacked, its folders are the projects."""
    top = _only_folder(folder)
    unread: dict[Path, str] = {}
    inside = list(top.iterdir())
    if len(inside) == 1 and is_archive(inside[0]):
        try:
            told = desk.clerk.ask(Unpacking(inside[0], folder.parent / "batch"), _UNPACK_SECONDS)
        except ChushenError as error:
            raise ProblemError(422, str(error)) from None
        folder = folder.parent / "batch"
        unread = {folder / name: why for name, why in told.items()}
        top = _only_folder(folder)
    return [_arrival(f, unread) for f in submissions(top, folder / ".none")]


def _arrival(found: Found, unread: Mapping[Path, str]) -> Arrival:
    """Return a project of a batch; what could not be had of it (`unread`, with the reason) is named, not kept."""
    files = _files(found.path) if found.path.is_dir() else ((found.path.name, found.path),)
    lacking = tuple((name, unread[path]) for name, path in files if path in unread)
    return Arrival(found.name, tuple(f for f in files if f[1] not in unread), unread=lacking)


def _only_folder(folder: Path) -> Path:
    """Return the folder in which the projects lie: folders around them that hold nothing else are passed through."""
    top = folder
    while (
        len(inside := list(top.iterdir())) == 1 and inside[0].is_dir() and any(p.is_dir() for p in inside[0].iterdir())
    ):
        top = inside[0]
    return top


def _files(folder: Path) -> tuple[tuple[str, Path], ...]:
    paths = sorted(p for p in folder.rglob("*") if p.is_file())
    if not paths:
        raise MissingError("没有收到文件")
    return tuple((p.relative_to(folder).as_posix(), p) for p in paths)


def _digest(arrivals: list[Arrival], intake: Intake) -> str:
    digest = hashlib.sha256(repr((intake.batch, intake.previous)).encode())
    for arrival in arrivals:
        digest.update(repr(arrival.unread).encode())
        for name, path in arrival.files:
            digest.update(f"{arrival.name}\x1f{name}\x1f".encode())
            with path.open("rb") as content:
                digest.update(hashlib.file_digest(content, "sha256").digest())
    return digest.hexdigest()
