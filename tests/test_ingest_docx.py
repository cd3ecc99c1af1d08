"""The docx reader: automatic numbers, wrappers, asides, tables, hostile XML."""

import io
import zipfile

import docx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from ingest_samples import HEAD, TAIL, made, p

from ingest.docx.numerals import numeral
from ingest.docx.reader import read_docx
from ingest.reader import read_bytes
from models.domain.document import Paragraph, Picture, Role, Table
from models.domain.errors import ReadError, RefusedError


def num(level, identifier=1):
    return f'<w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="{identifier}"/></w:numPr>'


def lvl(index, kind, text, more=""):
    return (
        f'<w:lvl w:ilvl="{index}"><w:start w:val="1"/><w:numFmt w:val="{kind}"/>{more}'
        f'<w:lvlText w:val="{text}"/></w:lvl>'
    )


def read(body, **parts):
    return read_docx(made(body, **parts), "a.docx")


def paragraphs(document):
    return [b for b in document.blocks if isinstance(b, Paragraph)]


NUMBERING = (
    '<w:abstractNum w:abstractNumId="0">'
    + lvl(0, "chineseCountingThousand", "第%1章", '<w:pStyle w:val="1"/>')
    + lvl(1, "decimal", "%1.%2", "<w:isLgl/>")
    + lvl(2, "chineseCounting", "（%3）")
    + lvl(3, "bullet", "·")
    + '</w:abstractNum><w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num>'
    '<w:num w:numId="2"><w:abstractNumId w:val="0"/><w:lvlOverride w:ilvl="2"><w:startOverride w:val="5"/></w:lvlOverride></w:num>'
)


def test_numbers_are_what_word_shows():
    body = "".join(p("x", num(level)) for level in (0, 1, 1, 2, 2, 0, 1, 2, 3))
    numbers = [b.number for b in paragraphs(read(body, numbering=NUMBERING))]
    assert numbers == ["第一章", "1.1", "1.2", "（一）", "（二）", "第二章", "2.1", "（一）", ""]


def test_override_restarts_and_zero_switches_off():
    body = p("a", num(2)) + p("b", num(2, 2)) + p("c", num(2, 2)) + p("d", num(2, 0))
    assert [b.number for b in paragraphs(read(body, numbering=NUMBERING))] == ["（一）", "（五）", "（六）", ""]


def test_number_through_style_and_level_by_name():
    styles = (
        '<w:style w:type="paragraph" w:styleId="1"><w:name w:val="heading 1"/><w:pPr><w:numPr><w:numId w:val="1"/></w:numPr>'
        '</w:pPr><w:rPr><w:b/></w:rPr></w:style><w:style w:type="paragraph" w:styleId="x"><w:name w:val="我的标题"/>'
        '<w:basedOn w:val="1"/></w:style>'
    )
    body = p("概况", '<w:pStyle w:val="1"/>') + p("需求", '<w:pStyle w:val="x"/>')
    first, second = paragraphs(read(body, numbering=NUMBERING, styles=styles))
    assert (first.number, first.outline_level, first.bold, first.style) == ("第一章", 1, True, "heading 1")
    assert (second.number, second.outline_level, second.style) == ("第二章", 1, "我的标题")


def test_deleted_paragraph_is_not_counted():
    gone = f"<w:p><w:pPr>{num(2)}<w:rPr><w:del/></w:rPr></w:pPr><w:del><w:r><w:delText>旧文</w:delText></w:r></w:del></w:p>"
    document = read(p("a", num(2)) + gone + p("b", num(2)), numbering=NUMBERING)
    assert [b.number for b in paragraphs(document)] == ["（一）", "（二）"]
    assert document.deleted == ("旧文",)


