"""Reading the files of strangers: each in a child process of its own, bounded and killed as a group."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from ingest.codec import decode
from ingest.limits import MEGABYTE, PARSE, ParseLimits
from models.domain.document import Document
from models.domain.errors import InstallationError, ReadError, RefusedError

_COMMAND = "chushen"
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
    answer, status = _run([*(command or _child()), str(path.absolute()), name], limits.seconds(size), limits, name)
    if status in {-signal.SIGXCPU, -signal.SIGKILL}:
        raise RefusedError("读取时间过长或占用内存过多，已停止", name=name, advice=_ADVICE)
    if status < 0:
        raise ReadError("读取时解析程序崩溃，文件可能已损坏或含有恶意内容", name=name, advice=_ADVICE)
    try:
        document = decode(answer)
    except (ValueError, KeyError, TypeError) as error:
        raise ReadError("文件已损坏或结构异常，无法读取", name=name, advice=_ADVICE) from error
    except ReadError as error:
        error.name = name
        raise
    return document


def read_many(files: Sequence[tuple[Path, str]], workers: int = 2) -> Iterator[Document | ReadError]:
    """Read files (path, name) with so many children at once; yields a Document or its error for each, in order."""

    def one(item: tuple[Path, str]) -> Document | ReadError:
        try:
            return read_safely(*item)
        except ReadError as error:
            return error

    with ThreadPoolExecutor(max(workers, 1)) as pool:
        yield from pool.map(one, files)


def _child() -> list[str]:
    """Return the command of the parse child: the console script, never a module name that could be shadowed."""
    script = Path(sys.executable).parent / _COMMAND
    if not script.exists():
        raise InstallationError(f"找不到程序 {_COMMAND}", advice="请重新安装初审")
    return [str(script), "read-one"]


def _run(command: list[str], seconds: float, limits: ParseLimits, name: str) -> tuple[bytes, int]:
    """Run a child in its own process group; return its answer and exit status (-n: died of signal n)."""
    with tempfile.TemporaryFile() as answer:
        process = subprocess.Popen(  # noqa: S603 - our own program; the file's name is one argument
            command,
            stdin=subprocess.DEVNULL,
            stdout=answer,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
            env=_environment(),
        )
        try:
            status = process.wait(seconds)
        except subprocess.TimeoutExpired as error:
            raise RefusedError(f"读取超过{seconds:.0f}秒，已停止", name=name, advice=_ADVICE) from error
        finally:
            _kill_group(process)
        size = answer.seek(0, os.SEEK_END)
        if size > limits.answer:
            raise RefusedError("读出的内容过多，已停止", name=name, advice=_ADVICE)
        answer.seek(0)
        return answer.read(), status


def _kill_group(process: subprocess.Popen[bytes]) -> None:
    """Kill whatever the child left behind, itself included."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def _environment() -> dict[str, str]:
    """Return the child's environment: no settings or credentials of the parent, one thread a library."""
    kept = ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "SYSTEMROOT", "VIRTUAL_ENV")
    own = {key: os.environ[key] for key in kept if key in os.environ}
    return own | {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "PYTHONUTF8": "1", "PYTHONSAFEPATH": "1"}
