"""Text files: txt, markdown, csv → Document."""

from __future__ import annotations

import csv
import hashlib
import io
import re

from models.domain.document import Block, Cell, Document, Paragraph, ReadNote, Table
from models.domain.errors import ReadError

_BOMS = (("utf-8-sig", b"\xef\xbb\xbf"), ("utf-16", b"\xff\xfe"), ("utf-16", b"\xfe\xff"))
_HEADING = re.compile(r"^(#{1,6})\s+(.+?)\s*#*$")
_RULE = re.compile(r"^\s*\|?\s*:?-{2,}:?\s*(?:\|\s*:?-{2,}:?\s*)*\|?\s*$")
_ROWS = 20_000
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


def decode(data: bytes, name: str) -> str:
    """Return the text of a file in UTF-8, UTF-16 (with BOM), GB18030 or Big5; ReadError where it is no text."""
    for encoding, bom in _BOMS:
        if data.startswith(bom):
            return _clean(data.decode(encoding, "replace"))
    for encoding in ("utf-8", "gb18030"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if _is_text(text):
            return _clean(text)
    guess = _guess(data)
    if guess is None or not _is_text(guess):
        raise ReadError("文件不是可识别的格式，也不是文本", name=name, advice="请提交 docx、xlsx 或带文字层的 PDF")
    return _clean(guess)


def _guess(data: bytes) -> str | None:
    from charset_normalizer import from_bytes

    best = from_bytes(data[:200_000], cp_isolation=["big5", "utf_16_le", "utf_16_be", "gb18030"]).best()
    return data.decode(best.encoding, "replace") if best else None


def _is_text(text: str) -> bool:
    """Tell whether decoded bytes read as text: hardly a control character, few rare or private ones."""
    sample = text[:20_000]
    odd = sum(1 for c in sample if (ord(c) < 32 and c not in "\t\r\n\f") or "\ue000" <= c <= "\uf8ff" or c == "\ufffd")
    usual = sum(1 for c in sample if c.isascii() or "\u3000" <= c <= "\u9fff" or "\uff00" <= c <= "\uffef")
    return odd * 50 <= len(sample) and usual * 10 >= len(sample) * 8


def _clean(text: str) -> str:
    return _CONTROL.sub("", text.replace("\r\n", "\n").replace("\r", "\n").replace("\f", "\n"))


def read_plain(data: bytes, name: str, kind: str) -> Document:
    """Read txt, md or csv: a paragraph a line, pipe tables and csv as tables, `#` headings with their level."""
    text = decode(data, name)
    notes: tuple[ReadNote, ...] = ()
    if kind == "csv":
        blocks, notes = _csv(text)
    else:
        blocks = _lines(text, markdown=kind == "md")
    return Document(name, kind, hashlib.sha256(data).hexdigest(), tuple(blocks), notes=notes)


def _csv(text: str) -> tuple[list[Block], tuple[ReadNote, ...]]:
    head = text.split("\n", maxsplit=1)[0]
    delimiter = max(",\t;", key=head.count)
    try:
        rows = [row for row in csv.reader(io.StringIO(text), delimiter=delimiter) if any(c.strip() for c in row)]
    except csv.Error as error:
        raise ReadError("CSV 表格无法读取", advice="请另存为 xlsx 后重新提交") from error
    notes = (ReadNote("表格", f"表格超过{_ROWS}行，其后的行未读取"),) if len(rows) > _ROWS else ()
    return ([table(rows[:_ROWS])] if rows else []), notes


def _lines(text: str, *, markdown: bool) -> list[Block]:
    out: list[Block] = []
    lines = text.split("\n")
    index = 0
    while index < len(lines):
        line = lines[index]
        if "|" in line and index + 1 < len(lines) and _RULE.match(lines[index + 1]) and "-" in lines[index + 1]:
            end = index + 2
            while end < len(lines) and "|" in lines[end] and lines[end].strip():
                end += 1
            out.append(table([_pipes(line), *(_pipes(row) for row in lines[index + 2 : end])]))
            index = end
            continue
        heading = _HEADING.match(line) if markdown else None
        if heading:
            out.append(Paragraph(heading[2], style=f"heading {len(heading[1])}", outline_level=len(heading[1])))
        elif line.strip():
            out.append(Paragraph(line.strip()))
        index += 1
    return out


def _pipes(line: str) -> list[str]:
    cells = re.split(r"(?<!\\)\|", line.strip().removeprefix("|").removesuffix("|"))
    return [cell.strip().replace("\\|", "|") for cell in cells]


def table(rows: list[list[str]]) -> Table:
    """Return a table without merged cells from a matrix of texts."""
    return Table(tuple(tuple(Cell(c.strip(), i) for i, c in enumerate(row)) for row in rows))
