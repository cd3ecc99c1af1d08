"""Renderers: one module a format, each with `render(report) -> bytes`; docx and pdf are the paper 初审意见."""

from __future__ import annotations

from collections.abc import Iterable
from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from models.domain.policy import Policy
    from models.domain.report import Report

FORMATS = ("json", "html", "docx", "pdf")
PAPERS = ("docx", "pdf")
WORDED = ("html", *PAPERS)  # those that need the words of a pack


def check_formats(formats: Iterable[str]) -> None:
    """Say before the work what a format lacks.

    Raises:
        InstallationError: what a format needs is not installed.
    """
    if "pdf" in formats:
        from api.reports.typeset import fonts

        fonts()


def render(report: Report, form: str, policy: Policy | None = None) -> bytes:
    """Return the report in one of `FORMATS`; html and papers use the words of `policy` (built-in if None).

    Raises:
        InstallationError: what this format needs is not installed.
    """
    check_formats([form])
    module = import_module(f"api.reports.{form}")
    content: bytes = module.render(report, policy) if form in WORDED else module.render(report)
    return content
