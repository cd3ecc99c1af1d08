"""7z and rar of strangers: unpacked by a bounded child into a folder, odd entries left out with a reason."""

from __future__ import annotations

import json
import shutil
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ingest.archive import entry_objection, shown_entry
from ingest.limits import ARCHIVE, UNPACK
from ingest.process import answer_of, console_script
from models.domain.document import ReadNote
from models.domain.errors import ReadError, RefusedError

_RAR_TOOLS = ("unrar", "unar", "7zz", "7z", "bsdtar")  # any one of them; rarfile finds it by itself
_ADVICE = "请解压后提交其中的文件，或改用 zip 压缩包"


def rar_tool() -> str | None:
    """Return a program that unpacks rar, None where this machine has none."""
    return next((found for tool in _RAR_TOOLS if (found := shutil.which(tool))), None)


class Unpacked:
    """An archive that a child has unpacked; like `ingest.archive.Archive`: names, notes, read, close."""

    def __init__(self, path: Path, name: str, kind: str, folder: Path) -> None:
        """Unpack into `folder`; RefusedError beyond the limits, ReadError where it cannot be opened here."""
        if kind == "rar" and rar_tool() is None:
            raise ReadError(
                "这是 rar 压缩包，本机没有能解压它的程序（unar 或 bsdtar），未解压", name=name, advice=_ADVICE
            )
        self._folder = folder
        command = [console_script(), "unpack", kind, str(path.absolute()), name, str(folder)]
        answer = json.loads(answer_of(command, UNPACK.seconds(path.stat().st_size), name))
        if "error" in answer:
            error = RefusedError if answer["refused"] else ReadError
            raise error(answer["error"], name=name, advice=_ADVICE)
        self._files: dict[str, str] = dict(answer["files"])
        self.notes = [ReadNote(what, why) for what, why in answer["notes"]]

    @property
    def names(self) -> list[str]:
        """Safe names of the files inside, in the order of the archive."""
        return list(self._files)

    def read(self, name: str) -> bytes:
        """Return the bytes of one entry."""
        return (self._folder / self._files[name]).read_bytes()

    def close(self) -> None:
        """Throw away what was unpacked."""
        shutil.rmtree(self._folder, ignore_errors=True)


@dataclass(frozen=True, slots=True)
class _Entry:
    name: str
    size: int
    encrypted: bool
    link: bool


def unpack(kind: str, path: Path, name: str, folder: Path) -> dict[str, Any]:
    """Do the child's work: unpack into `folder` as 00001, 00002 …; return files (entry, file), notes, or an error."""
    opened = _seven if kind == "7z" else _rar
    try:
        with opened(path, name) as (entries, extract):
            wanted, notes = _admitted(entries, path.stat().st_size, name)
            files = list(extract(wanted, folder))
            told = notes + [(shown_entry(entry), why) for entry, file, why in files if not file]
            return {"files": [(entry, file) for entry, file, _ in files if file], "notes": told}
    except ReadError as error:
        return {"error": error.message, "refused": isinstance(error, RefusedError)}


def _admitted(entries: list[_Entry], packed: int, name: str) -> tuple[list[str], list[tuple[str, str]]]:
    """Hold an archive to the limits; return the entries to unpack, and why others are not."""
    if len(entries) > ARCHIVE.entries:
        raise RefusedError(f"压缩包内有{len(entries)}个条目，超过{ARCHIVE.entries}个", name=name)
    total = sum(entry.size for entry in entries)
    if total > ARCHIVE.total or any(entry.size > ARCHIVE.part for entry in entries):
        raise RefusedError("解压后过大，未予解压", name=name)
    if total > ARCHIVE.ratio_from and total > ARCHIVE.ratio * packed:
        raise RefusedError("压缩比异常，疑似压缩炸弹，未予解压", name=name)
    if entries and all(entry.encrypted for entry in entries):
        raise ReadError("压缩包设有密码，无法解压", name=name)
    wanted: list[str] = []
    notes: list[tuple[str, str]] = []
    for entry in entries:
        why = entry_objection(entry.name.replace("\\", "/"), link=entry.link, taken=wanted)
        why = why or ("压缩包内的文件已加密" if entry.encrypted else "")
        if why:
            notes.append((shown_entry(entry.name), why))
        else:
            wanted.append(entry.name)
    return wanted, notes


