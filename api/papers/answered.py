"""What became of a demand: the words it was about, then and now, and whether it is met."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher

from api.changed.change import ADDED, Change
from api.changed.documents import pair_documents
from api.changed.said import key
from api.papers.demands import group
from api.papers.places import inner, place, quoted, shortened
from models.domain.finding import Evidence, Finding, Severity
from models.domain.outline import descendants, full_text
from models.domain.report import CompletenessRow, Report
from models.domain.submission import SubmittedDocument
from models.passages import passages

FIXED, PART, OPEN, UNSURE = "已补正", "部分补正", "未补正", "无法判断"
NONE = "（未见）"
_LONG = 120  # characters of a text shown
_QUOTES = 3  # places of a finding shown
_TELLS = 6  # characters of a key that tell a text from others
_WORDS = 5  # characters in a row that an answer shares with what was asked
_BETTER = {"missing": 0, "empty": 1, "placeholder": 1, "unclear": 1, "thin": 2, "merged": 3, "present": 3}
_WEIGHT = {Severity.NOTICE: 0, Severity.WARNING: 1, Severity.BLOCKER: 2}
_NUMBER = re.compile(r"\d[\d.]*")


@dataclass(frozen=True, slots=True)
class Beside:
    """Both reviews with every difference of their texts."""

    earlier: Report
    report: Report
    changes: Sequence[Change]
    pairs: dict[str, SubmittedDocument] = field(default_factory=dict)  # later document by the earlier one's name

    @classmethod
    def of(cls, earlier: Report, report: Report, changes: Sequence[Change]) -> Beside:
        """Put two reviews beside one another."""
        return cls(earlier, report, changes, pair_documents(earlier.documents, report.documents))


def is_about(both: Beside, change: Change, finding: Finding) -> bool:
    """Say whether a change touches what was found: the words quoted, the template's item, the values that differ."""
    if any(_holds(change, evidence) for evidence in finding.evidence):
        return True
    if finding.template and not finding.evidence:
        return any(
            at is not None and (at.document, at.section) in _answering(report, finding.template)
            for report, at in ((both.earlier, change.old), (both.report, change.new))
        )
    if finding.rule.startswith("CON-"):
        gone = set(_NUMBER.findall(change.before)) - set(_NUMBER.findall(change.after))
        told = set(_NUMBER.findall(finding.message + "".join(e.quote for e in finding.evidence)))
        return bool(gone) and gone <= told
    return False


def may_answer(both: Beside, change: Change, finding: Finding) -> bool:
    """Say whether new words may be an answer: they name what was asked for, or are added under the same heading."""
    if change.new is None or change.money or finding.rule.startswith("CON-"):
        return False
    if finding.target and finding.target in change.after:
        return True
    if not finding.evidence:
        asked = key(finding.message + finding.suggestion)
        match = SequenceMatcher(None, asked, change.keys[1], autojunk=False).find_longest_match()
        return match.size >= _WORDS
    heads = {_title(both.earlier, e.document, e.section) for e in finding.evidence}
    return not change.before and _title(both.report, change.new.document, change.new.section) in heads - {""}


def was(both: Beside, finding: Finding) -> str:
    """Return the words it was about with their places."""
    if finding.evidence:
        return "\n".join(dict.fromkeys(quoted(both.earlier, e, _LONG) for e in finding.evidence[:_QUOTES]))
    return answer(both.earlier, finding.template) or NONE


def now(both: Beside, finding: Finding, again: Finding | None) -> str:
    """Return the words as they are: what the quoted ones became, else where the item is answered."""
    told = [*_became(both, finding, again)] if finding.evidence else []
    if not finding.evidence:
        item = answer(both.report, finding.template)
        told = [item] if item else []
    if not told or again is not None:
        near = [c for c in both.changes if may_answer(both, c, finding) and not is_about(both, c, finding)]
        told += [f"{place(both.report, c.new)}新写：“{inner(c.after)}”" for c in near[:2] if c.new]
    return "\n".join(dict.fromkeys(told)) or NONE


def state(both: Beside, finding: Finding, again: Finding | None) -> tuple[str, str]:
    """Return whether a demand is met, and why that cannot be said or what else there is to know."""
    touched = any(is_about(both, c, finding) for c in both.changes)
    answered = any(may_answer(both, c, finding) for c in both.changes)
    if again is None:
        return _no_more(both, finding, touched=touched or answered)
    if is_worse(again, finding):
        return OPEN, "比上次更重"
    better = _rank(both.report, finding) > _rank(both.earlier, finding)
    if again.severity is not finding.severity or 0 < len(again.evidence) < len(finding.evidence) or better:
        return PART, ""
    added = [c.after for c in both.changes if c.kind == ADDED]
    if added and group(finding) == "explain" and not touched and not answered:
        return UNSURE, "方案未改；新增材料“" + "”“".join(added) + "”是否已作说明，请核对"
    return OPEN, "有改动，问题仍在" if touched else "另有相关文字，请核对" if answered else ""


