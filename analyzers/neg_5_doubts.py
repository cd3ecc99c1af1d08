"""NEG-5 其他不具有必要性、可行性的。

检查什么
    收集明显的疑点：用户数极少而投资大；几百万元的项目只给一两个月工期；称软件项目而概算几乎全是硬件；以大屏、展厅为主；
    文字自述的唯一理由是“别的区都有”、考核加分、用完资金、厂商推荐；限定品牌；场地人员未落实就先采购；
    以及判断模型认为审核人员会追问必要性、可行性的语句。

为什么
    第八条（五）：其他不具有必要性、可行性的项目原则上不得建设；第十条：必要性、可行性由联合评审论证。

示例
    报：“周边城区均已建成同类驾驶舱，唯独我区没有，因此申请建设。”
    不报：“调研了周边城区的做法，借鉴其按风险分级的经验”；用户少但属应急抢险、依法必须的系统。

局限
    只列疑点，最多警示，不单独影响立项结论。人均和占比只按材料写明的数字计算；理由是否充分由评审人判断。
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from analyzers.agreement import finding
from analyzers.negative_list import of_rule
from models.domain.finding import Finding, Severity
from models.domain.submission import BudgetLine, Kind, LineKind, Passage, PassageKind
from models.facts import summary
from models.periods import period
from models.text import normalise

if TYPE_CHECKING:
    from analyzers.context import Context

RULES = ("NEG-5",)
_ITEMS = 3  # fewer lines say nothing of what the money is for


def check(context: Context) -> Iterator[Finding]:
    """Report clear doubts about need and feasibility, one finding for each ground."""
    spec: dict[str, Any] = dict((context.policy.data or {}).get("doubts", {}))
    if not spec:
        return
    yield from _per_user(context, spec)
    yield from _hasty(context, spec)
    yield from _shares(context, spec)
    said = list(_said(context, spec))
    yield from said
    told = {e.quote for f in said for e in f.evidence}
    for suspicion in of_rule(context, "NEG-5"):
        if suspicion.passage.evidence.quote not in told:
            words = f"“{suspicion.passage.evidence.quote}”"
            place = next(iter(suspicion.passage.template), "")
            yield _doubt(context, words, [suspicion.passage.evidence], place)


def _doubt(context: Context, words: str, evidence: Sequence[Any], template: str = "") -> Finding:
    found = finding(context, "NEG-5", Severity.WARNING, {"quote": words, "template": template}, evidence)
    return replace(found, confidence=0.7)


def _per_user(context: Context, spec: Mapping[str, Any]) -> Iterator[Finding]:
    """Money by user, where the papers give one number of users and no law or emergency asks for the system."""
    users = [f for f in context.submission.facts_of("users") if isinstance(f.value, float) and f.value > 0]
    total = summary(context.submission.facts).total_wan
    if not users or total is None or total < spec["cost_from_wan"]:
        return
    most = max(users, key=lambda f: float(f.value or 0))
    each = total / float(most.value or 1)
    if each >= spec["cost_per_user_wan"] and not _necessary(context, spec):
        words = f"总投资{total:g}万元，用户数{most.value:g}，平均每个用户约{each:.1f}万元。"
        yield _doubt(context, words, [most.evidence], "2.3.1")


def _necessary(context: Context, spec: Mapping[str, Any]) -> bool:
    """Tell whether the plan gives law or emergency as its reason."""
    need = re.compile(spec["necessary"])
    return any(need.search(p.text) for p in context.submission.passages if {"2.2.1", "2.2.3", "2.2"} & set(p.template))


def _hasty(context: Context, spec: Mapping[str, Any]) -> Iterator[Finding]:
    """A large project within one or two months."""
    total = summary(context.submission.facts).total_wan
    stated = context.submission.facts_of("period")
    spans = [s for f in stated if (s := period(str(f.value))) is not None]
    if total is None or total < spec["urgent"]["wan"] or not spans:
        return
    months = [12 * (s.end_year - s.start_year) + s.end_month - s.start_month + 1 for s in spans]
    if max(months) <= spec["urgent"]["months"]:
        words = f"总投资{total:g}万元，建设周期为{stated[0].value}，工期难以完成采购、开发、试运行和验收。"
        yield _doubt(context, words, [f.evidence for f in stated], "12.1")


def _shares(context: Context, spec: Mapping[str, Any]) -> Iterator[Finding]:
    """What the money is for, against what the project calls itself."""
    priced = [x for b in context.submission.budgets if b.scope == "总投资" for x in b.lines if x.amount_wan]
    items = [x for x in priced if x.kind is LineKind.ITEM]
    groups = [x for x in priced if x.kind is LineKind.SUBTOTAL]
    lines = groups if len(items) < _ITEMS and len(groups) > 1 else items  # a budget of groups only
    total = sum(x.amount_wan or 0.0 for x in lines)
    title = summary(context.submission.facts).title
    if (lines is items and len(items) < _ITEMS) or not total:
        return
    show = [x for x in lines if re.search(spec["show"], x.name)]
    hard = [x for x in lines if re.search(spec["hardware"], x.name + x.category)]
    if _money(show) > spec["show_share"] * total and not re.search(spec["show_title"], title):
        words = f"大屏、展厅等展示内容{_money(show):g}万元，占概算的{_money(show) / total:.0%}。"
        yield _doubt(context, words, [x.evidence for x in show], "15.2")
        return
    soft = re.search(spec["software_title"], title) and not re.search(spec["hardware_title"], title)
    if soft and _money(hard) > spec["hardware_share"] * total:
        words = f"项目名称为软件应用，而概算中硬件设备{_money(hard):g}万元，占{_money(hard) / total:.0%}。"
        yield _doubt(context, words, [x.evidence for x in hard], "15.2")


def _money(lines: Sequence[BudgetLine]) -> float:
    return round(sum(x.amount_wan or 0.0 for x in lines), 4)


def _said(context: Context, spec: Mapping[str, Any]) -> Iterator[Finding]:
    """Grounds the papers give in so many words; each ground once, with every place."""
    judged = [
        p
        for p in context.submission.passages
        if p.kind is not PassageKind.TITLE and p.document_kind in {Kind.PLAN, Kind.FORM}
    ]
    for one in spec["said"]:
        places = [p for p in judged if _holds(p, one)]
        if places:
            words = f"{one['name']}：“{places[0].evidence.quote}”"
            yield _doubt(context, words, [p.evidence for p in places], next(iter(places[0].template), ""))


def _holds(passage: Passage, one: Mapping[str, Any]) -> bool:
    """Tell whether a passage gives this ground, in the chapters where it would be one."""
    if one.get("templates") and passage.template and not set(passage.template) & set(one["templates"]):
        return False
    plain = re.sub(r"\s+", "", normalise(passage.text)).replace(",", "，").replace(";", "；")
    plain = re.sub(r"《[^》]*》", "", plain)
    return bool(re.search(one["words"], plain)) and not re.search(one["not"], plain)
