"""Writes a paper as pdf with typst; every text goes in as a string, so that nothing in it is typst code."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from api.papers.blocks import (
    TALL,
    Annex,
    Block,
    Body,
    Grid,
    Heading,
    Item,
    Line,
    Paper,
    Title,
    closing_lines,
    signed,
)
from api.papers.titles import title_lines
from models.domain.errors import InstallationError

if TYPE_CHECKING:
    import typst

# The first that is there is taken, glyph by glyph: official fonts, other serif fonts, the one that set-up installs.
_LAST = "Noto Sans CJK SC"
SERIF = (
    "FangSong_GB2312",
    "仿宋_GB2312",
    "FangSong",
    "STFangsong",
    "FandolFang R",
    "Noto Serif CJK SC",
    "Source Han Serif SC",
)
SANS = ("SimHei", "Noto Sans CJK SC", "Source Han Sans SC", "FandolHei")
TITLE = ("FZXiaoBiaoSong-B05S", "方正小标宋简体", "Noto Serif CJK SC", "Source Han Serif SC", "FandolSong")
KAI = ("KaiTi_GB2312", "楷体_GB2312", "KaiTi", "FandolKai")
_ILLEGAL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ufffe\uffff\ud800-\udfff\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]")
_WHOLE = 24  # lines of a table's last row up to which it stands on one page with what closes the table
_LACKING, _GETA = re.compile('the text `"(.+?)"` could not be displayed', re.DOTALL), "〓"


def pdf(paper: Paper) -> bytes:
    """Return the paper as PDF/A-2u, the same bytes for the same paper and fonts.

    Raises:
        InstallationError: typst or a Chinese font is missing.
    """
    fonts()
    text = source(paper)
    while True:
        try:
            return _compiled(text)
        except ValueError as error:
            # An archive's pdf shows every sign. One that no font here has is printed as 〓, as typesetters do.
            lacking = _LACKING.search(str(error))
            if lacking is None or lacking[1] not in text or lacking[1].isascii():
                raise
            text = text.replace(lacking[1], _GETA * len(lacking[1]))


def _compiled(text: str) -> bytes:
    """Return PDF/A-2u; ValueError with typst's own words where it cannot be made."""
    import typst

    try:
        content = typst.compile(text.encode(), font_paths=_fonts(), timestamp=0, pdf_standards=["a-2u"])
    except typst.TypstError as error:
        raise ValueError(str(error)) from error
    if not isinstance(content, bytes):
        raise TypeError("typst gave no pdf")
    return content


def fonts() -> str:
    """Return the font the text is set in.

    Raises:
        InstallationError: typst is missing, or every Chinese font.
    """
    try:
        families = set(_fonts().families())
    except ModuleNotFoundError as error:
        raise InstallationError(
            "不能生成 PDF：本机没有安装排版组件 typst", advice="请重新安装 chushen，或改用 docx"
        ) from error
    found = next((name for name in (*SERIF, _LAST) if name in families), "")
    if not found:
        raise InstallationError(
            "不能生成 PDF：本机没有中文字体", advice="请安装仿宋_GB2312 或 fonts-noto-cjk，或改用 docx"
        )
    return found


@cache
def _fonts() -> typst.Fonts:
    import typst

    try:
        import noto_cjk_sans_otc

        folders = [str(Path(noto_cjk_sans_otc.__file__).parent)]
    except ModuleNotFoundError:
        folders = []
    return typst.Fonts(include_system_fonts=True, include_embedded_fonts=True, font_paths=folders)


def source(paper: Paper) -> str:
    """Return the paper as typst source."""
    size, lead = _size(paper), _lead(paper)
    margins = "(x: 2.2cm, y: 2.2cm)" if paper.landscape else "(top: 3.7cm, bottom: 3.5cm, left: 2.8cm, right: 2.6cm)"
    if paper.compact:
        margins = "(x: 2.4cm, y: 2cm)"
    head = f"""
#set document(title: {_text(paper.title)}, date: datetime(year: 2000, month: 1, day: 1))
#set page(paper: "a4", flipped: {str(paper.landscape).lower()}, margin: {margins},
  footer: context align(center, text(size: 14pt)[— #counter(page).display() —]))
#set text(font: {_families(SERIF)}, size: {size}pt, lang: "zh", region: "cn", top-edge: 0.88em, bottom-edge: -0.12em,
  costs: (widow: 0%, orphan: 0%))
#set par(leading: {lead}pt, spacing: {lead}pt, justify: true)
#let sans = {_families(SANS)}
#let kai = {_families((*KAI, *SERIF))}
#let song = {_families(TITLE)}
#let plain(words) = par(first-line-indent: 0pt, text(words))
#let indented(body) = par(first-line-indent: (amount: 2em, all: true), body)
#set table(inset: (x: 4pt, y: 2.5pt), stroke: 0.5pt)
"""
    return head + "\n".join(_blocks(paper)) + "\n"


