"""The status of every template item: which text answers it, and whether that text is an answer."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from analyzers.attachments import follow
from analyzers.legible_places import illegible
from models.content import content_model
from models.domain.document import Picture
from models.domain.outline import Section, descendants, own_text
from models.domain.report import CompletenessRow
from models.domain.submission import Kind, SubmittedDocument
from models.facts import summary
from models.filler import Fillers
from models.kinds import REVIEWED
from models.text import squash

if TYPE_CHECKING:
    from analyzers.context import Context
    from models.domain.policy import TemplateItem
    from models.domain.submission import Submission

MISSING = frozenset({"missing", "empty", "placeholder"})
_RANK = ("present", "merged", "thin", "unclear", "placeholder", "empty", "missing")
_RUN_IN = re.compile(r"[^：:。，,；;]{1,14}[：:]")  # a label with its text behind it in one paragraph
_LIST = re.compile(r"[、和与及]")
_OWN_SHARE, _LABEL_SHARE = 0.25, 0.4  # how surely a paragraph must read as an item's answer
_SHORTEST = 12  # characters of a paragraph that may be an answer
PICTURED = "内容以图片提供，待人工核实"
_POINTED = {
    "picture": "内容写明见附件，“{name}”中没有可读的文字，待人工核实",
    "unread": "内容写明见附件，“{name}”未能读取，待核实",
    "absent": "内容写明见“{name}”，来件中没有找到这份附件，请补充",
}
_LONG = 60  # characters of a parent's own text that may answer its items


@dataclass(frozen=True, slots=True)
class Review:
    """Status by template number; `readable` is False where the plan's headings match nothing."""

    rows: tuple[CompletenessRow, ...]
    status: dict[str, str]
    children: dict[str, tuple[str, ...]]
    nature: str
    by_number: dict[str, tuple[Section, ...]]
    readable: bool
    why: dict[str, str] = field(default_factory=dict)  # by template number: why an item is unclear
    texts: dict[str, str] = field(default_factory=dict)  # by number: all that stands under the item's headings

    def is_leaf(self, number: str) -> bool:
        """Tell whether the template has nothing below this number."""
        return not self.children.get(number)

    def gone(self, number: str) -> bool:
        """Tell whether every item under a chapter or section lacks an answer."""
        below = [n for n in self.status if n.startswith(number + ".") and self.is_leaf(n)]
        return bool(below) and all(self.status[n] in MISSING for n in below)

    def applies(self, item: TemplateItem) -> bool:
        """Tell whether the item is asked of projects of this nature."""
        return not item.natures or not self.nature or self.nature in item.natures


@dataclass(frozen=True, slots=True)
class _Plan:
    """The plan with what its sections answer."""

    submitted: SubmittedDocument
    by_number: dict[str, tuple[Section, ...]]
    fillers: Fillers
    items: dict[str, TemplateItem]
    policy_id: str
    submission: Submission
    why: dict[str, str]  # by template number: why an item could not be judged

    def text(self, section: Section, number: str) -> str:
        """Return own text and that of sub-headings, but for those that answer something else."""
        sections, document = self.submitted.sections, self.submitted.document
        parts = [own_text(document, section)]
        for below in descendants(sections, section.index):
            if not below.template or any(t == number or t.startswith(number + ".") for t in below.template):
                parts.append(own_text(document, below))
                if own_text(document, below):
                    parts.append(below.title)
        return "\n".join(p for p in parts if p)

    def pictured(self, section: Section) -> bool:
        """Tell whether a picture stands in the section or below it."""
        last = max((s.end for s in descendants(self.submitted.sections, section.index)), default=section.end)
        return any(
            isinstance(b, Picture) for b in self.submitted.document.blocks[section.block : max(last, section.end)]
        )


