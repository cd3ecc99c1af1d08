"""Papers beyond their words: stored reviews, resubmissions, notes in pdf, templates, what all formats agree on."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import docx
import pypdfium2
import pytest
from report_samples import PLAN, evidence, room_finding, sample_report
from test_papers import POLICY, docx_text, pdf_text, seeded_report, squashed

from api.papers import brief
from api.papers.annotated import annotated
from api.papers.answered import FIXED, OPEN, PART
from api.papers.blocks import Body, Grid, Paper, Title, lines
from api.papers.compared import MISSED
from api.papers.conclusions import conclusion
from api.papers.decisions import Decisions, decided, of_store
from api.papers.making import AGAIN, NOTICE, OPINION, PAGE, THIRD, WRITTEN, Matter, make, material
from api.papers.masking import HIDDEN, Mask
from api.papers.places import formal, message, quote, spoken
from api.papers.specimen import earlier, specimen
from api.reports import json as as_json
from api.reports import official, stored, typeset
from api.reports.html import render as render_html
from api.reports.template import fill_template
from api.store.decisions import Decision
from ingest.reader import read_bytes
from models.domain.document import Cell, Document, Paragraph, Table
from models.domain.errors import PolicyError, ReadError, SubmissionError
from models.domain.finding import Evidence, Finding, Severity
from models.domain.outline import Section
from models.domain.report import Conclusion, Report
from models.domain.submission import Fact, Kind, SubmittedDocument


def clean_report() -> Report:
    """Return a project nothing was found of, with facts as long as usual."""
    full = specimen(POLICY)
    ground = Fact(
        "ground", "第七条（一）", "区公共文化服务先行区创建工作方案（拱文创办〔2022〕3号）第17条。", "", evidence()
    )
    level = Fact("protection", 2.0, "第二级", "", evidence())
    return replace(
        full, findings=(), duplicates=(), not_checked=(), facts=(*full.facts[:1], ground, level),
        submission=replace(full.submission, title="拱墅区图书馆“运河书香”数字阅读服务项目", unit="杭州市拱墅区图书馆"),
        completeness=tuple(replace(r, status="present") for r in full.completeness),
        conclusion=Conclusion("建议进入评审", (POLICY.wording["reasons"]["review"].format(clause="第九条"),)),
    )  # fmt: skip


def long_clean_report() -> Report:
    """Return the same with everything as long as real plans have it, and what a notice and an old system add."""
    full = clean_report()
    reason = "主要不足：车载终端使用2G网络，运营商已通知分批退网，2021年四季度离线率达31%，不能满足调度要求。"
    need = replace(full.dimensions[0], quotes=(Evidence(PLAN, reason, section=0),))
    old = replace(specimen(POLICY).duplicates[0], verdict="related", relation="own_predecessor",
                  system_name="拱墅区公务用车管理信息系统")  # fmt: skip
    names = "用车申请与调度模块重构 驾驶员与车辆档案 油电费用与维修核算 监督预警与轨迹核查 浙政钉端 历史数据迁移与旧系统下线"
    functions = tuple(replace(full.functions[0], name=name) for name in f"{names} 数据归集接口".split())
    notice = Finding(
        "COM-UNIFIED", Severity.NOTICE, "未说明四统一要求的符合情况",
        "方案未说明是否符合统一用户、统一数据、统一采集、统一输出的要求。", POLICY.clause_of("COM-UNIFIED"),
    )  # fmt: skip
    return replace(
        full, findings=(notice,), duplicates=(old,), functions=functions, dimensions=(need, *full.dimensions[1:]),
        submission=replace(
            full.submission, title="拱墅区公务用车全生命周期管理系统改建项目", unit="杭州市拱墅区机关事务服务中心",
            nature="改建", domain="党政机关整体智治", total_wan=86.4, period="2022年5月至2022年11月",
        ),
        facts=(*full.facts, Fact("source", "财政", "区本级财政预算", "", evidence())),
    )  # fmt: skip


@pytest.mark.parametrize("made", [clean_report, long_clean_report])
def test_a_clean_project_takes_two_pages(made: Callable[[], Report]) -> None:
    paper = make(OPINION, Matter(made(), POLICY))
    pages = [squashed(p.get_textpage().get_text_range()) for p in pypdfium2.PdfDocument(typeset.pdf(paper))]
    assert "分管领导" in pages[1]
    assert pages[2].startswith("附件1")
    assert "理由：" not in pages[0]  # the advice says it all
    assert "未发现第八条所列情形，建议提请联合评审" in pages[0]
    assert "拟定网络安全等级保护第二级，未见需补正的内容。" in "".join(pages[:2]).replace("—1—", "")


def test_words_of_an_office() -> None:
    assert formal("第八条（一）、第八条（三）") == "第八条第（一）、（三）项"
    assert formal("“2.3.4 项目与已有系统的关系分析”只有提示语") == "“二（三）4.项目与已有系统的关系分析”只有提示语"
    assert formal("方案12.1为2022年4月") == "方案“十二（一）”部分为2022年4月"
    assert quote(Evidence("x", "14 | “甲”机柜 | 组 |  | 3.4；")) == "“14　‘甲’机柜　组　3.4”"
    here = replace(room_finding(), message="此处内容涉及新建机房，未见例外依据。")
    assert spoken(sample_report(), here).endswith("“拟在三楼新建机房一处”，内容涉及新建机房，未见例外依据")
    assert (
        "此处"
        not in make(OPINION, Matter(replace(sample_report(), findings=(here,)), POLICY)).text().split("附件1　")[0]
    )


def test_a_message_names_the_plans_own_heading() -> None:
    found = replace(room_finding(), message="方案1.1为2项；方案1.6总投资3万元。")
    assert message(sample_report(), found) == "方案“（一）名称”部分为2项；方案“一（六）”部分总投资3万元。"


def test_where_it_is_to_run_is_not_told_of_what_runs_today() -> None:
    plan = sample_report().documents[0]
    texts = ("一、现状", "原系统部署在机房。", "二、设计", "本系统部署在政务云。")
    sections = (
        Section(0, "一、", "现状", 1, None, 0, 1, 2, template=("2.1",)),
        Section(1, "二、", "设计", 1, None, 2, 3, 4, template=("4.2",)),
    )
    document = replace(plan.document, blocks=tuple(Paragraph(text) for text in texts))
    report = replace(sample_report(), documents=(replace(plan, document=document, sections=sections),))
    assert "部署方式 | “本系统部署在政务云” | 方案“二、设计”部分" in make(THIRD, Matter(report, POLICY)).text()


def test_measures_of_a_kind_stand_in_one_sentence() -> None:
    report = sample_report()
    some = tuple(replace(report.conclusion.measures[0], target=name, amount_wan=1.5) for name in ("机柜", "空调"))
    named_by_title = replace(some[0], target="新建机房", amount_wan=None)
    report = replace(report, conclusion=replace(report.conclusion, measures=(*some, named_by_title)))
    said = conclusion(report, POLICY)["measures"]
    assert said == "核减“机柜”1.5万元、“空调”1.5万元；附件2第1项所列内容核定金额后核减"


def test_a_stored_review_makes_the_same_papers() -> None:
    table = Table((
        (Cell("序号", 0, 2), Cell("内容", 1, 1, 2), Cell("金额（万元）", 3, 2)),
        (Cell("名称", 1), Cell("说明", 2)),
        (Cell("1", 0), Cell("机柜", 1), Cell("两组", 2), Cell("3", 3)),
    ))  # fmt: skip
    for one in (sample_report(), specimen(POLICY), seeded_report()):
        plan = one.documents[0]
        document = replace(plan.document, blocks=(*plan.document.blocks, table), headers=("联系人：钱六",))
        report = replace(one, documents=(replace(plan, document=document), *one.documents[1:]))
        content = as_json.render(report)
        back = stored.load(stored.render(report))
        assert as_json.render(back) == content
        assert back.documents[0].document.blocks[-1] == table
        for kind in WRITTEN:
            same = make(kind, Matter(report, POLICY, earlier=report))
            assert make(kind, Matter(back, POLICY, earlier=back)).mapped(rounded) == same.mapped(rounded)


def rounded(text: str) -> str:
    """`report.json` holds amounts to six digits."""
    return text.replace("186.50000000001", "186.5")


def test_resubmission() -> None:
    paper = make(AGAIN, Matter(specimen(POLICY), POLICY, earlier=earlier(POLICY)))
    results, changes = [b for b in paper.blocks if isinstance(b, Grid)]
    states = {row[1]: (row[0], row[5].partition("\n")[0]) for row in results.rows}
    told = {mark: text for part in ("must", "explain", "improve") for mark, text in noticed(part)}
    assert [mark for mark, _ in states.values() if "、" in mark] == list(told)
    for problem, state in (("建设周期", FIXED), ("总投资", PART), ("【缺项】", OPEN), ("（上次未提出）", MISSED)):
        assert [s for asked, (_, s) in states.items() if problem in asked] == [state], problem
    assert all(row[1].partition("。")[0] in told[row[0]] for row in results.rows if row[0] in told)
    for where in ("方案“一、基本概述”部分", "概算表"):
        said = (
            f"{where}第2行：“1　受理模块开发　12　1.1　13.2”",
            f"{where}第2行：“1　受理模块开发　12　1.2　14.4”",
            "未要求",
        )
        assert ("概算行改动", *said) in [row[1:5] for row in changes.rows]
    assert [row[1] for row in changes.rows] == ["概算行改动"] * 4 + ["数字改动"]
    with pytest.raises(SubmissionError, match="previous"):
        make(AGAIN, Matter(specimen(POLICY), POLICY))


def noticed(part: str) -> list[tuple[str, str]]:
    said, _ = material(NOTICE, Matter(earlier(POLICY), POLICY))
    return [(row["mark"], row["subject"]) for row in said[part]]


def test_a_heavier_fault_is_named_as_such() -> None:
    before = replace(sample_report(), findings=(replace(room_finding(), severity=Severity.WARNING),))
    grid = next(b for b in make(AGAIN, Matter(sample_report(), POLICY, earlier=before)).blocks if isinstance(b, Grid))
    assert grid.rows[0][5] == "未补正\n（比上次更重）"


def pdf_plan(text: str) -> bytes:
    return typeset.pdf(Paper("方案", (Title("建设方案"), Body("前一句。" + text + "后一句。"), Body("末段。"))))


def pdf_report(data: bytes, *finding: Finding) -> Report:
    import hashlib

    name = "建设方案.pdf"
    document = Document(name, "pdf", hashlib.sha256(data).hexdigest(), (Paragraph("拟新建机房。", page=1),), pages=1)
    moved = tuple(
        replace(f, evidence=tuple(replace(e, document=name, page=1, section=None) for e in f.evidence)) for f in finding
    )
    return replace(sample_report(), documents=(SubmittedDocument(document, Kind.PLAN),), findings=moved)


def test_notes_in_a_pdf_stand_at_the_words_and_leave_the_file_as_it_was(tmp_path: Path) -> None:
    import pdfplumber

    said = "拟在三楼新建机房一处，安放机柜两组，并在四楼另设䶮𠮷设备间一间，铺设地板、安装空调。"
    data = pdf_plan(said)
    (tmp_path / "建设方案.pdf").write_bytes(data)
    lost = replace(room_finding(), evidence=(evidence("文件里没有这一句。"),), suggestion="另一条。")
    absent = sample_report().findings[1]
    report = pdf_report(data, replace(room_finding(), evidence=(evidence(said),)), lost, absent)
    name, after = annotated(report, POLICY, [tmp_path / "建设方案.pdf"])
    assert name == "建设方案（批注）.pdf"
    assert after.startswith(data)
    assert annotated(report, POLICY, [tmp_path / "建设方案.pdf"])[1] == after
    assert pdf_text(after) == pdf_text(data)
    assert "另设䶮𠮷设备间" in "".join(b.text for b in read_bytes(after, name).blocks)
    with pdfplumber.open(io.BytesIO(after)) as reopened:  # by other code than wrote it
        page = reopened.pages[0]
        notes = {note["data"]["Subtype"].name: note for note in page.annots if note["contents"]}
        marked = notes["Highlight"]
        box = (marked["x0"] - 1, marked["top"] - 1, marked["x1"] + 1, marked["bottom"] + 1)
        assert "新建机房一处" in squashed(page.crop(box, strict=False).extract_text())
        assert "涉及第八条第（一）项" in marked["contents"]
        told = "".join(note["contents"] or "" for note in page.annots)
    assert "原文“文件里没有这一句。”" in told
    assert "方案整体" in told


def test_a_pdf_that_cannot_be_noted_says_so(tmp_path: Path) -> None:
    broken = b"%PDF-1.7\nnothing"
    (tmp_path / "建设方案.pdf").write_bytes(broken)
    with pytest.raises(ReadError, match="不能添加批注"):
        annotated(pdf_report(broken, room_finding()), POLICY, [tmp_path / "建设方案.pdf"])


def template() -> bytes:
    document = docx.Document()
    document.sections[0].header.paragraphs[0].text = "某局文件　{title}"
    paragraph = document.add_paragraph("致")
    for part in ("{un", "it}", "：总投资{total}。"):
        paragraph.add_run(part).bold = part == "{un"
    document.add_paragraph("{must.number}、{must.text}")
    table = document.add_table(rows=2, cols=2)
    cells = [cell for row in table.rows for cell in row.cells]
    for cell, text in zip(cells, ("序号", "请说明", "{explain.number}", "{explain.text}"), strict=True):
        cell.text = text
    document.add_paragraph("{表：概算核减}")
    document.add_paragraph("（盖章处）")
    return saved(document)


def saved(document: docx.document.Document) -> bytes:
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()


def test_an_office_fills_its_own_template() -> None:
    said, grids = material(NOTICE, Matter(specimen(POLICY), POLICY))
    data = fill_template(template(), said, grids, "本局.docx")
    assert data == fill_template(template(), said, grids, "本局.docx")
    filled = docx.Document(io.BytesIO(data))
    assert filled.sections[0].header.paragraphs[0].text == "某局文件　某某业务系统"
    lines = [p.text for p in filled.paragraphs]
    assert lines[0] == "致某区某局：总投资19.4万元。"
    assert [run.text for run in filled.paragraphs[0].runs if run.bold] == ["某区某局"]
    assert lines[1 : 1 + len(said["must"])] == [f"{i}、{row['text']}" for i, row in enumerate(said["must"], 1)]
    assert lines[-1] == "（盖章处）"
    asked, cuts = filled.tables
    assert [row.cells[1].text for row in asked.rows[1:]] == [row["text"] for row in said["explain"]]
    assert len(cuts.rows) == 1 + len(grids["概算核减"].rows)
    assert "{" not in docx_text(data)
    nothing = fill_template(template(), {**said, "must": [], "explain": []}, grids, "本局.docx")
    assert "、无。" in docx_text(nothing)


@pytest.mark.parametrize(
    "words", ["{nothing}", "{must}", "{must.colour}", "{title.text}", "{must.text}{explain.text}", "{表：没有}"]
)
def test_a_template_that_asks_for_what_there_is_not(words: str) -> None:
    document = docx.Document()
    document.add_paragraph(words)
    said, grids = material(NOTICE, Matter(specimen(POLICY), POLICY))
    with pytest.raises(PolicyError, match="本局"):
        fill_template(saved(document), said, grids, "本局.docx")
    with pytest.raises(PolicyError, match="docx"):
        fill_template(b"no zip", said, grids, "本局.docx")


def test_decisions_kept_by_the_service_are_in_the_papers() -> None:
    report = sample_report()
    room, absence = report.findings
    kept = [
        Decision(room.id, "changed", "核实", {"message": "拟新建机房一处，可减半。", "amount_wan": 20.0}),
        Decision(absence.id, "rejected", "见附件"),
        Decision("x1", "added", "", {"title": "接口未落实", "message": "请补充书面意见。", "severity": "warning",
                                     "evidence": [{"document": PLAN, "quote": "接口另行商定。"}]}),
        Decision("x2", "open"),
    ]  # fmt: skip
    after = decided(report, of_store(kept, "请先落实接口。", "建议补正后再审"))
    text = make(OPINION, Matter(after, POLICY)).text()
    for said in ("可减半", "核减合计20万元", "初审建议控制数166.5万元", "理由：请先落实接口。", "接口另行商定"):
        assert said in text
    assert "缺少总投资" not in text


def facts(text: str) -> list[str]:
    """The amounts, dates, quotes and clauses a paper states, each as often as it states them."""
    amounts = re.findall(r"(?<![\d.])\d+(?:\.\d+)?(?=万元)", text)
    dates = re.findall(r"20\d\d年\d+月至20\d\d年\d+月", text)
    return sorted([*amounts, *dates, *re.findall(r"第[一二三四五六七八九十]+条(?:第（[一二三四五]）项)?", text)])


def of_pdf(data: bytes) -> str:
    """The words of a pdf without page numbers, pages joined where a sentence runs over."""
    pages = (page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(data))
    return squashed("".join(re.sub(r"—\s*\d+\s*—", "", page) for page in pages))


@pytest.mark.parametrize("kind", WRITTEN)
@pytest.mark.parametrize("which", ["specimen", "clean", "decided"])
def test_docx_pdf_and_paper_state_the_same_facts_as_often(kind: str, which: str) -> None:
    report = clean_report() if which == "clean" else specimen(POLICY)
    if which == "decided":
        room = report.findings[0].id
        told = {"findings": {room: {"decision": "changed", "message": "机柜可减为一组。", "amount_wan": 1.5}}}
        report = decided(report, Decisions.model_validate({**told, "opinion": "先落实政务云资源（第六条）。"}))
    paper = make(kind, Matter(report, POLICY, earlier=earlier(POLICY)))
    word, printed, plain = official.docx(paper), typeset.pdf(paper), paper.text()
    # Table cells stand in another order in a pdf, and a head may stand twice: facts of the text are counted, all of them kept.
    text = "".join(line for block in paper.blocks if not isinstance(block, Grid) for line in lines(block))
    for where in (squashed(docx_text(word)), of_pdf(printed)):
        missing = set(facts(squashed(plain))) - set(facts(where))
        assert not missing
        assert set(facts(where)) <= set(facts(squashed(plain)))
    assert not [f for f in facts(squashed(text)) if f not in facts(squashed(plain))]
    if which == "decided" and kind == OPINION:
        assert "核减合计1.5万元" in plain
        assert "初审建议控制数17.9万元" in of_pdf(printed)


def test_every_format_of_a_review_states_the_same_facts() -> None:
    report = specimen(POLICY)
    told = as_json.as_object(report)["submission"]
    for kind in (OPINION, NOTICE, PAGE, THIRD):
        paper = make(kind, Matter(report, POLICY))
        word, print_, plain = docx_text(official.docx(paper)), pdf_text(typeset.pdf(paper)), paper.text()
        assert facts(squashed(word)) == facts(squashed(print_)) == facts(squashed(plain)) != []
        assert told["title"] in squashed(word)
        assert told["title"] in squashed(print_)
    opinion = squashed(make(OPINION, Matter(report, POLICY)).text())
    total, cut = told["total_wan"], sum(m.amount_wan or 0 for m in report.conclusion.measures)
    assert f"申报总投资{total}万元" in opinion
    assert f"核减合计{cut:g}万元" in opinion
    assert f"初审建议控制数{total - cut:g}万元" in opinion
    page = make(PAGE, Matter(report, POLICY))
    money = next(b for b in page.blocks if isinstance(b, Grid)).rows[0]
    assert (money[0], money[3], money[4]) == (f"{total:g}", "暂不安排", f"{cut:g}")
    go = replace(report, conclusion=replace(report.conclusion, advice="建议进入评审"))
    money = next(b for b in make(PAGE, Matter(go, POLICY)).blocks if isinstance(b, Grid)).rows[0]
    assert (money[0], money[3], money[4]) == (f"{total:g}", f"{total - cut:g}", f"{cut:g}")
    cuts = next(b for b in make("核减表", Matter(report, POLICY)).blocks if isinstance(b, Grid))
    less = {row[1]: row[7] for row in cuts.rows if row[7]}
    assert float(less.pop("合计")) == sum(float(amount) for amount in less.values()) == cut
    html = squashed(re.sub(r"<[^>]+>", "", render_html(report).decode()))
    for fact in (f"{total}万元", told["period"], told["unit"], told["title"], report.conclusion.advice):
        assert squashed(fact) in html


SPLIT = {
    "330105198001011234": "证件号 | 330105 | 19800101 | 1234",
    "13912345678": "手机：１３９　１２３４－５６７８",
    "赵䶮": "联系人：赵䶮，",
    "钱𠮷": "项目负责人：钱𠮷。",
}


def test_rare_names_and_numbers_apart_are_hidden_too() -> None:
    mask = Mask()
    for secret, text in SPLIT.items():
        told = mask(quote(Evidence("x", text)))
        assert HIDDEN in told
        assert secret not in squashed(told).replace("　", "")
        assert not re.search(r"\d{4}", told.translate({0xFF10 + i: ord(str(i)) for i in range(10)}))


@pytest.mark.parametrize("kind", [THIRD])
@pytest.mark.parametrize("blind", [False, True])
def test_templates_for_third_parties_hide_persons_too(kind: str, blind: bool) -> None:
    said, grids = material(kind, Matter(seeded_report(), POLICY, blind=blind))
    document = docx.Document()
    for name, value in said.items():
        document.add_paragraph(f"{{{name}.text}}" if isinstance(value, list) and value and "text" in value[0] else "")
    for key in [k for k, v in said.items() if isinstance(v, str)]:
        document.add_paragraph(f"{{{key}}}")
    for name in grids:
        document.add_paragraph(f"{{表：{name}}}")
    data = fill_template(saved(document), said, grids, "第三方.docx")
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        parts = squashed("".join(archive.read(n).decode("utf-8", "replace") for n in archive.namelist()))
    for secret in ("王小明", "欧阳建国", "李雷", "赵六六", "孙八八", "钱七七", "13912345678", "330105198001011234"):
        assert secret not in parts


def test_pdf_is_for_the_archive_and_shows_every_sign() -> None:
    data = typeset.pdf(Paper("试", (Title("试"), Body("甲䶮𠮷乙\U000323af丙ก丁\ufeff"))))
    assert b"pdfaid" in data
    assert squashed(pdf_text(data)).startswith("试甲䶮𠮷乙〓丙〓丁")


def fonts_named(data: bytes) -> set[str]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return set(re.findall(r'w:eastAsia="([^"]+)"', archive.read("word/document.xml").decode()))


def test_the_right_fonts_are_named() -> None:
    assert fonts_named(official.docx(make(OPINION, Matter(specimen(POLICY), POLICY)))) >= {
        "方正小标宋简体", "仿宋_GB2312", "黑体", "楷体_GB2312",
    }  # fmt: skip


def test_a_batch_on_paper(tmp_path: Path) -> None:
    import json

    from api.papers.yearly import printable

    for name, report in (("甲", sample_report()), ("乙", specimen(POLICY))):
        (tmp_path / name).mkdir()
        (tmp_path / name / "report.json").write_bytes(as_json.render(report))
    rows = [{"name": name, "status": "done"} for name in "甲乙"]
    (tmp_path / "summary.json").write_text(json.dumps({"submissions": rows}), encoding="utf-8")
    paper = printable(tmp_path)
    assert "本批共2个项目，申报总额205.9万元，初审建议核减43.3万元，初审建议额162.6万元。" in paper.text()
    advice = next(b for b in paper.blocks if isinstance(b, Grid))
    assert advice.rows[-1] == ("合计", "2", "205.9", "43.3", "162.6")
    assert official.docx(paper)
    assert typeset.pdf(paper)


def in_libreoffice(folder: Path, name: str, data: bytes, form: str) -> bytes:
    import subprocess

    (folder / f"{name}.docx").write_bytes(data)
    command = ["soffice", f"-env:UserInstallation=file://{folder}/profile", "--headless", "--convert-to", form]
    command += ["--outdir", str(folder), str(folder / f"{name}.docx")]
    subprocess.run(command, check=True, capture_output=True, timeout=300)
    return (folder / f"{name}.{form.partition(':')[0]}").read_bytes()


@pytest.mark.docs
def test_a_clean_project_takes_two_pages_in_libreoffice_too(tmp_path: Path) -> None:
    data = in_libreoffice(tmp_path, "意见", official.docx(make(OPINION, Matter(long_clean_report(), POLICY))), "pdf")
    pages = [squashed(page.get_textpage().get_text_range()) for page in pypdfium2.PdfDocument(data)]
    assert "分管领导" in pages[1]
    assert pages[2].startswith("附件1")


@pytest.mark.docs
@pytest.mark.parametrize("kind", WRITTEN)
def test_rare_signs_and_signatures_in_libreoffice(kind: str, tmp_path: Path) -> None:
    report = specimen(POLICY)
    report = replace(report, submission=replace(report.submission, title="䶮山𠮷祥系统", unit="䶮𠮷街道"))
    paper = make(kind, Matter(report, POLICY, earlier=earlier(POLICY)))
    data = in_libreoffice(tmp_path, "文书", official.docx(paper), "pdf")
    assert "䶮山𠮷祥系统" in squashed(pdf_text(data))
    for page in pypdfium2.PdfDocument(data):
        text = squashed(page.get_textpage().get_text_range())
        assert not re.match(r"(初审人|联系人|日期)", text)  # who signs stands with the text


@pytest.mark.docs
def test_a_filled_template_opens_in_libreoffice(tmp_path: Path) -> None:
    said, grids = material(NOTICE, Matter(specimen(POLICY), POLICY))
    data = fill_template(template(), said, grids, "本局.docx")
    text = squashed(in_libreoffice(tmp_path, "通知", data, "txt:Text").decode("utf-8", "replace"))
    assert squashed(said["must"][0]["text"]) in text
    assert "机柜" in text


def test_the_parties_and_their_disagreement_are_the_reviewers_to_say() -> None:
    report = specimen(POLICY)
    silent = make(PAGE, Matter(report, POLICY)).text()
    assert "【分歧】无。" in silent
    assert "区财政局、区委网信办、第三方、专家均未反馈。" in silent
    said = {"views": {"牵头部门": "同意，优先级为高", "第三方": "修改后通过，建议15万元。", "区人社局": "无意见"}}
    choices = Decisions.model_validate({**said, "dispute": "区财政局建议分期，我局倾向一次建成。"})
    page = make(PAGE, Matter(report, POLICY, choices=choices))
    assert (
        "【各方意见】牵头部门：同意，优先级为高；第三方：修改后通过，建议15万元；区人社局：无意见；"
        "区发改经信局、区财政局、区委网信办、专家均未反馈。"
    ) in page.text()
    assert "【分歧】区财政局建议分期，我局倾向一次建成。" in page.text()
    assert "附：初审意见、第三方意见、概算核减表" in page.text()
    assert "第三方意见" not in silent
    money = next(b for b in page.blocks if isinstance(b, Grid)).rows[0]
    assert money[1:3] == ("见各方意见", "15")
    opinion_text = make(OPINION, Matter(report, POLICY, choices=choices)).text()
    assert "牵头部门意见：同意，优先级为高。" in opinion_text
    long = Decisions.model_validate(
        {"views": dict.fromkeys("甲乙丙丁戊己庚辛", "原则同意。" * 40), "dispute": "不同" * 100}
    )
    assert brief.length(make(PAGE, Matter(report, POLICY, choices=long))) <= brief.LONGEST


def personal_report(folder: Path, name: str = "方案（联系人：李建国）.docx") -> Report:
    """Return a report that quotes everything a plan full of persons says."""
    from personal_files import personal_plan

    path = personal_plan(folder / name)
    document = read_bytes(path.read_bytes(), path.name)
    texts = [b.text for b in document.blocks if isinstance(b, Paragraph)]
    texts += [b.row_text(row) for b in document.blocks if isinstance(b, Table) for row in range(len(b.rows))]
    texts += [*document.headers, *document.footers, *document.comments, *document.deleted]
    texts += [f"{key}{value}" for key, value in document.properties]
    quotes = tuple(Evidence(document.name, text) for text in texts if text)
    full = specimen(POLICY)
    finding = replace(room_finding(), evidence=quotes, message="陈志强（8801 2399）提出新建机房。")
    return replace(
        full, documents=(SubmittedDocument(document, Kind.PLAN),), findings=(finding,),
        dimensions=tuple(replace(full.dimensions[0], name=f"维度{i}", quotes=(q,)) for i, q in enumerate(quotes)),
        functions=tuple(replace(full.functions[0], name=q.quote) for q in quotes),
    )  # fmt: skip


@pytest.mark.parametrize("blind", [False, True])
def test_persons_of_a_real_file_are_in_no_file_for_third_parties(tmp_path: Path, blind: bool) -> None:
    from personal_files import SECRETS

    report = personal_report(tmp_path)
    assert len(report.dimensions) > 15
    paper = make(THIRD, Matter(report, POLICY, blind=blind))
    said, grids = material(THIRD, Matter(report, POLICY, blind=blind))
    form = docx.Document()
    form.core_properties.author = form.core_properties.last_modified_by = "模板作者"
    for line in ("{dimensions.quotes}", "{attention.text}", "{title}{unit}{contents}{necessity}", "{表：项目概要}"):
        form.add_paragraph(line)
    written, printed = official.docx(paper), typeset.pdf(paper)
    filled = fill_template(saved(form), said, grids, "本局.docx")
    told = ""
    for data in (written, filled):
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = archive.namelist()
            told += "".join(archive.read(n).decode("utf-8", "replace") for n in names if n.endswith((".xml", ".rels")))
        assert not [n for n in names if re.search(r"comments|docProps/custom|footnotes|people", n)]
    assert not re.search(r"<w:(ins|del|moveFrom|moveTo) ", told)
    told += docx_text(written) + docx_text(filled) + pdf_text(printed)
    told += str(pypdfium2.PdfDocument(printed).get_metadata_dict()) + printed.decode("latin-1")
    plain = re.sub(r"[\s\-　\u00a0]|<[^>]*>", "", told)
    assert HIDDEN in plain
    assert not [secret for secret in (*SECRETS, "模板作者") if secret in plain]


@pytest.mark.docs
def test_a_template_that_libreoffice_saved_is_filled_everywhere(tmp_path: Path) -> None:
    from office_template import office_template

    said, grids = material(NOTICE, Matter(specimen(POLICY), POLICY))
    data = fill_template(office_template(tmp_path).read_bytes(), said, grids, "本局格式.docx")
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        xml = "".join(archive.read(n).decode() for n in archive.namelist() if re.search(r"word/\w+\.xml$", n))
    assert not re.search(r"\{[a-z_]+|\{表", re.sub(r"<[^>]+>", "", xml))
    printed = in_libreoffice(tmp_path, "通知", data, "pdf")
    text = squashed(pdf_text(printed))
    for words in (
        "某区某局文件", "某局信息化项目管理某区某局", "第1页某某业务系统", "经办科室存：某某业务系统", "（某区某局印章处）",
        "总投资19.4万元", f"请补正以下{said['must_count']}项", squashed(said["must"][0]["text"]), "受理模块开发",
    ):  # fmt: skip
        assert words in text
    assert fill_template((tmp_path / "本局格式.docx").read_bytes(), said, grids, "本局格式.docx") == data
    (tmp_path / "通知.pdf").write_bytes(printed)
