"""汇总.xlsx: one row a submission, in the columns an office keeps its yearly list in; inert whatever a cell says."""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from api.reports.phrases import wan
from models.domain.finding import Severity

if TYPE_CHECKING:
    from openpyxl import Workbook
    from openpyxl.worksheet.worksheet import Worksheet

    from models.domain.report import Report

COLUMNS = (
    "序号",
    "领域",
    "牵头部门",
    "优先级",
    "申报单位",
    "项目名称",
    "性质",
    "类别",
    "申报总额（万元）",
    "本年度（万元）",
    "后续年度（万元）",
    "资金来源",
    "初审建议额（万元）",
    "核减额（万元）",
    "第三方建议额（万元）",
    "结论",
    "措施",
    "主要问题",
    "相近项目/系统",
    "审批方式",
    "往期验收",
    "状态",
    "备注",
    "来件",
)
WIDTHS = {  # so that the whole list can be read on A3
    "序号": 5, "领域": 10, "牵头部门": 10, "优先级": 7, "申报单位": 20, "项目名称": 26, "性质": 6, "类别": 6,
    "申报总额（万元）": 10, "本年度（万元）": 10, "后续年度（万元）": 10, "资金来源": 14, "初审建议额（万元）": 10,
    "核减额（万元）": 9, "第三方建议额（万元）": 10, "结论": 12, "措施": 14, "主要问题": 30, "相近项目/系统": 22,
    "审批方式": 11, "往期验收": 10, "状态": 7, "备注": 18, "来件": 14,
}  # fmt: skip
_WIDTH, _LINE, _HIGHEST = 12, 17.0, 405.0  # of a column not named, in signs; of a line and of the highest row, in pt
_NO_SUM = frozenset({"建议不予立项", "无需申报", "不予受理"})  # advice beside which no sum is proposed
OPEN_CUT = "有核减金额待核定"  # stands in 备注
_ILLEGAL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
_WIDE = 12  # columns that A4 does not hold
_LONGEST = 32_000  # characters a cell of this format may hold, less a little


def row(report: Report) -> dict[str, Any]:
    """Return what a report says, by column; what it does not know (优先级, 年度) is left out."""
    from api.reports.json import as_object

    return row_of(as_object(report))


def row_of(report: Mapping[str, Any]) -> dict[str, Any]:
    """Return the same, from the object of a `report.json`."""
    summary, conclusion = report["submission"], report["conclusion"]
    cuts = [m["amount_wan"] for m in conclusion["measures"] if m["kind"] == "核减" and m["amount_wan"]]
    cut = round(sum(cuts), 4) if cuts else None
    total = summary["total_wan"]
    titles = [f["title"] for f in report["findings"] if f["severity"] != Severity.NOTICE.value]
    stated = {key: [f for f in report["facts"] if f["key"] == key] for key in ("funding", "acceptance")}
    return {
        "领域": summary["domain"],
        "牵头部门": report["routing"]["lead_department"],
        "申报单位": summary["unit"],
        "项目名称": summary["title"],
        "性质": summary["nature"],
        "类别": "运维" if summary["nature"] == "运维" else "建设",
        "申报总额（万元）": total,
        "资金来源": "；".join(dict.fromkeys(_source(f) for f in stated["funding"])),
        "初审建议额（万元）": _proposed(conclusion, total, cut),
        "核减额（万元）": cut,
        "结论": conclusion["advice"],
        "措施": "；".join(dict.fromkeys(m["kind"] for m in conclusion["measures"])),
        "主要问题": "；".join(list(dict.fromkeys(titles))[:3]),
        "相近项目/系统": "；".join(d["system_name"] for d in report["duplicates"] if d["verdict"] != "related"),
        "审批方式": report["routing"]["approval"],
        "往期验收": "；".join(dict.fromkeys(str(f["value"]) for f in stated["acceptance"] if f["value"])),
        "备注": "；".join([*_open_cuts(conclusion), *(f"未检查：{n['what']}" for n in report["not_checked"])]),
    }


def _proposed(conclusion: Mapping[str, Any], total: float | None, cut: float | None) -> float | None:
    """What the review would allow, in 万元; None for what is declined or put off."""
    put_off = any(m["kind"] == "暂缓" for m in conclusion["measures"])
    if conclusion["advice"] in _NO_SUM or put_off or total is None:
        return None
    return round(total - (cut or 0.0), 4)


def _source(fact: Mapping[str, Any]) -> str:
    named = fact["scope"] not in fact["as_written"] and isinstance(fact["value"], int | float)
    return f"{fact['scope']}{wan(fact['value'])}万元" if named else fact["as_written"]


def _open_cuts(conclusion: Mapping[str, Any]) -> list[str]:
    unsure = any(m["kind"] == "核减" and m["amount_wan"] is None for m in conclusion["measures"])
    return [OPEN_CUT] if unsure else []


