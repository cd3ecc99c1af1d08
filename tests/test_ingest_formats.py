"""Formats beside docx, PDF and xlsx: ofd, html, what antiword makes of a doc, 7z, rar, Excel within Word, programs that convert."""

import io
import stat
import struct
import zipfile
import zlib

import openpyxl
import py7zr
import pytest
from ingest_samples import HEAD, TAIL, TYPES

from ingest import office
from ingest.package import collect
from ingest.reader import read_bytes
from ingest.sandbox import read_safely
from ingest.unpacked import rar_tool
from models.domain.document import Paragraph, Table
from models.domain.errors import ReadError, RefusedError

OFD = 'xmlns:ofd="http://www.ofdspec.org/2016"'


def texts(document):
    return [b.text for b in document.blocks if isinstance(b, Paragraph)]


def tables(document):
    return [[[c.text for c in row] for row in b.rows] for b in document.blocks if isinstance(b, Table)]


# OFD


def text_object(x, y, words, size=4.0):
    deltas = f'DeltaX="g {len(words) - 1} {size}"' if len(words) > 1 else ""
    return (
        f'<ofd:TextObject ID="9" Boundary="{x} {y} 150 6" Size="{size}" Font="1">'
        f'<ofd:TextCode X="0" Y="{size}" {deltas}>{words}</ofd:TextCode></ofd:TextObject>'
    )


def line_object(x0, y0, x1, y1):
    boundary = f"{x0} {y0} {max(x1 - x0, 0.3)} {max(y1 - y0, 0.3)}"
    return (
        f'<ofd:PathObject ID="8" Boundary="{boundary}" LineWidth="0.3">'
        f"<ofd:AbbreviatedData>M 0 0 L {x1 - x0} {y1 - y0}</ofd:AbbreviatedData></ofd:PathObject>"
    )


def page_of(objects, template=""):
    return (
        f"<ofd:Page {OFD}><ofd:Area><ofd:PhysicalBox>0 0 210 297</ofd:PhysicalBox></ofd:Area>{template}"
        f'<ofd:Content><ofd:Layer ID="5">{objects}</ofd:Layer></ofd:Content></ofd:Page>'
    )


def ofd(pages, **more):
    """An OFD of raw pages; a template layer with a running head, and attachments by name."""
    listed = "".join(f'<ofd:Page ID="{i}" BaseLoc="Pages/Page_{i}/Content.xml"/>' for i in range(len(pages)))
    attached = "<ofd:Attachments>Attachs/Attachments.xml</ofd:Attachments>" if more.get("attached") else ""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr(
            "OFD.xml",
            f"<ofd:OFD {OFD}><ofd:DocBody><ofd:DocInfo><ofd:Title>标题</ofd:Title></ofd:DocInfo>"
            "<ofd:DocRoot>Doc_0/Document.xml</ofd:DocRoot></ofd:DocBody></ofd:OFD>",
        )
        archive.writestr(
            "Doc_0/Document.xml",
            f"<ofd:Document {OFD}><ofd:CommonData><ofd:PageArea><ofd:PhysicalBox>0 0 210 297</ofd:PhysicalBox></ofd:PageArea>"
            '<ofd:TemplatePage ID="77" BaseLoc="Tpls/Tpl_0/Content.xml"/></ofd:CommonData>'
            f"<ofd:Pages>{listed}</ofd:Pages>{attached}</ofd:Document>",
        )
        archive.writestr("Doc_0/Tpls/Tpl_0/Content.xml", page_of(text_object(30, 30, "模板层的文字")))
        for i, content in enumerate(pages):
            archive.writestr(f"Doc_0/Pages/Page_{i}/Content.xml", content)
        for name, data in more.get("attached", {}).items():
            entry = f'<ofd:Attachment ID="1" Name="{name}"><ofd:FileLoc>{name}</ofd:FileLoc></ofd:Attachment>'
            archive.writestr("Doc_0/Attachs/Attachments.xml", f"<ofd:Attachments {OFD}>{entry}</ofd:Attachments>")
            archive.writestr(f"Doc_0/Attachs/{name}", data)
    return out.getvalue()


