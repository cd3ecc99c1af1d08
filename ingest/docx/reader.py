"""docx → Document."""

from __future__ import annotations

import hashlib

from ingest.archive import Archive
from ingest.docx.embedded import Embedded
from ingest.docx.flat import plain
from ingest.docx.inline import Aside
from ingest.docx.names import ENDNOTE_REF, FOOTNOTE_REF, REL_ID, T, w
from ingest.docx.numbering import Numbering
from ingest.docx.parts import Parts
from ingest.docx.story import Shared, Story
from ingest.docx.styles import Styles
from ingest.xml import Element
from models.domain.document import Block, Document, ReadNote
from models.domain.errors import ReadError

_CORE = ("title", "subject", "keywords", "category", "description", "contentStatus", "created", "modified")
_WRITERS = ("}creator", "}lastModifiedBy")
_TELLING, _SHOWN = 2, 20  # letters that make a hidden text worth a note; how much of it is shown


def read_docx(data: bytes, name: str) -> Document:
    """Read a docx or docm; pages are not known to the format, so `page` stays None.

    Raises ReadError where it is damaged, encrypted or has no body, RefusedError beyond the limits.
    """
    archive = Archive(data, name)
    try:
        return _read(Parts(archive), archive, data, name)
    except ReadError as error:
        error.name = error.name or name
        raise
    finally:
        archive.close()


def _read(parts: Parts, archive: Archive, data: bytes, name: str) -> Document:
    root = parts.body()
    body = root.find(w("body"))
    if body is None:
        raise ReadError("正文部分没有内容，文件不完整", advice="请用 Word 或 WPS 打开后另存，再重新提交")
    styles = Styles(parts.related("styles", "word/styles.xml"))
    shared, blocks = _body(parts, styles, root, body)
    headers, footers = _edges(parts, shared, body)
    notes = [*archive.notes, *parts.notes, *shared.aside.notes, *_package_notes(parts)]
    comments = _comments(parts)
    notes += _aside_notes(shared.aside, comments)
    return Document(
        name=name,
        format="docx",
        sha256=hashlib.sha256(data).hexdigest(),
        blocks=tuple(blocks),
        headers=headers,
        footers=footers,
        contents=tuple(shared.contents),
        comments=comments,
        deleted=tuple(shared.aside.deleted),
        hidden=(*shared.aside.hidden, *shared.aside.covered),
        properties=(*_properties(parts), *_authors(parts, root)),
        notes=tuple(dict.fromkeys(notes)),
    )


def _body(parts: Parts, styles: Styles, root: Element, body: Element) -> tuple[Shared, list[Block]]:
    """Read the body; a TOC field that is never closed would swallow it, so it is then read as plain text."""
    numbers, notes = parts.related("numbering", "word/numbering.xml"), _notes(parts)
    background = root.find(w("background"))
    dark = background is not None and (background.get(w("color")) or "auto").upper() not in ("AUTO", "FFFFFF")
    for contents_fields in (True, False):
        embedded = Embedded(parts)
        shared = Shared(styles, Numbering(numbers, styles), notes, Aside(embedded=embedded), dark_page=dark)
        shared.contents_fields = contents_fields
        story = Story(shared)
        blocks = story.read(body)
        if not story.open_contents:
            break
    shared.aside.notes.extend(embedded.notes)
    return shared, blocks


def _notes(parts: Parts) -> dict[tuple[str, str], Element]:
    out: dict[tuple[str, str], Element] = {}
    for tag, kind, usual in (
        (FOOTNOTE_REF, "footnotes", "word/footnotes.xml"),
        (ENDNOTE_REF, "endnotes", "word/endnotes.xml"),
    ):
        root = parts.related(kind, usual)
        for element in root if root is not None else ():
            if element.get(w("type")) in (None, "normal"):
                out[tag, element.get(w("id")) or ""] = element
    return out


