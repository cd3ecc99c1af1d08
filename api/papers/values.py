"""What the placeholders of a skeleton stand for; `PLACEHOLDERS` says it of each, docs/papers.md lists them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from api.papers.demands import demands
from api.papers.places import formal, quoted
from api.papers.tables import funding, near_systems, weighty
from api.reports import phrases
from api.reports.html import negative_list
from models.domain.finding import Finding, Severity
from models.domain.policy import Policy
from models.domain.report import Dimension, Measure, Report

BLANK = "　　　　"
_QUOTES, _QUOTED = 4, 120  # quotes of a dimension, characters of each
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
    "contents_more": "“等”或空",
    "contents_count": "建设内容项数",
    "builder": "与申报单位不同的建设单位；没有则空",
    "lead_opinion": "牵头部门意见方面的问题；没有则空",
    "policy": "办法名称",
    "policy_number": "办法文号",
    "unchecked": "未能核实的事项；没有则为“无。”",
    "unread": "未能读取的材料；没有则空",
    "advice": "处理建议",
    "reasons": "理由，不超过三条；没有则空",
    "measures": "措施；没有则空",
    "cut": "核减合计；没有则空",
    "control": "初审建议控制数；没有核减则空",
    "completeness": "必要内容各种状态的项数和缺少的项",
    "necessity": "必要性方面的材料摘录",
    "near": "与已有系统比对的结果",
    "sharing": "数据归集与共享",
    "security": "安全与密码",
    "money": "建设内容与概算",
    "goals": "绩效目标",
    "old_system": "原系统处置",
    "lead": "牵头部门；没有则空",
    "report_up": "报批方式（请示或专题会议）；其他则空",
    "route_otherwise": "其他办理方式；没有则空",
    "route_clauses": "办理方式依据的条款",
    "approval": "报批方式",
    "negative": "列表：第八条逐项，每行 {clause} {said}",
    "must": "列表：必须补正的事项，每行 {number} {text}",
    "explain": "列表：需要说明的事项，每行 {number} {text}",
    "improve": "列表：建议完善的事项，每行 {number} {text}",
    "must_count": "必须补正的项数",
    "explain_count": "需要说明的项数",
    "improve_count": "建议完善的项数",
    "dimensions": "列表：七个维度，每行 {number} {name} {quotes} {questions}",
    "attention": "列表：初审提请关注的事项，每行 {number} {text}；盲评版没有",
    "blind": "盲评版为“是”，否则空",
    "hidden": "已隐去的内容",
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
    "effect": "一页纸：成效目标摘录",
    "started": "一页纸：未批先建情形",
}
SHARING = ("NEG-2D", "COM-DATA", "COM-SOURCE")
SECURITY = ("NEG-2C", "COM-LEVEL", "COM-CRYPTO")
MONEY = ("CON-TOTAL", "CON-SUM", "CON-FUNDING", "CON-SCOPE", "COM-SUPERVISION")
GOALS = ("NEG-2A",)
OLD_SYSTEM = ("COM-RETIRE", "NEG-4")
_NOTHING = "未发现需要说明的事项。"


def values(report: Report, policy: Policy, *, blind: bool = False) -> dict[str, Any]:
    """Return the values of the placeholders every paper but 一页纸 needs (see `brief.values`)."""
    return {
        **dict.fromkeys(PLACEHOLDERS, ""),
        "blank": BLANK,
        **_project(report),
        **_checked(report),
        **_conclusion(report),
        **_opinions(report),
        **_routing(report),
        **demands(report, policy),
        "dimensions": [_dimension(report, policy, d, blind=blind) for d in report.dimensions],
        "attention": [] if blind else _attention(report),
        "blind": "是" if blind else "",
        "hidden": "个人姓名、电话、证件号、账号" + ("、编制单位" if blind else ""),
    }


def _attention(report: Report) -> list[dict[str, str]]:
    heavy = [formal(f.message) for f in report.findings if f.severity is not Severity.NOTICE]
    return [{"text": text} for text in dict.fromkeys(heavy)]


def _project(report: Report) -> dict[str, Any]:
    s = report.submission
    sources = funding(report)
    builder = next((str(f.value) for f in report.facts if f.key == "builder" and f.value), "")
    lead = weighty(report.findings, ("PRO-LEAD",))
    return {
        "title": s.title or BLANK,
        "unit": s.unit or BLANK,
        "nature": s.nature or "未说明",
        "domain": s.domain or "未说明",
        "total": f"{phrases.wan(s.total_wan)}万元" if s.total_wan is not None else "未说明",
        "sources": f"（其中{'、'.join(sources)}）" if sources else "",
        "period": s.period or "未说明",
        "files": str(len(report.documents)),
        "contents": "；".join(f.name.rstrip("。；") for f in report.functions[:_CONTENTS]),
        "contents_more": "等" if len(report.functions) > _CONTENTS else "",
        "contents_count": str(len(report.functions)),
        "builder": builder if builder != s.unit else "",
        "lead_opinion": lead[0].message if lead else "",
        "policy": report.policy.title,
        "policy_number": report.policy.version,
    }


def _checked(report: Report) -> dict[str, str]:
    told = [f"（{i}）{n.what}，{n.why.rstrip('。')}" for i, n in enumerate(report.not_checked, start=1)]
    names = {d.document.name for d in report.documents}
    unread = [n.what for n in report.not_checked if not n.rules or any(n.what.startswith(name) for name in names)]
    return {
        "unchecked": "；".join(told) + "。以上不作为缺项认定，待补充后复核。" if told else "无。",
        "unread": "、".join(unread),
    }


def _conclusion(report: Report) -> dict[str, str]:
    decided = report.conclusion
    reasons = [f"（{i}）{formal(r.rstrip('。'))}" for i, r in enumerate(decided.reasons[:3], start=1)]
    cut = round(sum(m.amount_wan for m in decided.measures if m.kind == "核减" and m.amount_wan), 4)
    total = report.submission.total_wan
    return {
        "advice": decided.advice,
        "reasons": "；".join(reasons),
        "measures": "；".join(_measures(decided.measures)),
        "cut": phrases.wan(cut) if cut else "",
        "control": phrases.wan(round(total - cut, 4)) if cut and total is not None else "",
    }


def _measures(measures: Sequence[Measure]) -> list[str]:
    """Word the measures; those that ask the same of several things in one sentence."""
    groups: dict[str, list[str]] = {}
    for measure in measures:
        key = measure.text.replace(f"“{measure.target}”", "\0", 1) if measure.target else measure.text
        groups.setdefault(key, []).append(measure.target)
    return [
        formal(key.rstrip("。").replace("\0", "".join(f"“{target}”" for target in dict.fromkeys(targets))))
        for key, targets in groups.items()
    ]


def _opinions(report: Report) -> dict[str, Any]:
    return {
        "completeness": _completeness(report),
        "necessity": next(
            (formal(d.summary) for d in report.dimensions if d.name == "必要性" and d.summary), "见附件2。"
        ),
        "near": _near(report),
        "sharing": _settled(report, SHARING, _NOTHING),
        "security": _settled(report, SECURITY, _NOTHING),
        "money": _settled(report, MONEY, "各处金额核对一致。"),
        "goals": _settled(report, GOALS, _NOTHING),
        "old_system": _settled(report, OLD_SYSTEM, _NOTHING),
        "negative": _negative(report),
    }


def _routing(report: Report) -> dict[str, str]:
    up = report.routing.approval if report.routing.approval in {"领导小组专题会议", "书面请示领导小组"} else ""
    return {
        "lead": report.routing.lead_department,
        "approval": report.routing.approval or "待定",
        "report_up": up,
        "route_otherwise": "" if up else report.routing.approval,
        "route_clauses": "、".join(report.routing.clauses),
    }


def _settled(report: Report, rules: tuple[str, ...], clean: str) -> str:
    """Say what the rules found; `clean` only where every one of them could be checked."""
    missed = any(rule in rules for line in report.not_checked for rule in line.rules)
    found = weighty(report.findings, rules)
    if found:
        return formal(_joined(found) + "。")
    return "本次未能全部核实，未核实部分见第二部分。" if missed else clean


def _completeness(report: Report) -> str:
    inner = {row.template.rpartition(".")[0] for row in report.completeness}
    rows = [r for r in report.completeness if r.mandatory and r.template not in inner]
    if not rows:
        return "本次未作完整性核对。"
    names: dict[str, tuple[str, ...]] = {"已提供": ("present", "merged"), "缺少": ("missing", "empty", "placeholder")}
    names |= {"内容不足": ("thin",), "待核实": ("unclear",), "不适用": ("not_applicable",)}
    counts = [f"{name}{sum(r.status in statuses for r in rows)}项" for name, statuses in names.items()]
    lacking = [r.title for r in rows if r.status in names["缺少"]]
    listed = f"缺少：{'、'.join(lacking)}。" if lacking else ""
    return f"模板{len(rows)}项必要内容中，{'，'.join(counts)}。{listed}"


def _negative(report: Report) -> list[dict[str, str]]:
    """One row for each of the five items of 第八条, also those the project does not touch."""
    rows: dict[str, tuple[list[str], list[str]]] = {}
    for row in negative_list(report):
        said, clean = rows.setdefault(row.clause, ([], []))
        if row.findings or row.unchecked:
            told = _joined(row.findings) or "本次未能核实"
            said.append(f"{row.title}，{told}")
        else:
            clean.append(row.title)
    return [
        {"clause": formal(clause), "said": formal("；".join([*said, *_untouched(clean)])) + "。"}
        for clause, (said, clean) in rows.items()
    ]


def _joined(findings: Sequence[Finding]) -> str:
    return "；".join(dict.fromkeys(f.message.rstrip("。") for f in findings))


def _untouched(titles: Sequence[str]) -> list[str]:
    return [f"{'、'.join(titles)}，{'均' if len(titles) > 1 else ''}未涉及"] if titles else []


def _near(report: Report) -> str:
    near = near_systems(report)
    if not report.engine.systems and not near:
        return "区级应用台账尚未提供，本次未作比对。"
    head = f"经与区级应用台账（{report.engine.systems}个系统）比对，"
    if not near:
        return head + "未发现主要功能相近的系统。"
    told = [f"与{d.unit or '有关单位'}“{d.system_name}”在{len(d.pairs)}项功能上相近" for d in near]
    return head + "；".join(told) + "。建议请申报单位说明差异，并会商确定复用或整合。"


def _dimension(report: Report, policy: Policy, dimension: Dimension, *, blind: bool) -> dict[str, str]:
    """Quotes and questions; a blind reviewer is asked only what the pack asks of every project."""
    general = {d["name"]: d["question"] for d in (policy.data or {}).get("dimensions", ())}
    asked = (str(general.get(dimension.name, "")),) if blind else dimension.questions
    quotes = [quoted(report, e, _QUOTED).replace("。”", "”").replace("；”", "”") for e in dimension.quotes[:_QUOTES]]
    return {
        "name": dimension.name,
        "quotes": "；".join(quotes) or "材料中未见相关内容（材料缺口）",
        "questions": "".join(asked) or "请就本维度独立提出意见。",
    }
