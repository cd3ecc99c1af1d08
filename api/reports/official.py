"""Layout of an official paper (GB/T 9704—2012): A4, margins, fonts, 28 pt lines, page number — 1 —."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt

TITLE, BODY, FIRST, SECOND = "方正小标宋简体", "仿宋_GB2312", "黑体", "楷体_GB2312"
NO_2, NO_3, NO_4, NO_5 = 22, 16, 14, 10.5  # 二号 三号 四号 五号, pt
LINE = 28  # pt: 22 lines a page
_ILLEGAL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")


class Paper:
    """An official paper, written from top to bottom."""

    def __init__(self) -> None:
        """Set the page and the page number."""
        self.document: Any = Document()
        section = self.document.sections[0]
        section.page_width, section.page_height = Cm(21.0), Cm(29.7)
        section.top_margin, section.bottom_margin = Cm(3.7), Cm(3.5)
        section.left_margin, section.right_margin = Cm(2.8), Cm(2.6)
        section.footer_distance = Cm(2.5)
        _font(self.document.styles["Normal"], BODY, NO_3)
        self._page_number(section.footer.paragraphs[0])
        properties = self.document.core_properties
        properties.author = properties.comments = properties.last_modified_by = ""

    def title(self, text: str) -> None:
        """The title: 小标宋 二号, centred."""
        self.document.core_properties.title = _clean(text)
        self._write(text, TITLE, NO_2, align=WD_ALIGN_PARAGRAPH.CENTER, indent=False, level=0)
        self._write("", BODY, NO_3, indent=False)

    def heading(self, text: str) -> None:
        """一、… in 黑体."""
        self._write(text, FIRST, NO_3, level=1)

    def body(self, text: str) -> None:
        """A paragraph of 仿宋 三号, first line indented by two characters."""
        self._write(text, BODY, NO_3)

    def item(self, head: str, text: str) -> None:
        """（一）head in 楷体 and its text in one paragraph."""
        paragraph = self._write(head, SECOND, NO_3)
        _font(paragraph.add_run(_clean(text)), BODY, NO_3)

    def line(self, text: str) -> None:
        """A line without indent."""
        self._write(text, BODY, NO_3, indent=False)

    def page(self, text: str) -> None:
        """Begin a page headed 附件…."""
        self.document.add_page_break()
        self._write(text, FIRST, NO_3, indent=False, level=1)

    def table(self, heads: Sequence[str], rows: Sequence[Sequence[str]], widths: Sequence[float]) -> None:
        """A ruled table in 五号; `widths` in cm; the head row repeats on every page."""
        table = self.document.add_table(rows=1, cols=len(heads))
        table.style = "Table Grid"
        table.autofit = False
        mark = OxmlElement("w:tblHeader")
        table.rows[0]._tr.get_or_add_trPr().append(mark)  # noqa: SLF001  python-docx has no way of its own
        for cells, font in ((heads, FIRST), *((row, BODY) for row in rows)):
            line = table.rows[0] if cells is heads else table.add_row()
            for cell, text, width in zip(line.cells, cells, widths, strict=True):
                cell.width = Cm(width)
                paragraph = cell.paragraphs[0]
                paragraph.paragraph_format.line_spacing = Pt(15)
                _font(paragraph.add_run(_clean(text)), font, NO_5)

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
        form.line_spacing_rule, form.line_spacing = WD_LINE_SPACING.EXACTLY, Pt(LINE)
        form.space_before = form.space_after = Pt(0)
        form.first_line_indent = Pt(2 * NO_3) if indent else None
        form.alignment = align
        if level:
            form.keep_with_next = True
            outline = OxmlElement("w:outlineLvl")
            outline.set(qn("w:val"), str(level - 1))
            paragraph._p.get_or_add_pPr().append(outline)  # noqa: SLF001  python-docx has no way of its own
        _font(paragraph.add_run(_clean(text)), font, size)
        return paragraph

    @staticmethod
    def _page_number(paragraph: Any) -> None:  # noqa: ANN401  python-docx is untyped
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
        _font(paragraph.add_run("— "), "宋体", NO_4)
        run = paragraph.add_run()
        _font(run, "宋体", NO_4)
        for kind, text in (("begin", ""), ("", "PAGE"), ("end", "")):
            element = OxmlElement("w:fldChar" if kind else "w:instrText")
            if kind:
                element.set(qn("w:fldCharType"), kind)
            else:
                element.text = text
            run._r.append(element)  # noqa: SLF001  python-docx has no fields
        _font(paragraph.add_run(" —"), "宋体", NO_4)


def _font(target: Any, name: str, size: float) -> None:  # noqa: ANN401  a run or a style
    target.font.size = Pt(size)
    target.font.name = "Times New Roman" if name != "宋体" else name
    target.element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), name)


def _clean(text: str) -> str:
    return _ILLEGAL.sub("", text)
