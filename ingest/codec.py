"""`Document` as JSON, for the pipe between parse child and parent."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

from models.domain.document import Block, Cell, Document, Paragraph, Picture, ReadNote, Role, Table
from models.domain.errors import ReadError, RefusedError, UnconvertedError

_TEXT_LISTS = ("headers", "footers", "contents", "comments", "deleted", "hidden")


def encode(document: Document) -> bytes:
    """Return the document as JSON in UTF-8; lone surrogates survive as escapes."""
    return json.dumps({"document": asdict(document) | {"blocks": [_block(b) for b in document.blocks]}}).encode()


def encode_error(error: ReadError) -> bytes:
    """Return a reading error as JSON."""
    if isinstance(error, UnconvertedError):
        return json.dumps({"convert": error.format}).encode()
    kind = "refused" if isinstance(error, RefusedError) else "read"
    return json.dumps({"error": kind, "message": error.message, "name": error.name, "advice": error.advice}).encode()


def decode(answer: bytes) -> Document:
    """Return the document of an answer; raises the error it carries, ValueError where cut off."""
    raw = json.loads(answer)
    if "convert" in raw:
        raise UnconvertedError(str(raw["convert"]))
    if "error" in raw:
        kind = RefusedError if raw["error"] == "refused" else ReadError
        raise kind(raw["message"], name=raw["name"], advice=raw["advice"])
    fields: dict[str, Any] = raw["document"]
    fields["blocks"] = tuple(_decoded(b) for b in fields["blocks"])
    fields["notes"] = tuple(ReadNote(**note) for note in fields["notes"])
    fields["properties"] = tuple((key, value) for key, value in fields["properties"])
    for name in ("ocr_pages", "unread_pages"):
        fields[name] = tuple(fields[name])
    for name in _TEXT_LISTS:
        fields[name] = tuple(fields[name])
    return Document(**fields)


def _block(block: Block) -> dict[str, Any]:
    if isinstance(block, Table):
        rows = [[[c.text, c.col, c.rowspan, c.colspan, c.weak] for c in row] for row in block.rows]
        return {"table": rows, "page": block.page}
    if isinstance(block, Picture):
        return {"alt": block.alt, "page": block.page}
    return {name: getattr(block, name) for name in Paragraph.__slots__}


def _decoded(raw: dict[str, Any]) -> Block:
    if "table" in raw:
        return Table(tuple(tuple(Cell(*cell) for cell in row) for row in raw["table"]), raw["page"])
    if "alt" in raw:
        return Picture(raw["alt"], raw["page"])
    return Paragraph(**(raw | {"role": Role(raw["role"])}))
