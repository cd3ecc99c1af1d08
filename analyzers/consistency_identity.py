"""项目名称、申报单位是否一致（CON-NAME、CON-UNIT）。

检查什么：
方案封面、1.1项目名称与申报表的项目名称是否相同；方案封面与申报表的申报单位（项目需求单位）、建设单位是否各自相同。

为什么：
立项、预算、合同和验收都以同一名称、同一单位为准（第六条）。

示例：
方案为“农贸市场智慧监管应用建设项目”，申报表为“视频智能分析平台建设项目”，提示名称不一致。

局限：
引号、括号写法、“的”、有无“建设项目”后缀不算不同；单位的简称（杭州市拱墅区X局、区X局）、内设科室不算不同。
申报单位与项目需求单位是同一角色，建设单位是另一角色，两者不同不提示。
"""

from __future__ import annotations

from collections.abc import Iterator

from analyzers.agreement import disagreement, groups
from analyzers.context import Context
from models.domain.finding import Finding
from models.domain.submission import Fact
from models.names import same_title, same_unit, title_key, unit_names

RULES = ("CON-NAME", "CON-UNIT")


def check(context: Context) -> Iterator[Finding]:
    """Compare names of the project and of each role's unit."""
    stated = sorted(context.submission.facts_of("title"), key=lambda f: f.source == "cover")
    titles = groups(stated, _same_name)
    if len(titles) > 1:
        yield disagreement(context, "CON-NAME", titles, _quoted)
    for role in ("unit", "builder"):
        named = [f for f in context.submission.facts_of(role) if unit_names(str(f.value))]
        units = groups(named, lambda a, b: same_unit(str(a.value), str(b.value)))
        if len(units) > 1:
            yield disagreement(context, "CON-UNIT", units, _quoted)


def _same_name(a: Fact, b: Fact) -> bool:
    """Say whether two names are one; a cover that breaks a long name over lines shows a part of it."""
    if same_title(str(a.value), str(b.value)):
        return True
    return b.source == "cover" and title_key(str(b.value)) in title_key(str(a.value))


def _quoted(fact: Fact) -> str:
    return f"“{fact.value}”"
