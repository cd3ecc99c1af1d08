"""Function lists of plans: merged cells, head rows, what is no function."""

from __future__ import annotations

from models.domain.document import Cell, Table
from models.function_tables import of_table
from models.functions import weight


def table(*rows: tuple[Cell, ...]) -> Table:
    return Table(tuple(rows))


def cells(*texts: str) -> tuple[Cell, ...]:
    return tuple(Cell(text, n) for n, text in enumerate(texts))


def test_every_row_under_a_merged_module_is_a_function() -> None:
    merged = table(
        cells("子系统", "序号", "功能", "功能说明"),
        (Cell("意愿征询子系统", 0, rowspan=2), Cell("1", 1), Cell("征询发起", 2), Cell("社区核对后发起", 3)),
        (Cell("2", 1), Cell("意愿登记", 2), Cell("业主实名登记意见", 3)),
    )
    found = [(row, item.name, item.module) for row, item in of_table(merged)]
    assert found == [(1, "征询发起", "意愿征询子系统"), (2, "意愿登记", "意愿征询子系统")]


def test_devices_and_services_under_a_merged_kind_are_no_functions() -> None:
    mixed = table(
        cells("类别", "建设内容", "说明"),
        cells("应用软件开发", "补助核发", "申领、审核、拨付"),
        (Cell("终端设备", 0, rowspan=2), Cell("运行采集终端", 1), Cell("60套", 2)),
        (Cell("边缘网关", 1), Cell("60台", 2)),
        cells("测评与培训服务", "等级保护测评", "二级"),
    )
    assert [item.name for _, item in of_table(mixed)] == ["补助核发"]
    assert [item.module for _, item in of_table(mixed)] == [""]


def test_a_description_that_enumerates_is_no_list_of_functions() -> None:
    listed = table(cells("名称", "说明"), cells("统计分析", "巡护率、整改用时、区域分布"))
    assert [item.name for _, item in of_table(listed)] == ["统计分析"]


def test_a_cell_that_enumerates_is_a_list() -> None:
    listed = table(cells("类别", "内容"), cells("软件", "停车资源一张图、泊位预约共享、欠费追缴"))
    assert [item.name for _, item in of_table(listed)] == ["停车资源一张图", "泊位预约共享", "欠费追缴"]


def test_generic_modules_weigh_little() -> None:
    assert weight("用户管理") < weight("意愿登记")
