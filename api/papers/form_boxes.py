"""What the boxes of the 申报表 say, so that every paper says the same of them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from analyzers.procedure import is_blank
from api.papers.places import inner, place
from models.domain.finding import Severity
from models.domain.policy import Policy
from models.domain.report import Report
from models.domain.submission import Field, Kind
from models.form import fields

LEAD = "牵头部门"  # the party of that name says 牵头部门意见
_SEAL = re.compile(r"[（(]?公?[盖签]?章[)）]|(?:负责人|经办人)?签[字名][:：]?\s*$")
_NO = re.compile("^(?:否|不|无|未)")
_BRACKETED = re.compile(r"[（(]([^（()）]*)[)）]")
_YES = re.compile("^是[，,、;；]?")


@dataclass(frozen=True, slots=True)
class Lead:
    """What the lead department says: `words` with their place `at`, else why there are none."""

    words: str
    at: str = ""
    lacking: str = ""
    blank: bool = False  # the form has the box, and nothing in it


def boxes(report: Report, policy: Policy, *keys: str) -> Iterator[Field]:
    """Yield the boxes of the forms that the pack knows by these keys, in their order."""
    forms = (d.document for d in report.documents if d.kind is Kind.FORM)
    yield from (field for form in forms for field in fields(form, policy) if field.key in keys)


def lead(report: Report, policy: Policy, views: Mapping[str, str] | None = None) -> Lead:
    """Return the lead department's opinion: what the reviewer was told (`views`), else what its boxes say."""
    if given := (views or {}).get(LEAD, "").strip():
        return Lead(given.rstrip("。；"))
    if any("PRO-LEAD" in line.rules for line in report.not_checked):
        return Lead("", lacking="申报表本次未能核实")
    if not any(d.kind is Kind.FORM for d in report.documents):
        return Lead("", lacking="材料中未见申报表")
    found = list(boxes(report, policy, "lead_opinion", "priority"))
    told = [field for field in found if not is_blank(field)]
    if told:
        said = "；".join(f"{_name(field)}{_words(field)}" for field in told)
        return Lead(said, place(report, told[0].evidence))
    if found:
        return Lead("", lacking="申报表未填写该栏", blank=True)
    return Lead("", lacking="申报表未见该栏" + _department(report, policy))


def opinion(report: Report, policy: Policy, views: Mapping[str, str] | None, clause: str) -> str:
    """Word it for 初审意见, what is lacking as gravely as the finding is; `clause`: who mends it, where it may wait."""
    said = lead(report, policy, views)
    if said.words:
        return f"“{inner(said.words)}”（见{said.at}）" if said.at else said.words
    found = next((f for f in report.findings if f.rule == "PRO-LEAD"), None)
    if found is not None and found.severity is not Severity.NOTICE:
        return f"{said.lacking}，依据第六条应先行补齐"
    return said.lacking + clause


def cloud(report: Report, policy: Policy) -> Field | None:
    """Return the form's answer to where the system is to run, worded as one: 政务云（虚拟机4台）."""
    for field in boxes(report, policy, "cloud"):
        value = re.sub(r"\s+", "", field.value)
        if not value or is_blank(field):
            continue
        if "云" not in field.label:
            return Field(field.label, value, field.key, field.evidence)
        if _NO.match(value):
            return Field(field.label, "不使用政务云", field.key, field.evidence)
        more = _YES.sub("", value)
        more = found[1] if (found := _BRACKETED.fullmatch(more)) else more
        return Field(field.label, "政务云" + (f"（{more}）" if more else ""), field.key, field.evidence)
    return None


def _name(field: Field) -> str:
    return "优先级为" if field.key == "priority" else ""


def _words(field: Field) -> str:
    """Return the words of a box without seal, signature and empty date."""
    lines = (_SEAL.sub("", line).strip() for line in field.value.splitlines())
    return "".join(line for line in lines if line and not is_blank(Field("", line, "", field.evidence))).rstrip("。；")


def _department(report: Report, policy: Policy) -> str:
    """Say what the department above wrote, where the form asks that one instead."""
    found = list(boxes(report, policy, "department_opinion"))
    told = next((field for field in found if not is_blank(field)), None)
    if told is not None:
        return f"，主管部门意见为“{inner(_words(told))}”"
    return "，主管部门意见栏未填写" if found else ""
