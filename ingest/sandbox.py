"""Reading the files of strangers: each in a child process of its own; pages that are pictures in further ones."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

from ingest.codec import decode
from ingest.limits import MEGABYTE, PARSE, ParseLimits
from ingest.process import answer_of, console_script
from models.domain.document import Document
from models.domain.errors import ReadError, RefusedError, UnconvertedError

if TYPE_CHECKING:
    from ingest.pdf.notes import Note

_ADVICE = "请另存或拆分文件后重新提交"


def read_safely(path: Path, name: str, limits: ParseLimits = PARSE, command: Sequence[str] | None = None) -> Document:
    """Read one file in a child process and return its Document.

    Raises ReadError where it cannot be read (a crash of the child included), RefusedError where it breaks a limit;
    `command` replaces the program that is started, `limits` its bounds (seconds, bytes).
    """
    try:
        size = path.stat().st_size
    except OSError as error:
        raise ReadError("文件不存在或无法打开", name=name, advice="请检查路径和权限") from error
    if size > limits.input:
        raise RefusedError(f"文件超过{limits.input // MEGABYTE} MB，未读取", name=name, advice=_ADVICE)
    asked = [*(command or (console_script(), "read-one"))]
    try:
        document = _answered([*asked, str(path.absolute()), name], limits.seconds(size), limits, name)
    except UnconvertedError as error:
        from ingest.office import read_converted

        return read_converted(path, name, error.format, read_safely)
    if document.unread_pages:
        document = _recognised(document, path, [*asked, str(path.absolute()), name], limits)
    if not document.blocks and (document.unread_pages or document.ocr_pages):
        raise ReadError(
            f"没有文字层，是扫描件或图片（共{document.pages}页），未能识别出文字",
            name=name,
            advice="请提交 Word 文件，或更清晰的扫描件",
        )
    return document


def note_safely(data: bytes, name: str, notes: Sequence[Note]) -> bytes:
    """Return a PDF with notes in it (`ingest.pdf.notes`), written in a child process.

    Raises ReadError where it cannot be done: the file is protected, or broken in a way that reading forgave.
    """
    with tempfile.TemporaryDirectory(prefix="chushen-") as folder:
        path, told = Path(folder, "plan.pdf"), Path(folder, "notes.json")
        path.write_bytes(data)
        told.write_text(json.dumps([(n.page, n.quote, n.text) for n in notes]), encoding="utf-8")
        command = [console_script(), "note-pdf", str(path), str(told)]
        out = answer_of(command, PARSE.seconds(len(data)), name, PARSE.answer)
    if not out.startswith(data):
        raise ReadError("这份 PDF 不能添加批注，可能设有保护", name=name, advice="可改用补正通知")
    return out


def _answered(command: Sequence[str], seconds: float, limits: ParseLimits, name: str) -> Document:
    answer = answer_of(command, seconds, name, limits.answer)
    try:
        return decode(answer)
    except (ValueError, KeyError, TypeError) as error:
        raise ReadError("文件已损坏或结构异常，无法读取", name=name, advice=_ADVICE) from error
    except ReadError as error:
        error.name = name
        raise


def _recognised(document: Document, path: Path, asked: Sequence[str], limits: ParseLimits) -> Document:
    """Have the pages recognised that are pictures, and read the file again with what was found on them."""
    from ingest.scan.children import recognise_safely

    found = recognise_safely(path, document.name, document.unread_pages)
    if found is None:
        return document
    with tempfile.NamedTemporaryFile(suffix=".json") as pages:
        pages.write(found)
        pages.flush()
        seconds = limits.seconds(path.stat().st_size + len(found))
        return _answered([*asked, pages.name], seconds, limits, document.name)


def read_many(files: Sequence[tuple[Path, str]], workers: int = 2) -> Iterator[Document | ReadError]:
    """Read files (path, name) with so many children at once; yields a Document or its error for each, in order."""

    def one(item: tuple[Path, str]) -> Document | ReadError:
        try:
            return read_safely(*item)
        except ReadError as error:
            return error

    with ThreadPoolExecutor(max(workers, 1)) as pool:
        yield from pool.map(one, files)
