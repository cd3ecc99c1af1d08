"""The register as a file: csv, xlsx or json."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

from corpus.register.history import COLUMNS
from models.domain.errors import RegisterError
from models.domain.register import System

_FORMULA = ("=", "+", "-", "@", "\t", "\r")


Each = Callable[[], Iterable[System]]


def export(each: Each, path: Path) -> int:
    """Write systems as csv (UTF-8 with BOM), xlsx or json, by the name's ending; return how many.

    `each` is asked for the systems once or twice (first for the titles of further columns), and they are not kept.
    Cells that a spreadsheet would run as a formula are written as plain text.

    Raises:
        RegisterError: the ending is another.
    """
    write = {".csv": _write_csv, ".xlsx": _write_workbook, ".json": _write_json}.get(path.suffix.lower())
    if write is None:
        raise RegisterError("不认识的导出格式", name=path.name, advice="请用 .csv、.xlsx 或 .json")
    return write(each, path)


def _table(each: Each) -> Iterator[list[str]]:
    further = list(dict.fromkeys(title for system in each() for title, _ in system.extra))
    yield [*COLUMNS.values(), *further]
    for system in each():
        extra = dict(system.extra)
        yield [*(_cell(getattr(system, key)) for key in COLUMNS), *(extra.get(title, "") for title in further)]


def _write_csv(each: Each, path: Path) -> int:
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        rows = csv.writer(file)
        number = -1  # the first row are the titles
        for row in _table(each):
            rows.writerow(["'" + cell if cell.startswith(_FORMULA) else cell for cell in row])
            number += 1
    return number


def _write_json(each: Each, path: Path) -> int:
    number = 0
    with path.open("w", encoding="utf-8") as file:
        for number, system in enumerate(each(), 1):
            file.write((",\n" if number > 1 else "[\n") + json.dumps(_object(system), ensure_ascii=False, indent=1))
        file.write("\n]\n" if number else "[]\n")
    return number


def _object(system: System) -> dict[str, Any]:
    """Return a system by Chinese column names, lists as lists."""
    known = {title: getattr(system, key) for key, title in COLUMNS.items()}
    return known | dict(system.extra)


def _cell(value: object) -> str:
    if isinstance(value, bool):
        return "是" if value else "否"
    return "；".join(value) if isinstance(value, tuple) else str(value)


def _write_workbook(each: Each, path: Path) -> int:
    from openpyxl import Workbook
    from openpyxl.cell import WriteOnlyCell

    workbook = Workbook(write_only=True)
    sheet = workbook.create_sheet("台账")
    number = -1  # the first row are the titles
    for row in _table(each):
        cells = [WriteOnlyCell(sheet, text) for text in row]
        for cell in cells:
            cell.data_type = "s"  # a string, never a formula
        sheet.append(cells)
        number += 1
    workbook.save(path)
    return number
