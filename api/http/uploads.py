"""Uploaded files: into a folder of their own, within limits, gone afterwards."""

from __future__ import annotations

import tempfile
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from fastapi import UploadFile

from api.files import below, safe_name
from api.http.problems import ProblemError

_CHUNK = 1 << 20


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
        place = below(folder, name) if folders else folder
        path = place / safe_name(name, index, {p.name for p in place.iterdir()})
        with path.open("wb") as target:
            while chunk := await upload.read(_CHUNK):
                left -= len(chunk)
                if left < 0:
                    raise ProblemError(413, f"一次上传不能超过{megabytes} MB")
                target.write(chunk)
