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


def queued(home: str) -> Any:
    """A reviewer for the queue: the sample report under the first file's name; files named after a fate meet it.

    `slow.txt` tells stages for two seconds, `once.txt` kills the first worker that takes it, `crash.txt` every one,
    `bad.txt` fails,
    `密.txt` is refused.
    """
    import json
    from dataclasses import replace
    from pathlib import Path

    from report_samples import sample_report

    from api.batch import review_piece
    from api.copying import in_files
    from api.reports import render
    from api.store import Jobs, open_database
    from api.work import Compared, Comparing, Stages
    from corpus.policies import load_policy
    from models.domain.document import Paragraph
    from models.domain.outline import Section
    from models.domain.report import NotChecked

    assert review_piece
    jobs = Jobs(open_database(f"sqlite:///{home}/chushen.db"))

    def handle(piece: Any) -> Any:
        if isinstance(piece, Comparing):
            near = {p.id: tuple(o for o in piece.proposals if o.id != p.id) for p in piece.proposals}
            return Compared(near, tuple(in_files(piece.texts, piece.earlier, load_policy())))
        files = [piece.path] if piece.path.is_file() else sorted(p for p in piece.path.rglob("*") if p.is_file())
        names = [f.name for f in files]
        if "bad.txt" in names:
            raise SubmissionError("没有找到建设方案", name="bad.txt")
        if "crash.txt" in names:
            os._exit(9)
        if "once.txt" in names and not (mark := Path(home) / "killed").exists():
            mark.touch()
            os._exit(9)
        stages = Stages(tell=lambda stage: jobs.stage(piece.job, stage))
        for stage in ("读取文件", "逐项检查") * (10 if "slow.txt" in names else 1):
            with stages.step(stage):
                time.sleep(0.1 if "slow.txt" in names else 0)
        report = sample_report()
        lacking = tuple(NotChecked(name, why) for name, why in piece.unread)
        report = replace(report, not_checked=(*lacking, *report.not_checked))
        text = files[0].read_text()
        if text.startswith("fixed"):
            plan = report.documents[0]
            words = ("使用政务云，不新建机房。", "（二）经费", "设备共4万元。")
            blocks = (*plan.document.blocks[:2], *map(Paragraph, words))
            sections = (*plan.sections, Section(2, "（二）", "经费", 2, 0, 3, 4, 5))
            plan = replace(plan, document=replace(plan.document, blocks=blocks, sha256="cd" * 32), sections=sections)
            report = replace(report, findings=report.findings[1:], documents=(plan, *report.documents[1:]))
        contents = {form: render(report, form) for form in piece.formats}
        secret = "密.txt" in names
        said = json.loads(contents["json"])["conclusion"]["advice"]
        alike = tuple(o.id for o in piece.others)
        profile = Profile() if secret else Profile(text, "单位", ("受理", "派单"))
        return Reviewed(
            contents,
            Outcome(
                REFUSED if secret else "done",
                said,
                1,
                1,
                "涉密" if secret else "",
                profile,
                alike,
                {"项目名称": "=1+1"},
            ),
            b"[]" if secret else json.dumps([[names[0], None, 0, text]]).encode(),
        )

    return handle
