"""The consistency, procedure and secrecy analyzers on small submissions, faulty and sound in pairs."""

import pytest
from form_samples import form, plan, policy, submission, table

from analyzers import (
    consistency_facts,
    consistency_funding,
    consistency_identity,
    consistency_nature,
    consistency_period,
    consistency_scope,
    consistency_sum,
    consistency_total,
    procedure,
    secrecy,
)
from analyzers.context import Context
from models.domain.finding import Severity

ALL = (
    consistency_facts, consistency_funding, consistency_identity, consistency_nature, consistency_period,
    consistency_scope, consistency_sum, consistency_total, procedure, secrecy,
)  # fmt: skip

FIELDS = {
    "项目名称": "拱墅区甲智慧应用建设项目",
    "申报单位": "拱墅区甲局",
    "项目性质": "新建",
    "数字化改革领域": "数字社会",
    "项目总投资（万元）": "100",
    "财政资金（万元）": "80",
    "自筹资金（万元）": "20",
    "建设周期": "2022.01—2022.10",
    "等保等级": "二级",
    "是否涉密": "□是 ☑否",
}
TEXTS = {
    "1.1": "拱墅区甲智慧应用建设项目。",
    "1.2": "本项目为新建项目。",
    "1.4": "建设周期2022年1月至2022年10月。",
    "1.6": "项目总投资100万元，其中财政资金80万元、自筹资金20万元。",
    "2.3.5": "系统按等保第二级建设。",
}
ROWS = (
    ("甲模块", "1项", "30", "30"),
    ("乙模块", "2项", "25", "50"),
    ("终端", "40台", "0.5", "20"),
    ("合计", "", "", "100"),
)


def check(fields=(), texts=(), rows=ROWS):
    """Return the findings of a sound submission with some words replaced."""
    parts = [(number, number, text) for number, text in {**TEXTS, **dict(texts)}.items()]
    budget = table(["名称", "数量", "单价", "金额"], *[list(r) for r in rows])
    front = ["拱墅区甲智慧应用建设项目", "申报单位：杭州市拱墅区甲局"]
    papers = plan(front, *parts, ("15.2", "概算表", "单位：万元", budget))
    context = Context(policy(), submission(papers, form(*[[k, v] for k, v in {**FIELDS, **dict(fields)}.items()])))
    return [f for analyzer in ALL for f in analyzer.check(context)]


def rules(*args, **kwargs):
    return {f.rule for f in check(*args, **kwargs)}


def test_a_sound_submission_is_silent():
    assert rules() == set()


@pytest.mark.parametrize(
    ("fields", "texts", "expected"),
    [
        ({"项目总投资（万元）": "1000"}, {}, {"CON-TOTAL", "CON-FUNDING"}),
        ({}, {"1.6": "项目总投资110万元。"}, {"CON-TOTAL"}),
        ({"项目名称": "拱墅区乙视频平台项目"}, {}, {"CON-NAME"}),
        ({"申报单位": "拱墅区乙局"}, {}, {"CON-UNIT"}),
        ({"项目性质": "□新建 ☑续建"}, {}, {"CON-NATURE"}),
        ({"建设周期": "2022.01—2022.12"}, {}, {"CON-PERIOD"}),
        ({"自筹资金（万元）": "10"}, {}, {"CON-FUNDING"}),
        ({"等保等级": "第三级"}, {}, {"CON-FACT"}),
        ({"是否涉密": "☑是 □否"}, {}, {"PRO-SECRET"}),
        ({"是否涉密": "是（秘密级）"}, {}, {"PRO-SECRET"}),
        ({"数字化改革领域": ""}, {}, {"PRO-DOMAIN"}),
        ({"牵头部门意见": "（盖章）  年  月  日"}, {}, {"PRO-LEAD"}),
        ({}, {"2.2.1": "为提升公共服务效率。本项目已于2021年11月完成公开招标。"}, {"PRO-STARTED"}),
    ],
)
def test_one_fault_one_finding(fields, texts, expected):
    assert rules(fields, texts) == expected


