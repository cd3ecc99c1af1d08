"""Stand-ins for the models in worker processes: they crash, hang, fail or answer as the piece of work says."""

from __future__ import annotations

import os
import time
from typing import Any

from api.batch import REFUSED, Outcome, Piece, Profile, Reviewed
from models.domain.errors import SubmissionError


def obedient() -> Any:
    """A handler that does what it is told."""
    started = [0]

    def handle(piece: str) -> Any:
        started[0] += 1
        if piece == "crash":
            os._exit(9)
        if piece == "hang":
            time.sleep(600)
        if piece == "fail":
            raise SubmissionError("没有找到建设方案", name="甲.docx", advice="请提交")
        if piece == "bug":
            raise KeyError("x")
        return (os.getpid(), started[0])

    return handle


def unable() -> Any:
    """Cannot start."""
    raise SubmissionError("装不起来")


def reading() -> Any:
    """A reviewer whose report is the names and bytes of the files; `crash.txt` kills it, `密.txt` is refused."""

    def handle(piece: Piece) -> Reviewed:
        files = [piece.path] if piece.path.is_file() else sorted(p for p in piece.path.rglob("*") if p.is_file())
        names = [f.name for f in files]
        if "crash.txt" in names:
            os._exit(11)
        if "bad.txt" in names:
            raise SubmissionError("没有找到建设方案", name="bad.txt")
        secret = "密.txt" in names
        content = b"|".join(f.read_bytes() for f in files) + str(len(piece.others)).encode()
        outcome = Outcome(
            REFUSED if secret else "done", "建议进入评审", error="涉密" if secret else "",
            profile=Profile(names[0], "单位", tuple(names)), table={"项目名称": "=cmd|' /C calc'!A0"},
        )  # fmt: skip
        return Reviewed(dict.fromkeys(piece.formats, content), outcome)

    return handle
