"""Which existing systems the project itself names, which of its own it follows, and whether those are to be stopped."""

from __future__ import annotations

import re

from analyzers.context import Context
from models.domain.finding import Severity
from models.domain.register import Candidate, FunctionMatch, System
from models.domain.submission import Passage
from models.text import bigrams, squash
from models.units import Units

CONNECTS = re.compile("对接|接口|调用|贯通|推送|读取|获取|复用|上报|回传|同步至|共享")
RETIRES = re.compile("停用|下线|关停|停止使用|停止服务|退役|注销|不再使用|割接|切换|迁移|并入|合并|整合至|下架")
_REPLACES = re.compile("替代|替换|取代|重建|改建|更换|更新换代|升级|扩建|扩充|二期|续建|整合")
_KEPT = re.compile("基础上|沿用|保留|继续(?:使用|运行|承担)|扩充|扩容|扩展|扩建")
_REWORKED = re.compile("升级|改造|优化|重构|扩展|扩充|完善|增强|适配|改版|迁移|对接")
_NOT_AGAIN = re.compile("不(?:再)?重复(?:开发|建设|计费|计列|列支)|一期已建.{0,40}(?:继续使用|沿用|利旧)")
_KIND = re.compile(r"[（(].*?[)）]|(?:信息)?(?:管理)?(?:系统|平台|应用|项目)$")
_PHASE = re.compile(r"(?:[（(]?第?[一二三四五1-5]期(?:工程|项目)?[）)]?|[vV]\d(?:\.\d)?)$")
_NICKNAME = re.compile('[“"「](.{3,16}?)[”"」]')
_PLACE = re.compile(r"^(?:\w{2,3}省)?(?:\w{2,3}市)?(?:\w{2}区)?")
_CODED = re.compile("编码|编号|代码")  # a register's column that holds what a system is numbered by
_SHORTEST = 5  # characters of a name that can be looked for in a text
_ALIKE = 0.5  # share of a system's name that a successor's title has


def mentions(context: Context, system: System) -> list[str]:
    """Return the texts of the submission that name the system."""
    return [p.text for p in naming(context, system)]


def naming(context: Context, system: System) -> list[Passage]:
    """Return the passages that name the system: by its name or a former one; the unit's own more freely."""
    keys = (*_names(system), *(_called_at_home(system) if of_own_unit(context, system) else ()))
    return [p for p in context.submission.passages if any(key in squash(p.text) for key in keys)]


def of_own_unit(context: Context, system: System) -> bool:
    """Say whether the system belongs to the applying unit."""
    return _is_own(context, system.unit)


def _is_own(context: Context, name: str) -> bool:
    units = [str(f.value) for f in context.submission.facts_of("unit") if f.value]
    known = Units.of(context.policy.data)
    return bool(name) and any(known.same(name, unit) for unit in units)


def is_predecessor(context: Context, candidate: Candidate, named: list[str], least: float) -> bool:
    """Own system that this project follows: named as replaced or extended, or named alike and near in what it does."""
    if not of_own_unit(context, candidate.system):
        return False
    if any(_REPLACES.search(m) or RETIRES.search(m) for m in named):
        return True
    titles = [_stem(str(f.value)) for f in context.submission.facts_of("title") if f.value]
    ours, theirs = bigrams(titles[0]) if titles else frozenset(), bigrams(_stem(candidate.system.name))
    alike = bool(theirs) and len(ours & theirs) / len(theirs) >= _ALIKE
    return alike and (bool(named) or candidate.score >= least)


def own_candidates(context: Context) -> list[Candidate]:
    """Return the unit's own systems that the papers name but the comparison did not bring up."""
    if context.register is None:
        return []
    known = {c.system.id for c in context.candidates if c.source != "intake"}
    own = context.register.of_units([name for name in context.register.units() if _is_own(context, name)])
    return [Candidate(s, 0.0, 0.0, 0.0, ()) for s in own if s.id not in known and mentions(context, s)]


def charged_again(context: Context, matched: tuple[FunctionMatch, ...]) -> tuple[FunctionMatch, ...]:
    """Return functions of the previous phase that the project lists again by the same name, as if they were new."""
    if any(_NOT_AGAIN.search(p.text) for p in context.submission.passages):
        return ()
    return tuple(m for m in matched if m.kind == "verbatim" and not _REWORKED.search(m.function.text))


def retirement(context: Context, named: list[str]) -> Severity | None:
    """Say how much the missing 停用 plan weighs; None where there is one, or where the old system is extended."""
    texts = [p.text for p in context.submission.passages]
    if any(RETIRES.search(text) and re.search("原|旧|老|一期|现有", text) for text in (*named, *texts)):
        return None
    natures = {str(f.value) for f in context.submission.facts_of("nature")}
    if natures & {"扩建", "续建"} and any(_KEPT.search(text) for text in (*named, *texts)):
        return None
    return Severity.WARNING if natures & {"改建"} or any(_REPLACES.search(m) for m in named) else Severity.NOTICE


def _names(system: System) -> tuple[str, ...]:
    """Return the keys by which a text may name the system: name, former names, a nickname in quotes."""
    called = (system.name, *system.former_names)
    stems = {_stem(name) for name in called} | {squash(_PHASE.sub("", name)) for name in called}
    nicknames = {squash(n) for n in _NICKNAME.findall(system.name)}
    return tuple(sorted({s for s in stems if len(s) >= _SHORTEST} | nicknames))


def _called_at_home(system: System) -> tuple[str, ...]:
    """Return the keys by which its own unit names a system: 停车管理平台 for 某某区停车管理平台（一期）, its code.

    In another unit's papers such a name may mean any system of the kind.
    """
    bare = (squash(_PHASE.sub("", _PLACE.sub("", name))) for name in (system.name, *system.former_names))
    codes = (squash(value) for column, value in system.extra if _CODED.search(column))
    return tuple(sorted({key for key in (*bare, *codes) if len(key) >= _SHORTEST}))


def _stem(name: str) -> str:
    """Return a system's name without place, phase, brackets and the word for its kind."""
    bare = _PHASE.sub("", _PLACE.sub("", name))
    return squash(_KIND.sub("", _KIND.sub("", bare)) or name)