@pytest.mark.parametrize(
    ("fields", "texts"),
    [
        ({"项目总投资（万元）": "1000000元"}, {}),
        ({"项目总投资（万元）": "100.00（人民币壹佰万元整）"}, {}),
        ({"项目总投资（万元）": "壹佰万元整"}, {}),
        ({"项目总投资（万元）": "约100"}, {}),
        ({"项目名称": "拱墅区甲智慧应用项目"}, {}),
        ({"申报单位": "区甲局"}, {}),
        ({"建设周期": "10个月"}, {}),
        ({"建设周期": "2022年1月1日至2022年10月31日"}, {}),
        ({"项目性质": "新建类"}, {}),
        ({"是否涉密": "非涉密"}, {}),
        ({}, {"2.1": "原系统总投资43.7万元，2016年建成，通过三级等保测评，建设周期2015年1月至2016年3月。"}),
        ({}, {"15.3": "运维总费用每年12万元。", "15.4": "2022年安排60万元，2023年安排40万元。"}),
        ({}, {"8.1": "政务云平台已通过三级等保测评。"}),
    ],
)
def test_other_words_for_the_same_are_silent(fields, texts):
    assert rules(fields, texts) == set()


def test_sums():
    def with_row(index, row):
        return (*ROWS[:index], row, *ROWS[index + 1 :])

    assert rules(rows=with_row(1, ("乙模块", "2项", "30", "50"))) == {"CON-SUM"}
    assert rules(rows=with_row(1, ("乙模块", "2项", "30", "60"))) == {"CON-SUM"}
    assert rules(rows=with_row(3, ("合计", "", "", "120"))) == {"CON-SUM", "CON-TOTAL"}
    assert rules(rows=with_row(2, ("终端", "3台", "6.667", "20"))) == set()
    grouped = (*ROWS[:2], ("小计", "", "", "80"), ROWS[2], ("小计", "", "", "20"), ROWS[3])
    assert rules(rows=grouped) == set()
    assert rules(rows=(*ROWS[:2], ("小计", "", "", "85"), ROWS[2], ROWS[3])) == {"CON-SUM"}


def test_total_only_where_the_table_adds_up():
    rows = (("甲模块", "1项", "30", "30"), ("乙模块", "2项", "25", "50"), ("合计", "", "", "80"))
    assert rules(rows=rows) == {"CON-TOTAL"}


def test_evidence_quotes_both_places():
    (found,) = [f for f in check({"项目总投资（万元）": "130", "财政资金（万元）": "110"}) if f.rule == "CON-TOTAL"]
    assert found.severity is Severity.WARNING
    assert "项目总投资100万元，其中财政资金80万元、自筹资金20万元。" in [e.quote for e in found.evidence]
    assert "项目总投资（万元） | 130" in [e.quote for e in found.evidence]
    assert "130万元" in found.message
    assert found.clause.ref == "第六条"


def test_amounts_decide_the_way():
    small = (("甲模块", "1项", "4", "4"), ("合计", "", "", "4"))
    fields = {"项目总投资（万元）": "4", "财政资金（万元）": "4", "自筹资金（万元）": ""}
    assert rules(fields, {"1.6": "项目总投资4万元。"}, small) == {"PRO-THRESHOLD"}
    large = (("甲模块", "1项", "500", "500"), ("合计", "", "", "500"))
    fields = {"项目总投资（万元）": "500", "财政资金（万元）": "480"}
    assert rules(fields, {"1.6": "项目总投资500万元。"}, large) == {"PRO-MEETING"}


@pytest.mark.parametrize("analyzer", ALL, ids=lambda a: a.__name__)
def test_manuals_have_their_headings(analyzer):
    assert all(head in analyzer.__doc__ for head in ("检查什么", "为什么", "示例", "局限"))
    assert set(analyzer.RULES) <= set(policy().rules)


def test_contents_and_budget_both_ways():
    texts = {
        "1.5": "（1）甲模块；（2）乙模块；（3）终端；（4）全景展示大屏；",
        "3.2": "建设甲模块、乙模块，配备终端。" * 20,
    }
    found = [f for f in check(texts=texts) if f.rule == "CON-SCOPE"]
    assert [f.severity for f in found] == [Severity.NOTICE]
    assert "大屏" in found[0].message
    rows = (*ROWS[:2], ("无人机巡飞", "1架", "20", "20"), ROWS[3])
    named = [f for f in check(texts={"3.2": "建设甲模块、乙模块。" * 20}, rows=rows) if f.rule == "CON-SCOPE"]
    assert any("无人机" in f.message for f in named)


def test_other_scopes_are_named_and_not_accused():
    texts = {"15.4": "本年度安排40万元，申请财政资金80万元，预算控制数90万元。"}
    assert rules(texts=texts) == set()
    parts = [(n, n, t) for n, t in texts.items()]
    stated = {(f.scope, f.value) for f in submission(plan(["甲项目"], *parts)).facts_of("total_wan")}
    assert {("分年度", 40.0), ("申请财政资金", 80.0), ("预算控制数", 90.0)} <= stated