GRID = "".join(
    [line_object(30, y, 130, y) for y in (100, 110, 120)] + [line_object(x, 100, x, 120) for x in (30, 70, 130)]
)


def test_ofd_text_in_reading_order_with_its_template_layer():
    first = page_of(
        text_object(30, 38, "这一行写满了整个版心的宽度，为的是让别的各行都不像写满的行。")
        + text_object(30, 60, "（二）项目性质")
        + text_object(30, 45, "（一）项目名称"),
        '<ofd:Template TemplateID="77" ZOrder="Background"/>',
    )
    document = read_bytes(ofd([first, page_of(text_object(30, 50, "第二页的话。"))]), "方案.ofd")
    begins = [t[:7] for t in texts(document)]
    assert begins == ["模板层的文字", "这一行写满了整", "（一）项目名称", "（二）项目性质", "第二页的话。"]
    assert [b.page for b in document.blocks] == [1, 1, 1, 1, 2]
    assert (document.format, document.pages, document.properties) == ("ofd", 2, (("title", "标题"),))


def test_ofd_ruled_table():
    cells = [(32, 102, "项目名称"), (72, 102, "数字驾驶舱"), (32, 112, "总投资"), (72, 112, "1186.5万元")]
    document = read_bytes(ofd([page_of(GRID + "".join(text_object(*c) for c in cells))]), "表.ofd")
    assert tables(document) == [[["项目名称", "数字驾驶舱"], ["总投资", "1186.5万元"]]]


def test_ofd_attachment_is_read_and_an_unreadable_one_is_named():
    document = read_bytes(ofd([page_of(text_object(30, 50, "正文"))], attached={"清单.txt": "一台服务器"}), "a.ofd")
    assert texts(document) == ["正文", "附件：清单.txt", "一台服务器"]
    document = read_bytes(ofd([page_of(text_object(30, 50, "正文"))], attached={"图.ppt": b"\0"}), "a.ofd")
    assert any("图.ppt" in n.what and not n.harmless for n in document.notes)


def test_ofd_page_that_is_a_picture_wants_recognition():
    scan = page_of('<ofd:ImageObject ID="3" Boundary="0 0 210 297" ResourceID="4"/>')
    document = read_bytes(ofd([scan]), "a.ofd")
    assert document.unread_pages == (1,)
    assert not document.notes[0].harmless


def test_ofd_that_is_damaged():
    with pytest.raises(ReadError, match="入口"):
        read_bytes(ofd([]).replace(b"DocRoot", b"DocRoob"), "a.ofd")


# HTML, antiword


def test_html_under_a_word_name():
    page = (
        "<html><head><title>x</title><script>alert(1)</script></head><body><h1>一、概述</h1><p>第一<b>段</b>。</p>甲<br>乙"
        "<table><tr><td rowspan=2>软件</td><td>系统</td></tr><tr><td>接口</td></tr></table></body></html>"
    )
    document = read_bytes(page.encode("gb18030"), "方案.doc")
    assert texts(document) == ["一、概述", "第一段。", "甲", "乙"]
    assert document.blocks[-1].grid() == [["软件", "系统"], ["软件", "接口"]]
    assert [n.harmless for n in document.notes] == [True, False]