@pytest.mark.parametrize(
    ("value", "kind", "shown"),
    [
        (12, "chineseCounting", "十二"), (20, "chineseCounting", "二十"), (105, "chineseCountingThousand", "一百零五"),
        (110, "chineseCountingThousand", "一百一十"), (21, "ideographDigital", "二一"), (4, "upperRoman", "IV"),
        (28, "lowerLetter", "bb"), (3, "decimalEnclosedCircle", "③"), (25, "decimalEnclosedCircleChinese", "㉕"),
        (3, "ideographTraditional", "丙"), (2, "decimalEnclosedParen", "⑵"), (7, "decimalZero", "07"),
        (12, "decimalFullWidth", "１２"), (3, "chineseLegalSimplified", "叁"), (9, "none", ""), (9, "bullet", ""),
    ],
)  # fmt: skip
def test_number_formats(value, kind, shown):
    assert numeral(value, kind) == shown


@given(st.integers(0, 10**9), st.sampled_from(["chineseCounting", "upperRoman", "upperLetter", "ideographZodiac", "?"]))
def test_number_formats_never_fail(value, kind):
    assert numeral(value, kind)


def test_bold_prefix_breaks_and_tabs():
    body = (
        "<w:p><w:pPr><w:jc w:val='center'/></w:pPr><w:r><w:rPr><w:b/><w:sz w:val='32'/></w:rPr><w:t>目标：</w:t></w:r>"
        "<w:r><w:rPr><w:sz w:val='24'/></w:rPr><w:t>建成</w:t><w:br/><w:t>平台系统</w:t><w:tab/><w:t>一个</w:t></w:r></w:p>"
    )
    (block,) = paragraphs(read(body))
    assert block.text == "目标：建成\n平台系统\t一个"
    assert (block.bold, block.bold_prefix, block.size, block.centered) == (False, 3, 12.0, True)


def test_wrappers_insertions_fields_and_contents():
    body = (
        "<w:sdt><w:sdtContent>" + p("控件里的字") + "</w:sdtContent></w:sdt>"
        "<w:p><w:ins><w:r><w:t>新增</w:t></w:r></w:ins><w:hyperlink><w:r><w:t>链接</w:t></w:r></w:hyperlink></w:p>"
        "<w:p><w:r><w:fldChar w:fldCharType='begin'/></w:r><w:r><w:instrText>REF x</w:instrText></w:r>"
        "<w:r><w:fldChar w:fldCharType='separate'/></w:r><w:r><w:t>结果</w:t></w:r><w:r><w:fldChar w:fldCharType='end'/></w:r></w:p>"
        + p("目  录")
        + "<w:p><w:r><w:fldChar w:fldCharType='begin'/></w:r><w:r><w:instrText> TOC \\o</w:instrText></w:r>"
        "<w:r><w:fldChar w:fldCharType='separate'/></w:r><w:r><w:t>第一章 概况</w:t><w:tab/><w:t>1</w:t></w:r></w:p>"
        "<w:p><w:r><w:t>第二章 需求</w:t></w:r></w:p><w:p><w:r><w:fldChar w:fldCharType='end'/></w:r></w:p>" + p("正文")
    )
    document = read(body)
    assert [b.text for b in paragraphs(document)] == ["控件里的字", "新增链接", "结果", "正文"]
    assert document.contents == ("目  录", "第一章 概况\t1", "第二章 需求")


def test_contents_field_that_never_ends_swallows_nothing():
    body = (
        "<w:p><w:r><w:fldChar w:fldCharType='begin'/></w:r><w:r><w:instrText>TOC</w:instrText></w:r>"
        "<w:r><w:fldChar w:fldCharType='separate'/></w:r></w:p>" + p("正文一") + p("正文二")
    )
    assert [b.text for b in paragraphs(read(body))] == ["正文一", "正文二"]


def test_typed_contents_lines_but_not_typed_tables():
    document = read(p("目录") + p("一、概况\t1") + p("二、需求……………3") + p("1. 服务器\t10") + p("2. 交换机\t3"))
    assert document.contents[:3] == ("目录", "一、概况\t1", "二、需求……………3")
    assert [b.text for b in paragraphs(read(p("清单如下") + p("1. 服务器\t10")))] == ["清单如下", "1. 服务器\t10"]