def test_capital_amounts_and_yuan():
    assert (
        rules(texts={"1.6": "项目总投资100万元（大写：人民币壹佰万元整），其中财政资金80万元、自筹资金20万元。"})
        == set()
    )
    wrong = "项目总投资100万元（大写：人民币壹佰壹拾万元整），其中财政资金80万元、自筹资金20万元。"
    assert "CON-TOTAL" in rules(texts={"1.6": wrong})
    assert rules(texts={"1.6": "项目总投资1000000元，其中财政资金80万元、自筹资金20万元。"}) == set()


def test_stages_of_building_within_the_period():
    def schedule(*rows):
        stages = table(["阶段", "时间"], *[list(r) for r in rows])
        parts = [("1.4", "周期", "建设周期2022年1月至2022年10月。"), ("12.2", "实施计划", stages)]
        found = consistency_period.check(Context(policy(), submission(plan(["甲项目"], *parts))))
        return [f.rule for f in found]

    assert schedule(("采购与签约", "2022年1—2月"), ("开发与部署", "2022年3月至10月")) == []
    assert schedule(("开发与部署", "2022年3月至2023年2月")) == ["CON-PERIOD"]
    assert schedule(("终验", "2022年12月"), ("质保", "2023年1月至12月"), ("一期系统上线", "2019年5月")) == []


def test_sources_of_plan_and_form():
    own = {"资金来源": "单位自筹", "财政资金（万元）": "", "自筹资金（万元）": ""}
    assert rules(own, {"1.6": "项目总投资100万元，由区财政安排。"}) == {"CON-FUNDING"}
    assert (
        rules(own | {"资金来源": "区财政资金"}, {"1.6": "项目总投资100万元，由区财政安排，不申请上级补助。"}) == set()
    )


def test_the_level_paid_for_is_the_level_stated():
    rows = (*ROWS[:2], ("三级等保测评", "40项", "0.5", "20"), ROWS[3])
    assert "CON-FACT" in rules(rows=rows)
    assert "CON-FACT" not in rules(rows=(*ROWS[:2], ("二级等保测评", "40项", "0.5", "20"), ROWS[3]))


def test_the_year_of_the_original_system():
    texts = {"1.2": "本项目为新建项目。原系统2016年建成，已停用。", "2.1": "原系统于2018年投入使用，数据约20万条。"}
    found = [f for f in check(texts=texts) if f.rule == "CON-FACT"]
    assert [f.severity for f in found] == [Severity.NOTICE]
    same = {"1.2": "本项目为新建项目。原系统2016年建成，已停用。", "2.1": "原系统2016年5月上线，云平台2018年投入使用。"}
    assert "CON-FACT" not in rules(texts=same)


def test_the_same_thing_in_other_words_and_other_numbers():
    def scope(content, name, count):
        texts = {"1.5": content, "3.2": "建设甲模块、乙模块。" * 20}
        rows = (*ROWS[:2], (name, count, "10", "20"), ROWS[3])
        return [f.message for f in check(texts=texts, rows=rows) if f.rule == "CON-SCOPE"]

    ups = "（1）甲模块；（2）乙模块；（3）20千伏安不间断电源2台；"
    assert not any("不间断" in m or "UPS" in m for m in scope(ups, "UPS（20kVA）", "2台"))
    terminals = "（1）甲模块；（2）乙模块；（3）移动核验终端50台；"
    assert not any("50台" in m for m in scope(terminals, "移动核验终端", "50台"))
    assert any("50台，概算表为60台" in m for m in scope(terminals, "移动核验终端", "60台"))


def test_a_budget_in_packages_is_no_other_total():
    head = ["名称", "数量", "单价", "金额"]
    one = table(head, ["甲模块", "1项", "60", "60"], ["合计", "", "", "60"])
    two = table(head, ["终端", "80台", "0.5", "40"], ["合计", "", "", "40"])
    parts = [(number, number, text) for number, text in TEXTS.items()]
    front = ["拱墅区甲智慧应用建设项目", "申报单位：杭州市拱墅区甲局"]

    def total(*tables):
        papers = plan(front, *parts, ("15.2", "概算", *tables))
        context = Context(policy(), submission(papers, form(*[[k, v] for k, v in FIELDS.items()])))
        return {f.rule for f in consistency_total.check(context)}

    assert total("表1 包一 软件开发（单位：万元）", one, "表2 包二 设备（单位：万元）", two) == set()
    less = table(head, ["终端", "60台", "0.5", "30"], ["合计", "", "", "30"])
    assert total("表1 包一 软件开发（单位：万元）", one, "表2 包二 设备（单位：万元）", less) == {"CON-TOTAL"}
