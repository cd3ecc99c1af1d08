"""Child processes that read the files of strangers: own process group, bounded, killed whole."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from ingest.limits import PARSE
from models.domain.errors import InstallationError, ReadError, RefusedError

_COMMAND = "chushen"
_ADVICE = "请另存或拆分文件后重新提交"


def console_script() -> str:
    """Return the path of the program itself: the console script, never a module name that could be shadowed."""
    script = Path(sys.executable).parent / _COMMAND
    if not script.exists():
        raise InstallationError(f"找不到程序 {_COMMAND}", advice="请重新安装初审")
    return str(script)


def answer_of(command: Sequence[str], seconds: float, name: str, most: int = PARSE.answer) -> bytes:
    """Run a child in its own process group and return what it writes to standard output.

    Raises RefusedError after `seconds` of wall time, beyond `most` bytes or where the child was stopped for its use of
    time or memory, ReadError where it crashed.
    """
    with tempfile.TemporaryFile() as answer:
        process = subprocess.Popen(  # noqa: S603 - our own program; the file's name is one argument
            list(command),
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
        if status in {-signal.SIGXCPU, -signal.SIGKILL}:
            raise RefusedError("读取时间过长或占用内存过多，已停止", name=name, advice=_ADVICE)
        if status < 0:
            raise ReadError("读取时解析程序崩溃，文件可能已损坏或含有恶意内容", name=name, advice=_ADVICE)
        if answer.seek(0, os.SEEK_END) > most:
            raise RefusedError("读出的内容过多，已停止", name=name, advice=_ADVICE)
        answer.seek(0)
        return answer.read()


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
