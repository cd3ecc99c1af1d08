"""Scans and photos: read through the children as a person's file would be."""

import io

import numpy as np
import pypdfium2
import pytest
from ingest_samples import made, p, pdf
from scan_samples import Sheet, jpeg, pdf_of

from ingest.codec import decode, encode
from ingest.pdf.page import Rule
from ingest.reader import read_bytes
from ingest.sandbox import read_safely
from ingest.scan.found import Found, Piece, as_data, from_data
from ingest.scan.ruling import ink_of, rules_of
from ingest.scan.typeset import Typeset
from models.domain.document import Paragraph, Table
from models.domain.errors import ReadError

pytestmark = pytest.mark.slow
BUDGET = [
    ("序号", "建设内容", "金额"),
    ("1", "审批事项办理系统", "86.5"),
    ("2", "数据归集接口", "30"),
    ("合计", "", "116.5"),
]


def read(tmp_path, data, name):
    (tmp_path / "in").write_bytes(data)
    return read_safely(tmp_path / "in", name)


def texts(document):
    return [b.text for b in document.blocks if isinstance(b, Paragraph)]


def page():
    sheet = Sheet().text(190, 80, "投资概算", 22).text(90, 130, "（一）项目名称：城市驾驶舱建设项目", 14)
    return sheet.table(90, 200, (60, 220, 120), BUDGET)


def test_a_scanned_page_gives_its_text_and_its_table_under_a_seal(tmp_path):
    document = read(tmp_path, pdf_of([page().seal(330, 260).scanned()]), "概算.pdf")
    assert document.ocr_pages == (1,)
    assert document.unread_pages == ()
    assert texts(document)[:2] == ["投资概算", "（一）项目名称：城市驾驶舱建设项目"]
    (table,) = [b for b in document.blocks if isinstance(b, Table)]
    assert [[c.text for c in row] for row in table.rows] == [list(row) for row in BUDGET]
    assert table.page == 1


@pytest.mark.parametrize("turned", [1, 2])
def test_a_photo_that_lies_on_its_side_or_head(tmp_path, turned):
    document = read(tmp_path, jpeg(page().scanned(turned=turned)), "照片.jpg")
    assert document.format == "jpg"
    assert "投资概算" in texts(document)
    assert any(isinstance(b, Table) for b in document.blocks)


def test_only_pages_without_text_are_recognised(tmp_path):
    scanned = pypdfium2.PdfDocument(pdf_of([page().scanned()]))
    mixed = pypdfium2.PdfDocument.new()
    mixed.import_pages(pypdfium2.PdfDocument(pdf([[("Typed words stay as they are.", 72, 700)]])))
    mixed.import_pages(scanned)
    out = io.BytesIO()
    mixed.save(out)
    document = read(tmp_path, out.getvalue(), "a.pdf")
    assert document.ocr_pages == (2,)
    assert texts(document)[0] == "Typed words stay as they are."
    assert [n.harmless for n in document.notes if n.what == "第2页"][:1] == [True]


def test_a_red_heading_is_read_though_the_red_channel_loses_it(tmp_path):
    sheet = (
        Sheet()
        .text(120, 90, "杭州市拱墅区人民政府文件", 26, fill=(210, 30, 30))
        .text(90, 200, "关于同意立项的批复如下。")
    )
    assert "杭州市拱墅区人民政府文件" in texts(read(tmp_path, pdf_of([sheet.scanned()]), "批复.pdf"))


def test_an_empty_scan_is_not_an_empty_answer(tmp_path):
    with pytest.raises(ReadError, match="未能识别出文字"):
        read(tmp_path, pdf_of([Sheet().scanned()]), "空白.pdf")


def test_the_same_scan_gives_the_same_document(tmp_path):
    data = pdf_of([page().seal(330, 260).scanned(skew=-0.7)])
    assert encode(read(tmp_path, data, "a.pdf")) == encode(read(tmp_path, data, "a.pdf"))


def test_tiff_with_two_pages(tmp_path):
    out = io.BytesIO()
    first, second = page().scanned(), Sheet().text(90, 90, "第二页另有一句完整的话。").scanned()
    first.save(out, "TIFF", save_all=True, append_images=[second], compression="tiff_lzw")
    document = read(tmp_path, out.getvalue(), "扫描件.tiff")
    assert document.pages == 2
    assert document.ocr_pages == (1, 2)
    assert document.blocks[-1] == Paragraph(
        "第二页另有一句完整的话。", size=document.blocks[-1].size, page=2, centered=document.blocks[-1].centered
    )


# Without the models


def found(*pieces, rules=()):
    return {1: Found(1, 595.0, 842.0, tuple(pieces), tuple(rules))}


def test_weak_lines_are_named_and_marked():
    pages = found(
        Piece("这一行清清楚楚没有疑问。", 90, 100, 330, 118, 0.99),
        Piece("这一行模糊不清难以辨认。", 90, 150, 330, 168, 0.62),
    )
    document = read_bytes(pdf([[b""]]), "a.pdf", pages)
    assert [b.weak for b in document.blocks] == [False, True]
    assert [(n.what, n.harmless) for n in document.notes] == [("第1页", True), ("第1页", False)]
    assert "模糊不清" in document.notes[1].why
    assert decode(encode(document)) == document


def test_recognised_pages_survive_the_pipe():
    pages = found(Piece("字", 1, 2, 3, 4, 0.5), rules=(Rule(True, 1.0, 2.0, 3.0),))
    assert from_data(as_data(pages.values())) == pages


