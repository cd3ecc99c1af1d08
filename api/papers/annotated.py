"""批注: the applicant's own docx or pdf with a comment wherever a demand is about; the rest stays byte for byte."""

from __future__ import annotations

import copy
import io
import re
import tempfile
import zipfile
from collections.abc import Iterator, Sequence
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from api.papers.demands import demand, told
from models.domain.errors import SubmissionError
from models.domain.finding import Evidence
from models.domain.policy import Policy
from models.domain.report import Report
from models.domain.submission import Kind, SubmittedDocument

if TYPE_CHECKING:
    from lxml import etree

    Element = etree._Element  # noqa: SLF001  lxml has no public name for it

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_NS = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_XML = "{http://www.w3.org/XML/1998/namespace}"
_RELATION = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/comments"
_CONTENT = "application/vnd.openxmlformats-officedocument.wordprocessingml.comments+xml"
_AUTHOR = "初审"
_AMOUNT = re.compile(r"\d[\d,]*\.\d+|\d[\d,]{2,}")  # of three digits or with a point: no number of a row
_ILLEGAL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")


def annotated(report: Report, policy: Policy, paths: Sequence[Path]) -> tuple[str, bytes]:
    """Return name and bytes of the annotated plan.

    Raises:
        SubmissionError: the plan is neither docx nor pdf, or its file is not among `paths` any more.
        ReadError: the pdf is protected.
    """
    plan = next((d for d in report.documents if d.kind is Kind.PLAN), None)
    if plan is None or plan.document.format not in {"docx", "docm", "pdf"}:
        raise SubmissionError(
            "批注只能写在 Word（docx）或 PDF 方案上", name=plan.document.name if plan else "", advice="可改用补正通知"
        )
    stem, dot, extension = PurePosixPath(plan.document.name).name.rpartition(".")
    data, remarked = _bytes(plan, paths), remarks(report, policy, plan.document.name)
    if plan.document.format == "pdf":
        return f"{stem}（批注）{dot}{extension}", _noted(data, plan.document.name, remarked)
    return f"{stem}（批注）{dot}{extension}", annotate(data, remarked)


def _noted(data: bytes, name: str, remarked: Sequence[tuple[Evidence | None, str]]) -> bytes:
    from ingest.pdf.notes import Note
    from ingest.sandbox import note_safely

    return note_safely(data, name, [Note(e.page if e else None, e.quote if e else "", text) for e, text in remarked])


def remarks(report: Report, policy: Policy, name: str) -> list[tuple[Evidence | None, str]]:
    """Return what is remarked on a document and where; what is absent (no place) is one remark at the start."""
    placed: list[tuple[Evidence | None, str]] = []
    absent: list[str] = []
    for finding in told(report, policy):
        here = [e for e in finding.evidence if e.document == name and e.quote]
        text = demand(report, policy, finding, where=not here)
        if here:
            placed += [(e, text) for e in dict.fromkeys(here)]
        elif not finding.evidence or all(e.document == name for e in finding.evidence):
            absent.append(text)
    listed = "\n".join(f"{i}. {text}" for i, text in enumerate(dict.fromkeys(absent), 1))
    return ([(None, "方案整体：\n" + listed)] if listed else []) + placed


def _bytes(plan: SubmittedDocument, paths: Sequence[Path]) -> bytes:
    import hashlib

    from ingest.package import collect

    with tempfile.TemporaryDirectory(prefix="chushen-") as scratch:
        for file in collect(paths, Path(scratch)).files:
            data = file.path.read_bytes()
            if file.name == plan.document.name and hashlib.sha256(data).hexdigest() == plan.document.sha256:
                return data
    raise SubmissionError("文件在审核后有改动", name=plan.document.name, advice="请重新生成")


