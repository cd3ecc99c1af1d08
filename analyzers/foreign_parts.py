"""Goals and functions that speak of another business than the rest of the plan (NEG-2A: D2 中36–38)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from analyzers.goal_targets import doubt
from models.belonging import background, pairs
from models.domain.submission import Kind, PassageKind

if TYPE_CHECKING:
    from analyzers.context import Context
    from models.domain.finding import Evidence, Finding
    from models.domain.submission import Passage

_GOALS = ("1.4", "3.2", "14.1")
_NEEDS = ("2.1", "2.2.1", "2.3.1", "2.3.2", "2.3.4")
_FEW_FUNCTIONS = 3
_SAYS = 14.0  # how much a part must say before it can be foreign; in pairs of characters that no proposal has
_FORM_SAYS = 9.0  # of a form's goals: a few short lines, which a plan that is its own repeats in full
_REST = 50.0  # the same for what it is compared with
_FOREIGN = 0.03  # share of what a part says that the rest says too; own parts 0.05 and more (docs/judgement.md)


def foreign(context: Context) -> Iterator[Finding]:
    """Report goals, and functions, whose words stand nowhere else in the plan."""
    told = [p for p in context.submission.passages if p.document_kind is Kind.PLAN and p.kind is not PassageKind.TITLE]
    for number in _GOALS:
        part = [p for p in told if p.template[:1] == (number,)]
        if _apart([p.text for p in part], _others(context, told, part)):
            words = "此处目标与方案其余部分的业务几乎没有共同之处，疑似套用其他项目的内容，请核实并按本项目需求重写。"
            yield doubt(context, words, *_place(part))
    yield from _form(context, told)
    yield from _functions(context, told)


def _form(context: Context, told: list[Passage]) -> Iterator[Finding]:
    fields = [f for f in context.submission.fields if f.key == "goals"]
    if told and _apart([f.value for f in fields], [p.text for p in told], _FORM_SAYS):
        words = "申报表的绩效目标与方案的业务几乎没有共同之处，疑似套用其他项目的内容，请核实。"
        yield doubt(context, words, fields[0].evidence)


def _functions(context: Context, told: list[Passage]) -> Iterator[Finding]:
    functions = context.submission.functions
    needs = [p for p in told if set(p.template) & set(_NEEDS)]
    if len(functions) >= _FEW_FUNCTIONS and _apart([f.text or f.name for f in functions], [p.text for p in needs]):
        words = "需求分析所写的业务与拟建功能几乎没有共同之处，看不出功能对应哪些需求，请逐项写明对应关系。"
        yield doubt(context, words, functions[0].evidence, *_place(needs))


def _apart(part: list[str], rest: list[str], least: float = _SAYS) -> bool:
    """Say whether a part that says enough shares almost nothing with enough of the rest."""
    known, ours, theirs = background(), pairs(part), pairs(rest)
    return known.size(ours) >= least and known.size(theirs) >= _REST and known.share(ours, theirs) < _FOREIGN


def _others(context: Context, told: list[Passage], part: list[Passage]) -> list[str]:
    own = {id(p) for p in part}
    fields = [f.value for f in context.submission.fields if f.key != "goals"]
    return [p.text for p in told if id(p) not in own] + fields


def _place(part: list[Passage]) -> list[Evidence]:
    return [p.evidence for p in part[:1]]
