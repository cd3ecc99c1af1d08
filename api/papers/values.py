"""What the placeholders of a skeleton stand for; `PLACEHOLDERS` says it of each, docs/papers.md lists them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from api.papers.conclusions import GO, MEND, conclusion
from api.papers.demands import demands
from api.papers.form_boxes import LEAD, opinion
from api.papers.opinions import opinions
from api.papers.places import message, words
from api.papers.project_outline import funding
from api.papers.tables import weighty
from api.papers.third import third
from api.reports import phrases
from models.domain.policy import Policy
from models.domain.report import Report
from models.domain.submission import Kind

BLANK = "　　　　"
_CONTENTS = 6  # items of 建设内容 named; the plan has all
PLACEHOLDERS: Mapping[str, str] = {
    "blank": "留给手填的空白",
    "title": "项目名称",
    "unit": "申报单位",
    "nature": "项目性质",
    "domain": "数字化改革领域",
    "total": "申报总投资，带单位",
    "sources": "资金来源，带括号；没有则空",
    "period": "建设周期",
    "files": "材料份数",
    "contents": "主要建设内容，不超过六项",
    "contents_count": "建设内容的“等n项”或“，共n项”",
    "builder": "与申报单位不同的建设单位；没有则空",
    "lead_opinion": "牵头部门意见方面的问题；没有则空",
    "lead_given": "牵头部门意见：各方意见里写的，或申报表该栏的原文；没有的写明原因",
    "policy": "办法名称",
    "policy_number": "办法文号",
    "unchecked": "未能核实的事项；没有则为“无。”",
    "unread": "未能读取的材料；没有则空",
    "advice": "处理建议",
    "advice_sentence": "结论句",
    "go": "建议进入评审的为“是”，否则空",
    "mend": "建议补正后再审的为“是”，否则空",
    "decline": "建议不予立项的为“是”，否则空",
    "defer": "建议暂缓安排的为“是”，否则空",
    "closed": "无需申报、不予受理的为“是”，否则空",
    "focus": "需重点论证的维度；没有则空",
    "on": "“，重点论证……”；没有则空",
    "then": "评审通过后怎样报批；其他则空",
    "reasons": "理由，不超过三条；没有则空",
    "measures": "措施；没有则空",
    "cut": "核减合计；没有则空",
    "cut_open": "有核减金额待核定的为“是”，否则空",
    "control": "初审建议控制数；没有核减则空",
    "completeness": "必要内容各种状态的项数和缺少的项",
    "necessity": "必要性方面的材料摘录",
    "near": "与已有系统比对的结果",
    "sharing": "数据归集与共享",
    "security": "安全与密码",
    "money": "建设内容与概算",
    "goals": "绩效目标",
    "old_system": "原系统处置",
    "lead": "牵头部门；没有的写“领导小组办公室确定的牵头部门”",
    "report_up": "报批方式（请示或专题会议）；其他则空",
    "route_otherwise": "不报批的怎样办理，带条款；没有则空",
    "route_clauses": "办理方式依据的条款",
    "approval": "报批方式",
    "negative": "第八条五项逐项的对照结果，写在一句里",
    "touched": "列表：第八条中涉及的各项，每行 {clause} {said}",
    "must": "列表：必须补正的事项，每行 {number} {text}",
    "explain": "列表：需要说明的事项，每行 {number} {text}",
    "improve": "列表：建议完善的事项，每行 {number} {text}",
    "must_count": "必须补正的项数",
    "explain_count": "需要说明的项数",
    "improve_count": "建议完善的项数",
    "asked": "有必须补正或需要说明的事项为“是”，否则空",
    "annotated": "方案可作批注（docx、pdf）的为“是”，否则空",
    "dimensions": "列表：七个维度，每行 {number} {name} {quotes} {questions} {gaps} {points}",
    "checked": "初审核对了什么、结果如何",
    "attention": "列表：初审提请关注的事项，每行 {number} {text}；盲评版没有",
    "blind": "盲评版为“是”，否则空",
    "hidden": "已隐去的内容",
    "asked_count": "补正对照：上次提出的事项数",
    "fixed": "补正对照：已改的项数",
    "part": "补正对照：部分改正的项数",
    "open": "补正对照：未改的项数",
    "new": "补正对照：新问题的项数",
    "unasked": "补正对照：未要求而改动的处数；没有则空",
    "unasked_money": "补正对照：其中涉及金额的处数",
    "request": "一页纸：请示事项",
    "purpose": "一页纸：立项目的摘录",
    "origin": "一页纸：上级要求摘录",
    "three": "一页纸：建设内容三项以内",
    "users": "一页纸：服务规模",
    "existing": "一页纸：已有系统情况",
    "running": "一页纸：每年运维费摘录",
    "shares": "一页纸：投资构成",
    "risks": "一页纸：主要风险（取自初审所列问题）",
    "old": "一页纸：老系统",
    "want": "一页纸：不建或缓建的影响",
    "effect": "一页纸：成效目标摘录",
    "started": "一页纸：未批先建情形",
    "parties": "一页纸：各方意见，没有写的为“未反馈”",
    "dispute": "一页纸：分歧；没有则为“无”",
    "third_given": "一页纸：有第三方意见的为“是”，否则空",
}


def values(
    report: Report, policy: Policy, *, blind: bool = False, views: Mapping[str, str] | None = None
) -> dict[str, Any]:
    """Return the values of the placeholders every paper but 一页纸 needs (see `brief.values`).

    `views`: what the parties said, by party.
    """
    asked = demands(report, policy)
    return {
        **dict.fromkeys(PLACEHOLDERS, ""),
        "blank": BLANK,
        **_project(report),
        "lead_given": _lead_given(report, policy, views),
        **_checked(report),
        **conclusion(report, policy),
        **opinions(report, policy),
        **asked,
        "asked": "是" if asked["must"] or asked["explain"] else "",
        **third(report, policy, blind=blind),
    }


def _project(report: Report) -> dict[str, Any]:
    s = report.submission
    sources = funding(report)
    builder = next((str(f.value) for f in report.facts if f.key == "builder" and f.value), "")
    lead = weighty(report.findings, ("PRO-LEAD",))
    count = len(report.functions)
    kinds = "、".join(dict.fromkeys(str(f.value) for f in report.facts if f.key == "source" and f.value))
    plan = next((d.document.format for d in report.documents if d.kind is Kind.PLAN), "")
    return {
        "title": s.title or BLANK,
        "unit": s.unit or BLANK,
        "nature": s.nature or "未说明",
        "domain": s.domain or "未说明",
        "total": f"{phrases.wan(s.total_wan)}万元" if s.total_wan is not None else "未说明",
        "sources": f"（其中{'、'.join(sources)}）" if len(sources) > 1 else f"（资金来源：{kinds}）" if kinds else "",
        "period": s.period or "未说明",
        "files": str(len(report.documents)),
        "contents": "；".join(f.name.rstrip("。；") for f in report.functions[:_CONTENTS]),
        "contents_count": f"等{count}项" if count > _CONTENTS else f"，共{count}项",
        "builder": builder if not s.unit.endswith(builder) and not builder.endswith(s.unit) else "",
        "lead_opinion": message(report, lead[0]).rstrip("。") if lead else "",
        "annotated": "是" if plan in {"docx", "docm", "pdf"} else "",
        "policy": report.policy.title,
        "policy_number": report.policy.version,
    }


def _lead_given(report: Report, policy: Policy, views: Mapping[str, str] | None) -> str:
    """牵头部门意见, or why there is none; one that may wait is given while the lead department looks at the plan."""
    decided = report.conclusion.advice in {GO, MEND}
    who = report.routing.lead_department or str(words(policy, "opinion_words").get("lead", LEAD))
    return opinion(report, policy, views, f"，待{who}提出" if decided else "（第六条）")


def _checked(report: Report) -> dict[str, str]:
    told = [f"{n.what}，{n.why.rstrip('。')}" for n in report.not_checked]
    listed = "；".join(f"（{i}）{text}" for i, text in enumerate(told, 1)) if len(told) > 1 else "".join(told)
    names = {d.document.name for d in report.documents}
    unread = [n.what for n in report.not_checked if not n.rules or any(n.what.startswith(name) for name in names)]
    return {
        "unchecked": listed + "。以上不作为缺项认定，待补充后复核。" if told else "无。",
        "unread": "、".join(unread),
    }
