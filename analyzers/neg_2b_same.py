"""NEG-2B 文字自述的重复建设（与台账比对的见 duplicates）。

检查什么
    方案是否自己承认已有功能相同的系统，仍要另建、重做、并行使用。

为什么
    第八条（二）：重复建设的项目原则上不得建设。

示例
    报：某某科室已有同类系统，功能大体相同，因使用习惯不同，本项目另做一套。
    警示：只有部分功能相近的，建议复用相应功能。
    不报：与现有系统对接取数，不重复开发；原系统在新系统上线两个月后停用。

局限
    “不存在重复建设”的自证既不加分也不报，是否重复以台账比对为准。
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from analyzers.agreement import finding as worded
from analyzers.context import Context
from analyzers.negative_list import about_whole_project, finding, of_rule, quoted
from models.domain.finding import Finding, Severity
from models.domain.submission import PassageKind

RULES = ("NEG-2B",)

_COUNTED = re.compile(
    r"与本(?:项目|系统|平台|期)[^，。；|]{0,12}(?:\d+|[一二三四五六七八九十]+)[项个](?:功能)?(?:均|都)?(?:相同|一致|重合|重复|重叠|一样)"
)
_CLEARER = 5  # times less doubt under NEG-3
_PARTLY = re.compile(
    "(?:部分|个别|少数|有些|某些|[一二两三]成|[一二两三]个|其中[^，。]{0,8})(?:功能|模块|内容|页面|报表)"
)
_WHOLLY = re.compile("全部|均|都|完全|基本|大部分|大体|高度|[六七八九]成|主要功能|整套|同一套")


def check(context: Context) -> Iterator[Finding]:
    """Report what the text itself says of duplicate construction; a part of the functions alone is a warning.

    A system of a higher level is NEG-3's matter: what speaks of one more than of a system beside it is left to that.
    """
    upper = {s.passage.evidence.quote: s.score for s in of_rule(context, "NEG-3")}
    for suspicion in of_rule(context, "NEG-2B"):
        if _CLEARER * (1 - upper.get(suspicion.passage.evidence.quote, 0.0)) < 1 - suspicion.score:
            continue
        said = suspicion.passage.text
        partly = bool(_PARTLY.search(said)) and not _WHOLLY.search(said)
        severity = Severity.WARNING if partly else Severity.BLOCKER
        what = "部分功能相近" if partly else "功能相近"
        message = f"此处自述已有{what}的系统而仍另行建设，属第八条第（二）项所列情形，宜复用或整合。"
        found = finding(context, suspicion, severity, message)
        yield replace(found, main_content=not partly and about_whole_project(said))
    yield from _counted(context)


def _counted(context: Context) -> Iterator[Finding]:
    """Rows that count how many functions of another system are this project's, too."""
    reported = quoted(context, "NEG-2B")
    for passage in context.submission.passages:
        if passage.kind is PassageKind.ROW and passage.evidence.quote not in reported and _COUNTED.search(passage.text):
            message = "此处自述另一系统与本项目有多项功能相同，宜复用或整合。"
            values = {"message": message, "template": "2.3.4"}
            yield worded(context, "NEG-2B", Severity.WARNING, values, [passage.evidence])
