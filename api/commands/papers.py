"""`chushen papers`: the papers of one submission, or 汇总 of a batch; `chushen report preview`: how they look."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from api.cli import DONE, NO_REPORT, USAGE
from api.files import put

if TYPE_CHECKING:
    from api.papers.blocks import Paper
    from api.papers.making import Matter

NOTES, YEARLY = "批注", "汇总"


def run(arguments: argparse.Namespace) -> int:
    """Write the wanted papers; say where each lies."""
    from api.papers.making import AGAIN, WRITTEN
    from api.reports import check_formats

    files = (arguments.corpus, arguments.decisions, arguments.previous, arguments.template)
    missing = [p for p in (*arguments.paths, *filter(None, files)) if not p.exists()]
    for path in missing:
        print(f"{path}：没有这个文件或文件夹", file=sys.stderr)
    strange = [kind for kind in arguments.kind if kind not in (*WRITTEN, NOTES, YEARLY)]
    if strange:
        print(f"没有“{strange[0]}”这种文书，可选：{'、'.join((*WRITTEN, NOTES, YEARLY))}", file=sys.stderr)
    if YEARLY in arguments.kind and len(arguments.kind) > 1:
        print("汇总针对一批项目的审核结果，请单独生成", file=sys.stderr)
    lacking = AGAIN in arguments.kind and not arguments.previous
    if lacking:
        print("补正对照要用 --previous 写明上次报送的材料", file=sys.stderr)
    if arguments.template and (len(arguments.kind) > 1 or arguments.kind[0] in {NOTES, YEARLY}):
        print("--template 每次只配一种文书，批注和汇总不用模板", file=sys.stderr)
        return USAGE
    if lacking or missing or strange or (YEARLY in arguments.kind and len(arguments.kind) > 1):
        return USAGE
    check_formats(arguments.format)
    if arguments.kind == (YEARLY,):
        from api.papers.yearly import printable, workbook
        from api.settings import settings
        from corpus.policies import load_policy

        policy = load_policy(arguments.policy or settings().policy)
        folder = arguments.paths[0]
        printed = dict(_written(printable(folder, policy), "年度情况", arguments.format))
        return _put(arguments.out, {"年度汇总.xlsx": workbook(folder, policy), **printed})
    return _one(arguments)


def _one(arguments: argparse.Namespace) -> int:
    from api import refusal
    from api.papers.decisions import Decisions, decided, read
    from api.papers.making import Matter
    from api.pipeline import Timings, review
    from api.settings import settings
    from api.wiring import assemble

    choices = read(arguments.decisions) if arguments.decisions else Decisions()
    bench = assemble(settings(), arguments.policy, arguments.corpus)
    report = review(arguments.paths, bench, Timings())
    if secret := refusal.refused(report):
        print(f"{secret.message}{secret.suggestion}", file=sys.stderr)
        return NO_REPORT
    earlier = review([arguments.previous], bench, Timings()) if arguments.previous else None
    matter = Matter(decided(report, choices), bench.policy, arguments.blind, earlier, choices)
    return _put(arguments.out, dict(_files(arguments, matter)))


def _files(arguments: argparse.Namespace, matter: Matter) -> Iterator[tuple[str, bytes]]:
    from api.papers.making import make, material

    for kind in arguments.kind:
        if kind == NOTES:
            from api.papers.annotated import annotated

            yield annotated(matter.report, matter.policy, arguments.paths)
        elif arguments.template:
            from api.reports.template import fill_template

            template = arguments.template
            yield f"{kind}.docx", fill_template(template.read_bytes(), *material(kind, matter), template.name)
        else:
            yield from _written(make(kind, matter), kind, arguments.format)


def _written(paper: Paper, name: str, formats: tuple[str, ...]) -> Iterator[tuple[str, bytes]]:
    if "docx" in formats:
        from api.reports.official import docx

        yield f"{name}.docx", docx(paper)
    if "pdf" in formats:
        from api.reports.typeset import pdf

        yield f"{name}.pdf", pdf(paper)


def _put(folder: Path, files: dict[str, bytes]) -> int:
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        put(folder / name, content)
        print(folder / name)
    return DONE


def preview(arguments: argparse.Namespace) -> int:
    """Write every paper of a pack with invented data."""
    from api.papers.making import WRITTEN, Matter, make
    from api.papers.specimen import earlier, specimen
    from api.reports import check_formats
    from corpus.policies import load_policy

    check_formats(arguments.format)
    policy = load_policy(arguments.pack)
    matter = Matter(specimen(policy), policy, earlier=earlier(policy))
    there = [kind for kind in WRITTEN if kind in ((policy.data or {}).get("papers") or {})]
    if not there:
        print(f"{policy.id}：政策包里没有文书骨架（papers），写法见 docs/papers.md", file=sys.stderr)
        return USAGE
    papers = [make(kind, matter) for kind in there]
    return _put(arguments.out, {name: data for p in papers for name, data in _written(p, p.name, arguments.format)})
