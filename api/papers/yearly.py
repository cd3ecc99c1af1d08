"""年度汇总.xlsx of a batch: projects, findings, who comes near to whom, money by domain and by unit."""

from __future__ import annotations

import io
import json
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from api.merging import as_objects, groups, member
from api.papers.blocks import Paper
from api.papers.demands import weight
from api.papers.places import formal
from api.papers.yearly_board import board
from api.spreadsheet import COLUMNS, WIDTHS, add_groups, fill, row_of
from models.domain.errors import SubmissionError
from models.domain.finding import Severity
from models.domain.policy import Policy

_TOTAL, _CUT, _REST = "申报总额（万元）", "核减额（万元）", "初审建议额（万元）"
_UNKNOWN = "未说明"
_QUOTES = 2  # shown of a finding
_EMPTY = {  # what the columns of 项目 hold that no material tells
    "优先级": "牵头部门确定后由单位填写",
    "本年度（万元）": "由单位按分年度安排填写",
    "后续年度（万元）": "由单位按分年度安排填写",
    "第三方建议额（万元）": "第三方返回意见后由单位填写",
    "初审建议额（万元）": "空的为建议不予立项、暂缓安排、无需申报或不予受理，或材料中未见总投资",
    "核减额（万元）": "空的为初审未提出核减，或金额待核定（见备注）",
    "往期验收": "空的为材料中未说明",
    "相近项目/系统": "空的为未发现主要或部分功能相近的",
    "相近矩阵": "行项目与列项目功能相近的项数，空的为未发现相近",
}
_FINDINGS = {
    "项目名称": 26,
    "申报单位": 20,
    "要求": 9,
    "事项": 20,
    "审核意见": 44,
    "原文摘录": 40,
    "依据": 12,
    "建议": 40,
}
_NEAR = {"项目名称": 30, "相近项目/系统": 30, "单位": 24, "类别": 10, "相近功能项数": 13, "情况": 16}


def printable(folder: Path, policy: Policy | None = None) -> Paper:
    """Return a batch's OUT folder as a paper to print; `policy` as for `workbook`.

    Raises:
        SubmissionError: the folder is no batch's, or its reports were not written as json.
    """
    from corpus.policies import load_policy

    reports = _reports(folder)
    members = {name: member(report) for name, report in reports}
    return board(reports, groups(members, policy or load_policy()))


def workbook(folder: Path, policy: Policy | None = None) -> bytes:
    """Return the workbook of a batch's OUT folder; `policy`: whose words say who might lead, else the shipped one's.

    Raises:
        SubmissionError: the folder is no batch's, or its reports were not written as json.
    """
    from openpyxl import Workbook

    from corpus.policies import load_policy

    policy = policy or load_policy()
    reports = _reports(folder)
    rows = [{**row_of(report), "来件": name, "状态": "已审核"} for name, report in reports]
    book = Workbook()
    book.remove(book.worksheets[0])
    fill(book.create_sheet("项目"), COLUMNS, [[i, *_cells(row)] for i, row in enumerate(rows, 1)], WIDTHS)
    heads: tuple[str, ...] = ("项目名称", "申报单位", "要求", "事项", "审核意见", "原文摘录", "依据", "建议")
    fill(book.create_sheet("问题"), heads, list(_findings(reports, policy)), _FINDINGS)
    heads = ("项目名称", "相近项目/系统", "单位", "类别", "相近功能项数", "情况")
    fill(book.create_sheet("相近"), heads, list(_near(reports)), _NEAR)
    titles = [_title(report) for _, report in reports]
    widths = {"项目": 36} | dict.fromkeys(titles, 18)
    fill(book.create_sheet("相近矩阵"), ("项目", *titles), list(_matrix(reports)), widths)
    members = {name: member(report) for name, report in reports}
    add_groups(book, as_objects(groups(members, policy)), members)
    for key, title in (("领域", "金额按领域"), ("申报单位", "金额按单位")):
        heads = (key, "项目数", _TOTAL, _CUT, _REST)
        fill(
            book.create_sheet(title),
            heads,
            list(_money(rows, key)),
            {key: 34} | dict.fromkeys((_TOTAL, _CUT, _REST), 20),
        )
    fill(book.create_sheet("说明"), ("栏目", "空格的含义"), list(_EMPTY.items()), {"栏目": 24, "空格的含义": 56})
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def _reports(folder: Path) -> list[tuple[str, dict[str, Any]]]:
    """Return every report by the name it came in under; projects of one title are told apart by that name."""
    reports = list(_read(folder))
    titles = {name: report["submission"]["title"] or name for name, report in reports}
    often = Counter(titles.values())
    titles = {name: title if often[title] == 1 else f"{title}（{name}）" for name, title in titles.items()}
    for name, report in reports:
        report["submission"]["title"] = titles[name]
        for near in report["duplicates"]:
            if near["source"] == "intake":
                near["system_name"] = titles.get(near["system_id"], near["system_name"])
    return reports