def test_text_box_once_and_footnote_after_its_paragraph():
    box = f"<w:txbxContent>{p('框中字')}</w:txbxContent>"
    body = (
        "<w:p><w:r><w:t>锚</w:t></w:r><w:r><mc:AlternateContent><mc:Choice Requires='wps'><w:drawing><wps:txbx>"
        f"{box}</wps:txbx></w:drawing></mc:Choice><mc:Fallback><w:pict><v:textbox>{box}</v:textbox></w:pict></mc:Fallback>"
        "</mc:AlternateContent></w:r><w:r><w:footnoteReference w:id='2'/></w:r></w:p>" + p("后")
    )
    notes = (
        f"<w:footnote w:type='separator' w:id='0'>{p('---')}</w:footnote><w:footnote w:id='2'>{p('脚注')}</w:footnote>"
    )
    found = [(b.text, b.role) for b in paragraphs(read(body, footnotes=notes))]
    assert found == [("锚", Role.BODY), ("框中字", Role.TEXTBOX), ("脚注", Role.FOOTNOTE), ("后", Role.BODY)]


def test_hidden_white_and_tiny_text_stand_apart():
    body = (
        p("看见")
        + p("隐藏", rpr="<w:vanish/>")
        + p("白字", rpr='<w:color w:val="FFFFFF"/>')
        + p("极小", rpr='<w:sz w:val="2"/>')
        + p("底纹上的白字", '<w:shd w:val="clear" w:fill="1F4E79"/>', '<w:color w:val="FFFFFF"/>')
    )
    document = read(body)
    assert [b.text for b in paragraphs(document)] == ["看见", "底纹上的白字"]
    assert document.hidden == ("隐藏", "白字", "极小")


SPAN, BEGIN = '<w:gridSpan w:val="3"/>', '<w:vMerge w:val="restart"/>'


def tc(text, props=""):
    return f"<w:tc><w:tcPr>{props}</w:tcPr>{p(text)}</w:tc>"


def test_merged_cells_once_and_nested_tables_flat():
    inner = f"<w:tbl><w:tr>{tc('甲')}{tc('乙')}</w:tr></w:tbl>"
    body = (
        f"<w:tbl><w:tr>{tc('表头', SPAN)}</w:tr>"
        f"<w:tr>{tc('硬件', BEGIN)}{tc('服务器')}{tc('12')}</w:tr>"
        f"<w:tr>{tc('', '<w:vMerge/>')}{tc('交换机')}<w:tc>{p('3')}{inner}</w:tc></w:tr></w:tbl>"
    )
    (table,) = read(body).blocks
    assert isinstance(table, Table)
    assert [[(c.text, c.col, c.rowspan, c.colspan) for c in row] for row in table.rows] == [
        [("表头", 0, 1, 3)],
        [("硬件", 0, 2, 1), ("服务器", 1, 1, 1), ("12", 2, 1, 1)],
        [("交换机", 1, 1, 1), ("3\n甲 / 乙", 2, 1, 1)],
    ]


def test_frame_around_the_whole_text_is_no_table():
    body = "<w:tbl><w:tr><w:tc>" + "".join(p(f"第{i}段") for i in range(9)) + "</w:tc></w:tr></w:tbl>"
    assert [b.text for b in paragraphs(read(body))] == [f"第{i}段" for i in range(9)]


def test_picture_object_and_boxes_to_tick():
    body = (
        "<w:p><w:r><w:drawing><wp:inline><wp:docPr id='1' name='x' descr='架构图'/><a:blip/></wp:inline></w:drawing></w:r></w:p>"
        "<w:p><w:r><w:object><o:OLEObject ProgID='Excel.Sheet.12'/></w:object></w:r></w:p>"
        "<w:p><w:r><w:sym w:font='Wingdings 2' w:char='F052'/><w:t>新建</w:t><w:sym w:font='Wingdings' w:char='F0A8'/><w:t>扩建</w:t></w:r></w:p>"
    )
    document = read(body)
    assert document.blocks[0] == Picture("架构图")
    assert paragraphs(document)[0].text == "☑新建□扩建"
    assert "Excel.Sheet.12" in document.notes[0].what


