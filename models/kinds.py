"""The kind of paper a submission is (来件类型): a new application, or one that another procedure deals with.

A submission says so itself: in a field of its form, in the title of one of its papers, or, where it has neither plan
nor form, in what its letter asks for. Papers of another project (the acceptance of phase one) say nothing about it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from models.domain.document import Document, Paragraph, Table
from models.domain.finding import QUOTE_LIMIT, Evidence
from models.domain.policy import Policy
from models.domain.submission import Fact, Field, Kind, SubmittedDocument
from models.names import clean_title, cover_title, looks_like_title, same_title
from models.text import squash

NEW = "新申报"
REVIEWED = frozenset({NEW, "补正", "运维"})  # papers of other kinds are routed, not reviewed
_FRONT = 12  # blocks in which a paper's own title stands
_LETTER = 40  # blocks of a letter that are read for what it asks
_LONGEST_TITLE = 80
_SHORTEST_NAME = 8
_ANSWERS = frozenset({"kind", "nature"})  # fields whose value may be a kind of paper
_NAMED = re.compile(r"[《“]([^》”]{4,60})[》”]")
_ABOUT = re.compile(r"^关于(?:申请|组织|开展|提请|调整|变更|终止|对)?(.{4,60}?(?:项目|系统|平台|工程|应用))")
_FILE_TYPE = re.compile(r"\.[A-Za-z0-9]{1,5}$")
_BEHIND = re.compile(
    r"(?:[（(][^（）()]{0,10}[）)]|[-_ 　]?(?:v\d[\d.]*|20\d{6}|盖章版?|扫描件?|终稿|定稿))+$", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class _Claim:
    """A place where a submission says what kind of paper it is."""

    kind: str
    document: str
    evidence: Evidence
    subject: str = ""  # the project it speaks of, "" where it names none
    field: bool = False


def kind_facts(documents: Sequence[SubmittedDocument], fields: Sequence[Field], policy: Policy) -> tuple[Fact, ...]:
    """Return the kind of paper as a fact with its place; nothing where the submission is a new application.

    A letter's own project comes as a fact `title` behind it, for submissions that have neither plan nor form.
    """
    spec: Mapping[str, Any] = (policy.data or {}).get("kinds", {})
    order = list((policy.data or {}).get("kinds_order", spec))
    claims = [*_from_fields(fields, spec), *_from_titles(documents, fields, spec)]
    claims = [c for c in claims if c.kind == NEW or _holds(c, documents, claims, spec, fields)]
    if not claims and not any(d.kind in {Kind.PLAN, Kind.FORM} for d in documents):
        claims = list(_from_letters(documents, spec))
    if any(c.kind == NEW and c.field for c in claims):
        claims = [c for c in claims if c.field]
    ranked = sorted((c for c in claims if c.kind in order), key=lambda c: (order.index(c.kind), not c.field))
    if not ranked:
        return ()
    first = ranked[0]
    source = "form:来件类型" if first.field else "attachment"
    out = [Fact("kind", first.kind, first.evidence.quote, "", first.evidence, source)]
    if first.subject and not any(d.kind in {Kind.PLAN, Kind.FORM} for d in documents):
        out.append(Fact("title", first.subject, first.evidence.quote, "", first.evidence, "attachment"))
    return tuple(out)


def foreign_forms(documents: Sequence[SubmittedDocument], fields: Sequence[Field], policy: Policy) -> frozenset[str]:
    """Return the names of forms of another procedure that speak of another project (phase one's 终验申请表)."""
    spec: Mapping[str, Any] = (policy.data or {}).get("kinds", {})
    claims = list(_from_titles(documents, fields, spec))
    forms = {d.document.name for d in documents if d.kind is Kind.FORM}
    return frozenset(
        c.document for c in claims if c.document in forms and not _holds(c, documents, claims, spec, fields)
    )


def _from_fields(fields: Sequence[Field], spec: Mapping[str, Any]) -> Iterator[_Claim]:
    """Take what a field 申报类型 or the like answers."""
    values = {squash(v): kind for kind, one in spec.items() for v in one.get("values", ())}
    for field in fields:
        kind = values.get(squash(field.value)) if field.key in _ANSWERS else None
        if kind:
            yield _Claim(kind, field.evidence.document, field.evidence, "", field=True)


def _from_titles(
    documents: Sequence[SubmittedDocument], fields: Sequence[Field], spec: Mapping[str, Any]
) -> Iterator[_Claim]:
    """Take what the papers are called: their first lines, then their file names."""
    titles = [(kind, re.compile(t)) for kind, one in spec.items() for t in one.get("titles", ())]
    for submitted in documents:
        name = submitted.document.name
        subject = next((clean_title(f.value) for f in fields if f.key == "title" and f.evidence.document == name), "")
        for line, evidence in _heads(submitted.document):
            kind = next((k for k, rule in titles if rule.search(line)), None)
            if kind:
                yield _Claim(kind, name, evidence, subject or _subject(submitted.document, evidence.quote))
                break


def _heads(document: Document) -> Iterator[tuple[str, Evidence]]:
    """Yield the lines that may be a paper's title, blanks left out, then the names of the file and its folders.

    A title broken over two lines is read as one line too.
    """
    lines: list[tuple[str, Evidence]] = []
    for index, block in enumerate(document.blocks[:_FRONT]):
        if isinstance(block, Paragraph):
            lines.append(
                (
                    _bare(block.text),
                    Evidence(document.name, block.text.strip()[:QUOTE_LIMIT], page=block.page, paragraph=index),
                )
            )
        elif isinstance(block, Table):
            first = block.rows[0] if block.rows else ()
            if len(first) == 1:
                lines.append(
                    (
                        _bare(first[0].text),
                        Evidence(document.name, first[0].text.strip()[:QUOTE_LIMIT], page=block.page, paragraph=index),
                    )
                )
            break
    for (line, evidence), (after, _) in zip(lines, [*lines[1:], ("", None)], strict=False):
        if len(line) <= _LONGEST_TITLE and not re.search(r"[。；：]", line):
            yield line, evidence
            if after and len(line + after) <= _LONGEST_TITLE and not re.search(r"[。；：]", after):
                yield line + after, evidence
    for part in reversed(_FILE_TYPE.sub("", document.name).split("/")):
        yield _bare(part), Evidence(document.name, part[:QUOTE_LIMIT])


def _bare(text: str) -> str:
    return _BEHIND.sub("", re.sub(r"\s+", "", text))


def _subject(document: Document, line: str = "") -> str:
    """Return the project a letter speaks of: 《…》 in its title or text, else what stands behind 关于 in the title."""
    texts = (b.text for b in document.blocks[:_LETTER] if isinstance(b, Paragraph))
    for text in (line, *texts):
        found = _NAMED.search(text)
        if found and looks_like_title(found[1]):
            return clean_title(found[1])
    about = _ABOUT.match(re.sub(r"\s+", "", line))
    return clean_title(about[1]) if about and len(about[1]) >= _SHORTEST_NAME else ""


def _holds(
    claim: _Claim,
    documents: Sequence[SubmittedDocument],
    claims: Sequence[_Claim],
    spec: Mapping[str, Any],
    fields: Sequence[Field],
) -> bool:
    """Tell whether a claim is about this submission: it stands alone, or speaks of the project of plan and form."""
    if claim.field:
        return True
    if spec[claim.kind].get("own"):
        own = next((d.kind for d in documents if d.document.name == claim.document), None)
        return claim.kind != "运维" or own in {Kind.PLAN, Kind.FORM}
    claiming = {c.document for c in claims if not spec[c.kind].get("own") and not c.field}
    others = [d for d in documents if d.kind in {Kind.PLAN, Kind.FORM} and d.document.name not in claiming]
    if not claim.subject:
        form = any(d.document.name == claim.document and d.kind is Kind.FORM for d in documents)
        return not others or (form and all(d.kind is Kind.PLAN for d in others))
    return not others or any(same_title(claim.subject, n) for d in others for n in _names(d, fields))


def _names(submitted: SubmittedDocument, fields: Sequence[Field]) -> list[str]:
    """Return what a plan or form calls its project."""
    stated = [f.value for f in fields if f.key == "title" and f.evidence.document == submitted.document.name]
    front = submitted.sections[0].block if submitted.sections else _FRONT
    lines = [b.text for b in submitted.document.blocks[: min(front, _FRONT)] if isinstance(b, Paragraph)]
    return [clean_title(t) for t in stated if t] + [cover_title(t) for t in lines if looks_like_title(t)]


def _from_letters(documents: Sequence[SubmittedDocument], spec: Mapping[str, Any]) -> Iterator[_Claim]:
    """Take what the sentences of a letter ask for."""
    asks = [(kind, re.compile(s)) for kind, one in spec.items() for s in one.get("says", ())]
    for submitted in documents:
        for index, block in enumerate(submitted.document.blocks[:_LETTER]):
            text = block.text if isinstance(block, Paragraph) else ""
            kind = next((k for k, rule in asks if rule.search(text)), None)
            if kind:
                quote = Evidence(submitted.document.name, text.strip()[:QUOTE_LIMIT], page=block.page, paragraph=index)
                yield _Claim(kind, submitted.document.name, quote, _subject(submitted.document))
                break


def self_funded(found: Sequence[Fact], policy: Policy) -> tuple[Fact, ...]:
    """Return the kind 自筹备案 of a project paid for by 自筹 alone, where its unit is no office (第二十八条).

    What an office calls 自筹 may be public money all the same: that is asked, not routed.
    """
    sources = [f for f in found if f.key == "source"]
    offices = str((policy.data or {}).get("offices", ""))
    unit = next((squash(str(f.value)) for f in found if f.key == "unit"), "")
    if not sources or any(f.value != "自筹" for f in sources) or not unit or not offices or re.search(offices, unit):
        return ()
    first = sources[0]
    return (Fact("kind", "自筹备案", first.as_written, "", first.evidence, first.source),)