def test_what_antiword_says():
    xml = (
        '<?xml version="1.0" encoding="utf-8"?><!DOCTYPE book PUBLIC "-//OASIS//DTD DocBook XML V4.1.2//EN" "x.dtd">'
        "<book><title>x</title><chapter><title>一、概述</title><para>\n目  录\n</para><para>\n一、概述 1\n</para>"
        "<para><emphasis role='bold'>粗体</emphasis></para><para>\n正文\n</para><para><informaltable><tgroup><tbody>"
        "<row><entry>\n表头\n</entry></row></tbody></tgroup><tgroup><tbody><row><entry>\n甲\n</entry><entry>\n乙\n二\n</entry>"
        "</row></tbody></tgroup></informaltable></para></chapter></book>"
    )
    document = read_bytes(xml.encode(), "source.xml")
    assert texts(document) == ["一、概述", "粗体", "正文"]
    assert document.contents == ("目  录", "一、概述 1")
    assert tables(document) == [[["表头"], ["甲", "乙\n二"]]]
    assert document.blocks[-1].rows[0][0].colspan == 2


def program(folder, name, body):
    file = folder / name
    file.write_text(f"#!/bin/sh\n{body}\n")
    file.chmod(file.stat().st_mode | stat.S_IXUSR)
    return str(file)


@pytest.fixture
def old_word(tmp_path):
    """A file that is a doc by its directory, no more."""
    encoded = "WordDocument\0".encode("utf-16-le")
    entry = encoded.ljust(64, b"\0") + len(encoded).to_bytes(2, "little")
    file = tmp_path / "旧.doc"
    file.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 504 + entry)
    return file


def test_doc_without_any_program(old_word, monkeypatch):
    monkeypatch.setattr(office, "office", lambda: None)
    monkeypatch.setattr(office, "antiword", lambda: None)
    with pytest.raises(ReadError, match="没有安装 LibreOffice 或 antiword"):
        read_safely(old_word, "旧.doc")


def test_doc_through_antiword_says_so(old_word, tmp_path, monkeypatch):
    xml = '<?xml version="1.0"?><!DOCTYPE book PUBLIC "-//OASIS//DTD DocBook XML V4.1.2//EN" "x"><book><chapter><para>text</para></chapter></book>'
    monkeypatch.setattr(office, "office", lambda: None)
    stand_in = program(tmp_path, "antiword", f"cat <<'X'\n{xml}\nX")
    monkeypatch.setattr(office, "antiword", lambda: stand_in)
    document = read_safely(old_word, "旧.doc")
    assert (document.name, document.format, texts(document)) == ("旧.doc", "doc", ["text"])
    assert [(n.what, n.harmless) for n in document.notes] == [("全文", False)]


def test_doc_through_office_in_a_profile_that_runs_nothing(old_word, tmp_path, monkeypatch):
    body = 'case "$2" in *file://*) cp "$(echo "$2" | sed "s|.*file://||")/user/registrymodifications.xcu" "$6/source.docx";; esac'
    stand_in = program(tmp_path, "soffice", body)
    monkeypatch.setattr(office, "office", lambda: stand_in)
    monkeypatch.setattr(office, "antiword", lambda: None)
    with pytest.raises(ReadError, match="未能转换"):  # what came out is no docx
        read_safely(old_word, "旧.doc")


# 7z, rar


def test_7z_with_folders_and_a_zip_inside(tmp_path):
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w") as archive:
        archive.writestr("清单.txt", "内层")
    with py7zr.SevenZipFile(tmp_path / "材料.7z", "w") as archive:
        archive.writestr("正文", "申报/方案.txt")
        archive.writestr(inner.getvalue(), "申报/附件.zip")
    (tmp_path / "scratch").mkdir()
    package = collect([tmp_path / "材料.7z"], tmp_path / "scratch")
    assert [f.name for f in package.files] == ["申报/方案.txt", "申报/附件.zip/清单.txt"]
    assert package.files[0].path.read_text() == "正文"


def test_7z_with_a_password_or_cut_off(tmp_path):
    with py7zr.SevenZipFile(tmp_path / "a.7z", "w", password="x") as archive:  # noqa: S106 - of a test
        archive.writestr("正文", "方案.txt")
    with pytest.raises(ReadError, match="密码"):
        collect([tmp_path / "a.7z"], tmp_path)
    (tmp_path / "b.7z").write_bytes((tmp_path / "a.7z").read_bytes()[:60])
    with pytest.raises(ReadError, match="损坏"):
        collect([tmp_path / "b.7z"], tmp_path)


