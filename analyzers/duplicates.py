"""NEG-2B、NEG-3、COM-RETIRE 与已有系统（台账）和同期申报项目的比对。

检查什么
    把方案的建设内容逐项与台账中各系统的功能比对，再比对整体用途，由一组写明含义的指标（功能相近程度、超出其他系统多少、两边的
    覆盖、整体用途）算出相近的概率：主要功能都已有的为重复，部分已有的为部分重合，其余只列供参考。市、省、国家统建的系统按第八条
    第（三）项处理；本单位的原系统看是否写明停用或整合安排，一期已建的功能是否再次列入。

为什么
    第八条（二）：重复建设的项目原则上不得建设。第八条（三）：上级部门已统筹建设的不得建设。第二十六条：被替代的系统应停用、整合。

示例
    报：拟建“摊位登记、票证上传、快检公示”，商务部门已有系统功能相同、只是说法不同。
    报：一期已有“窗口受理”，二期又把“窗口受理”列为新开发，建议核减。
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
from analyzers.predecessors import (
    CONNECTS,
    RETIRES,
    charged_again,
    is_predecessor,
    mentions,
    own_candidates,
    retirement,
)
from models.domain.finding import Finding, Severity
from models.domain.register import Candidate, FunctionMatch, System
from models.domain.report import Duplicate, Example, Pair
from models.functions import weight
from models.likeness import FEATURES, load_decision, of_pack, shipped
from models.units import Units

RULES = ("NEG-2B", "NEG-3", "COM-RETIRE")

ASKED = 0.45  # probability from which a system is asked about: precision and recall .9 on held-out departments
SURE = 0.75  # from which a higher level's system without 统建 mark is asked about whatever else is nearer
TELLING = 4.0  # functions of its own (weights summed) without which a proposal says too little to be asked about
FROM = "duplicate_from"  # key of the pack's thresholds, written by `chushen corpus calibrate`
MAINLY = 0.5  # probability from which a system is mainly, not only partly, the same
SHARED = 2  # functions that must have a counterpart: one alone proves nothing
RELATED = 0.05  # least probability of a system that is worth showing
SHOWN = 10
_PAIRS = 60  # shown of a system; a proposal of more functions in common is one too long to print
_QUOTES = 5
_NAMED = 3  # pairs of functions a reason names
_HIGHER = ("市", "省", "国家")
_CAPABILITY = re.compile(
    "统一(?:用户|身份)|认证|短信|电子证照|电子签章|地理信息|时空|GIS|视频(?:共享|联网)|公共组件|数据共享"
)
_UNBUILT = frozenset({"在建", "已批未建"})
_COMMON = re.compile("数据资源|数据管理|大数据")


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
    near: dict[str, Finding] = {}
    for judged in _judge_all(context):
        if judged.retirement is not None:
            values = {"system": judged.candidate.system.name}
            found = finding(context, "COM-RETIRE", judged.retirement, values, ())
            yield replace(found, target=judged.candidate.system.name)
        if judged.duplicate.verdict != "related":
            found = _finding(context, judged)
            near[found.id] = _beside(near[found.id], found) if found.id in near else found
    yield from near.values()


def _beside(first: Finding, other: Finding) -> Finding:
    """Put two systems that rest on the same words of the plan into one finding that names both, the nearer first."""
    return replace(first, message=first.message + other.message, main_content=first.main_content or other.main_content)


def _finding(context: Context, judged: _Judged) -> Finding:
    near, system = judged.duplicate, judged.candidate.system
    unified = near.relation == "higher_level" and system.unified
    intake = near.source == "intake"
    blocks = unified or (near.verdict == "duplicate" and not intake)
    rule = "NEG-3" if unified else "NEG-2B"
    evidence = [m.function.evidence for m in judged.matched[:_QUOTES]]
    severity = Severity.BLOCKER if blocks else Severity.WARNING
    found = finding(context, rule, severity, {"message": near.reason, "system": system.name}, evidence)
    again = near.relation == "own_predecessor"
    return replace(
        found,
        target="、".join(m.function.name for m in judged.matched) if again else system.name,
        measure=_measure(near, unified=unified),
        main_content=near.verdict == "duplicate" and blocks,
        confidence=round(min(0.5 + near.score / 2, 0.95), 2),
        template="1.5",
    )


def _measure(near: Duplicate, *, unified: bool) -> str:
    if near.source == "intake":
        return "整合"
    if near.relation == "own_predecessor":
        return "核减"
    return "会商" if near.relation == "higher_level" and not unified else "复用"


def _judge_all(context: Context) -> list[_Judged]:
    """Return the judged candidates, decided once for the findings and for the report's list."""
    return context.once("duplicates", lambda: _decided(context))


