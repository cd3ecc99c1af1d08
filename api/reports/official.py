"""Writes a paper as docx in official layout (GB/T 9704—2012): A4, margins, fonts, 28 pt lines, page number — 1 —."""

from __future__ import annotations

import copy
import io
import re
import zipfile
from functools import cache
from typing import Any

from docx import Document
from docx.enum.section import WD_ORIENT
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt
from docx.text.paragraph import Paragraph

from api.papers.blocks import TALL, Annex, Block, Body, Grid, Heading, Item, Line, Paper, Title, signed
from api.papers.titles import title_lines

TITLE, BODY, FIRST, SECOND = "方正小标宋简体", "仿宋_GB2312", "黑体", "楷体_GB2312"
NO_2, NO_S2, NO_3, NO_4, NO_S4, NO_5 = 22, 18, 16, 14, 12, 10.5  # 二号 小二 三号 四号 小四 五号, pt
CM_PT = 2.54 / 72
LINE, DENSE, LINE_S4 = 28, 22, 20  # pt: 22 lines a page, 29 lines a page, and on a paper of one page
_ROW = 300  # a line of a table, 15 pt in twentieths
_EPOCH = (1980, 1, 1, 0, 0, 0)
# What Word takes where an official font is not installed.
_SUBSTITUTES = "".join(
    f'<w:font w:name="{name}"><w:altName w:val="{other}"/></w:font>'
    for name, other in ((TITLE, "宋体"), (BODY, "仿宋"), (SECOND, "楷体"))
).encode()
_ILLEGAL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")


def docx(paper: Paper) -> bytes:
    """Return the paper as docx, the same bytes for the same paper."""
    writer = _Writer(paper)
    for block, together in zip(paper.blocks, signed(paper.blocks), strict=True):
        writer.write(block)
        if together and isinstance(block, Grid):
            for cell in writer.document.tables[-1]._tbl.tr_lst[-1].tc_lst:  # noqa: SLF001  as in `add_grid`
                Paragraph(cell.p_lst[0], writer.document).paragraph_format.keep_with_next = True
        elif together:
            writer.document.paragraphs[-1].paragraph_format.keep_with_next = True
    buffer = io.BytesIO()
    writer.document.save(buffer)
    return timeless(buffer.getvalue())


