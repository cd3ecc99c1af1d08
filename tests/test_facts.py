"""Facts with their places and scopes, and the submission in a line."""

import pytest
from form_samples import form, plan, policy, submission, table

from models.domain.finding import Evidence
from models.domain.submission import Field
from models.facts import facts, summary
from models.names import clean_title, looks_like_title, same_title, same_unit, stated_title
from models.statements import nature, protection_levels, sources, started, totals

FRONT = ["拱墅区甲智慧应用建设项目", "申报单位：杭州市拱墅区甲局", "编制日期：2022年1月"]


def test_every_place_of_a_submission():
    got = submission(
        plan(
            FRONT,
            ("1.1", "项目名称", "拱墅区甲智慧应用建设项目（以下简称“甲应用”）。"),
            ("1.2", "项目性质", "本项目属于改建项目。原项目2016年上线，总投资43.7万元。"),
            ("1.4", "周期", "建设周期为2022年1月至2022年10月，其中开发6个月。质保期2022年11月至2024年10月。"),
            ("1.6", "投资", "项目总投资100万元，其中区财政80万元，自筹20万元。"),
            ("2.3.5", "安全", "系统按网络安全等级保护第二级建设。"),
            (
                "15.2",
                "概算",
                "单位：元",
                table(["名称", "金额"], ["软件", "600000"], ["硬件", "400000"], ["合计", "1000000"]),
            ),
            ("15.3", "运维", "每年运维费总金额12万元。"),
        ),
        form(
            ["项目名称", "拱墅区甲智慧应用建设项目"],
            ["项目需求单位", "区甲局"],
            ["数字化改革领域", "数字社会系统"],
            ["总投资（元）", "1,000,000"],
        ),
    )
    line = summary(got.facts)
    assert (line.title, line.unit, line.nature, line.domain) == (
        "拱墅区甲智慧应用建设项目",
        "杭州市拱墅区甲局",
        "改建",
        "数字社会",
    )
    assert (line.total_wan, line.period) == (100.0, "2022年1月至2022年10月")
    assert {f.source for f in got.facts_of("total_wan") if f.scope == "总投资"} == {
        "plan:1.6",
        "budget",
        "form:总投资（元）",
    }
    assert {f.value for f in got.facts_of("total_wan") if f.scope == "总投资"} == {100.0}
    assert [f.value for f in got.facts_of("protection")] == [2.0]
    assert {(f.scope, f.value) for f in got.facts_of("funding")} == {("财政", 80.0), ("自筹", 20.0)}


def test_unknown_stays_empty():
    line = summary(submission(plan(["说明材料"], ("2.1", "现状", "无。"))).facts)
    assert (line.title, line.unit, line.total_wan, line.period) == ("", "", None, "")


def test_a_form_that_names_only_the_builder_names_the_applicant():
    assert summary(submission(form(["项目名称", "甲应用项目"], ["建设单位", "甲局"])).facts).unit == "甲局"
    both = submission(form(["需求单位", "甲局"], ["建设单位", "乙公司"]))
    assert [f.value for f in both.facts_of("unit")] == ["甲局"]
    assert [f.value for f in both.facts_of("builder")] == ["乙公司"]


def test_domain_is_inferred_where_nothing_names_it():
    got = submission(
        plan(["拱墅区养老服务和医疗救助应用项目"], ("1.1", "名称", "拱墅区养老服务和医疗救助应用项目"))
    ).facts
    assert [(f.value, f.scope) for f in got if f.key == "domain"] == [("数字社会", "推定")]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("项目总投资268.6万元，全部由区财政安排。", [268.6]),
        ("总投资7768000元（776.80万元），其中区财政466.08万元；集团自筹310.72万元。", [776.8, 776.8]),
        ("本项目概算总投资约500万元。", [500.0]),
        ("本项目2022年投资60万元，2023年投资40万元。", []),
        ("涉及总投资500万元以上的项目须专题研究。", []),
        ("其中软件开发总费用200万元，硬件总费用80万元。", []),
        ("每年运维总费用12万元。", []),
        ("一期合同总金额36万元。", []),
    ],
)
def test_totals(text, found):
    assert [a.money.wan for a in totals(text) if a.scope == "总投资"] == pytest.approx(found)


def test_an_earlier_project_is_another_scope():
    assert [a.scope for a in totals("原系统2016年上线，总投资43.7万元。")] == ["原项目"]
    assert [a.scope for a in totals("在一期基础上，本项目总投资90万元。")] == ["总投资"]
    assert [a.money.wan for a in totals("所需90万元由区财政统筹。", loose=True)] == [90.0]


def test_sources_leave_brackets_out():
    got = sources("区财政330万元（2022年200万元、2023年130万元），医院自有资金82.35万元。")
    assert [(a.scope, a.money.wan) for a in got] == [("财政", 330.0), ("自筹", 82.35)]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("新建。", "新建"),
        ("项目性质为扩建。", "扩建"),
        ("本项目属于升级改造项目。", "改建"),
        ("本项目不属于扩建，为新建项目。", "新建"),
        ("新建、扩建、改建。", ""),
        ("在原有基础上继续完善。", ""),
        ("该项目是续建项目，承接一期。", "续建"),
    ],
)
def test_nature(text, found):
    assert nature(text, policy().natures) == found


