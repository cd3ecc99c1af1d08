"""The papers people sign and send: what they say, what they must not say, and that every format says the same."""

from __future__ import annotations

import io
import json
import re
import zipfile
from dataclasses import replace
from pathlib import Path

import docx
import pypdfium2
import pytest
from report_samples import PLAN, evidence, room_finding, sample_report

from api.papers import brief
from api.papers.annotated import annotate, remarks
from api.papers.blocks import Grid, Paper
from api.papers.decisions import Decisions, decided
from api.papers.making import CUTS, NOTICE, OPINION, PAGE, THIRD, WRITTEN, Matter, make
from api.papers.masking import HIDDEN, Mask
from api.papers.skeleton import fill
from api.papers.specimen import earlier, specimen
from api.papers.values import PLACEHOLDERS, values
from api.reports import official, typeset
from api.reports.json import render as render_json
from corpus.policies import load_policy
from models.domain.document import Cell, Document, Paragraph, Table
from models.domain.errors import PolicyError, SubmissionError
from models.domain.finding import Evidence, Severity
from models.domain.submission import Function, Kind, SubmittedDocument

ROOT = Path(__file__).resolve().parent.parent
POLICY = load_policy()
FORBIDDEN = ("置信度", "相似度", "违规", "造假", "不合格", "驳回", "严禁", "blocker", "warning", "AI", "模型", "机器")
RULE = re.compile(r"(?:NEG|SEC|CON|COM|PRO)-[A-Z0-9]")  # no word boundary: a Chinese sign before it is a word too


def docx_text(data: bytes) -> str:
    document = docx.Document(io.BytesIO(data))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return "\n".join([p.text for p in document.paragraphs] + cells)


def pdf_text(data: bytes) -> str:
    return "".join(page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(data))


def squashed(text: str) -> str:
    return re.sub(r"\s+|\x02|\ufffe", "", text)


@pytest.mark.parametrize("kind", WRITTEN)
def test_no_paper_shows_the_inside(kind: str) -> None:
    for report in (sample_report(), specimen(POLICY)):
        text = make(kind, Matter(report, POLICY, earlier=report)).text()
        assert not [word for word in FORBIDDEN if word in text.replace(report.submission.title, "")]
        assert not RULE.search(text)


@pytest.mark.parametrize("kind", WRITTEN)
def test_docx_and_pdf_say_what_the_paper_says(kind: str) -> None:
    paper = make(kind, Matter(specimen(POLICY), POLICY, earlier=earlier(POLICY)))
    wanted = [squashed(part) for line in paper.text().splitlines() for part in line.split(" | ")]
    written, printed = squashed(docx_text(official.docx(paper))), squashed(pdf_text(typeset.pdf(paper)))
    assert not [part for part in wanted if part not in written]
    # The pdf keeps every sign, though the lines of table cells stand among one another.
    assert sorted(printed.replace("—", "")) == sorted(
        squashed(paper.text().replace(" | ", "")).replace("—", "") + repeated(paper, typeset.pdf(paper))
    )


def repeated(paper: Paper, data: bytes) -> str:
    """Page numbers, and heads of tables that go on over a page."""
    pages = len(pypdfium2.PdfDocument(data))
    numbers = "".join(str(i) for i in range(1, pages + 1))
    text = squashed(pdf_text(data))
    grids = [b for b in paper.blocks if isinstance(b, Grid)]
    seen: dict[str, int] = {}
    for grid in grids:
        key = squashed("".join(grid.heads))
        seen[key] = seen.get(key, 0) + 1
    return numbers + "".join(key * (text.count(key) - count) for key, count in seen.items() if text.count(key) > count)


def test_same_report_same_bytes() -> None:
    for kind in WRITTEN:
        one, two = (make(kind, Matter(specimen(POLICY), POLICY, earlier=earlier(POLICY))) for _ in range(2))
        assert official.docx(one) == official.docx(two)
        assert typeset.pdf(one) == typeset.pdf(two)


