"""The one pipeline: the paths of one submission in, one report out. Every way in ends here."""

from __future__ import annotations

import logging
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from api import not_checked, refusal, version
from api.composition import compose, is_reviewed
from api.ordering import sorted_findings
from api.wiring import REGISTER_RULES
from models.domain.errors import ReadError, SecretError, SubmissionError
from models.domain.report import Conclusion, Engine, NotChecked, Report, Routing
from models.domain.submission import Kind, SubmittedDocument

if TYPE_CHECKING:
    from analyzers.context import Context
    from api.wiring import Workbench
    from models.domain.document import Document
    from models.domain.finding import Finding
    from models.domain.register import Candidate, System
    from models.domain.report import Dimension, Duplicate
    from models.domain.submission import Submission
    from models.suspicion import Suspicion

log = logging.getLogger("chushen")
_T = TypeVar("_T")


@dataclass(slots=True)
class Timings:
    """Seconds each step took; never part of a report."""

    steps: list[tuple[str, float]] = field(default_factory=list)

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        """Measure what runs inside."""
        start = time.perf_counter()
        try:
            yield
        finally:
            self.steps.append((name, time.perf_counter() - start))


@dataclass(frozen=True, slots=True)
class Reading:
    """The files of a submission, read."""

    name: str
    documents: tuple[Document, ...]
    not_read: tuple[tuple[str, str], ...]


def review(
    paths: Sequence[Path],
    bench: Workbench,
    timings: Timings | None = None,
    others: Sequence[System] = (),
    unread: Sequence[tuple[str, str]] = (),
) -> Report:
    """Review one submission.

    Args:
        paths: its files, or one folder, or one archive.
        bench: policy, models and register.
        timings: filled with the seconds of each step.
        others: what the other submissions of the same batch would build.
        unread: files that came with them but could not be had, each (name, why): told in `not_checked`.

    Returns:
        The report; a stub (see `refusal.refused`) where state secrecy stops the review.

    Raises:
        SubmissionError: no report can be made; the message says of which file, why and what to do.
    """
    watch = timings or Timings()
    try:
        with watch.step("读取文件"):
            reading = read(paths, unread)
    except SecretError as error:
        return refusal.stub(bench.policy, refusal.marked_finding(bench.policy, error.name, error.message))
    return _reviewed(reading, bench, watch, others)


def read(paths: Sequence[Path], unread: Sequence[tuple[str, str]] = ()) -> Reading:
    """Read every file of one submission, each in a child process; `unread`: (name, why) of those that never came.

    Raises:
        SecretError: a file carries a state-secret mark (`name` the file, `message` the place); reading stopped there.
        SubmissionError: there is nothing to read.
    """
    from ingest.package import collect
    from ingest.secrecy import marked_name

    with tempfile.TemporaryDirectory(prefix="chushen-") as scratch:
        package = collect(paths, Path(scratch))
        documents: list[Document] = []
        not_read = [*package.refused, *unread]
        names = [file.name for file in package.files] + [name for name, _ in not_read]
        for name in names:  # a mark in any name stops everything before the first file is opened
            if place := marked_name(name):
                raise SecretError(place, name=name)
        for file in package.files:
            try:
                documents.append(read_file(file.path, file.name))
            except SecretError:
                raise
            except ReadError as error:
                not_read.append((file.name, _why(error)))
    if not documents:
        told = "；".join(f"{name}：{why}" for name, why in not_read) or "没有找到文件"
        raise SubmissionError(f"没有可读取的申报材料。{told}")
    return Reading(package.name, tuple(documents), tuple(sorted(not_read)))


def read_file(path: Path, name: str) -> Document:
    """Read one file in a child process.

    Raises:
        SecretError: it carries a state-secret mark; `message` is the place.
        ReadError: it cannot be read.
    """
    from ingest.sandbox import read_safely
    from ingest.secrecy import marked

    document = read_safely(path, name)
    if place := marked(document):
        raise SecretError(place, name=name)
    return document


def _why(error: ReadError) -> str:
    return error.message + (f"（{error.advice}）" if error.advice else "")


def _reviewed(reading: Reading, bench: Workbench, watch: Timings, others: Sequence[System]) -> Report:
    with watch.step("理解材料"):
        composed = compose(reading, bench)
        submission = composed.submission
    with watch.step("台账比对和语句判断"):
        context = _context(submission, bench, others)
    with watch.step("逐项检查"):
        findings, failed = analyse(context)
    if secret := refusal.secret_project(findings):
        return refusal.stub(bench.policy, refusal.project_finding(secret))
    with watch.step("汇总结论"):
        lacking = (*bench.lacking, *not_checked.without_functions(context)) if is_reviewed(submission) else ()
        told = (*not_checked.not_read(submission), *composed.told, *lacking, *failed)
        return _report(context, findings, told, composed.superseded)


