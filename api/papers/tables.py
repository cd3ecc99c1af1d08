"""The tables of the papers (概算核减, 相近系统比对, 补正对照 …) by the name a skeleton calls them by."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from api.papers import money
from api.papers.blocks import Grid
from api.papers.demands import weight
from api.papers.glance import at_a_glance
from api.papers.lengths import length
from api.papers.masking import CHECKSUM
from api.papers.places import formal, message, place, quote
from api.papers.project_outline import outline
from api.papers.sentences import statement
from api.reports import phrases
from models.domain.finding import Finding, Severity
from models.domain.policy import Policy
from models.domain.report import Duplicate, Report


def tables(report: Report, policy: Policy, asked: Sequence[Mapping[str, str]]) -> dict[str, Grid]:
    """Return every table; `asked` are the demands of 补正通知 in their order."""
    return {
        "材料清单": _files(report),
        "材料版本": _versions(report),
        "逐项审核": _findings(report, policy),
        "概算核减": money.cuts(report, policy),
        "概算核减简表": money.cuts_in_brief(report),
        "概算审核": money.money_reply(report, policy),
        "相近系统": _near(report),
        "相近系统简表": _near_in_brief(report),
        "供比对系统": _compare(report),
        "补正对照": _answers(asked),
        "项目概要": outline(report, policy),
        "评审意见": _reply(report),
        "总体结论": _verdict(),
        "意见采纳": Grid(
            ("序号", "第三方意见", "采纳／部分采纳／不采纳", "理由"), (("", "", "", ""),) * 8, (1.3, 4.6, 5, 4), 3
        ),
        "金额一览": at_a_glance(report),
    }


def near_systems(report: Report) -> list[Duplicate]:
    """The systems a paper speaks of: those whose functions come near."""
    return [d for d in report.duplicates if d.verdict != "related"]


def told_otherwise(report: Report) -> list[str]:
    """Say what the papers themselves tell of systems to use instead, beside those the register has."""
    rules = {f.rule for f in report.findings if f.severity is not Severity.NOTICE and f.evidence}
    known = {d.system_name for d in report.duplicates}
    own = any(
        f.rule == "NEG-2B" and f.target not in known and f.severity is not Severity.NOTICE for f in report.findings
    )
    return ["方案自述已有功能相近的系统"] * own + ["材料提及上级统筹建设"] * ("NEG-3" in rules)


_FORMATS = {"docx": "Word", "docm": "Word", "doc": "Word", "wps": "WPS", "xlsx": "Excel", "xls": "Excel", "et": "WPS"}


def _format(name: str) -> str:
    return _FORMATS.get(name, name.upper())


def _files(report: Report) -> Grid:
    rows = [
        (
            *(str(i), d.document.name.rpartition("/")[2], phrases.KINDS[d.kind], _format(d.document.format)),
            f"{d.document.pages}页" if d.document.pages else "已读取",
        )
        for i, d in enumerate(report.documents, start=1)
    ]
    unread = [("—", n.what, "未核实", "—", n.why) for n in report.not_checked]
    return Grid(("序号", "材料", "类别", "格式", "页数或说明"), (*rows, *unread), (1.3, 6.0, 2.3, 1.7, 4.3))


def _versions(report: Report) -> Grid:
    rows = [
        (d.document.name.rpartition("/")[2], length(d.document), d.document.sha256[:CHECKSUM]) for d in report.documents
    ]
    return Grid(("材料", "页数或字数", f"校验值（前{CHECKSUM}位）"), tuple(rows), (7.4, 2.6, 4))


def _findings(report: Report, policy: Policy) -> Grid:
    rows = [
        (
            *(str(i), weight(f.rule, f.severity, policy), f.title, message(report, f)),
            "\n".join(place(report, e) + quote(e, stop=True) for e in f.evidence) or "材料中未见",
            "\n".join(part for part in (formal(f.clause.ref), f.suggestion) if part),
        )
        for i, f in enumerate(report.findings, start=1)
    ]
    heads = ("序号", "要求", "事项", "审核意见", "原文摘录和出处", "依据和建议")
    return Grid(heads, tuple(rows) or (("—", "—", "无", "", "", ""),), (1.2, 1.2, 2.0, 3.7, 4.6, 2.9))


def _pairs(near: Duplicate) -> str:
    """Return a line for each function of the system: what the project builds that comes near to it."""
    groups: dict[str, list[str]] = {}
    for pair in near.pairs:
        groups.setdefault(pair.system, []).append(pair.proposal)
    return "\n".join(f"{'、'.join(dict.fromkeys(own))} —— {there}" for there, own in groups.items()) or "业务用途相近"


def _near(report: Report) -> Grid:
    heads = (
        *("序号", "系统", "单位", "层级", "状态", "关系", "相近功能（本项目 —— 已有系统）"),
        *("初审看法", "申报单位说明", "建议", "备注"),
    )
    rows = [
        (
            *(str(i), d.system_name, d.unit or "—", *_standing(d), phrases.RELATIONS.get(d.relation, "")),
            *(_pairs(d), phrases.VERDICTS.get(d.verdict, ""), statement(report, d.system_name) or "方案中未见说明"),
            *(_advice(report, d), d.note or "—"),
        )
        for i, d in enumerate(near_systems(report), start=1)
    ]
    none = ("—", _none_near(report), *("—",) * 9)
    return Grid(heads, tuple(rows) or (none,), (1.3, 2.9, 2.5, 1.35, 1.35, 1.9, 6.8, 2.15, 2.95, 1.5, 2.0))


def _none_near(report: Report) -> str:
    return "未发现主要功能相近的系统" if report.engine.systems else "台账尚未提供，未作比对"


def _standing(near: Duplicate) -> tuple[str, str]:
    """Return level and status as the register has them; a submission of the same intake has none yet."""
    return near.level or "—", near.status or ("本批申报" if near.source == "intake" else "—")


def _near_in_brief(report: Report) -> Grid:
    """A row a system; functions beside those they come near to."""
    rows = [
        (d.system_name, d.unit or "—", _pairs(d), phrases.VERDICTS.get(d.verdict, "")) for d in near_systems(report)
    ]
    none = (_none_near(report), "—", "—", "—")
    heads = ("系统", "单位", "相近功能（本项目 —— 已有系统）", "初审看法")
    return Grid(heads, tuple(rows) or (none,), (3.2, 2.9, 7.5, 2.0))


def _advice(report: Report, near: Duplicate) -> str:
    kinds = [m.kind for m in report.conclusion.measures if m.target == near.system_name]
    return "、".join(dict.fromkeys(kinds)) or "说明差异"


def _compare(report: Report) -> Grid:
    rows = [
        (
            *(d.system_name, d.unit or "—", *_standing(d), _pairs(d)),
            *(statement(report, d.system_name) or "方案中未见说明", "□可复用\n□可扩展\n□确需新建"),
        )
        for d in near_systems(report)
        if d.source != "intake"  # another unit's application is no business of this reviewer
    ]
    heads = ("系统", "单位", "层级", "状态", "相近功能对照", "申报单位说明", "请判断")
    none = (_none_near(report), *("—",) * 6)
    return Grid(heads, tuple(rows) or (none,), (2.2, 2.1, 1.2, 1.2, 4.8, 1.8, 2.3))


def _answers(asked: Sequence[Mapping[str, str]]) -> Grid:
    heads = ("通知序号", "补正要求", "修改后所在页码", "修改内容摘要", "未修改理由")
    rows = tuple((row["mark"], row["subject"], "", "", "") for row in asked)
    rows = rows or (("", "", "", "", ""),) * 3
    return Grid(heads, rows, (2.0, 4.4, 2.3, 4.0, 2.9), max(2, min(6, 24 // len(rows))))  # few have room to write


def _reply(report: Report) -> Grid:
    heads = ("维度", "意见（认可／需修改／不认可）", "理由", "依据页码", "修改建议")
    return Grid(heads, tuple((d.name, "", "", "", "") for d in report.dimensions), (2, 3.4, 4, 2, 4), 3)


def _verdict() -> Grid:
    rows = (
        ("总体结论", "□建议通过　□修改后通过　□不建议"),
        ("主要理由（不超过三条）", "1.\n\n2.\n\n3."),
        ("需专家会讨论的问题", "\n" * 4),  # both have room to write
    )
    return Grid(("项目", "填写"), rows, (4, 11), 2, whole=True)


def weighty(findings: Sequence[Finding], rules: Sequence[str]) -> list[Finding]:
    """Findings of some rules, in the report's order."""
    return [f for f in findings if f.rule in rules]