def test_all_five_items_of_the_negative_list_are_answered() -> None:
    text = make(OPINION, Matter(replace(sample_report(), findings=()), POLICY)).text()
    for item in "一二三四五":
        assert f"第（{item}）项：未涉及" in text


def test_rare_characters_have_a_glyph() -> None:
    report = sample_report()
    report = replace(report, submission=replace(report.submission, title="䶮山𠮷祥系统"))
    data = typeset.pdf(make(PAGE, Matter(report, POLICY)))
    assert "䶮山𠮷祥系统" in squashed(pdf_text(data))


def test_hostile_text_is_only_text() -> None:
    report = sample_report()
    hostile = '#panic("x") $x$ \\ " {title} @a <b> [c] 〔{unit}〕'
    report = replace(report, submission=replace(report.submission, title=hostile))
    paper = make(OPINION, Matter(report, POLICY))
    assert squashed(hostile) in squashed(paper.text())
    assert squashed(hostile) in squashed(docx_text(official.docx(paper)))
    assert "panic" in pdf_text(typeset.pdf(paper))


def test_the_applicant_is_told_nothing_of_other_units() -> None:
    report = specimen(POLICY)
    text = make(NOTICE, Matter(report, POLICY)).text()
    assert "某某管理平台" not in text
    assert "某区某中心" not in text
    assert "区内已有类似建设需求" in text
    own = replace(report, duplicates=tuple(replace(d, relation="own_predecessor") for d in report.duplicates))
    assert "某某管理平台" in make(NOTICE, Matter(own, POLICY)).text()
    assert not [text for _, text in remarks(report, POLICY, PLAN) if "某某管理平台" in text]


@pytest.mark.parametrize("kind", WRITTEN)
def test_a_report_that_says_little_still_makes_a_paper(kind: str) -> None:
    full = sample_report()
    bare = replace(
        full, not_checked=(), facts=(), documents=(), completeness=(), findings=(), duplicates=(), dimensions=(),
        functions=(), submission=type(full.submission)(), routing=type(full.routing)("", "", ()),
        conclusion=type(full.conclusion)("建议补正后再审", ()),
    )  # fmt: skip
    paper = make(kind, Matter(bare, POLICY, earlier=bare))
    assert official.docx(paper)
    assert typeset.pdf(paper)
    assert "None" not in paper.text()


def test_every_demand_is_in_the_table_of_answers() -> None:
    paper = make(NOTICE, Matter(specimen(POLICY), POLICY))
    grid = next(b for b in paper.blocks if isinstance(b, Grid))
    said = values(specimen(POLICY), POLICY)
    asked = (*said["must"], *said["explain"])
    assert [row[:2] for row in grid.rows] == [(r["mark"], r["subject"]) for r in asked]
    told = paper.text()
    assert all(f"{r['mark'][2:]}. {r['text']}" in told for r in asked)


def test_cuts_line_by_line() -> None:
    paper = make(CUTS, Matter(specimen(POLICY), POLICY))
    grid = next(b for b in paper.blocks if isinstance(b, Grid))
    rows = {row[1]: row for row in grid.rows}
    assert rows["机柜"][6:8] == ("0", "3")
    assert rows["受理模块开发"][5:8] == ("相符", "14.4", "")
    assert rows["合计"][4] == "19.4"
    assert rows["合计"][6] == "16.4"
    assert "初审建议控制数16.4万元" in paper.text()


def test_one_page_has_at_most_600_characters_whatever_the_plan_says() -> None:
    report = specimen(POLICY)
    long = "办理" * 300
    report = replace(
        report,
        submission=replace(report.submission, title=long, unit="某某单位" * 8),
        functions=tuple(Function(f"{long}{i}", long, evidence()) for i in range(9)),
        dimensions=tuple(replace(d, quotes=(evidence(long[:200]),) * 3) for d in report.dimensions),
    )
    paper = make(PAGE, Matter(report, POLICY))
    assert brief.length(paper) <= brief.LONGEST
    assert len(pypdfium2.PdfDocument(typeset.pdf(paper))) == 1


