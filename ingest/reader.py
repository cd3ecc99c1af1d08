"""Bytes → Document, whatever the format."""

from __future__ import annotations

from dataclasses import replace

from ingest.scan.found import Recognised
from ingest.sniff import ARCHIVES, CONVERTED, PAGED, sniff
from models.domain.document import Document
from models.domain.errors import ReadError, UnconvertedError


def read_bytes(data: bytes, name: str, recognised: Recognised | None = None) -> Document:
    """Read one file in this process; the format is found from the bytes, never from the name.

    `recognised` is what stands on pages that are pictures; those it lacks are named in `unread_pages`.
    Raises ReadError where it is empty, damaged, encrypted or of a format that cannot be read, RefusedError where it
    breaks a limit. Material of strangers goes through `ingest.sandbox.read_safely` instead.
    """
    found = sniff(data, name)
    try:
        document = _read(found.format, data, name, recognised or {})
    except ReadError as error:
        error.name = error.name or name
        raise
    return replace(document, notes=(*found.notes, *document.notes)) if found.notes else document


def _read(kind: str, data: bytes, name: str, recognised: Recognised) -> Document:
    """Call the reader of a format; each is imported only when needed."""
    if kind in CONVERTED:
        raise UnconvertedError(kind, name=name)
    if kind in ARCHIVES:
        raise ReadError("这是压缩包，不是单个文件", name=name, advice="请作为一件申报材料整体提交")
    if kind in PAGED:
        return _paged(kind, data, name, recognised)
    if kind == "docx":
        from ingest.docx.reader import read_docx

        return read_docx(data, name)
    if kind in ("xlsx", "xls", "et"):
        from ingest.sheet import read_workbook

        return read_workbook(data, name, kind)
    return _text(kind, data, name)


def _paged(kind: str, data: bytes, name: str, recognised: Recognised) -> Document:
    """Call the reader of a format that has pages, some of which may be pictures."""
    if kind == "pdf":
        from ingest.pdf.reader import read_pdf

        return read_pdf(data, name, recognised)
    if kind == "ofd":
        from ingest.ofd.reader import read_ofd

        return read_ofd(data, name, recognised)
    from ingest.image import read_image

    return read_image(data, name, kind, recognised)


def _text(kind: str, data: bytes, name: str) -> Document:
    if kind == "docbook":
        from ingest.docbook import read_docbook

        return read_docbook(data, name)
    if kind == "html":
        from ingest.html import read_html

        return read_html(data, name)
    from ingest.plain import read_plain

    return read_plain(data, name, kind)
