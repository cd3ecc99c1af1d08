"""What the reviewer decided (`--decisions FILE`): on findings, and opinion, advice, measures.

Written so (all of it may be left out):

{"findings": {"<id>": {"decision": "accepted|rejected|changed", "reason": "…", "severity": "warning", "message": "…",
                       "suggestion": "…", "amount_wan": 3}},
 "added": [{"title": "…", "message": "…", "severity": "warning", "clause": "第八条（二）", "suggestion": "…",
            "document": "建设方案.docx", "quote": "…"}],
 "advice": "建议补正后再审", "opinion": "…",
     "measures": [{"kind": "核减", "target": "…", "amount_wan": 3, "text": "…"}],
 "views": {"牵头部门": "同意立项，优先级为高", "第三方": "建议300万元"}, "dispute": "…"}
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from analyzers.conclusion import DECLINED_WITH
from models.domain.errors import PolicyError
from models.domain.finding import Clause, Evidence, Finding, Severity
from models.domain.report import CompletenessRow, Conclusion, Measure, Report

if TYPE_CHECKING:
    from api.store.decisions import Decision as Kept

ADVICE = Literal["建议进入评审", "建议补正后再审", "建议不予立项", "无需申报", "不予受理"]
MEASURES = Literal["核减", "复用", "整合", "暂缓", "会商", "说明", "备案", "转办"]
_NAMED = 3  # reasons an opinion gives


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Decision(_Part):
    """What became of one finding."""

    decision: Literal["accepted", "rejected", "changed"]
    reason: str = ""
    severity: Severity | None = None
    message: str = ""
    suggestion: str = ""
    amount_wan: float | None = None  # what is to be cut of it, instead of what was proposed


class Added(_Part):
    """A finding of the reviewer's own."""

    title: str
    message: str
    severity: Severity = Severity.WARNING
    clause: str = ""
    suggestion: str = ""
    document: str = ""
    quote: str = ""


class Asked(_Part):
    """A measure of the reviewer's own."""

    kind: MEASURES
    target: str
    text: str
    amount_wan: float | None = None


class Decisions(_Part):
    """The whole file; nothing in it means that every finding counts as proposed."""

    findings: dict[str, Decision] = {}
    added: list[Added] = []
    advice: ADVICE | None = None
    opinion: str = ""
    measures: list[Asked] | None = None
    views: dict[str, str] = {}  # 各方意见 by party, for 一页纸 and 初审意见
    dispute: str = ""  # 分歧


def read(path: Path) -> Decisions:
    """Read a decisions file.

    Raises:
        PolicyError: it is none; the message names the place.
    """
    try:
        return Decisions.model_validate_json(path.read_bytes())
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"]) or "文件"
        raise PolicyError(f"{where}：{first['msg']}", name=str(path), advice="写法见 docs/papers.md") from error


def of_store(kept: Iterable[Kept], opinion: str = "", advice: str = "") -> Decisions:
    """Return what the service keeps (`api.store`) of one submission's decisions, opinion and advice.

    Raises:
        ValidationError: an advice that is none.
    """
    findings: dict[str, dict[str, Any]] = {}
    added: list[dict[str, Any]] = []
    for one in kept:
        content = dict(one.content)
        if one.verdict == "added":
            place: dict[str, Any] = next(iter(content.pop("evidence", ())), {})
            told = {key: content[key] for key in ("title", "message", "severity") if content.get(key)}
            added.append({**told, "document": place.get("document", ""), "quote": place.get("quote", "")})
        elif one.verdict != "open":
            told = {key: content[key] for key in ("severity", "message", "amount_wan") if content.get(key) is not None}
            findings[one.finding] = {"decision": one.verdict, "reason": one.reason, **told}
    given = {"findings": findings, "added": added, "opinion": opinion, "advice": advice or None}
    return Decisions.model_validate(given)


def decided(report: Report, decisions: Decisions) -> Report:
    """Return the report as the reviewer leaves it.

    Raises:
        PolicyError: a finding is not in the report, or nothing is left that the advice could rest on.
    """
    left = left_of(report, decisions)
    return replace(left, conclusion=_conclusion(report, left.findings, decisions))


