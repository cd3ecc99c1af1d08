"""XML of strangers: no DOCTYPE, no entities, no network, bounded depth; small damage mended with a note."""

from __future__ import annotations

import re
from xml.parsers import expat
from xml.sax.saxutils import escape, quoteattr

from lxml import etree

from ingest.limits import TEXT
from models.domain.document import ReadNote
from models.domain.errors import ReadError, RefusedError

Element = etree._Element  # noqa: SLF001 - lxml has no public name for it

_ENCODINGS = {"utf-8", "utf8", "utf-16", "utf-16le", "utf-16be", "us-ascii", "ascii", "gbk", "gb2312", "gb18030"}
_DECLARED = re.compile(r"""<\?xml[^>]*?encoding\s*=\s*["']([A-Za-z0-9._-]+)["']""")
_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_REFERENCE = re.compile(r"&#(?:x([0-9A-Fa-f]+)|([0-9]+));")
_STRICT = (
    (b"http://purl.oclc.org/ooxml/wordprocessingml/", b"http://schemas.openxmlformats.org/wordprocessingml/2006/"),
    (b"http://purl.oclc.org/ooxml/drawingml/", b"http://schemas.openxmlformats.org/drawingml/2006/"),
    (
        b"http://purl.oclc.org/ooxml/officeDocument/relationships",
        b"http://schemas.openxmlformats.org/officeDocument/2006/relationships",
    ),
)


def parse_xml(data: bytes, part: str, notes: list[ReadNote] | None = None) -> Element:
    """Parse one part; RefusedError on a DOCTYPE, ReadError where it cannot be read, `notes` tell what was mended."""
    _refuse_doctype(data, part)
    if b"purl.oclc.org/ooxml" in data:
        for strict, usual in _STRICT:
            data = data.replace(strict, usual)
    try:
        return _parse(data)
    except etree.XMLSyntaxError:
        return _mended(data, part, notes if notes is not None else [])


def _parse(data: bytes, *, huge: bool = False) -> Element:
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=huge,
        remove_comments=True,
        remove_pis=True,
    )
    return etree.fromstring(data, parser)


def _refuse_doctype(data: bytes, part: str) -> None:
    marks = [mark for codec in ("ascii", "utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be") for mark in _marks(codec)]
    if any(mark in data for mark in marks):
        raise RefusedError(
            f"{part} 中含有文档类型声明（可能引用外部实体），已拒绝读取", advice="请用 Word 或 WPS 另存后重新提交"
        )
    head = data[:400].replace(b"\0", b"").decode("ascii", "replace")
    declared = _DECLARED.search(head)
    if declared and declared[1].lower() not in _ENCODINGS:
        raise RefusedError(f"{part} 使用不支持的编码 {declared[1][:20]}", advice="请用 Word 或 WPS 另存后重新提交")


def _marks(codec: str) -> tuple[bytes, bytes]:
    return "<!DOCTYPE".encode(codec), "<!ENTITY".encode(codec)


def _mended(data: bytes, part: str, notes: list[ReadNote]) -> Element:
    """Second try: illegal characters out, then too deep elements out; a note for each."""
    text = _text(data)
    clean = _REFERENCE.sub(_legal_reference, _ILLEGAL.sub("", text))
    try:
        if clean != text or "\ufffd" in clean:
            notes.append(ReadNote(part, "含有非法字符，已略去"))
        body = clean.encode("utf-8")
        try:
            return _parse(body)
        except etree.XMLSyntaxError:
            pruned, cut = _pruned(body)
            root = _parse(pruned, huge=True)
            if cut:
                notes.append(ReadNote(part, "内容嵌套过深，过深的部分未读取"))
            return root
    except (etree.XMLSyntaxError, expat.ExpatError, ValueError) as error:
        raise ReadError(f"{part} 已损坏，无法读取", advice="请用 Word 或 WPS 打开后另存，再重新提交") from error


def _text(data: bytes) -> str:
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        text = data.decode("utf-16", "replace")
    else:
        declared = _DECLARED.search(data[:400].decode("ascii", "replace"))
        codec = declared[1].lower() if declared else "utf-8"
        text = data.decode("gb18030" if codec.startswith("gb") else "utf-8", "replace")
    return re.sub(r"^\ufeff?\s*<\?xml[^>]*\?>", "", text, count=1).lstrip("\ufeff")


def _legal_reference(match: re.Match[str]) -> str:
    digits, base = (match[1], 16) if match[1] else (match[2], 10)
    if len(digits) > 8:
        return ""
    code = int(digits, base)
    legal = code in (9, 10, 13) or 0x20 <= code <= 0xD7FF or 0xE000 <= code <= 0xFFFD or 0x10000 <= code <= 0x10FFFF
    return match[0] if legal else ""


def _pruned(data: bytes) -> tuple[bytes, int]:
    """Return the XML with all elements deeper than the limit left out, and how many those were."""
    out: list[str] = []
    depth = cut = 0
    limit = TEXT.xml_depth

    def start(tag: str, attributes: dict[str, str]) -> None:
        nonlocal depth, cut
        depth += 1
        if depth > limit:
            cut += 1
            return
        out.append(f"<{tag}" + "".join(f" {k}={quoteattr(v)}" for k, v in attributes.items()) + ">")

    def end(tag: str) -> None:
        nonlocal depth
        if depth <= limit:
            out.append(f"</{tag}>")
        depth -= 1

    def characters(text: str) -> None:
        if depth <= limit:
            out.append(escape(text))

    parser = expat.ParserCreate()
    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = characters
    parser.Parse(data, True)  # noqa: FBT003 - the signature of expat
    return "".join(out).encode("utf-8"), cut
