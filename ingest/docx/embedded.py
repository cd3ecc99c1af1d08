"""Excel objects embedded in a Word file: their tables stand where the object stands."""

from __future__ import annotations

from dataclasses import replace

from ingest.docx.parts import Parts
from models.domain.document import ReadNote, Table
from models.domain.errors import ReadError, RefusedError


class Embedded:
    """The embedded objects of one document, each opened when the text comes to it."""

    def __init__(self, parts: Parts) -> None:
        """Take the parts of the package; `notes` tell what was read and what was not."""
        self._parts = parts
        self.notes: list[ReadNote] = []

    def tables(self, relation: str, program: str) -> list[Table]:
        """Return the tables of the workbook behind a relation id; none, and a note, where it cannot be read."""
        what = f"内嵌对象 {program}".strip()
        target = next((r.target for r in self._parts.relations(self._parts.main) if r.id == relation), "")
        data = self._parts.bytes(target)
        found = _workbook(data, target) if data else None
        if found is None:
            self.notes.append(ReadNote(what, "内嵌对象中的内容未读取"))
            return []
        tables, notes = found
        self.notes.append(ReadNote(what, "内嵌表格已一并读取", harmless=True))
        self.notes += [replace(note, what=f"{what} {note.what}") for note in notes]
        return tables


def _workbook(data: bytes, target: str) -> tuple[list[Table], list[ReadNote]] | None:
    from ingest.sheet import read_workbook
    from ingest.sniff import sniff

    try:
        kind = sniff(data, "").format
        document = read_workbook(data, target, kind) if kind in ("xlsx", "xls") else None
    except RefusedError:
        raise
    except ReadError:
        return None
    if document is None:
        return None
    return [block for block in document.blocks if isinstance(block, Table)], list(document.notes)
