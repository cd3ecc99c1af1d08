"""A run of block-level content (body, note, header, text box) as blocks in reading order."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from ingest.contents import ends_in_page, has_leaders, is_contents_title
from ingest.docx.branches import chosen_branch
from ingest.docx.inline import Aside, Inline, Line
from ingest.docx.names import (
    ALTERNATE,
    DEL_TEXT,
    DELETIONS,
    PPR,
    RPR,
    SDT,
    SDT_CONTENT,
    SDT_PR,
    TBL,
    VAL,
    WRAPPERS,
    P,
    T,
    w,
)
from ingest.docx.numbering import Numbering
from ingest.docx.styles import Style, Styles, is_shaded, numbering_of, outline_of
from ingest.docx.tables import Tables
from ingest.xml import Element
from models.domain.document import Block, Paragraph, ReadNote, Role

_BOX_DEPTH = 3  # text boxes within notes within text boxes


@dataclass(slots=True)
class _Looks:
    """What a paragraph's own `w:pPr` adds to its style."""

    style: Style
    numbering: tuple[str | None, int | None] = (None, None)
    outline: int | None = None
    centered: bool = False
    shaded: bool = False
    gone: bool = False  # its mark is deleted or hidden


@dataclass(slots=True)
class Shared:
    """What all stories of one document have in common."""

    styles: Styles
    numbering: Numbering
    notes: Mapping[tuple[str, str], Element]  # (reference tag, id) -> w:footnote
    aside: Aside = field(default_factory=Aside)
    contents: list[str] = field(default_factory=list)
    dark_page: bool = False
    contents_fields: bool = True


