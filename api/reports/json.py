"""`report.json`: the report field for field, keys in a fixed order, the same bytes for the same report."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from models.domain.document import Document
from models.domain.outline import Section, own_text
from models.domain.report import SCHEMA

if TYPE_CHECKING:
    from models.domain.finding import Evidence, Finding
    from models.domain.report import Dimension, Duplicate, Measure, Report
    from models.domain.submission import Fact, SubmittedDocument

Object = dict[str, Any]


def render(report: Report) -> bytes:
    """Return the report as UTF-8 JSON with a line break at the end."""
    text = json.dumps(as_object(report), ensure_ascii=False, indent=1, allow_nan=False)
    # Text read from a file may hold lone surrogates; they have no UTF-8 and are shown as U+FFFD.
    return (text.encode("utf-8", "surrogatepass").decode("utf-8", "replace") + "\n").encode()


def read(content: bytes) -> Object:
    """Return the object of a `report.json`; ValueError where it is none."""
    found = json.loads(content)
    if not isinstance(found, dict) or found.get("schema") != SCHEMA:
        raise ValueError(f"not a {SCHEMA}")
    return found


def as_object(report: Report) -> Object:
    """Return the report as plain dicts and lists."""
    return {
        "schema": SCHEMA,
        "policy": {
            "id": report.policy.id,
            "title": report.policy.title,
            "version": report.policy.version,
            "sha256": report.policy.sha256,
        },
        "engine": {
            "version": report.engine.version,
            "embedder": report.engine.embedder,
            "corpus": {"systems": report.engine.systems, "sha256": report.engine.register_sha256},
        },
        "not_checked": [{"what": n.what, "why": n.why, "rules": list(n.rules)} for n in report.not_checked],
        "submission": {
            "kind": report.submission.kind,
            "title": report.submission.title,
            "unit": report.submission.unit,
            "nature": report.submission.nature,
            "domain": report.submission.domain,
            "total_wan": _number(report.submission.total_wan),
            "period": report.submission.period,
        },
        "facts": [_fact(f) for f in report.facts],
        "functions": [{"name": f.name, "text": f.text, "evidence": _evidence(f.evidence)} for f in report.functions],
        "documents": [_document(d) for d in report.documents],
        "completeness": [
            {
                "template": row.template,
                "title": row.title,
                "mandatory": row.mandatory,
                "status": row.status,
                "document": row.document,
                "section": row.section,
            }
            for row in report.completeness
        ],
        "findings": [finding_object(f) for f in report.findings],
        "duplicates": [_duplicate(d) for d in report.duplicates],
        "routing": {
            "lead_department": report.routing.lead_department,
            "approval": report.routing.approval,
            "clauses": list(report.routing.clauses),
        },
        "dimensions": [_dimension(d) for d in report.dimensions],
        "conclusion": {
            "advice": report.conclusion.advice,
            "reasons": list(report.conclusion.reasons),
            "measures": [_measure(m) for m in report.conclusion.measures],
        },
    }


def _number(value: float | None, digits: int = 6) -> float | int | None:
    if value is None:
        return None
    rounded = round(float(value), digits)
    return int(rounded) if rounded.is_integer() else rounded


def _evidence(evidence: Evidence) -> Object:
    return {
        "document": evidence.document,
        "section": evidence.section,
        "page": evidence.page,
        "paragraph": evidence.paragraph,
        "table": evidence.table,
        "row": evidence.row,
        "cell": evidence.cell,
        "quote": evidence.quote,
    }


def _fact(fact: Fact) -> Object:
    return {
        "key": fact.key,
        "value": fact.value if isinstance(fact.value, str) else _number(fact.value),
        "as_written": fact.as_written,
        "scope": fact.scope,
        "source": fact.source,
        "evidence": _evidence(fact.evidence),
    }


def _document(item: SubmittedDocument) -> Object:
    document = item.document
    return {
        "name": document.name,
        "kind": item.kind.value,
        "format": document.format,
        "pages": document.pages,
        "sha256": document.sha256,
        "ocr_pages": list(document.ocr_pages),
        "sections": [_section(document, s) for s in item.sections],
    }


def _section(document: Document, section: Section) -> Object:
    page = getattr(document.blocks[section.block], "page", None) if section.block < len(document.blocks) else None
    return {
        "number": section.number,
        "title": section.title,
        "level": section.level,
        "template": list(section.template),
        "chars": sum(not c.isspace() for c in own_text(document, section)),
        "page": page,
        "paragraph": section.block,
    }


def finding_object(finding: Finding) -> Object:
    """Return a finding as the report has it."""
    return {
        "id": finding.id,
        "rule": finding.rule,
        "severity": finding.severity.value,
        "title": finding.title,
        "message": finding.message,
        "clause": {"ref": finding.clause.ref, "text": finding.clause.text},
        "evidence": [_evidence(e) for e in finding.evidence],
        "suggestion": finding.suggestion,
        "confidence": _number(finding.confidence, 2),
        "template": finding.template,
        "document_kind": finding.document_kind,
        "amount_wan": _number(finding.amount_wan),
        "target": finding.target,
    }


def _duplicate(duplicate: Duplicate) -> Object:
    return {
        "system_id": duplicate.system_id,
        "system_name": duplicate.system_name,
        "unit": duplicate.unit,
        "source": duplicate.source,
        "score": _number(duplicate.score, 3),
        "verdict": duplicate.verdict,
        "relation": duplicate.relation,
        "coverage": _number(duplicate.coverage, 3),
        "pairs": [
            {"proposal": p.proposal, "system": p.system, "score": _number(p.score, 3), "kind": p.kind}
            for p in duplicate.pairs
        ],
        "reason": duplicate.reason,
        "level": duplicate.level,
        "status": duplicate.status,
        "note": duplicate.note,
        "features": dict(duplicate.features),
        "examples": [
            {"same": e.same, "proposal": e.proposal, "system": e.system, "features": dict(e.features)}
            for e in duplicate.examples
        ],
    }


def _dimension(dimension: Dimension) -> Object:
    return {
        "name": dimension.name,
        "summary": dimension.summary,
        "quotes": [_evidence(e) for e in dimension.quotes],
        "questions": list(dimension.questions),
    }


def _measure(measure: Measure) -> Object:
    return {
        "kind": measure.kind,
        "target": measure.target,
        "amount_wan": _number(measure.amount_wan),
        "text": measure.text,
        "findings": list(measure.findings),
    }
