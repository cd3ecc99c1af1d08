"""Bad inputs: each gets its answer, through the parse child where that could be hurt."""

import contextlib
import io
import sys
import zipfile

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ingest_samples import made, p, pdf

from ingest.archive import Archive
from ingest.codec import decode, encode
from ingest.limits import ParseLimits
from ingest.package import clean_name, collect
from ingest.reader import read_bytes
from ingest.sandbox import read_many, read_safely
from models.domain.document import Cell, Document, Paragraph, Picture, ReadNote, Role, Table
from models.domain.errors import ReadError, RefusedError, SubmissionError

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600


def stream(name):
    """A directory entry of a compound file: its name, padded, and the length of the name in bytes."""
    encoded = (name + "\0").encode("utf-16-le")
    return encoded.ljust(64, b"\0") + len(encoded).to_bytes(2, "little")


def zipped(entries):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in entries:
            archive.writestr(name, data)
    return out.getvalue()


@pytest.mark.parametrize(
    ("data", "name", "told"),
    [
        (b"", "a.docx", "空"),
        (b"x", "a.docx", "不是"),
        (bytes(range(128, 256)) * 9, "a.docx", "不是"),
        (bytes(range(128, 256)) * 9, "a.pdf", "不是"),
        (b"%PDF-1.4\nrubbish", "a.pdf", "损坏"),
        (made(p("x"))[:300], "a.docx", "不完整"),
        (OLE + stream("EncryptedPackage"), "a.docx", "密码"),
        (OLE + stream("WordDocument"), "a.doc", "doc"),
        (OLE + stream("WordDocument"), "a.wps", "wps"),
        (OLE + stream("PowerPoint Document"), "a.ppt", "PowerPoint"),
        (b"{\\rtf1 x}", "a.doc", "rtf"),
        (b"<html></html>", "a.doc", "网页"),
        (zipped([("OFD.xml", "x")]), "a.ofd", "OFD"),
        (b"\x89PNG\r\n\x1a\n", "a.png", "图片已损坏"),
        (b"Rar!\x1a\x07\0xx", "a.rar", "压缩包"),
        (b"7z\xbc\xaf\x27\x1cxx", "a.7z", "压缩包"),
    ],
)
def test_unreadable_files_say_what_they_are(data, name, told):
    with pytest.raises(ReadError, match=told) as error:
        read_bytes(data, name)
    assert error.value.advice
    assert error.value.name == name


def test_wrong_extension_is_read_as_what_it_is():
    for data, name, found in ((made(p("正文")), "a.pdf", "docx"), (pdf([[("Hello world", 72, 700)]]), "a.docx", "pdf")):
        document = read_bytes(data, name)
        assert document.format == found
        assert document.notes[0].harmless


def test_bombs_are_refused():
    bomb = zipped([("word/document.xml", b" " * 20_000_000)])
    crowd = zipped([(f"{i}", b"") for i in range(5_001)])
    for data in (bomb, crowd):
        with pytest.raises(RefusedError):
            read_bytes(data, "a.docx") if data is bomb else opened(data)


def opened(data):
    return Archive(data, "a.zip")


def test_overlapping_entries_are_refused():
    data = bytearray(zipped([("a.txt", b"x" * 5000), ("b.txt", b"y" * 5000)]))
    second = data.rindex(b"PK\x01\x02")
    data[second + 42 : second + 46] = (0).to_bytes(4, "little")
    with pytest.raises(ReadError):
        opened(bytes(data))


def test_bad_checksum_is_told():
    data = bytearray(made(p("正文")))
    central = data.index(b"PK\x01\x02", data.index(b"PK\x01\x02") + 1)
    data[central + 16] ^= 0xFF
    document = read_bytes(bytes(data), "a.docx")
    assert document.blocks[0].text == "正文"
    assert any("校验" in note.why for note in document.notes)


