"""The register as a file: csv, xlsx or json."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from corpus.register.history import COLUMNS
from models.domain.errors import RegisterError
from models.domain.register import System

_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def export(systems: Sequence[System], path: Path) -> None:
    """Write systems as csv (UTF-8 with BOM), xlsx or json, by the name's ending.

    Cells that a spreadsheet would run as a formula are written as plain text.

    Raises:
        RegisterError: the ending is another.
    """
    rows = _table(systems)
    kind = path.suffix.lower()
    if kind == ".csv":
        text = io.StringIO()
        csv.writer(text).writerows([["'" + c if c.startswith(_FORMULA) else c for c in row] for row in rows])
        path.write_bytes(b"\xef\xbb\xbf" + text.getvalue().encode())
    elif kind == ".xlsx":
        _write_workbook(rows, path)
    elif kind == ".json":
        path.write_text(json.dumps([_object(s) for s in systems], ensure_ascii=False, indent=1) + "\n", "utf-8")
    else:
        raise RegisterError("不认识的导出格式", name=path.name, advice="请用 .csv、.xlsx 或 .json")


def _table(systems: Iterable[System]) -> list[list[str]]:
    systems = list(systems)
    further = list(dict.fromkeys(title for s in systems for title, _ in s.extra))
    rows = [[*COLUMNS.values(), *further]]
    for system in systems:
        extra = dict(system.extra)
        rows.append([*(_cell(getattr(system, key)) for key in COLUMNS), *(extra.get(title, "") for title in further)])
    return rows


def _object(system: System) -> dict[str, Any]:
    """Return a system by Chinese column names, lists as lists."""
    known = {title: getattr(system, key) for key, title in COLUMNS.items()}
    return known | dict(system.extra)


def _cell(value: object) -> str:
    if isinstance(value, bool):
        return "是" if value else "否"
    return "；".join(value) if isinstance(value, tuple) else str(value)


def _write_workbook(rows: list[list[str]], path: Path) -> None:
    from openpyxl import Workbook

    workbook = Workbook(write_only=False)
    sheet = workbook.active
    if sheet is None:  # openpyxl's types allow it; a new workbook always has one
        raise RegisterError("表格无法写出", name=path.name)
    sheet.title = "台账"
    for r, row in enumerate(rows, 1):
        for c, text in enumerate(row, 1):
            cell = sheet.cell(r, c)
            cell.value = text
            cell.data_type = "s"  # a string, never a formula
    workbook.save(path)
