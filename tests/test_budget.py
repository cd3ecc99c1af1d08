"""Budget tables of many layouts."""

from form_samples import document, plan, policy, table

from models.budget import budgets, total_of
from models.domain.submission import LineKind


def read(*blocks):
    return budgets(document(*blocks, name="概算.xlsx"), (), policy())


def kinds(budget):
    return "".join({"item": "i", "subtotal": "s", "total": "T"}[x.kind] for x in budget.lines)


def test_units_from_heads_column_by_column():
    (b,) = read(
        table(
            ["序号", "名称", "数量", "单价（元）", "金额（万元）"],
            ["1", "终端", "100台", "850", "8.5"],
            ["", "合计", "", "", "8.5"],
        )
    )
    item = b.lines[0]
    assert (item.quantity, item.unit_price_wan, item.amount_wan) == (100, 0.085, 8.5)
    assert kinds(b) == "iT"


def test_unit_from_the_text_before():
    (b,) = read(
        "表中金额单位为元。",
        table(["序号", "项目", "金额"], ["1", "软件", "168,000"], ["2", "硬件", "72000.00"], ["合计", "", "240000"]),
    )
    assert total_of(b) == 24.0
    assert b.unit == "元"


def test_units_a_caption_names_column_by_column():
    (b,) = read(
        "表7 设备概算（单价：元；金额：万元）",
        table(["名称", "数量", "单价", "金额"], ["监测仪", "60套", "1,600", "9.60"], ["合计", "", "", "9.60"]),
    )
    assert (b.lines[0].unit_price_wan, b.lines[0].amount_wan, total_of(b)) == (0.16, 9.6, 9.6)


def test_unit_guessed_by_size_where_nothing_says():
    (b,) = read(table(["名称", "金额"], ["软件", "168000"], ["合计", "168000"]))
    assert total_of(b) == 16.8


def test_merged_category_column_and_merged_total():
    (b,) = read(
        "表1 概算（单位：万元）",
        table(
            ["类别", "名称", "数量", "单价", "金额"],
            [("软件", 3), "甲", "1", "10", "10"],
            ["乙", "2", "5", "10"],
            [("小计", 1, 3), "20"],
            ["硬件", "丙", "4台", "1.5", "6"],
            [("合计", 1, 4), "26"],
        ),
    )
    assert kinds(b) == "iisiT"
    assert [x.category for x in b.lines if x.kind is LineKind.ITEM] == ["软件", "软件", "硬件"]
    assert total_of(b) == 26


def test_group_heads_with_chinese_numbers_carry_the_sum():
    (b,) = read(
        table(
            ["序号", "费用名称", "金额（万元）"],
            ["一", "软件开发费", "30"],
            ["1", "甲模块", "10"],
            ["2", "乙模块", "20"],
            ["二", "其他费用", "5"],
            ["1", "测评费", "5"],
            ["", "总计", "35"],
        )
    )
    assert kinds(b) == "siisiT"


def test_outline_numbers_carry_the_sum():
    (b,) = read(
        table(
            ["序号", "内容", "小计（万元）"],
            ["1", "软件", "30"],
            ["1.1", "甲", "10"],
            ["1.2", "乙", "20"],
            ["总投资", "", "30"],
        )
    )
    assert kinds(b) == "siiT"


def test_two_head_rows_and_a_title_row():
    (b,) = read(
        table(
            [("项目资金概算明细汇总表（单位：万元）", 1, 5)],
            [("序号", 2), ("建设内容", 2), ("费用", 1, 3)],
            ["数量", "单价", "合计"],
            ["1", "甲", "2", "3", "6"],
            ["2", "乙", "1", "4", "4"],
            [("总计", 1, 4), "10"],
        )
    )
    assert b.unit == "万元"
    assert total_of(b) == 10
    assert b.lines[0].quantity == 2


def test_further_factors_switch_the_product_off():
    (b,) = read(
        table(
            ["名称", "数量", "单价", "年限", "金额（万元）"], ["许可", "10", "0.1", "3", "3"], ["合计", "", "", "", "3"]
        )
    )
    assert b.lines[0].quantity is None


def test_running_costs_are_another_scope():
    found = plan(
        ["甲应用项目"],
        ("15.2", "概算表", "单位：万元", table(["名称", "金额"], ["软件", "10"], ["合计", "10"])),
        ("15.3", "运维资金", "单位：万元", table(["名称", "金额"], ["运维", "2"], ["合计", "2"])),
    )
    assert [b.scope for b in budgets(found.document, found.sections, policy())] == ["总投资", "运维"]


def test_other_tables_of_a_plan_are_no_budgets():
    found = plan(
        ["甲应用项目"],
        (
            "2.1",
            "现状",
            "表2 现有系统",
            table(["名称", "数量", "说明"], ["终端", "10", "在用"], ["服务器", "2", "在用"]),
        ),
        ("12.2", "计划", table(["阶段", "时间", "内容"], ["一", "2022年3月", "采购"], ["二", "2022年5月", "开发"])),
    )
    assert budgets(found.document, found.sections, policy()) == ()


def test_parts_beside_the_whole_are_not_the_total():
    found = read(
        "表1 投资概算汇总表（单位：万元）",
        table(["名称", "金额"], ["软件", "30"], ["硬件", "5"], ["合计", "35"]),
        "表2 软件明细（单位：万元）",
        table(["名称", "金额"], ["甲", "10"], ["乙", "20"], ["合计", "30"]),
    )
    assert [b.scope for b in found] == ["总投资", "分项"]


def test_a_sentence_that_names_another_table_makes_none_the_whole():
    found = plan(
        ["甲应用项目"],
        (
            "15.2",
            "概算",
            "表15-1 投资概算汇总表（单位：万元）",
            table(["名称", "金额"], ["软件", "30"], ["硬件", "25"], ["合计", "55"]),
        ),
        (
            "16",
            "附件",
            "资金概算汇总表见表15-1，软件部分按功能列示如下。",
            "附表16-2 各功能工作量与金额",
            table(
                ["功能名称", "工作量（人月）", "金额（万元）"],
                ["甲", "5", "10"],
                ["乙", "9", "20"],
                ["合计", "14", "30"],
            ),
        ),
    )
    assert [total_of(b) for b in budgets(found.document, found.sections, policy()) if b.scope == "总投资"] == [55.0]
