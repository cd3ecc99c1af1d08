"""Form fields from tables of many layouts."""

import pytest
from form_samples import document, policy, table

from models.choices import choice, denials, resolved
from models.form import fields, label_key


def read(*blocks):
    return {f.key or f.label: f.value for f in fields(document(*blocks), policy())}


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("☑新建 □扩建 □改建", "新建"),
        ("□新建 ☑扩建", "扩建"),
        ("是□ 否☑", "否"),
        ("新建（√） 扩建（ ） 改建（）", "新建"),
        ("√新建", "新建"),
        ("■是  □否", "是"),
        ("是否涉密：□是 ☑否", "否"),
        ("□是 □否", ""),
        ("新建☑扩建□改建□", "新建"),
        ("软件（一期）", "软件（一期）"),
        ("☑涉及 □不涉及；说明：二楼东侧，面积30㎡", "涉及；说明：二楼东侧，面积30㎡"),
        ("□是 □否；说明：", ""),
        ("☑有 □无（市局同类系统已立项，明年启用）", "有；市局同类系统已立项，明年启用"),
        ("☑新建 □续建（上期项目名称：　　）", "新建"),
        ("☑扩建（在原有系统上增加） □新建", "扩建（在原有系统上增加）"),
        ("√是；否", "是"),
        ("一期已初验，☐已终验 ☑未终验；本次为续建", "一期已初验，未终验；本次为续建"),
        ("（请打√选择）☑新建 □扩建", "新建"),
        ("新建□；扩建☑", "扩建"),
    ],
)
def test_choice_boxes(text, answer):
    assert choice(text) == answer


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("8 | 涉及国家秘密 | □是 ☑否 | —", "8 | 涉及国家秘密 | 否 | —"),
        ("是否新建机房：□是　☑否；是否涉密：□是 ☑否", "是否新建机房：否；是否涉密：否"),
        ("（1）新建机房 □ 是 ☑ 否", "（1）新建机房：否"),
        ("功能一 | ☑ | □", "功能一 | ☑ | □"),
        ("项目性质（在□内打√）：□新建 □扩建 ☑续建。", "项目性质：续建。"),
        ("新建（√） 扩建（ ） 改建（ ）", "新建"),
        ("性质打勾：新建（ ）扩建（ ）改建（√）续建（ ）。", "性质打勾：改建"),
        ("○○区数据局 | □是 ☑否", "○○区数据局 | 否"),
        ("●统一受理；●统一派单", "●统一受理；●统一派单"),
    ],
)
def test_sentences_and_rows_say_what_is_ticked(text, read):
    assert resolved(text) == read


def test_what_a_row_denies_and_the_rest_of_it():
    assert list(denials("6 | 是否新建机房 | 否 | 附件四")) == [("新建机房", "是否新建机房 | 是", "6 | 附件四")]
    assert list(denials("是否涉密：否；备注：二楼")) == [("涉密", "是否涉密 | 是", "备注：二楼")]
    assert not list(denials("数据归集 | 是 | 8.4"))


def test_long_texts_keep_their_bullets():
    text = "●" + "建设统一受理平台，整合各类渠道；" * 4 + "\n●建设移动端，方便基层人员使用。" * 2
    assert choice(text) == text


@pytest.mark.parametrize(
    ("label", "key"),
    [
        ("1.项目全称", "title"),
        ("申报单位\n（盖章）", "unit"),
        ("项 目 性 质", "nature"),
        ("项目总投资（万元）", "total_wan"),
        ("一、建设起止时间", "period"),
        ("拟申报项目名称", "title"),
        ("原项目名称", ""),
        ("天气", ""),
    ],
)
def test_labels(label, key):
    assert label_key(label, policy()) == key


def test_two_columns():
    got = read(table(["项目名称", "甲应用项目"], ["项目需求单位", "甲局"], ["备注事项", "无"]))
    assert got == {"title": "甲应用项目", "unit": "甲局", "备注事项": "无"}


def test_four_columns_with_a_title_row_and_wide_values():
    got = read(
        table(
            [("拱墅区政府投资信息化项目申报表", 1, 4)],
            ["项目名称", ("甲应用项目", 1, 3)],
            ["项目性质", "☑新建 □扩建", "是否涉密", "□是 ☑否"],
            ["项目总投资（万元）", "100", "建设周期", "2022年1月至2022年10月"],
        )
    )
    assert got["nature"] == "新建"
    assert got["secret"] == "否"  # noqa: S105 - a form field, no password
    assert got["total_wan"] == "100"
    assert got["period"].startswith("2022")


def test_vertical_group_titles():
    got = read(
        table(
            [("基本\n情况", 2), "项目名称", "甲应用项目", "联系人", "张三"],
            ["申报单位", "甲局", "联系电话", "123"],
            [("资金\n情况", 2), "项目总投资(元)", "1000000", "财政资金", "800000"],
            ["自筹资金", "200000", "建设周期", "六个月"],
        )
    )
    assert got["title"] == "甲应用项目"
    assert (got["total_wan"], got["fiscal_wan"], got["self_wan"]) == ("1000000", "800000", "200000")
    assert got["phone"] == "123"


def test_labels_in_the_head_row_and_values_below():
    got = read(table(["项目名称", "申报单位", "总投资（万元）"], ["甲应用项目", "甲局", "50"]))
    assert got == {"title": "甲应用项目", "unit": "甲局", "total_wan": "50"}


def test_label_and_value_in_one_cell_and_opinion_boxes():
    got = read(
        table(
            [("项目名称：甲应用项目", 1, 2)],
            ["申报单位：甲局", "联系人：张三"],
            [("牵头部门意见：\n（盖章） 年 月 日", 1, 2)],
        )
    )
    assert got["title"] == "甲应用项目"
    assert got["unit"] == "甲局"
    assert "盖章" in got["lead_opinion"]


def test_paragraphs_with_several_labels_on_a_line():
    got = read("项目名称：甲应用项目", "申报单位（盖章）：甲局  联系电话：123", "填表说明：请用黑色字迹填写")
    assert got == {"title": "甲应用项目", "unit": "甲局", "phone": "123"}


def test_evidence_names_table_row_and_cell():
    (first, second) = fields(document("表头", table(["项目名称", "甲应用项目", "申报单位", "甲局"])), policy())
    assert (second.evidence.paragraph, second.evidence.table, second.evidence.row, second.evidence.cell) == (1, 0, 0, 3)
    assert first.evidence.quote == "项目名称 | 甲应用项目 | 申报单位 | 甲局"


def test_blank_values_are_kept():
    assert read(table(["项目名称", ""], ["优先级", ""])) == {"title": "", "priority": ""}
