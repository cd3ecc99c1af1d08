"""`chushen review`: one submission."""

from __future__ import annotations

import argparse
import hashlib
import re
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from api.cli import DONE, FAIL_ON, NO_REPORT, USAGE
from api.files import put
from models.domain.finding import Severity

if TYPE_CHECKING:
    from api.pipeline import Timings
    from api.settings import Settings
    from models.domain.policy import Policy
    from models.domain.report import Report


def run(arguments: argparse.Namespace) -> int:
    """Review the given paths; write, print or summarise the report."""
    from api import refusal
    from api.pipeline import Timings, review
    from api.reports import FORMATS, check_formats, render
    from api.settings import settings
    from api.wiring import assemble

    missing = [p for p in (*arguments.paths, *filter(None, [arguments.corpus])) if not p.exists()]
    for path in missing:
        print(f"{path}：没有这个文件或文件夹", file=sys.stderr)
    if missing:
        return USAGE
    formats = [f for f in FORMATS if f in arguments.format]
    check_formats(formats)
    watch = Timings()
    with watch.step("装载模型和台账"):
        bench = assemble(settings(), arguments.policy, arguments.corpus)
    report = review(arguments.paths, bench, watch)
    if arguments.json:
        sys.stdout.buffer.write(render(report, "json"))
        sys.stdout.flush()
    if arguments.out or not arguments.json:
        with watch.step("生成报告"):
            folder = arguments.out or workspace(settings(), arguments.paths, report)
            write(report, formats, folder, bench.policy)
    if not arguments.json:
        from api.reports.terminal import show

        show(report, folder, formats)
    if arguments.timings:
        _show(watch)
    if secret := refusal.refused(report):
        print(f"{secret.message}{secret.suggestion}", file=sys.stderr)
        return NO_REPORT
    return FAIL_ON if _fails(report, arguments.fail_on) else DONE


def write(report: Report, formats: Sequence[str], folder: Path, policy: Policy | None = None) -> None:
    """Write `report.<format>` for each format, each file whole or not at all."""
    from api.reports import render

    folder.mkdir(parents=True, exist_ok=True)
    for form in formats:
        put(folder / f"report.{form}", render(report, form, policy))


def workspace(settings: Settings, paths: Sequence[Path], report: Report) -> Path:
    """Return the folder in the workspace where the report of these very files lies."""
    head = re.sub(r"[^\w-]+", "_", paths[0].resolve().stem)[:60]
    files = "".join(d.document.sha256 for d in report.documents) or "".join(str(p.resolve()) for p in paths)
    return settings.reports / f"{head}-{hashlib.sha256(files.encode()).hexdigest()[:8]}"


def _fails(report: Report, level: str | None) -> bool:
    stop = {"blocker": {Severity.BLOCKER}, "warning": {Severity.BLOCKER, Severity.WARNING}}.get(level or "", set())
    return any(f.severity in stop for f in report.findings)


def _show(watch: Timings) -> None:
    for name, seconds in watch.steps:
        print(f"{seconds:8.2f} 秒  {name}", file=sys.stderr)
    print(f"{sum(s for _, s in watch.steps):8.2f} 秒  合计", file=sys.stderr)