def test_like_systems_stand_with_what_the_register_says_of_them() -> None:
    report = specimen(POLICY)
    table = next(b for b in make("比对表", Matter(report, POLICY)).blocks if isinstance(b, Grid))
    row = dict(zip(table.heads, table.rows[0], strict=True))
    assert (row["层级"], row["状态"], row["备注"]) == ("区", "在用", "2021年建成；验收：已终验")
    third = make(THIRD, Matter(report, POLICY))
    grid = next(b for b in third.blocks if isinstance(b, Grid) and "层级" in b.heads)
    assert grid.rows[0][2:4] == ("区", "在用")
    assert "在用" not in make(NOTICE, Matter(report, POLICY)).text()
    intake = tuple(replace(d, source="intake", level="", status="", note="") for d in report.duplicates)
    table = next(
        b for b in make("比对表", Matter(replace(report, duplicates=intake), POLICY)).blocks if isinstance(b, Grid)
    )
    assert table.rows[0][3:5] == ("—", "本批申报")
    told = json.loads(render_json(report))["duplicates"][0]
    assert (told["level"], told["status"], told["note"]) == ("区", "在用", "2021年建成；验收：已终验")


SEEDED = {
    "王小明": "联系人：王小明，",
    "欧阳建国": "项目负责人 欧阳建国。",
    "李雷": "由李雷科长牵头。",
    "13912345678": "手机139 1234 5678。",
    "１３７００００１１１１": "电话１３７００００１１１１。",
    "0571-88012345": "座机0571-88012345。",
    "330105198001011234": "身份证330105198001011234。",
    "6222021202001234567": "账号6222 0212 0200 1234 567。",
    "zhang.san@example.gov.cn": "邮箱zhang.san@example.gov.cn。",
}


def seeded_report():
    report = sample_report()
    rows = (
        (Cell("联系人", 0), Cell("赵六六", 1)),
        (Cell("联系人及联系电话", 0), Cell("孙八八 88012399", 1)),
        (Cell("姓名", 0), Cell("职务", 1)),
        (Cell("钱七七", 0), Cell("科员", 1)),
        (Cell("方案编制单位", 0), Cell("某某咨询有限公司", 1)),
    )
    document = Document(
        "方案（联系人：王小明）.docx", "docx", "ab" * 32,
        (*(Paragraph(text) for text in SEEDED.values()), Table(rows)),
    )  # fmt: skip
    quotes = tuple(Evidence(document.name, text) for text in SEEDED.values())
    told = (*quotes, Evidence(document.name, "赵六六、孙八八和钱七七参加，某某咨询有限公司编制。"))
    return replace(
        report,
        submission=replace(report.submission, title="王小明工作室系统"),
        documents=(SubmittedDocument(document, Kind.PLAN),),
        dimensions=tuple(replace(report.dimensions[0], name=f"维度{i}", quotes=(q,)) for i, q in enumerate(told)),
        findings=(replace(room_finding(), message="李雷科长（139 1234 5678）提出新建机房。"),),
    )


def test_nothing_personal_in_any_file_for_third_parties() -> None:
    paper = make(THIRD, Matter(seeded_report(), POLICY))
    files = official.docx(paper), typeset.pdf(paper)
    with zipfile.ZipFile(io.BytesIO(files[0])) as archive:
        parts = "".join(archive.read(name).decode("utf-8", "replace") for name in archive.namelist())
    title = str(pypdfium2.PdfDocument(files[1]).get_metadata_dict())
    everything = squashed(parts + pdf_text(files[1]) + title)
    hidden = [*SEEDED, "赵六六", "孙八八", "钱七七", "13700001111", "88012345"]
    assert not [secret for secret in hidden if squashed(secret) in everything]
    assert "某某咨询有限公司" in everything
    blind = make(THIRD, Matter(seeded_report(), POLICY, blind=True)).text()
    assert "某某咨询有限公司" not in blind
    assert "新建机房" not in blind


