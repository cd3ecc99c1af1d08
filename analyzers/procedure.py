"""申报程序上须注意的事项（PRO-THRESHOLD、PRO-MEETING、PRO-DOMAIN、PRO-LEAD、PRO-STARTED）。

检查什么：
总投资是否不足5万元、是否达到500万元；是否写明数字化改革领域；申报表的牵头部门意见、优先级是否空白；
方案是否写到本项目已经招标、签订合同、开工或上线。

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

from analyzers.agreement import finding
from analyzers.context import Context
from models.domain.finding import Finding, Severity
from models.domain.submission import Field, Kind
from models.domains import domain_named, domain_scores
from models.facts import summary
from models.text import squash

RULES = ("PRO-THRESHOLD", "PRO-MEETING", "PRO-DOMAIN", "PRO-LEAD", "PRO-STARTED")
_STRONG = 2.0  # keywords of another domain in the project's own name
_BLANK = re.compile(r"[（(]?(?:公?章|签章|盖章|签字|签名|负责人|经办人|日期)[)）]?|年|月|日|[\d\W_]")


def check(context: Context) -> Iterator[Finding]:
    """Look at amount, domain, opinions and progress."""
    yield from _amount(context)
    yield from _domain(context)
    yield from _lead(context)
    yield from _started(context)


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
    title = summary(context.submission.facts).title
    declared = domain_named(str(stated[0].value), context.policy.domains)
    ranked = domain_scores(title, context.policy.domains)
    if declared is None or not ranked or ranked[0][1].name == declared.name:
        return
    own = next((score for score, d in ranked if d.name == declared.name), 0.0)
    if own == 0 and ranked[0][0] >= _STRONG and (len(ranked) < 2 or ranked[0][0] > ranked[1][0]):
        message = f"申报领域为{declared.name}，从项目名称看与{ranked[0][1].name}更为接近，请核实所属数字化改革领域。"
        yield finding(context, "PRO-DOMAIN", Severity.NOTICE, {"message": message}, [stated[0].evidence])


def _lead(context: Context) -> Iterator[Finding]:
    """A form that has a box for the lead department's opinion or priority, left blank (第六条)."""
    if not any(d.kind is Kind.FORM for d in context.submission.documents):
        return
    boxes = [f for f in context.submission.fields if f.key in {"lead_opinion", "priority"}]
    blank = [f for f in boxes if _is_blank(f)]
    if blank:
        yield finding(context, "PRO-LEAD", Severity.NOTICE, {}, [f.evidence for f in blank])


def _is_blank(field: Field) -> bool:
    return not _BLANK.sub("", field.value)


def _started(context: Context) -> Iterator[Finding]:
    stated = context.submission.facts_of("started")
    if stated:
        quotes = [f.evidence for f in stated]
        yield finding(context, "PRO-STARTED", Severity.NOTICE, {"quote": quotes[0].quote}, quotes)
