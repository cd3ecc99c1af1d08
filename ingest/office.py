"""Formats of other programs (doc, wps, rtf, odt, some et): converted by LibreOffice, else read by antiword."""

from __future__ import annotations

import hashlib
import shutil
import tempfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from ingest.limits import OFFICE
from ingest.process import answer_of, console_script
from models.domain.document import Document, ReadNote, Table
from models.domain.errors import ReadError, RefusedError

_SHEETS = frozenset(("et", "ods"))
_ANTIWORD = frozenset(("doc", "wps"))
_ADVICE = "请用原程序打开，另存为 docx 或 xlsx 后重新提交"
_TOLD = {
    "doc": "Word 97-2003 文档（doc）", "wps": "WPS 文字文档（wps）", "rtf": "RTF 文档",
    "odt": "OpenDocument 文档（odt）", "et": "WPS 表格（et）", "ods": "OpenDocument 表格（ods）",
}  # fmt: skip
# No macro runs, no linked file or picture is fetched, whatever the document asks for.
_PROFILE = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry" xmlns:xs="http://www.w3.org/2001/XMLSchema">
<item oor:path="/org.openoffice.Office.Common/Security/Scripting"><prop oor:name="MacroSecurityLevel" oor:op="fuse">
<value>3</value></prop></item>
<item oor:path="/org.openoffice.Office.Common/Security/Scripting"><prop oor:name="DisableMacrosExecution" oor:op="fuse">
<value>true</value></prop></item>
<item oor:path="/org.openoffice.Office.Common/Security/Scripting">
<prop oor:name="BlockUntrustedRefererLinks" oor:op="fuse"><value>true</value></prop></item>
<item oor:path="/org.openoffice.Office.Writer/Content/Update"><prop oor:name="Link" oor:op="fuse">
<value>0</value></prop></item>
<item oor:path="/org.openoffice.Office.Calc/Content/Update"><prop oor:name="Link" oor:op="fuse">
<value>1</value></prop></item>
</oor:items>
"""
Read = Callable[[Path, str], Document]


def office() -> str | None:
    """Return where LibreOffice is, None where it is not installed."""
    return shutil.which("soffice") or shutil.which("libreoffice")


def antiword() -> str | None:
    """Return where antiword is, None where it is not installed."""
    return shutil.which("antiword")


def read_converted(path: Path, name: str, kind: str, read: Read) -> Document:
    """Convert a file of a stranger and read what comes out with `read` (path, name).

    Raises ReadError where no program here can convert it, or where the conversion fails.
    """
    if not office() and not (kind in _ANTIWORD and antiword()):
        needed = "LibreOffice" + (" 或 antiword" if kind in _ANTIWORD else "")
        raise ReadError(f"暂不能读取{_TOLD[kind]}：本机没有安装 {needed}", name=name, advice=_ADVICE)
    with tempfile.TemporaryDirectory(prefix="chushen-") as folder:
        document = _converted(path, kind, Path(folder), read)
    if document is None:
        raise ReadError(f"{_TOLD[kind]}未能转换，文件可能已损坏或设有密码", name=name, advice=_ADVICE)
    return replace(document, name=name, format=kind, sha256=hashlib.sha256(path.read_bytes()).hexdigest())


def _converted(path: Path, kind: str, scratch: Path, read: Read) -> Document | None:
    """Return the document that says most; where LibreOffice loses tables that antiword finds, antiword's."""
    first = _opened(_by_office(path, kind, scratch) if office() else None, read)
    second = _opened(_by_antiword(path, scratch) if kind in _ANTIWORD and antiword() else None, read)
    if first is not None and (second is None or _rows(second) <= _rows(first)):
        note = ReadNote("全文", "由 LibreOffice 转换后读取", harmless=True)
        return replace(first, notes=(note, *first.notes))
    if second is None:
        return None
    why = "本机未装 LibreOffice" if not office() else "LibreOffice 转换后没有表格" if first else "LibreOffice 未能转换"
    note = ReadNote("全文", f"{why}，由 antiword 读出文字和表格；自动编号、脚注、文本框和批注未核实")
    return replace(second, notes=(note, *second.notes))


def _rows(document: Document) -> int:
    return sum(len(block.rows) for block in document.blocks if isinstance(block, Table))


def _opened(converted: Path | None, read: Read) -> Document | None:
    if converted is None:
        return None
    try:
        return read(converted, converted.name)
    except RefusedError:
        raise
    except ReadError:
        return None


def _by_office(path: Path, kind: str, scratch: Path) -> Path | None:
    profile = scratch / "profile" / "user"
    profile.mkdir(parents=True)
    (profile / "registrymodifications.xcu").write_text(_PROFILE, "utf-8")
    # LibreOffice goes by the extension first; WPS writes what Word 97 did.
    source = scratch / f"source.{ {'wps': 'doc', 'et': 'xls'}.get(kind, kind) }"
    shutil.copyfile(path, source)
    target = "xlsx" if kind in _SHEETS else "docx"
    command = [console_script(), "convert", str(office()), target, str(source), str(scratch)]
    try:
        answer_of(command, OFFICE.seconds(path.stat().st_size), source.name)
    except ReadError:
        return None
    converted = scratch / f"source.{target}"
    return converted if converted.exists() and converted.stat().st_size else None


def _by_antiword(path: Path, scratch: Path) -> Path | None:
    command = [str(antiword()), "-m", "UTF-8.txt", "-x", "db", str(path.absolute())]
    try:
        made = answer_of(command, OFFICE.seconds(path.stat().st_size), path.name)
    except ReadError:
        return None
    converted = scratch / "source.xml"
    converted.write_bytes(made)
    return converted if made.strip() else None
