"""The files of one submission, whether given one by one, as a folder or as an archive."""

from __future__ import annotations

import os
import tempfile
import unicodedata
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from ingest.archive import Archive
from ingest.limits import ARCHIVE
from ingest.unpacked import Unpacked
from models.domain.errors import ReadError, SubmissionError

_JUNK = frozenset(("thumbs.db", "desktop.ini", "__macosx"))
_NESTING = 1  # archives within the archive that was given
_NAME_LIMIT = 200


@dataclass(frozen=True, slots=True)
class SourceFile:
    """One file to be read: `name` as shown, with its folders; `path` where its bytes lie."""

    name: str
    path: Path


@dataclass(frozen=True, slots=True)
class Package:
    """The files of one submission, sorted by name; `refused` are (name, why) of those that were not taken."""

    name: str
    files: tuple[SourceFile, ...]
    refused: tuple[tuple[str, str], ...] = ()


@dataclass(slots=True)
class _Collected:
    scratch: Path
    files: list[SourceFile] = field(default_factory=list)
    refused: list[tuple[str, str]] = field(default_factory=list)
    unpacked: int = 0


def collect(paths: Sequence[Path], scratch: Path) -> Package:
    """Gather the files of ONE submission from files, a folder or an archive; archives are unpacked into `scratch`.

    Raises SubmissionError where a path is missing or nothing is there, RefusedError for an archive beyond the limits.
    """
    if not paths:
        raise SubmissionError("没有给出任何文件", advice="请给出申报材料的文件、文件夹或压缩包")
    gathered = _Collected(scratch)
    for path in paths:
        if path.is_dir():
            for file in _walk(path):
                _take(file, clean_name(file.relative_to(path).as_posix()), gathered)
        elif path.is_file():
            _take(path, clean_name(path.name), gathered, alone=len(paths) == 1)
        else:
            raise SubmissionError("文件或文件夹不存在", name=clean_name(path.name), advice="请检查路径")
    first = paths[0]
    name = clean_name(first.resolve().name if first.is_dir() else first.stem)
    if not gathered.files and not gathered.refused:
        raise SubmissionError("没有可读取的文件", name=name, advice="请检查文件夹或压缩包中是否有申报材料")
    files = sorted(gathered.files, key=lambda file: file.name)
    return Package(name, tuple(files), tuple(sorted(gathered.refused)))


def clean_name(name: str) -> str:
    """Return a file name fit to be shown: NFC, no control or direction characters, bounded in length."""
    shown = "".join(c for c in unicodedata.normalize("NFC", name) if unicodedata.category(c)[0] != "C")
    if len(shown) > _NAME_LIMIT:
        stem, dot, extension = shown.rpartition(".")
        shown = (stem or shown)[: _NAME_LIMIT - 12] + "…" + (dot + extension[:10] if stem else "")
    return shown or "未命名"


def is_archive(path: Path) -> bool:
    """Tell whether a file is an archive of files, by its content; documents that are a zip inside are none."""
    return path.is_file() and bool(_archive_kind(path))


def is_passed_over(name: str) -> bool:
    """Tell whether a file is no material: hidden, an editor's lock file, or a system's by-product."""
    return any(part.startswith((".", "~$")) or part.lower() in _JUNK for part in name.split("/"))


def _walk(folder: Path) -> Iterator[Path]:
    """Yield the files below a folder in a stable order; links that lead elsewhere are not followed."""
    for root, folders, files in os.walk(folder):
        folders.sort()
        for file in sorted(files):
            path = Path(root) / file
            if not is_passed_over(path.relative_to(folder).as_posix()) and path.is_file() and not path.is_symlink():
                yield path


def _take(path: Path, name: str, gathered: _Collected, *, alone: bool = False, depth: int = 0) -> None:
    kind = _archive_kind(path)
    if not kind:
        taken = {file.name for file in gathered.files}
        gathered.files.append(SourceFile(_unused(name, taken), path))
        return
    if depth > _NESTING:
        gathered.refused.append((name, "压缩包嵌套过深，未解压"))
        return
    try:
        _unpack(path, kind, "" if alone else name + "/", gathered, depth)
    except ReadError as error:
        if alone:
            error.name = name
            raise
        gathered.refused.append((name, error.message))


def _opened(path: Path, kind: str, gathered: _Collected) -> Archive | Unpacked:
    if kind == "zip":
        return Archive(path, path.name)
    return Unpacked(path, path.name, kind, Path(tempfile.mkdtemp(dir=gathered.scratch)))


def _unpack(path: Path, kind: str, prefix: str, gathered: _Collected, depth: int) -> None:
    archive = _opened(path, kind, gathered)
    try:
        for entry in archive.names:
            if is_passed_over(entry):
                continue
            name = clean_name(prefix + entry)
            try:
                data = archive.read(entry)
            except ReadError as error:
                gathered.refused.append((name, error.message))
                continue
            gathered.unpacked += 1
            if gathered.unpacked > ARCHIVE.entries:
                raise ReadError("压缩包内文件过多，未全部解压", name=name)
            target = gathered.scratch / f"{gathered.unpacked:05d}"
            target.write_bytes(data)
            _take(target, name, gathered, depth=depth + 1)
        gathered.refused.extend((clean_name(prefix + note.what), note.why) for note in archive.notes)
    finally:
        archive.close()


def _unused(name: str, taken: set[str]) -> str:
    """Return the name, with a counter where two files would be shown under one name."""
    stem, dot, extension = name.rpartition(".")
    unused, count = name, 1
    while unused in taken:
        count += 1
        unused = f"{stem}({count}){dot}{extension}" if stem else f"{name}({count})"
    return unused


def _archive_kind(path: Path) -> str:
    """Return zip, 7z or rar, "" for all else: a document format that is a zip inside is no archive."""
    with path.open("rb") as file:
        head = file.read(8)
    if head.startswith(b"7z\xbc\xaf\x27\x1c"):
        return "7z"
    if head.startswith(b"Rar!\x1a\x07"):
        return "rar"
    return "zip" if head[:4] in (b"PK\x03\x04", b"PK\x05\x06") and _is_plain_zip(path) else ""


def _is_plain_zip(path: Path) -> bool:
    try:
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError, OverflowError):
        return path.suffix.lower() == ".zip"
    marks = ("word/", "xl/", "ppt/", "OFD.xml", "[Content_Types].xml", "mimetype", "_rels/")
    return not any(name.replace("\\", "/").startswith(marks) for name in names)