class _Writer:
    """Writes a paper from top to bottom."""

    def __init__(self, paper: Paper) -> None:
        """Set the page and the page number."""
        self.document: Any = Document()
        self.size, self.leading = (NO_S4, LINE_S4) if paper.compact else (NO_3, DENSE if paper.dense else LINE)
        section = self.document.sections[0]
        width, height = Cm(21.0), Cm(29.7)
        margins = (3.7, 3.5, 2.8, 2.6)
        if paper.compact or paper.landscape:
            margins = (2.0, 2.0, 2.4, 2.4) if paper.compact else (2.2, 2.2, 2.2, 2.2)
        if paper.landscape:
            width, height = height, width
            section.orientation = WD_ORIENT.LANDSCAPE
        section.page_width, section.page_height = width, height
        section.top_margin, section.bottom_margin, section.left_margin, section.right_margin = map(Cm, margins)
        section.footer_distance = Cm(min(2.5, margins[1] - 1))
        self.width = (width - section.left_margin - section.right_margin) / Cm(1)
        self._normal()
        self._page_number(section.footer.paragraphs[0])
        properties = self.document.core_properties
        properties.author = properties.comments = properties.last_modified_by = ""
        properties.title = clean(paper.title)

    def _normal(self) -> None:
        style = self.document.styles["Normal"]
        style.font.size, style.font.name = Pt(self.size), "Times New Roman"
        style.element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), BODY)
        for language in self.document.styles.element.iter(qn("w:lang")):  # Chinese signs and line breaks
            language.set(qn("w:eastAsia"), "zh-CN")

    def write(self, block: Block) -> None:
        """Write one block: 小标宋 title, 黑体 heading, 仿宋 text, 楷体 head of an item."""
        match block:
            case Title():
                title = NO_2 if self.size == NO_3 else NO_S2
                told = "\n".join(title_lines(block.text, int(self.width / (title * CM_PT))))
                paragraph = self._write(told, TITLE, title, align=WD_ALIGN_PARAGRAPH.CENTER, indent=False, level=0)
                paragraph.paragraph_format.line_spacing = Pt(max(self.leading, title + 8))
                if self.leading == LINE:
                    self._write("", BODY, self.size, indent=False)
                else:
                    self.document.paragraphs[-1].paragraph_format.space_after = Pt(6)
            case Heading():
                paragraph = self._write(block.text, FIRST, self.size, level=1)
                paragraph.paragraph_format.page_break_before = block.fresh
            case Body():
                self._write(block.text, BODY, self.size)
            case Item():
                paragraph = self._write(block.head, SECOND, self.size)
                _add(paragraph, block.text, BODY, self.size)
            case Line():
                align = WD_ALIGN_PARAGRAPH.RIGHT if block.right else None
                self._write(block.text, BODY, self.size, align=align, indent=False)
            case Annex():
                paragraph = self._write(block.text, FIRST, self.size, indent=False, level=1)
                paragraph.paragraph_format.page_break_before = not block.follows
                paragraph.paragraph_format.space_before = Pt(self.leading / 2 if block.follows else 0)
            case Grid():
                add_grid(self.document, block, self.width)

    def _write(  # noqa: PLR0913  one paragraph's look
        self,
        text: str,
        font: str,
        size: float,
        *,
        align: WD_ALIGN_PARAGRAPH | None = None,
        indent: bool = True,
        level: int | None = None,
    ) -> Any:  # noqa: ANN401  python-docx is untyped
        paragraph = self.document.add_paragraph()
        form = paragraph.paragraph_format
        form.line_spacing_rule, form.line_spacing = WD_LINE_SPACING.EXACTLY, Pt(self.leading)
        form.space_before = form.space_after = Pt(0)
        form.first_line_indent = Pt(2 * self.size) if indent else None
        form.alignment = align
        form.widow_control = False  # official papers fill the page
        if level:
            form.keep_with_next = True
            outline = OxmlElement("w:outlineLvl")
            outline.set(qn("w:val"), str(level - 1))
            paragraph._p.get_or_add_pPr().append(outline)  # noqa: SLF001  python-docx has no way of its own
        _add(paragraph, text, font, size)
        return paragraph

    @staticmethod
    def _page_number(paragraph: Any) -> None:  # noqa: ANN401  python-docx is untyped
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
        _add(paragraph, "— ", "宋体", NO_4)
        run = _add(paragraph, "", "宋体", NO_4)
        for kind, text in (("begin", ""), ("", "PAGE"), ("end", "")):
            element = OxmlElement("w:fldChar" if kind else "w:instrText")
            if kind:
                element.set(qn("w:fldCharType"), kind)
            else:
                element.text = text
            run._r.append(element)  # noqa: SLF001  python-docx has no fields
        _add(paragraph, " —", "宋体", NO_4)


