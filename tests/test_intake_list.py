"""A 汇总表 at the top of a batch folder: who is missing, who is not on it."""

from __future__ import annotations

import csv
import json

import openpyxl
import pytest
from form_samples import document, table
from word_files import form, paper, plan

from api.batch import Outcome, Profile
from api.cli import main
from api.folders import lists, submissions
from api.intake_list import Listed, compare, listed

HEAD = ["序号", "申报单位", "项目名称", "申报总额（万元）"]
ROWS = [
    ["1", "区甲局", "拱墅区甲智慧登记应用建设项目", "100"],
    ["2", "区乙局", "乙巡查平台", "38.5"],
    ["", "合计", "", "138.5"],
]


def outcome(title, total=None):
    return Outcome("done", profile=Profile(title), table={"申报总额（万元）": total})


def write(path, rows):
    book = openpyxl.Workbook()
    for row in rows:
        book.worksheets[0].append(row)
    book.save(path)


@pytest.mark.parametrize(
    "rows",
    [
        [HEAD, *ROWS],
        [[("2022年项目汇总表", 1, 4)], HEAD, *ROWS],
        [
            ["序号", "单位", "项目名称", "投资概算（元）"],
            ["1", "甲", "拱墅区甲智慧登记应用建设项目", "1000000"],
            ["2", "乙", "乙巡查平台", "385000"],
        ],
    ],
)
def test_projects_of_a_list(rows):
    assert list(listed(document(table(*rows)))) == [
        Listed("拱墅区甲智慧登记应用建设项目", 100.0),
        Listed("乙巡查平台", 38.5),
    ]


def test_papers_are_found_by_their_own_title_by_folder_and_by_likeness(tmp_path):
    write(
        tmp_path / "汇总表.xlsx",
        [HEAD, *ROWS[:2], ["3", "丙", "丙统一受理系统", ""], ["4", "丁", "丁局档案查询系统升级项目", ""]],
    )
    outcomes = {
        "x1": outcome("拱墅区甲智慧登记应用", 120.0),
        "02 区乙局乙巡查平台": Outcome("failed"),
        "x3": outcome("拱墅区戊项目"),
        "丁局档案查询升级": outcome(""),
    }
    (got,) = compare(lists(tmp_path, tmp_path / "out"), outcomes)
    assert (got.projects, got.missing, got.unlisted) == (4, ("丙统一受理系统",), ("x3",))
    assert got.differing == (("x1", 100.0, 120.0),)


def test_a_list_that_is_none_or_broken_is_said(tmp_path):
    write(tmp_path / "汇总.xlsx", [["部门", "电话"], ["甲", "1"]])
    (tmp_path / "项目一览表.xlsx").write_bytes(b"PK broken")
    told = [c.error for c in compare(lists(tmp_path, tmp_path / "out"), {})]
    assert "项目名称" in told[0]
    assert "未能读取" in told[1]


@pytest.mark.slow
def test_a_batch_folder_with_its_list(tmp_path, capsys, monkeypatch):
    monkeypatch.setenv("CHUSHEN_HOME", str(tmp_path / "home"))
    folder = tmp_path / "in"
    plan(folder / "甲" / "建设方案.docx")
    form(folder / "甲" / "申报表.docx")
    write(folder / "2022年申报项目汇总表.xlsx", [HEAD, *ROWS])
    paper(folder / "己" / "函.docx", "关于《己平台》下架的请示", "申请下架。")
    with (tmp_path / "systems.csv").open("w", encoding="utf-8") as file:
        csv.writer(file).writerows([["id", "name"], ["S1", "深海科考调度系统"]])
    out = tmp_path / "out"
    with pytest.raises(SystemExit):
        main(
            [
                "batch",
                str(folder),
                "--out",
                str(out),
                "--corpus",
                str(tmp_path / "systems.csv"),
                "--no-intake",
                "--workers",
                "1",
            ]
        )
    summary = json.loads((out / "summary.json").read_bytes())
    assert [s["name"] for s in summary["submissions"]] == ["己", "甲"]
    (one,) = summary["intake"]["lists"]
    assert (one["missing"], one["unlisted"], one["differing"]) == (["乙巡查平台"], ["己"], [])
    assert "没有找到材料的项目：乙巡查平台" in capsys.readouterr().err
    assert len(submissions(folder, out)) == 2
