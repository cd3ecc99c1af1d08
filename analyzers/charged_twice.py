"""NEG-2B 同一功能在概算中重复计列。

检查什么
    概算两行的开发内容是否实为同一功能：说明文字几乎相同，或同一类别下名称去掉“开发、模块、功能、系统”等字后相同。

为什么
    第八条（二）：重复建设的项目原则上不得建设；第十条要求对投资概算联合评审。

示例
    报：“告警推送服务开发｜按规则推送短信和站内信｜9.8万元”与“预警消息推送模块｜按规则推送短信、站内信｜8.6万元”。
    不报：不同子系统下各列一行“接口开发”；同一型号的设备分两处安装；第一年、第二年的运维费。

局限
    只按字面比较，换了说法的不识别；只作警示，是否同一功能由申报单位说明。
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import combinations
from typing import TYPE_CHECKING

from analyzers.agreement import finding
from models.domain.finding import Finding, Severity
from models.domain.submission import BudgetLine, LineKind
from models.text import bigrams, squash

if TYPE_CHECKING:
    from analyzers.context import Context

RULES = ("NEG-2B",)

_DEVELOPED = re.compile("开发|功能|模块|子系统|应用|服务|软件")
_COMMON = re.compile(
    "自动|智能|实时|在线|(?:定制)?(?:开发|建设|实施)(?:费|服务)?|模块|功能|子系统|系统|服务|软件|费用?$"
)
_NOT_BUILT = re.compile(
    "接口|对接|运维|维护|维保|测评|测试|培训|集成|租|云|许可|授权|设备|服务器|终端|短信费|流量|第[一二三四五]年|人月"
)
_SAME = 0.8  # share of character pairs two descriptions have in common
_TELLING = 8  # characters a description needs to tell one function from another
_NAME = 4
_FIGURES = re.compile(r"^[\d.,]+(?:万?元|人月|人天|[台套个项组块年月%])?$")


def check(context: Context) -> Iterator[Finding]:
    """Compare the developed items of each budget with one another."""
    for budget in context.submission.budgets:
        if budget.scope not in {"总投资", "分项"}:
            continue
        lines = [x for x in budget.lines if x.kind is LineKind.ITEM and x.amount_wan and _is_developed(x)]
        for first, second in combinations(lines, 2):
            if _same(first, second):
                yield _twice(context, first, second)


def _is_developed(line: BudgetLine) -> bool:
    return bool(_DEVELOPED.search(line.name + line.category)) and not _NOT_BUILT.search(line.name)


def _described(line: BudgetLine) -> str:
    """Return the longest cell that is neither the name nor a figure."""
    cells = [c.strip() for c in line.evidence.quote.split("|")]
    words = [c for c in cells if c and c not in {line.name, line.category} and not _FIGURES.match(c)]
    return max(words, key=len, default="")


def _same(first: BudgetLine, second: BudgetLine) -> bool:
    one, two = (squash(_COMMON.sub("", x.name)) for x in (first, second))
    if one == two and len(one) >= _NAME and first.category == second.category:
        return True
    if not bigrams(one) & bigrams(two):
        return False  # the same boilerplate may describe different functions
    told, again = _described(first), _described(second)
    if min(len(squash(told)), len(squash(again))) < _TELLING:
        return False
    a, b = bigrams(squash(told)), bigrams(squash(again))
    return len(a & b) >= _SAME * max(len(a), len(b))


def _twice(context: Context, first: BudgetLine, second: BudgetLine) -> Finding:
    words = f"概算“{first.name}”与“{second.name}”似为同一功能，请说明区别；确属同一功能的，建议核减一项。"
    values = {"message": words, "system": second.name, "template": "15.2"}
    found = finding(context, "NEG-2B", Severity.WARNING, values, [first.evidence, second.evidence])
    least = min(first.amount_wan or 0.0, second.amount_wan or 0.0)
    return replace(found, amount_wan=least, target=second.name, measure="核减", confidence=0.6)