def review(context: Context) -> Review:
    """Judge the plan of a submission against the whole template."""
    policy = context.policy
    children: dict[str, tuple[str, ...]] = {}
    for item in policy.template:
        children[item.parent] = (*children.get(item.parent, ()), item.number)
    told = summary(context.submission.facts)
    nature = told.nature
    submitted = context.submission.plan
    by_number: dict[str, tuple[Section, ...]] = {}
    for section in submitted.sections if submitted else ():
        for number in section.template:
            by_number[number] = (*by_number.get(number, ()), section)
    if told.kind not in REVIEWED:
        status = {item.number: "not_applicable" for item in policy.template}
        return Review(_rows(context, status, by_number, submitted), status, children, nature, by_number, readable=False)
    if submitted is None or not by_number:
        status = {item.number: "unclear" for item in policy.template}
        return Review(_rows(context, status, by_number, None), status, children, nature, by_number, readable=False)
    items = {i.number: i for i in policy.template}
    plan = _Plan(submitted, by_number, Fillers(policy), items, policy.id, context.submission, {})
    status = {}
    for item in policy.template:
        if not children.get(item.number):
            found = _leaf(context, plan, item)
            unsure = found in MISSING and illegible(submitted, by_number, item)
            status[item.number] = "unclear" if unsure else found
    for item in reversed(policy.template):
        if children.get(item.number):
            status[item.number] = _parent(plan, item, [status[c] for c in children[item.number]])
    partial = Review((), status, children, nature, by_number, readable=True)
    shown = {
        i.number: "not_applicable" if status[i.number] in MISSING and not partial.applies(i) else status[i.number]
        for i in policy.template
    }
    filled = _rows(context, shown, by_number, submitted)
    texts = {n: "\n".join(plan.text(s, n) for s in found) for n, found in by_number.items()}
    return Review(filled, status, children, nature, by_number, readable=True, why=plan.why, texts=texts)


def _rows(
    context: Context, status: dict[str, str], by_number: dict[str, tuple[Section, ...]], plan: SubmittedDocument | None
) -> tuple[CompletenessRow, ...]:
    name = plan.document.name if plan else None
    out = []
    for item in context.policy.template:
        found = by_number.get(item.number, ())
        at = found[0].index if found else None
        out.append(
            CompletenessRow(item.number, item.title, item.mandatory, status[item.number], name if found else None, at)
        )
    return tuple(out)


def _parent(plan: _Plan, item: TemplateItem, below: list[str]) -> str:
    """A chapter or section is as good as the best that stands under it."""
    best = min(below, key=_RANK.index)
    if best in {"merged", "thin"}:
        return "present"
    if best == "missing" and item.number in plan.by_number:
        return _own(plan, item, plan.by_number[item.number])
    return best


def _leaf(context: Context, plan: _Plan, item: TemplateItem) -> str:
    found = plan.by_number.get(item.number, ())
    special = (context.policy.data or {}).get("completeness", {}).get("budget_item") == item.number
    status = min((_own(plan, item, (s,)) for s in found), key=_RANK.index, default="missing")
    if special and status in MISSING | {"elsewhere", "unclear", "thin"} and _has_budget(context, plan, item):
        return "merged"
    if status in {"missing", "empty"} and _answered_above(plan, item, empty=bool(found)):
        return "merged"
    return status


def _own(plan: _Plan, item: TemplateItem, found: tuple[Section, ...]) -> str:
    """Judge the text of the sections that carry the item."""
    text = "\n".join(plan.text(s, item.number) for s in found)
    judged = plan.fillers.judge(text, item)
    if judged.status == "elsewhere":
        if plan.fillers.points_inside(judged.points_to):
            return "merged"
        return _pointed(plan, item, judged.points_to)
    bare = judged.status in {"empty", "placeholder"} and not judged.real
    if bare and (plan.fillers.captioned(text) or any(plan.pictured(s) for s in found)):
        plan.why.setdefault(item.number, PICTURED)
        return "unclear"
    if judged.status == "present" and all(len(s.template) > 1 for s in found):
        return "merged"
    return judged.status


def _pointed(plan: _Plan, item: TemplateItem, place: str) -> str:
    """Judge the attachment a section points to instead of answering; what cannot be seen is 待核实, never 缺."""
    target = follow(place, item, plan.submission)
    if target.found == "text":
        status = plan.fillers.judge(target.text, item).status
        return "placeholder" if status == "elsewhere" else status
    if target.found == "absent" and "附" not in place:
        return "placeholder"  # 详见可行性研究报告: no paper of this submission
    plan.why[item.number] = _POINTED[target.found].format(name=target.name)
    return "unclear"


