"""NEG-3 上级部门已基本明确或决定统筹建设。

检查什么
    方案是否写到省、市或国家部门已明确统一建设、统一下发、到期切换同类系统。转述、传闻只作警示并建议会商。
    附件（文件、纪要、工作方案）写明本项目的业务并入上级系统、区里不再保留或取消，而正文不提的，作警示。
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

import re
from collections.abc import Iterator
from dataclasses import replace

from analyzers.agreement import finding as worded
from analyzers.context import Context
from analyzers.negative_list import about_whole_project, finding, of_rule, quoted
from models.belonging import background, pairs
from models.domain.finding import Finding, Severity
from models.domain.submission import Kind
from models.text import normalise

RULES = ("NEG-3",)

_ABOUT = ("1.1", "1.5", "3")  # where a plan says what it is about
_UPPER = "(?:国家|省|市)(?:级|里|局|厅|委|部|平台|系统|统一)"
_TAKEN_OVER = re.compile(
    f"(?:并入|纳入|归入|切换[到至为]|迁[入至])[^，。；]{{0,8}}{_UPPER}|由[^，。；]{{0,6}}{_UPPER}[^，。；]{{0,8}}(?:统一|集中|统筹)"
)
_ENDS_HERE = re.compile(
    "(?:区级|区里|区内|各区|我区|本区|区、县)[^。；]{0,14}(?:不留|不再(?!重复)|取消|停用|停建|撤销|不得|不建|退出)"
)
_OBJECT = 0.9  # what both speak of, in pairs of characters that no proposal has (models.belonging)


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
    yield from _attached(context)


def _attached(context: Context) -> Iterator[Finding]:
    """Attachments by which the project's own business goes over to a higher level and ends in the district."""
    passages = context.submission.passages
    plan = [p.text for p in passages if any(t.startswith(_ABOUT) for t in p.template)]
    business = pairs([*plan, *(f.value for f in context.submission.fields if f.key in {"title", "content"})])
    reported = quoted(context, "NEG-3")
    for passage in passages:
        text = normalise(passage.text)
        if passage.document_kind is not Kind.ATTACHMENT or passage.evidence.quote in reported:
            continue
        if not (_TAKEN_OVER.search(text) and _ENDS_HERE.search(text)):
            continue
        if background().size(pairs([text]) & business) >= _OBJECT:
            message = "所附材料写明本项目的业务由上级系统统一承担、区级不再保留，请核实并与上级主管部门会商。"
            values = {"message": message, "template": "2.2.3"}
            yield replace(worded(context, "NEG-3", Severity.WARNING, values, [passage.evidence]), measure="会商")
