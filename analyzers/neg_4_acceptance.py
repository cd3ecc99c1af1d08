"""NEG-4 上一期未验收通过的续建项目。

检查什么
    续建、扩建、改建项目的上一期是否尚未终验：仍在整改、试运行、只通过初验、与本期合并验收、手续未办等。

为什么
    第八条（四）：上一期未验收通过的续建项目原则上不得建设。

示例
    报：一期仅通过初验，拟与二期合并验收。
    不报：一期已终验合格；他单位的平台尚未验收，与本项目没有承接关系。

局限
    只依据材料文字；验收报告的真伪和台账登记由人工核对。
"""

from __future__ import annotations

from collections.abc import Iterator

from analyzers.context import Context
from analyzers.negative_list import plainly
from models.domain.finding import Finding, Severity

RULES = ("NEG-4",)


def check(context: Context) -> Iterator[Finding]:
    """Report earlier phases that have not passed acceptance."""
    message = "此处表明上一期项目尚未通过验收，属第八条第（四）项所列情形，建议待验收通过后再行申报。"
    yield from plainly(context, "NEG-4", Severity.BLOCKER, message)