def _blocks(paper: Paper) -> Iterator[str]:
    """Yield the blocks from top to bottom; lines that close a table are its last row: typst keeps rows together."""
    kept, last = signed(paper.blocks), 0
    for at, block in enumerate(paper.blocks):
        if at < last:
            continue
        last = at + 1
        if not isinstance(block, Grid):
            yield _block(block, paper, sticky=kept[at])
            continue
        closing = closing_lines(paper.blocks, at)
        last += len(closing)
        look = [f"#set text(size: {_size(paper)}pt)", f"#set par(leading: {_lead(paper)}pt)"] if closing else []
        yield _grid(block, paper, "\n".join([*look, *(_block(line, paper) for line in closing)]))


def _families(names: tuple[str, ...]) -> str:
    """Only families that are there: typst warns of the others."""
    there = set(_fonts().families())
    wanted = [name for name in ("Times New Roman", *names, _LAST) if name in there]
    return "(" + "".join(json.dumps(name, ensure_ascii=False) + ", " for name in dict.fromkeys(wanted)) + ")"


def _text(words: str) -> str:
    r"""Write a typst string literal: only \, " and line breaks have a meaning in it."""
    clean = _ILLEGAL.sub("", words)
    return '"' + clean.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\t", " ") + '"'


def _block(block: Block, paper: Paper, *, sticky: bool = False) -> str:  # noqa: PLR0911  one line a kind of block
    if isinstance(block, Grid):
        return _grid(block, paper)
    if isinstance(block, Item):
        text = f"indented[#text(font: kai, {_text(block.head)})#text({_text(block.text)})]"
        return f"#block(sticky: true, {text})" if sticky else f"#{text}"
    words = _text(block.text)
    match block:
        case Title():
            size = 18 if paper.compact else 22
            told = _text("\n".join(title_lines(block.text, int(_width(paper) / (size * 2.54 / 72)))))
            line = f"par(leading: 10pt, justify: false, text(font: song, size: {size}pt, {told}))"
            return f"#align(center, {line})\n#v(10pt)"
        case Heading():
            head = f"#block(sticky: true, indented(text(font: sans, {words})))"
            return f"#pagebreak(weak: true)\n{head}" if block.fresh else head
        case Body():
            text = f"indented(text({words}))"
            return f"#block(sticky: true, {text})" if sticky else f"#{text}"
        case Annex():
            head = f"#block(sticky: true, above: 1.6em, plain(text(font: sans, {words})))"
            return head if block.follows else f"#pagebreak(weak: true)\n{head}"
        case Line():
            text = f"align(right, plain({words}))" if block.right else f"plain({words})"
            return f"#block(width: 100%, sticky: true, {text})" if sticky else f"#{text}"


def _size(paper: Paper) -> int:
    """Return how large the type is, in pt."""
    return 12 if paper.compact else 16


def _lead(paper: Paper) -> int:
    """Return the blank between lines, in pt."""
    return 8 if paper.compact else 6 if paper.dense else 12


def _width(paper: Paper) -> float:
    """Return how wide a line is, in cm."""
    if paper.landscape:
        return 24.9 if paper.compact else 25.3
    return 16.2 if paper.compact else 15.6


def _grid(grid: Grid, paper: Paper, closing: str = "") -> str:
    """Return the table; `closing` stands below it, on one page with the last row: a cell beside both does not break."""
    width = _width(paper)
    columns = ", ".join(f"{width}fr" for width in grid.widths)
    heads = ", ".join(f"align(center, text(font: sans, {_text(head)}))" for head in grid.heads)
    rows = []
    for row in grid.rows:
        breaks = str(grid.tall(row, width) >= TALL).lower()
        cells = [f"text({_text(cell)})" for cell in row]
        if grid.tall(row, width) < grid.least:
            cells[0] = f"block(height: {grid.least * 14.5}pt, width: 100%, {cells[0]})"
        rows.append(", ".join(f"table.cell(breakable: {breaks}, {cell})" for cell in cells))
    if closing:
        whole = str(grid.tall(grid.rows[-1], width) <= _WHOLE).lower()
        beside = ", table.cell({}stroke: none, inset: 0pt)[]"
        look = f"stroke: none, inset: (x: 0pt, top: {_lead(paper)}pt, bottom: 0pt)"
        columns, heads = f"{columns}, 0pt", heads + beside.format("")
        rows = [
            *(row + beside.format("") for row in rows[:-1]),
            rows[-1] + beside.format(f"rowspan: 2, breakable: not {whole}, "),
        ]
        rows.append(f"table.cell(colspan: {len(grid.heads)}, {look})[{closing}]")
    body = ",\n  ".join(rows)
    table = f"table(columns: ({columns}), table.header({heads}),\n  {body})"
    if grid.short(width):
        table = f"block(breakable: false, {table})"
    return f"#{{\n  set text(size: 10.5pt)\n  set par(leading: 4pt, justify: false)\n  {table}\n}}"
