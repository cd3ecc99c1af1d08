"""Uploaded files: into a folder of their own, within limits, gone afterwards."""

from __future__ import annotations

import tempfile
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path, PurePosixPath

from fastapi import UploadFile

from api.http.problems import ProblemError

_CHUNK = 1 << 20
_DEEPEST = 8  # folders within one another


@asynccontextmanager
async def kept(
    files: Sequence[UploadFile], megabytes: int, number: int, *, folders: bool = False
) -> AsyncIterator[list[Path]]:
    """Write the uploads into a temporary folder and give their paths; the folder goes when the request is done.

    With `folders`, what the browser says of the folders they come from is kept, and the folder itself is given.

    Raises:
        ProblemError: 422 without files, 413 beyond the limits.
    """
    if not files or all(not f.filename for f in files):
        raise ProblemError(422, "没有收到文件，请用字段 files 上传申报材料")
    if len(files) > number:
        raise ProblemError(413, f"一次最多上传{number}个文件，请打成压缩包上传")
    with tempfile.TemporaryDirectory(prefix="chushen-upload-") as folder:
        inside = Path(folder) / "submission"
        inside.mkdir()
        await _write(files, inside, megabytes, folders)
        paths = sorted(inside.iterdir())
        yield paths if len(paths) == 1 and not folders else [inside]


async def _write(files: Sequence[UploadFile], folder: Path, megabytes: int, folders: bool) -> None:  # noqa: FBT001  passed on as it came
    left = megabytes * 2**20
    for index, upload in enumerate(files, start=1):
        name = upload.filename or ""
        place = _below(folder, name) if folders else folder
        path = place / safe_name(name, index, {p.name for p in place.iterdir()})
        with path.open("wb") as target:
            while chunk := await upload.read(_CHUNK):
                left -= len(chunk)
                if left < 0:
                    raise ProblemError(413, f"一次上传不能超过{megabytes} MB")
                target.write(chunk)


def _below(folder: Path, name: str) -> Path:
    """Return (and make) the folder an upload belongs into, never outside `folder`."""
    parts = [part for part in name.replace("\\", "/").split("/")[:-1] if part.strip(" .")][:_DEEPEST]
    for index, part in enumerate(parts, start=1):
        folder /= safe_name(part, index, set())
        if folder.is_file():  # a file of this name came before: its folder gets another
            folder = folder.with_name(f"{folder.name}~")
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def safe_name(name: str, index: int, taken: set[str]) -> str:
    """Return a file name that stays in its folder: no path, no control characters, at most 200 bytes, not taken."""
    last = PurePosixPath(name.replace("\\", "/")).name
    clean = "".join(c for c in last if c.isprintable() and c not in '<>:"|?*').strip(" .") or f"文件{index}"
    stem, dot, suffix = clean.rpartition(".") if "." in clean else (clean, "", "")
    while len(f"{stem}{dot}{suffix}".encode()) > 200 and stem:
        stem = stem[:-1]
    clean = f"{stem}{dot}{suffix[:20]}"
    return clean if clean not in taken else f"{stem}-{index}{dot}{suffix[:20]}"
