"""One submission in every format that is read: made by python-docx, typst, LibreOffice, openpyxl, Pillow or by hand."""

from __future__ import annotations

import io
import json
import shutil
import struct
import subprocess
import zipfile
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path

from word_files import BUDGET, CHAPTERS, TITLE, form, plan

FIELDS = {
    "项目名称": TITLE, "申报单位": "拱墅区甲局", "项目性质": "新建", "所属领域": "数字社会", "项目总投资（万元）": "100",
    "建设周期": "2022年1月至2022年10月", "资金来源": "区财政", "是否涉密": "否",
}  # fmt: skip
FRONT = (TITLE, "建设方案", "申报单位：拱墅区甲局", "编制日期：2022年1月")
Part = tuple[int, str | tuple[tuple[str, ...], ...]]  # level (0: text) and words, or the rows of a table


def parts() -> list[Part]:
    """The plan as headings, texts and its table."""
    return [*((0, line) for line in FRONT), *_parts(CHAPTERS, 1)]


def _parts(below: dict, level: int) -> Iterator[Part]:
    values = {"title": TITLE, "functions": "登记、巡查、统计三个模块，一般查询不超过3秒。"}
    for heading, body in below.items():
        yield level, heading
        if isinstance(body, dict):
            yield from _parts(body, level + 1)
        else:
            yield 0, BUDGET if body == "{budget}" else body.format(**values)


# One file each


def typst_pdf(path: Path) -> Path:
    """The plan as PDF by typst, with a contents list."""
    import typst

    def words(text: str) -> str:
        return f"#text({json.dumps(text, ensure_ascii=False)})"

    out = ['#set text(font: "Noto Sans CJK SC", size: 12pt, lang: "zh")', '#set page(numbering: "1")']
    out += [f"#align(center)[{words(line)}]" for line in FRONT] + [
        "#pagebreak()",
        "#outline(title: [目录])",
        "#pagebreak()",
    ]
    for level, body in parts()[len(FRONT) :]:
        if isinstance(body, tuple):
            cells = ", ".join(f"[{words(cell)}]" for row in body for cell in row)
            out.append(f"#table(columns: {len(body[0])}, {cells})")
        else:
            out.append("=" * level + " " + words(body) if level else words(body))
    path.write_bytes(typst.compile("\n\n".join(out).encode(), font_paths=_fonts()))
    return path


def _fonts() -> list[str]:
    try:
        import noto_cjk_sans_otc
    except ModuleNotFoundError:
        return []
    return [str(Path(noto_cjk_sans_otc.__file__).parent)]


def drawn(pdf: Path, dpi: int = 200) -> list:
    """The pages of a PDF as pictures."""
    import pypdfium2

    document = pypdfium2.PdfDocument(pdf)
    try:
        return [page.render(scale=dpi / 72).to_pil().convert("RGB") for page in document]
    finally:
        document.close()


def scanned(image: object) -> object:
    """A picture of a page as from a scanner: a little skew, grain."""
    import numpy as np
    from PIL import Image

    leaning = image.rotate(0.4, resample=Image.Resampling.BICUBIC, fillcolor="white")
    grain = np.random.default_rng(7).normal(-6, 8, (leaning.height, leaning.width, 1))
    return Image.fromarray(np.clip(np.asarray(leaning).astype(float) + grain, 0, 255).astype(np.uint8))


def pictures(path: Path, images: list) -> Path:
    """Pictures as the pages of one PDF or TIFF, or one as JPEG or PNG."""
    more = {"save_all": True, "append_images": images[1:]} if path.suffix in {".pdf", ".tiff"} else {}
    images[0].save(path, quality=75, resolution=200, dpi=(200, 200), **more)
    return path


def half_scanned(path: Path, pdf: Path) -> Path:
    """A PDF whose last pages were scanned."""
    import pypdfium2

    mixed, source = pypdfium2.PdfDocument.new(), pypdfium2.PdfDocument(pdf)
    half = len(source) - 1
    mixed.import_pages(source, list(range(half)))
    mixed.import_pages(pypdfium2.PdfDocument(pictures(path, [scanned(i) for i in drawn(pdf)[half:]])))
    mixed.save(path)
    return path


def text(path: Path) -> Path:
    """The plan as plain text or Markdown, with the table in lines of tabs or pipes."""
    out = []
    for level, body in parts():
        if isinstance(body, tuple):
            rows = ["| " + " | ".join(row) + " |" for row in body]
            rows.insert(1, "|" + "---|" * len(body[0]))
            out.append("\n".join(rows) if path.suffix == ".md" else "\n".join("\t".join(row) for row in body))
        else:
            out.append("#" * level + " " + body if level and path.suffix == ".md" else body)
    path.write_text("\n\n".join(out), "utf-8")
    return path


def html(path: Path) -> Path:
    """The plan as a page of HTML."""
    out = []
    for level, body in parts():
        if isinstance(body, tuple):
            rows = ("".join(f"<td>{cell}</td>" for cell in row) for row in body)
            out.append("<table>" + "".join(f"<tr>{row}</tr>" for row in rows) + "</table>")
        else:
            out.append(f"<h{level}>{body}</h{level}>" if level else f"<p>{body}</p>")
    path.write_text(f"<html><meta charset='utf-8'><body>{''.join(out)}</body></html>", "utf-8")
    return path


