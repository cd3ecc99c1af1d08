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
        ({}, {"2.2.1": "本项目已于2021年11月完成公开招标。"}, {"PRO-STARTED"}),
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
