"""A review as the review page shows it: documents with marks, findings by family with what people decided."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import pairwise
from typing import Any

from api.http.desk import Desk
from api.reports import json as report_json
from api.reports import phrases, read, stored
from api.store import MissingError
from api.store.decisions import Decision
from api.store.submissions import OUTDATED

Object = dict[str, Any]
FAMILIES = (
    ("NEG", "负面清单"),
    ("SEC", "内容完整性"),
    ("CON", "前后一致性"),
    ("PRO", "程序"),
    ("COM", "要求的回应"),
    ("", "初审人员补充"),
)
PROPOSED = "程序建议"
_AT_ODDS = {  # which findings say that the places of a fact differ
    "total_wan": ("CON-TOTAL", "CON-SUM", "CON-FUNDING"),
    "funding": ("CON-FUNDING", "CON-TOTAL"),
    "title": ("CON-NAME",),
    "unit": ("CON-UNIT",),
    "builder": ("CON-UNIT",),
    "period": ("CON-PERIOD",),
    "nature": ("CON-NATURE",),
}


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a paragraph; `findings` are the ids it is marked for."""

    text: str
    findings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Reviewed:
    """One finished review, decoded; the same for everybody who looks at it."""

    report: Object
    documents: list[Object]


@dataclass(frozen=True, slots=True)
class Family:
    """The findings of one family, each with its decision."""

    name: str
    items: list[tuple[Object, Decision]] = field(default_factory=list)

    @property
    def own(self) -> bool:
        """Whether people added these."""
        return self.name == FAMILIES[-1][1]


@lru_cache(maxsize=32)
def reviewed(json_content: bytes, stored_content: bytes) -> Reviewed:
    """Decode a review and put the marks into its documents; MissingError where another version wrote it otherwise."""
    report = report_json.read(json_content)
    try:
        documents = read.documents(stored.load(stored_content))
    except ValueError:
        raise MissingError(OUTDATED) from None
    marks = _marks(report["findings"])
    for index, document in enumerate(documents):
        _number(document, index, marks)
    return Reviewed(report, documents)


def review_of(desk: Desk, submission: str) -> Reviewed:
    """Return the newest review of a submission; MissingError where there is none."""
    content = desk.submissions.content
    return reviewed(content(submission, "json"), content(submission, "stored"))


def report_of(desk: Desk, submission: str) -> Reviewed:
    """Return the newest review without its documents, which take longer to read; MissingError where there is none."""
    return Reviewed(report_json.read(desk.submissions.content(submission, "json")), [])


def _marks(findings: Sequence[Object]) -> dict[tuple[str, int], list[tuple[int | None, str, str]]]:
    marks: dict[tuple[str, int], list[tuple[int | None, str, str]]] = {}
    for finding in findings:
        for evidence in finding["evidence"]:
            if evidence["paragraph"] is not None:
                place = (evidence["document"], evidence["paragraph"])
                marks.setdefault(place, []).append((evidence["row"], evidence["quote"], finding["id"]))
    return marks


def _number(document: Object, index: int, marks: Mapping[tuple[str, int], list[tuple[int | None, str, str]]]) -> None:
    document["anchor"] = f"d{index}"
    heads = {s["block"]: s["level"] for s in document["outline"]}
    page = None
    for number, block in enumerate(document["blocks"]):
        block["anchor"] = f"d{index}-{number}"
        block["level"] = heads.get(number, 0)
        block["turned"] = block["page"] if block["page"] != page else None
        page = block["page"]
        found = marks.get((document["name"], number), [])
        if "rows" in block:
            block["marked"] = {row: " ".join(f for r, _, f in found if r == row) for row, _, _ in found}
        else:
            block["pieces"] = _pieces(block.get("text", ""), [(quote, f) for _, quote, f in found])


def _pieces(text: str, quotes: Sequence[tuple[str, str]]) -> list[Piece]:
    """Cut a paragraph where quotes begin and end; a quote that is not found to the letter marks the whole of it."""
    spans: list[tuple[int, int, str]] = []
    for quote, finding in quotes:
        start = text.find(quote) if quote else -1
        spans.append((start, start + len(quote), finding) if start >= 0 else (0, len(text), finding))
    cuts = sorted({0, len(text), *(s for s, _, _ in spans), *(e for _, e, _ in spans)})
    pieces = []
    for start, end in pairwise(cuts):
        holds = tuple(dict.fromkeys(f for s, e, f in spans if s <= start and end <= e))
        pieces.append(Piece(text[start:end], holds))
    return pieces or [Piece(text)]


def anchor(found: Reviewed, evidence: Mapping[str, Any]) -> str:
    """Return where on the left side a piece of evidence stands, "" where it stands nowhere."""
    index = next((i for i, d in enumerate(found.documents) if d["name"] == evidence["document"]), None)
    if index is None or evidence.get("paragraph") is None:
        return ""
    row = evidence.get("row")
    return f"d{index}-{evidence['paragraph']}" + (f"-r{row}" if row is not None else "")