def test_folder_passes_over_what_is_no_material(tmp_path):
    for name in ("附件/b.txt", "a.txt", ".hidden", "~$a.docx", "Thumbs.db", "__MACOSX/a.txt", ".DS_Store"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("字", encoding="utf-8")
    package = collect([tmp_path], tmp_path)
    assert [file.name for file in package.files] == ["a.txt", "附件/b.txt"]
    with pytest.raises(SubmissionError):
        collect([tmp_path / "nothing"], tmp_path)


def test_archive_refuses_single_entries_and_reads_the_rest(tmp_path):
    link = zipfile.ZipInfo("link")
    link.external_attr = 0o120777 << 16
    gbk = zipfile.ZipInfo("方案.txt".encode("gb18030").decode("cp437"))
    inner = zipped([("内.txt", "字")])
    entries = [
        ("../up.txt", b"x"),
        ("/abs.txt", b"x"),
        (link, b"/etc"),
        ("x.txt", b"1"),
        (gbk, b"2"),
        ("in.zip", inner),
    ]
    (tmp_path / "a.zip").write_bytes(zipped(entries))
    (tmp_path / "out").mkdir()
    package = collect([tmp_path / "a.zip"], tmp_path / "out")
    assert {"x.txt", "in.zip/内.txt"} <= {file.name for file in package.files}
    assert {name for name, _ in package.refused} == {"../up.txt", "/abs.txt", "link"}
    assert all(tmp_path / "out" in file.path.parents for file in package.files)


def test_gbk_names(tmp_path):
    data = zipped([("XXXX.txt", b"1")]).replace(b"XXXX", "方案".encode("gb18030"))
    (tmp_path / "a.zip").write_bytes(data)
    assert collect([tmp_path / "a.zip"], tmp_path).files[0].name == "方案.txt"


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_duplicate_entries(tmp_path):
    (tmp_path / "a.zip").write_bytes(zipped([("a.txt", b"1"), ("a.txt", b"2")]))
    package = collect([tmp_path / "a.zip"], tmp_path)
    assert package.files[0].path.read_bytes() == b"1"
    assert len(package.refused) == 1


def test_names_are_made_fit_to_show():
    assert clean_name("a\u202etxt.exe\r\n\x00") == "atxt.exe"
    assert len(clean_name("长" * 300 + ".docx")) <= 200
    assert clean_name("\x01") == "未命名"


# The parse child


def run(tmp_path, data, name="a.docx", **more):
    (tmp_path / "in").write_bytes(data)
    return read_safely(tmp_path / "in", name, **more)


def test_child_answers_like_the_reader(tmp_path):
    data = made(p("正文"))
    assert run(tmp_path, data) == read_bytes(data, "a.docx")
    with pytest.raises(RefusedError):
        run(tmp_path, made(b"<!DOCTYPE a>"))


@pytest.mark.parametrize(
    ("body", "error", "told"),
    [
        ("import time; time.sleep(60)", RefusedError, "超过1秒"),
        ("import os; os.abort()", ReadError, "崩溃"),
        ("import os, signal; os.kill(os.getpid(), signal.SIGSEGV)", ReadError, "崩溃"),
        ("print('not json')", ReadError, "损坏"),
        ("import sys; sys.stdout.write('x' * 3_000_000)", RefusedError, "过多"),
    ],
)
def test_child_that_fails(tmp_path, body, error, told):
    (tmp_path / "in").write_bytes(b"x")
    limits = ParseLimits(base_seconds=1.0, answer=1_000_000)
    with pytest.raises(error, match=told):
        read_safely(tmp_path / "in", "a.docx", limits, [sys.executable, "-c", body])


def test_many_keep_their_order(tmp_path):
    (tmp_path / "a").write_bytes(made(p("甲")))
    (tmp_path / "b").write_bytes(b"")
    first, second = read_many([(tmp_path / "a", "a.docx"), (tmp_path / "b", "b.docx")])
    assert first.blocks[0].text == "甲"
    assert isinstance(second, ReadError)


def test_self_referencing_form_ends_as_a_reading_error(tmp_path):
    loop = pdf([[("x", 72, 700)]], form="<</Type/XObject/Subtype/Form/BBox[0 0 9 9]/Resources<</XObject<</F 6 0 R>>>>")
    try:
        document = run(tmp_path, loop, "a.pdf")
    except ReadError as error:
        assert error.message  # noqa: PT017 - either answer is right, a dead parent is not
    else:
        assert document.format == "pdf"


# The pipe

TEXTS = st.text(st.characters(), max_size=20)
PARAGRAPHS = st.builds(
    Paragraph, TEXTS, TEXTS, TEXTS, st.none() | st.integers(1, 9), st.none() | st.integers(0, 8), st.booleans(),
    st.integers(0, 9), st.none() | st.floats(1, 99), st.booleans(), st.none() | st.integers(1, 9),
    st.sampled_from(Role), st.booleans(),
)  # fmt: skip
CELLS = st.builds(Cell, TEXTS, st.integers(0, 9), st.integers(1, 9), st.integers(1, 9), st.booleans())
TABLES = st.builds(Table, st.lists(st.lists(CELLS, max_size=3).map(tuple), max_size=3).map(tuple))
BLOCKS = st.lists(PARAGRAPHS | TABLES | st.builds(Picture, TEXTS), max_size=4).map(tuple)
LINES = st.lists(TEXTS, max_size=2).map(tuple)
NOTES = st.lists(st.builds(ReadNote, TEXTS, TEXTS, st.booleans()), max_size=2).map(tuple)
PAIRS = st.lists(st.tuples(TEXTS, TEXTS), max_size=2).map(tuple)


@given(BLOCKS, LINES, NOTES, PAIRS)
@settings(max_examples=60)
def test_documents_survive_the_pipe(blocks, lines, notes, pairs):
    document = Document("a", "docx", "0", blocks, 3, lines, lines, lines, lines, lines, lines, pairs, (1,), (2,), notes)
    assert decode(encode(document)) == document


@given(st.binary(max_size=200))
def test_any_bytes_give_a_document_or_a_reading_error(data):
    for name in ("a.docx", "a.txt"):
        with contextlib.suppress(ReadError):
            read_bytes(data, name)


@given(st.integers(0, 4000), st.binary(min_size=1, max_size=8))
@settings(max_examples=40, deadline=None)
def test_damaged_docx_gives_a_document_or_a_reading_error(place, bytes_):
    data = bytearray(made(p("正文") * 5))
    place %= len(data)
    data[place : place + len(bytes_)] = bytes_
    with contextlib.suppress(ReadError):
        read_bytes(bytes(data), "a.docx")


# Workbooks and text


def test_workbook():
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "概算"
    sheet.append(["项目", "金额(万元)"])
    sheet.append(["软件", 12.5])
    sheet.append(["合计", "=SUM(B2:B2)"])
    sheet["A4"] = "说明"
    sheet.merge_cells("A4:B4")
    hidden = book.create_sheet("底稿")
    hidden["A1"] = 3
    hidden.sheet_state = "hidden"
    out = io.BytesIO()
    book.save(out)
    document = read_bytes(out.getvalue(), "a.xlsx")
    name, table, second, _ = document.blocks
    assert (name.text, name.style, second.text) == ("概算", "sheet", "底稿")
    assert table.rows[1] == (Cell("软件", 0), Cell("12.5", 1))
    assert table.rows[3] == (Cell("说明", 0, 1, 2),)
    assert any("公式" in note.why for note in document.notes)
    assert any("底稿" in note.what and note.harmless for note in document.notes)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "utf-16"])
def test_text_in_any_encoding(encoding):
    text = "一、项目概况\n本项目建设智慧监管平台。\n|名称|数量|\n|---|---|\n|服务器|2|\n"
    title, body, table = read_bytes(text.encode(encoding), "a.txt").blocks
    assert (title.text, body.text) == ("一、项目概况", "本项目建设智慧监管平台。")
    assert table.row_text(1) == "服务器 | 2"


def test_csv_and_markdown():
    (table,) = read_bytes("编号,名称\n1,系统\n".encode("gbk"), "a.csv").blocks
    assert table.row_text(1) == "1 | 系统"
    assert read_bytes("# 概况\n正文".encode(), "a.md").blocks[0].outline_level == 1