def _context(submission: Submission, bench: Workbench, others: Sequence[System]) -> Context:
    from analyzers.context import Context
    from models.facts import summary

    candidates: tuple[Candidate, ...] = ()
    title = summary(submission.facts).title
    if bench.register is not None and submission.functions:
        candidates = bench.register.near(title, submission.functions)
    if others and bench.matcher is not None and submission.functions:
        from corpus.register import open_register

        intake = open_register(others, bench.matcher).near(title, submission.functions)
        candidates += tuple(replace(c, source="intake") for c in intake)
    return Context(bench.policy, submission, bench.register, bench.matcher, candidates, _held(submission, bench))


def _held(submission: Submission, bench: Workbench) -> tuple[Suspicion, ...] | None:
    """Return what the language layer holds against the text; None where it failed: each rule then says so itself."""
    if bench.judge is None:
        return None
    from models.suspicion import suspicions

    try:
        return suspicions(submission, bench.judge)
    except Exception:
        log.exception("the language layer failed")
        return None


def analyse(context: Context) -> tuple[tuple[Finding, ...], tuple[NotChecked, ...]]:
    """Run every analyzer; one that fails becomes a line of what was not checked, never "no problem found".

    Papers that another procedure deals with are only asked what is asked of every paper.
    """
    from analyzers import legibility
    from analyzers.registry import ANALYZERS, OF_EVERY_KIND

    findings: list[Finding] = []
    failed: list[NotChecked] = []
    for analyzer in ANALYZERS if is_reviewed(context.submission) else OF_EVERY_KIND:
        name = analyzer.__name__.rpartition(".")[2]
        found = _guarded(partial(_all, analyzer.check, context), name, analyzer.RULES, failed)
        findings.extend(found or ())
    kept, unsure = legibility.sift(context.submission, findings)
    return sorted_findings(kept, context.policy), (*failed, *unsure)


def _all(check: Callable[[Context], Iterator[Finding]], context: Context) -> list[Finding]:
    return list(check(context))


def _guarded(ask: Callable[[], _T], name: str, rules: tuple[str, ...], failed: list[NotChecked]) -> _T | None:
    try:
        return ask()
    except Exception as error:
        log.debug("analyzer %s failed", name, exc_info=True)
        failed.append(NotChecked(f"检查“{name}”", f"程序未能完成这项检查（{type(error).__name__}）", rules))
        return None


def _report(
    context: Context, findings: tuple[Finding, ...], told: tuple[NotChecked, ...], superseded: tuple[Document, ...]
) -> Report:
    from analyzers import completeness, conclusion, dimensions, duplicates
    from models.facts import summary

    failed: list[NotChecked] = []
    reviewed = is_reviewed(context.submission)
    near: tuple[Duplicate, ...] = ()
    sides: tuple[Dimension, ...] = ()
    if reviewed:
        near = _guarded(lambda: duplicates.compare(context), "与已有系统的比对", REGISTER_RULES, failed) or ()
        sides = _guarded(lambda: dimensions.dimensions(context, findings), "七个维度", (), failed) or ()
    unread = _guarded(lambda: completeness.unchecked(context), "完整性清单", ("SEC",), failed) or ()
    rows = _guarded(lambda: completeness.rows(context), "完整性清单", ("SEC",), failed) or ()
    decided = _guarded(lambda: conclusion.conclude(context, findings, near, rows), "初审结论", (), failed)
    advice, routing = decided or (Conclusion("建议补正后再审", ("结论未能形成，请人工审核。",)), Routing("", "", ()))
    submission = context.submission
    register = context.register
    return Report(
        policy=refusal.stamp(context.policy),
        engine=Engine(
            version(),
            context.embedder.name if context.embedder else "",
            register.size if register else 0,
            register.sha256 if register else "",
        ),
        not_checked=(*told, *unread, *failed),
        submission=summary(submission.facts),
        facts=submission.facts,
        documents=(*submission.documents, *(SubmittedDocument(d, Kind.ATTACHMENT) for d in superseded)),
        completeness=rows,
        findings=findings,
        duplicates=near,
        routing=routing,
        dimensions=sides,
        conclusion=_cautious(advice, bool(failed)),
        functions=submission.functions,
    )


def _cautious(conclusion: Conclusion, incomplete: bool) -> Conclusion:  # noqa: FBT001  one fact, one reader
    """Where a check could not run, the best that may be said is 补正."""
    if not incomplete or conclusion.advice != "建议进入评审":
        return conclusion
    reason = "部分检查未能完成，以补齐后为准。"
    return replace(conclusion, advice="建议补正后再审", reasons=(*conclusion.reasons, reason))
