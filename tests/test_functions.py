"""Function lists of plans: merged cells, head rows, what is no function."""

from __future__ import annotations

from models.domain.document import Cell, Table
from models.function_lists import is_frame, is_function
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


def test_remarks_beside_a_name_are_neither_name_nor_description() -> None:
    listed = table(
        cells("编号", "模块", "主要使用者", "对原系统的处置"),
        cells("M1", "一梯一档", "特设科、监管所", "迁移原档案"),
        cells("M2", "风险分级", "特设科", "原系统无，新建"),
    )
    assert [(item.name, item.text) for _, item in of_table(listed)] == [
        ("一梯一档", "一梯一档"),
        ("风险分级", "风险分级"),
    ]


def test_a_name_with_what_it_does_is_one_function() -> None:
    listed = table(
        cells("序号", "名称", "内容", "数量"),
        cells("1", "自查自纠子系统", "按清单自查、上传照片、逾期提醒", "1项"),
        cells("2", "前端监测终端", "泳池水质终端", "152套"),
    )
    assert [item.text for _, item in of_table(listed)] == ["自查自纠子系统：按清单自查、上传照片、逾期提醒"]


def test_what_is_counted_by_the_piece_is_a_device_and_what_is_free_is_not_built() -> None:
    listed = table(
        cells("序号", "分项", "说明", "单位", "数量"),
        cells("1", "一键报警装置", "", "套", "172"),
        cells("2", "到货验收", "过秤、拍照", "套", "1"),
        cells("3", "疑点管理", "沿用一期，本期不计费", "套", "1"),
    )
    assert [item.name for _, item in of_table(listed)] == ["到货验收"]


def test_a_head_row_in_other_words() -> None:
    listed = table(cells("内容", "一句话解释", "估算（万元）"), cells("群众点单", "群众说想要什么，中心接单", "15.4"))
    assert [item.text for _, item in of_table(listed)] == ["群众点单：群众说想要什么，中心接单"]


def test_a_demand_on_speed_is_no_function() -> None:
    assert not is_function("工单查询5秒")
    assert is_function("培训报名管理")
    assert not is_function("用户培训")


def test_parts_of_a_design_are_no_functions() -> None:
    assert all(is_frame(name) for name in ("技术与部署", "架构与部署", "数据与安全", "设备"))
    assert not any(is_frame(name) for name in ("安全巡查", "设备档案", "数据归集", "水质抽测"))
