"""How the papers look: what an archive's pdf must hold, titles, signatures, excerpts cut where a clause ends."""

from __future__ import annotations

import io
import re
from dataclasses import replace

import docx
import pypdfium2
import pytest
from test_papers import POLICY, squashed

from api.papers.blocks import Body, Grid, Heading, Item, Line, Paper, signed
from api.papers.making import WRITTEN, Matter, make
from api.papers.places import listed, measured, shortened
from api.papers.specimen import earlier, specimen
from api.papers.titles import title_lines
from api.reports import official, typeset


@pytest.mark.parametrize("kind", WRITTEN)
def test_pdfs_are_fit_for_the_archive(kind: str) -> None:
    """What PDF/A-2u asks for and can be told without a validator: metadata, output intent, fonts in the file, no secrets."""
    import pdfplumber
    from pdfminer.pdftypes import resolve1

    data = typeset.pdf(make(kind, Matter(specimen(POLICY), POLICY, earlier=earlier(POLICY))))
    xmp = data[data.index(b"<?xpacket begin") : data.index(b"<?xpacket end")].decode()
    assert re.search(r"pdfaid:part>2<", xmp)
    assert re.search(r"pdfaid:conformance>U<", xmp)
    with pdfplumber.open(io.BytesIO(data)) as opened:
        catalog = opened.doc.catalog
        assert resolve1(resolve1(catalog["OutputIntents"])[0])["S"].name == "GTS_PDFA1"
        assert not {"JavaScript", "EmbeddedFiles"} & set(resolve1(catalog.get("Names", {})))
        assert opened.doc.encryption is None
        for page in opened.pages:
            for font in resolve1(page.page_obj.resources["Font"]).values():
                one = resolve1(font)
                inner = resolve1(resolve1(one["DescendantFonts"])[0]) if "DescendantFonts" in one else one
                assert {"FontFile", "FontFile2", "FontFile3"} & set(resolve1(inner["FontDescriptor"]))
                assert "ToUnicode" in one


def test_long_titles_break_where_they_may() -> None:
    assert title_lines("关于《甲》的意见", 20) == ["关于《甲》的意见"]
    assert title_lines("《拱墅区人民医院互联网诊疗服务项目（二期）》相近系统比对表", 24) == [
        "《拱墅区人民医院互联网诊疗服务项目（二期）》", "相近系统比对表",
    ]  # fmt: skip
    assert title_lines("某某系统扩建项目（某区城市建设有限公司）立项情况", 22) == [
        "某某系统扩建项目",
        "（某区城市建设有限公司）立项情况",
    ]
    assert title_lines("拱墅区互联网诊疗服务项目（二期）（某区人民医院）立项情况", 18) == [
        "拱墅区互联网诊疗服务项目（二期）",
        "（某区人民医院）立项情况",
    ]
    assert title_lines("关于《某某区某某局农机作业补贴核验服务能力提升项目（二期）》的初步审核意见", 20) == [
        "关于《某某区某某局农机作业补贴核验服务", "能力提升项目（二期）》的初步审核意见",
    ]  # fmt: skip
    assert title_lines("《某某区某某局某某资源智慧化管理平台扩建项目》初步评审征询简报", 20) == [
        "《某某区某某局某某资源智慧化管理", "平台扩建项目》初步评审征询简报",
    ]  # fmt: skip
    assert title_lines("甲" * 21, 20) == ["甲" * 11, "甲" * 10]  # no sign stands alone
    assert title_lines("甲" * 30, 20) == ["甲" * 30]  # as it falls


