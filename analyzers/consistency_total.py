"""总投资金额是否一致（CON-TOTAL）。

检查什么：
方案“总投资金额及来源”、投资概算各节、概算表合计和申报表中同一口径的总投资是否相同。

为什么：
第六条要求报送建设方案和投资概算，第十一条按概算金额决定审批方式；金额不一，评审和预算都没有依据。

示例：
方案1.6写“总投资268.6万元”，申报表“项目总投资(万元)”填“286.6”，提示不一致。

局限：
只比较同一口径。原项目投资、财政资金、本年度金额、合同价、运维费与总投资不是一个口径，不比较；
“约”数、万元末位四舍五入、元与万元换算、大写金额不算不一致。
"""

from __future__ import annotations

from collections.abc import Iterator

from analyzers.agreement import disagreement, groups
from analyzers.context import Context
from models.budget import total_of
from models.domain.finding import Finding
from models.domain.submission import Fact
from models.quantities import money_wan

RULES = ("CON-TOTAL",)
_RELATIVE = 0.0005  # rounding anywhere in the sum
_ABOUT = 0.05  # what 约 may hide


def check(context: Context) -> Iterator[Finding]:
    """Compare all statements of the total investment."""
    stated = [f for f in context.submission.facts_of("total_wan") if f.scope == "总投资" and isinstance(f.value, float)]
    if _in_parts(context, stated):
        stated = [f for f in stated if f.source != "budget"]
    exact_first = sorted(stated, key=lambda f: f.as_written.startswith("约"))
    parted = groups(exact_first, _same)
    if len(parted) > 1:
        yield disagreement(context, "CON-TOTAL", parted, _say)


def _in_parts(context: Context, stated: list[Fact]) -> bool:
    """Say whether the plan has its budget in several tables, none of them the whole, that add up to what is stated."""
    parts = [total_of(b) or 0.0 for b in context.submission.budgets if b.scope in {"总投资", "分项"}]
    told = [f.value for f in stated if f.source != "budget" and isinstance(f.value, float)]
    return len(parts) > 1 and any(abs(sum(parts) - value) <= value * _RELATIVE for value in told)


def _say(fact: Fact) -> str:
    return f"{fact.value:g}万元" if isinstance(fact.value, float) and fact.value < 1e6 else f"{fact.value}万元"


def _same(a: Fact, b: Fact) -> bool:
    """Say whether two amounts are one: 约, rounding to the last figure written, and 0.05 % aside."""
    if not isinstance(a.value, float) or not isinstance(b.value, float):
        return True
    about = a.as_written.startswith("约") or b.as_written.startswith("约")
    step = max(_step(a), _step(b))
    allowed = max(abs(a.value) * (_ABOUT if about else _RELATIVE), step)
    return abs(a.value - b.value) <= allowed + 1e-6


def _step(fact: Fact) -> float:
    """Return half of the last place a figure is written to, in 万元; a budget row is exact."""
    if fact.source == "budget":
        return 0.0
    money = next(iter(money_wan(fact.as_written)), None)
    return 0.5 * 10.0**-money.decimals if money is not None and 0 <= money.decimals <= 4 else 0.0
