"""What the children do: read one file, or recognise some of its pages, under limits; answer on standard output, end."""

from __future__ import annotations

import contextlib
import json
import os
import resource
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from ingest.limits import OFFICE, PARSE, SCAN, UNPACK
from models.domain.errors import ReadError, RefusedError

if TYPE_CHECKING:
    from ingest.scan.found import Recognised


def main(argv: Sequence[str]) -> int:
    """Read the file `argv[0]` under the name `argv[1]` and write the answer of `ingest.codec` to standard output.

    `argv[2]`, where given, is a file with what recognition found on its pages. Returns 0 also where the file cannot be
    read: the answer says so. Prints of libraries go to standard error.
    """
    path, name = Path(argv[0]), argv[1]
    answer = _own_output()
    size = sum(file.stat().st_size for file in (path, *map(Path, argv[2:])))
    _limit(PARSE.seconds(size))
    from ingest.codec import encode, encode_error
    from ingest.reader import read_bytes

    try:
        out = encode(read_bytes(path.read_bytes(), name, _found(argv[2:])))
    except ReadError as error:
        out = encode_error(error)
    except MemoryError:
        out = encode_error(RefusedError("读取时占用内存过多，已停止", name=name, advice="请拆分文件后重新提交"))
    except RecursionError:
        out = encode_error(RefusedError("内容嵌套过深，已停止读取", name=name, advice="请另存后重新提交"))
    except Exception as error:  # noqa: BLE001 - whatever a broken file makes a library raise is this file's fault alone
        sys.stderr.write(f"{type(error).__name__}: {error}\n")
        out = encode_error(
            ReadError("文件已损坏或结构异常，无法读取", name=name, advice="请用原程序打开后另存，再重新提交")
        )
    with os.fdopen(answer, "wb") as pipe:
        pipe.write(out)
    return 0


def scan(argv: Sequence[str]) -> int:
    """Recognise the pages `argv[2]` ("3,4,5") of the file `argv[0]`; write the JSON of `ingest.scan.found`."""
    path, name, numbers = Path(argv[0]), argv[1], [int(n) for n in argv[2].split(",")]
    answer = _own_output()
    _limit(SCAN.seconds(len(numbers)))
    from ingest.scan.found import as_data
    from ingest.scan.page import read_page
    from ingest.scan.pictures import pictures

    found = [read_page(picture, number, dpi) for number, picture, dpi in pictures(path.read_bytes(), name, numbers)]
    with os.fdopen(answer, "wb") as pipe:
        pipe.write(json.dumps(as_data(found)).encode())
    return 0


def unpack(argv: Sequence[str]) -> int:
    """Unpack the archive `argv[1]` of kind `argv[0]` (7z, rar), shown as `argv[2]`, into the folder `argv[3]`."""
    kind, path, name, folder = argv[0], Path(argv[1]), argv[2], Path(argv[3])
    answer = _own_output()
    _limit(UNPACK.seconds(path.stat().st_size))
    from ingest.unpacked import unpack as unpacked

    try:
        made = unpacked(kind, path, name, folder)
    except MemoryError:
        made = {"error": "解压时占用内存过多，已停止", "refused": True}
    with os.fdopen(answer, "wb") as pipe:
        pipe.write(json.dumps(made).encode())
    return 0


def note(argv: Sequence[str]) -> int:
    """Add the notes in `argv[1]` (JSON: page, quote, text) to the PDF `argv[0]`; write the PDF."""
    path = Path(argv[0])
    answer = _own_output()
    _limit(PARSE.seconds(path.stat().st_size))
    from ingest.pdf.notes import Note, add_notes

    out = add_notes(path.read_bytes(), [Note(*one) for one in json.loads(Path(argv[1]).read_bytes())])
    with os.fdopen(answer, "wb") as pipe:
        pipe.write(out)
    return 0


def convert(argv: Sequence[str]) -> int:
    """Become LibreOffice (`argv[0]`), bounded: convert `argv[2]` to the format `argv[1]` in the folder `argv[3]`."""
    program, target, source, folder = argv
    _limit(OFFICE.seconds(Path(source).stat().st_size), OFFICE.memory, OFFICE.written)
    os.execv(  # noqa: S606 - the path that was found on PATH, no shell
        program,
        [program, "--headless", f"-env:UserInstallation=file://{folder}/profile", "--convert-to", target,
         "--outdir", folder, source],
    )  # fmt: skip


def _found(files: Sequence[str]) -> Recognised:
    from ingest.scan.found import from_data

    return from_data(json.loads(Path(files[0]).read_bytes())) if files else {}


def _own_output() -> int:
    """Keep standard output for the answer alone: what libraries print goes to standard error."""
    answer = os.dup(1)
    os.dup2(2, 1)
    return answer


def _limit(seconds: float, memory: int = PARSE.memory, written: int = PARSE.written) -> None:
    """Bound this process: memory, CPU time, size of written files, no core dumps."""
    for kind, bound in (
        (resource.RLIMIT_AS, memory),
        (resource.RLIMIT_CPU, int(seconds) + 1),
        (resource.RLIMIT_FSIZE, written),
        (resource.RLIMIT_CORE, 0),
    ):
        hard = resource.getrlimit(kind)[1]
        soft = bound if hard == resource.RLIM_INFINITY else min(bound, hard)
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(kind, (soft, hard if kind == resource.RLIMIT_CPU else soft))
