"""The inside of a paragraph: runs, fields, tracked changes, and what hangs on them."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field

from ingest.docx.branches import chosen_branch, outside_boxes
from ingest.docx.embedded import Embedded
from ingest.docx.names import (
    ALTERNATE,
    BLIP,
    BR,
    CHART,
    CR,
    DEL_TEXT,
    DELETIONS,
    DIAGRAM,
    DOC_PR,
    DRAWING,
    ENDNOTE_REF,
    FLD_CHAR,
    FLD_SIMPLE,
    FOOTNOTE_REF,
    IMAGE_DATA,
    INSTR,
    MATH,
    MATH_PARA,
    MATH_TEXT,
    NO_BREAK_HYPHEN,
    OBJECT,
    OLE,
    PICT,
    REL_ID,
    RPR,
    RUBY,
    RUBY_BASE,
    SDT,
    SYM,
    TAB,
    TEXT_PATH,
    TEXTBOX,
    VAL,
    WRAPPERS,
    R,
    T,
    w,
)
from ingest.docx.styles import RunLook, Style, Styles, look_of
from ingest.docx.symbols import BOXES, in_symbol_font, symbol
from ingest.xml import Element
from models.domain.document import Picture, ReadNote, Table

_TOC = re.compile(r"\s*TOC\b", re.IGNORECASE)
_TINY = 1.0  # pt


@dataclass(slots=True)
class Line:
    """What a paragraph comes to: pieces (text, bold, size in pt), lines of a contents field, and attachments."""

    pieces: list[tuple[str, bool, float | None]] = field(default_factory=list)
    contents: list[str] = field(default_factory=list)
    boxes: list[Element] = field(default_factory=list)  # w:txbxContent
    notes: list[tuple[str, str]] = field(default_factory=list)  # (kind, id) of foot- and endnotes
    pictures: list[Picture | Table] = field(default_factory=list)  # and the tables of embedded objects
    gone: bool = False  # something of it was deleted or hidden


@dataclass(slots=True)
class _Field:
    instruction: list[str] = field(default_factory=list)
    showing: bool = False
    contents: bool = False


@dataclass(slots=True)
class Aside:
    """What is kept apart from the text."""

    deleted: list[str] = field(default_factory=list)
    hidden: list[str] = field(default_factory=list)
    notes: list[ReadNote] = field(default_factory=list)
    embedded: Embedded | None = None


class Inline:
    """Reads the insides of paragraphs of one story; field state runs on from paragraph to paragraph."""

    def __init__(self, styles: Styles, aside: Aside, *, contents_fields: bool = True) -> None:
        """With `contents_fields` off, a TOC field is read as plain text (a field that is never closed)."""
        self._styles = styles
        self._aside = aside
        self._contents_fields = contents_fields
        self._fields: list[_Field] = []
        self._mute = 0
        self._in_contents = 0
        self._line = Line()
        self._style = Style()
        self._white_hidden = True
        self._handlers: dict[str, Callable[[Element, RunLook], None]] = {
            FLD_CHAR: self._field,
            INSTR: self._instruction,
            SYM: self._symbol,
            FOOTNOTE_REF: self._reference,
            ENDNOTE_REF: self._reference,
            DRAWING: self._drawing,
            PICT: self._drawing,
            OBJECT: self._object,
            RUBY: self._ruby,
            ALTERNATE: self._alternate_in_run,
            DEL_TEXT: self._deleted_text,
        }

    @property
    def open_contents(self) -> bool:
        """Tell whether a TOC field is still open."""
        return self._in_contents > 0

    def read(self, paragraph: Element, style: Style, *, white_hidden: bool) -> Line:
        """Read one `w:p`; white letters count as hidden where nothing dark can be behind them."""
        self._line, self._style, self._white_hidden = Line(), style, white_hidden
        self._walk(paragraph)
        return self._line

    def _walk(self, node: Element) -> None:
        for child in node:
            tag = child.tag
            if tag == R:
                self._run(child)
            elif tag in WRAPPERS or tag in (SDT, FLD_SIMPLE):
                self._walk(child)
            elif tag in DELETIONS:
                self._delete("".join(t.text or "" for t in child.iter(DEL_TEXT, T)))
            elif tag == ALTERNATE:
                self._walk_choice(child)
            elif tag in (MATH, MATH_PARA):
                self._add("".join(t.text or "" for t in child.iter(MATH_TEXT)), self._look(None))

    def _walk_choice(self, alternate: Element) -> None:
        chosen = chosen_branch(alternate)
        if chosen is not None:
            self._walk(chosen)

    def _delete(self, text: str) -> None:
        self._line.gone = True
        if text.strip():
            self._aside.deleted.append(text)

    def _look(self, rpr: Element | None) -> RunLook:
        """Resolve a run's formatting: toggles of paragraph and character style cancel out, direct ones win."""
        paragraph, default = self._style.look, self._styles.default_look
        own = look_of(rpr)
        reference = rpr.find(_R_STYLE) if rpr is not None else None
        character = self._styles.style(reference.get(VAL) or "").look if reference is not None else RunLook()
        bold, vanish = own.bold, own.vanish
        if bold is None:
            bold = bool(paragraph.bold) ^ bool(character.bold) or bool(default.bold)
        if vanish is None:
            vanish = bool(paragraph.vanish) ^ bool(character.vanish)
        rest = own.over(character.over(paragraph.over(default)))
        return RunLook(bold, vanish, rest.size, rest.white, rest.shaded, rest.symbol_font)

    def _run(self, run: Element) -> None:
        look: RunLook | None = None
        rpr = None
        for child in run:
            tag = child.tag
            if tag == RPR:
                rpr = child
                continue
            if look is None:
                look = self._look(rpr)
            if tag == T:
                self._add(child.text or "", look)
            elif tag == TAB:
                self._add("\t", look)
            elif tag in (BR, CR):
                self._add("\n" if child.get(_TYPE) in (None, "textWrapping") else "", look)
            elif tag == NO_BREAK_HYPHEN:
                self._add("-", look)
            elif tag in self._handlers:
                self._handlers[tag](child, look)

    def _add(self, text: str, look: RunLook) -> None:
        if not text or self._mute:
            return
        tiny = look.size is not None and look.size <= _TINY
        if look.vanish or tiny or (look.white and self._white_hidden and not look.shaded):
            self._line.gone = True
            if text.strip():
                self._aside.hidden.append(text)
        elif self._in_contents:
            self._line.contents.append(text)
        else:
            shown = in_symbol_font(look.symbol_font, text) if look.symbol_font else text
            self._line.pieces.append((shown, bool(look.bold), look.size))

    def _field(self, element: Element, look: RunLook) -> None:
        kind = element.get(w("fldCharType"))
        if kind == "begin":
            self._check_box(element, look)
            self._fields.append(_Field())
            self._mute += 1
        elif not self._fields:
            return
        elif kind == "separate":
            top = self._fields[-1]
            if not top.showing:
                top.showing = True
                self._mute -= 1
                top.contents = self._contents_fields and bool(_TOC.match("".join(top.instruction)))
                self._in_contents += top.contents
        elif kind == "end":
            top = self._fields.pop()
            self._mute -= not top.showing
            self._in_contents -= top.contents

    def _check_box(self, element: Element, look: RunLook) -> None:
        box = element.find(f"{w('ffData')}/{w('checkBox')}")
        if box is None:
            return
        state = box.find(w("checked"))
        state = box.find(w("default")) if state is None else state
        ticked = state is not None and state.get(VAL, "1") not in ("0", "false", "off")
        self._add(BOXES[ticked], look)

    def _instruction(self, element: Element, look: RunLook) -> None:  # noqa: ARG002 - one signature for all handlers
        if self._fields:
            self._fields[-1].instruction.append(element.text or "")

    def _symbol(self, element: Element, look: RunLook) -> None:
        try:
            code = int(element.get(w("char")) or "0", 16)
        except ValueError:
            return
        self._add(symbol(element.get(w("font")) or "", code), look)

    def _reference(self, element: Element, look: RunLook) -> None:  # noqa: ARG002 - one signature for all handlers
        self._line.notes.append((element.tag, element.get(w("id")) or ""))

    def _deleted_text(self, element: Element, look: RunLook) -> None:  # noqa: ARG002 - one signature for all handlers
        self._delete(element.text or "")

    def _ruby(self, element: Element, look: RunLook) -> None:  # noqa: ARG002 - one signature for all handlers
        base = element.find(RUBY_BASE)
        if base is not None:
            self._walk(base)

    def _alternate_in_run(self, element: Element, look: RunLook) -> None:
        chosen = chosen_branch(element)
        for child in chosen if chosen is not None else ():
            if child.tag in self._handlers:
                self._handlers[child.tag](child, look)

    def _drawing(self, element: Element, look: RunLook) -> None:
        boxes, picture, described = [], False, ""
        for child in outside_boxes(element):
            tag = child.tag
            if tag == TEXTBOX:
                boxes.append(child)
            elif tag in (BLIP, IMAGE_DATA):
                picture = True
            elif tag == DOC_PR:
                described = described or child.get("descr") or child.get("title") or ""
            elif tag == TEXT_PATH:
                self._add(child.get("string") or "", look)
            elif tag == CHART:
                self._aside.notes.append(ReadNote("图表", "图表中的数据未读取"))
            elif tag == DIAGRAM:
                self._aside.notes.append(ReadNote("SmartArt 图形", "图形中的文字未读取"))
        if picture:
            self._line.pictures.append(Picture(described.strip()))
        self._line.boxes.extend(boxes)

    def _object(self, element: Element, look: RunLook) -> None:
        ole = next(element.iter(OLE), None)
        program = (ole.get("ProgID") or "") if ole is not None else ""
        relation = (ole.get(REL_ID) or "") if ole is not None else ""
        if self._aside.embedded is not None and program.startswith(_SHEET_PROGRAMS):
            tables = self._aside.embedded.tables(relation, program)
            self._line.pictures.extend(tables)
            if tables:
                return
        elif not program.startswith("Equation"):
            self._aside.notes.append(ReadNote(f"内嵌对象 {program}".strip(), "内嵌对象中的内容未读取"))
        self._drawing(element, look)


_SHEET_PROGRAMS = ("Excel.", "ET.", "Ket.", "KET.", "et.")
_R_STYLE, _TYPE = w("rStyle"), w("type")