def test_the_checksum_of_a_file_is_no_account_number() -> None:
    digits = "123456789012"
    report = seeded_report()
    item = report.documents[0]
    report = replace(report, documents=(replace(item, document=replace(item.document, sha256=digits + "ab" * 26)),))
    for blind in (False, True):
        paper = make(THIRD, Matter(report, POLICY, blind=blind))
        grid = next(b for b in paper.blocks if isinstance(b, Grid) and "校验值（前12位）" in b.heads)
        assert [row[2] for row in grid.rows] == [digits]
    mask = Mask(d.document for d in report.documents)
    assert mask(f"账号{digits}。") == f"账号{HIDDEN}。"  # beside a label it is one all the same
    assert mask("123456789013") == HIDDEN


@pytest.mark.parametrize(
    "text",
    [
        "总投资1865000元，2022年1月至2022年10月。",
        "校验值 3862f46f0aa4。",
        "联系人：另行通知。",
        "项目负责人由信息中心指定。",
        "服务3100户、60周岁以上老年人，编号330105。",
        "安全管理员、系统管理员各一名。",
        "拱政办发〔2021〕12号",
        "成立书记任组长的专班，分管副局长负责，办公终端（0571-）二十台。",
        "数据存储量约13800 TB。",
    ],
)
def test_what_is_not_personal_stays(text: str) -> None:
    assert Mask()(text) == text


def test_mask_keeps_the_rest_of_the_sentence() -> None:
    assert Mask()("联系人：王小明，电话13900000000，负责对接。") == f"联系人：{HIDDEN}，电话{HIDDEN}，负责对接。"


def test_decisions() -> None:
    report = sample_report()
    room, absence = report.findings
    choices = Decisions.model_validate(
        {
            "findings": {
                room.id: {"decision": "rejected", "reason": "设备更新"},
                absence.id: {"decision": "changed", "message": "总投资写在附件中。", "severity": "notice"},
            },
            "added": [{"title": "接口未落实", "message": "请补充对方单位书面意见。", "clause": "第六条"}],
            "opinion": "请补充书面意见（第六条）。",
        }
    )
    after = decided(report, choices)
    text = make(OPINION, Matter(after, POLICY)).text()
    assert "拟新建机房一处，属" not in text
    assert "总投资写在附件中。" in text
    assert "请补充对方单位书面意见。" in text
    assert "请补充书面意见（第六条）" in text
    assert not after.conclusion.measures
    assert {f.severity for f in after.findings} == {Severity.NOTICE, Severity.WARNING}


def test_what_is_rejected_is_not_missing_any_more() -> None:
    report = sample_report()
    choices = Decisions.model_validate({"findings": {report.findings[1].id: {"decision": "rejected"}}})
    assert [r.status for r in decided(report, choices).completeness if r.template == "1.6"] == ["present"]


def test_decisions_that_leave_nothing_ask_for_advice() -> None:
    report = sample_report()
    all_gone = {"findings": {f.id: {"decision": "rejected"} for f in report.findings}}
    with pytest.raises(PolicyError, match="advice"):
        decided(report, Decisions.model_validate(all_gone))
    after = decided(report, Decisions.model_validate({**all_gone, "advice": "建议进入评审"}))
    assert after.conclusion.advice == "建议进入评审"
    assert not after.conclusion.reasons
    with pytest.raises(PolicyError, match="没有这条问题"):
        decided(report, Decisions.model_validate({"findings": {"0" * 12: {"decision": "rejected"}}}))


