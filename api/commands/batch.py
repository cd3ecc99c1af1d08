"""`chushen batch`: all submissions below a folder."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from api import version
from api.batch import DONE as REVIEWED
from api.batch import Batch, Others, Outcome, as_systems, reviewer, summary
from api.cli import DONE, NO_REPORT, USAGE
from api.files import put
from api.folders import Found, lists, submissions
from api.workers import WorkerPool

if TYPE_CHECKING:
    from models.domain.policy import Policy


def run(arguments: argparse.Namespace) -> int:
    """Review every submission, then the likeness among them; write summary.json and 汇总.xlsx."""
    from api.intake import alike
    from api.intake_list import compare, sentences
    from api.merging import as_objects
    from api.merging import groups as grouped
    from api.reports import check_formats
    from api.settings import settings
    from api.spreadsheet import workbook
    from api.wiring import stamps
    from corpus.policies import load_policy

    if not arguments.folder.is_dir() or (arguments.corpus and not arguments.corpus.is_file()):
        missing = arguments.corpus if arguments.folder.is_dir() else arguments.folder
        print(f"{missing}：没有这个{'文件' if arguments.folder.is_dir() else '文件夹'}", file=sys.stderr)
        return USAGE
    check_formats(arguments.format)
    found = submissions(arguments.folder, arguments.out)
    if not found:
        print(f"{arguments.folder}：没有找到申报材料", file=sys.stderr)
        return USAGE
    arguments.out.mkdir(parents=True, exist_ok=True)
    given = (settings(), arguments.policy, arguments.corpus)
    marks = (version(), *stamps(*given))
    with (
        WorkerPool(_workers(arguments.workers, len(found)), reviewer, given) as pool,
        _progress(len(found) * (1 if arguments.no_intake else 2)) as told,
    ):
        batch = Batch(arguments.out, pool, arguments.format, marks, settings().review_seconds, arguments.force, told)
        outcomes = batch.run(found, {} if arguments.no_intake else None)
        if not arguments.no_intake:
            others: Others = alike(list(as_systems(outcomes)), settings())
            outcomes |= batch.run([f for f in found if outcomes[f.name].status == REVIEWED], others)
    members = {name: o.member for name, o in outcomes.items() if o.member}
    compared = compare(lists(arguments.folder, arguments.out), outcomes)
    policy = load_policy(arguments.policy or settings().policy)
    groups = as_objects(grouped(members, policy))
    pairs = [] if arguments.no_intake else _copied(arguments, outcomes, policy)
    put(arguments.out / "summary.json", summary(outcomes, [g["members"] for g in groups], compared, pairs, groups))
    put(
        arguments.out / "汇总.xlsx",
        workbook(
            ({"来件": n, "状态": _STATUS[o.status], **_row(o)} for n, o in outcomes.items()), pairs, (groups, members)
        ),
    )
    for line in (line for one in compared for line in sentences(one)):
        print(line, file=sys.stderr)
    return _told(outcomes)


_STATUS = {"done": "已初审", "failed": "未能审核", "refused": "未受理"}


def _copied(arguments: argparse.Namespace, outcomes: dict[str, Outcome], policy: Policy) -> list[dict[str, object]]:
    from api.copying import in_folder

    return in_folder(arguments.out, [n for n, o in outcomes.items() if o.status == REVIEWED], policy)


def _row(outcome: Outcome) -> dict[str, object]:
    return {**outcome.table, "备注": outcome.error or outcome.table.get("备注")}


def _workers(wanted: int | None, submissions_found: int) -> int:
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return min(wanted or cores, submissions_found)


@contextmanager
def _progress(steps: int) -> Iterator[Callable[[Found, Outcome], None]]:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (
        TextColumn("审核"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        TextColumn("{task.description}"),
    )
    console = Console(stderr=True)
    with Progress(*columns, console=console, disable=not console.is_terminal) as bar:
        task = bar.add_task("", total=steps)

        def told(one: Found, _outcome: Outcome) -> None:
            bar.update(task, advance=1, description=one.name)

        yield told


def _told(outcomes: dict[str, Outcome]) -> int:
    bad = {name: o for name, o in outcomes.items() if o.status != REVIEWED}
    for name, outcome in bad.items():
        print(f"{name}：{' '.join(outcome.error.splitlines())}", file=sys.stderr)
    print(f"共{len(outcomes)}个项目，完成{len(outcomes) - len(bad)}个，未完成{len(bad)}个", file=sys.stderr)
    return NO_REPORT if bad else DONE
