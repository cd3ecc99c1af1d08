"""Part four of 初审意见, （一） to （九）: each matter in a sentence or two; the annex has the rest."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from api.papers.checks import mandatory
from api.papers.conclusions import DECLINE
from api.papers.money import reckoned
from api.papers.places import formal, inner, item_number, listed, measured, quote, quoted, spoken
from api.papers.sentences import statement
from api.papers.tables import near_systems, told_otherwise, weighty
from api.reports import phrases
from api.reports.html import negative_list
from models.domain.finding import Finding, Severity
from models.domain.policy import Policy
from models.domain.report import Duplicate, Report

SHARING = ("NEG-2D", "COM-DATA", "COM-SOURCE", "COM-UNIFIED")
SECURITY = ("NEG-2C", "COM-LEVEL", "COM-CRYPTO")
MONEY = ("CON-TOTAL", "CON-SUM", "CON-FUNDING", "CON-SCOPE", "COM-SUPERVISION", "COM-OFFICE", "COM-PRICE")
GOALS = ("NEG-2A",)
OLD_SYSTEM = ("COM-RETIRE", "NEG-4")
_TOLD = 2  # findings of one matter told in full; the annex has all
_UNTOLD = "，方案中未见对该系统的说明"
_FUNCTIONS = 3  # functions named of a system that comes near
_QUOTED, _SHORT = 60, 30  # characters of a quote within a sentence
_LACK = re.compile("不能|无法|难以|不支持|不足|不满足|滞后|老旧|没有")
_COLLECTED = re.compile("归集|共享|目录|公共数据平台")
_AGAIN = re.compile("；第[一二三四五六七八九十]+条(第（)")
_LEVELS = "〇一二三四五"
ON_TOP = frozenset({"扩建", "改建", "续建"})  # what is built upon a system that is there
_STATUSES = {"已提供": ("present", "merged"), "缺少": ("missing", "empty", "placeholder"), "内容不足": ("thin",)}
_STATUSES |= {"待核实": ("unclear",), "不适用": ("not_applicable",)}


def opinions(report: Report, policy: Policy) -> dict[str, Any]:
    """Return the placeholders of part four."""
    return {
        "completeness": _completeness(report),
        "necessity": _necessity(report),
        "near": _near(report),
        "sharing": _settled(report, SHARING, _written(report, "数据归集")),
        "security": _security(report),
        "money": _money(report, policy),
        "goals": _settled(report, GOALS, _goals(report)),
        "old_system": _old_system(report),
        **_negative(report),
    }


def _settled(report: Report, rules: tuple[str, ...], clean: str) -> str:
    """Say what the rules found; `clean` only where every one of them could be checked."""
    missed = any(rule in rules for line in report.not_checked for rule in line.rules)
    found = weighty(report.findings, rules)
    plain = [f for f in found if not f.rule.startswith("NEG-")]  # the negative list has been told
    told = [joined(report, plain)] if plain else []
    if told or found:
        return "。".join([*told, "所涉内容见本部分（三）"] if len(plain) < len(found) else told) + "。"
    return "本次未能全部核实，未核实部分见第二部分。" if missed else clean


def joined(report: Report, findings: Sequence[Finding]) -> str:
    """Tell findings one after another, the first few in full."""
    told = list(dict.fromkeys(spoken(report, f, _QUOTED) for f in findings))
    more = f"等{len(told)}处（其余见附件2）" if len(told) > _TOLD else ""
    return "。".join(told[:_TOLD]) + more


def _completeness(report: Report) -> str:
    lines = mandatory(report)
    if not lines:
        return "本次未作完整性核对。"
    counts = {name: sum(r.status in statuses for r in lines) for name, statuses in _STATUSES.items()}
    if counts["已提供"] == len(lines):
        return f"模板{len(lines)}项必要内容均已提供。"
    told = "，".join(f"{name}{count}项" for name, count in counts.items() if count)
    named = {name: [r.title for r in lines if r.status in _STATUSES[name]] for name in ("缺少", "内容不足", "待核实")}
    listed = "".join(f"{name}的为：{'、'.join(titles)}。" for name, titles in named.items() if titles)
    return f"模板{len(lines)}项必要内容中，{told}。{listed}"


def _necessity(report: Report) -> str:
    ground = next((f for f in report.facts if f.key == "ground"), None)
    if ground is not None:
        clause = formal(str(ground.value))
        told = f"申报依据为{quoted(report, ground.evidence, _QUOTED)}，对应{clause}。"
    else:
        told = "材料中未见明确的申报依据，请补充（第七条）。"
    if lacking := weighty(report.findings, ("PRO-GROUND", "PRO-SELF")):
        return told + joined(report, lacking) + "。"
    said = [e for d in report.dimensions if d.name == "必要性" for e in d.quotes]
    reason = next((e for e in said if _LACK.search(e.quote)), None)
    if reason is None or report.submission.nature not in ON_TOP:
        return told
    return f"{told}原系统不能满足的理由为{quoted(report, reason, _QUOTED)}。"


def _negative(report: Report) -> dict[str, Any]:
    """Every item of 第八条 in one line, then what was found of those the project touches."""
    found: dict[str, list[str]] = {}
    state: dict[str, str] = {}
    for row in negative_list(report):
        said = found.setdefault(row.clause, [])
        if row.findings:
            state[row.clause] = "涉及，情况如下"
            said += _touched(report, row.findings)
        elif row.unchecked:
            state.setdefault(row.clause, "本次未能核实")
        else:
            state.setdefault(row.clause, "未涉及")
        if row.unchecked and not row.findings and state[row.clause] != "本次未能核实":
            said.append(f"其中“{row.title}”本次未能核实")
    line = "；".join(f"{formal(clause)}：{said}" for clause, said in state.items())
    line = _AGAIN.sub(r"；\1", line)
    rows = [{"clause": formal(c), "said": "；".join(dict.fromkeys(said)) + "。"} for c, said in found.items() if said]
    return {"negative": line + "。", "touched": rows}


def _touched(report: Report, findings: Sequence[Finding]) -> list[str]:
    known = {d.system_name for d in report.duplicates}
    groups: dict[str, list[Finding]] = {}
    for finding in findings:
        alike = finding.target in known
        key = f"与{_named(report, finding)}功能相近，见本部分（四）" if alike else finding.message
        groups.setdefault(key, []).append(finding)
    told = []
    for key, (first, *more) in groups.items():
        ref = f"，属{formal(first.clause.ref)}所列情形"
        told.append(key if first.target in known else spoken(report, first, _QUOTED, more[:1]).replace(ref, ""))
    if len(told) <= _TOLD and all(len(some) <= _TOLD for some in groups.values()):
        return told
    numbers = listed(item_number(report, f.id) for f in findings)
    return [*told[:_TOLD], f"详见附件2第{numbers}项"]


def _named(report: Report, finding: Finding) -> str:
    """Name the system a finding is about, and the further ones it names beside it."""
    near = [d.system_name for d in near_systems(report) if f"“{d.system_name}”" in finding.message]
    return "".join(f"“{inner(name)}”" for name in dict.fromkeys((finding.target, *near)))


def _near(report: Report) -> str:
    near = near_systems(report)
    if not report.engine.systems and not near:
        return "区级应用台账尚未提供，本次未作比对。"
    head = f"经与区级应用台账（{report.engine.systems}个系统）比对，"
    if not near:
        told = "；".join(f"{text}，见本部分（三）" for text in told_otherwise(report))
        return head + "未发现主要功能相近的系统" + (f"；{told}。" if told else "。")
    said = [statement(report, d.system_name) for d in near[:_TOLD]]
    told = "；".join(
        _alike(d) + (f"，申报单位说明为{s}" if s else "，方案中未见说明" if any(said) else "")
        for d, s in zip(near, said, strict=False)
    )
    told += f"；另有{len(near) - _TOLD}个" * (len(near) > _TOLD)
    told += "（明细见附件4）" + ("" if any(said) else "，方案中未见对上述系统的说明" if len(said) > 1 else _UNTOLD)
    if report.conclusion.advice == DECLINE:
        return f"{head}{told}。申报单位可就差异提交书面说明，是否属于重复建设，会商有关单位后认定。"
    return f"{head}{told}。建议请申报单位说明差异，并会商确定复用或整合。"


def _alike(near: Duplicate) -> str:
    names = list(dict.fromkeys(p.proposal for p in near.pairs))
    some = "、".join(names[:_FUNCTIONS]) + (f"等{len(names)}项" if len(names) > _FUNCTIONS else "")
    return f"与{near.unit or '有关单位'}“{near.system_name}”" + (f"在{some}功能上相近" if names else "相近")


def _written(report: Report, dimension: str) -> str:
    said = [e for d in report.dimensions if d.name == dimension for e in d.quotes]
    shown = next((e for e in said if _COLLECTED.search(e.quote)), None)
    if shown is not None:
        return f"方案提出{quote(shown, _QUOTED)}，未见需补正的内容。"
    return "方案已作说明，未见需补正的内容。" if said else "材料中未见相关内容，请评审时关注。"


def _level(report: Report) -> str:
    levels = sorted({int(f.value) for f in report.facts if f.key == "protection" and isinstance(f.value, float)})
    told = "、".join(f"第{_LEVELS[level]}级" for level in levels if 0 < level < len(_LEVELS))
    return f"拟定网络安全等级保护{told}。" if told else ""


def _security(report: Report) -> str:
    clean = "未见需补正的内容。"
    level, found = _level(report), _settled(report, SECURITY, clean)
    return level.replace("。", "，") + found if level and found == clean else level + found


def _money(report: Report, policy: Policy) -> str:
    cut = [f for f in report.findings if f.rule == "CON-SUM"]
    said = _settled(report, MONEY, "")
    totals = [f for f in report.facts if f.key == "total_wan" and isinstance(f.value, float) and f.scope == "总投资"]
    if said or cut or not totals:
        return said or "材料中未见总投资金额。"
    sums = reckoned(report, policy)
    counted = f"；概算明细的{'、'.join(sums)}经复核相符" if sums else "；未见可供复核的概算明细"
    return f"各处总投资一致，为{phrases.wan(report.submission.total_wan)}万元{counted}。"


def _goals(report: Report) -> str:
    said = next((d.quotes for d in report.dimensions if d.name == "项目绩效" and d.quotes), ())
    goal = next((told for e in said if (told := measured(e.quote, 2 * _SHORT))), "")
    return f"已提出量化目标，如“{inner(goal)}”。" if goal else "方案已提出绩效目标，详见方案。"


def _old_system(report: Report) -> str:
    old = [d.system_name for d in report.duplicates if d.relation == "own_predecessor"]
    told = f"原系统为{''.join(f'“{inner(name)}”' for name in old)}。" if old else ""
    clean = "台账中未见原系统" if report.engine.systems else "台账尚未提供，未能比对原系统"
    clean += "，请评审时核实。" if report.submission.nature in ON_TOP else "。"
    return told + _settled(report, OLD_SYSTEM, "方案已说明沿用、整合或停用安排。" if old else clean)


def heavy(report: Report) -> list[Finding]:
    """Return the findings that are more than a notice."""
    return [f for f in report.findings if f.severity is not Severity.NOTICE]