def _read(folder: Path) -> Iterable[tuple[str, dict[str, Any]]]:
    try:
        summary = json.loads((folder / "summary.json").read_bytes())
        names = [one["name"] for one in summary["submissions"] if one["status"] == "done"]
        for name in names:
            yield name, json.loads((folder / name / "report.json").read_bytes())
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise SubmissionError(
            "不是 chushen batch 的结果文件夹，或其中没有 json 报告", name=str(folder), advice="请先运行 chushen batch"
        ) from error


def _cells(row: dict[str, Any]) -> list[Any]:
    return [row.get(column) for column in COLUMNS[1:]]


def _title(report: dict[str, Any]) -> str:
    return str(report["submission"]["title"])


def _findings(reports: Sequence[tuple[str, dict[str, Any]]], policy: Policy) -> Iterable[list[Any]]:
    for _, report in reports:
        for f in report["findings"]:
            asked = weight(f["rule"], Severity(f["severity"]), policy)
            unit = report["submission"]["unit"]
            quotes = dict.fromkeys(e["quote"].replace(" | ", "　") for e in f["evidence"][:_QUOTES] if e["quote"])
            told = (formal(f["title"]), formal(f["message"]), "\n".join(quotes) or "材料中未见")
            yield [_title(report), unit, asked, *told, formal(f["clause"]["ref"]), formal(f["suggestion"])]


def _near(reports: Sequence[tuple[str, dict[str, Any]]]) -> Iterable[list[Any]]:
    for _, report in reports:
        for d in report["duplicates"]:
            if d["verdict"] != "related":
                source = "同批申报" if d["source"] == "intake" else "已有系统"
                said = "主要功能相近" if d["verdict"] == "duplicate" else "部分功能相近"
                yield [_title(report), d["system_name"], d["unit"], source, len(d["pairs"]), said]


def _matrix(reports: Sequence[tuple[str, dict[str, Any]]]) -> Iterable[list[Any]]:
    """Projects of the batch against one another: how many functions come near, "" where none."""
    for name, report in reports:
        told = (d for d in report["duplicates"] if d["source"] == "intake" and d["verdict"] != "related")  # as in 相近
        near = {d["system_id"]: len(d["pairs"]) for d in told}
        yield [_title(report), *(("—" if other == name else near.get(other)) for other, _ in reports)]


def _money(rows: Sequence[dict[str, Any]], key: str) -> Iterable[list[Any]]:
    groups: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        groups.setdefault(row.get(key) or _UNKNOWN, []).append(row)
    for name in sorted(groups):
        some = groups[name]
        sums = [round(sum(row.get(column) or 0 for row in some), 4) for column in (_TOTAL, _CUT, _REST)]
        yield [name, len(some), *sums]
    sums = [round(sum(row.get(column) or 0 for row in rows), 4) for column in (_TOTAL, _CUT, _REST)]
    yield ["合计", len(rows), *sums]
