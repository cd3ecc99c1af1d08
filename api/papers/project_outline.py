"""项目概要: the project in a table, each line with the place that says so."""

from __future__ import annotations

import re

from api.papers.blocks import Grid
from api.papers.form_boxes import cloud
from api.papers.places import place, quote
from api.papers.sentences import sentences
from api.reports import phrases
from models.domain.policy import Policy
from models.domain.report import Report

_LEVELS = "〇一二三四五"
_SERVED, _COUNTED = "服务对象|服务范围|使用对象|用户", re.compile("[人户家名]")  # heading and words of who is served
_PRESENT = ("1.2", "2.1")  # where the template has the plan tell of what runs today
_STANDS = re.compile(r"部署[^，；：]{0,16}(?:云|机房|服务器|本地|政务外网)")  # within one clause
_PERSONAL = re.compile("个人信息|身份证|证件号|手机号|联系电话|住址|人脸|姓名")
_HANDLES = re.compile("处理|采集|收集|涉及|包含|包括|含有?|存储|保存|登记|记录|使用|掌握")
_AROUND = re.compile(  # what may befall personal information, or what the law says of it, not what the system has of it
    "风险|威胁|隐患|薄弱|泄[露漏密]|外泄|窃取|窥视|篡改|滥用|倒卖|丢失|批量导出|冒用|保护法|法律|法规|条例|规定|依照|遵循"
    "|[:：]\\s*1\\d{2}|联系人"
)
_NOTHING = re.compile("(?:不|未|无)(?:涉及|含|处理|采集|收集|存储|保存)[^，；]{0,6}个人信息")


def outline(report: Report, policy: Policy) -> Grid:
    """Return what the project is, whose, how much, for whom, where it runs; 未说明 where nothing says so."""
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
    served = next(sentences(report, lambda text: bool(_COUNTED.search(text)), titled=_SERVED), None)
    if not told["users"][1] and served:
        rows[list(told).index("users")] = (told["users"][0], quote(served, 80), place(report, served))
    rows += [("部署方式", *_deployed(report, policy)), ("个人信息", *_personal(report))]
    return Grid(("项目", "内容", "出处"), tuple(rows), (3.2, 7.4, 5))


def _deployed(report: Report, policy: Policy) -> tuple[str, str]:
    """Say where the system is to run, and where that is written: the form's answer, then the plan's sentence."""
    answer = cloud(report, policy)
    told = [(answer.value, place(report, answer.evidence))] if answer else []
    found = next(sentences(report, lambda text: bool(_STANDS.search(text)), apart=_PRESENT), None)
    told += [(quote(found, 80), place(report, found))] if found else []
    return ("；".join(said for said, _ in told) or "未说明", "；".join(at for _, at in told) or "—")


def _personal(report: Report) -> tuple[str, str]:
    """Say what personal information the system handles, and where that is written; a risk by itself says nothing."""
    found = list(sentences(report, lambda text: bool(_PERSONAL.search(text))))
    telling = next((e for e in found if _HANDLES.search(e.quote) and not _AROUND.search(e.quote)), None)
    telling = next((e for e in found if _NOTHING.search(e.quote)), telling)
    if telling is not None:
        return quote(telling, 80), place(report, telling)
    return ("未说明处理哪些个人信息（方案有提及）", place(report, found[0])) if found else ("未说明", "—")


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


def funding(report: Report) -> list[str]:
    """Return each source of the money once: 财政288.22万元."""
    told: dict[tuple[str, str], str] = {}
    for fact in report.facts:
        if fact.key == "funding" and fact.as_written:
            name = "" if fact.scope in fact.as_written else fact.scope
            amount = f"{phrases.wan(fact.value)}万元" if isinstance(fact.value, float) and name else ""
            told.setdefault((fact.scope, str(fact.value)), name + (amount or fact.as_written.strip("。；")))
    return list(told.values())