def ofd(path: Path, pdf: Path) -> Path:
    """A PDF's pages as OFD: each line of text and each rule in its place."""
    import pypdfium2
    from test_ingest_formats import line_object, ofd, page_of, text_object

    from ingest.pdf.page import take_apart

    document, mm, pages = pypdfium2.PdfDocument(pdf), 25.4 / 72, []
    for index in range(len(document)):
        page = take_apart(document, index)
        objects = [
            text_object(round(c.x0 * mm, 2), round((c.y1 - c.size) * mm, 2), c.text, round(c.size * mm, 2))
            for c in page.chars
        ]
        objects += [
            line_object(
                *(
                    round(v * mm, 2)
                    for v in ((r.start, r.at, r.end, r.at) if r.horizontal else (r.at, r.start, r.at, r.end))
                )
            )
            for r in page.rules
        ]
        pages.append(page_of("".join(objects)))
    document.close()
    path.write_bytes(ofd(pages))
    return path


def docm(path: Path, source: Path) -> Path:
    """A Word file with a macro."""
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, old.read(name))
        new.writestr("word/vbaProject.bin", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 504)
    return path


def workbook(path: Path, rows: list[list[str]]) -> Path:
    """A workbook with one sheet of rows."""
    import openpyxl

    book = openpyxl.Workbook()
    for row in rows:
        book.active.append([float(x) if x.isdigit() else x for x in row])
    book.save(path)
    return path


def office(source: Path, target: str, folder: Path) -> Path:
    """A file as LibreOffice saves it."""
    program = shutil.which("soffice") or "soffice"
    profile = f"-env:UserInstallation=file://{folder.absolute()}/profile"
    command = [program, profile, "--headless", "--convert-to", target, "--outdir", str(folder), str(source)]
    subprocess.run(command, check=True, capture_output=True, timeout=300)
    return folder / f"{source.stem}.{target}"


def embedded(path: Path, source: Path, book: Path) -> Path:
    """A Word file in which the table of the money is a workbook put in as an object."""
    from docx import Document
    from docx.opc.constants import RELATIONSHIP_TYPE
    from docx.opc.packuri import PackURI
    from docx.opc.part import Part
    from docx.oxml import parse_xml
    from docx.oxml.ns import nsdecls

    made = Document(str(source))
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    part = Part(PackURI("/word/embeddings/a.xlsx"), kind, book.read_bytes(), made.part.package)
    ident = made.part.relate_to(part, RELATIONSHIP_TYPE.PACKAGE)
    table = made.tables[0]._tbl
    table.addprevious(
        parse_xml(
            f'<w:p {nsdecls("w", "r")} xmlns:o="urn:schemas-microsoft-com:office:office"><w:r><w:object>'
            f'<o:OLEObject Type="Embed" ProgID="Excel.Sheet.12" r:id="{ident}"/></w:object></w:r></w:p>'
        )
    )
    table.getparent().remove(table)
    made.save(str(path))
    return path


def gbk_zip(path: Path, files: dict[str, Path]) -> Path:
    """A zip as Chinese Windows programs write it: names in GBK, folders, a zip inside."""
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w") as archive:
        archive.writestr("附件说明.txt", "附件：会议纪要另行报送。")
    with zipfile.ZipFile(path, "w") as archive:
        for name, file in files.items():
            info = zipfile.ZipInfo("申报材料/".encode("gbk").decode("cp437") + name.encode("gbk").decode("cp437"))
            archive.writestr(info, file.read_bytes())
        archive.writestr("attachments.zip", inner.getvalue())
    return path


def seven(path: Path, files: dict[str, Path]) -> Path:
    """A 7z archive."""
    import py7zr

    with py7zr.SevenZipFile(path, "w") as archive:
        for name, file in files.items():
            archive.write(file, f"申报材料/{name}")
    return path


def rar(path: Path, files: dict[str, Path]) -> Path:
    """A RAR 4 archive of stored files."""

    def block(kind: int, flags: int, fields: bytes, extra: bytes = b"") -> bytes:
        body = struct.pack("<BHH", kind, flags, 7 + len(fields)) + fields
        return struct.pack("<H", zlib.crc32(body) & 0xFFFF) + body + extra

    out = b"Rar!\x1a\x07\0" + block(0x73, 0, b"\0" * 6)
    for name, file in files.items():
        data, coded = file.read_bytes(), name.encode()
        sizes = struct.pack("<IIBII", len(data), len(data), 3, zlib.crc32(data), 0x54A00000)
        out += block(0x74, 0x8000, sizes + struct.pack("<BBHI", 20, 0x30, len(coded), 0o100644) + coded, data)
    path.write_bytes(out + block(0x7B, 0x4000, b""))
    return path


# Submissions

