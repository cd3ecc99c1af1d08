"""Image files (jpg, png, tiff, bmp, gif) → Document: every frame a page."""

from __future__ import annotations

import hashlib

from ingest.limits import TEXT
from ingest.scan.found import Recognised
from ingest.scan.pictures import frame_count
from ingest.scan.typeset import Typeset, unread_notes
from models.domain.document import Document
from models.domain.errors import RefusedError


def read_image(data: bytes, name: str, kind: str, recognised: Recognised) -> Document:
    """Read an image file from what recognition found on it; frames that it lacks are in `unread_pages`.

    Raises ReadError where the file is damaged, RefusedError where it is too large.
    """
    from ingest.pdf.flow import flow

    count = frame_count(data, name)
    if count > TEXT.pages:
        raise RefusedError(f"共{count}页，超过{TEXT.pages}页，未读取", name=name, advice="请拆分后重新提交")
    typeset = Typeset(recognised)
    sheets = [typeset.sheet(number) for number in range(1, count + 1) if number in recognised]
    read = flow(sheets)
    unread = tuple(n for n in range(1, count + 1) if n not in recognised)
    return Document(
        name=name,
        format=kind,
        sha256=hashlib.sha256(data).hexdigest(),
        blocks=tuple(read.blocks),
        pages=count,
        headers=tuple(read.headers),
        footers=tuple(read.footers),
        contents=tuple(read.contents),
        ocr_pages=tuple(sorted(n for n in recognised if n <= count)),
        unread_pages=unread,
        notes=(*typeset.notes(), *unread_notes(unread)),
    )