def test_7z_bomb(tmp_path):
    with py7zr.SevenZipFile(tmp_path / "a.7z", "w") as archive:
        archive.writestr(b"\0" * 40_000_000, "a.txt")
    with pytest.raises(RefusedError, match="压缩比"):
        collect([tmp_path / "a.7z"], tmp_path)


def rar(name, data):
    """A RAR 4 archive with one stored file."""

    def block(kind, flags, fields, extra=b""):
        body = struct.pack("<BHH", kind, flags, 7 + len(fields)) + fields
        return struct.pack("<H", zlib.crc32(body) & 0xFFFF) + body + extra

    sizes = struct.pack("<IIBII", len(data), len(data), 3, zlib.crc32(data), 0x54A00000)
    fields = sizes + struct.pack("<BBHI", 20, 0x30, len(name), 0o100644) + name
    return b"Rar!\x1a\x07\0" + block(0x73, 0, b"\0" * 6) + block(0x74, 0x8000, fields, data) + block(0x7B, 0x4000, b"")


def test_rar(tmp_path, need, monkeypatch):
    need(rar_tool(), "unar or bsdtar", "apt-get install unar", in_ci=False)
    (tmp_path / "a.rar").write_bytes(rar(b"plan.txt", "正文".encode()))
    package = collect([tmp_path / "a.rar"], tmp_path)
    assert [(f.name, f.path.read_text()) for f in package.files] == [("plan.txt", "正文")]


def test_rar_without_a_program_is_named(tmp_path, monkeypatch):
    monkeypatch.setattr("ingest.unpacked.rar_tool", lambda: None)
    (tmp_path / "a.rar").write_bytes(rar(b"plan.txt", b"x"))
    (tmp_path / "b.txt").write_text("x")
    package = collect([tmp_path / "a.rar", tmp_path / "b.txt"], tmp_path)
    assert [f.name for f in package.files] == ["b.txt"]
    assert "没有能解压它的程序" in package.refused[0][1]


# Excel within Word


def with_object(part, data):
    body = (
        "<w:p><w:r><w:t>概算如下：</w:t></w:r></w:p><w:p><w:r><w:object>"
        '<o:OLEObject Type="Embed" ProgID="Excel.Sheet.12" r:id="rId9" '
        'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"/>'
        "</w:object></w:r></w:p><w:p><w:r><w:t>以上为概算。</w:t></w:r></w:p>"
    )
    relations = (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId9" '
        f'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/package" Target="{part}"/></Relationships>'
    )
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("[Content_Types].xml", TYPES)
        archive.writestr("word/document.xml", HEAD + body + TAIL)
        archive.writestr("word/_rels/document.xml.rels", relations)
        archive.writestr(f"word/{part}", data)
    return out.getvalue()


def test_excel_within_word_stands_in_its_place():
    book = openpyxl.Workbook()
    book.active.append(["建设内容", "金额"])
    book.active.append(["软件", 86.5])
    data = io.BytesIO()
    book.save(data)
    document = read_bytes(with_object("embeddings/a.xlsx", data.getvalue()), "方案.docx")
    assert [type(b).__name__ for b in document.blocks] == ["Paragraph", "Table", "Paragraph"]
    assert tables(document) == [[["建设内容", "金额"], ["软件", "86.5"]]]
    assert [n.harmless for n in document.notes] == [True]


def test_excel_within_word_that_cannot_be_read_is_named():
    document = read_bytes(with_object("embeddings/a.bin", b"rubbish"), "方案.docx")
    assert texts(document) == ["概算如下：", "以上为概算。"]
    assert [(n.what, n.harmless) for n in document.notes] == [("内嵌对象 Excel.Sheet.12", False)]
