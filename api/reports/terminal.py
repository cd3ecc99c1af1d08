"""The summary after `chushen review`: what was not checked, conclusion, findings, near systems."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from rich.console import Console
from rich.markup import escape

from api.reports.phrases import RELATIONS, SEVERITIES, VERDICTS, place, sections_of, wan
from models.domain.finding import Finding, Severity
from models.domain.outline import Section
from models.domain.report import Report

_STYLES = {Severity.BLOCKER: "bold red", Severity.WARNING: "yellow", Severity.NOTICE: "cyan"}
_SHOWN = 5  # near systems shown; the report has all


def render(report: Report) -> bytes:
    """Return the summary as plain text."""
    console = Console(width=100, color_system=None, force_terminal=False, record=False)
    with console.capture() as capture:
        _print(console, report)
    return capture.get().encode()


def show(report: Report, folder: Path, formats: Sequence[str]) -> None:
    """Print the summary to the terminal and say where the report lies."""
    console = Console(soft_wrap=True, highlight=False)
    _print(console, report)
    files = "、".join(f"report.{form}" for form in formats)
    console.print(f"报告：{escape(str(folder))}（{files}）")


def _print(console: Console, report: Report) -> None:
    _not_checked(console, report)
    _head(console, report)
    sections = sections_of(report)
    for severity, word in SEVERITIES.items():
        found = [f for f in report.findings if f.severity is severity]
        if found:
            console.print(f"\n[{_STYLES[severity]}]{word}（{len(found)}项）[/]")
        for finding in found:
            _finding(console, finding, sections)
    _duplicates(console, report)


def _not_checked(console: Console, report: Report) -> None:
    if report.not_checked:
        console.print("[bold magenta]未能检查[/]")
    for line in report.not_checked:
        rules = f"（涉及 {'、'.join(line.rules)}）" if line.rules else ""
        console.print(escape(f"  {line.what}：{line.why}{rules}"))


def _head(console: Console, report: Report) -> None:
    summary = report.submission
    facts = (
        summary.title,
        summary.unit,
        summary.nature,
        summary.domain,
        f"{wan(summary.total_wan)}万元" if summary.total_wan is not None else "",
        summary.period,
    )
    console.print("\n" + escape("｜".join(f for f in facts if f)))
    console.print(f"[bold]{escape(report.conclusion.advice)}[/]")
    for reason in report.conclusion.reasons:
        console.print(escape(f"  · {reason}"))
    for measure in report.conclusion.measures:
        console.print(escape(f"  [{measure.kind}] {measure.text}"))


def _finding(console: Console, finding: Finding, sections: Mapping[str, tuple[Section, ...]]) -> None:
    console.print(escape(f"  {finding.rule} {finding.title}：{finding.message}"))
    for evidence in finding.evidence:
        console.print("      " + escape(place(evidence, sections)), style="dim")
        if evidence.quote:
            console.print("      " + escape(f"“{evidence.quote}”"))


def _duplicates(console: Console, report: Report) -> None:
    if report.duplicates:
        console.print("\n[bold]相近系统[/]")
    for near in report.duplicates[:_SHOWN]:
        console.print(
            escape(
                f"  {near.system_id} {near.system_name}（{near.unit}）"
                f" {VERDICTS.get(near.verdict, near.verdict)}，{RELATIONS.get(near.relation, near.relation)}，"
                f"功能覆盖 {near.coverage:.0%}"
            )
        )
