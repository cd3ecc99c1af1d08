"""NEG-3 上级部门已基本明确或决定统筹建设。

检查什么
    方案是否写到省、市或国家部门已明确统一建设、统一下发、到期切换同类系统。转述、传闻只作警示并建议会商。
    台账中标“统建”的系统由重复建设比对一并检查。

为什么
    第八条（三）：上级部门已基本明确或决定统筹建设的项目原则上不得建设。

示例
    报：省厅已招标建设全省统一平台，明年起各地切换使用，不再保留自建系统。
    不报：经书面征询，省、市均无统建安排；本项目只与省统建平台对接。

局限
    文件真伪和最新进展须向上级主管部门核实。
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from analyzers.context import Context
from analyzers.negative_list import about_whole_project, finding, of_rule
from models.domain.finding import Finding, Severity

RULES = ("NEG-3",)


def check(context: Context) -> Iterator[Finding]:
    """Report unified construction by a higher level."""
    for suspicion in of_rule(context, "NEG-3"):
        hearsay = "tentative" in suspicion.attributes
        message = (
            "此处提及上级可能统筹建设同类系统，尚无文件，建议向上级主管部门核实。"
            if hearsay
            else "此处表明上级部门已明确或决定统筹建设同类系统，属第八条第（三）项所列情形。"
        )
        found = finding(context, suspicion, Severity.WARNING if hearsay else Severity.BLOCKER, message)
        yield replace(found, measure="会商", main_content=not hearsay and about_whole_project(suspicion.passage.text))
