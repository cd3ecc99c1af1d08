"""styles.xml: what a paragraph or character style comes to once its chain of parents is followed."""

from __future__ import annotations

import re
from dataclasses import dataclass

from ingest.docx.names import PPR, RPR, VAL, w
from ingest.xml import Element

_HEADING = re.compile(r"^(?:heading|标题)\s*([1-9])$", re.IGNORECASE)
_CONTENTS = re.compile(r"^(?:toc|目录)\s*(?:[1-9]|heading|标题)$", re.IGNORECASE)
_BODY_LEVEL = 9
_DEPTH = 32  # of basedOn; Word itself allows eleven
_WHITE = "FFFFFF"


@dataclass(frozen=True, slots=True)
class RunLook:
    """Character formatting of one layer; None = not said here. `size` in pt."""

    bold: bool | None = None
    vanish: bool | None = None
    size: float | None = None
    white: bool | None = None
    shaded: bool | None = None
    symbol_font: str = ""

    def over(self, base: RunLook) -> RunLook:
        """Return this layer on top of a parent of the same kind."""
        return RunLook(
            base.bold if self.bold is None else self.bold,
            base.vanish if self.vanish is None else self.vanish,
            self.size or base.size,
            base.white if self.white is None else self.white,
            base.shaded if self.shaded is None else self.shaded,
            self.symbol_font or base.symbol_font,
        )


@dataclass(frozen=True, slots=True)
class Style:
    """A style with its chain resolved."""

    id: str = ""
    name: str = ""
    look: RunLook = RunLook()
    outline: int | None = None  # 1-9
    centered: bool | None = None
    num_id: str | None = None
    level: int | None = None  # ilvl
    ancestors: tuple[str, ...] = ()  # ids, itself first
    contents: bool = False


NO_LOOK = RunLook()


def on(element: Element) -> bool:
    """Tell whether a switch such as `w:b` is on."""
    return element.get(VAL, "true") not in ("0", "false", "off", "none")


def look_of(rpr: Element | None) -> RunLook:
    """Read the layer that one `w:rPr` states."""
    if rpr is None or not len(rpr):
        return NO_LOOK
    bold = vanish = size = white = shaded = None
    symbols = ""
    for child in rpr:
        tag = child.tag
        if tag == _B:
            bold = on(child)
        elif tag == _SZ:
            size = half_points(child.get(VAL))
        elif tag == _FONTS:
            font = child.get(_ASCII) or ""
            symbols = font if font.startswith("Wingdings") else ""
        elif tag == _COLOR:
            white = (child.get(VAL) or "").upper() == _WHITE
        elif tag == _VANISH:
            vanish = on(child)
        elif tag in _SHADES:
            shaded = is_shaded(child)
    return RunLook(bold, vanish, size, white, shaded, symbols)


def is_shaded(element: Element) -> bool:
    """Tell whether a `w:shd` or `w:highlight` gives white letters a ground to stand on."""
    if element.tag == _HIGHLIGHT:
        return element.get(VAL) not in (None, "none", "white")
    pattern = element.get(VAL) not in (None, "clear", "nil")
    return pattern or (element.get(_FILL) or "auto").upper() not in ("AUTO", _WHITE)


def half_points(value: str | None) -> float | None:
    """Return the size in pt of a value in half points, None where it is no number."""
    try:
        return float(value) / 2 if value else None
    except ValueError:
        return None


class Styles:
    """All styles of a document by id."""

    def __init__(self, root: Element | None) -> None:
        """Take the root of styles.xml; None where the part is missing."""
        self._raw: dict[str, Element] = {}
        self._resolved: dict[str, Style] = {}
        self.default_look = NO_LOOK
        self.default_paragraph = ""
        for element in root if root is not None else ():
            if element.tag == w("style"):
                self._add(element)
            elif element.tag == w("docDefaults"):
                self.default_look = look_of(element.find(f"{w('rPrDefault')}/{RPR}"))

    def _add(self, element: Element) -> None:
        identifier = element.get(w("styleId")) or ""
        self._raw.setdefault(identifier, element)
        if element.get(w("type")) == "paragraph" and element.get(w("default")) in ("1", "true"):
            self.default_paragraph = identifier

    def style(self, identifier: str) -> Style:
        """Return a style with its chain resolved; unknown ids give an empty style."""
        found = self._resolved.get(identifier)
        if found is None:
            found = self._resolve(identifier)
            self._resolved[identifier] = found
        return found

    def _resolve(self, identifier: str) -> Style:
        chain: list[str] = []
        while identifier in self._raw and identifier not in chain and len(chain) < _DEPTH:
            chain.append(identifier)
            based = self._raw[identifier].find(w("basedOn"))
            identifier = (based.get(VAL) if based is not None else None) or ""
        style = Style()
        for place in range(len(chain) - 1, -1, -1):
            style = self._layer(self._raw[chain[place]], style, tuple(chain[place:]))
        return style

    def _layer(self, element: Element, base: Style, ancestors: tuple[str, ...]) -> Style:
        named = element.find(w("name"))
        name = (named.get(VAL) if named is not None else None) or ancestors[0]
        heading = _HEADING.match(name) or _HEADING.match(ancestors[0])
        outline: int | None = int(heading[1]) if heading else base.outline
        centered, num_id, level = base.centered, base.num_id, base.level
        own = element.find(PPR)
        for child in own if own is not None else ():
            if child.tag == w("outlineLvl"):
                outline = outline_of(child)
            elif child.tag == w("jc"):
                centered = child.get(VAL) == "center"
            elif child.tag == w("numPr"):
                own_id, own_level = numbering_of(child)
                num_id = num_id if own_id is None else own_id
                level = level if own_level is None else own_level
        contents = bool(_CONTENTS.match(name) or _CONTENTS.match(ancestors[0]))
        look = look_of(element.find(RPR)).over(base.look)
        return Style(ancestors[0], name, look, outline, centered, num_id, level, ancestors, contents)


def outline_of(element: Element) -> int | None:
    """Return 1-9 for a `w:outlineLvl`, None for body text."""
    level = _integer(element.get(VAL))
    return level + 1 if level is not None and 0 <= level < _BODY_LEVEL else None


def numbering_of(element: Element) -> tuple[str | None, int | None]:
    """Return numId and ilvl of a `w:numPr`, None for what it does not say."""
    num, level = element.find(w("numId")), element.find(w("ilvl"))
    return (num.get(VAL) if num is not None else None), (_integer(level.get(VAL)) if level is not None else None)


def _integer(value: str | None) -> int | None:
    try:
        return int(value) if value else None
    except ValueError:
        return None


_B, _SZ, _FONTS, _ASCII = w("b"), w("sz"), w("rFonts"), w("ascii")
_COLOR, _VANISH, _HIGHLIGHT, _FILL = w("color"), w("vanish"), w("highlight"), w("fill")
_SHADES = frozenset((w("shd"), _HIGHLIGHT))