def example_docx() -> bytes:
    document = docx.Document()
    document.add_paragraph("一、概述")
    document.add_paragraph("总体安排如下。").add_run("拟在三楼新建机房一处。").bold = True
    document.add_paragraph("前一句。拟在三楼新建机房一处，面积二十平方米。后一句。")
    table = document.add_table(rows=2, cols=2)
    for cell, text in zip((c for row in table.rows for c in row.cells), ("名称", "金额", "机柜", "3"), strict=True):
        cell.text = text
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()


def anchored(data: bytes) -> dict[str, str]:
    """Text between the marks of each comment, by the comment's words."""
    document = docx.Document(io.BytesIO(data))
    words = {str(c.comment_id): c.text for c in document.comments}
    space = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
    out, opened = {}, {}
    for element in document.element.iter():
        if element.tag == space + "commentRangeStart":
            opened[element.get(space + "id")] = ""
        elif element.tag == space + "commentRangeEnd":
            number = element.get(space + "id")
            out[words[number]] = opened.pop(number)
        elif element.tag == space + "t":
            opened = {key: text + (element.text or "") for key, text in opened.items()}
    return out


def test_comments_stand_at_the_words_and_change_nothing_else() -> None:
    before = example_docx()
    spots = [
        (None, "整体"),
        (Evidence(PLAN, "拟在三楼新建机房一处，面积二十平方米。"), "第一条\n第二行"),
        (Evidence(PLAN, "拟在三楼新建机房一处。"), "第二条"),
        (Evidence(PLAN, "机柜 | 3", table=0, row=1), "第三条"),
        (Evidence(PLAN, "材料里没有这句。"), "第四条"),
    ]
    after = annotate(before, spots)
    assert docx_text(after) == docx_text(before)
    at = anchored(after)
    assert at["第一条\n第二行"] == "拟在三楼新建机房一处，面积二十平方米。"
    assert at["第二条"] == "拟在三楼新建机房一处。"
    assert at["第三条"] == "机柜"
    assert at["原文“材料里没有这句。”：第四条"] == at["整体"] == "一、概述"
    with zipfile.ZipFile(io.BytesIO(before)) as one, zipfile.ZipFile(io.BytesIO(after)) as two:
        changed = [n for n in one.namelist() if one.read(n) != two.read(n)]
    assert set(changed) <= {"word/document.xml", "word/_rels/document.xml.rels", "[Content_Types].xml"}
    assert annotate(before, spots) == after


def test_a_row_is_remarked_on_where_it_says_most() -> None:
    document = docx.Document()
    table = document.add_table(rows=1, cols=4)
    for cell, text in zip(table.rows[0].cells, ("14", "精密空调 两台", "15.6", "备"), strict=True):
        cell.text = text
    buffer = io.BytesIO()
    document.save(buffer)
    spot = Evidence(PLAN, "14 | 精密空调 两台 | 15.6 | 备", table=0, row=0)
    assert anchored(annotate(buffer.getvalue(), [(spot, "批")])) == {"批": "精密空调 两台"}
    named = "总投资在不同位置不一致：此处为15.6万元，另一处为14.5万元。"
    assert anchored(annotate(buffer.getvalue(), [(spot, named)])) == {named: "15.6"}


def test_comments_are_added_to_those_that_are_there() -> None:
    once = annotate(example_docx(), [(None, "甲")])
    twice = annotate(once, [(Evidence(PLAN, "拟在三楼新建机房一处。"), "乙")])
    assert set(anchored(twice)) == {"甲", "乙"}


def test_every_placeholder_is_documented_and_filled() -> None:
    page = (ROOT / "docs" / "papers.md").read_text(encoding="utf-8")
    assert not [name for name in PLACEHOLDERS if f"`{{{name}}}`" not in page]
    assert set(values(specimen(POLICY), POLICY)) == set(PLACEHOLDERS)


