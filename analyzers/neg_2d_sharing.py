"""NEG-2D 不利于数据资源共享。

检查什么
    方案是否明确拒绝归集共享、把数据交由厂商持有、收费供数、使用不公开的私有协议或停止既有归集。

为什么
    第八条（二）：不利于数据资源共享的项目原则上不得建设；第十七条数据归集。

示例
    报：数据由中标单位留存，其他部门使用另行付费。
    不报：个人行踪图片依法不直接共享，其余数据实时归集。

局限
    没有写归集安排不在这里报（见 COM 类规则）。
"""

from __future__ import annotations

from collections.abc import Iterator

from analyzers.context import Context
from analyzers.negative_list import plainly
from models.domain.finding import Finding, Severity

RULES = ("NEG-2D",)


def check(context: Context) -> Iterator[Finding]:
    """Report refusals and lock-ins."""
    message = "此处安排不利于数据归集和共享，属第八条第（二）项所列情形；依法不予共享的，请列明法律依据和数据项。"
    yield from plainly(context, "NEG-2D", Severity.BLOCKER, message)