def left_of(report: Report, decisions: Decisions) -> Report:
    """Return the report with the findings as the reviewer leaves them, the conclusion as it was.

    Raises:
        PolicyError: a finding is not in the report.
    """
    known = {f.id for f in report.findings}
    if stray := sorted(set(decisions.findings) - known):
        raise PolicyError(f"报告里没有这条问题：{stray[0]}", name="决定文件", advice="材料改动后请重新作出决定")
    gone = {key for key, d in decisions.findings.items() if d.decision == "rejected"}
    findings = tuple(_changed(f, decisions.findings.get(f.id)) for f in report.findings if f.id not in gone)
    findings += tuple(_added(one) for one in decisions.added)
    rejected = {f.template for f in report.findings if f.id in gone and f.rule.startswith("SEC-")}
    rows = tuple(_row(row, rejected) for row in report.completeness)
    return replace(report, findings=findings, completeness=rows)


def _changed(finding: Finding, decision: Decision | None) -> Finding:
    if decision is None or decision.decision != "changed":
        return finding
    return replace(
        finding,
        severity=decision.severity or finding.severity,
        message=decision.message or finding.message,
        suggestion=decision.suggestion or finding.suggestion,
    )


def _added(added: Added) -> Finding:
    evidence = (Evidence(added.document, added.quote),) if added.quote else ()
    return Finding(
        rule="",
        severity=added.severity,
        title=added.title,
        message=added.message,
        clause=Clause(added.clause, ""),
        evidence=evidence,
        suggestion=added.suggestion,
    )


def _row(row: CompletenessRow, rejected: set[str]) -> CompletenessRow:
    """What the reviewer does not hold to be missing is there."""
    above = row.template.split(".")
    numbers = {".".join(above[: i + 1]) for i in range(len(above))}
    lacking = row.status in {"missing", "empty", "placeholder", "thin"}
    return replace(row, status="present") if lacking and numbers & rejected else row


def _conclusion(report: Report, findings: tuple[Finding, ...], decisions: Decisions) -> Conclusion:
    old = report.conclusion
    untouched = findings == report.findings
    heavy = [f for f in findings if f.severity is not Severity.NOTICE]
    left = {f.id for f in findings}
    if not untouched and not heavy and old.advice != "建议进入评审" and decisions.advice is None:
        raise PolicyError(
            f"原结论“{old.advice}”所依据的问题都已不采用", name="决定文件", advice="请用 advice 写明处理建议"
        )
    if decisions.measures is not None:
        measures = tuple(Measure(m.kind, m.target, m.amount_wan, m.text, ()) for m in decisions.measures)
    else:
        kept = [m for m in old.measures if not m.findings or set(m.findings) & left]
        if decisions.advice == "建议不予立项":
            kept = [m for m in kept if m.kind in DECLINED_WITH]
        measures = tuple(_amended(m, decisions) for m in kept)
    reasons = old.reasons
    if decisions.opinion:
        reasons = (decisions.opinion,)
    elif not untouched or decisions.advice not in {None, old.advice}:
        reasons = tuple(dict.fromkeys(_reason(f) for f in heavy))[:_NAMED]
    return Conclusion(decisions.advice or old.advice, reasons, measures)


def _amended(measure: Measure, decisions: Decisions) -> Measure:
    """Cut what the reviewer says; of a measure that rests on several findings the proposed amount stays."""
    only = decisions.findings.get(measure.findings[0]) if len(measure.findings) == 1 else None
    if only is None or only.decision != "changed" or only.amount_wan is None or measure.kind != "核减":
        return measure
    return replace(measure, amount_wan=only.amount_wan, text=f"建议核减“{measure.target}”{only.amount_wan:g}万元。")


def _reason(finding: Finding) -> str:
    return finding.title + (f"（{finding.clause.ref}）" if finding.clause.ref else "") + "。"
