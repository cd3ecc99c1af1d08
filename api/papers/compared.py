"""A resubmission beside what was sent before, for paper, page and API alike: the notice's items, what else changed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from api.changed.change import ADDED, Change
from api.changed.documents import changes
from api.changed.said import key
from api.papers.answered import FIXED, NONE, OPEN, PART, UNSURE, Beside, answer, is_about, may_answer, now, state, was
from api.papers.demands import Demand, numbered
from api.papers.places import inner, nested, place, quoted
from api.papers.replies import is_reply, replies
from models.domain.document import Picture
from models.domain.finding import Evidence, Finding
from models.domain.policy import Policy
from models.domain.report import Report
from models.domain.submission import SubmittedDocument
from models.passages import passages
from models.text import squash

NEW, MISSED = "改出新问题", "上次已有，上次未告知"
STATES = (FIXED, PART, OPEN, UNSURE)
_LONG = 120  # characters of a text shown


@dataclass(frozen=True, slots=True)
class Became:
    """One finding of the last notice, the one it is now (None where it is found no more), and what became of it."""

    finding: Finding
    again: Finding | None
    state: str


@dataclass(frozen=True, slots=True)
class Item:
    """A demand of the last notice by its number, or a problem that is new: what was asked, the words then and now.

    `became`: the findings of the demand, none of a new problem; `findings`: those of the new review.
    """

    mark: str
    asked: str
    before: str
    after: str
    state: str
    note: str = ""
    reply: str = ""
    became: tuple[Became, ...] = ()
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True)
class Difference:
    """Something that reads otherwise than before, place and words of both sides; `asked`: a demand is about it."""

    kind: str
    before: str
    after: str
    relation: str
    money: bool
    asked: bool


@dataclass(frozen=True, slots=True)
class Comparison:
    """The items in the order of the notice, then new problems; the differences; what could not be compared.

    Differences nobody asked for come first, amounts before the rest.
    """

    items: tuple[Item, ...]
    differences: tuple[Difference, ...]
    uncompared: tuple[str, ...]

    @property
    def asked(self) -> int:
        """How many items the last notice had."""
        return sum(bool(item.became) for item in self.items)

    @property
    def new(self) -> int:
        """How many problems the last notice did not name."""
        return len(self.items) - self.asked

    @property
    def counts(self) -> dict[str, int]:
        """Return by state how many items of the notice came to it."""
        return {one: sum(item.state == one for item in self.items) for one in STATES}

    @property
    def unasked(self) -> tuple[Difference, ...]:
        """Return what was changed though no item is about it."""
        return tuple(one for one in self.differences if not one.asked)


def differing(earlier: Report, report: Report) -> list[Change]:
    """Return every difference between the texts of two submissions of one project."""
    names = {n for r in (earlier, report) for n in (r.submission.title, r.submission.unit) if n}
    return changes(earlier.documents, report.documents, sorted(names))


def compare(report: Report, earlier: Report, policy: Policy, found: Sequence[Change]) -> Comparison:
    """Compare a resubmission with what was sent before.

    Args:
        report: of what is sent now, with the reviewer's decisions in it.
        earlier: of what was sent before, likewise.
        policy: whose words say what the applicant was told.
        found: every difference between their texts (`differing`); decisions change none of it.
    """
    both = Beside.of(earlier, report, found)
    asked = numbered(earlier, policy)
    told = sorted(_differences(both, asked), key=lambda one: (one.asked, not one.money))
    return Comparison(tuple(_items(both, asked, policy)), tuple(told), tuple(map(nested, _uncompared(earlier, report))))


def paired(old: Sequence[Finding], new: Sequence[Finding]) -> list[tuple[Finding, Finding]]:
    """Pair findings by id, then those of one rule and template item whose words have changed."""
    pairs: list[tuple[Finding, Finding]] = []
    left = list(new)
    for same in (lambda f: f.id, lambda f: (f.rule, f.template, f.title)):
        taken = {id(o) for o, _ in pairs}
        for one in old:
            if id(one) in taken:
                continue
            other = next((n for n in left if same(n) == same(one)), None)
            if other is not None:
                pairs.append((one, other))
                left.remove(other)
    return pairs


def _items(both: Beside, asked: Sequence[Demand], policy: Policy) -> Iterator[Item]:
    """One item for each demand of the notice in its order, then the problems that are new."""
    after, said = numbered(both.report, policy), replies(both.report)
    old, new = ([f for one in some for f in one.findings] for some in (asked, after))
    again = {o.id: n for o, n in paired(old, new)}
    for one in asked:
        yield _item(both, one, again, said.get(squash(one.mark), ""))
    known = {f.id for f in again.values()}
    fresh = [one for one in after if one.part != "improve" and not known & {f.id for f in one.findings}]
    for number, one in enumerate(fresh, 1):
        yield _fresh(both, number, one)


def _item(both: Beside, one: Demand, again: Mapping[str, Finding], reply: str) -> Item:
    found = [(f, again.get(f.id)) for f in one.findings]
    states = [state(both, f, a) for f, a in found]
    told, notes = _together(states)
    before = "\n".join(dict.fromkeys(was(both, f) for f, _ in found))
    there = "\n".join(dict.fromkeys(now(both, f, a) for f, a in found))
    became = tuple(Became(f, a, s) for (f, a), (s, _) in zip(found, states, strict=True))
    still = tuple(dict.fromkeys(a for _, a in found if a is not None))
    asked, before, there, told, notes, reply = map(nested, (_asked(one), before, there, told, notes, reply))
    return Item(one.mark, asked, before, there, told, notes, reply, became, still)


def _asked(one: Demand) -> str:
    return one.subject + "。" + one.findings[0].suggestion


def _together(states: Sequence[tuple[str, str]]) -> tuple[str, str]:
    """Return the state of a demand from those of its findings: met where all are, partly where some are."""
    told = [s for s, _ in states]
    whole = told[0] if len(set(told)) == 1 else PART
    return whole, "；".join(dict.fromkeys(note for _, note in states if note))


def _fresh(both: Beside, number: int, one: Demand) -> Item:
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
    asked, told, there = map(nested, (f"（上次未提出）{_asked(one)}", told or NONE, there or NONE))
    return Item(f"新增{number}", asked, told, there, MISSED if missed else NEW, findings=one.findings)


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


def _differences(both: Beside, asked: Sequence[Demand]) -> Iterator[Difference]:
    for change in both.changes:
        relation, wanted = _relation(both, asked, change)
        before = _side(both.earlier, change, change.old, change.before) or "（原无）"
        after = _side(both.report, change, change.new, change.after) or "（已删除）"
        before, after, relation = map(nested, (before, after, relation))
        yield Difference(change.kind, before, after, relation, change.money, wanted)


def _relation(both: Beside, asked: Sequence[Demand], change: Change) -> tuple[str, bool]:
    """Say what a change has to do with the notice, and whether an item of it is about just this."""
    about = [(one.mark, f) for one in asked for f in one.findings if is_about(both, change, f)]
    cited = "；".join(dict.fromkeys(mark for mark, _ in about))
    if change.kind.startswith("章节") and any(f.evidence for _, f in about):
        return f"含{cited}所引原文，请核对", False  # more was taken out than the words complained of
    if about:
        return f"对应{cited}", True
    marks = [one.mark for one in asked if any(may_answer(both, change, f) for f in one.findings)]
    if change.kind == ADDED:
        if is_reply(_document(both.report, change.new)):
            return "补正情况对照表", True
        marks = [one.mark for one in asked if one.part == "explain"]
    return (f"可能答复{'；'.join(marks)}，请核对" if marks else "未要求"), False


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


def _side(report: Report, change: Change, at: Evidence | None, text: str) -> str:
    """Return place and words of one side; a heading says itself where it stands."""
    if at is None:
        return ""
    if change.kind[:2] in {"材料", "章节", "标题"}:
        return text + (f"（第{at.page}页）" if at.page else "")
    return f"{place(report, at)}：“{inner(text)}”"
