from __future__ import annotations

import io
import json
import re
import zipfile
from dataclasses import replace

import docx
import pytest
from report_samples import HOSTILE, PLAN, room_finding, sample_report

from api.reports import render
from api.reports.json import read
from models.domain.document import Paragraph
from models.domain.errors import InstallationError
from models.domain.finding import Severity
from models.domain.report import NotChecked

FORBIDDEN = re.compile(
    r"置信|相似度|NEG-|SEC-|CON-|PRO-|COM-|blocker|warning|机器|模型|AI|违规|造假|不合格|驳回|严禁|0\.9"
)


def test_json_has_the_fields_of_the_contract_in_order():
    report = json.loads(render(sample_report(), "json"))
    assert list(report) == [
        "schema", "policy", "engine", "not_checked", "submission", "facts", "functions", "documents", "completeness",
        "findings", "duplicates", "routing", "dimensions", "conclusion",
    ]  # fmt: skip
    assert report["engine"] == {
        "version": "0.1.0",
        "embedder": "e5",
        "corpus": {"systems": 120, "sha256": "ef" * 32},
    }
    finding = report["findings"][0]
    assert set(finding) >= {
        "id", "rule", "severity", "title", "message", "clause", "evidence", "suggestion", "confidence",
    }  # fmt: skip
    assert list(finding["evidence"][0]) == ["document", "section", "page", "paragraph", "table", "row", "cell", "quote"]
    section = report["documents"][0]["sections"][1]
    assert section == {
        "number": "（一）", "title": "名称", "level": 2, "template": ["1.1"], "chars": 11, "page": None, "paragraph": 1,
    }  # fmt: skip


def test_json_rounds_numbers_and_keeps_text():
    content = render(sample_report(), "json")
    report = read(content)
    assert report["submission"]["total_wan"] == 186.5
    assert report["findings"][0]["confidence"] == 0.93
    assert report["findings"][0]["amount_wan"] == 40.3
    assert report["facts"][2]["value"] == 5000
    assert report["submission"]["title"] == HOSTILE
    assert "新建机房".encode() in content


def test_json_survives_text_that_is_no_unicode():
    report = sample_report()
    broken = replace(report, not_checked=(NotChecked("坏\ud800名", "\udfff"),))
    assert read(render(broken, "json"))["not_checked"][0]["what"].startswith("坏")


@pytest.mark.parametrize("content", [b"[]", b'{"schema": "other/1"}', b"no json"])
def test_read_refuses_what_is_no_report(content):
    with pytest.raises(ValueError):
        read(content)


@pytest.mark.parametrize("form", ["json", "html", "docx"])
def test_same_report_same_bytes(form):
    assert render(sample_report(), form) == render(sample_report(), form)


def test_html_escapes_and_asks_nobody():
    page = render(sample_report(), "html").decode()
    assert "<script" not in page
    assert "&lt;script&gt;" in page
    assert "{{ 7*7 }}" in page
    assert not re.search(r"""(?:src|href|action)=["']?(?:https?:)?//|url\(|@import""", page)
    assert "default-src 'none'" in page


def test_html_says_first_what_was_not_checked_and_every_matter_of_the_negative_list():
    page = render(sample_report(), "html").decode()
    order = [page.index(word) for word in ("未能检查的内容", "初审结论", "审核发现的问题", "负面清单逐项对照")]
    assert order == sorted(order)
    assert "第2页无法识别" in page
    assert "涉及 概算计算有误<" in page  # a rule by its name, not its code
    assert page.count("未涉及") == 7
    assert "各处不同" in page
    assert "拟在三楼新建机房一处。" in page
    assert 'lang="zh-CN"' in page
    assert "<main" in page


def test_html_does_not_call_unchecked_matters_untouched():
    report = replace(sample_report(), not_checked=(NotChecked("检查", "未完成", ("NEG-3",)),))
    page = render(report, "html").decode()
    assert page.count("未涉及") == 6
    assert "<td>未检查" in page


def _paper(report) -> docx.document.Document:
    return docx.Document(io.BytesIO(render(report, "docx")))


