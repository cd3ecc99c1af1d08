"""Workbooks (xlsx, xls) → Document: each sheet a paragraph with its name and a table."""

from __future__ import annotations

import datetime as dt
import hashlib
import io
from collections.abc import Mapping
from typing import Any

from ingest.archive import Archive
from ingest.limits import TEXT
from ingest.xml import parse_xml
from models.domain.document import Block, Cell, Document, Paragraph, ReadNote, Table
from models.domain.errors import ReadError, UnconvertedError

_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_COLUMNS = 500
_Merges = Mapping[tuple[int, int], tuple[int, int]]  # (row, column) -> (rowspan, colspan)


def read_workbook(data: bytes, name: str, kind: str) -> Document:
    """Read a workbook; merged cells stand once, hidden sheets are read and named in the notes.

    Raises ReadError where it is damaged or encrypted, RefusedError beyond the limits of a zip.
    """
    from python_calamine import CalamineError, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

    notes = _check_package(data, name) if kind == "xlsx" else []
    blocks: list[Block] = []
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(data))
        for meta in book.sheets_metadata:
            if meta.typ != SheetTypeEnum.WorkSheet:
                notes.append(ReadNote(f"工作表“{meta.name}”", "不是数据表（图表或宏），未读取"))
                continue
            if meta.visible != SheetVisibleEnum.Visible:
                notes.append(ReadNote(f"工作表“{meta.name}”", "为隐藏工作表，已一并读取", harmless=True))
            blocks.extend(_sheet(book.get_sheet_by_name(meta.name), meta.name, notes))
    except (CalamineError, ValueError, OSError) as error:
        if kind == "et":
            raise UnconvertedError(kind, name=name) from error
        raise ReadError(
            "工作簿已损坏或已加密，无法读取", name=name, advice="请用 Excel 或 WPS 打开后另存为 xlsx"
        ) from error
    return Document(name, kind, hashlib.sha256(data).hexdigest(), tuple(blocks), notes=tuple(notes))


def _check_package(data: bytes, name: str) -> list[ReadNote]:
    """Hold the zip to its limits, refuse DOCTYPEs, and name formulas whose value was never calculated."""
    archive = Archive(data, name)
    try:
        notes: list[ReadNote] = list(archive.notes)
        for part in archive.names:
            content = archive.read(part)
            if part.startswith("xl/worksheets/") and part.endswith(".xml"):
                root = parse_xml(content, part, notes)
                count = sum(1 for f in root.iter(_MAIN + "f") if _without_value(f.getparent()))
                if count:
                    why = f"有{count}个公式没有保存计算结果，未读到数值"
                    notes.append(ReadNote(part.rpartition("/")[2], why))
            elif part.endswith("vbaProject.bin"):
                notes.append(ReadNote("宏", "文件带有宏，未读取也未运行"))
            elif part.endswith((".xml", ".rels")):
                parse_xml(content, part, notes)
        return notes
    finally:
        archive.close()


def _without_value(cell: Any) -> bool:  # noqa: ANN401 - an lxml element or None
    value = cell.find(_MAIN + "v") if cell is not None else None
    return cell is not None and (value is None or not (value.text or "").strip()) and cell.get("t") != "str"


def _sheet(sheet: Any, title: str, notes: list[ReadNote]) -> list[Block]:  # noqa: ANN401 - calamine's sheet
    rows = sheet.to_python(skip_empty_area=False, nrows=TEXT.table_rows + 1)
    if len(rows) > TEXT.table_rows:
        notes.append(ReadNote(f"工作表“{title}”", f"超过{TEXT.table_rows}行，其后的行未读取"))
        rows = rows[: TEXT.table_rows]
    texts = [[shown(value) for value in row[:_COLUMNS]] for row in rows]
    merges = {
        (top, left): (bottom - top + 1, right - left + 1)
        for (top, left), (bottom, right) in sheet.merged_cell_ranges or ()
    }
    filled = [r for r, row in enumerate(texts) if any(row)]
    if not filled:
        return []
    table = _table(texts, merges, filled)
    return [Paragraph(title, style="sheet"), table]


def _table(texts: list[list[str]], merges: _Merges, filled: list[int]) -> Table:
    """Return the rows that say something; spans shrink by the empty rows and columns that are left out."""
    width = max(c for row in texts for c, text in enumerate(row) if text) + 1
    covered = {
        (r, c)
        for (top, left), (down, across) in merges.items()
        for r in range(top, min(top + down, len(texts)))
        for c in range(left, min(left + across, width))
        if (r, c) != (top, left)
    }
    rows: list[tuple[Cell, ...]] = []
    for r in filled:
        cells: list[Cell] = []
        for c in range(width):
            if (r, c) in covered:
                continue
            down, across = merges.get((r, c), (1, 1))
            kept = sum(1 for other in filled if r <= other < r + down) if down > 1 else 1
            text = texts[r][c] if c < len(texts[r]) else ""
            cells.append(Cell(text, c, kept, min(across, width - c)))
        rows.append(tuple(cells))
    return Table(tuple(rows))


def shown(value: object) -> str:
    """Return a cell's value as text: whole numbers without a decimal point, dates as 2022-03-01, no float noise."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else f"{value:.12g}"
    if isinstance(value, dt.datetime) and (value.hour, value.minute, value.second) == (0, 0, 0):
        return value.date().isoformat()
    if isinstance(value, dt.datetime | dt.date | dt.time):
        return value.isoformat(" ") if isinstance(value, dt.datetime) else value.isoformat()
    return str(value).strip()
