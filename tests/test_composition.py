"""Packages as they come, in real files: kinds of paper, copies, versions, attachments that a plan points to."""

from __future__ import annotations

import shutil

import pytest
from docx import Document
from form_samples import policy
from word_files import TITLE, form, paper, plan, table

from api.pipeline import review
from api.wiring import Workbench


def reviewed(folder):
    return review([folder], Workbench(policy()))


def told(report):
    return {n.what: n.why for n in report.not_checked}


def gaps(report):
    return {f.rule for f in report.findings if f.rule.startswith("SEC-") and f.severity != "notice"}


def test_a_whole_submission_has_no_gap(tmp_path):
    plan(tmp_path / "建设方案.docx")
    form(tmp_path / "申报表.docx")
    report = reviewed(tmp_path)
    assert (report.submission.kind, report.submission.title, gaps(report)) == ("新申报", TITLE, set())


def test_a_change_request_is_routed_and_accused_of_nothing(tmp_path):
    form(tmp_path / "变更申请表.docx", "拱墅区政府投资信息化项目变更申请表", 变更原因="机构职能调整")
    report = reviewed(tmp_path)
    assert (report.submission.kind, report.conclusion.advice) == ("变更", "不予受理")
    assert [f.rule for f in report.findings] == ["PRO-ROUTE"]
    assert report.findings[0].clause.ref == "第十九条"
    assert report.findings[0].evidence[0].quote == "拱墅区政府投资信息化项目变更申请表"
    assert [(m.kind, m.target) for m in report.conclusion.measures] == [("转办", "变更")]
    assert {r.status for r in report.completeness} == {"not_applicable"}
    assert report.not_checked == ()


def test_an_acceptance_with_the_plan_among_its_papers_is_routed(tmp_path):
    form(tmp_path / "终验申请表.docx", "信息化项目终验申请表")
    plan(tmp_path / "项目文档" / "建设方案.docx")
    report = reviewed(tmp_path)
    assert (report.submission.kind, report.routing.approval) == ("终验", "转办")


def test_a_filing_of_own_money_is_filed(tmp_path):
    paper(tmp_path / "a.docx", "关于自筹资金项目备案的报告", f"《{TITLE}》由我单位自筹资金建设，合同已签订，现予备案。")
    report = reviewed(tmp_path)
    assert (report.submission.kind, report.routing.approval, report.submission.title) == ("自筹备案", "备案", TITLE)
    assert [m.kind for m in report.conclusion.measures] == ["备案"]


def test_the_same_file_twice_is_reviewed_once(tmp_path):
    plan(tmp_path / "建设方案.docx")
    form(tmp_path / "申报表.docx")
    shutil.copy(tmp_path / "申报表.docx", tmp_path / "申报表（副本）.docx")
    report = reviewed(tmp_path)
    assert told(report)["申报表（副本）.docx"] == "与“申报表.docx”内容完全相同，只审核其中一份"
    assert {f.evidence.document for f in report.facts if f.source.startswith("form")} == {"申报表.docx"}
    assert "申报表（副本）.docx" in [d.document.name for d in report.documents]


def test_the_newer_version_is_told_by_its_number_not_by_when_it_was_saved(tmp_path):
    plan(tmp_path / "建设方案V10.docx", 社会效益="居民少跑腿，平均办理时间由5天缩短至半天。")
    plan(tmp_path / "建设方案V9.docx")
    report = reviewed(tmp_path)
    assert report.documents[0].document.name == "建设方案V10.docx"
    why = told(report)["建设方案V9.docx"]
    assert "同一方案的不同版本" in why
    assert "缩短至半天" in why
    assert "缩短至1天" in why


def test_the_newer_version_is_told_by_the_date_on_its_cover(tmp_path):
    plan(tmp_path / "方案甲.docx", date="2022年3月")
    plan(tmp_path / "方案乙.docx", date="二〇二一年十二月")
    assert reviewed(tmp_path).documents[0].document.name == "方案甲.docx"


def test_a_draft_is_never_the_one_reviewed(tmp_path):
    plan(tmp_path / "建设方案.docx", date="2022年1月")
    plan(tmp_path / "旧" / "建设方案.docx", date="2022年3月")
    assert reviewed(tmp_path).documents[0].document.name == "建设方案.docx"


LIST = [
    ["序号", "功能", "说明"],
    ["1", "登记", "网格员逐户登记，一般查询不超过3秒"],
    ["2", "统计", "按街道、社区汇总，支持200人同时在线"],
]


def row(report, number):
    return next(r.status for r in report.completeness if r.template == number)


def why(report, number):
    return next((n.why for n in report.not_checked if f" {number} " in n.what), "")


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("附件3 功能需求清单.docx", "详见附件3。"),
        ("附件三：清单.docx", "功能需求清单详见附件3《功能需求清单》。"),
        ("功能需求清单.docx", "具体内容见附件《功能需求清单》。"),
        ("3.docx", "详见附件3：功能需求清单。"),
    ],
)
def test_a_pointer_is_followed_to_the_file(tmp_path, name, words):
    plan(tmp_path / "建设方案.docx", 功能与性能需求=words)
    paper(tmp_path / name, "附件3", "功能需求清单", LIST)
    paper(tmp_path / "附件1 会议纪要.docx", "会议纪要", "会议同意区甲局牵头建设该应用，2022年内建成。")
    report = reviewed(tmp_path)
    assert row(report, "2.3.3") == "present"
    assert gaps(report) == set()


def test_a_pointer_is_followed_to_a_part_of_the_plan(tmp_path):
    path = plan(tmp_path / "建设方案.docx", 功能与性能需求="详见附件2。")
    made = Document(str(path))
    made.add_paragraph("附件：1.会议纪要  2.功能需求清单")
    made.add_paragraph("附件2")
    made.add_paragraph("功能需求清单")
    table(made, LIST)
    made.save(str(path))
    assert row(reviewed(tmp_path), "2.3.3") == "present"


def test_an_attachment_that_is_not_there_or_not_readable_is_unclear_and_said_so(tmp_path):
    plan(tmp_path / "建设方案.docx", 功能与性能需求="详见附件3。", 业务需求="见附件《业务需求调研表》。")
    (tmp_path / "附件3 功能清单.docx").write_bytes(b"PK\x03\x04 broken")
    report = reviewed(tmp_path)
    assert (row(report, "2.3.3"), row(report, "2.3.2")) == ("unclear", "unclear")
    assert "未能读取" in why(report, "2.3.3")
    assert "没有找到这份附件" in why(report, "2.3.2")
    assert gaps(report) == set()
    assert report.conclusion.advice == "建议补正后再审"


def test_an_attachment_with_nothing_in_it_is_no_answer(tmp_path):
    plan(tmp_path / "建设方案.docx", 功能与性能需求="详见附件3。")
    paper(
        tmp_path / "附件3 功能清单.docx", "附件3 功能清单", "本清单待补充，待补充，待补充。", "以上内容待补充，待补充。"
    )
    assert row(reviewed(tmp_path), "2.3.3") == "placeholder"


def test_a_paper_that_is_no_attachment_and_not_there_is_no_answer(tmp_path):
    plan(tmp_path / "建设方案.docx", 功能与性能需求="略。详见可行性研究报告。")
    assert row(reviewed(tmp_path), "2.3.3") == "placeholder"
