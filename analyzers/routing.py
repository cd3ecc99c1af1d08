"""PRO-ROUTE 来件是否属于另有程序的类型。

检查什么
    来件是不是项目变更、终验申请、应用下架、自筹资金备案：看申报表的“申报类型”一类栏目、材料标题和来函的请求。

为什么
    这些来件按第十九条、第二十条、第二十六条、第二十八条各自的程序办理，不适用建设方案模板，不作缺项认定。

示例
    报：《关于某某平台项目变更的请示》；“某某系统终验申请表”。
    不报：新申报材料所附的“一期项目终验申请表”（项目名称不同）；“企业变更登记系统建设方案”。

局限
    只按材料自己的说法判断；标题和来函都没有说明的，按新申报审核。
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from analyzers.agreement import finding
from analyzers.context import Context
from models.domain.finding import Finding, Severity
from models.facts import summary
from models.kinds import REVIEWED

RULES = ("PRO-ROUTE",)


def check(context: Context) -> Iterator[Finding]:
    """Say which procedure a paper of another kind belongs to."""
    kind = summary(context.submission.facts).kind
    if kind in REVIEWED:
        return
    kinds = context.policy.wording.get("kinds", {})
    article = str((kinds.get(kind) or kinds.get("其他") or {}).get("clause", ""))
    told = [f.evidence for f in context.submission.facts_of("kind")]
    found = finding(context, "PRO-ROUTE", Severity.NOTICE, {"kind": kind, "article": article}, told)
    yield replace(found, clause=context.policy.clauses.get(article, found.clause), target=kind)
