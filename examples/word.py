"""Word files from blocks: cover, contents list, headings, tables, pictures, footnotes and tracked changes."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH as ALIGN
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.opc.packuri import PackURI
from docx.opc.part import Part
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Cm, Pt, RGBColor
from markup import Block, Grid, Image, Line, spans

_BODY, _HEAD = "仿宋", "黑体"
_CHANGE = {"w:id": "0", "w:author": "王××", "w:date": "2022-01-12T10:00:00Z"}
_FOOTNOTES = "application/vnd.openxmlformats-officedocument.wordprocessingml.footnotes+xml"
_WIDTH = 15.6  # cm between the margins of the A4 page


class Writer:
    """One Word file in the making."""

    def __init__(self, title: str, header: str) -> None:
        """Start an A4 file with its styles, header and footer."""
        self.document = Document()
        self.footnotes: list[str] = []
        self.changes = 0
        self.document.core_properties.title = title
        self.document.core_properties.author = "拱墅区住建局信息科"
        self.document.core_properties.comments = ""
        _styles(self.document)
        section = self.document.sections[0]
        section.page_width, section.page_height = Cm(21), Cm(29.7)
        section.left_margin = section.right_margin = Cm(2.7)
        section.top_margin, section.bottom_margin = Cm(3.2), Cm(2.8)
        section.header.paragraphs[0].text = header
        section.header.paragraphs[0].alignment = ALIGN.CENTER
        foot = section.footer.paragraphs[0]
        foot.alignment = ALIGN.CENTER
        foot.add_run("第 ")
        _field(foot, "PAGE", "1")
        foot.add_run(" 页")

    def cover(self, facts: dict[str, str]) -> None:
        """Write the cover page and break the page after it."""
        for _ in range(4):
            self.document.add_paragraph()
        for text in ("拱墅区政府投资信息化项目", "建设方案"):
            self.centred(text, 26, _HEAD)
        for _ in range(6):
            self.document.add_paragraph()
        labels = {"申报单位": "申报单位（盖章）"}
        for key, value in facts.items():
            self.document.add_paragraph().add_run(f"{labels.get(key, key)}：{value}").font.size = Pt(16)
        self.document.add_page_break()

    def contents(self, entries: list[tuple[int, str, str]]) -> None:
        """Write the contents list as a field with its lines (level, title, page)."""
        self.centred("目  录", 18, _HEAD)
        begin = True
        for level, title, page in entries:
            paragraph = self.document.add_paragraph(style=f"TOC {level}")
            if begin:
                _field_mark(paragraph, "begin")
                _instruction(paragraph, r'TOC \o "1-2" \h \z \u')
                _field_mark(paragraph, "separate")
                begin = False
            paragraph.add_run(f"{title}\t{page}")
        _field_mark(self.document.paragraphs[-1], "end")
        self.document.add_page_break()

    def centred(self, text: str, size: int, font: str = _BODY) -> None:
        """Write a centred line of its own size, in points."""
        paragraph = self.document.add_paragraph()
        paragraph.alignment = ALIGN.CENTER
        run = paragraph.add_run(text)
        run.font.size = Pt(size)
        _east_asian(run.font, font)

    def add(self, block: Block, pictures: Path) -> None:
        """Write one block."""
        if isinstance(block, Grid):
            self._caption(block.caption)
            self.grid(block.rows, block.widths)
        elif isinstance(block, Image):
            paragraph = self.document.add_paragraph()
            paragraph.alignment = ALIGN.CENTER
            paragraph.paragraph_format.keep_with_next = True
            paragraph.paragraph_format.line_spacing = 1.0  # an exact line height would cut the picture off
            shape = paragraph.add_run().add_picture(str(pictures / f"{block.name}.png"), width=Cm(14.5))
            shape._inline.docPr.set("descr", block.caption)  # noqa: SLF001 - python-docx has no other way to set it
            self._caption(block.caption, below=True)
        else:
            self._line(block)

    def grid(self, rows: tuple[tuple[str, ...], ...], widths: tuple[float, ...], *, head: bool = True) -> None:
        """Write a table; `^` and `<` merge, the head row is repeated on every page."""
        table = self.document.add_table(len(rows), len(rows[0]), style="Table Grid")
        table.autofit = False
        unit = _WIDTH / sum(widths)
        widths = tuple(max(width, 1.3 / unit) for width in widths)  # two characters must fit
        for column, width in zip(table.columns, widths, strict=True):
            column.width = Cm(width * unit)
        cells = [[table.cell(r, c) for c in range(len(rows[0]))] for r in range(len(rows))]
        for r, row in enumerate(rows):
            for c, text in enumerate(row):
                cells[r][c].width = Cm(widths[c] * unit)
                if text not in ("^", "<"):
                    _fill(cells[r][c], text, bold=head and r == 0)
        _merge(cells, rows)
        if head:
            properties = table.rows[0]._tr.get_or_add_trPr()  # noqa: SLF001 - the only way to repeat a head row
            properties.append(OxmlElement("w:tblHeader"))
        for row in table.rows:
            row._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))  # noqa: SLF001 - as above

    def save(self) -> bytes:
        """Return the file; footnotes become a part of their own, which python-docx cannot write."""
        if self.footnotes:
            part = Part(PackURI("/word/footnotes.xml"), _FOOTNOTES, self._footnote_part(), self.document.part.package)
            self.document.part.relate_to(part, RELATIONSHIP_TYPE.FOOTNOTES)
        out = io.BytesIO()
        self.document.save(out)
        return out.getvalue()

    def _line(self, line: Line) -> None:
        style = {"h1": "Heading 1", "h2": "Heading 2", "item": "List Number"}.get(line.kind)
        paragraph = self.document.add_paragraph(style=style)
        if line.kind in ("text", "h3"):
            paragraph.paragraph_format.first_line_indent = Pt(28)
        if line.kind == "h3":
            paragraph.paragraph_format.keep_with_next = True
            paragraph.add_run(line.text).bold = True
            return
        for kind, text in spans(line.text):
            self._span(paragraph, kind, text)

    def _span(self, paragraph: Any, kind: str, text: str) -> None:
        if kind == "footnote":
            self.footnotes.append(text)
            mark = paragraph.add_run()
            mark.font.superscript = True
            mark._r.append(_element("w:footnoteReference", {"w:id": str(len(self.footnotes))}))  # noqa: SLF001 - as above
            return
        run = paragraph.add_run(text)
        if kind == "plain":
            return
        self.changes += 1
        change = _element("w:ins" if kind == "inserted" else "w:del", _CHANGE | {"w:id": str(self.changes)})
        run._r.addprevious(change)  # noqa: SLF001 - python-docx knows no tracked changes
        change.append(run._r)  # noqa: SLF001 - as above
        if kind == "deleted":
            for node in change.iter(qn("w:t")):
                node.tag = qn("w:delText")

    def _caption(self, text: str, *, below: bool = False) -> None:
        paragraph = self.document.add_paragraph()
        paragraph.alignment = ALIGN.CENTER
        paragraph.paragraph_format.keep_with_next = not below
        run = paragraph.add_run(text)
        run.font.size = Pt(12)
        _east_asian(run.font, _HEAD)

    def _footnote_part(self) -> bytes:
        notes = [
            '<w:footnote w:type="separator" w:id="-1"><w:p><w:r><w:separator/></w:r></w:p></w:footnote>',
            '<w:footnote w:type="continuationSeparator" w:id="0"><w:p><w:r><w:continuationSeparator/></w:r></w:p></w:footnote>',
        ]
        for number, text in enumerate(self.footnotes, start=1):
            mark = '<w:r><w:rPr><w:vertAlign w:val="superscript"/></w:rPr><w:footnoteRef/></w:r>'
            notes.append(
                f'<w:footnote w:id="{number}"><w:p>{mark}<w:r><w:rPr><w:sz w:val="20"/></w:rPr><w:t>{text}</w:t></w:r></w:p></w:footnote>'
            )
        head = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
        return (head + f"<w:footnotes {nsdecls('w')}>{''.join(notes)}</w:footnotes>").encode()


def _styles(document: Any) -> None:
    normal = document.styles["Normal"]
    normal.font.size = Pt(14)
    _east_asian(normal.font, _BODY)
    normal.paragraph_format.line_spacing = Pt(28)
    normal.paragraph_format.space_after = Pt(0)
    for name, size in (("Heading 1", 16), ("Heading 2", 14)):
        style = document.styles[name]
        style.font.size, style.font.bold = Pt(size), True
        style.font.color.rgb = RGBColor(0, 0, 0)
        _east_asian(style.font, _HEAD)
        style.paragraph_format.space_before, style.paragraph_format.space_after = Pt(10), Pt(4)
    for level in (1, 2):
        style = document.styles.add_style(f"TOC {level}", 1)
        style.base_style = normal
        style.font.size = Pt(12)
        style.paragraph_format.left_indent = Pt(24 * (level - 1))
        style.paragraph_format.line_spacing = Pt(22)
        style.paragraph_format.tab_stops.add_tab_stop(Cm(_WIDTH), 2, 1)


def _east_asian(font: Any, name: str) -> None:
    """Set the font for Latin and Chinese letters, over any theme font."""
    font.name = name
    fonts = font.element.get_or_add_rPr().get_or_add_rFonts()
    for theme in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
        fonts.attrib.pop(qn(f"w:{theme}"), None)
    fonts.set(qn("w:eastAsia"), name)


def _fill(cell: Any, text: str, *, bold: bool) -> None:
    for number, line in enumerate(text.split("\n")):
        paragraph = cell.paragraphs[0] if number == 0 else cell.add_paragraph()
        paragraph.paragraph_format.line_spacing = Pt(20)
        run = paragraph.add_run(line)
        run.font.size = Pt(11)
        run.bold = bold or None


def _merge(cells: list[list[Any]], rows: tuple[tuple[str, ...], ...]) -> None:
    """Merge every cell with the `<` on its right and the `^` below it."""
    for r, row in enumerate(rows):
        for c, text in enumerate(row):
            if text in ("^", "<"):
                continue
            right, down = c, r
            while right + 1 < len(row) and row[right + 1] == "<":
                right += 1
            while down + 1 < len(rows) and rows[down + 1][c] == "^":
                down += 1
            if (right, down) != (c, r):
                cells[r][c].merge(cells[down][right])


def _element(tag: str, attributes: dict[str, str]) -> Any:
    element = OxmlElement(tag)
    for key, value in attributes.items():
        element.set(qn(key), value)
    return element


def _field_mark(paragraph: Any, kind: str) -> None:
    paragraph.add_run()._r.append(_element("w:fldChar", {"w:fldCharType": kind}))  # noqa: SLF001 - no fields in python-docx


def _instruction(paragraph: Any, code: str) -> None:
    xml = f'<w:instrText {nsdecls("w")} xml:space="preserve"> {code} </w:instrText>'
    paragraph.add_run()._r.append(parse_xml(xml))  # noqa: SLF001 - no fields in python-docx


def _field(paragraph: Any, code: str, shown: str) -> None:
    _field_mark(paragraph, "begin")
    _instruction(paragraph, code)
    _field_mark(paragraph, "separate")
    paragraph.add_run(shown)
    _field_mark(paragraph, "end")
