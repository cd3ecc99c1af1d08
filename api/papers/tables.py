"""The tables of the papers (概算核减, 相近系统比对, 补正对照 …) by the name a skeleton calls them by."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from api.papers import money
from api.papers.blocks import Grid
from api.papers.places import formal, place, quoted
from api.reports import phrases
from models.domain.finding import Finding
from models.domain.policy import Policy
from models.domain.report import Duplicate, Report


def tables(report: Report, policy: Policy, asked: Sequence[str]) -> dict[str, Grid]:
    """Return every table; `asked` are the demands of 补正通知 in their order."""
    return {
        "材料清单": _files(report),
        "材料版本": _versions(report),
        "逐项审核": _findings(report),
        "概算核减": money.cuts(report, policy),
        "概算核减简表": money.cuts_in_brief(report),
        "概算审核": money.money_reply(report, policy),
        "相近系统": _near(report),
        "相近系统简表": _near_in_brief(report),
        "供比对系统": _compare(report),
        "补正对照": _answers(asked),
        "项目概要": _outline(report),
        "评审意见": _reply(report),
        "总体结论": _verdict(),
        "意见采纳": Grid(("序号", "第三方意见", "采纳情况", "理由"), (("", "", "", ""),) * 3, (1, 5, 2, 4)),
    }


def near_systems(report: Report) -> list[Duplicate]:
    """The systems a paper speaks of: those whose functions come near."""
    return [d for d in report.duplicates if d.verdict != "related"]


def _files(report: Report) -> Grid:
    rows = [
        (str(i), d.document.name, phrases.KINDS[d.kind], d.document.format, str(d.document.pages or "—"))
        for i, d in enumerate(report.documents, start=1)
    ]
    unread = [("—", n.what, "未核实", "—", n.why) for n in report.not_checked]
    return Grid(("序号", "材料", "类别", "格式", "页数或说明"), (*rows, *unread), (1.2, 6.0, 2.2, 1.6, 4.6))


def _versions(report: Report) -> Grid:
    rows = [(d.document.name, str(d.document.pages or "—"), d.document.sha256[:12]) for d in report.documents]
    return Grid(("材料", "页数", "校验值（前12位）"), tuple(rows), (7, 2, 5))


def _findings(report: Report) -> Grid:
    rows = [
        (
            str(i),
            phrases.SEVERITIES[f.severity],
            f.title,
            formal(f.message),
            "\n".join(quoted(report, e) for e in f.evidence) or "材料中未见",
            "\n".join(part for part in (formal(f.clause.ref), f.suggestion) if part),
        )
        for i, f in enumerate(report.findings, start=1)
    ]
    heads = ("序号", "程度", "事项", "审核意见", "原文摘录和出处", "依据和建议")
    return Grid(heads, tuple(rows) or (("—", "—", "无", "", "", ""),), (1.1, 1.7, 2.2, 3.8, 4.2, 2.8))


def _pairs(near: Duplicate) -> str:
    return "\n".join(f"{p.proposal} —— {p.system}" for p in near.pairs) or "业务用途相近"


def _near(report: Report) -> Grid:
    heads = ("序号", "系统", "单位", "关系", "相近功能（本项目 —— 已有系统）", "初审看法", "申报单位说明", "建议")
    rows = [
        (
            *(str(i), d.system_name, d.unit or "—", phrases.RELATIONS.get(d.relation, "")),
            *(_pairs(d), phrases.VERDICTS.get(d.verdict, ""), "", _advice(report, d)),
        )
        for i, d in enumerate(near_systems(report), start=1)
    ]
    none = ("—", "未发现主要功能相近的系统" if report.engine.systems else "台账尚未提供，未作比对", *("",) * 6)
    return Grid(heads, tuple(rows) or (none,), (1.1, 3.6, 3.0, 2.2, 6.6, 2.2, 3.4, 2.6))


def _near_in_brief(report: Report) -> Grid:
    rows = [(d.system_name, d.unit or "—", p.proposal, p.system) for d in near_systems(report) for p in d.pairs]
    heads = ("系统", "单位", "本项目功能", "系统已有功能")
    return Grid(heads, tuple(rows) or (("无", "", "", ""),), (3.6, 3.6, 4.2, 4.2))


def _advice(report: Report, near: Duplicate) -> str:
    kinds = [m.kind for m in report.conclusion.measures if m.target == near.system_name]
    return "、".join(dict.fromkeys(kinds)) or "说明差异"


def _compare(report: Report) -> Grid:
    rows = [
        (d.system_name, d.unit or "—", phrases.RELATIONS.get(d.relation, ""), _pairs(d), "□可复用 □可扩展 □确需新建")
        for d in near_systems(report)
        if d.source != "intake"  # another unit's application is no business of this reviewer
    ]
    return Grid(
        ("系统", "单位", "关系", "相近功能对照", "请判断"), tuple(rows) or (("无", "", "", "", ""),), (3, 3, 2, 5, 3)
    )


def _answers(asked: Sequence[str]) -> Grid:
    heads = ("序号", "补正要求", "修改后所在页码", "修改内容摘要", "未修改理由")
    return Grid(heads, tuple((str(i), text, "", "", "") for i, text in enumerate(asked, 1)), (1.1, 6.2, 2.4, 3.2, 2.8))


def funding(report: Report) -> list[str]:
    """Return each source of the money once: 财政288.22万元."""
    told: dict[tuple[str, str], str] = {}
    for fact in report.facts:
        if fact.key == "funding" and fact.as_written:
            name = "" if fact.scope in fact.as_written else fact.scope
            told.setdefault((fact.scope, str(fact.value)), name + fact.as_written.strip("。；"))
    return list(told.values())


def _outline(report: Report) -> Grid:
    s = report.submission
    total = f"{phrases.wan(s.total_wan)}万元" if s.total_wan is not None else ""
    first: Mapping[str, str] = {
        "申报单位": s.unit,
        "项目性质": s.nature,
        "数字化改革领域": s.domain,
        "申报总投资": total,
    }
    rows = [(name, value or "未说明", _stated(report, name)) for name, value in first.items()]
    for key, name in (
        ("funding", "资金来源"),
        ("period", "建设周期"),
        ("users", "服务对象与用户数"),
        ("protection", "等保级别"),
    ):
        told = list(dict.fromkeys(f.as_written.strip("。；") for f in report.facts if f.key == key and f.as_written))
        told = funding(report) if key == "funding" else told[:3]
        rows.append((name, "；".join(told) or "未说明", _stated(report, name, key)))
    return Grid(("项目", "内容", "出处"), tuple(rows), (3, 7, 5))


_KEYS = {"申报单位": "unit", "项目性质": "nature", "数字化改革领域": "domain", "申报总投资": "total_wan"}


def _stated(report: Report, name: str, key: str = "") -> str:
    fact = next((f for f in report.facts if f.key == (key or _KEYS.get(name, ""))), None)
    return place(report, fact.evidence) if fact else "—"


def _reply(report: Report) -> Grid:
    heads = ("维度", "意见（认可／需修改／不认可）", "理由", "依据页码", "修改建议")
    return Grid(heads, tuple((d.name, "", "", "", "") for d in report.dimensions), (2, 3.4, 4, 2, 4))


def _verdict() -> Grid:
    rows = (
        ("总体结论", "□建议通过　□修改后通过　□不建议"),
        ("主要理由（不超过三条）", "1.\n2.\n3."),
        ("需专家会讨论的问题", ""),
    )
    return Grid(("项目", "填写"), rows, (4, 11))


def weighty(findings: Sequence[Finding], rules: Sequence[str]) -> list[Finding]:
    """Findings of some rules, in the report's order."""
    return [f for f in findings if f.rule in rules]