@pytest.mark.parametrize(
    ("skeleton", "said"),
    [
        ({"blocks": [{"body": "{nothing}"}]}, "占位符"),
        ({"blocks": [{"table": "没有"}]}, "没有名为"),
        ({"blocks": [{"bodi": "x"}]}, "不认识"),
        ({"block": []}, "blocks"),
    ],
)
def test_a_wrong_skeleton_says_where(skeleton: dict, said: str) -> None:
    with pytest.raises(PolicyError, match=said):
        fill("试", skeleton, {}, {})


def test_yearly_workbook(tmp_path: Path) -> None:
    from openpyxl import load_workbook

    from api.papers.yearly import workbook
    from api.reports.json import render

    report = sample_report()
    for name in ("甲", "乙"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "report.json").write_bytes(render(report))
    rows = [{"name": name, "status": "done"} for name in ("甲", "乙")]
    (tmp_path / "summary.json").write_text(json.dumps({"submissions": rows}), encoding="utf-8")
    book = load_workbook(io.BytesIO(workbook(tmp_path)))
    assert book.sheetnames == ["项目", "问题", "相近", "相近矩阵", "金额按领域", "金额按单位", "说明"]
    assert book["问题"]["F2"].value == sample_report().findings[0].evidence[0].quote
    assert {row[0].value for row in book["说明"].iter_rows(min_row=2)} <= {c.value for c in book["项目"][1]} | {
        "相近矩阵"
    }
    assert [c.value for c in book["金额按领域"][3]] == ["合计", 2, 373, 80.6, 292.4]
    assert book["问题"].max_row == 5
    for sheet in book:
        assert sheet.freeze_panes == "A2"
        assert sheet.auto_filter.ref
        assert not [c for row in sheet.iter_rows() for c in row if c.data_type == "f"]
    with pytest.raises(SubmissionError, match="batch"):
        workbook(tmp_path / "甲")


@pytest.mark.docs
def test_annotated_plan_reads_the_same_in_libreoffice(tmp_path: Path) -> None:
    import subprocess

    before = (ROOT / "examples" / "submission" / "建设方案.docx").read_bytes()
    (tmp_path / "前.docx").write_bytes(before)
    quote = next(p.text for p in docx.Document(io.BytesIO(before)).paragraphs if len(p.text) > 40)
    (tmp_path / "后.docx").write_bytes(annotate(before, [(None, "整体"), (Evidence(PLAN, quote), "一处")]))
    command = ["soffice", f"-env:UserInstallation=file://{tmp_path}/profile", "--headless", "--convert-to", "txt:Text"]
    subprocess.run(
        [*command, "--outdir", str(tmp_path), str(tmp_path / "前.docx"), str(tmp_path / "后.docx")],
        check=True, capture_output=True, timeout=300,
    )  # fmt: skip
    texts = [(tmp_path / f"{name}.txt").read_text(encoding="utf-8", errors="replace") for name in "前后"]
    # LibreOffice appends the comments' words where it writes plain text; the plan's own words stay.
    assert [line for line in texts[0].splitlines() if line not in texts[1]] == []


@pytest.mark.docs
@pytest.mark.parametrize("kind", WRITTEN)
def test_docx_prints_every_word_in_libreoffice(kind: str, tmp_path: Path) -> None:
    import subprocess

    paper = make(kind, Matter(specimen(POLICY), POLICY, earlier=earlier(POLICY)))
    (tmp_path / "文书.docx").write_bytes(official.docx(paper))
    command = ["soffice", f"-env:UserInstallation=file://{tmp_path}/profile", "--headless", "--convert-to", "pdf"]
    subprocess.run(
        [*command, "--outdir", str(tmp_path), str(tmp_path / "文书.docx")], check=True, capture_output=True, timeout=300
    )
    printed = (tmp_path / "文书.pdf").read_bytes()
    lacking = set(squashed(paper.text())) - set(squashed(pdf_text(printed)))
    assert not lacking - set("|")
    assert kind != PAGE or len(pypdfium2.PdfDocument(printed)) == 1