def _decided(context: Context) -> list[_Judged]:
    candidates = (*context.candidates, *own_candidates(context))
    proved = _proved(context) if candidates else 1.0
    told = sum(weight(f.name) for f in context.submission.functions) >= TELLING
    least = min(proved, ASKED) if told else proved
    judged = [j for c in candidates if (j := _judge(context, c, least)) is not None]
    order = {"duplicate": 0, "overlap": 1, "related": 2}
    best = lambda j: (order[j.duplicate.verdict], -j.duplicate.score, j.duplicate.system_id)  # noqa: E731
    return sorted(_nearest_of_higher(context, sorted(judged, key=best)), key=best)[:SHOWN]


def _nearest_of_higher(context: Context, judged: list[_Judged]) -> list[_Judged]:
    """Leave of a higher level's systems that are neither marked 统建 nor sure only the nearest to be asked about.

    Whether such a system serves this district at all is not known: one question is worth asking, ten are not. What this
    unit's own line of departments (条线) runs above it is the likeliest to serve it.
    """
    unsure = [j for j in judged if j.duplicate.verdict != "related" and _unproved(j)]
    units = [str(f.value) for f in context.submission.facts_of("unit") if f.value]
    known = Units.of(context.policy.data)
    above = [j for j in unsure if any(known.same_line(j.duplicate.unit, unit) for unit in units)]
    others = {id(j) for j in unsure} - {id(j) for j in (*above, *unsure)[:1]}
    related = ((j, replace(j.duplicate, verdict="related", examples=())) for j in judged)
    return [replace(j, duplicate=shown) if id(j) in others else j for j, shown in related]


def _judge(context: Context, candidate: Candidate, least: float) -> _Judged | None:
    """Decide on one candidate; None where it is not worth showing."""
    system = candidate.system
    named = mentions(context, system)
    own = candidate.source != "intake" and is_predecessor(context, candidate, named, least)
    if candidate.score < RELATED and not own:
        return None
    matched = _matched(candidate, least)
    relation = _relation(candidate, own=own)
    connects = any(CONNECTS.search(m) for m in named) and not any(RETIRES.search(m) for m in named)
    again = charged_again(context, matched) if own and system.status != "停用" else ()
    verdict = _verdict(candidate, matched, least, _proved(context))
    if own:
        verdict, matched = ("overlap", again) if again else ("related", matched)
    elif connects or system.status == "停用":
        verdict = "related"
    elif relation == "higher_level" and not system.unified and verdict == "duplicate":
        verdict = "overlap"  # whether it covers this district is to be asked
    pairs = tuple(Pair(m.function.name, m.system_text, round(m.score, 3), m.kind) for m in matched)[:_PAIRS]
    why = _reason(candidate, matched, relation, connects=connects, again=bool(again))
    duplicate = Duplicate(
        system.id, system.name, system.unit, candidate.source, round(candidate.score, 3), verdict, relation,
        round(candidate.coverage, 3), pairs, why, system.level, system.status, _note(system),
        tuple(zip(FEATURES, candidate.features, strict=False)),
        _examples(context, candidate) if verdict != "related" else (),
    )  # fmt: skip
    return _Judged(candidate, duplicate, matched, retirement(context, named) if own else None)


def _note(system: System) -> str:
    """Return what else the register says of a system that bears on building beside it."""
    built = "计划{}年建成" if system.status in _UNBUILT else "{}年建成"
    told = ["统建" if system.unified else "", built.format(system.year.removesuffix("年")) if system.year else ""]
    told.append(f"验收：{system.acceptance}" if system.acceptance else "")
    return "；".join(part for part in told if part)


