"""PDF with a text layer → Document."""

from __future__ import annotations

import hashlib
from typing import Any

from ingest.limits import TEXT
from ingest.pdf.flow import Sheet, flow
from ingest.pdf.lines import lines_of
from ingest.pdf.page import Page, take_apart
from ingest.pdf.tables import take_tables
from models.domain.document import Document, ReadNote
from models.domain.errors import ReadError, RefusedError

_FEW = 5  # characters: fewer on a page with images is a scan
_GARBAGE = 0.3  # share of characters that say nothing
_ADVICE = "请提交 Word 文件，或由 Word 直接导出的 PDF"


def read_pdf(data: bytes, name: str) -> Document:
    """Read a PDF; pages count from 1, pages without a text layer are named in the notes.

    Raises ReadError where it is damaged, encrypted or has no text layer at all, RefusedError beyond the limits. Some
    hostile files abort pdfium itself: read strangers' files in a child process.
    """
    import pypdfium2

    try:
        pdf = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        if "password" in str(error).lower():
            raise ReadError("文件设有打开密码，无法读取", name=name, advice="请取消密码后重新提交") from error
        if "security" in str(error).lower():
            raise ReadError("文件使用不支持的加密方式，无法读取", name=name, advice="请取消加密后重新提交") from error
        raise ReadError("PDF 文件已损坏，无法读取", name=name, advice=_ADVICE) from error
    try:
        return _read(pdf, data, name)
    finally:
        pdf.close()


def _read(pdf: Any, data: bytes, name: str) -> Document:  # noqa: ANN401 - pypdfium2 is untyped
    count = len(pdf)
    if count == 0:
        raise ReadError("PDF 文件中没有页面", name=name, advice=_ADVICE)
    if count > TEXT.pages:
        raise RefusedError(f"共{count}页，超过{TEXT.pages}页，未读取", name=name, advice="请拆分后重新提交")
    notes = _extras(pdf)
    sheets: list[Sheet] = []
    unread = characters = 0
    for index in range(count):
        page = _page(pdf, index, notes)
        if page is None:
            unread += 1
            continue
        told = _told(page)
        if told:
            unread += 1
            notes.append(ReadNote(f"第{page.number}页", told))
        characters += len(page.chars)
        tables, rest = take_tables(page)
        sheets.append(Sheet(page.number, page.width, page.height, lines_of(rest, page.number), tables))
    if not characters or (unread == count and characters < _FEW * count):
        raise ReadError(f"没有文字层，可能是扫描件（共{count}页），未识别", name=name, advice=_ADVICE)
    read = flow(sheets)
    return Document(
        name=name,
        format="pdf",
        sha256=hashlib.sha256(data).hexdigest(),
        blocks=(*read.blocks,),
        pages=count,
        headers=tuple(read.headers),
        footers=tuple(read.footers),
        contents=tuple(read.contents),
        properties=_properties(pdf),
        notes=tuple(notes),
    )


def _page(pdf: Any, index: int, notes: list[ReadNote]) -> Page | None:  # noqa: ANN401 - pypdfium2 is untyped
    import pypdfium2

    try:
        page = take_apart(pdf, index)
    except pypdfium2.PdfiumError:
        notes.append(ReadNote(f"第{index + 1}页", "页面已损坏，未读取"))
        return None
    if max(page.width, page.height) > TEXT.page_points:
        notes.append(ReadNote(f"第{page.number}页", "页面尺寸异常"))
    return page


def _told(page: Page) -> str:
    """Return why a page could not be read well, "" where it could."""
    count = len(page.chars)
    if count < _FEW and page.images:
        return "没有文字层，未识别"
    senseless = sum(1 for c in page.chars if c.text == "\ufffd" or "\ue000" <= c.text <= "\uf8ff" or ord(c.text) < 32)
    if count > 20 and senseless > _GARBAGE * count:
        return "文字编码缺失，提取到的是乱码，未识别"
    if count > 20 and page.tilted > count / 2:
        return "文字竖排或旋转，读取结果可能有误"
    return ""


def _extras(pdf: Any) -> list[ReadNote]:  # noqa: ANN401 - pypdfium2 is untyped
    """Return what the file carries that is not read, and never run."""
    from pypdfium2 import raw

    notes: list[ReadNote] = []
    if raw.FPDFDoc_GetAttachmentCount(pdf.raw) > 0:
        notes.append(ReadNote("PDF 附件", "文件内嵌的附件未读取"))
    if raw.FPDFDoc_GetJavaScriptActionCount(pdf.raw) > 0:
        notes.append(ReadNote("PDF 脚本", "文件带有脚本，未运行"))
    if raw.FPDF_GetFormType(pdf.raw) in (raw.FORMTYPE_XFA_FULL, raw.FORMTYPE_XFA_FOREGROUND):
        notes.append(ReadNote("XFA 表单", "动态表单的内容未读取"))
    return notes


def _properties(pdf: Any) -> tuple[tuple[str, str], ...]:  # noqa: ANN401 - pypdfium2 is untyped
    keys = ("Title", "Subject", "Keywords", "CreationDate", "ModDate")
    found = pdf.get_metadata_dict(skip_empty=True)
    return tuple((key.lower(), found[key].strip()) for key in keys if found.get(key, "").strip())