def test_no_signature_stands_without_text() -> None:
    blocks = (Heading("六"), Body("说明。"), Body("附件：1"), Line(""), Line("签字"), Line("日期", right=True))
    assert signed(blocks) == [False, True, True, True, True, False]
    # The last part, heading and all, does not stand alone: the paragraph above stays with it.
    assert signed((Body("五"), Body("（三）报批。"), *blocks)) == [False, True, False, True, True, True, True, False]
    assert signed((Item("（九）", "无"), *blocks))[0]
    table = Grid(("甲",), (("乙",),) * 20, (1,))
    assert signed((Line("说明："), table, Line("签字"))) == [True, True, False]
    assert signed((table, Line("次表："), table, Line("签字"))) == [False, True, True, False]
    ends = docx.Document(io.BytesIO(official.docx(Paper("试", (table, Line("签字")))))).tables[0].rows
    assert [bool(r.cells[0].paragraphs[0].paragraph_format.keep_with_next) for r in ends] == [True, *[False] * 19, True]
    paper = Paper("试", (Body("（二）"), Item("（三）", "报批。"), *blocks))
    kept = [p.paragraph_format.keep_with_next for p in docx.Document(io.BytesIO(official.docx(paper))).paragraphs]
    assert [bool(one) for one in kept] == [False, True, True, True, True, True, True, False]


@pytest.mark.parametrize("above", range(12, 25, 2))
def test_the_last_part_is_not_alone_on_its_page(above: int) -> None:
    last = (
        Heading("六、说明"),
        Body("本意见供参考。"),
        Body("附件：1"),
        Line(""),
        Line("签字"),
        Line("日期", right=True),
    )
    paper = Paper("试", (*(Body(f"第{n}段") for n in range(above)), Item("（三）", "报批。"), *last), dense=True)
    pages = [squashed(p.get_textpage().get_text_range()) for p in pypdfium2.PdfDocument(typeset.pdf(paper))]
    assert "（三）报批。六、说明" in pages[-1]


@pytest.mark.parametrize("above", range(3))
def test_a_table_ends_on_the_page_of_its_signature(above: int) -> None:
    """Wherever the page ends: about 41 rows fill it."""
    for number in range(40, 48):
        grid = Grid(("项目", "内容"), tuple((f"行{n}", "文") for n in range(number)), (1, 3))
        blocks = (*(Body("文") for _ in range(above)), grid, Line("签字："), Line("日期", right=True))
        pages = [
            squashed(p.get_textpage().get_text_range()) for p in pypdfium2.PdfDocument(typeset.pdf(Paper("试", blocks)))
        ]
        (last,) = [page for page in pages if "签字" in page]
        assert f"行{number - 1}文签字：日期" in last
        assert "项目内容" in last


def test_lines_that_name_the_next_table_stand_with_that_one() -> None:
    grid = Grid(("甲",), (("乙",),) * 12, (1,))
    for above in range(12, 22):
        paper = Paper("试", (*(Body("文") for _ in range(above)), grid, Line("次表："), grid, Line("签字")))
        pages = [squashed(p.get_textpage().get_text_range()) for p in pypdfium2.PdfDocument(typeset.pdf(paper))]
        (named,) = [page for page in pages if "次表：" in page]
        assert "次表：甲乙" in named


@pytest.mark.parametrize(
    ("text", "limit", "said"),
    [
        ("短句。", 10, "短句。"),
        ("办理时限缩短，群众少跑一次，企业满意", 16, "办理时限缩短，群众少跑一次……"),
        ("区政府《2022年政府工作报告》重点任务提出‘扩大覆盖面’", 24, "区政府《2022年政府工作报告》重点任务……"),
        ("《关于进一步做好全区数字化改革工作的意见》第三条", 10, "《关于进一步做好全区……》"),
        ("系统并发能力达到12000次每秒以上并稳定", 9, "系统并发能力达到……"),
    ],
)
def test_quotes_are_cut_where_a_clause_ends(text: str, limit: int, said: str) -> None:
    assert shortened(text, limit) == said


def test_numbers_in_a_row_are_told_as_a_range() -> None:
    assert listed((13, 5, 8, 9, 10, 11, 12)) == "5、8至13"
    assert listed((1, 2, 4)) == "1、2、4"
    assert listed(()) == ""


