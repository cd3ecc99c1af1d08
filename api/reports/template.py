"""Fills an office's own docx: {placeholders} in text, tables, headers; lists row by row; tables where {表：…} stands.

`{unit}` is replaced in place and keeps its look. A paragraph or table row with `{must.text}` is repeated for every row
of the list `must` (`{must.number}` counts). A paragraph that is only `{表：概算核减}` becomes that table.
"""

from __future__ import annotations

import copy
import io
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from api.papers.blocks import Grid
from api.reports.official import add_grid, clean, timeless
from models.domain.errors import PolicyError

_SLOT = re.compile(r"\{([a-z_]+)(?:\.([a-z_]+))?\}")
_TABLE = re.compile(r"^\s*\{表[:：]\s*([^{}]+?)\s*\}\s*$")
_SEE = "可用的占位符见 docs/papers.md"
_NONE = "无。"
_WIDTH = 15.6  # cm, where the template does not say how wide its lines are


def fill_template(content: bytes, values: Mapping[str, Any], grids: Mapping[str, Grid], name: str) -> bytes:
    """Return the docx with everything filled in, the same bytes for the same template and values.

    Args:
        content: the template.
        values: text by placeholder, lists of such for repetition.
        grids: the tables by name.
        name: of the template, for messages.

    Raises:
        PolicyError: it is no docx, or asks for what there is not.
    """
    from docx import Document

    try:
        document = Document(io.BytesIO(content))
    except Exception as error:  # python-docx raises what zipfile and lxml raise
        raise PolicyError("不是可用的 Word（docx）模板", name=name, advice="请用 Word 另存为 docx") from error
    filler = _Filler(document, values, grids, name)
    for part in filler.parts():
        filler.fill(part)
    # Who made the template is no business of whom the paper is sent to.
    document.core_properties.author = document.core_properties.last_modified_by = ""
    buffer = io.BytesIO()
    document.save(buffer)
    return timeless(buffer.getvalue())


class _Filler:
    """One template being filled."""

    def __init__(self, document: Any, values: Mapping[str, Any], grids: Mapping[str, Grid], name: str) -> None:  # noqa: ANN401  python-docx is untyped
        self.document, self.values, self.grids, self.name = document, values, grids, name

    def parts(self) -> Iterator[Any]:
        """Yield the body, and the headers and footers that are not those of the section before."""
        yield self.document.element.body
        for section in self.document.sections:
            margins = (section.header, section.footer, section.first_page_header, section.first_page_footer)
            yield from (m._element for m in margins if not m.is_linked_to_previous)  # noqa: SLF001  no public element

    def fill(self, root: Any) -> None:  # noqa: ANN401  an lxml element
        """Fill one part: rows of tables first, then paragraphs that repeat, tables, and what is left."""
        from docx.oxml.ns import qn

        for tag in (qn("w:tr"), qn("w:p")):
            for element in list(root.iter(tag)):
                self._repeat(element, tag)
        for element in list(root.iter(qn("w:p"))):
            if wanted := _TABLE.match(_text(element)):
                self._table(element, wanted[1])
        for element in root.iter(qn("w:p")):
            _replace(element, self._plain)

    def _repeat(self, element: Any, tag: str) -> None:  # noqa: ANN401  an lxml element
        from docx.oxml.ns import qn

        listed = dict.fromkeys(m[1] for m in _SLOT.finditer(_text(element)) if m[2])
        if not listed:
            return
        if len(listed) > 1:
            raise PolicyError(f"同一段或同一行里有两个列表：{'、'.join(listed)}", name=self.name)
        key = next(iter(listed))
        rows = self._value(key)
        if not isinstance(rows, list):
            raise PolicyError(f"“{key}”不是列表", name=self.name, advice=_SEE)
        for number, row in enumerate(rows, 1):
            one = copy.deepcopy(element)
            element.addprevious(one)
            for paragraph in [one] if tag == qn("w:p") else list(one.iter(qn("w:p"))):
                _replace(paragraph, lambda m, row=row, number=number: self._listed(m, row, number))  # type: ignore[misc]
        if rows or tag == qn("w:tr"):
            element.getparent().remove(element)
        else:
            _replace(element, lambda m: _NONE if m[2] == "text" else "")

    def _listed(self, match: re.Match[str], row: Mapping[str, Any], number: int) -> str:
        if not match[2]:
            return match[0]
        if match[2] == "number":
            return str(number)
        if match[2] not in row:
            raise PolicyError(f"列表“{match[1]}”没有“{match[2]}”", name=self.name, advice=_SEE)
        return str(row[match[2]])

    def _plain(self, match: re.Match[str]) -> str:
        value = self._value(match[1])
        if not isinstance(value, str):
            raise PolicyError(f"“{match[1]}”是列表，请写成 {{{match[1]}.text}} 一类", name=self.name)
        return value

    def _value(self, key: str) -> Any:  # noqa: ANN401  text or a list
        if key not in self.values:
            raise PolicyError(f"没有名为“{key}”的占位符", name=self.name, advice=_SEE)
        return self.values[key]

    def _table(self, element: Any, name: str) -> None:  # noqa: ANN401  an lxml element
        if name not in self.grids:
            raise PolicyError(f"没有名为“{name}”的表", name=self.name, advice="可用的表见 docs/papers.md")
        section = self.document.sections[0]
        sides = (section.page_width, section.left_margin, section.right_margin)
        width = (sides[0] - sides[1] - sides[2]) / 360_000 if None not in sides else _WIDTH  # EMU to cm
        table = add_grid(self.document, self.grids[name], width)
        element.addprevious(table._tbl)  # noqa: SLF001  python-docx cannot move a table
        if element.getnext() is None or len(element.getparent()) > 1:
            _replace_all(element, "")


def _text(element: Any) -> str:  # noqa: ANN401  an lxml element
    from docx.oxml.ns import qn

    return "".join(t.text or "" for t in element.iter(qn("w:t")))


def _replace_all(element: Any, text: str) -> None:  # noqa: ANN401  an lxml element
    from docx.oxml.ns import qn

    for number, t in enumerate(element.iter(qn("w:t"))):
        t.text = text if not number else ""


def _replace(element: Any, said: Callable[[re.Match[str]], str]) -> None:  # noqa: ANN401  an lxml element
    """Replace the placeholders of a paragraph, also those that Word has split over runs; looks stay."""
    from docx.oxml.ns import qn

    texts = [t for t in element.iter(qn("w:t")) if next(t.iterancestors(qn("w:p"))) is element]
    whole = "".join(t.text or "" for t in texts)
    for match in reversed(list(_SLOT.finditer(whole))):
        at, new, first = 0, clean(said(match)), True
        for t in texts:
            words = t.text or ""
            start, stop = max(match.start() - at, 0), min(match.end() - at, len(words))
            at += len(words)
            if start < stop:
                t.text = words[:start] + (new if first else "") + words[stop:]
                t.set(qn("xml:space"), "preserve")
                first = False
