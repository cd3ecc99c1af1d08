"""OFD → Document: text in reading order, tables from their lines, template layers, attachments."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import replace

from ingest.archive import Archive
from ingest.limits import TEXT
from ingest.ofd.package import Package
from ingest.ofd.page import take_apart
from ingest.pdf.flow import Sheet, flow
from ingest.scan.found import Recognised
from ingest.scan.typeset import Typeset, as_sheet, unread_notes
from models.domain.document import Block, Document, Paragraph, ReadNote
from models.domain.errors import ReadError, RefusedError

_FEW = 5  # characters: fewer on a page with a picture is a scan
_STAMPED = 60  # the same where the picture covers most of the page


def read_ofd(data: bytes, name: str, recognised: Recognised) -> Document:
    """Read an OFD; pages count from 1. Pages that are pictures are read from `recognised`, else in `unread_pages`.

    Raises ReadError where it is damaged, RefusedError beyond the limits.
    """
    archive = Archive(data, name)
    try:
        package = Package(archive, name)
        sheets, unread, count = _sheets(package, recognised, name)
        added, notes = _attachments(package)
    finally:
        archive.close()
    read = flow(sheets)
    known = Typeset({n: page for n, page in recognised.items() if n <= count})
    return Document(
        name=name,
        format="ofd",
        sha256=hashlib.sha256(data).hexdigest(),
        blocks=(*read.blocks, *added),
        pages=count,
        headers=tuple(read.headers),
        footers=tuple(read.footers),
        contents=tuple(read.contents),
        properties=tuple((key, value) for key, value in package.info if value),
        ocr_pages=tuple(sorted(n for n in recognised if n <= count)),
        unread_pages=tuple(unread),
        notes=tuple(dict.fromkeys((*archive.notes, *package.notes, *notes, *known.notes(), *unread_notes(unread)))),
    )


def _sheets(package: Package, recognised: Recognised, name: str) -> tuple[list[Sheet], list[int], int]:
    typeset = Typeset(recognised)
    sheets: list[Sheet] = []
    unread: list[int] = []
    count = 0
    for leaf in package.leaves():
        count = leaf.number
        if count > TEXT.pages:
            raise RefusedError(f"超过{TEXT.pages}页，未读取", name=name, advice="请拆分后重新提交")
        if leaf.number in recognised:
            sheets.append(typeset.sheet(leaf.number))
            continue
        page, shown = take_apart(leaf)
        if shown and len(page.chars) < (_STAMPED if page.pictured > 0.5 else _FEW):
            unread.append(leaf.number)
        sheets.append(as_sheet(page))
    return sheets, unread, count


def _attachments(package: Package) -> tuple[list[Block], list[ReadNote]]:
    """Read the files attached to it, each after a line with its name; one that cannot be read is named."""
    from ingest.reader import read_bytes

    blocks: list[Block] = []
    notes: list[ReadNote] = []
    for name, part in package.attachments():
        data = package.read(part)
        if data is None:
            notes.append(ReadNote(f"附件“{name}”", "附件缺失，未读取"))
            continue
        file = name if "." in name else name + "." + part.rpartition(".")[2]
        try:
            inner = read_bytes(data, file)
        except RefusedError:
            raise
        except ReadError as error:
            notes.append(ReadNote(f"附件“{name}”", error.message))
            continue
        blocks += [Paragraph(f"附件：{name}", style="attachment"), *(_unpaged(b) for b in inner.blocks)]
        notes += [ReadNote(f"附件“{name}” {note.what}", note.why, note.harmless) for note in inner.notes]
    return blocks, notes


def _unpaged(block: Block) -> Block:
    """Return a block without its page: it counts in the attachment, not in this file."""
    return replace(block, page=None)


def pictures_of(data: bytes, name: str, numbers: Sequence[int]) -> Iterator[tuple[int, bytes, float]]:
    """Yield (number, image file, width in inch) of the largest picture of each page wanted."""
    archive = Archive(data, name)
    try:
        package = Package(archive, name)
        media = package.media()
        for leaf in package.leaves():
            if leaf.number not in numbers:
                continue
            shown = max(take_apart(leaf)[1], key=lambda s: s.share, default=None)
            picture = package.read(media.get(shown.resource, "")) if shown else None
            if shown and picture:
                yield leaf.number, picture, shown.inches
    finally:
        archive.close()