Merged = tuple[Sequence[Mapping[str, Any]], Mapping[str, Mapping[str, Any]]]


def workbook(
    rows: Iterable[Mapping[str, Any]], pairs: Sequence[dict[str, Any]] = (), merged: Merged = ((), {})
) -> bytes:
    """Return the table as xlsx; nothing in it runs.

    Args:
        rows: the submissions.
        pairs: those that share passages (`api.copying`): a sheet of them.
        merged: groups and members (`api.merging`): a sheet of who should build together, one of who comes near whom.
    """
    from openpyxl import Workbook

    from api import copying

    book = Workbook()
    sheet = book.worksheets[0]
    sheet.title = "汇总"
    cells = [[number, *(values.get(head) for head in COLUMNS[1:])] for number, values in enumerate(rows, start=1)]
    fill(sheet, COLUMNS, cells, WIDTHS)
    add_groups(book, *merged)
    if pairs:
        fill(book.create_sheet("雷同文字"), copying.HEADS, copying.rows(pairs), copying.WIDTHS)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def add_groups(book: Workbook, groups: Sequence[Mapping[str, Any]], members: Mapping[str, Mapping[str, Any]]) -> None:
    """Add 统筹整合 (a row a project) and 组内矩阵 (a block a group) where there are groups."""
    from api import merging

    if not groups:
        return
    fill(book.create_sheet("统筹整合"), merging.HEADS, merging.rows(groups, members), merging.WIDTHS)
    widest = max(len(group["members"]) for group in groups)
    heads = ("项目", *(f"第{n}个" for n in range(1, widest + 1)))
    cells: list[Sequence[Any]] = []
    for number, group in enumerate(groups, 1):
        titles = [members[name]["title"] or name for name in group["members"]]
        called = [t if titles.count(t) == 1 else f"{t}（{n}）" for t, n in zip(titles, group["members"], strict=True)]
        cells.append((f"第{number}组：行拟建的功能，列也要建的", *called))
        cells += [(title, *row[1:]) for title, row in zip(called, merging.matrix(group), strict=True)]
    fill(book.create_sheet("组内矩阵"), heads, cells, {"项目": 36} | dict.fromkeys(heads[1:], 24))


def fill(sheet: Worksheet, heads: Sequence[str], rows: Iterable[Sequence[Any]], widths: Mapping[str, int]) -> None:
    """Write a table with a frozen head and filters.

    Text is written as text, also where it begins with `=`, `+`, `-` or `@`: a spreadsheet shows it and runs nothing.
    """
    from openpyxl.styles import Alignment, Border, Font, Side
    from openpyxl.utils import get_column_letter
    from openpyxl.worksheet.properties import PageSetupProperties

    wrapped, line = Alignment(wrap_text=True, vertical="top"), Side("thin")
    ruled = Border(line, line, line, line)
    for number, values in enumerate((heads, *rows), start=1):
        # Programs that do not fit rows to their text on opening show all of it too.
        sheet.row_dimensions[number].height = min(_HIGHEST, _LINE * _lines(heads, values, widths))
        for column, value in enumerate(values, start=1):
            cell = sheet.cell(number, column)
            cell.alignment, cell.border = wrapped, ruled
            if isinstance(value, str):
                # A leading apostrophe-style prefix also keeps a CSV saved from this table inert.
                cell.value = _ILLEGAL.sub("", value)[:_LONGEST]
                cell.data_type = "s"
                cell.quotePrefix = value.lstrip()[:1] in set("=+-@\t\r")
            elif value is not None:
                cell.value = value
    for column, head in enumerate(heads, start=1):
        sheet.cell(1, column).font = Font(bold=True)
        sheet.column_dimensions[get_column_letter(column)].width = widths.get(head, _WIDTH)
    sheet.freeze_panes = "A2"
    sheet.print_title_rows = "1:1"
    sheet.page_setup.orientation, sheet.page_setup.paperSize = "landscape", 8 if len(heads) > _WIDE else 9  # A3, A4
    sheet.page_setup.fitToHeight = 0  # as many pages as it takes; one page wide
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    sheet.auto_filter.ref = sheet.dimensions


def _lines(heads: Sequence[str], values: Sequence[Any], widths: Mapping[str, int]) -> int:
    """Return how many lines the fullest cell of a row takes; a Chinese sign is as wide as two others."""
    most = 1
    for head, value in zip(heads, values, strict=True):
        room = max(widths.get(head, _WIDTH) - 1, 2)
        parts = str("" if value is None else value).split("\n")
        signs = (sum(1 if sign.isascii() else 2 for sign in part) for part in parts)
        most = max(most, sum(-(-max(1, wide) // room) for wide in signs))
    return most
