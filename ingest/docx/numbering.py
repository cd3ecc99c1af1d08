"""numbering.xml: the numbers Word shows before paragraphs by itself, counted as Word counts."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from ingest.docx.names import VAL, w
from ingest.docx.numerals import numeral
from ingest.docx.styles import Style, Styles
from ingest.xml import Element

_PLACE = re.compile(r"%([1-9])")
_LEVELS = 9


@dataclass(frozen=True, slots=True)
class Level:
    """One level of a list. `restart`: None = after any higher level, 0 = never, n = after level n (from 1)."""

    kind: str = "decimal"
    pattern: str = ""  # of the format `custom`
    text: str = ""
    start: int = 1
    restart: int | None = None
    legal: bool = False
    style: str = ""


@dataclass(frozen=True, slots=True)
class _List:
    """A `w:num`: the abstract list it counts in, its levels, its own starts."""

    abstract: str
    levels: dict[int, Level]
    overrides: dict[int, int]


class Numbering:
    """The running counters of one document; ask in reading order."""

    def __init__(self, root: Element | None, styles: Styles) -> None:
        """Take the root of numbering.xml; None where the part is missing."""
        self._styles = styles
        self._abstract: dict[str, Element] = {}
        self._numbers: dict[str, Element] = {}
        self._by_link: dict[str, str] = {}
        for element in root if root is not None else ():
            if element.tag == w("abstractNum"):
                self._add_abstract(element)
            elif element.tag == w("num"):
                self._numbers.setdefault(element.get(w("numId")) or "", element)
        self._lists: dict[str, _List | None] = {}
        self._counters: dict[str, dict[int, int]] = {}
        self._started: set[tuple[str, int]] = set()

    def _add_abstract(self, element: Element) -> None:
        identifier = element.get(w("abstractNumId")) or ""
        self._abstract.setdefault(identifier, element)
        link = element.find(w("styleLink"))
        if link is not None:
            self._by_link.setdefault(link.get(VAL) or "", identifier)

    def place(self, own: tuple[str | None, int | None], style: Style) -> tuple[str, int] | None:
        """Return (numId, level) of a paragraph from its own `w:numPr` and its style; None where it has no number."""
        number = own[0] if own[0] is not None else style.num_id
        if number is None or number == "0" or self._list(number) is None:
            return None
        level = own[1]
        if level is None and own[0] is None:
            level = self._level_of_style(number, style)
        return number, min(max(level or 0, 0), _LEVELS - 1)

    def _level_of_style(self, number: str, style: Style) -> int | None:
        found = self._list(number)
        for identifier in style.ancestors:
            for index, level in found.levels.items() if found else ():
                if level.style == identifier:
                    return index
        return style.level

    def next(self, number: str, level: int) -> str:
        """Count one paragraph on and return what Word shows before it; "" for bullets."""
        found = self._list(number)
        if found is None:
            return ""
        counters = self._counters.setdefault(found.abstract, {})
        if level in found.overrides and (number, level) not in self._started:
            self._started.add((number, level))
            counters[level] = found.overrides[level]
        elif level in counters:
            counters[level] += 1
        else:
            counters[level] = self._at(found, level).start
        for deeper in [index for index in counters if index > level]:
            restart = self._at(found, deeper).restart
            if restart is None or (restart and level < restart):
                del counters[deeper]
        return self._shown(found, level, counters)

    def _at(self, found: _List, level: int) -> Level:
        return found.levels.get(level) or Level()

    def _shown(self, found: _List, level: int, counters: dict[int, int]) -> str:
        own = self._at(found, level)
        if own.kind == "bullet":
            return ""

        def value(match: re.Match[str]) -> str:
            index = int(match[1]) - 1
            other = self._at(found, index)
            count = counters.get(index, other.start)
            return str(count) if own.legal and other.kind != "none" else numeral(count, other.kind, other.pattern)

        return _PLACE.sub(value, own.text).strip()

    def _list(self, number: str) -> _List | None:
        if number not in self._lists:
            element = self._numbers.get(number)
            self._lists[number] = self._read(element) if element is not None else None
        return self._lists[number]

    def _read(self, element: Element) -> _List | None:
        reference = element.find(w("abstractNumId"))
        abstract = self._linked((reference.get(VAL) if reference is not None else None) or "")
        if abstract not in self._abstract:
            return None
        levels = dict(map(_level, self._abstract[abstract].iterfind(w("lvl"))))
        overrides: dict[int, int] = {}
        for override in element.iterfind(w("lvlOverride")):
            index = _number(override.get(w("ilvl")), 0)
            own = override.find(w("lvl"))
            if own is not None:
                levels[index] = _level(own)[1]
                overrides[index] = levels[index].start
            start = override.find(w("startOverride"))
            if start is not None:
                overrides[index] = _number(start.get(VAL), 1)
                levels[index] = replace(levels.get(index) or Level(), start=overrides[index])
        return _List(abstract, levels, overrides)

    def _linked(self, identifier: str) -> str:
        """Follow `numStyleLink` to the abstract list that defines the levels."""
        element = self._abstract.get(identifier)
        link = element.find(w("numStyleLink")) if element is not None else None
        if link is None:
            return identifier
        name = link.get(VAL) or ""
        if name in self._by_link:
            return self._by_link[name]
        number = self._numbers.get(self._styles.style(name).num_id or "")
        reference = number.find(w("abstractNumId")) if number is not None else None
        return (reference.get(VAL) if reference is not None else None) or identifier


def _level(element: Element) -> tuple[int, Level]:
    values: dict[str, Element] = {}
    for child in element.iter():
        if child.tag in _LEVEL_TAGS:
            values.setdefault(child.tag, child)  # mc:Choice stands before its mc:Fallback
    kind = values.get(w("numFmt"))
    legal = values.get(w("isLgl"))
    restart = _text(values.get(w("lvlRestart")))
    return _number(element.get(w("ilvl")), 0), Level(
        kind=_text(kind) or "decimal",
        pattern=(kind.get(w("format")) if kind is not None else None) or "",
        text=_text(values.get(w("lvlText"))),
        start=_number(_text(values.get(w("start"))), 1),
        restart=_number(restart, 0) if restart else None,
        legal=legal is not None and legal.get(VAL, "1") not in ("0", "false", "off"),
        style=_text(values.get(w("pStyle"))),
    )


def _text(element: Element | None) -> str:
    return (element.get(VAL) if element is not None else None) or ""


def _number(value: str | None, otherwise: int) -> int:
    try:
        return int(value) if value else otherwise
    except ValueError:
        return otherwise


_LEVEL_TAGS = frozenset(w(name) for name in ("start", "numFmt", "lvlRestart", "pStyle", "isLgl", "lvlText"))
