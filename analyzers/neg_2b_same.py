"""NEG-2B 文字自述的重复建设（与台账比对的见 duplicates）。

检查什么
    方案是否自己承认已有功能相同的系统，仍要另建、重做、并行使用。

为什么
    第八条（二）：重复建设的项目原则上不得建设。

示例
    报：某某科室已有同类系统，功能大体相同，因使用习惯不同，本项目另做一套。
    不报：与现有系统对接取数，不重复开发；原系统在新系统上线两个月后停用。

局限
    “不存在重复建设”的自证既不加分也不报，是否重复以台账比对为准。
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from analyzers.context import Context
from analyzers.negative_list import about_whole_project, finding, of_rule
from models.domain.finding import Finding, Severity

RULES = ("NEG-2B",)


def check(context: Context) -> Iterator[Finding]:
    """Report what the text itself says of duplicate construction."""
    for suspicion in of_rule(context, "NEG-2B"):
        found = finding(
            context,
            suspicion,
            Severity.BLOCKER,
            "此处自述已有功能相近的系统而仍另行建设，属第八条第（二）项所列情形，建议会商确定复用或整合。",
        )
        yield replace(found, main_content=about_whole_project(suspicion.passage.text))