def test_docx_has_the_skeleton_and_no_forbidden_words():
    paper = _paper(replace(sample_report(), submission=replace(sample_report().submission, title="某项目")))
    text = "\n".join(p.text for p in paper.paragraphs)
    assert text.startswith("关于《某项目》的初步审核意见")
    for number, head in enumerate(
        ("项目基本情况", "审核依据与范围", "初步审核结论", "主要审核意见", "后续程序建议", "说明")
    ):
        assert f"{'一二三四五六'[number]}、{head}" in text
    for item in "一二三四五":
        assert f"第（{item}）项：" in text
    assert "附件3 报价单.pdf，第2页无法识别" in text
    assert "核减合计40.3万元" in text
    cells = "\n".join(c.text for t in paper.tables for row in t.rows for c in row.cells)
    assert "拟在三楼新建机房一处。" in cells
    assert not FORBIDDEN.search(text.replace("建设方案模板", "").replace("模板", "")), FORBIDDEN.search(text)
    assert not FORBIDDEN.search(cells), FORBIDDEN.search(cells)


def test_docx_page_is_laid_out_as_official_papers_are():
    paper = _paper(sample_report())
    section = paper.sections[0]
    assert [round(x.cm, 1) for x in (section.page_width, section.page_height)] == [21.0, 29.7]
    assert [round(x.cm, 1) for x in (section.top_margin, section.left_margin)] == [3.7, 2.8]
    assert paper.paragraphs[0].runs[0].font.size.pt == 22
    body = next(p for p in paper.paragraphs if "申报总投资" in p.text)
    assert (body.runs[0].font.size.pt, body.paragraph_format.line_spacing.pt) == (16, 22)
    with zipfile.ZipFile(io.BytesIO(render(sample_report(), "docx"))) as archive:
        footer = next(archive.read(n).decode() for n in archive.namelist() if "footer" in n)
        document = archive.read("word/document.xml").decode()
    assert "— " in footer
    assert "PAGE" in footer
    assert "仿宋_GB2312" in document
    assert "小标宋" in document


def test_terminal_says_first_what_was_not_checked():
    text = render(sample_report(), "terminal").decode()
    assert text.startswith("未能检查")
    assert text.index("建议补正后再审") < text.index("必须解决（1项）") < text.index("需要处理（1项）")
    assert f"{PLAN} · （一）名称 · 第3段" in text
    assert "[red]" in text


def test_pdf_is_the_same_paper():
    content = render(sample_report(), "pdf")
    assert content.startswith(b"%PDF-")
    assert content == render(sample_report(), "pdf")


def test_pdf_names_what_lacks(monkeypatch):
    from api.reports import typeset

    class Empty:
        @staticmethod
        def families() -> list[str]:
            return ["Libertinus Serif"]

    monkeypatch.setattr(typeset, "_fonts", Empty)
    with pytest.raises(InstallationError, match="没有中文字体"):
        render(sample_report(), "pdf")


def test_findings_keep_their_order_and_each_id_once():
    from api.ordering import sorted_findings

    class Pack:
        rules = {"NEG-1": None, "CON-SUM": None}

    room = room_finding()
    others = [replace(room, rule=r, severity=s) for r, s in (
        ("SEC-2.10", Severity.WARNING), ("SEC-2.2", Severity.WARNING), ("PRO-LEAD", Severity.NOTICE),
    )]  # fmt: skip
    for mixed in ([room, *others, room], [*reversed(others), room]):
        assert [f.rule for f in sorted_findings(mixed, Pack)] == ["NEG-1", "SEC-2.2", "SEC-2.10", "PRO-LEAD"]


def test_a_section_outside_the_document_does_not_stop_the_report():
    report = sample_report()
    moved = replace(report, documents=(replace(report.documents[0], document=replace(
        report.documents[0].document, blocks=(Paragraph("一、概述"),))),))  # fmt: skip
    assert read(render(moved, "json"))["documents"][0]["sections"][1]["page"] is None


def test_the_paper_asks_for_rules_the_pack_has():
    from api.papers import opinions as paper
    from corpus.policies import load_policy

    asked = {*paper.SHARING, *paper.SECURITY, *paper.MONEY, *paper.GOALS, *paper.OLD_SYSTEM}
    assert asked <= set(load_policy("gongshu-2021").rules)


def test_the_paper_calls_nothing_clean_that_was_not_checked():
    from dataclasses import replace

    from report_samples import sample_report

    from api.papers import opinions as paper
    from models.domain.report import NotChecked

    bare = replace(sample_report(), findings=(), not_checked=())
    assert paper._settled(bare, paper.SECURITY, "未发现。") == "未发现。"
    missed = replace(bare, not_checked=(NotChecked("语句判断", "模型缺失", ("NEG-2C",)),))
    assert "未能" in paper._settled(missed, paper.SECURITY, "未发现。")
