"""Renderers: one module a format, each with `render(report) -> bytes`."""

from __future__ import annotations

from collections.abc import Iterable
from importlib import import_module
from typing import TYPE_CHECKING

from models.domain.errors import InstallationError

if TYPE_CHECKING:
    from models.domain.report import Report

FORMATS = ("json", "html", "docx", "pdf")


def check_formats(formats: Iterable[str]) -> None:
    """Say before the work what a format lacks.

    Raises:
        InstallationError: what a format needs is not installed.
    """
    if "pdf" in formats:
        raise InstallationError(
            "不能生成 PDF：本机没有安装 PDF 排版组件 typst", advice="请改用 html 或 docx，用浏览器或 Word 打印成 PDF"
        )


def render(report: Report, form: str) -> bytes:
    """Return the report in one of `FORMATS`.

    Raises:
        InstallationError: what this format needs is not installed.
    """
    check_formats([form])
    content: bytes = import_module(f"api.reports.{form}").render(report)
    return content