def annotate(content: bytes, remarked: Sequence[tuple[Evidence | None, str]]) -> bytes:
    """Return the docx with the remarks as comments at their quotes.

    A quote that is not found word for word (it was pieced together from cells or fields) is remarked at the start.
    """
    from ingest.xml import parse_xml

    with zipfile.ZipFile(io.BytesIO(content)) as source:
        main = _main_part(source)
        folder = main.rpartition("/")[0]
        root = parse_xml(source.read(main), main)
        relations = f"{folder}/_rels/{main.rpartition('/')[2]}.rels"
        listed = parse_xml(source.read(relations), relations)
        types = parse_xml(source.read("[Content_Types].xml"), "[Content_Types].xml")
        target = next((str(r.get("Target")) for r in listed if r.get("Type") == _RELATION), "")
        part = _resolved(folder, target) if target else f"{folder}/comments.xml"
        comments = parse_xml(source.read(part), part) if target else _new_comments()
        _place(root, comments, remarked)
        changed = {main: _serialised(root), part: _serialised(comments)}
        if not target:
            _register(listed, types, part)
            changed |= {relations: _serialised(listed), "[Content_Types].xml": _serialised(types)}
        return _rewritten(source, changed)


def _main_part(source: zipfile.ZipFile) -> str:
    from ingest.xml import parse_xml

    for relation in parse_xml(source.read("_rels/.rels"), "_rels/.rels"):
        if str(relation.get("Type")).endswith("/officeDocument"):
            return str(relation.get("Target")).lstrip("/")
    return "word/document.xml"


def _resolved(folder: str, target: str) -> str:
    return target.lstrip("/") if target.startswith("/") else f"{folder}/{target}"


def _new_comments() -> Element:
    from lxml import etree

    return etree.Element(W + "comments", nsmap={"w": _NS})


def _register(relations: Element, types: Element, part: str) -> None:
    from lxml import etree

    taken = {r.get("Id") for r in relations}
    name = next(f"rIdChushen{i}" for i in range(1, 10_000) if f"rIdChushen{i}" not in taken)
    relation = etree.SubElement(relations, relations.tag.replace("Relationships", "Relationship"))
    relation.attrib.update({"Id": name, "Type": _RELATION, "Target": "/" + part})
    override = etree.SubElement(types, types.tag.replace("Types", "Override"))
    override.attrib.update({"PartName": "/" + part, "ContentType": _CONTENT})


def _serialised(root: Element) -> bytes:
    from lxml import etree

    data: bytes = etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)
    return data


def _rewritten(source: zipfile.ZipFile, changed: dict[str, bytes]) -> bytes:
    """Write the archive anew in its old order; what is not changed keeps its bytes."""
    out = io.BytesIO()
    names = [entry.filename for entry in source.infolist()]
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        for entry in source.infolist():
            target.writestr(entry, changed.get(entry.filename, source.read(entry)), zipfile.ZIP_DEFLATED)
        for name, data in changed.items():
            if name not in names:
                target.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), data, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def _place(root: Element, comments: Element, remarked: Sequence[tuple[Evidence | None, str]]) -> None:
    paragraphs = [p for p in root.iter(W + "p") if _squashed(_words(p))]
    ids = [int(c.get(W + "id") or 0) for c in comments]
    number = max(ids, default=-1)
    for evidence, text in remarked:
        spot = _spot(root, paragraphs, evidence, text) if evidence else None
        paragraph, runs = spot or (paragraphs[0], None)
        number += 1
        note = text if spot or not evidence else f"原文“{evidence.quote}”：{text}"
        _anchor(paragraph, runs if runs is not None else _runs(paragraph), number)
        comments.append(_comment(number, note))


def _runs(paragraph: Element) -> list[Element]:
    """The runs that show text in this paragraph itself, not in a text box of it; deleted ones left out."""
    return [
        run
        for run in paragraph.iter(W + "r")
        if next(run.iterancestors(W + "p"), None) is paragraph
        and next(run.iterancestors(W + "del", W + "moveFrom"), None) is None
    ]


def _run_words(run: Element) -> str:
    signs = {W + "tab": "\t", W + "br": "\n", W + "noBreakHyphen": "-"}
    return "".join(child.text or "" if child.tag == W + "t" else signs.get(str(child.tag), "") for child in run)


def _words(paragraph: Element) -> str:
    return "".join(_run_words(run) for run in _runs(paragraph))


