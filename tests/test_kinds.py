"""来件类型: what a submission says it is, and what only lies beside it."""

from __future__ import annotations

import pytest
from form_samples import document, policy, table

from models.domain.submission import Kind, SubmittedDocument
from models.facts import summary
from models.understanding import understand

NAME = "拱墅区甲智慧应用建设项目"


def paper(name, *blocks, kind=Kind.ATTACHMENT):
    return SubmittedDocument(document(*blocks, name=name), kind)


def rows(*pairs):
    return table(*[list(p) for p in pairs])


def plan(title=NAME, name="建设方案.docx"):
    return paper(name, title + "建设方案", "申报单位：区甲局", kind=Kind.PLAN)


def form(head, *pairs, title=NAME, name="申报表.docx"):
    base = (
        ("项目名称", title),
        ("申报单位", "区甲局"),
        ("项目总投资（万元）", "80"),
        ("建设周期", "2022年1月至2022年10月"),
    )
    return paper(name, head, rows(*base, *pairs), kind=Kind.FORM)


NORMAL = (plan(), form("拱墅区政府投资信息化项目申报表", ("项目性质", "新建")))


def told(*papers):
    return summary(understand("例", papers, policy()).facts)


@pytest.mark.parametrize(
    ("papers", "kind"),
    [
        (NORMAL, "新申报"),
        ((form("拱墅区政府投资信息化项目变更申请表"),), "变更"),
        ((form("拱墅区信息化项目终验申请表", name="表.docx"), plan()), "终验"),
        ((form("政务应用下架申请表", title="甲应用"),), "下架"),
        ((form("自筹资金信息化项目备案表"),), "自筹备案"),
        ((form("申报表", ("申报类型", "□新申报 ☑变更 □终验")), plan()), "变更"),
        ((form("申报表", ("申报类型", "☑年中追加 □变更")), plan()), "新申报"),
        ((*NORMAL, paper("补正情况对照表.docx", "补正情况对照表", rows(("补正要求", "修改情况")))), "补正"),
        ((plan("区甲系统2022年度运维项目"), form("申报表", title="区甲系统2022年度运维项目")), "运维"),
        ((plan(), form("申报表", ("项目性质", "运维"))), "运维"),
        ((paper("函.docx", f"关于《{NAME}》变更建设内容的请示", "因政策调整，申请变更。"),), "变更"),
        ((paper("a.docx", "区数据资源局：", f"我局承建的《{NAME}》已试运行三个月，现申请组织终验。"),), "终验"),
        ((paper("a.docx", "关于申请终止", "某某系统建设项目的报告", "因不可抗力无法建设。"),), "变更"),
    ],
)
def test_kind(papers, kind):
    assert told(*papers).kind == kind


@pytest.mark.parametrize(
    "extra",
    [
        form("信息化项目终验申请表", title="区甲智慧应用（一期）项目", name="一期终验.docx"),
        paper("附件1.docx", "关于乙系统下架的请示", "因已被替换，申请乙系统下架。"),
        paper("附件2 一期终验报告.pdf", "终验报告", "一期项目于2020年12月通过终验。"),
        paper("附件3.docx", "企业变更登记申请表"),
    ],
)
def test_papers_of_another_project_say_nothing(extra):
    got = understand("例", (*NORMAL, extra), policy())
    assert summary(got.facts).kind == "新申报"
    assert summary(got.facts).title == NAME
    assert {f.evidence.document for f in got.facts_of("title")} <= {"建设方案.docx", "申报表.docx"}


@pytest.mark.parametrize(
    "title",
    [
        "企业变更登记系统项目",
        "网站备案管理平台项目",
        "智慧运维平台建设项目",
        "项目终验管理系统项目",
        "应用下架监管系统项目",
    ],
)
def test_a_project_about_such_matters_is_a_new_application(title):
    assert told(plan(title), form("申报表", ("项目性质", "新建"), title=title)).kind == "新申报"


def test_a_letter_names_its_project_and_its_place():
    got = understand("例", (paper("函.docx", f"关于《{NAME}》变更的请示", "内容。"),), policy())
    assert summary(got.facts).title == NAME
    fact = got.facts_of("kind")[0]
    assert (fact.evidence.document, fact.evidence.paragraph) == ("函.docx", 0)


def test_a_pack_without_kinds_has_new_applications_only():
    from dataclasses import replace

    bare = replace(policy(), data={})
    assert summary(understand("例", (form("变更申请表"),), bare).facts).kind == "新申报"


def test_a_form_may_begin_with_its_table():
    table_first = SubmittedDocument(
        document(rows(("项目名称", NAME), ("申报单位", "区甲局")), name="申报表.docx"), Kind.FORM
    )
    assert told(table_first, plan()).kind == "新申报"