def test_a_goal_is_told_from_its_number_on() -> None:
    said = "1）本项目建成后，协商周期明显缩短，每单元平均减少42天，满意率达95%"
    assert measured(said, 30) == "每单元平均减少42天，满意率达95%"
    assert measured(said, 12) == "每单元平均减少42天"
    assert not measured("显著提升", 30)
    assert not measured("9月底上线移动审批和费用核算；2023年一季度完成培训", 30)  # a date measures nothing
    assert measured("11月底实现53家单位全覆盖，旧系统下线", 40) == "11月底实现53家单位全覆盖，旧系统下线"


def test_a_heading_may_begin_a_page() -> None:
    paper = Paper("试", (Body("前"), Heading("一、"), Body("中"), Heading("二、", fresh=True), Body("后")))
    pages = [squashed(p.get_textpage().get_text_range()) for p in pypdfium2.PdfDocument(typeset.pdf(paper))]
    assert [page.partition("—")[0] for page in pages] == ["前一、中", "二、后"]
    breaks = [p.paragraph_format.page_break_before for p in docx.Document(io.BytesIO(official.docx(paper))).paragraphs]
    assert [bool(one) for one in breaks] == [False, False, False, True, False]


def test_a_tall_row_runs_over_the_page() -> None:
    """No page is left half empty for a row that does not go on it; a row of ordinary length stands whole."""
    tall, short = "\n".join(f"第{n}行" for n in range(24)), "\n".join(f"矮{n}" for n in range(19))
    grid = Grid(("项目", "内容"), (("高", tall), ("半", short)), (1, 4))
    paper = Paper("试", (*(Body("文") for _ in range(15)), grid))
    pages = [squashed(p.get_textpage().get_text_range()) for p in pypdfium2.PdfDocument(typeset.pdf(paper))]
    assert "第0行" in pages[0]
    assert "第23行" in pages[1]
    assert [("矮0" in page, "矮18" in page) for page in pages if "矮" in page] == [(True, True)]
    rows = docx.Document(io.BytesIO(official.docx(paper))).tables[0].rows
    assert [bool(row._tr.xpath("w:trPr/w:cantSplit")) for row in rows] == [True, False, True]


def test_rows_to_be_filled_in_by_hand_have_room() -> None:
    grid = Grid(("维度", "意见"), (("必要性", ""), ("可行性", "")), (1, 4), least=3)
    paper = Paper("试", (grid,))
    rows = docx.Document(io.BytesIO(official.docx(paper))).tables[0].rows
    assert [row.height.pt if row.height else None for row in rows] == [None, 45, 45]
    page = pypdfium2.PdfDocument(typeset.pdf(paper))[0].get_textpage()
    tops = [page.get_charbox(page.get_text_range().index(word))[3] for word in ("必要性", "可行性")]
    assert 43 <= tops[0] - tops[1] <= 60


@pytest.mark.parametrize("before", range(17, 23))
def test_no_page_ends_within_a_short_table(before: int) -> None:
    grid = Grid(("项目", "填写"), (("甲", "1.\n2.\n3."), ("乙", ""), ("丙", "")), (1, 2))
    paper = Paper("试", (*(Body("文") for _ in range(before)), Heading("表"), grid))
    pages = [p.get_textpage().get_text_range() for p in pypdfium2.PdfDocument(typeset.pdf(paper))]
    assert {sum(word in page for word in ("表", "甲", "乙", "丙")) for page in pages} <= {0, 4}
    table = docx.Document(io.BytesIO(official.docx(paper))).tables[0]
    stands = [all(cell.paragraphs[0].paragraph_format.keep_with_next for cell in row.cells) for row in table.rows]
    assert stands == [True, True, True, False]
    long = replace(grid, rows=grid.rows * 4)
    table = docx.Document(io.BytesIO(official.docx(replace(paper, blocks=(long,))))).tables[0]
    kept = [any(cell.paragraphs[0].paragraph_format.keep_with_next for cell in row.cells) for row in table.rows]
    assert kept == [True] + [False] * len(long.rows)  # the head stands with the first row, and both with a heading