def _squashed(text: str) -> str:
    return re.sub(r"\s+", "", text)


def _spot(
    root: Element, paragraphs: Sequence[Element], evidence: Evidence, remark: str
) -> tuple[Element, list[Element]] | None:
    """Find the quote: a table's by table and row, text by its words; the runs it covers, split at its ends.

    Of a row the cell is remarked on whose amount the remark names, else the one that says most, not its number.
    """
    if evidence.table is not None and evidence.row is not None:
        rows = _rows(root, evidence.table)
        cells = [_squashed(cell) for cell in evidence.quote.split(" | ")]
        within = [p for row in rows[evidence.row : evidence.row + 1] for p in row.iter(W + "p")]
        told = {p: words for p in within if (words := _squashed(_words(p)))}
        told = {p: words for p, words in told.items() if any(words in cell or cell in words for cell in cells if cell)}
        if told:
            amounts = set(_AMOUNT.findall(remark))
            best = max(told, key=lambda p: (told[p] in amounts, len(told[p])))
            return best, _runs(best)
    wanted = _squashed(evidence.quote.rstrip("…"))
    found = [p for p in paragraphs if wanted and wanted in _squashed(_words(p))]
    return (found[0], _covered(found[0], wanted)) if found else None


def _rows(root: Element, number: int) -> list[Element]:
    tables = [t for t in root.iter(W + "tbl") if next(t.iterancestors(W + "tbl"), None) is None]
    return list(tables[number].iter(W + "tr")) if number < len(tables) else []


def _covered(paragraph: Element, wanted: str) -> list[Element]:
    words = _words(paragraph)
    marks = [i for i, sign in enumerate(words) if not sign.isspace()]
    begin = _squashed(words).index(wanted)
    first, last = marks[begin], marks[begin + len(wanted) - 1] + 1
    _split(paragraph, first)
    _split(paragraph, last)
    at, inside = 0, []
    for run in _runs(paragraph):
        length = len(_run_words(run))
        if length and at >= first and at + length <= last:
            inside.append(run)
        at += length
    return inside or _runs(paragraph)


def _split(paragraph: Element, offset: int) -> None:
    """Cut the run that goes over `offset` in two of the same look; only a run of plain text is cut."""
    at = 0
    for run in _runs(paragraph):
        length = len(_run_words(run))
        if at < offset < at + length:
            texts = [child for child in run if child.tag != W + "rPr"]
            if len(texts) != 1 or texts[0].tag != W + "t":
                return
            rest = copy.deepcopy(run)
            words = texts[0].text or ""
            for element, part in ((run, words[: offset - at]), (rest, words[offset - at :])):
                text = next(element.iterchildren(W + "t"))
                text.text = part
                text.set(_XML + "space", "preserve")
            run.addnext(rest)
            return
        at += length


def _anchor(paragraph: Element, runs: Sequence[Element], number: int) -> None:
    from lxml import etree

    def mark(name: str) -> Element:
        element = etree.Element(W + name)
        element.set(W + "id", str(number))
        return element

    reference = etree.Element(W + "r")
    reference.append(mark("commentReference"))
    if not runs:
        paragraph.extend([mark("commentRangeStart"), mark("commentRangeEnd"), reference])
        return
    runs[0].addprevious(mark("commentRangeStart"))
    end = mark("commentRangeEnd")
    runs[-1].addnext(end)
    end.addnext(reference)


def _comment(number: int, text: str) -> Element:
    from lxml import etree

    comment = etree.Element(W + "comment", nsmap={"w": _NS})
    comment.attrib.update({W + "id": str(number), W + "author": _AUTHOR, W + "initials": _AUTHOR})
    for line in _lines(text):
        paragraph = etree.SubElement(comment, W + "p")
        words = etree.SubElement(etree.SubElement(paragraph, W + "r"), W + "t")
        words.text = line
        words.set(_XML + "space", "preserve")
    return comment


def _lines(text: str) -> Iterator[str]:
    yield from (_ILLEGAL.sub("", text).splitlines() or [""])
