"""补正对照: what became of each demand of the last notice, and what was changed without being asked for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from api.comparison import Comparison, compare, paired
from api.papers.blocks import Grid
from api.papers.demands import group, of_others, told
from api.papers.places import place, spoken, words
from api.reports import read
from api.reports.json import as_object
from models.domain.finding import Evidence, Finding, Severity
from models.domain.policy import Policy
from models.domain.report import Report

FIXED, PART, OPEN, NEW = "已改", "部分", "未改", "改出新问题"
_LONG = 120  # characters of a changed text shown
_WEIGHT = {Severity.NOTICE: 0, Severity.WARNING: 1, Severity.BLOCKER: 2}


@dataclass(frozen=True, slots=True)
class Row:
    """One demand of the last notice, or a problem that is new: what was wrong, what was asked, where it stands now."""

    problem: str
    asked: str
    where: str
    state: str


def resubmission(report: Report, earlier: Report, policy: Policy) -> tuple[dict[str, Any], dict[str, Grid]]:
    """Return the placeholders and the tables of 补正对照.

    Args:
        report: of what is sent now, with the reviewer's decisions in it.
        earlier: of what was sent before, likewise.
        policy: whose words say what the applicant was told.
    """
    found = compare(as_object(earlier), as_object(report), _as_read(earlier), _as_read(report))
    rows = _rows(report, earlier, policy)
    counts = {state: sum(row.state == state for row in rows) for state in (FIXED, PART, OPEN, NEW)}
    unasked = [c for c in found.changes if not c.asked]
    values = {
        "asked_count": str(len(rows) - counts[NEW]),
        **dict(zip(("fixed", "part", "open", "new"), map(str, counts.values()), strict=True)),
        "unasked": str(len(unasked)) if unasked else "",
        "unasked_money": str(sum(c.money for c in unasked)),
    }
    return values, {"补正结果": _results(rows), "自行改动": _unasked(found)}


def _as_read(report: Report) -> Sequence[Mapping[str, Any]]:
    return read.documents(report)


def _rows(report: Report, earlier: Report, policy: Policy) -> list[Row]:
    """One row for each finding the applicant was told of, then the problems that are new."""
    before, after = _told(earlier, policy), _told(report, policy)
    pairs = paired(before, after)
    now = {old["id"]: new["finding"] for old, new in pairs}
    known = {new["id"] for _, new in pairs}
    rows = []
    for old in (entry["finding"] for entry in before):
        new = now.get(old.id)
        problem = _problem(earlier, policy, old)
        rows.append(Row(problem, old.suggestion, _where(report, earlier, old, new), _state(old, new)))
    return rows + [
        Row(f"（上次未提出）{_problem(report, policy, f)}", f.suggestion, _at(report, f), NEW)
        for f in (entry["finding"] for entry in after)
        if f.id not in known and group(f) != "improve"
    ]


def _problem(report: Report, policy: Policy, finding: Finding) -> str:
    """Say what was found; of another unit's system or project no more than the applicant was told."""
    if of_others(report, finding):
        return str(words(policy, "notice_words")["near_other"])
    return spoken(report, finding, _LONG) + "。"


def _told(report: Report, policy: Policy) -> list[dict[str, Any]]:
    """The findings told, as `paired` takes them, with the finding itself beside."""
    return [
        {"id": f.id, "rule": f.rule, "template": f.template, "title": f.title, "finding": f}
        for f in told(report, policy)
    ]


def _state(old: Finding, new: Finding | None) -> str:
    if new is None:
        return FIXED
    lighter = _WEIGHT[new.severity] < _WEIGHT[old.severity]
    fewer = 0 < len(new.evidence) < len(old.evidence)
    if _WEIGHT[new.severity] > _WEIGHT[old.severity]:
        return f"{OPEN}，且有加重"
    return PART if lighter or fewer else OPEN


def _where(report: Report, earlier: Report, old: Finding, new: Finding | None) -> str:
    """Say where it stands now: the new evidence, the section that answers the item, or the section it stood in."""
    if new is not None and new.evidence:
        return "、".join(dict.fromkeys(place(report, e) for e in new.evidence[:2]))
    row = next((r for r in report.completeness if r.template == old.template and r.document), None)
    if old.template and row is not None:
        return _section(report, row.document or "", row.section)
    for evidence in old.evidence:
        title = _title(earlier, evidence)
        for item in report.documents:
            same = next((s for s in item.sections if title and s.title == title), None)
            if same is not None:
                return _section(report, item.document.name, same.index) + "（原文已改）"
    return "原文已改" if new is None and old.evidence else "未见"


def _title(report: Report, evidence: Evidence) -> str:
    sections = next((d.sections for d in report.documents if d.document.name == evidence.document), ())
    at = evidence.section
    return sections[at].title if at is not None and at < len(sections) else ""


def _section(report: Report, document: str, section: int | None) -> str:
    page = _page(report, document, section)
    return place(report, Evidence(document, "", section=section, page=page))


def _page(report: Report, document: str, section: int | None) -> int | None:
    item = next((d for d in report.documents if d.document.name == document), None)
    if item is None or section is None or section >= len(item.sections):
        return None
    block = item.sections[section].block
    return item.document.blocks[block].page if block < len(item.document.blocks) else None


def _at(report: Report, finding: Finding) -> str:
    return "、".join(dict.fromkeys(place(report, e) for e in finding.evidence[:2])) or "未见"


def _results(rows: Sequence[Row]) -> Grid:
    heads = ("序号", "上次问题", "要求", "申报单位答复", "修改后位置", "系统比对", "审核员确认")
    cells = [(str(i), r.problem, r.asked, "", r.where, r.state, "") for i, r in enumerate(rows, 1)]
    return Grid(heads, tuple(cells) or (("—", "上次未提出问题", *("—",) * 5),), (1.3, 6.2, 5, 3.4, 4.2, 2.2, 2.4))


def _unasked(found: Comparison) -> Grid:
    """What was changed though nobody had asked, amounts first."""
    heads = ("序号", "类别", "事项", "上次", "本次", "审核员确认")
    changes = [c for c in found.changes if not c.asked]
    rows = [
        (str(i), "金额" if c.money else "内容", c.what.replace(" | ", "　"), _cut(c.before), _cut(c.after), "")
        for i, c in enumerate(changes, 1)
    ]
    return Grid(heads, tuple(rows) or (("—", "—", "未发现", "—", "—", "—"),), (1.3, 1.6, 6, 6.4, 6.4, 3))


def _cut(text: str) -> str:
    text = text.replace(" | ", "　")
    return text if len(text) <= _LONG else text[:_LONG] + "……"