def test_python_docx_round():
    source = docx.Document()
    source.add_heading("建设目标", 2)
    source.add_paragraph("正文")
    source.sections[0].header.paragraphs[0].text = "页眉字"
    source.core_properties.title = "方案"
    out = io.BytesIO()
    source.save(out)
    document = read_bytes(out.getvalue(), "方案.docx")
    assert paragraphs(document)[0].outline_level == 2
    assert document.headers == ("页眉字",)
    assert ("title", "方案") in document.properties
    assert "pages" not in dict(document.properties)  # the library writes 1 page of 0 characters
    counted = io.BytesIO()
    with zipfile.ZipFile(out) as given, zipfile.ZipFile(counted, "w") as taken:
        for entry in given.infolist():
            data = (
                given.read(entry).replace(b"<Pages>1<", b"<Pages>32<").replace(b"<Characters>0<", b"<Characters>9000<")
            )
            taken.writestr(entry, data)
    again = read_bytes(counted.getvalue(), "方案.docx")
    assert ("pages", "32") in again.properties
    assert again.pages is None


@pytest.mark.parametrize(
    "prolog",
    [
        '<!DOCTYPE d [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>',
        '<!DOCTYPE d [<!ENTITY x SYSTEM "file:///etc/hostname">]>',
        '<!DOCTYPE d [<!ENTITY x SYSTEM "http://127.0.0.1:9/x">]>',
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_doctype_is_refused(prolog, encoding):
    xml = (prolog + HEAD + p("&x;") + TAIL).encode(encoding)
    with pytest.raises(RefusedError):
        read(xml)


@pytest.mark.parametrize("encoding", ["utf-16", "utf-8-sig"])
def test_other_encodings_are_read_in_full(encoding):
    document = read((HEAD + p("正文") + TAIL).encode(encoding))
    assert (document.blocks[0].text, document.notes) == ("正文", ())


@pytest.mark.parametrize("bad", ["\0", "\x07", "&#0;", "&#xD800;"])
def test_illegal_characters_are_left_out_with_a_note(bad):
    document = read((HEAD + p(f"前{bad}后") + TAIL).encode())
    assert document.blocks[0].text == "前后"
    assert any("非法字符" in note.why for note in document.notes)


def test_lone_surrogate_bytes():
    document = read((HEAD + p("前X后") + TAIL).encode().replace(b"X", b"\xed\xa0\x80"))
    assert document.notes
    assert "后" in document.blocks[0].text


def test_tables_nested_a_thousand_deep():
    deep = "<w:tbl><w:tr><w:tc>" * 1000 + p("底") + "</w:tc></w:tr></w:tbl>" * 1000
    document = read(p("前") + deep + p("后"))
    assert [b.text for b in paragraphs(document)] == ["前", "后"]
    assert any("过深" in note.why for note in document.notes)


def test_table_of_100k_rows_is_cut_with_a_note():
    rows = "".join(f"<w:tr><w:tc><w:p><w:r><w:t>第{i}行</w:t></w:r></w:p></w:tc></w:tr>" for i in range(100_000))
    document = read(p("前") + f"<w:tbl>{rows}</w:tbl>" + p("后"))
    assert [b.text for b in paragraphs(document)] == ["前", "后"]
    assert any("未读取" in note.why for note in document.notes)


def test_missing_parts():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("word/styles.xml", "<x/>")
    with pytest.raises(ReadError, match="缺少正文"):
        read_bytes(out.getvalue(), "a.docx")
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("word/document.xml", HEAD + p("正文") + TAIL)
    document = read_bytes(out.getvalue(), "a.docx")
    assert document.blocks[0].text == "正文"
    assert any("Content_Types" in note.what for note in document.notes)


def test_macro_and_remote_template_are_told():
    data = io.BytesIO(made(p("正文")))
    with zipfile.ZipFile(data, "a") as archive:
        archive.writestr("word/vbaProject.bin", b"x")
        archive.writestr(
            "word/_rels/settings.xml.rels",
            '<Relationships xmlns="r"><Relationship Id="a" Type="x/attachedTemplate" Target="http://x/y.dotm" '
            'TargetMode="External"/></Relationships>',
        )
    assert {note.what for note in read_docx(data.getvalue(), "a.docm").notes} == {"宏", "远程模板"}
