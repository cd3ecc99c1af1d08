"""What a parse child does: read one file under limits, answer on standard output, end."""

from __future__ import annotations

import contextlib
import os
import resource
import sys
from collections.abc import Sequence
from pathlib import Path

from ingest.limits import PARSE
from models.domain.errors import ReadError, RefusedError


def main(argv: Sequence[str]) -> int:
    """Read the file `argv[0]` under the name `argv[1]` and write the answer of `ingest.codec` to standard output.

    Returns 0 also where the file cannot be read: the answer says so. Prints of libraries go to standard error.
    """
    path, name = Path(argv[0]), argv[1]
    answer = os.dup(1)
    os.dup2(2, 1)
    _limit(path.stat().st_size)
    from ingest.codec import encode, encode_error
    from ingest.reader import read_bytes

    try:
        out = encode(read_bytes(path.read_bytes(), name))
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


def _limit(size: int) -> None:
    """Bound this process: memory, CPU time, size of written files, no core dumps."""
    seconds = int(PARSE.seconds(size)) + 1
    for kind, bound in (
        (resource.RLIMIT_AS, PARSE.memory),
        (resource.RLIMIT_CPU, seconds),
        (resource.RLIMIT_FSIZE, PARSE.written),
        (resource.RLIMIT_CORE, 0),
    ):
        hard = resource.getrlimit(kind)[1]
        soft = bound if hard == resource.RLIM_INFINITY else min(bound, hard)
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(kind, (soft, hard if kind == resource.RLIMIT_CPU else soft))


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
