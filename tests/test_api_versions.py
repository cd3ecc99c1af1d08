from __future__ import annotations

import pytest

from api.refusal import words_of_judgement
from api.versions import choose, same_plan, title
from models.domain.document import Cell, Document, Paragraph, Table
from models.domain.errors import SubmissionError

SENTENCES = [f"本项目第{i}项建设内容服务全区群众和企业。" for i in "一二三四五六七八"]


def plan(name: str, *lines: str, form: str = "docx", modified: str = "") -> Document:
    properties = (("modified", modified),) if modified else ()
    return Document(name, form, "", tuple(Paragraph(line) for line in lines), properties=properties)


def test_the_newest_word_is_reviewed_and_the_others_named():
    old = plan("方案v1.docx", "某某管理平台建设项目", *SENTENCES)
    new = plan("方案v2.docx", "某某管理平台建设项目", *SENTENCES, "总投资调整为一百八十万元整。")
    printed = plan("方案盖章.pdf", "某某管理平台", "建设项目", "".join(SENTENCES), form="pdf")
    chosen, told = choose([printed, old, new])
    assert chosen is new
    assert [line.what for line in told] == ["方案v1.docx", "方案盖章.pdf"]
    assert "方案v2.docx" in told[0].why
    assert "总投资调整为" in told[0].why


def test_the_date_in_the_file_goes_before_its_name():
    late = plan("a.docx", "某某管理平台建设项目", modified="2022-03-01T00:00:00Z")
    early = plan("b9.docx", "某某管理平台建设项目", modified="2022-01-01T00:00:00Z")
    assert choose([early, late])[0] is late


def test_plans_of_two_projects_are_an_error_that_names_both():
    one = plan("甲.docx", "智慧停车系统建设项目（二期）", *SENTENCES)
    other = plan(
        "乙.docx", "项目名称：养老服务平台", "老人每日两餐由社区食堂提供并登记。", "探访记录由社工填写后上传。"
    )
    with pytest.raises(SubmissionError, match=r"智慧停车系统建设项目（二期）.*养老服务平台"):
        choose([one, other])


def test_a_line_break_of_a_pdf_is_no_difference():
    word = plan("a.docx", "名称甲", "本项目服务全区群众和企业，分三期建设完成。")
    pdf = plan("a.pdf", "名称甲", "本项目服务全区群众", "和企业，分三期建设完成。", form="pdf")
    assert same_plan(word, pdf)
    assert "不同，如" not in choose([word, pdf])[1][0].why


def test_the_title_may_stand_in_a_table():
    table = Table(((Cell("项目名称"), Cell("养老服务平台", 1)),))
    assert title(Document("a.docx", "docx", "", (table,))) == "养老服务平台"
    assert title(plan("无题.docx", "目录")) == "无题.docx"


@pytest.mark.parametrize(
    ("quote", "words"),
    [
        ("是否涉密 | 是", "是否涉密 | 是"),
        ("系统将存储涉密信息和某部队驻地名单。", "存储涉密信息"),
        ("名单定为机密级，收件人张三。", "机密"),
        ("没有这类词。", ""),
    ],
)
def test_only_the_words_of_judgement_are_quoted(quote, words):
    assert words_of_judgement(quote) == words