def _examples(context: Context, candidate: Candidate) -> tuple[Example, ...]:
    """Return the judged pair that comes nearest on either side of the line: the pack's own, else the shipped ones."""
    if not candidate.features:
        return ()
    known = of_pack((context.policy.data or {}).get("examples", ())) or shipped()
    decision = load_decision().same
    found = (known.nearest(candidate.features, decision, same=same) for same in (True, False))
    return tuple(
        Example(
            bool(known.same[n]), known.proposals[n], known.systems[n],
            tuple((name, round(float(x), 3)) for name, x in zip(FEATURES, known.features[n], strict=True)),
        )
        for n in found if n is not None
    )  # fmt: skip


def _matched(candidate: Candidate, least: float) -> tuple[FunctionMatch, ...]:
    """Return the functions that have a counterpart; of a system that is the same as a whole at least the nearest."""
    telling = [m for m in candidate.matches if weight(m.function.name) == 1]
    same = [m for m in telling if m.same]
    return tuple(same if len(same) >= SHARED or candidate.score < least else telling[: SHARED + 1])


def _verdict(candidate: Candidate, matched: tuple[FunctionMatch, ...], least: float, proved: float) -> str:
    if candidate.score < least or len(matched) < min(SHARED, len(candidate.matches)):
        return "related"
    return "duplicate" if candidate.score >= proved and candidate.mainly >= MAINLY else "overlap"


def _unproved(judged: _Judged) -> bool:
    """Say whether a system of a higher level, without 统建 mark, is less than sure: it may serve its own level only."""
    near, system = judged.duplicate, judged.candidate.system
    return near.relation == "higher_level" and not system.unified and judged.candidate.score < SURE


def _proved(context: Context) -> float:
    """Return the probability from which a system is taken for the same: the pack's, where it was calibrated."""
    return context.policy.thresholds.get(FROM, load_decision().least)


def _relation(candidate: Candidate, *, own: bool) -> str:
    system = candidate.system
    if candidate.source == "intake":
        return "same_intake"
    if own:
        return "own_predecessor"
    if _is_capability(system):
        return "shared_capability"
    return "higher_level" if system.level in _HIGHER else "other_unit"


def _is_capability(system: System) -> bool:
    """Say whether the system offers to all units what none should build by itself."""
    return bool(_COMMON.search(system.unit) and _CAPABILITY.search("".join((system.name, *system.functions))))


def _reason(
    candidate: Candidate, matched: tuple[FunctionMatch, ...], relation: str, *, connects: bool, again: bool
) -> str:
    system = candidate.system
    whose = f"{system.unit}“{system.name}”" if system.unit else f"“{system.name}”"
    whose = f"同期申报的“{system.name}”" if relation == "same_intake" else whose
    shown = "；".join(f"拟建“{m.function.name}”对应“{m.system_text}”" for m in matched[:_NAMED])
    total, count = len(candidate.matches), len(matched)
    if again:
        words = f"{whose}已建功能本期再次列入：{shown}。一期已建部分不应重复计费，建议核减。"
    elif matched and candidate.score >= RELATED:
        more = "等" if count > _NAMED else ""
        words = f"与{whose}功能相近：{shown}{more}（{total}项拟建功能中有{count}项）。"
    elif relation == "own_predecessor":
        words = f"方案提到{whose}。"
    else:
        words = f"与{whose}业务领域相近，未见功能重合。"
    return words + _standing(system, relation) + ("方案已说明与其对接。" if connects else "")


def _standing(system: System, relation: str) -> str:
    """Return what the register says of the system beyond its functions."""
    words = ""
    if relation == "own_predecessor":
        words = "该系统为本单位原有系统。"
    elif relation == "shared_capability":
        words = "该系统提供公共能力，宜复用。"
    elif relation == "higher_level":
        advice = "统建系统。" if system.unified else "系统，是否覆盖本区业务待核实。"
        words = f"该系统为{system.level}级{advice}"
    if system.status and system.status != "在用":
        words += f"台账登记状态为{system.status}。"
    return words