Make = Callable[[Path], object]
_FORM_ROWS = [["拱墅区政府投资信息化项目申报表", ""], *map(list, FIELDS.items())]


def _papers(folder: Path) -> tuple[Path, Path]:
    """The plan and the form as Word files, beside the submission."""
    beside = folder.parent / (folder.name + ".src")
    beside.mkdir(parents=True, exist_ok=True)
    return plan(beside / "建设方案.docx"), form(beside / "申报表.docx")


def _of_plan(make: Callable[[Path, Path], object]) -> Make:
    """A submission whose plan is what `make(folder, docx)` makes; its form is a Word file."""

    def made(folder: Path) -> None:
        whole, other = _papers(folder)
        shutil.copy(other, folder / other.name)
        make(folder, whole)

    return made


def _of_form(make: Callable[[Path, Path], object]) -> Make:
    """A submission whose form is what `make(folder, docx)` makes; its plan is a Word file."""

    def made(folder: Path) -> None:
        whole, other = _papers(folder)
        shutil.copy(whole, folder / whole.name)
        make(folder, other)

    return made


def _packed(pack: Callable[[Path, dict[str, Path]], Path], name: str, names: tuple[str, str]) -> Make:
    def made(folder: Path) -> None:
        whole, other = _papers(folder)
        pack(folder / name, {names[0]: whole, names[1]: other})

    return made


def _saved(target: str, name: str) -> Callable[[Path, Path], object]:
    """What LibreOffice saves of a file, under a name."""

    def made(folder: Path, source: Path) -> None:
        shutil.copy(office(source, target, source.parent), folder / name)

    return made


def _book(folder: Path) -> Path:
    return workbook(folder.parent / (folder.name + ".src") / "申报表.xlsx", _FORM_ROWS)


def _typst(folder: Path) -> Path:
    return typst_pdf(folder.parent / (folder.name + ".src") / "建设方案.pdf")


_NAMES = ("建设方案.docx", "申报表.docx")
QUICK: dict[str, Make] = {
    "docx": _of_plan(lambda f, s: shutil.copy(s, f / s.name)),
    "docm（含宏）": _of_plan(lambda f, s: docm(f / "建设方案.docm", s)),
    "docx 内嵌 Excel": _of_plan(
        lambda f, s: embedded(f / s.name, s, workbook(s.parent / "概算.xlsx", list(map(list, BUDGET))))
    ),
    "pdf（typst）": _of_plan(lambda f, _: typst_pdf(f / "建设方案.pdf")),
    "xlsx": _of_form(lambda f, _: workbook(f / "申报表.xlsx", _FORM_ROWS)),
    "ofd": _of_plan(lambda f, _: ofd(f / "建设方案.ofd", _typst(f))),
    "txt": _of_plan(lambda f, _: text(f / "建设方案.txt")),
    "md": _of_plan(lambda f, _: text(f / "建设方案.md")),
    "html": _of_plan(lambda f, _: html(f / "建设方案.html")),
    "zip（GBK 文件名，内套一层）": _packed(gbk_zip, "申报材料.zip", _NAMES),
    "7z": _packed(seven, "申报材料.7z", _NAMES),
    "rar": _packed(rar, "申报材料.rar", ("plan.docx", "form.docx")),
}
RECOGNISED: dict[str, Make] = {
    "pdf（扫描）": _of_plan(lambda f, _: pictures(f / "建设方案.pdf", [scanned(i) for i in drawn(_typst(f))])),
    "pdf（混合）": _of_plan(lambda f, _: half_scanned(f / "建设方案.pdf", _typst(f))),
    "tiff": _of_plan(lambda f, _: pictures(f / "建设方案.tiff", [scanned(i) for i in drawn(_typst(f))])),
}
BY_OFFICE: dict[str, Make] = {
    "pdf（LibreOffice）": _of_plan(_saved("pdf", "建设方案.pdf")),
    "doc": _of_plan(_saved("doc", "建设方案.doc")),
    "wps": _of_plan(_saved("doc", "建设方案.wps")),
    "rtf": _of_plan(_saved("rtf", "建设方案.rtf")),
    "odt": _of_plan(_saved("odt", "建设方案.odt")),
    "xls": _of_form(lambda f, _: _saved("xls", "申报表.xls")(f, _book(f))),
    "et": _of_form(lambda f, _: _saved("xls", "申报表.et")(f, _book(f))),
    "ods": _of_form(lambda f, _: _saved("ods", "申报表.ods")(f, _book(f))),
    "jpg": _of_form(
        lambda f, s: pictures(f / "申报表.jpg", [scanned(i) for i in drawn(office(s, "pdf", s.parent))][:1])
    ),
    "png": _of_form(
        lambda f, s: pictures(f / "申报表.png", [scanned(i) for i in drawn(office(s, "pdf", s.parent))][:1])
    ),
}
ALL = {**QUICK, **RECOGNISED, **BY_OFFICE}


def made(name: str, folder: Path) -> Path:
    """The submission of a format, as a folder."""
    out = folder / "".join(c for c in name if c.isalnum())
    out.mkdir(parents=True)
    ALL[name](out)
    return out
