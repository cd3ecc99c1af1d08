"""The parts of a docx package and their relations."""

from __future__ import annotations

import posixpath
from dataclasses import dataclass

from ingest.archive import Archive
from ingest.xml import Element, parse_xml
from models.domain.document import ReadNote
from models.domain.errors import ReadError, RefusedError

_MAIN = "word/document.xml"


@dataclass(frozen=True, slots=True)
class Relation:
    """One relation of a part; `target` is a part name, or an address where `external`."""

    id: str
    kind: str  # last step of the relation's type, e.g. "header"
    target: str
    external: bool


class Parts:
    """Parts by name, parsed once; `notes` tell what could not be read."""

    def __init__(self, archive: Archive) -> None:
        """Take an opened archive; the caller closes it."""
        self._archive = archive
        self.notes: list[ReadNote] = []
        self._relations: dict[str, list[Relation]] = {}
        self.main = next((r.target for r in self.relations("") if r.kind == "officeDocument"), _MAIN)
        if self.main not in archive and _MAIN in archive:
            self.main = _MAIN

    @property
    def names(self) -> list[str]:
        """Names of all parts."""
        return self._archive.names

    def xml(self, name: str) -> Element | None:
        """Return the root of a part, None where it is missing or cannot be read (a note tells)."""
        if name not in self._archive:
            return None
        try:
            return parse_xml(self._archive.read(name), name, self.notes)
        except RefusedError:
            raise
        except ReadError as error:
            self.notes.append(ReadNote(name, error.message))
            return None

    def bytes(self, name: str) -> bytes | None:
        """Return a part as it is, None where it is missing or cannot be unpacked."""
        try:
            return self._archive.read(name) if name in self._archive else None
        except RefusedError:
            raise
        except ReadError:
            return None

    def body(self) -> Element:
        """Return the root of the main part; ReadError where there is none."""
        if self.main not in self._archive:
            raise ReadError(
                "缺少正文（word/document.xml），文件不完整", advice="请用 Word 或 WPS 打开后另存，再重新提交"
            )
        return parse_xml(self._archive.read(self.main), self.main, self.notes)

    def relations(self, part: str) -> list[Relation]:
        """Return the relations of a part ("" for the package) in their order."""
        if part not in self._relations:
            folder, base = posixpath.split(part)
            root = self.xml(posixpath.join(folder, "_rels", base + ".rels"))
            found = [_relation(element, folder) for element in root if element.get("Id")] if root is not None else []
            self._relations[part] = found
        return self._relations[part]

    def related(self, kind: str, usual: str) -> Element | None:
        """Return the root of the main part's first relation of a kind, else of the part of the usual name."""
        target = next((r.target for r in self.relations(self.main) if r.kind == kind and not r.external), usual)
        return self.xml(target if target in self._archive else usual)


def _relation(element: Element, folder: str) -> Relation:
    target = element.get("Target") or ""
    external = element.get("TargetMode") == "External"
    if not external:
        target = posixpath.normpath(posixpath.join("/" + folder, target)).lstrip("/")
    return Relation(element.get("Id") or "", (element.get("Type") or "").rpartition("/")[2], target, external)