def _edges(parts: Parts, shared: Shared, body: Element) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the lines of all headers and of all footers that a section uses, each line once."""
    targets = {r.id: r.target for r in parts.relations(parts.main) if not r.external}
    found: tuple[dict[str, None], dict[str, None]] = ({}, {})
    seen: set[str] = set()
    for reference in body.iter(w("headerReference"), w("footerReference")):
        target = targets.get(reference.get(REL_ID) or "", "")
        root = parts.xml(target) if target and target not in seen else None
        seen.add(target)
        if root is None:
            continue
        story = Story(Shared(shared.styles, shared.numbering, {}))
        lines = plain(story.read(root))
        found[reference.tag == w("footerReference")].update(dict.fromkeys(lines))
    return tuple(found[0]), tuple(found[1])


def _comments(parts: Parts) -> tuple[str, ...]:
    root = parts.related("comments", "word/comments.xml")
    texts = ("".join(t.text or "" for t in comment.iter(T)) for comment in (root if root is not None else ()))
    return tuple(text for text in texts if text.strip())


def _authors(parts: Parts, root: Element) -> tuple[tuple[str, str], ...]:
    """Who wrote, changed or remarked on it, as properties 作者: these are persons, whatever their names look like."""
    core, comments = parts.xml("docProps/core.xml"), parts.related("comments", "word/comments.xml")
    named = [str(e.xpath("string()")) for e in (core if core is not None else ()) if e.tag.endswith(_WRITERS)]
    marked = [*root.iter(w("ins"), w("del"), w("moveTo"), w("moveFrom")), *(comments if comments is not None else ())]
    names = (name.strip() for name in (*named, *(e.get(w("author")) or "" for e in marked)))
    return tuple(("作者", name) for name in dict.fromkeys(names) if name)


def _properties(parts: Parts) -> tuple[tuple[str, str], ...]:
    out: list[tuple[str, str]] = []
    for target in ("docProps/core.xml", "docProps/custom.xml"):
        root = parts.xml(target)
        for element in root if root is not None else ():
            name = element.get("name") or element.tag.rpartition("}")[2]
            value = str(element.xpath("string()")).strip()
            if value and (name in _CORE or target.endswith("custom.xml")):
                out.append((name, value))
    return (*out, *_pages(parts))


def _pages(parts: Parts) -> tuple[tuple[str, str], ...]:
    """How many pages Word last laid it out on, as property `pages`; a file no Word has counted says 0 characters."""
    root = parts.xml("docProps/app.xml")
    counts = {e.tag.rpartition("}")[2]: str(e.text or "") for e in (root if root is not None else ())}
    pages, signs = (counts.get(name, "") for name in ("Pages", "Characters"))
    return (("pages", pages),) if pages.isdecimal() and signs.isdecimal() and int(pages) * int(signs) else ()


def _aside_notes(aside: Aside, comments: tuple[str, ...]) -> list[ReadNote]:
    """Return what stands in the file but is not its text; letters a reader does not see are no harmless matter."""
    out: list[ReadNote] = []
    unseen = [text.strip() for text in aside.hidden if sum(c.isalnum() for c in text) >= _TELLING]
    if unseen:
        why = f"有{len(unseen)}处隐藏、白色或1磅以下的文字（如“{unseen[0][:_SHOWN]}”），未作为正文审核，请核实"
        out.append(ReadNote("隐藏文字", why))
    if aside.deleted:
        out.append(
            ReadNote("修订", f"有{len(aside.deleted)}处修订删除的文字，未作为正文；插入的已按正文读取", harmless=True)
        )
    if comments:
        out.append(ReadNote("批注", f"有{len(comments)}条批注，未作为正文", harmless=True))
    return out


def _package_notes(parts: Parts) -> list[ReadNote]:
    """Return what the package carries that is not read, and never run."""
    out: list[ReadNote] = []
    if "[Content_Types].xml" not in parts.names:
        out.append(ReadNote("[Content_Types].xml", "文件缺少内容类型表，已按 docx 读取"))
    if any(name.endswith("vbaProject.bin") for name in parts.names):
        out.append(ReadNote("宏", "文件带有宏，未读取也未运行"))
    settings = parts.relations("word/settings.xml")
    if any(r.kind == "attachedTemplate" and r.external and "://" in r.target for r in settings):
        out.append(ReadNote("远程模板", "文件引用了远程模板，未访问"))
    return out
