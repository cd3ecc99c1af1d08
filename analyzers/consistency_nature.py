"""项目性质是否一致（CON-NATURE）。

检查什么：
方案“项目性质”与申报表的项目性质（新建、扩建、改建、续建、运维）是否相同。

为什么：
扩建、改建须说明原有项目情况（方案模板一（二）），续建以上一期通过验收为前提（第八条第（四）项），性质不同，审核要求不同。

示例：
方案1.2写“扩建项目”，申报表“建设类型”填“新建”，提示不一致。

局限：
“升级”“二期”等说法不能断定性质，不据此判断；一处写了几种性质的不比较。
"""

from __future__ import annotations

from collections.abc import Iterator

from analyzers.agreement import disagreement, groups
from analyzers.context import Context
from models.domain.finding import Finding

RULES = ("CON-NATURE",)


def check(context: Context) -> Iterator[Finding]:
    """Compare all statements of the project's nature."""
    parted = groups(context.submission.facts_of("nature"), lambda a, b: a.value == b.value)
    if len(parted) > 1:
        yield disagreement(context, "CON-NATURE", parted, lambda f: str(f.value))