def is_worse(again: Finding, finding: Finding) -> bool:
    """Say whether what was found again weighs more than before."""
    return _WEIGHT[again.severity] > _WEIGHT[finding.severity]


def _no_more(both: Beside, finding: Finding, *, touched: bool) -> tuple[str, str]:
    unread = [n for n in both.report.not_checked if finding.rule in n.rules]
    if unread:
        return UNSURE, f"{unread[0].what}：{unread[0].why}"
    lost = [e.document for e in finding.evidence if e.document not in both.pairs]
    if lost and len(lost) == len(finding.evidence):
        return UNSURE, "原材料本次未报送"
    if not finding.evidence:
        row = _row(both.report, finding.template)
        if row is not None and row.status == "unclear":
            return UNSURE, "该项本次未能识别"
        return (FIXED, "") if touched or row is not None else (UNSURE, "本次未再发现此问题，未找到对应的改动")
    return (FIXED, "") if touched else (UNSURE, "原文未改，本次未再发现此问题")


def _became(both: Beside, finding: Finding, again: Finding | None) -> Iterator[str]:
    """Yield for each quote what it is now."""
    for evidence in finding.evidence[:_QUOTES]:
        item = both.pairs.get(evidence.document)
        if item is None:
            yield "（原材料本次未报送）"
            continue
        asked, some = key(evidence.quote), [c for c in both.changes if _holds(c, evidence)]
        stands = next((p.evidence for p in passages(item) if asked and asked in key(p.text)), None)
        if stands is not None and not some:
            yield f"{place(both.report, stands)}：原文未改"
        for change in some[:2]:
            at = place(both.report, change.new) if change.new else ""
            yield f"{at}“{inner(change.after)}”" if change.after else "（已删除）"
    if again is not None:
        known = {key(e.quote) for e in finding.evidence}
        yield from (quoted(both.report, e, _LONG) for e in again.evidence[:2] if key(e.quote) not in known)
    elif not any(_holds(c, e) for c in both.changes for e in finding.evidence):
        some = [c for c in both.changes if is_about(both, c, finding) and c.new]
        yield from (f"{place(both.report, c.new)}“{inner(c.after)}”" for c in some[:2] if c.new)


def _holds(change: Change, evidence: Evidence) -> bool:
    """Whether the change is one of the words quoted."""
    old, asked = change.keys[0].replace("|", ""), key(evidence.quote)
    same = change.old is not None and change.old.document == evidence.document
    return same and len(old) >= _TELLS and len(asked) >= _TELLS and (old in asked or asked in old)


def _row(report: Report, template: str) -> CompletenessRow | None:
    return next((r for r in report.completeness if r.template == template and r.document), None) if template else None


def _rank(report: Report, finding: Finding) -> int:
    rows = (r for r in report.completeness if finding.template and r.template == finding.template)
    return max((_BETTER.get(r.status, 0) for r in rows), default=0)


def _answering(report: Report, template: str) -> set[tuple[str, int | None]]:
    """Return the sections that answer an item of the template, with those below them."""
    found: set[tuple[str, int | None]] = set()
    for item in report.documents:
        for section in (s for s in item.sections if template in s.template):
            below = descendants(item.sections, section.index)
            found |= {(item.document.name, s.index) for s in (section, *below)}
    return found


def answer(report: Report, template: str) -> str:
    """Return place and words of the section that answers an item of the template, "" where none does."""
    row = _row(report, template)
    item, section = next((d for d in report.documents if row and d.document.name == row.document), None), None
    if row is not None and item is not None:
        section = row.section
    if section is None and template:
        some = ((d, s.index) for d in report.documents for s in d.sections if template in s.template)
        item, section = next(some, (None, None))
    if item is None or section is None or section >= len(item.sections):
        return ""
    text = full_text(item.document, item.sections, section).replace("\n", "").replace(" | ", "　")
    at = place(report, Evidence(item.document.name, "", section=section, page=_page(item, section)))
    return f"{at}：“{inner(shortened(text, _LONG))}”" if text else f"{at}有标题无内容"


def _page(item: SubmittedDocument, section: int) -> int | None:
    block = item.sections[section].block
    return item.document.blocks[block].page if block < len(item.document.blocks) else None


def _title(report: Report, document: str, section: int | None) -> str:
    item = next((d for d in report.documents if d.document.name == document), None)
    if item is None or section is None or section >= len(item.sections):
        return ""
    return item.sections[section].title
