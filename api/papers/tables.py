"""The tables of the papers (概算核减, 相近系统比对, 补正对照 …) by the name a skeleton calls them by."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from analyzers.dimensions import POINTS
from api.papers import money
from api.papers.blocks import Grid
from api.papers.masking import CHECKSUM
from api.papers.places import formal, message, place, quote
from api.reports import phrases
from models.domain.document import Paragraph, Table
from models.domain.finding import Evidence, Finding
from models.domain.outline import Section, section_of
from models.domain.policy import Policy
from models.domain.report import Duplicate, Report
from models.domain.submission import Kind
from models.headings import is_caption


def tables(report: Report, policy: Policy, asked: Sequence[Mapping[str, str]]) -> dict[str, Grid]:
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
        "相近实例": _examples(report),
        "供比对系统": _compare(report),
        "补正对照": _answers(asked),
        "项目概要": _outline(report),
        "评审意见": _reply(report),
        "总体结论": _verdict(),
        "意见采纳": Grid(
            ("序号", "第三方意见", "采纳／部分采纳／不采纳", "理由"), (("", "", "", ""),) * 3, (1.3, 4.6, 5, 4), 2
        ),
        "金额一览": money.at_a_glance(report),
    }


def near_systems(report: Report) -> list[Duplicate]:
    """The systems a paper speaks of: those whose functions come near."""
    return [d for d in report.duplicates if d.verdict != "related"]


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
        (d.document.name.rpartition("/")[2], str(d.document.pages or "—"), d.document.sha256[:CHECKSUM])
        for d in report.documents
    ]
    return Grid(("材料", "页数", f"校验值（前{CHECKSUM}位）"), tuple(rows), (8, 2, 4))


def _findings(report: Report) -> Grid:
    rows = [
        (
            *(str(i), phrases.SEVERITIES[f.severity], f.title, message(report, f)),
            "\n".join(place(report, e) + quote(e, stop=True) for e in f.evidence) or "材料中未见",
            "\n".join(part for part in (formal(f.clause.ref), f.suggestion) if part),
        )
        for i, f in enumerate(report.findings, start=1)
    ]
    heads = ("序号", "程度", "事项", "审核意见", "原文摘录和出处", "依据和建议")
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
    return Grid(heads, tuple(rows) or (none,), (1.3, 3.0, 2.6, 1.35, 1.35, 1.9, 7.1, 1.9, 2.8, 1.5, 2.0))


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


def _examples(report: Report) -> Grid:
    """A row a system: the judged pairs nearest to it on either side, and by what it is nearer to which; no scores."""
    rows = []
    for near in near_systems(report):
        sides = {e.same: e for e in near.examples}
        if len(sides) == len(near.examples) == 2:
            closer = phrases.nearer(dict(near.features), dict(sides[True].features), dict(sides[False].features))
            told = "；".join(f"{said}更接近{side}" for said, side in zip(closer, ("前者", "后者"), strict=True) if said)
            shown = (f"《{sides[same].proposal}》与“{sides[same].system}”" for same in (True, False))
            rows.append((near.system_name, *shown, told or "两者相当"))
    heads = ("系统", "判定为相近的最接近实例", "判定为不相近的最接近实例", "与两者相比")
    return Grid(heads, tuple(rows) or (("无", "—", "—", "—"),), (3.2, 4.4, 4.4, 3.6))


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
    return Grid(heads, rows or (("", "", "", "", ""),) * 3, (2.0, 4.4, 2.3, 4.0, 2.9), 2)


def funding(report: Report) -> list[str]:
    """Return each source of the money once: 财政288.22万元."""
    told: dict[tuple[str, str], str] = {}
    for fact in report.facts:
        if fact.key == "funding" and fact.as_written:
            name = "" if fact.scope in fact.as_written else fact.scope
            amount = f"{phrases.wan(fact.value)}万元" if isinstance(fact.value, float) and name else ""
            told.setdefault((fact.scope, str(fact.value)), name + (amount or fact.as_written.strip("。；")))
    return list(told.values())


_LEVELS = "〇一二三四五"
_SAID = {  # what only the plan's own sentences say: all words of a group, one of it each
    "部署方式": (("部署",), ("云", "机房", "服务器", "本地", "政务外网")),
    "个人信息": (("个人信息", "身份证", "手机号", "联系电话", "住址", "人脸"),),
}

_SERVED, _COUNTED = "服务对象|服务范围|使用对象|用户", (tuple("人户家名"),)  # heading and words of who is served
_PRESENT = ("1.2", "2.1")  # where the template has the plan tell of what runs today


def _outline(report: Report) -> Grid:
    s = report.submission
    total = f"{phrases.wan(s.total_wan)}万元" if s.total_wan is not None else ""
    levels = sorted({int(f.value) for f in report.facts if f.key == "protection" and isinstance(f.value, float)})
    periods = list(dict.fromkeys(str(f.value) for f in report.facts if f.key == "period" and f.value))
    told = {
        "unit": ("申报单位", s.unit),
        "nature": ("项目性质", s.nature),
        "domain": ("数字化改革领域", s.domain),
        "total_wan": ("申报总投资", total),
        "funding": ("资金来源", "；".join(funding(report)) or _kinds_of_money(report)),
        "period": ("建设周期", "；".join(periods)),
        "users": ("服务对象与用户数", "；".join(_written(report, "users")[:3])),
        "protection": ("等保级别", "、".join(f"第{_LEVELS[n]}级" for n in levels if 0 < n < len(_LEVELS))),
    }
    rows = [(name, value or "未说明", _stated(report, key)) for key, (name, value) in told.items()]
    if not told["users"][1] and (served := sentence(report, _COUNTED, titled=_SERVED)):
        rows[list(told).index("users")] = (told["users"][0], quote(served, 80), place(report, served))
    for name, groups in _SAID.items():
        found = sentence(report, groups, apart=_PRESENT if name == "部署方式" else ())
        rows.append((name, quote(found, 80) if found else "未说明", place(report, found) if found else "—"))
    return Grid(("项目", "内容", "出处"), tuple(rows), (3.2, 7.4, 5))


def _written(report: Report, key: str) -> list[str]:
    return list(dict.fromkeys(f.as_written.strip("。；") for f in report.facts if f.key == key and f.as_written))


def _kinds_of_money(report: Report) -> str:
    return "、".join(dict.fromkeys(str(f.value) for f in report.facts if f.key == "source" and f.value))


def _stated(report: Report, key: str) -> str:
    """Return where it is stated: once, or at every place that states it otherwise."""
    keys = (key, "source") if key == "funding" else (key,)
    facts = next((some for k in keys if (some := [f for f in report.facts if f.key == k])), [])
    firsts = {str(f.value) if key == "period" else key: f for f in reversed(facts)}
    return "；".join(dict.fromkeys(place(report, f.evidence) for f in reversed(firsts.values()))) or "—"


def sentence(
    report: Report, groups: Sequence[Sequence[str]], apart: Sequence[str] = (), titled: str = ""
) -> Evidence | None:
    """Return the plan's first sentence that has a word of every group and is neither pointer (见表6), caption nor head.

    `apart`: template numbers left out; `titled`: a pattern that the heading above it must hold.
    """
    for item in (d for d in report.documents if d.kind is Kind.PLAN):
        for number, block in enumerate(item.document.blocks):
            texts = [block.text] if isinstance(block, Paragraph) else []
            texts += [block.row_text(row) for row in range(1, len(block.rows))] if isinstance(block, Table) else []
            for text in texts:
                said = (
                    s.strip() for s in re.split("[。；]", text) if all(any(w in s for w in group) for group in groups)
                )
                if found := next((s for s in said if not POINTS.fullmatch(s) and not is_caption(s)), ""):
                    section = section_of(item.sections, number)
                    if section and set(apart) & _answered(item.sections, section):
                        continue
                    if titled and not (section and re.search(titled, section.title)):
                        continue
                    at = section.index if section else None
                    return Evidence(item.document.name, found, section=at, page=block.page, paragraph=number)
    return None


def _answered(sections: Sequence[Section], section: Section) -> set[str]:
    """Return the template numbers that a section and those above it answer."""
    found = set(section.template)
    while section.parent is not None:
        section = sections[section.parent]
        found.update(section.template)
    return found


def statement(report: Report, system: str, limit: int = 60) -> str:
    """Return what the plan itself says of a system: its first sentence that names it."""
    found = sentence(report, ((system,),))
    return quote(found, limit) if found else ""


def _reply(report: Report) -> Grid:
    heads = ("维度", "意见（认可／需修改／不认可）", "理由", "依据页码", "修改建议")
    return Grid(heads, tuple((d.name, "", "", "", "") for d in report.dimensions), (2, 3.4, 4, 2, 4), 3)


def _verdict() -> Grid:
    rows = (
        ("总体结论", "□建议通过　□修改后通过　□不建议"),
        ("主要理由（不超过三条）", "1.\n2.\n3."),
        ("需专家会讨论的问题", ""),
    )
    return Grid(("项目", "填写"), rows, (4, 11), 2)


def weighty(findings: Sequence[Finding], rules: Sequence[str]) -> list[Finding]:
    """Findings of some rules, in the report's order."""
    return [f for f in findings if f.rule in rules]
