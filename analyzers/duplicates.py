"""NEG-2B、NEG-3、COM-RETIRE 与已有系统（台账）和同期申报项目的比对。

检查什么
    把方案的建设内容逐项与台账中各系统的功能比对，再比对整体用途，给出相近系统：主要功能都已有的为重复，部分已有的为部分重合，
    其余只列供参考。市、省、国家统建的系统按第八条第（三）项处理；本单位的原系统只看是否写明停用或整合安排。

为什么
    第八条（二）：重复建设的项目原则上不得建设。第八条（三）：上级部门已统筹建设的不得建设。第二十六条：被替代的系统应停用、整合。

示例
    报：拟建“摊位登记、票证上传、快检公示”，商务部门已有系统功能相同、只是说法不同。
    不报：同一领域但业务不同（工程进度、价格监测）；只是调用对方接口；通用模块（用户、日志、报表）雷同；已停用的系统。

局限
    台账描述过短、方案未列功能的无法判断。相近不等于重复，须由审核人员核对服务对象和业务事项后认定。
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from analyzers.agreement import finding
from analyzers.context import Context
from models.domain.finding import Finding, Severity
from models.domain.register import Candidate, FunctionMatch, System
from models.domain.report import Duplicate, Pair
from models.functions import MATCHED, weight
from models.names import same_unit
from models.text import bigrams, squash

RULES = ("NEG-2B", "NEG-3", "COM-RETIRE")

DUPLICATE = (0.55, 0.36, 0.28)  # least coverage, depth and whole-text similarity; calibrated on invented pairs
OVERLAP = (0.3, 0.32, 0.15)
LEAD = 3.45  # least lead of a system that has part of a proposal of FEW or more functions
FEW = 5
RELATED = 0.35  # least score of a system that is worth showing
SHOWN = 10
_PAIRS = 8
_QUOTES = 5
_HIGHER = ("市", "省", "国家")
_CONNECTS = re.compile("对接|接口|调用|贯通|推送|读取|获取|复用|上报|回传|同步至|共享")
_REPLACES = re.compile("替代|替换|取代|重建|改建|更换|更新换代|升级|扩建|扩充|二期|续建|整合")
_RETIRES = re.compile("停用|下线|关停|停止使用|停止服务|退役|注销|不再使用|割接|切换|迁移|并入|合并|整合至|下架")
_KEPT = re.compile("基础上|沿用|保留|继续(?:使用|运行|承担)|扩充|扩容|扩展|扩建")
_KIND = re.compile(r"[（(].*?[)）]|(?:信息)?(?:管理)?(?:系统|平台|应用|项目)$")


@dataclass(frozen=True, slots=True)
class _Judged:
    """A candidate with what was decided of it."""

    candidate: Candidate
    duplicate: Duplicate
    matched: tuple[FunctionMatch, ...]
    retirement: Severity | None = None  # own predecessor without a 停用 plan


def compare(context: Context) -> tuple[Duplicate, ...]:
    """Return the systems the proposal comes near to, best first, each with a verdict and its reason."""
    return tuple(judged.duplicate for judged in _judge_all(context))


def check(context: Context) -> Iterator[Finding]:
    """Report duplicates (blocker), overlaps (warning) and predecessors without a 停用 plan."""
    for judged in _judge_all(context):
        if judged.retirement is not None:
            values = {"system": judged.candidate.system.name}
            found = finding(context, "COM-RETIRE", judged.retirement, values, ())
            yield replace(found, target=judged.candidate.system.name)
        if judged.duplicate.verdict != "related":
            yield _finding(context, judged)


def _finding(context: Context, judged: _Judged) -> Finding:
    near, system = judged.duplicate, judged.candidate.system
    unified = near.relation == "higher_level" and system.unified
    intake = near.source == "intake"
    blocks = unified or (near.verdict == "duplicate" and not intake)
    rule = "NEG-3" if unified else "NEG-2B"
    evidence = [m.function.evidence for m in judged.matched[:_QUOTES]]
    severity = Severity.BLOCKER if blocks else Severity.WARNING
    found = finding(context, rule, severity, {"message": near.reason, "system": system.name}, evidence)
    return replace(
        found,
        target=system.name,
        measure="整合" if intake else ("会商" if near.relation == "higher_level" and not unified else "复用"),
        main_content=near.verdict == "duplicate" and blocks,
        confidence=round(min(0.5 + near.score / 2, 0.95), 2),
        template="1.5",
    )


def _judge_all(context: Context) -> list[_Judged]:
    judged = [j for c in context.candidates if (j := _judge(context, c)) is not None]
    order = {"duplicate": 0, "overlap": 1, "related": 2}
    judged.sort(key=lambda j: (order[j.duplicate.verdict], -j.duplicate.score, j.duplicate.system_id))
    return judged[:SHOWN]


def _judge(context: Context, candidate: Candidate) -> _Judged | None:
    """Decide on one candidate; None where it is not worth showing."""
    system = candidate.system
    matched = tuple(m for m in candidate.matches if m.score >= MATCHED and weight(m.function.name) == 1)
    if len(matched) < 2 and _stands_out(candidate):
        matched = tuple(m for m in candidate.matches if weight(m.function.name) == 1)[:3]
    mentions = _mentions(context, system)
    own = candidate.source != "intake" and _is_predecessor(context, candidate, mentions)
    if candidate.score < RELATED and not own and not _stands_out(candidate):
        return None
    verdict = _verdict(candidate, matched)
    connects = any(_CONNECTS.search(m) for m in mentions) and not any(_RETIRES.search(m) for m in mentions)
    if own or connects or system.status == "停用":
        verdict = "related"
    relation = _relation(candidate, own=own)
    if relation == "higher_level" and not system.unified and verdict != "related":
        verdict = "overlap" if _reaches(candidate, DUPLICATE) or _stands_out(candidate) else "related"
    pairs = tuple(
        Pair(m.function.name, m.system_text, round(m.score, 3), m.kind)
        for m in candidate.matches
        if m.score >= MATCHED or m in matched
    )[:_PAIRS]
    why = _reason(candidate, matched, relation, connects=connects)
    duplicate = Duplicate(
        system.id, system.name, system.unit, candidate.source, round(candidate.score, 3), verdict, relation,
        round(candidate.coverage, 3), pairs, why,
    )  # fmt: skip
    return _Judged(candidate, duplicate, matched, _retirement(context, mentions) if own else None)


def _stands_out(candidate: Candidate) -> bool:
    """Its functions answer the proposal's far better than those of the rest of the register do, one with another."""
    own = [m for m in candidate.matches if weight(m.function.name) == 1]
    return candidate.lead >= LEAD and len(own) >= FEW


