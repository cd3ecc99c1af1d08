"""Doubts about need and feasibility: the pack's sentences, and what only figures show, both ways."""

import pytest
from form_samples import form, plan, policy, submission, table

from analyzers import neg_5_doubts
from analyzers.context import Context
from api.samples import raised
from api.wiring import Workbench
from corpus.policies.check import samples
from models.domain.finding import Severity


@pytest.mark.parametrize("sample", [s for s in samples() if s.file.endswith("/NEG-5.yaml")], ids=lambda s: s.text[:16])
def test_the_packs_words_alone_tell_its_plain_samples(sample):
    assert bool(raised("NEG-5", sample, Workbench(policy()))) == (sample.kind == "fails")


def doubts(title, rows, total, **texts):
    parts = {"1.6": f"项目总投资{total}万元。", **{k.replace("_", "."): v for k, v in texts.items()}}
    budget = table(["名称", "数量", "单价", "金额"], *[[n, "1项", a, a] for n, a in rows])
    papers = plan([title], *[(n, n, t) for n, t in parts.items()], ("15.2", "概算表", "单位：万元", budget))
    found = neg_5_doubts.check(Context(policy(), submission(papers, form(["项目名称", title]))))
    return list(found)


SOFT = [("申请审批模块", "120"), ("统计模块", "60"), ("服务器", "20")]


def test_much_money_for_few_users():
    (found,) = doubts("拱墅区甲管理系统建设项目", SOFT, 200, v2_3_1="") or doubts(
        "拱墅区甲管理系统建设项目", SOFT, 200, **{"2_3_1": "系统用户数为20人。"}
    )
    assert found.severity is Severity.WARNING
    assert "10.0万元" in found.message
    assert not doubts("拱墅区甲管理系统建设项目", SOFT, 200, **{"2_3_1": "系统用户数为460人。"})
    law = {"2_3_1": "系统用户数为20人。", "2_2_1": "危化品应急处置依法必须由专人值守。"}
    assert not doubts("拱墅区甲管理系统建设项目", SOFT, 200, **law)


def test_a_large_project_in_two_months():
    hasty = doubts("拱墅区甲管理系统建设项目", SOFT, 600, **{"1_4": "建设周期2022年11月至2022年12月。"})
    assert ["工期" in f.message for f in hasty] == [True]
    assert not doubts("拱墅区甲管理系统建设项目", SOFT, 60, **{"1_4": "建设周期2022年11月至2022年12月。"})
    assert not doubts("拱墅区甲管理系统建设项目", SOFT, 600, **{"1_4": "建设周期2022年3月至2022年12月。"})


def test_hardware_called_software():
    hard = [("高清摄像机", "150"), ("存储服务器", "40"), ("管理软件", "10")]
    (found,) = doubts("拱墅区甲管理平台建设项目", hard, 200)
    assert "95%" in found.message
    assert not doubts("拱墅区甲视频监控设备采购项目", hard, 200)
    assert not doubts("拱墅区甲管理平台建设项目", SOFT, 200)


def test_mostly_for_show():
    show = [("LED大屏", "110"), ("展厅装饰", "40"), ("管理软件", "50")]
    (found,) = doubts("拱墅区甲数字化应用项目", show, 200)
    assert "大屏" in found.message
    assert not doubts("拱墅区应急指挥中心项目", show, 200)
