"""Facts a plan states in passing: amounts of other scopes, sources, domain, users, the original system's year."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from models import statements
from models.domain.policy import Policy
from models.domain.submission import Budget, Fact, LineKind, Passage, PassageKind
from models.domains import domain_named
from models.quantities import counts
from models.text import normalise

_MONEY = ("1.4", "1.5", "1.6", "1", "15.1", "15.4", "15")
_USERS = re.compile(
    r"(?<!并发)(?<!在线)(?<!活跃)(?<!日活)(?<!新增)(?<!付费)(?:系统|平台|总|预计)?用户(?:总数|总量|数量|数|规模)"
)
_TARGET = re.compile(r"并发|在线|同时|活跃|支持|承载|不少于|不低于|达到|增至|新增|高峰")
_DOMAIN = re.compile(r"(?:所属|属于|归属|归入|属)[^。;]{0,8}(?:领域|跑道|系统)|(?:领域|跑道)(?:为|是|:)")
_OLD = re.compile(r"^(?:该|本项目)?(?:的)?原(?:有)?(?:系统|平台|项目|应用)|^一期(?:系统|平台|项目)?")
_BUILT = re.compile(
    r"(?:(?P<y>(?:19|20)\d\d)年(?:\d{1,2}月)?(?:\d{1,2}日)?[^,。;\d]{0,6}(?:建成|投入使用|投入运行|投用|上线|启用))"
    r"|(?:(?:建成|投入使用|投入运行|投用|上线|启用)(?:时间|日期)?(?:于|为|是|:)*(?P<z>(?:19|20)\d\d)年)"
)
_LEVEL_LINE = re.compile(r"等保|等级保护|等级测评|定级")


def further(stated: Sequence[Passage], policy: Policy) -> Iterator[Fact]:
    """Return the facts of a plan's passages (titles left out) that chapter and form readers do not look for."""
    for passage in stated:
        number = _in(passage, _MONEY)
        if number and passage.kind is PassageKind.SENTENCE:
            yield from _scoped(passage, number)
        source = _in(passage, ("1.6", "15.4"))
        if source:
            for name in statements.source_kinds(passage.text):
                yield Fact("source", name, passage.text, "", passage.evidence, f"plan:{source}")
    yield from _domain(stated, policy)
    yield from _users(stated)
    yield from _original_year(stated)


def _in(passage: Passage, numbers: Sequence[str]) -> str:
    return next((n for n in numbers if n in passage.template), "")


def _scoped(passage: Passage, number: str) -> Iterator[Fact]:
    """Amounts that are not the whole: named with their scope, so that nobody takes them for a disagreement."""
    for amount in statements.scoped(passage.text):
        yield Fact(
            "total_wan",
            amount.money.wan,
            amount.money.as_written,
            amount.scope,
            passage.evidence,
            f"plan:{number}",
        )


def _domain(stated: Sequence[Passage], policy: Policy) -> Iterator[Fact]:
    """The first sentence of chapter 1 or 2.2.3 that says which 数字化改革领域 the project belongs to."""
    for passage in stated:
        if (
            passage.template
            and passage.template[0].split(".")[0] in {"1", "2"}
            and _DOMAIN.search(normalise(passage.text))
        ):
            named = domain_named(passage.text, policy.domains)
            if named is not None:
                yield Fact("domain", named.name, passage.text, "", passage.evidence, f"plan:{passage.template[0]}")
                return


def _users(stated: Sequence[Passage]) -> Iterator[Fact]:
    """The project's 用户数 where a sentence outside 2.3.1 calls a figure so; loads and targets are none."""
    for passage in stated:
        plain = normalise(passage.text)
        named = _USERS.search(plain)
        if not named or not _in(passage, ("1.4", "2.3.3", "3.2", "4.2", "1.7", "14.1")):
            continue
        if _TARGET.search(plain[max(0, named.start() - 8) : named.end() + 10]):
            continue
        for count in counts(passage.text):
            if 0 <= count.start - named.end() <= 4 and count.unit[0] in "人个名户":
                written = passage.text[count.start : count.end]
                yield Fact("users", count.value, written, "", passage.evidence, f"plan:{passage.template[0]}")
                break


def _original_year(stated: Sequence[Passage]) -> Iterator[Fact]:
    """The year in which the original system came into use, where a sentence begins with that system."""
    for passage in stated:
        if passage.kind is not PassageKind.SENTENCE or not _in(passage, ("1.2", "2.1", "2.2.1", "2.3.4")):
            continue
        plain = re.sub(r"\s+", "", normalise(passage.text))
        found = _BUILT.search(plain)
        if found and _OLD.search(plain):
            year = float(found["y"] or found["z"])
            yield Fact("original_year", year, f"{year:g}年", "", passage.evidence, f"plan:{passage.template[0]}")


def levels_in_budget(budgets: Sequence[Budget]) -> Iterator[Fact]:
    """The 等保 level that a line of the budget pays for."""
    for budget in budgets:
        for line in budget.lines:
            if budget.scope == "总投资" and line.kind is LineKind.ITEM and _LEVEL_LINE.search(line.name):
                level = statements.level_of_field(line.name)
                if level:
                    yield Fact("protection", float(level), line.evidence.quote, "", line.evidence, "budget")