def add_grid(document: Any, grid: Grid, width: float) -> Any:  # noqa: ANN401  python-docx is untyped
    """Add a ruled table in 五号, `width` cm wide, and return it.

    The head row repeats on every page, a row of ordinary length does not break, nor does a short table.
    """
    table = document.add_table(rows=1 + len(grid.rows), cols=len(grid.heads))
    _rule(table)
    table.autofit, table.alignment = False, WD_TABLE_ALIGNMENT.CENTER  # flush with the text at both sides
    whole = sum(grid.widths)
    widths = [Cm(width * share / whole) for share in grid.widths]
    last = len(grid.rows) if grid.short(width) else 0  # the row that need not stand with the next one
    for column, wide in zip(table.columns, widths, strict=True):
        column.width = wide
    for number, (line, cells) in enumerate(zip(table._tbl.tr_lst, (grid.heads, *grid.rows), strict=True)):  # noqa: SLF001  `rows[i].cells` is quadratic
        properties = line.get_or_add_trPr()
        if grid.tall(cells, width) < TALL:
            properties.append(OxmlElement("w:cantSplit"))
        if number and grid.least > 1:
            height = OxmlElement("w:trHeight")
            height.set(qn("w:val"), str(grid.least * _ROW))  # at least
            properties.append(height)
        if not number:
            properties.append(OxmlElement("w:tblHeader"))
        for cell, text, wide in zip(line.tc_lst, cells, widths, strict=True):
            cell.width = wide
            paragraph = Paragraph(cell.p_lst[0], table)
            paragraph._p.insert(0, copy.deepcopy(_in_cell(head=not number)))  # noqa: SLF001  as in `_add`
            _add(paragraph, text, BODY if number else FIRST, NO_5)
            if not number or number < last:
                paragraph.paragraph_format.keep_with_next = True
    return table


@cache
def _in_cell(*, head: bool) -> Any:  # noqa: ANN401  python-docx is untyped
    look = OxmlElement("w:pPr")
    spacing = OxmlElement("w:spacing")
    for key, value in (("before", "0"), ("after", "0"), ("line", str(_ROW)), ("lineRule", "exact")):
        spacing.set(qn(f"w:{key}"), value)
    look.append(spacing)
    if head:
        middle = OxmlElement("w:jc")
        middle.set(qn("w:val"), "center")
        look.append(middle)
    return look


def _rule(table: Any) -> None:  # noqa: ANN401  python-docx is untyped
    """Draw the lines in the table itself: a template of an office need not have the style Table Grid."""
    borders = OxmlElement("w:tblBorders")
    for side in ("top", "left", "bottom", "right", "insideH", "insideV"):
        line = OxmlElement(f"w:{side}")
        for key, value in (("val", "single"), ("sz", "4"), ("space", "0"), ("color", "auto")):
            line.set(qn(f"w:{key}"), value)
        borders.append(line)
    table._tbl.tblPr.append(borders)  # noqa: SLF001  python-docx has no borders


def _add(paragraph: Any, text: str, name: str, size: float) -> Any:  # noqa: ANN401  python-docx is untyped
    """Add a run; its look is copied from one made once, which python-docx would make anew step by step."""
    run = paragraph.add_run(clean(text))
    run._r.insert(0, copy.deepcopy(_look(name, size)))  # noqa: SLF001  python-docx sets one property at a time
    return run


@cache
def _look(name: str, size: float) -> Any:  # noqa: ANN401  python-docx is untyped
    look = OxmlElement("w:rPr")
    fonts, sign = OxmlElement("w:rFonts"), OxmlElement("w:sz")
    latin = "Times New Roman" if name != "宋体" else name
    # The hint has “ ” … — set as Chinese signs.
    for key, value in (("hint", "eastAsia"), ("ascii", latin), ("hAnsi", latin), ("eastAsia", name)):
        fonts.set(qn(f"w:{key}"), value)
    sign.set(qn("w:val"), str(int(size * 2)))
    look.extend([fonts, sign])
    return look


def clean(text: str) -> str:
    """Take out what XML cannot hold."""
    return _ILLEGAL.sub("", text)


def timeless(content: bytes) -> bytes:
    """Take the moment of writing out of the archive, so that the same report gives the same file."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as source, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        for entry in source.infolist():
            data = source.read(entry)
            if entry.filename == "docProps/core.xml":
                data = re.sub(rb"(<dcterms:(?:created|modified)[^>]*>)[^<]*", rb"\g<1>2000-01-01T00:00:00Z", data)
            if entry.filename == "word/fontTable.xml":
                data = data.replace(b"</w:fonts>", _SUBSTITUTES + b"</w:fonts>")
            target.writestr(zipfile.ZipInfo(entry.filename, _EPOCH), data, zipfile.ZIP_DEFLATED)
    return out.getvalue()
