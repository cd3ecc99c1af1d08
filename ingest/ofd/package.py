"""The parts of an OFD: pages with their templates, resources, attachments. Lengths in the file are mm."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from dataclasses import dataclass

from ingest.archive import Archive
from ingest.xml import Element, parse_xml
from models.domain.document import ReadNote
from models.domain.errors import ReadError, RefusedError

_ADVICE = "请用 OFD 阅读器导出为 PDF 后重新提交"


@dataclass(frozen=True, slots=True)
class Leaf:
    """One page: its number (from 1), its size in mm, and its layers in drawing order, templates included."""

    number: int
    width: float
    height: float
    contents: tuple[Element, ...]


class Package:
    """An opened OFD; `notes` tell what was left out."""

    def __init__(self, archive: Archive, name: str) -> None:
        """Find the first document's root; ReadError where there is none. The caller closes the archive."""
        self._archive = archive
        self._name = name
        self.notes: list[ReadNote] = []
        root = self._xml("OFD.xml")
        where = _text(root, "DocRoot") if root is not None else ""
        if root is None or not where:
            raise ReadError("OFD 文件缺少文档入口，已损坏", name=name, advice=_ADVICE)
        if sum(1 for e in root.iter() if _tag(e) == "DocBody") > 1:
            self.notes.append(ReadNote("全文", "OFD 内有多个文档，只读取第一个"))
        self._main = self._find("", where)
        document = self._xml(self._main)
        if document is None:
            raise ReadError("OFD 文件缺少正文，已损坏", name=name, advice=_ADVICE)
        self.document = document
        self.info = [(_tag(e).lower(), (e.text or "").strip()) for e in root.iter() if _tag(e) in ("Title", "Subject")]

    def leaves(self) -> Iterator[Leaf]:
        """Yield the pages in their order; a part that cannot be read is told in `notes`."""
        templates = {e.get("ID"): e.get("BaseLoc") or "" for e in self._all(self.document, "TemplatePage")}
        usual = _box(_text(self.document, "PhysicalBox")) or (0.0, 0.0, 210.0, 297.0)
        pages = next((e for e in self.document if _tag(e) == "Pages"), None)
        for number, entry in enumerate(() if pages is None else pages, start=1):
            content = self._xml(self._find(self._main, entry.get("BaseLoc") or ""))
            if content is None:
                self.notes.append(ReadNote(f"第{number}页", "页面已损坏，未读取"))
                continue
            box = _box(_text(content, "PhysicalBox")) or usual
            layers: list[Element] = []
            for use in self._all(content, "Template"):
                under = self._xml(self._find(self._main, templates.get(use.get("TemplateID"), "")))
                if under is not None:
                    layers.append(under)
            yield Leaf(number, box[2], box[3], (*layers, content))

    def media(self) -> dict[str, str]:
        """Return where the pictures lie, by resource id."""
        out: dict[str, str] = {}
        for tag in ("PublicRes", "DocumentRes"):
            for place in self._all(self.document, tag):
                at = self._find(self._main, (place.text or "").strip())
                root = self._xml(at)
                base = posixpath.join(posixpath.dirname(at), root.get("BaseLoc") or "") if root is not None else ""
                for item in self._all(root, "MultiMedia") if root is not None else ():
                    out[item.get("ID") or ""] = self._find(base + "/x", _text(item, "MediaFile"))
        return out

    def attachments(self) -> list[tuple[str, str]]:
        """Return (name as shown, part) of the files that are attached."""
        out: list[tuple[str, str]] = []
        for place in self._all(self.document, "Attachments"):
            at = self._find(self._main, (place.text or "").strip())
            root = self._xml(at)
            items = self._all(root, "Attachment") if root is not None else []
            out += [(item.get("Name") or "附件", self._find(at, _text(item, "FileLoc"))) for item in items]
        return out

    def read(self, part: str) -> bytes | None:
        """Return the bytes of a part, None where it is missing."""
        return self._archive.read(part) if part in self._archive else None

    def _xml(self, part: str) -> Element | None:
        if part not in self._archive:
            return None
        try:
            return parse_xml(self._archive.read(part), part, self.notes)
        except RefusedError:
            raise
        except ReadError as error:
            self.notes.append(ReadNote(part, error.message))
            return None

    def _find(self, beside: str, place: str) -> str:
        """Return the part that `place` names: from the root where it begins with /, else beside another part."""
        if place.startswith("/"):
            return posixpath.normpath(place).lstrip("/")
        return posixpath.normpath(posixpath.join(posixpath.dirname(beside), place)).lstrip("/")

    @staticmethod
    def _all(root: Element, tag: str) -> list[Element]:
        return [e for e in root.iter() if _tag(e) == tag]


def _tag(element: Element) -> str:
    return str(element.tag).rpartition("}")[2]


def _text(root: Element, tag: str) -> str:
    """Return the text of the first element of a name."""
    return next(((e.text or "").strip() for e in root.iter() if _tag(e) == tag), "")


def _box(text: str) -> tuple[float, float, float, float] | None:
    """Return the four numbers of a box, None where it has none that make sense."""
    try:
        x, y, wide, high = (float(v) for v in text.split())
    except ValueError:
        return None
    return (x, y, wide, high) if 0 < wide < 1e5 and 0 < high < 1e5 else None