_Extract = Callable[[list[str], Path], Iterator[tuple[str, str, str]]]  # entry, its file ("": damaged), why not
_DAMAGED = "已损坏，无法解压"


@contextmanager
def _seven(path: Path, name: str) -> Iterator[tuple[list[_Entry], _Extract]]:
    import lzma

    import py7zr
    from py7zr.exceptions import ArchiveError

    damaged = ReadError("7z 压缩包已损坏，无法解压", name=name)
    try:
        with py7zr.SevenZipFile(path) as archive:
            locked = archive.needs_password()
            entries = [
                _Entry(info.filename, info.uncompressed or 0, locked, bool(getattr(info, "is_symlink", False)))
                for info in archive.list()
                if not info.is_directory
            ]

            def extract(wanted: list[str], folder: Path) -> Iterator[tuple[str, str, str]]:
                products, broken = _products(archive, wanted)
                for i, entry in enumerate(wanted, start=1):
                    if (made := products.get(entry)) is not None:
                        yield entry.replace("\\", "/"), _kept(made, folder, i), ""
                    elif entry in broken:
                        yield entry.replace("\\", "/"), "", _DAMAGED

            yield entries, extract
    except py7zr.exceptions.PasswordRequired as error:
        raise ReadError("压缩包设有密码，无法解压", name=name) from error
    except (ArchiveError, lzma.LZMAError, EOFError, OSError, ValueError, KeyError, IndexError, TypeError) as error:
        raise damaged from error


def _products(archive: Any, wanted: list[str]) -> tuple[dict[str, Any], set[str]]:  # noqa: ANN401 - py7zr's own
    """Return the contents of the entries, and those that are damaged: where one is, each is tried by itself."""
    import lzma

    import py7zr
    from py7zr.exceptions import ArchiveError

    factory = py7zr.io.BytesIOFactory(ARCHIVE.part)
    try:
        archive.extract(targets=wanted, factory=factory)
    except (ArchiveError, lzma.LZMAError, EOFError, zlib.error) as error:
        found: dict[str, Any] = {}
        for entry in wanted:
            one = py7zr.io.BytesIOFactory(ARCHIVE.part)
            with suppress(ArchiveError, lzma.LZMAError, EOFError, zlib.error):
                archive.reset()
                archive.extract(targets=[entry], factory=one)
                found |= one.products
        if not found:
            raise lzma.LZMAError from error
        return found, set(wanted) - found.keys()
    return dict(factory.products), set()


@contextmanager
def _rar(path: Path, name: str) -> Iterator[tuple[list[_Entry], _Extract]]:
    import rarfile

    try:
        with rarfile.RarFile(path) as archive:
            infos = [info for info in archive.infolist() if not info.is_dir()]
            entries = [
                _Entry(i.filename, i.file_size or 0, bool(i.needs_password()), bool(i.is_symlink())) for i in infos
            ]

            def extract(wanted: list[str], folder: Path) -> Iterator[tuple[str, str, str]]:
                for i, entry in enumerate(wanted, start=1):
                    try:
                        with archive.open(entry) as made:
                            file, why = _kept(made, folder, i), ""
                    except rarfile.Error:
                        file, why = "", _DAMAGED
                    yield entry.replace("\\", "/"), file, why

            if archive.needs_password() and not infos:
                raise ReadError("压缩包设有密码，无法解压", name=name)
            yield entries, extract
    except rarfile.Error as error:
        raise ReadError("rar 压缩包已损坏或不完整，无法解压", name=name) from error


def _kept(made: Any, folder: Path, number: int) -> str:  # noqa: ANN401 - a stream of either library
    """Write one entry, counting real bytes; return the name of its file."""
    file = f"{number:05d}"
    size = 0
    made.seek(0)
    with (folder / file).open("wb") as out:
        while chunk := made.read(1024 * 1024):
            size += len(chunk)
            if size > ARCHIVE.part:
                raise RefusedError("解压后过大，已停止读取")
            out.write(chunk)
    return file