def _verdict(candidate: Candidate, matched: tuple[FunctionMatch, ...]) -> str:
    if _stands_out(candidate):
        return "duplicate" if _reaches(candidate, DUPLICATE) else "overlap"
    if len(matched) < 2:  # one function alone proves nothing
        return "related"
    if _reaches(candidate, DUPLICATE):
        return "duplicate"
    return "overlap" if _reaches(candidate, OVERLAP) else "related"


def _reaches(candidate: Candidate, least: tuple[float, float, float]) -> bool:
    coverage, depth, whole = least
    return candidate.coverage >= coverage and _depth(candidate) >= depth and candidate.whole >= whole


def _depth(candidate: Candidate) -> float:
    """Mean of the functions' best cosines, generic modules counting little."""
    weights = [weight(m.function.name) for m in candidate.matches]
    near = sum(w * max(m.score, 0.0) for w, m in zip(weights, candidate.matches, strict=True))
    return near / sum(weights) if weights else 0.0


def _relation(candidate: Candidate, *, own: bool) -> str:
    system = candidate.system
    if candidate.source == "intake":
        return "same_intake"
    if own:
        return "own_predecessor"
    if system.level in _HIGHER:
        return "higher_level"
    shared = re.search("数据资源|数据管理|大数据", system.unit) and re.search("统一|公共|共享|一体化", system.name)
    return "shared_capability" if shared else "other_unit"


def _mentions(context: Context, system: System) -> list[str]:
    """Passages of the submission that name the system."""
    names = {_stem(name) for name in (system.name, *system.former_names)}
    keys = [name for name in sorted(names) if len(name) >= 5]
    return [p.text for p in context.submission.passages if any(key in squash(p.text) for key in keys)]


def _stem(name: str) -> str:
    """Return a system's name without place, brackets and the word for its kind."""
    bare = re.sub(r"^(?:\w{2,3}省)?(?:\w{2,3}市)?(?:\w{2}区)?", "", name)
    return squash(_KIND.sub("", _KIND.sub("", bare)) or name)


def _is_predecessor(context: Context, candidate: Candidate, mentions: list[str]) -> bool:
    """Own system that this project follows: same unit, and named as replaced or extended, or named alike."""
    system = candidate.system
    units = [str(f.value) for f in context.submission.facts_of("unit") if f.value]
    if not system.unit or not any(same_unit(system.unit, unit) for unit in units):
        return False
    if any(_REPLACES.search(m) or _RETIRES.search(m) for m in mentions):
        return True
    titles = [_stem(str(f.value)) for f in context.submission.facts_of("title") if f.value]
    ours, theirs = bigrams(titles[0]) if titles else frozenset(), bigrams(_stem(system.name))
    alike = bool(theirs) and len(ours & theirs) / len(theirs) >= 0.5
    return alike and (bool(mentions) or candidate.score >= RELATED)


def _retirement(context: Context, mentions: list[str]) -> Severity | None:
    """Say how much the missing 停用 plan weighs; None where there is one, or where the old system is extended."""
    texts = [p.text for p in context.submission.passages]
    if any(_RETIRES.search(text) and re.search("原|旧|老|一期|现有", text) for text in (*mentions, *texts)):
        return None
    natures = {str(f.value) for f in context.submission.facts_of("nature")}
    if natures & {"扩建", "续建"} and any(_KEPT.search(text) for text in (*mentions, *texts)):
        return None
    return Severity.WARNING if natures & {"改建"} or any(_REPLACES.search(m) for m in mentions) else Severity.NOTICE


def _reason(candidate: Candidate, matched: tuple[FunctionMatch, ...], relation: str, *, connects: bool) -> str:
    system = candidate.system
    whose = f"{system.unit}“{system.name}”" if system.unit else f"“{system.name}”"
    whose = f"同期申报的“{system.name}”" if relation == "same_intake" else whose
    ours = "、".join(f"“{m.function.name}”" for m in matched[:3])
    theirs = "、".join(dict.fromkeys(f"“{m.system_text}”" for m in matched[:3]))
    if not matched:
        words = f"与{whose}业务领域相近，未见功能重合。"
    else:
        more = f"等{len(matched)}项" if len(matched) > 3 else ""
        words = f"拟建功能{ours}{more}与{whose}的{theirs}相近（{len(candidate.matches)}项功能中有{len(matched)}项）。"
    if relation == "own_predecessor":
        words += "该系统为本单位原有系统。"
    elif relation == "higher_level":
        words += f"该系统为{system.level}级" + (
            "统建系统。" if system.unified else "系统，建议会商确认是否覆盖本区业务。"
        )
    if system.status and system.status != "在用":
        words += f"台账登记状态为{system.status}。"
    return words + ("方案已说明与其对接。" if connects else "")
