"""投资概算明细表.xlsx: two sheets, merged categories, formulas together with the values they give."""

from __future__ import annotations

import io
import re
import zipfile
from decimal import Decimal
from pathlib import Path
from typing import Any

import yaml
from openpyxl import Workbook
from openpyxl.styles import Alignment, Border, Font, Side
from openpyxl.worksheet.worksheet import Worksheet

_THIN = Side(style="thin")
_BOX = Border(left=_THIN, right=_THIN, top=_THIN, bottom=_THIN)
_HEADS = ("序号", "费用类别", "建设内容", "单位", "数量", "单价（元）", "金额（万元）")


def build(source: Path) -> bytes:
    """Return the workbook made from the YAML source; its cached values let readers see figures without counting."""
    budget = yaml.safe_load(source.read_text(encoding="utf-8"))
    book = Workbook()
    book.properties.creator = "拱墅区住建局信息科"
    summary = book.active
    assert summary is not None  # noqa: S101 - a new workbook always has one sheet
    summary.title = "概算汇总"
    detail = book.create_sheet("概算明细")
    values: dict[str, dict[str, Decimal]] = {"概算汇总": {}, "概算明细": {}}
    places = _fill_detail(detail, budget, values["概算明细"])
    _fill_summary(summary, budget, places, values)
    for sheet, widths in ((summary, (8, 26, 18, 40)), (detail, (8, 20, 36, 10, 10, 14, 14))):
        for letter, width in zip("ABCDEFG", widths, strict=False):
            sheet.column_dimensions[letter].width = width
    out = io.BytesIO()
    book.save(out)
    return _with_values(out.getvalue(), (values["概算汇总"], values["概算明细"]))


def _row(sheet: Worksheet, row: int, cells: tuple[Any, ...], *, bold: bool = False) -> None:
    for column, value in enumerate(cells, start=1):
        cell = sheet.cell(row, column, value)
        cell.border = _BOX
        cell.font = Font(name="宋体", size=11, bold=bold)
        cell.alignment = Alignment(vertical="center", wrap_text=True)


def _title(sheet: Worksheet, text: str, width: int) -> None:
    sheet.merge_cells(start_row=1, start_column=1, end_row=1, end_column=width)
    sheet["A1"] = text
    sheet["A1"].font = Font(name="黑体", size=14)
    sheet["A1"].alignment = Alignment(horizontal="center", wrap_text=True)
    sheet.row_dimensions[1].height = 40


def _fill_detail(sheet: Worksheet, budget: dict[str, Any], values: dict[str, Decimal]) -> list[str]:
    """Write all lines; return the cells that hold the subtotals."""
    _title(sheet, budget["title"], 7)
    _row(sheet, 2, _HEADS, bold=True)
    row, number, subtotals = 3, 1, []
    for category in budget["categories"]:
        first = row
        for name, unit, count, price, *typed in category["lines"]:
            amount = Decimal(str(count)) * Decimal(str(price)) / 10000
            content: str | float = f"=E{row}*F{row}/10000"
            if typed:
                amount, content = Decimal(str(typed[0])), typed[0]
            _row(sheet, row, (number, category["name"] if row == first else None, name, unit, count, price, content))
            sheet.cell(row, 7).number_format = "0.00"
            values[f"G{row}"] = amount
            row, number = row + 1, number + 1
        sheet.merge_cells(start_row=first, start_column=2, end_row=row - 1, end_column=2)
        _row(sheet, row, ("小计", None, None, None, None, None, f"=SUM(G{first}:G{row - 1})"), bold=True)
        sheet.merge_cells(start_row=row, start_column=1, end_row=row, end_column=6)
        sheet.cell(row, 7).number_format = "0.00"
        values[f"G{row}"] = sum((values[f"G{line}"] for line in range(first, row)), Decimal())
        subtotals.append(f"G{row}")
        row += 1
    _row(sheet, row, ("合计", None, None, None, None, None, "=" + "+".join(subtotals)), bold=True)
    sheet.merge_cells(start_row=row, start_column=1, end_row=row, end_column=6)
    sheet.cell(row, 7).number_format = "0.00"
    values[f"G{row}"] = sum((values[place] for place in subtotals), Decimal())
    return subtotals


def _fill_summary(
    sheet: Worksheet, budget: dict[str, Any], places: list[str], values: dict[str, dict[str, Decimal]]
) -> None:
    _title(sheet, budget["title"].replace("明细表", "汇总表"), 4)
    _row(sheet, 2, ("序号", "费用类别", "金额（万元）", "备注"), bold=True)
    own = values["概算汇总"]
    row = 3
    for number, (category, place) in enumerate(zip(budget["categories"], places, strict=True), start=1):
        note = f"共{len(category['lines'])}项，见概算明细"
        _row(sheet, row, (number, category["name"], f"=概算明细!{place}", note))
        sheet.cell(row, 3).number_format = "0.00"
        own[f"C{row}"] = values["概算明细"][place]
        row += 1
    total = sum(own.values(), Decimal())
    _row(sheet, row, ("合计", None, f"=SUM(C3:C{row - 1})", None), bold=True)
    sheet.merge_cells(start_row=row, start_column=1, end_row=row, end_column=2)
    sheet.cell(row, 3).number_format = "0.00"
    own[f"C{row}"] = total


def _with_values(data: bytes, values: tuple[dict[str, Decimal], ...]) -> bytes:
    """Put the counted value beside each formula: openpyxl writes formulas alone, and most readers do not count."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            member = old.read(name).decode() if name.endswith(".xml") else old.read(name)
            found = re.fullmatch(r"xl/worksheets/sheet(\d)\.xml", name)
            if found and isinstance(member, str):
                known = values[int(found[1]) - 1]
                member = re.sub(
                    r'(<c r="([A-Z]+\d+)"[^>]*><f>[^<]*</f>)<v\s*/?>(?:</v>)?',
                    lambda m, known=known: f"{m[1]}<v>{known[m[2]].normalize():f}</v>",
                    member,
                )
            new.writestr(name, member)
    return out.getvalue()
