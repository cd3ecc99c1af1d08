"""What a file really is, from its bytes; its name is only compared with that."""

from __future__ import annotations

import io
import re
import zipfile
from dataclasses import dataclass

from models.domain.document import ReadNote
from models.domain.errors import ReadError

_PDF = b"%PDF-"
_DOCBOOK = b"//DTD DocBook XML"
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ADVICE = "请转换为 docx 或带文字层的 PDF 后重新提交"
_UNPACK_ADVICE = "请解压后提交其中的文件，或改用 zip 压缩包"
_MAGIC: tuple[tuple[bytes, str, str], ...] = (
    (b"{\\rtf", "rtf", ""),
    (b"\x89PNG\r\n", "png", ""),
    (b"\xff\xd8\xff", "jpg", ""),
    (b"GIF8", "gif", ""),
    (b"BM", "bmp", ""),
    (b"II*\0", "tiff", ""),
    (b"MM\0*", "tiff", ""),
    (b"Rar!\x1a\x07", "rar", ""),
    (b"7z\xbc\xaf\x27\x1c", "7z", ""),
    (b"\x1f\x8b", "gzip", _UNPACK_ADVICE),
)
_NAMES = {
    "docx": "Word 文档", "pdf": "PDF 文件", "xlsx": "Excel 工作簿", "xls": "Excel 97-2003 工作簿",
    "txt": "纯文本", "md": "纯文本", "csv": "CSV 表格", "zip": "zip 压缩包", "doc": "Word 97-2003 文档（doc）",
    "wps": "WPS 文字文档（wps）", "et": "WPS 表格（et）", "ppt": "PowerPoint 97-2003 文稿（ppt）",
    "pptx": "PowerPoint 文稿（pptx）", "ofd": "OFD 版式文件", "odt": "OpenDocument 文档（odt）",
    "ods": "OpenDocument 表格（ods）", "rtf": "RTF 文档",
    "png": "PNG 图片", "jpg": "JPEG 图片", "gif": "GIF 图片", "bmp": "BMP 图片", "tiff": "TIFF 图片",
    "rar": "rar 压缩包", "7z": "7z 压缩包", "gzip": "gzip 压缩包", "html": "HTML 网页",
}  # fmt: skip
_FAMILY = {
    "docm": "docx", "dotx": "docx", "dotm": "docx", "xlsm": "xlsx", "xltx": "xlsx", "text": "txt", "log": "txt",
    "markdown": "md", "jpeg": "jpg", "tif": "tiff", "htm": "html", "gz": "gzip", "dot": "doc", "xlt": "xls",
}  # fmt: skip
PAGED = frozenset(("pdf", "ofd", "png", "jpg", "gif", "bmp", "tiff"))
ARCHIVES = frozenset(("zip", "rar", "7z"))
CONVERTED = frozenset(("doc", "wps", "rtf", "odt", "ods"))
_TEXTUAL = frozenset(("txt", "md", "csv"))
_HTML = re.compile(rb"^\s*(?:<!doctype html|<html|<head|<body|<meta|<table)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Sniffed:
    """A format as found, with a note where the file name says another."""

    format: str
    notes: tuple[ReadNote, ...] = ()


def sniff(data: bytes, name: str) -> Sniffed:
    """Find the format from the bytes; ReadError for empty files and for formats that cannot be read now."""
    if not data.strip(b"\0 \r\n\t"):
        raise ReadError("文件是空的", name=name, advice="请检查文件后重新提交")
    found = _format(data, name)
    if found in _UNREADABLE:
        raise ReadError(f"暂不能读取{_NAMES[found]}", name=name, advice=_UNREADABLE[found])
    claimed = extension(name)
    if claimed in _NAMES and claimed != found and not {claimed, found} <= _TEXTUAL:
        note = ReadNote(name, f"扩展名为 {claimed}，实际是{_NAMES[found]}，已按实际格式读取", harmless=True)
        return Sniffed(found, (note,))
    return Sniffed(found)


def extension(name: str) -> str:
    """Return the extension in lower case without its dot, kinds of one format under one name (docm → docx)."""
    claimed = name.rpartition(".")[2].lower() if "." in name else ""
    return _FAMILY.get(claimed, claimed)


def _format(data: bytes, name: str) -> str:
    if _PDF in data[:1024]:
        return "pdf"
    if data[:4] in (b"PK\x03\x04", b"PK\x05\x06") or _late_zip(data):
        return _zipped(data, name)
    if data[:8] == _OLE:
        return _compound(data, name)
    for magic, found, _ in _MAGIC:
        if data.startswith(magic) and not (found == "bmp" and _readable_text(data)):
            return found
    return _marked_up(data) or _text(data, name)


def _marked_up(data: bytes) -> str:
    if data.startswith(b"<?xml") and _DOCBOOK in data[:300]:
        return "docbook"
    return "html" if _HTML.match(data[:512].removeprefix(b"\xef\xbb\xbf")) else ""


def _late_zip(data: bytes) -> bool:
    """Tell whether a zip begins behind other bytes (a self-extracting archive)."""
    return data[:2] == b"MZ" and zipfile.is_zipfile(io.BytesIO(data))


def _zipped(data: bytes, name: str) -> str:
    """Return the kind of a zip by the names in its directory; a damaged one is what its name claims."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = {entry.replace("\\", "/") for entry in archive.namelist()[:20_000]}
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError, OverflowError) as error:
        if _incomplete(data):
            raise ReadError(
                "文件不完整或已损坏，无法打开", name=name, advice="请用原程序打开后另存，再重新提交"
            ) from error
        raise ReadError("文件已损坏，无法打开", name=name, advice="请用原程序打开后另存，再重新提交") from error
    for mark, found in (("word/", "docx"), ("xl/", "xlsx"), ("ppt/", "pptx")):
        if any(entry.startswith(mark) for entry in names):
            return found
    if "OFD.xml" in names:
        return "ofd"
    if "content.xml" in names and "mimetype" in names:
        return "ods" if b"opendocument.spreadsheet" in data[:200] else "odt"
    if "[Content_Types].xml" in names and extension(name) in ("docx", "xlsx"):
        return extension(name)
    if "_rels/.rels" in names and extension(name) == "docx":
        return "docx"
    return "zip"


def _incomplete(data: bytes) -> bool:
    return b"PK\x05\x06" not in data[-70_000:]


def _compound(data: bytes, name: str) -> str:
    """Tell the kinds of OLE compound files apart by the names of their streams."""
    if _has_stream(data, "EncryptedPackage"):
        raise ReadError("文件设有打开密码，无法读取", name=name, advice="请取消密码后重新提交")
    claimed = extension(name)
    if _has_stream(data, "WordDocument"):
        return "wps" if claimed == "wps" else "doc"
    if _has_stream(data, "Workbook") or _has_stream(data, "Book"):
        return "et" if claimed == "et" else "xls"
    if _has_stream(data, "PowerPoint Document"):
        return "ppt"
    return "wps" if claimed == "wps" else "doc"


def _has_stream(data: bytes, stream: str) -> bool:
    """Look for a directory entry: its name, zero-padded to 64 bytes, then the length of the name in bytes."""
    encoded = stream.encode("utf-16-le") + b"\0\0"
    entry = encoded.ljust(64, b"\0") + len(encoded).to_bytes(2, "little")
    return entry in data


def _readable_text(data: bytes) -> bool:
    return b"\0" not in data[:4096]


def _text(data: bytes, name: str) -> str:
    """Return txt, md or csv; ReadError where the bytes are no text at all."""
    from ingest.plain import decode

    claimed = extension(name)
    if claimed in ("docx", "xlsx", "pdf", "zip"):
        raise ReadError(
            f"文件内容不是{_NAMES[claimed]}，已损坏或格式有误", name=name, advice="请用原程序打开后另存，再重新提交"
        )
    decode(data, name)
    return claimed if claimed in _TEXTUAL else "txt"


_UNREADABLE = {found: advice for _, found, advice in _MAGIC if advice} | {
    "ppt": _ADVICE, "pptx": _ADVICE,
}  # fmt: skip
