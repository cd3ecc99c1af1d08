"""PDF → Document: pages with a text layer as they are, others from what recognition found on them."""

from __future__ import annotations

import hashlib
from typing import Any

from ingest.limits import TEXT
from ingest.pdf.flow import Sheet, flow
from ingest.pdf.page import Page, take_apart
from ingest.scan.found import Recognised
from ingest.scan.typeset import Typeset, as_sheet, unread_notes
from models.domain.document import Document, ReadNote
from models.domain.errors import ReadError, RefusedError

_FEW = 5  # characters: fewer on a page with images is a scan
_STAMPED = 60  # characters: fewer over an image of the whole page are a page number or a stamp upon a scan
_COVERED = 0.5  # share of the page
_GARBAGE = 0.3  # share of characters that say nothing
_ADVICE = "请提交 Word 文件，或由 Word 直接导出的 PDF"


def read_pdf(data: bytes, name: str, recognised: Recognised | None = None) -> Document:
    """Read a PDF; pages count from 1. A page without a usable text layer is read from `recognised`.

    Where that lacks it, it is in `unread_pages` and named in the notes. Raises ReadError where the file is damaged or
    encrypted, RefusedError beyond the limits. Some hostile files abort pdfium itself: read strangers' files in a child
    process.
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
        return _read(pdf, data, name, recognised or {})
    finally:
        pdf.close()


def _read(pdf: Any, data: bytes, name: str, recognised: Recognised) -> Document:  # noqa: ANN401 - pypdfium2 is untyped
    count = len(pdf)
    if count == 0:
        raise ReadError("PDF 文件中没有页面", name=name, advice=_ADVICE)
    if count > TEXT.pages:
        raise RefusedError(f"共{count}页，超过{TEXT.pages}页，未读取", name=name, advice="请拆分后重新提交")
    notes = _extras(pdf)
    typeset = Typeset({n: page for n, page in recognised.items() if n <= count})
    sheets: list[Sheet] = []
    unread: list[int] = []
    for number in range(1, count + 1):
        if number in recognised:
            sheets.append(typeset.sheet(number))
            continue
        page = _page(pdf, number - 1, notes)
        if page is None:
            continue
        if _is_picture(page):
            unread.append(number)
        elif len(page.chars) > 20 and page.tilted > len(page.chars) / 2:
            notes.append(ReadNote(f"第{number}页", "文字竖排或旋转，读取结果可能有误"))
        sheets.append(as_sheet(page))
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
        ocr_pages=tuple(sorted(n for n in recognised if n <= count)),
        unread_pages=tuple(unread),
        notes=(*notes, *typeset.notes(), *unread_notes(unread)),
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


def _is_picture(page: Page) -> bool:
    """Tell whether a page has no text layer, or one that says nothing for want of a code table."""
    count = len(page.chars)
    if count < (_STAMPED if page.pictured > _COVERED else _FEW):
        return page.images > 0
    return count > 20 and sum(1 for c in page.chars if not _says(c.text)) > _GARBAGE * count


def _says(sign: str) -> bool:
    """Tell whether a character is one that a Chinese paper may hold."""
    code = ord(sign)
    return not (code < 32 or 0x7F <= code < 0xA0 or sign == "\ufffd" or 0xE000 <= code <= 0xF8FF)


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