def test_lines_of_one_size_are_one_size():
    wide = [Piece("建设内容包括三个部分", 90, 100 + 30 * i, 90 + 160 + i, 118 + 30 * i + i % 2, 0.99) for i in range(4)]
    assert len({c.size for c in Typeset(found(*wide)).page(1).chars}) == 1


def test_rules_are_told_from_strokes():
    grey = np.full((800, 800), 255, np.uint8)
    for y in (100, 300, 500):
        grey[y : y + 3, 100:700] = 0
    for x in (100, 400, 700):
        grey[100:503, x : x + 3] = 0
    grey[200, 450:520] = 0  # the stroke of a character
    rules = rules_of(ink_of(grey), 200)
    assert sorted(round(r.at) for r in rules if r.horizontal) == pytest.approx([101, 301, 501], abs=2)
    assert sorted(round(r.at) for r in rules if not r.horizontal) == pytest.approx([101, 401, 701], abs=2)


def test_strokes_one_under_the_other_are_no_border():
    grey = np.full((800, 800), 255, np.uint8)
    for y in (100, 140, 180):
        grey[y : y + 3, 100:700] = 0
    for x in (100, 700):
        grey[100:183, x : x + 3] = 0
    grey[103:180, 400:403] = 0  # two characters' uprights, closed up by the blur of a scanner
    for top in (108, 148):
        grey[top : top + 26, 386:392] = 0  # the character before
        grey[top : top + 26 : 6, 408:420] = 0  # the rest of their own
        grey[top : top + 26, 411:414] = 0
    assert not [r for r in rules_of(ink_of(grey), 200) if not r.horizontal and 390 < r.at < 420]
    grey[103:180, 380:398] = 255  # the same line with paper on its left is the border of a cell
    assert [r for r in rules_of(ink_of(grey), 200) if not r.horizontal and 390 < r.at < 420]


def test_pictures_in_a_word_file_are_no_pages():
    assert read_bytes(made(p("正文")), "a.docx").unread_pages == ()


def scanned_lines(*pages):
    """Pages of lines (text, y) in type of 12 pt, 40 signs a full line."""
    made = {}
    for number, lines in enumerate(pages, 1):
        pieces = [Piece(text, 75, y, 75 + 12 * len(text) + 5, y + 18, 0.99) for text, y in lines]
        made[number] = Found(number, 595.0, 842.0, tuple(pieces), ())
    return read_bytes(pdf([[b""]] * len(pages)), "a.pdf", made)


FULL = "全区四十一家农贸市场由十九名监管人员分片负责每人每周巡查登记一次并汇总上报"


def test_the_short_last_line_of_a_paragraph_is_no_heading_whatever_its_box_says():
    lines = [(FULL, 100), (FULL, 118)]
    document = scanned_lines([*lines, ("首个应用。", 136), ("二、现状", 180), (FULL, 210)])
    assert texts(document) == [FULL + FULL + "首个应用。", "二、现状", FULL]


def test_a_running_head_that_was_read_in_two_ways_is_taken_out():
    heads = ["拱墅区农贸市场智慧监管项目"] * 3 + ["拱墅区农贸巾场智慧监管项目"]
    document = scanned_lines(*[[(head, 30), (FULL + "。", 120)] for head in heads])
    assert "智慧监管项目" not in "".join(texts(document))
    assert document.headers == (heads[0], heads[3])


def test_figures_do_not_make_a_line_of_another_size():
    pieces = [Piece(FULL, 75, 100 + 20 * i, 75 + 12 * len(FULL), 118 + 20 * i, 0.99) for i in range(4)]
    wide = "到2022年6月，22个社区148个网格全部上线"
    signs = sum(not c.isascii() for c in wide) + 0.55 * sum(c.isascii() for c in wide) + 0.25 * 7
    pieces.append(Piece(wide, 75, 200, 75 + 12 * signs + 5, 218, 0.99))
    assert len({c.size for c in Typeset(found(*pieces)).page(1).chars}) == 1


def test_a_vertical_rule_that_runs_into_text_ends_at_the_last_line_across():
    grey = np.full((800, 800), 255, np.uint8)
    for y in (100, 300, 500):
        grey[y : y + 3, 100:700] = 0
    for x in (100, 700):
        grey[100:503, x : x + 3] = 0
    grey[100:330, 400:403] = 0  # a border, and the stroke below it that touches it
    grey[325:360, 390:420] = 0
    (rule,) = [r for r in rules_of(ink_of(grey), 200) if not r.horizontal and 390 < r.at < 420]
    assert rule.end == pytest.approx(301, abs=4)


def test_half_a_bracket_is_no_doubt():
    line = found(Piece("(三)网络", 90, 100, 150, 118, 0.86), Piece("这一行模糊不清难以辨认", 90, 150, 330, 168, 0.86))
    assert [b.weak for b in read_bytes(pdf([[b""]]), "a.pdf", line).blocks] == [False, True]


def test_a_line_with_figures_reaches_the_margin_and_goes_on():
    before = "全区四十一家农贸市场由十九名监管人员分片负责周期10个月，2022年2月起"
    pieces = [Piece(FULL, 75, 100 + 18 * i, 75 + 12 * len(FULL), 118 + 18 * i, 0.99) for i in range(3)]
    pieces += [
        Piece(before, 75, 154, 75 + 12 * len(FULL), 172, 0.99),
        Piece("至2022年11月止。", 75, 172, 180, 190, 0.99),
    ]
    assert texts(read_bytes(pdf([[b""]]), "a.pdf", found(*pieces)))[-1].endswith("2022年2月起至2022年11月止。")
