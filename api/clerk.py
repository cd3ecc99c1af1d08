"""What the service does beside reviews, in a process of its own: papers, and the unpacking of a batch.

Both open files that were uploaded, which the web process never does.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from api.files import below, safe_name
from models.domain.errors import ChushenError, SubmissionError

if TYPE_CHECKING:
    from api.store.decisions import Decision, Opinion
    from api.workers import Handler
    from models.domain.report import Report

NOTES = "批注"
REPORT = "审核报告"  # the program's own, without what people decided
_NAMED = 5


@dataclass(frozen=True, slots=True)
class PaperOrder:
    """One paper of a stored review.

    `path`: where the submission's files lie, for 批注; `earlier`: the stored review of what was sent before with what
    was decided then, for 补正对照.
    """

    kind: str
    form: str  # docx or pdf
    stored: bytes
    choices: Mapping[str, Any]  # as `chushen papers --decisions` reads them
    path: Path | None = None
    blind: bool = False
    earlier: tuple[bytes, Mapping[str, Any]] | None = None


@dataclass(frozen=True, slots=True)
class Unpacking:
    """An archive whose files are wanted below `target`, under harmless names."""

    archive: Path
    target: Path


def clerk(pack: str) -> Handler:
    """Return what handles a `PaperOrder` or an `Unpacking` (see `_paper`, `_unpack`); `pack`: the policy pack."""

    def handle(piece: PaperOrder | Unpacking) -> tuple[str, bytes] | dict[str, str]:
        return _unpack(piece) if isinstance(piece, Unpacking) else _paper(piece, pack)

    return handle


def kinds(*, again: bool = False) -> dict[str, tuple[str, ...]]:
    """Return every kind of paper of one submission with its formats; `again`: it completes an earlier one."""
    from api.papers.making import AGAIN, WRITTEN

    written = [kind for kind in WRITTEN if again or kind != AGAIN]
    return {**dict.fromkeys(written, ("docx", "pdf")), NOTES: ("docx",)}


def _paper(order: PaperOrder, pack: str) -> tuple[str, bytes]:
    from api.papers.decisions import Decisions, decided
    from api.papers.making import Matter, make
    from corpus.policies import load_policy

    policy = load_policy(pack)
    if order.kind == REPORT:
        from api.reports import render

        return f"{REPORT}.{order.form}", render(_loaded(order.stored), order.form, policy)
    choices = Decisions.model_validate(order.choices)
    report = decided(_loaded(order.stored), choices)
    if order.kind == NOTES:
        from api.papers.annotated import annotated

        return annotated(report, policy, [order.path] if order.path else [])
    earlier = None
    if order.earlier:
        earlier = decided(_loaded(order.earlier[0]), Decisions.model_validate(order.earlier[1]))
    paper = make(order.kind, Matter(report, policy, order.blind, earlier, choices))
    if order.form == "pdf":
        from api.reports.typeset import pdf

        return f"{order.kind}.pdf", pdf(paper)
    from api.reports.official import docx

    return f"{order.kind}.docx", docx(paper)


def _loaded(content: bytes) -> Report:
    from api.reports import stored

    try:
        return stored.load(content)
    except ValueError:
        raise ChushenError("这份报告是另一版本的程序写的，请重新审核") from None


def choices(
    known: Iterable[str],
    decisions: Mapping[str, Decision],
    measures: Sequence[Mapping[str, Any]] | None,
    opinion: Opinion,
) -> dict[str, Any]:
    """Return what people decided as `api.papers.decisions` reads it.

    Args:
        known: ids of the report's findings; decisions on others (of an earlier run) say nothing about it.
        decisions: what people decided, by finding.
        measures: kind, target, amount_wan, text of each; None where they are as the program proposes.
        opinion: the reviewer's words and advice, each "" where there is none, and what the parties said.
    """
    found = set(known)
    words = ("severity", "message", "suggestion")
    findings = {
        number: {"decision": d.verdict, "reason": d.reason, **{k: d.content[k] for k in words if d.content.get(k)}}
        for number, d in decisions.items()
        if number in found and d.verdict in {"accepted", "rejected", "changed"}
    }
    own = [d for number, d in decisions.items() if number.startswith("m") and d.verdict != "rejected"]
    told: dict[str, Any] = {"findings": findings, "added": [_added(d.content) for d in own], "opinion": opinion.text}
    told |= {"advice": opinion.advice or None}
    if opinion.views is not None:
        told |= {"views": dict(opinion.views.parties), "dispute": opinion.views.dispute}
    return told | ({} if measures is None else {"measures": list(measures)})


def _added(content: Mapping[str, Any]) -> dict[str, Any]:
    place = next(iter(content.get("evidence") or ()), {"document": "", "quote": ""})
    words = {key: content[key] for key in ("severity", "suggestion") if content.get(key)}
    message = content.get("message") or content["title"]
    return {**words, "title": content["title"], "message": message, "document": place["document"]} | {
        "quote": place["quote"]
    }


def _unpack(piece: Unpacking) -> dict[str, str]:
    """Lay the files of an archive out below `target`; return why entries could not be had, by their path below it.

    An entry that cannot be had lies there as an empty file: it belongs to its project and is named in its report.

    Raises:
        SubmissionError: the archive cannot be read, or nothing in it.
    """
    from ingest.package import collect

    package = collect([piece.archive], _made(piece.target.parent / "unpacked"))
    if not package.files:
        told = "；".join(f"{name}：{why}" for name, why in package.refused[:_NAMED])
        raise SubmissionError(f"压缩包里的文件都取不出（{told}）", name=package.name, advice="请重新打包后再报")
    for number, file in enumerate(package.files, start=1):
        shutil.move(file.path, _place(piece.target, file.name, number))
    unread: dict[str, str] = {}
    for number, (name, why) in enumerate(package.refused, start=len(package.files) + 1):
        path = _place(piece.target, name, number)
        path.touch()
        unread[path.relative_to(piece.target).as_posix()] = why
    return unread


def _place(target: Path, name: str, number: int) -> Path:
    folder = below(target, name)
    return folder / safe_name(name, number, {p.name for p in folder.iterdir()})


def _made(folder: Path) -> Path:
    folder.mkdir()
    return folder
