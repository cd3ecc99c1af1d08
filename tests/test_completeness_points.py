"""What an answered item still lacks, told and never alarmed; both ways on small plans."""

import pytest
from form_samples import form, plan, policy, submission

from analyzers import completeness
from analyzers.context import Context
from models.domain.document import Document, Paragraph, Picture
from models.domain.finding import Severity
from models.domain.outline import Section
from models.domain.submission import Kind, SubmittedDocument

OLD = (
    "扩建项目。原系统2018年6月投入使用，总投资86万元，购置服务器2台，现有数据约30万条、120GB，"
    "应用于全区18个街道，办件时间由5天缩短到2天。"
)
ANSWERS = {
    "1.2": "本项目为新建项目。",
    "2.1": "现有业务系统2套、服务器3台，部署在政务云，存在数据不能互通的问题。",
    "2.2.1": "群众反映办理时间长，人工核对费时，建成后可减轻工作人员负担。",
    "2.2.2": "采用成熟的技术组件，经两个街道试点，工作人员接受度较高，其他城区可复制推广。",
    "2.2.3": "依据区数字化改革工作要点（拱数改〔2021〕5号）第12项的要求建设。",
    "2.3.1": "服务对象为全区18个街道的工作人员，用户数约460人。",
    "2.3.5": "系统拟按网络安全等级保护第二级建设，主要风险是账号盗用和越权查询。",
    "14.1": "提高了街道为老服务的响应速度，群众满意度预计达到95%以上，部门之间的协同更加顺畅，日常管理更加规范。",
    "14.2": "每年节约纸张和人工成本约12万元，三年内可收回软件开发的投入。",
    "15.4": "所需资金由区财政统筹安排，列入2022年度信息化项目预算。",
}


def context(texts=(), nature="新建"):
    parts = [(number, number, text) for number, text in {**ANSWERS, **dict(texts)}.items()]
    return Context(policy(), submission(plan(["拱墅区甲应用建设项目"], *parts), form(["项目性质", nature])))


def told(texts=(), nature="新建"):
    """Return (rule, severity, message) of the items given here."""
    found = list(completeness.check(context(texts, nature)))
    return {f.rule: f for f in found if f.template in ANSWERS}


def test_answers_lack_nothing():
    assert told() == {}


@pytest.mark.parametrize(
    ("number", "text", "point"),
    [
        ("2.3.1", "服务对象为街道工作人员和社区居民，服务范围为全区。", "用户数"),
        ("2.3.5", "系统含个人信息，主要风险是账号盗用和越权查询。", "安全等级"),
        ("2.2.3", "根据上级有关要求，结合本单位实际，提出建设本项目。", "文件名称和文号"),
        ("2.2.2", "采用成熟的技术组件和开放的接口，系统架构清晰。", "可复制可推广性"),
    ],
)
def test_points_the_text_lacks_are_a_notice(number, text, point):
    found = told({number: text})[f"SEC-{number}"]
    assert found.severity is Severity.NOTICE
    assert point in found.message
    row = next(r for r in completeness.rows(context({number: text})) if r.template == number)
    assert row.status == "thin"


def test_points_of_the_original_system_are_asked_of_extensions_only():
    bare = {"1.2": "扩建项目，原系统由我单位建设，本期增加若干功能。"}
    assert "原有项目总投资" in told(bare, "扩建")["SEC-1.2"].message
    assert "SEC-1.2" not in told({"1.2": OLD, "2.2.1": ANSWERS["2.2.1"] + "原系统不能支撑，建成后停用。"}, "扩建")
    assert "SEC-1.2" not in told({"1.2": "本项目为新建项目，此前没有建设过。"}, "新建")


def test_the_stop_of_the_original_system_is_asked_for():
    silent = {"1.2": OLD, "2.2.1": "现有手段无法满足业务需要，群众反映办理时间长，街道工作人员核对材料负担较重。"}
    assert "停用" in told(silent, "扩建")["SEC-2.2.1"].message
    planned = {"1.2": OLD, "2.2.1": "原系统无法支撑现有业务，不存在重复建设，上线后原系统于年底停用。"}
    assert "SEC-2.2.1" not in told(planned, "扩建")


@pytest.mark.parametrize(
    "prompt",
    [
        "说明项目建成后的服务对象、服务范围以及用户数等。",
        "请说明项目建成后的服务对象、服务范围以及用户数等情况。",
    ],
)
def test_a_prompt_left_beside_the_answer_is_told_and_alone_is_no_answer(prompt):
    beside = told({"2.3.1": prompt + ANSWERS["2.3.1"]})["SEC-2.3.1"]
    assert beside.severity is Severity.NOTICE
    assert beside.evidence[0].quote == prompt
    assert told({"2.3.1": prompt})["SEC-2.3.1"].severity is Severity.WARNING


def test_words_of_the_template_in_an_answer_are_no_prompt():
    text = "项目建成后的服务对象为街道工作人员，服务范围为全区，用户数460人。"
    assert "SEC-2.3.1" not in told({"2.3.1": text})


def test_a_paragraph_used_twice_is_told_under_the_later_item():
    found = told({"14.2": ANSWERS["14.1"]})
    assert set(found) == {"SEC-14.2"}
    assert found["SEC-14.2"].severity is Severity.NOTICE
    assert "14.1" in found["SEC-14.2"].message
    assert {e.quote for e in found["SEC-14.2"].evidence} == {ANSWERS["14.1"]}


def test_chapter_one_may_repeat_what_later_chapters_say():
    assert told({"15.4": ANSWERS["15.4"], "1.6": ANSWERS["15.4"]}) == {}


@pytest.mark.parametrize(
    "text",
    [
        "本项目为公益性项目，无直接经济效益，因其服务对象为低收入老人，不收取费用。",
        "无直接经济效益，因系统只供街道内部管理使用。",
    ],
)
def test_a_reasoned_absence_is_an_answer(text):
    assert told({"14.2": text}) == {}
    assert "SEC-14.2" in told({"14.2": "无。"})


def test_a_picture_is_to_be_verified():
    for block in (Picture(), Paragraph("图2-1 业务流程图")):
        blocks = (Paragraph("业务需求"), block, Paragraph("安全需求"), Paragraph(ANSWERS["2.3.5"]))
        sections = (
            Section(0, "", "业务需求", 1, None, 0, 1, 2, template=("2.3.2",)),
            Section(1, "", "安全需求", 1, None, 2, 3, 4, template=("2.3.5",)),
        )
        paper = SubmittedDocument(Document("方案.docx", "docx", "1", blocks), Kind.PLAN, sections)
        papers = Context(policy(), submission(paper))
        assert next(r.status for r in completeness.rows(papers) if r.template == "2.3.2") == "unclear"
        assert "SEC-2.3.2" not in {f.rule for f in completeness.check(papers)}
        assert any("2.3.2" in line.what for line in completeness.unchecked(papers))
