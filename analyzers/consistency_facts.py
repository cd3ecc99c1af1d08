"""其他事实前后是否一致（CON-FACT）。

检查什么：
方案安全需求、安全设计、概算（等保测评费）与申报表的网络安全等级保护级别是否相同；各处写明的用户数是否相同；
原系统建成、投入使用的年份是否相同。

为什么：
等保级别决定安全投入和测评要求（第十五条），用户数决定规模和性能，前后不一无法评审。

示例：
方案2.3.5写“系统按等保第二级建设”，申报表填“第三级”，提示不一致。

局限：
多个子系统分别定级、由低级提升到高级的表述，以及政务云、原系统的级别不比较；用户数只比较明确写作“用户数”的数字，
年份只看以“原系统”“一期”开头的句子，都只作提示。
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from analyzers.agreement import disagreement, groups
from analyzers.context import Context
from models.domain.finding import Finding, Severity
from models.domain.submission import Fact

RULES = ("CON-FACT",)
_LEVELS = "零一二三四五"
_USERS = 1.2  # a rounded figure beside an exact one


def check(context: Context) -> Iterator[Finding]:
    """Compare protection levels and numbers of users."""
    levels = list(context.submission.facts_of("protection"))
    by_place: dict[str, set[object]] = {}
    for fact in levels:
        by_place.setdefault(fact.source, set()).add(fact.value)
    clear = [f for f in levels if len(by_place[f.source]) == 1]
    parted = groups(clear, lambda a, b: a.value == b.value)
    if len(parted) > 1:
        yield disagreement(context, "CON-FACT", parted, _level)
    years = groups(context.submission.facts_of("original_year"), lambda a, b: a.value == b.value)
    if len(years) > 1:
        said = disagreement(context, "CON-FACT", years, lambda f: f"原系统{f.as_written}")
        yield replace(said, severity=Severity.NOTICE)
    users = groups(context.submission.facts_of("users"), _near)
    if len(users) > 1:
        yield replace(disagreement(context, "CON-FACT", users, lambda f: f.as_written), severity=Severity.NOTICE)


def _level(fact: Fact) -> str:
    return f"第{_LEVELS[int(fact.value)]}级" if isinstance(fact.value, float) else str(fact.value)


def _near(a: Fact, b: Fact) -> bool:
    if not isinstance(a.value, float) or not isinstance(b.value, float):
        return True
    low, high = sorted((a.value, b.value))
    return high <= low * _USERS
