"""补正对照: what became of each demand of the last notice, and what was changed without being asked for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from api.changed.change import ADDED, Change
from api.changed.documents import changes
from api.changed.said import key
from api.comparison import paired
from api.papers.answered import FIXED, NONE, OPEN, PART, UNSURE, Beside, answer, is_about, may_answer, now, state, was
from api.papers.blocks import Grid
from api.papers.demands import Demand, numbered
from api.papers.places import inner, place, quoted
from api.papers.replies import is_reply, replies
from models.domain.document import Picture
from models.domain.finding import Evidence, Finding
from models.domain.policy import Policy
from models.domain.report import Report
from models.domain.submission import SubmittedDocument
from models.passages import passages
from models.text import squash

NEW, MISSED = "改出新问题", "上次已有，上次未告知"
_LONG = 120  # characters of a text shown


@dataclass(frozen=True, slots=True)
class Row:
    """A demand of the last notice by its number, or a problem that is new: what was asked, the words then and now."""

    mark: str
    asked: str
    before: str
    after: str
    state: str
    note: str = ""
    reply: str = ""


def resubmission(report: Report, earlier: Report, policy: Policy) -> tuple[dict[str, Any], dict[str, Grid]]:
    """Return the placeholders and the tables of 补正对照.

    Args:
        report: of what is sent now, with the reviewer's decisions in it.
        earlier: of what was sent before, likewise.
        policy: whose words say what the applicant was told.
    """
    names = {n for r in (earlier, report) for n in (r.submission.title, r.submission.unit) if n}
    both = Beside.of(earlier, report, changes(earlier.documents, report.documents, sorted(names)))
    asked = numbered(earlier, policy)
    rows = [*_rows(both, asked, policy)]
    counts = [sum(row.state == one for row in rows) for one in (FIXED, PART, OPEN, UNSURE)]
    unasked = _unasked(both, asked)
    values = {
        "asked_count": str(len(asked)),
        **dict(zip(("fixed", "part", "open", "unsure"), map(str, counts), strict=True)),
        "new": str(len(rows) - len(asked)),
        "unasked": str(len(unasked)) if unasked else "",
        "unasked_money": str(sum(change.money for change, _ in unasked)),
        "uncompared": "；".join(_uncompared(earlier, report)),
    }
    return values, {"补正结果": _results(rows), "自行改动": _changed(both, unasked)}


def _rows(both: Beside, asked: Sequence[Demand], policy: Policy) -> Iterator[Row]:
    """One row for each demand of the notice in its order, then the problems that are new."""
    after, said = numbered(both.report, policy), replies(both.report)
    old, new = ([_entry(f) for one in some for f in one.findings] for some in (asked, after))
    again = {o["id"]: n["finding"] for o, n in paired(old, new)}
    for one in asked:
        found = [(f, again.get(f.id)) for f in one.findings]
        told, notes = _together([state(both, f, a) for f, a in found])
        before = "\n".join(dict.fromkeys(was(both, f) for f, _ in found))
        there = "\n".join(dict.fromkeys(now(both, f, a) for f, a in found))
        yield Row(one.mark, _asked(one), before, there, told, notes, said.get(squash(one.mark), ""))
    known = {f.id for f in again.values()}
    fresh = [one for one in after if one.part != "improve" and not known & {f.id for f in one.findings}]
    for number, one in enumerate(fresh, 1):
        yield _fresh(both, number, one)


def _entry(finding: Finding) -> dict[str, Any]:
    """A finding as `paired` takes it, with the finding itself beside."""
    told = {"id": finding.id, "rule": finding.rule, "template": finding.template, "title": finding.title}
    return {**told, "finding": finding}


def _asked(one: Demand) -> str:
    return one.subject + "。" + one.findings[0].suggestion


def _together(states: Sequence[tuple[str, str]]) -> tuple[str, str]:
    """Return the state of a demand from those of its findings: met where all are, partly where some are."""
    told = [s for s, _ in states]
    whole = told[0] if len(set(told)) == 1 else PART
    return whole, "；".join(dict.fromkeys(note for _, note in states if note))


def _fresh(both: Beside, number: int, one: Demand) -> Row:
    """A problem that the notice did not name: the words were there before, or they are new."""
    evidence = [e for f in one.findings for e in f.evidence][:3]
    before = [at for e in evidence if (at := _before(both, e)) is not None]
    template = one.findings[0].template
    told = "\n".join(dict.fromkeys(quoted(both.earlier, e, _LONG) for e in before))
    there = "\n".join(dict.fromkeys(quoted(both.report, e, _LONG) for e in evidence))
    if not evidence:
        told, there = answer(both.earlier, template), answer(both.report, template)
    missed = bool(evidence) and len(before) == len(evidence)
    if missed and one.findings[0].rule.startswith("CON-"):  # the same words may disagree with others that were changed
        places = list(zip(evidence, before, strict=True))
        missed = not any(_near(c.new, there) or _near(c.old, here) for c in both.changes for there, here in places)
    return Row(f"新增{number}", f"（上次未提出）{_asked(one)}", told or NONE, there or NONE, MISSED if missed else NEW)


def _near(one: Evidence | None, other: Evidence) -> bool:
    """Say whether two places lie in the same table or under the same heading."""
    if one is None or one.document != other.document:
        return False
    table = one.table is not None and one.table == other.table
    return table or (one.section is not None and one.section == other.section)


def _before(both: Beside, evidence: Evidence) -> Evidence | None:
    """Return where the earlier submission said the same."""
    asked = key(evidence.quote)
    some = (p.evidence for d in both.earlier.documents for p in passages(d) if asked and asked in key(p.text))
    return next(some, None)


def _unasked(both: Beside, asked: Sequence[Demand]) -> list[tuple[Change, str]]:
    """Return the changes no demand is about, amounts first, each with the number of the demand it may answer."""
    found: list[tuple[Change, str]] = []
    for change in both.changes:
        about = [(one.mark, f) for one in asked for f in one.findings if is_about(both, change, f)]
        if change.kind.startswith("章节") and any(f.evidence for _, f in about):
            cited = dict.fromkeys(mark for mark, _ in about)  # more was taken out than the words complained of
            found.append((change, f"含{'；'.join(cited)}所引原文，请核对"))
        if about:
            continue
        marks = [one.mark for one in asked if any(may_answer(both, change, f) for f in one.findings)]
        if change.kind == ADDED:
            if is_reply(_document(both.report, change.new)):
                continue
            marks = [one.mark for one in asked if one.part == "explain"]
        found.append((change, f"可能答复{'；'.join(marks)}，请核对" if marks else "未要求"))
    return sorted(found, key=lambda pair: not pair[0].money)


def _document(report: Report, at: Evidence | None) -> SubmittedDocument:
    return next(d for d in report.documents if at is not None and d.document.name == at.document)


def _uncompared(earlier: Report, report: Report) -> Iterator[str]:
    """Yield what could not be compared, and why."""
    for when, one in (("上次", earlier), ("本次", report)):
        yield from (f"{when}“{n.what}”（{n.why.rstrip('。')}）" for n in one.not_checked)
        for item in one.documents:
            name = item.document.name.rpartition("/")[2]
            if item.document.ocr_pages:
                yield f"{when}“{name}”由图片识别，个别字的差异可能是识别误差"
            pictures = sum(isinstance(b, Picture) for b in item.document.blocks)
            if pictures:
                yield f"{when}“{name}”中图片{pictures}幅，图片里的内容没有比对"


def _results(rows: Sequence[Row]) -> Grid:
    heads = ("通知序号", "通知要求", "原文（上次）", "现文（本次）", "申报单位答复", "比对结果", "审核员确认")
    cells = [
        (r.mark, r.asked, r.before, r.after, r.reply, r.state + (f"\n（{r.note}）" if r.note else ""), "") for r in rows
    ]
    none = ("—", "上次未提出问题", *("—",) * 5)
    return Grid(heads, tuple(cells) or (none,), (2.0, 4.5, 5.6, 5.8, 2.0, 2.6, 2.4))


def _changed(both: Beside, unasked: Sequence[tuple[Change, str]]) -> Grid:
    heads = ("序号", "类别", "原文（上次）", "现文（本次）", "与通知的关系", "审核员确认")
    rows = [
        (
            *(str(i), c.kind, _side(both.earlier, c, c.old, c.before) or "（原无）"),
            *(_side(both.report, c, c.new, c.after) or "（已删除）", relation, ""),
        )
        for i, (c, relation) in enumerate(unasked, 1)
    ]
    none = ("—", "—", "未发现", "—", "—", "—")
    return Grid(heads, tuple(rows) or (none,), (1.3, 2.2, 7.9, 7.9, 3.0, 2.2))


def _side(report: Report, change: Change, at: Evidence | None, text: str) -> str:
    """Return place and words of one side; a heading says itself where it stands."""
    if at is None:
        return ""
    if change.kind[:2] in {"材料", "章节", "标题"}:
        return text + (f"（第{at.page}页）" if at.page else "")
    return f"{place(report, at)}：“{inner(text)}”"
