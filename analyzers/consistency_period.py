"""建设周期是否一致（CON-PERIOD）。

检查什么：
方案“建设目标、规模、周期”“项目建设工期”与申报表建设周期的起止年月是否相同。

为什么：
周期决定资金安排和验收时间，前后不一无法考核（第六条）。

示例：
方案1.4写“2022年2月起至2022年9月止”，12.1写“2022年2月至2022年11月”，提示不一致。

局限：
只比较写明起止年月的表述；只写“六个月”的不比较，也不核对月数。实施计划表中的阶段时间不比较。
"""

from __future__ import annotations

from collections.abc import Iterator

from analyzers.agreement import disagreement, groups
from analyzers.context import Context
from models.domain.finding import Finding

RULES = ("CON-PERIOD",)


def check(context: Context) -> Iterator[Finding]:
    """Compare all statements of the building period."""
    parted = groups(context.submission.facts_of("period"), lambda a, b: a.value == b.value)
    if len(parted) > 1:
        yield disagreement(context, "CON-PERIOD", parted, lambda f: str(f.value))