def place(found: Reviewed, evidence: Mapping[str, Any]) -> str:
    """Return the place of a piece of evidence in words."""
    report = next((d for d in found.report["documents"] if d["name"] == evidence["document"]), None)
    parts = [evidence["document"]]
    section = evidence.get("section")
    if report and section is not None and section < len(report["sections"]):
        one = report["sections"][section]
        parts.append(f"{one['number']}{one['title']}")
    if evidence.get("page"):
        parts.append(f"第{evidence['page']}页")
    if evidence.get("row") is not None:
        parts.append(f"表格第{evidence['row'] + 1}行")
    return " · ".join(parts)


def place_of(found: Reviewed, document: str, paragraph: int) -> Object:
    """Return the section and the page in which a block of a document stands, None where there is none."""
    one = next((d for d in found.documents if d["name"] == document), None)
    if one is None or paragraph >= len(one["blocks"]):
        return {"section": None, "page": None}
    above = [index for index, section in enumerate(one["outline"]) if section["block"] <= paragraph]
    return {"section": above[-1] if above else None, "page": one["blocks"][paragraph]["page"]}


def families(found: Reviewed, decisions: Mapping[str, Decision]) -> list[Family]:
    """Return the findings by family, decisions beside them, with those that people added."""
    out = [Family(name) for _, name in FAMILIES]
    for finding in found.report["findings"]:
        where = next((i for i, (p, _) in enumerate(FAMILIES) if p and finding["rule"].startswith(p)), len(FAMILIES) - 1)
        out[where].items.append((finding, decisions.get(finding["id"], Decision(finding["id"]))))
    for decision in decisions.values():
        if decision.finding.startswith("m"):
            out[-1].items.append((_added(decision), decision))
    return [family for family in out if family.items]


def finding_of(found: Reviewed, decisions: Mapping[str, Decision], number: str) -> Object | None:
    """Return one finding, the program's or an added one."""
    if number in decisions and number.startswith("m"):
        return _added(decisions[number])
    return next((f for f in found.report["findings"] if f["id"] == number), None)


def _added(decision: Decision) -> Object:
    content = dict(decision.content)
    evidence = content.get("evidence") or []
    return {
        "id": decision.finding, "rule": "", "severity": content.get("severity", "notice"),
        "title": content.get("title", ""), "message": content.get("message", ""), "clause": {"ref": "", "text": ""},
        "evidence": evidence, "suggestion": content.get("suggestion", ""), "confidence": None, "amount_wan": None,
    }  # fmt: skip


def measures(found: Reviewed, decisions: Mapping[str, Decision]) -> list[Object]:
    """Return every measure, what people decided before what the program proposes (`by`: 程序建议)."""
    rows: list[Object] = []
    said: set[str] = set()
    for finding, decision in (item for family in families(found, decisions) for item in family.items):
        kind = decision.content.get("measure")
        if kind or decision.verdict == "rejected":
            said.add(finding["id"])
        if kind and decision.verdict != "rejected":
            why = decision.reason or decision.content.get("message") or finding["message"]
            told = {"kind": kind, "target": finding.get("target") or finding["title"], "text": why, "by": decision.by}
            rows.append({**told, "amount_wan": decision.content.get("amount_wan"), "findings": [finding["id"]]})
    rows.extend(
        {**m, "by": PROPOSED}
        for m in found.report["conclusion"]["measures"]
        if not (m["findings"] and said.issuperset(m["findings"]))
    )
    return rows


def cut_sum(rows: Sequence[Object]) -> float:
    """Return what the 核减 among the measures come to, in 万元."""
    return round(sum(r["amount_wan"] or 0 for r in rows if r["kind"] == "核减"), 4)


def progress(found: Reviewed, decisions: Mapping[str, Decision]) -> tuple[int, int]:
    """Return how many findings are decided and how many there are."""
    every = [d for family in families(found, decisions) for _, d in family.items]
    return sum(d.verdict != "open" for d in every), len(every)


@dataclass(frozen=True, slots=True)
class Stated:
    """One fact: each value with the places that state it; `state`: same, worded (otherwise written) or differs."""

    label: str
    values: list[tuple[str, str, list[Object]]]  # value, scope, statements
    state: str


def facts(report: Object) -> list[Stated]:
    """Return the facts by key; places are said to differ only where a finding says so too."""
    found: list[Stated] = []
    stated, rules = report["facts"], {f["rule"] for f in report["findings"]}
    for key in dict.fromkeys((*phrases.FACTS, *(f["key"] for f in stated))):
        listed = [f for f in stated if f["key"] == key]
        values: dict[tuple[str, str], list[Object]] = {}
        for fact in listed:
            text = fact["as_written"] if fact["value"] is None else phrases.fact_value(key, fact["value"])
            values.setdefault((text, fact["scope"]), []).append(fact)
        several = len(values) > len({scope for _, scope in values})
        at_odds = bool(rules & {*_AT_ODDS.get(key, ()), "CON-FACT"})
        if listed:
            state = ("differs" if at_odds else "worded") if several else "same"
            found.append(Stated(phrases.FACTS.get(key, key), [(v, s, f) for (v, s), f in values.items()], state))
    return found