class Story:
    """Reads one story; `open_contents` tells afterwards whether a TOC field was never closed."""

    def __init__(self, shared: Shared, *, role: Role = Role.BODY, depth: int = 0) -> None:
        """`role` is given to its paragraphs; `depth` counts stories within stories."""
        self._shared = shared
        self._role = role
        self._depth = depth
        self._inline = Inline(shared.styles, shared.aside, contents_fields=shared.contents_fields)
        self._tables = Tables(self, shared)
        self._out: list[Block] = []
        self._in_contents = 0
        self._listed_at = -1  # how many blocks stood before the last contents line
        self.white_hidden = role is not Role.TEXTBOX and not shared.dark_page

    @property
    def open_contents(self) -> bool:
        """Tell whether a TOC field is still open."""
        return self._inline.open_contents

    def read(self, container: Element) -> list[Block]:
        """Return the blocks of a container such as `w:body`; call once."""
        for child in self.children(container):
            self._child(child)
        return self._out

    def children(self, container: Element) -> Iterator[Element]:
        """Yield paragraphs and tables, wrappers (content controls, insertions) opened, deletions set aside."""
        for child in container:
            tag = child.tag
            if tag in (P, TBL):
                yield child
            elif tag == SDT:
                yield from self._control(child)
            elif tag in WRAPPERS:
                yield from self.children(child)
            elif tag in DELETIONS:
                text = "".join(t.text or "" for t in child.iter(DEL_TEXT, T))
                self._shared.aside.deleted.extend([text] if text.strip() else [])
            elif tag == ALTERNATE:
                chosen = chosen_branch(child)
                yield from self.children(chosen) if chosen is not None else ()
            elif tag == w("altChunk"):
                self._shared.aside.notes.append(ReadNote("嵌入的外部文档", "以替代块方式嵌入的内容未读取"))

    def _control(self, control: Element) -> Iterator[Element]:
        content = control.find(SDT_CONTENT)
        if content is None:
            return
        gallery = control.find(f"{SDT_PR}/{w('docPartObj')}/{w('docPartGallery')}")
        listed = gallery is not None and (gallery.get(VAL) or "").lower() == "table of contents"
        self._in_contents += listed
        yield from self.children(content)
        self._in_contents -= listed

    def _child(self, child: Element) -> None:
        if child.tag == P:
            self._out.extend(self.paragraph(child))
            return
        frame = self._tables.frame(child)
        if frame is not None:
            for inner in self.children(frame):
                self._child(inner)
            return
        table, after = self._tables.read(child)
        if any(cell.text for row in table.rows for cell in row):
            self._out.append(table)
        self._out.extend(after)

    def paragraph(self, element: Element, *, in_cell: bool = False) -> list[Block]:
        """Return a paragraph and what is anchored to it: text boxes, notes, pictures; nothing for an empty one.

        In a table cell a number alone (an automatic 序号) is a paragraph too.
        """
        looks = self._looks(element.find(PPR))
        white_hidden = self.white_hidden and not looks.shaded
        line = self._inline.read(element, looks.style, white_hidden=white_hidden)
        text = "".join(piece[0] for piece in line.pieces)
        number, level = self._number(looks, vanished=not text.strip() and (looks.gone or line.gone))
        if line.contents:
            self._listed("".join(line.contents))
        blocks: list[Block] = []
        shown = text.strip() or (in_cell and number)
        if shown and not self._is_contents(number + text, looks, in_cell=in_cell):
            blocks.append(_paragraph(line, looks, number, level, self._role))
        return blocks + self._attached(line)

    def _number(self, looks: _Looks, *, vanished: bool) -> tuple[str, int | None]:
        if vanished:
            return "", None
        place = self._shared.numbering.place(looks.numbering, looks.style)
        return (self._shared.numbering.next(*place), place[1]) if place else ("", None)

    def _is_contents(self, text: str, looks: _Looks, *, in_cell: bool) -> bool:
        """Tell whether a paragraph belongs to a contents list, and keep it apart if so."""
        typed = (
            not in_cell and looks.outline is None and (has_leaders(text) or (self._listing() and ends_in_page(text)))
        )
        if not (self._in_contents or looks.style.contents or typed):
            return False
        self._listed(text)
        return True

    def _listing(self) -> bool:
        """Tell whether the last thing read was a contents line or the title 目录."""
        last = self._out[-1] if self._out else None
        return self._listed_at == len(self._out) or (isinstance(last, Paragraph) and is_contents_title(last.text))

    def _listed(self, text: str) -> None:
        """Keep a contents line apart, with the title 目录 that stands before the first."""
        last = self._out[-1] if self._out else None
        if isinstance(last, Paragraph) and is_contents_title(last.text):
            self._shared.contents.append(last.text)
            self._out.pop()
        self._listed_at = len(self._out)
        self._shared.contents.extend(part.strip() for part in text.split("\n") if part.strip())

    def _attached(self, line: Line) -> list[Block]:
        out: list[Block] = []
        for box in line.boxes:
            out.extend(self._inner(box, Role.TEXTBOX))
        for tag, identifier in line.notes:
            note = self._shared.notes.get((tag, identifier))
            if note is not None:
                out.extend(self._inner(note, Role.FOOTNOTE))
        out.extend(line.pictures)
        return out

    def _inner(self, container: Element, role: Role) -> list[Block]:
        if self._depth >= _BOX_DEPTH:
            self._shared.aside.notes.append(ReadNote("文本框", "文本框嵌套过深，过深的部分未读取"))
            return []
        return Story(self._shared, role=role, depth=self._depth + 1).read(container)

    def _looks(self, ppr: Element | None) -> _Looks:
        styles = self._shared.styles
        if ppr is None:
            style = styles.style(styles.default_paragraph)
            return _Looks(style, outline=style.outline, centered=bool(style.centered))
        named = ppr.find(_P_STYLE)
        style = styles.style((named.get(VAL) if named is not None else None) or styles.default_paragraph)
        looks = _Looks(style, outline=style.outline, centered=bool(style.centered))
        for child in ppr:
            tag = child.tag
            if tag == _NUM_PR:
                looks.numbering = numbering_of(child)
            elif tag == _OUTLINE:
                looks.outline = outline_of(child)
            elif tag == _JC:
                looks.centered = child.get(VAL) == "center"
            elif tag == _SHD:
                looks.shaded = is_shaded(child)
            elif tag == RPR:
                looks.gone = any(mark.tag in _MARKS for mark in child)
        return looks


def _paragraph(line: Line, looks: _Looks, number: str, level: int | None, role: Role) -> Paragraph:
    raw = "".join(piece[0] for piece in line.pieces)
    text = raw.strip()
    skip = len(raw) - len(raw.lstrip())
    bold = all(piece[1] for piece in line.pieces if piece[0].strip())
    prefix = 0
    for piece, is_bold, _ in line.pieces:
        if piece.strip() and not is_bold:
            break
        prefix += len(piece)
    sizes: Counter[float] = Counter()
    for piece, _, size in line.pieces:
        if size is not None:
            sizes[size] += len(piece.strip())
    return Paragraph(
        text=text,
        number=number,
        style=looks.style.name,
        outline_level=looks.outline,
        list_level=level,
        bold=bold,
        bold_prefix=len(text) if bold else min(max(len(raw[:prefix].rstrip()) - skip, 0), len(text)),
        size=min(sizes, key=lambda s: (-sizes[s], s)) if sizes else None,
        centered=looks.centered,
        role=role,
    )


_P_STYLE, _NUM_PR, _OUTLINE, _JC, _SHD = w("pStyle"), w("numPr"), w("outlineLvl"), w("jc"), w("shd")
_MARKS = frozenset((w("del"), w("moveFrom"), w("vanish")))
