"""What an answered item still lacks: points the template asks for; prompts left in; a paragraph used twice."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from analyzers.completeness_status import MISSING, Review
from models.domain.finding import Evidence
from models.domain.submission import Kind, Passage, PassageKind
from models.filler import Fillers
from models.text import squash

if TYPE_CHECKING:
    from analyzers.context import Context
    from models.domain.policy import TemplateItem

_SUMMARY = "1"  # the chapter that sums the others up: saying a thing twice is its purpose
_PASTED = 40  # characters of a sentence run that is no coincidence


@dataclass(frozen=True, slots=True)
class Gap:
    """One thing an item lacks. `kind`: points, prompt or pasted; `told`: what is missing, or where the text stands."""

    item: TemplateItem
    kind: str
    told: str
    evidence: tuple[Evidence, ...] = ()


def gaps(context: Context, reviewed: Review) -> Iterator[Gap]:
    """Yield the gaps of items that are answered, in the template's order; nothing where the plan was not readable."""
    if not reviewed.readable:
        return
    demands = {str(d["item"]): d for d in (context.policy.data or {}).get("demands", ())}
    prompts = _prompts(context)
    pasted = _pasted(context, reviewed)
    for item in context.policy.template:
        status = reviewed.status[item.number]
        if not item.mandatory or not reviewed.is_leaf(item.number) or status in MISSING:
            continue
        if status == "present" and (lacking := _lacking(demands.get(item.number), reviewed)):
            yield Gap(item, "points", "、".join(lacking))
        if item.number in prompts:
            yield Gap(item, "prompt", "", tuple(prompts[item.number]))
        if item.number in pasted:
            told, places = pasted[item.number]
            yield Gap(item, "pasted", told, places)


def _lacking(demand: Mapping[str, Any] | None, reviewed: Review) -> list[str]:
    """Return the names of the points that neither the item nor its neighbours speak of."""
    if not demand or (demand.get("natures") and reviewed.nature not in demand["natures"]):
        return []
    numbers = (str(demand["item"]), *demand.get("also", ()))
    text = "\n".join(reviewed.texts.get(n, "") for n in numbers)
    return [name for name, words in demand["points"].items() if not any(_has(text, str(w)) for w in words)]


def _has(text: str, word: str) -> bool:
    return bool(re.search(word[3:], text)) if word.startswith("re:") else word in text


def _own(context: Context) -> Iterator[tuple[str, Passage]]:
    """Yield the plan's sentences with the one mandatory item they stand under."""
    mandatory = {t.number for t in context.policy.template if t.mandatory}
    for passage in context.submission.passages:
        if passage.document_kind is Kind.PLAN and passage.kind is PassageKind.SENTENCE and len(passage.template) == 1:
            number = passage.template[0]
            if number in mandatory:
                yield number, passage


def _prompts(context: Context) -> dict[str, list[Evidence]]:
    """Return the template's own sentences that were left in, by item."""
    fillers = Fillers(context.policy)
    out: dict[str, list[Evidence]] = {}
    for number, passage in _own(context):
        if fillers.prompts(passage.text, context.policy.item(number)):
            out.setdefault(number, []).append(passage.evidence)
    return out


def _pasted(context: Context, reviewed: Review) -> dict[str, tuple[str, tuple[Evidence, ...]]]:
    """Return items a paragraph of which stands word for word under another item too: the later one is told."""
    paragraphs: dict[tuple[str, int | None], list[Passage]] = {}
    for number, passage in _own(context):
        if number.split(".")[0] != _SUMMARY and reviewed.is_leaf(number):
            paragraphs.setdefault((number, passage.evidence.paragraph), []).append(passage)
    first: dict[str, tuple[str, Passage]] = {}
    out: dict[str, tuple[str, tuple[Evidence, ...]]] = {}
    for (number, _), passages in paragraphs.items():
        key = squash("".join(p.text for p in passages))
        if len(key) < _PASTED:
            continue
        before = first.setdefault(key, (number, passages[0]))
        if before[0] != number and number not in out:
            other = context.policy.item(before[0])
            out[number] = (f"{other.number} {other.title}", (passages[0].evidence, before[1].evidence))
    return out
