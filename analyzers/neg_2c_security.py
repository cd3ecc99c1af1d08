"""NEG-2C 信息安全保障不到位或存在重大安全隐患。

检查什么
    方案是否写明了具体的危险做法：弱口令、共用账号、明文传输、端口对互联网开放、测评先上线后补、厂商掌握最高权限等。

为什么
    第八条（二）：信息安全保障不到位或存在重大安全隐患的项目原则上不得建设；第十五条安全要求。

示例
    报：后台统一使用一个账号，口令不作修改。
    报：申报表填采集人脸，又填不提供替代核验方式。
    不报：检查通报的漏洞已整改并复测通过；系统主要风险为接口被恶意调用，对应采取限流鉴权。

局限
    没有写安全内容不在这里报（见 COM 类规则）；技术措施是否有效由测评机构判断。
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from analyzers.agreement import finding as worded
from analyzers.context import Context
from analyzers.negative_list import plainly, quoted
from models.domain.finding import Finding, Severity

RULES = ("NEG-2C",)


def check(context: Context) -> Iterator[Finding]:
    """Report concrete dangerous acts."""
    message = "此处做法使信息安全保障不到位或存在重大安全隐患，属第八条第（二）项所列情形，请调整方案。"
    yield from plainly(context, "NEG-2C", Severity.BLOCKER, message)
    yield from _faces_only(context)


def _faces_only(context: Context) -> Iterator[Finding]:
    """A form by which faces are taken and nothing is offered instead (人脸识别不得作为唯一核验方式)."""
    reported = quoted(context, "NEG-2C")
    fields = context.submission.fields
    taken = [f for f in fields if "人脸" in f.label and re.match("是|有|涉及|采集", f.value)]
    instead = [f for f in fields if re.search("替代|其他核验", f.label) and re.match("否|无|不提供|没有", f.value)]
    if taken and instead and not {f.evidence.quote for f in (*taken, *instead)} & reported:
        words = "申报表填写采集人脸而不提供其他核验方式，人脸识别不得作为唯一方式，请增加替代方式并取得单独同意。"
        evidence = [taken[0].evidence, instead[0].evidence]
        yield worded(context, "NEG-2C", Severity.BLOCKER, {"message": words, "template": "2.3.5"}, evidence)