def test_protection_levels():
    assert protection_levels("安全事件按影响分四级处置。") == set()
    assert protection_levels("系统定级为第三级。") == {3}
    assert protection_levels("上线前开展二级等保测评。") == {2}
    assert protection_levels("由二级提升为三级等保。") == set()
    assert protection_levels("政务云已通过三级等保测评。") == set()
    assert protection_levels("实行区、街道、社区三级联动，对接三级医院。") == set()


def test_started():
    assert started("本项目已于2021年11月完成公开招标。")
    assert started("目前本系统已签订合同，正在开发。") or started("本系统已签订开发合同。")
    assert not started("本项目尚未招标。")
    assert not started("原系统已于2016年上线。")
    assert not started("本项目只调用其已上线的接口。")
    assert not started("本项目将在验收后上线。")


def test_names():
    assert clean_title("本项目名称为：“甲系统建设项目”。") == "甲系统建设项目"
    assert clean_title("甲平台扩建项目，简称“甲扩建”。") == "甲平台扩建项目"
    assert clean_title("甲平台建设项目(二期)(以下简") == "甲平台建设项目(二期)"
    assert same_title("甲区“书香”阅读服务项目(二期)", '甲区"书香"阅读服务建设项目（二期）')
    assert not same_title("甲平台", "甲平台（二期）")
    assert not same_title("农贸市场智慧监管应用建设项目", "农贸市场视频智能分析平台建设项目")


@pytest.mark.parametrize(
    ("a", "b", "same"),
    [
        ("杭州市拱墅区市场监督管理局", "区市场监管局", True),
        ("杭州市拱墅区祥符街道办事处", "杭州市拱墅区人民政府祥符街道办事处", True),
        ("拱墅区城市建设投资集团有限公司（区城投集团）", "区城投集团", True),
        ("区文广旅体局", "杭州市拱墅区文化和广电旅游体育局", True),
        ("区发改经信局（盖章）", "杭州市拱墅区发展改革和经济信息化局", True),
        ("杭州市拱墅区卫生健康局信息科", "杭州市拱墅区卫生健康局", True),
        ("杭州市拱墅区人民政府康桥街道办事处", "杭州市拱墅区人民政府祥符街道办事处", False),
        ("杭州市拱墅区财政局", "杭州市拱墅区机关事务服务中心", False),
    ],
)
def test_units(a, b, same):
    assert same_unit(a, b) is same


@pytest.mark.parametrize(
    "line",
    ["项目建设方案", "拱墅区政府投资信息化项目建设方案", "杭州市拱墅区机关事务服务中心", "目录", "编制日期：2022年1月"],
)
def test_lines_of_a_cover_that_are_no_name(line):
    got = submission(plan([line, "项目说明"], ("1.1", "项目名称", "拱墅区甲智慧应用建设项目。")))
    assert summary(got.facts).title == "拱墅区甲智慧应用建设项目"


def test_a_name_broken_over_two_lines_of_the_cover():
    got = submission(plan(["拱墅区甲智慧", "应用建设项目"], ("1.1", "项目名称", "拱墅区甲智慧应用建设项目。")))
    assert summary(got.facts).title == "拱墅区甲智慧应用建设项目"


def test_the_name_is_taken_out_of_a_sentence_that_states_more():
    stated = "项目名称为“望江街道矛盾化解协同应用（二期）项目”，建设性质为扩建，在一期“调处登记系统”上扩充。"
    assert stated_title(stated) == "望江街道矛盾化解协同应用（二期）项目"
    assert stated_title("甲系统建设项目") == "甲系统建设项目"
    assert same_title("甲系统建设项目（建设方案）", "甲系统建设项目")
    assert clean_title("甲平台建设项目，以下各章为行文方便有时写作“本项目”") == "甲平台建设项目"
    assert not looks_like_title("一期总投资63.80万元，其中软件系统43.20万元")


@pytest.mark.parametrize(
    ("section", "form", "read"),
    [
        (["（答）甲街网格应用续建项目，下文简称“续建项目”。"], "甲街网格应用续建项目", "甲街网格应用续建项目"),
        (
            ["凡称“本应用”的，均指本项目应用。", "名称写作：甲庭审应用二期项目，下称“二期”。"],
            "甲庭审应用二期项目",
            "甲庭审应用二期项目",
        ),
        (["本方案所报项目为“甲产业空间应用建设项目”。"], "乙产业空间平台", "甲产业空间应用建设项目"),
        (
            ["一期名称为“甲后厨应用（一期）”，2021年终验。", "甲后厨应用（二期）扩建项目"],
            "",
            "甲后厨应用（二期）扩建项目",
        ),
        (["表1-1 项目基本信息", "甲庭审应用项目"], "", "甲庭审应用项目"),
        (["甲庭审应用（二期）项目"], "甲庭审应用", "甲庭审应用（二期）项目"),
    ],
)
def test_the_name_of_1_1_whatever_stands_around_it(section, form, read):
    given = plan([], ("1.1", "名称", *section))
    named = [Field("项目名称", form, "title", Evidence("申报表", form))] if form else []
    titles = [f.value for f in facts((given,), named, (), policy()) if f.source == "plan:1.1" and f.key == "title"]
    assert titles == [read]