def _has_budget(context: Context, plan: _Plan, item: TemplateItem) -> bool:
    """A table of the money in a file of its own, or in the plan's own money chapter or appendix."""
    if any(d.kind is Kind.BUDGET for d in context.submission.documents):
        return True
    sections = plan.submitted.sections
    for budget in context.submission.budgets:
        if budget.document != plan.submitted.document.name or budget.scope != "总投资":
            continue
        for line in budget.lines[:1]:
            at = line.evidence.section
            numbers = sections[at].template if at is not None and at < len(sections) else ()
            if any(n.split(".")[0] in {item.number.split(".")[0], "16"} for n in numbers):
                return True
    return False


def _answered_above(plan: _Plan, item: TemplateItem, *, empty: bool) -> bool:
    """The parent's own text (and, for an item with no heading, its siblings') plainly answers the item."""
    if empty:
        return False
    parents = plan.by_number.get(item.parent, ())
    for section in parents:
        text = _loose(plan, section)
        if plan.fillers.judge(text, item).status != "present":
            continue
        headless = not any(s.template for s in descendants(plan.submitted.sections, section.index))
        if says(text, item) or (headless and len(squash(text)) >= _LONG and _speaks(text, section, item)):
            return True
    siblings = [n for n in plan.by_number if n != item.number and n.rpartition(".")[0] == item.parent]
    if any(labelled(plan.text(s, n), item) for n in siblings for s in plan.by_number[n]):
        return True
    return _read_from_content(plan, item, siblings)


def _read_from_content(plan: _Plan, item: TemplateItem, siblings: list[str]) -> bool:
    """A paragraph of the parent's own, or a labelled one under a sibling, reads as this item's answer."""
    model = content_model(plan.policy_id)
    if model is None:
        return False
    above = plan.by_number.get(item.parent) or plan.by_number.get(item.parent.rpartition(".")[0], ())
    own = [line for section in above for line in _loose(plan, section).splitlines()]
    listed: list[str] = []
    labels: list[str] = []
    for section in dict.fromkeys(s for n in siblings for s in plan.by_number[n]):
        lines = plan.text(section, section.template[0]).splitlines()
        (listed if _LIST.search(section.title) else labels).extend(x for x in lines if _RUN_IN.match(x))
    group = [i for i in plan.items if i.rpartition(".")[0] == item.parent]
    for lines, least in ((own, _OWN_SHARE), (listed, _OWN_SHARE), (labels, _LABEL_SHARE)):
        for shares in model.shares([x for x in lines if len(squash(x)) >= _SHORTEST]):
            share = shares.get(item.number, 0.0)
            if share >= least and share >= max(shares.get(i, 0.0) for i in group):
                return True
    return False


def _loose(plan: _Plan, section: Section) -> str:
    """Return a section's own text and that of sub-headings aligned to nothing."""
    parts = [own_text(plan.submitted.document, section)]
    for below in descendants(plan.submitted.sections, section.index):
        if not below.template:
            parts.extend((below.title, own_text(plan.submitted.document, below)))
    return "\n".join(p for p in parts if p)


def _speaks(text: str, section: Section, item: TemplateItem) -> bool:
    """Tell whether a long text without sub-headings uses the item's words."""
    return any(word in text or word in section.title for word in item.keywords)


def says(text: str, item: TemplateItem) -> bool:
    """Tell whether a text has words that plainly answer the item (`re:` entries are expressions)."""
    return labelled(text, item) or any(
        bool(re.search(word[3:], text)) if word.startswith("re:") else word in text for word in item.content
    )


def labelled(text: str, item: TemplateItem) -> bool:
    """Tell whether a line begins with the item's own title as a label: "项目性质：新建"."""
    for line in text.splitlines():
        head, colon, rest = line.replace(":", "：").partition("：")
        if colon and len(squash(rest)) >= 2:
            key = re.sub(r"^[一二三四五六七八九十\d]+", "", squash(head))
            if any(key == squash(t) for t in (item.title, *item.aliases)):
                return True
    return False
