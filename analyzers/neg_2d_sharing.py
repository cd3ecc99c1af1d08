"""NEG-2D 不利于数据资源共享。

检查什么
    方案是否明确拒绝归集共享、把数据交由厂商持有、收费供数、使用不公开的私有协议或停止既有归集；
    是否一处称数据已全部归集、另一处又称从未编目归集。

为什么
    第八条（二）：不利于数据资源共享的项目原则上不得建设；第十七条数据归集。

示例
    报：数据由中标单位留存，其他部门使用另行付费。
    不报：个人行踪图片依法不直接共享，其余数据实时归集。

局限
    没有写归集安排不在这里报（见 COM 类规则）。
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from analyzers.agreement import finding
from analyzers.context import Context
from analyzers.negative_list import plainly
from models.domain.finding import Finding, Severity
from models.domain.submission import Kind

RULES = ("NEG-2D",)

_ALL = re.compile("(?:数据|业务表|库表)[^。；，]{0,8}(?:已|已经|均已)(?:全部|全量|全都|完整)[^。；，]{0,6}归集")
_NEVER = re.compile("(?:从未|至今(?:没有|未|尚未|仍未)|一直(?:没有|未))[^。；，]{0,8}(?:归集|编目)")


def check(context: Context) -> Iterator[Finding]:
    """Report refusals and lock-ins."""
    message = "此处安排不利于数据归集和共享，属第八条第（二）项所列情形；依法不予共享的，请列明法律依据和数据项。"
    yield from plainly(context, "NEG-2D", Severity.BLOCKER, message)
    yield from _contradicted(context)


def _contradicted(context: Context) -> Iterator[Finding]:
    """What one place calls wholly gathered, another never."""
    told = [p for p in context.submission.passages if p.document_kind is Kind.PLAN]
    claimed = next((p.evidence for p in told if _ALL.search(p.text)), None)
    denied = next((p.evidence for p in told if _NEVER.search(p.text)), None)
    if claimed and denied:
        message = "一处称数据已全部归集，另一处称从未编目或归集，请核实并写明归集目录、频率和完成时间。"
        yield finding(context, "NEG-2D", Severity.WARNING, {"message": message, "template": "6.3"}, [claimed, denied])
