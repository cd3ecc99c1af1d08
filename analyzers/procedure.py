"""申报程序上须注意的事项（PRO-THRESHOLD、PRO-MEETING、PRO-DOMAIN、PRO-LEAD、PRO-STARTED、PRO-ROUTE、PRO-SELF、PRO-GROUND）。

检查什么：
总投资是否不足5万元、是否达到500万元；是否写明数字化改革领域；申报表的牵头部门意见、优先级是否空白；
方案是否写到本项目已经招标、签订合同、开工或上线；来件是不是变更、自筹备案、终验、下架；机关、街道是否写资金全部自筹；
有没有第七条所列的申报条件；申报的领域与方案写的、与内容推断的是否相同。

为什么：
5万元（含）以上须申报，未申报不得实施（第七条）；500万元（含）以上由专题会议研究（第十一条）；
申报须明确领域，由领域牵头部门审核并确定优先级（第四条、第六条）。

示例：
方案写“本项目已于2021年11月完成公开招标并签订合同”，提示核实是否先行实施。

局限：
都只作提示。金额以评审后概算为准；牵头部门尚未签署时申报表空白是常情；原系统、一期、上级系统的上线时间不算先行实施。
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from analyzers.agreement import finding, place_name
from analyzers.context import Context
from models.domain.finding import Finding, Severity
from models.domain.policy import Domain
from models.domain.submission import Field, Kind, PassageKind
from models.domains import domain_named, domain_scores
from models.facts import summary
from models.text import squash

RULES = ("PRO-THRESHOLD", "PRO-MEETING", "PRO-DOMAIN", "PRO-LEAD", "PRO-STARTED", "PRO-ROUTE", "PRO-SELF", "PRO-GROUND")
_STRONG = 2.0  # keywords of another domain in the project's own name
_BLANK = re.compile(r"[（(]?(?:公?章|签章|盖章|签字|签名|负责人|经办人|日期)[)）]?|年|月|日|[\d\W_]")


def check(context: Context) -> Iterator[Finding]:
    """Look at amount, domain, opinions and progress."""
    yield from _amount(context)
    yield from _domain(context)
    yield from _lead(context)
    yield from _started(context)
    yield from _route(context)
    yield from _ground(context)


def _amount(context: Context) -> Iterator[Finding]:
    stated = [f for f in context.submission.facts_of("total_wan") if f.scope == "总投资"]
    total = summary(context.submission.facts).total_wan
    low = context.policy.thresholds.get("declare_wan", 0.0)
    high = context.policy.thresholds.get("meeting_wan", float("inf"))
    if total is None or not stated:
        return
    evidence = [f.evidence for f in stated if f.value == total][:1]
    values = {"amount": f"{total:g}", "threshold": f"{low:g}"}
    if total < low and all(isinstance(f.value, float) and f.value < low for f in stated):
        yield finding(context, "PRO-THRESHOLD", Severity.NOTICE, values, evidence)
    if total >= high:
        yield finding(context, "PRO-MEETING", Severity.NOTICE, values, evidence)


def _domain(context: Context) -> Iterator[Finding]:
    stated = [f for f in context.submission.facts_of("domain") if f.scope != "推定"]
    if not stated:
        named = [f for f in context.submission.fields if f.key == "domain" and squash(f.value)]
        yield finding(context, "PRO-DOMAIN", Severity.NOTICE, {}, [f.evidence for f in named][:1])
        return
    declared = domain_named(str(stated[0].value), context.policy.domains)
    other = next((f for f in stated if declared is not None and f.value != declared.name), None)
    if declared is not None and other is not None:
        places = f"{place_name(stated[0])}为{declared.name}，{place_name(other)}为{other.value}"
        message = f"数字化改革领域前后不一：{places}，请核实。"
        yield finding(
            context, "PRO-DOMAIN", Severity.NOTICE, {"message": message}, [stated[0].evidence, other.evidence]
        )
    elif declared is not None and (nearer := _nearer(context, declared)):
        message = f"申报领域为{declared.name}，从项目名称和内容看与{nearer}更为接近，请核实所属数字化改革领域。"
        yield finding(context, "PRO-DOMAIN", Severity.NOTICE, {"message": message}, [stated[0].evidence])


def _nearer(context: Context, declared: Domain) -> str:
    """Return the domain the project's name speaks for, where neither name nor chapter 1 speak for the declared one."""
    title = summary(context.submission.facts).title
    ranked = domain_scores(title, context.policy.domains)
    best = ranked[0][0] if ranked else 0.0
    clear = best > 0 and (len(ranked) < 2 or best > ranked[1][0]) and ranked[0][1].name != declared.name
    if not clear or any(score and d.name == declared.name for score, d in ranked):
        return ""
    chapter = "".join(p.text for p in context.submission.passages if p.template and p.template[0].startswith("1."))
    own = next((score for score, d in domain_scores(chapter, context.policy.domains) if d.name == declared.name), 0.0)
    return ranked[0][1].name if best >= _STRONG or own == 0 else ""


def _lead(context: Context) -> Iterator[Finding]:
    """A form that has a box for the lead department's opinion or priority, left blank (第六条)."""
    if not any(d.kind is Kind.FORM for d in context.submission.documents):
        return
    boxes = [f for f in context.submission.fields if f.key in {"lead_opinion", "priority"}]
    blank = [f for f in boxes if is_blank(f)]
    if blank:
        yield finding(context, "PRO-LEAD", Severity.NOTICE, {}, [f.evidence for f in blank])


def is_blank(field: Field) -> bool:
    """Say whether a box holds nothing but the form's own words: seal, signature, date."""
    return not _BLANK.sub("", field.value)


def _started(context: Context) -> Iterator[Finding]:
    stated = context.submission.facts_of("started")
    if stated:
        quotes = [f.evidence for f in stated]
        yield finding(context, "PRO-STARTED", Severity.NOTICE, {"quote": quotes[0].quote}, quotes)


def _route(context: Context) -> Iterator[Finding]:
    """Papers of another kind go their own way; money that an office calls its own is asked about (第二十八条)."""
    kinds = context.policy.wording.get("kinds", {})
    kind = next((f for f in context.submission.facts_of("kind") if f.value in kinds), None)
    if kind is not None:
        way = kinds[str(kind.value)]
        values = {"kind": str(kind.value), "article": way["clause"]}
        quotes = [kind.evidence] if kind.evidence.quote else []
        yield replace(finding(context, "PRO-ROUTE", Severity.NOTICE, values, quotes), measure=way["measure"])
        return
    sources = context.submission.facts_of("source")
    if sources and all(f.value == "自筹" for f in sources):
        values = {"quote": f"“{sources[0].evidence.quote}”"}
        yield finding(context, "PRO-SELF", Severity.NOTICE, values, [f.evidence for f in sources])


def _ground(context: Context) -> Iterator[Finding]:
    """第七条: neither a demand from above nor a benefit of its second item, in a plan whose necessity was read."""
    plan = [p for p in context.submission.passages if p.document_kind is Kind.PLAN and p.kind is not PassageKind.TITLE]
    read = any({"2.2.1", "2.2.3", "2.2"} & set(p.template) for p in plan)
    if read and not context.submission.facts_of("ground"):
        yield finding(context, "PRO-GROUND", Severity.NOTICE, {}, [])
