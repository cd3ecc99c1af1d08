"""NEG-1 新建或扩建机房、云平台、实体数据中心。

检查什么
    方案、申报表、概算中有无新建或扩建机房、云平台、实体数据中心的内容，包括改名（设备间、算力室、资源池、灾备节点）
    和只在概算里出现的配套（机柜、UPS、精密空调、气体灭火、防静电地板）。

为什么
    第八条（一）：新建或扩建机房、云平台、实体数据中心的信息化项目原则上不得建设。

示例
    报：把二楼活动室腾空，铺架空地板，放置9组机柜。
    不报：本项目不新建机房，服务器资源向区数据资源局申请政务云。

    警示：一两行设备看不出是否建机房；上级文件点名、专网规定等附有文号的例外；区数据资源局依第四条统筹的基础设施。
    提示：写明等量更换、不增面积和容量的更新。

局限
    只判断文字和表格，图片中的平面图不读；例外依据只看同一段里有无文号，文件真伪由人工核对。
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from analyzers.agreement import finding as worded
from analyzers.negative_list import around, finding, of_rule, quoted
from models.domain.finding import Finding, Severity
from models.domain.submission import BudgetLine, LineKind, PassageKind
from models.text import normalise

if TYPE_CHECKING:
    from analyzers.context import Context
    from models.suspicion import Suspicion

RULES = ("NEG-1",)

_KINDS = {
    "机柜": re.compile(r"机柜|列头柜|冷通道|微模块|模块化机房"),
    "不间断电源": re.compile(r"UPS|不间断电源|蓄电池组", re.IGNORECASE),
    "机房空调": re.compile(r"精密空调|列间空调|行级空调|恒温恒湿|机房空调"),
    "机房消防": re.compile(r"七氟丙烷|气体灭火"),
    "机房装修": re.compile(r"防静电地板|架空地板|机房装修|机房工程|机房改造|机房建设"),
    "云平台": re.compile(r"超融合|虚拟化软件|云平台软件|云管平台|资源池|私有云"),
}
_ALIKE = re.compile(r"更换|更新|替换|维保|维护|运维|电池更换|利旧|租用|租赁")
_SMALL = frozenset({"rack", "facility"})
_ROOM = frozenset({"room", "data_centre", "cloud", "plain_room"})
_NUMBERED = r"[〔\[（(【]20\d\d[〕\]）)】]第?\d+号"
_GROUNDS = re.compile(
    rf"{_NUMBERED}[^。]{{0,60}}(?:点名|要求|明确|规定|同意|批准|批复|须|应当|必须)"
    rf"|(?:点名|要求|规定|同意|批准|批复)[^。]{{0,40}}{_NUMBERED}"
    r"|(?:批复|批文|批准文件|复函)[^。]{0,6}(?:见附|附后|附件)"
)
_LIKE_FOR_LIKE = re.compile(
    "等量(?:更新|更换|替换)|原(?:位|址)(?:等量)?(?:更新|更换|替换)|一(?:对|换)一(?:更新|更换|替换)?|以旧换新"
    "|(?:更新|更换|替换)[^。]{0,40}不(?:增加|扩大|新增|改变)(?:机房)?(?:面积|机柜|容量|供电|规模|数量)"
)
_OWN_TAKEN = re.compile(
    "(?:自购|自建|自采|自备)[^。;]{0,10}(?:一体机|服务器|超融合|机房|私有云|存储)[^。;]{0,6}[:,](?:拟)?(?:采用|选用|选定|推荐)"
)
_CLOUD_LEFT = re.compile("政务云[^。;]{0,6}[:,](?:未|不)(?:予)?(?:采用|选用|采纳|考虑)")
_MORE = re.compile("(?<!不)(?<!未)(?<!无)(?:扩容|扩建|扩大|增至|扩至|净增|增设|新增|提高到)")
_STEWARD = re.compile("数据资源(?:管理)?局|大数据(?:发展)?管理局")  # 第四条: whose task common infrastructure is


def check(context: Context) -> Iterator[Finding]:
    """Report rooms, clouds and data centres, in words and in the budget."""
    said = list(_in_words(context))
    together = list(_in_budget(context, {e.quote for f in said for e in f.evidence}))
    counted = {e.quote for f in together for e in f.evidence}
    yield from (f for f in said if not _told_in(f, counted))
    yield from _chosen(context)
    yield from together


def _told_in(single: Finding, counted: set[str]) -> bool:
    """Say whether a row asked about by itself is one of those that are told of, and cut, together."""
    return single.severity is Severity.WARNING and all(e.quote in counted for e in single.evidence)


def _chosen(context: Context) -> Iterator[Finding]:
    """Comparisons of options in one row by which the own machines are taken and the 政务云 is not."""
    reported = quoted(context, "NEG-1")
    for passage in context.submission.passages:
        cells = [normalise(c) for c in passage.text.split(" | ")]
        if passage.kind is not PassageKind.ROW or passage.evidence.quote in reported:
            continue
        if any(_OWN_TAKEN.search(c) for c in cells) and any(_CLOUD_LEFT.search(c) for c in cells):
            message = "此处比选后自购计算、存储设备而不用政务云，属第八条第（一）项所列情形，请说明依据。"
            values = {"message": message, "template": "9.1"}
            yield worded(context, "NEG-1", Severity.BLOCKER, values, [passage.evidence])


def _in_words(context: Context) -> Iterator[Finding]:
    for suspicion in of_rule(context, "NEG-1"):
        severity, message = _weighed(context, suspicion)
        yield finding(context, suspicion, severity, message)


def _weighed(context: Context, suspicion: Suspicion) -> tuple[Severity, str]:
    """Return how much a suspicion weighs and why, by what its own paragraph says of grounds and of quantity."""
    said = normalise(around(context, suspicion))
    if _LIKE_FOR_LIKE.search(said) and not _MORE.search(said):
        return Severity.NOTICE, "此处为原有设备的等量更换，不作新建扩建认定，建议评审时复核更换前后的清单。"
    if _GROUNDS.search(said):
        return (
            Severity.WARNING,
            "此处涉及机房、云平台或数据中心，文中引有文件依据，请附原文并提请专题研究是否属第八条第（一）项的例外。",
        )
    if any(_STEWARD.search(str(f.value)) for f in context.submission.facts_of("unit")):
        return Severity.WARNING, "此处涉及公共基础设施，申报单位负有统筹职责（第四条），请说明依据，提请专题研究。"
    if suspicion.concepts & _SMALL and not suspicion.concepts & _ROOM:
        return Severity.WARNING, "此处列有机房类配套设备，看不出是否新建或扩建机房，请说明用途、位置和数量变化。"
    return (
        Severity.BLOCKER,
        "此处内容涉及新建或扩建机房、云平台或实体数据中心，属第八条第（一）项所列情形，未见例外依据。",
    )


def _in_budget(context: Context, told: set[str]) -> Iterator[Finding]:
    """Two or more kinds of room equipment in one budget betray a room the text need not name."""
    lines: list[tuple[str, BudgetLine]] = []
    for budget in context.submission.budgets:
        for line in budget.lines:
            kind = next((k for k, p in _KINDS.items() if p.search(line.name)), None)
            if line.kind is LineKind.ITEM and kind and not _ALIKE.search(line.name):
                lines.append((kind, line))
    kinds = list(dict.fromkeys(k for k, _ in lines))
    fresh = [line for _, line in lines if line.evidence.quote not in told]
    if len(kinds) < 2 or not fresh:
        return
    amount = sum(line.amount_wan or 0.0 for _, line in lines)
    items = sum(
        line.amount_wan or 0.0
        for budget in context.submission.budgets
        for line in budget.lines
        if line.kind is LineKind.ITEM
    )
    text = context.policy.rules["NEG-1"]
    yield Finding(
        rule="NEG-1",
        severity=Severity.BLOCKER if len(kinds) >= 3 or "云平台" in kinds else Severity.WARNING,
        title=text.title,
        message=f"概算列有{'、'.join(kinds)}，共{amount:g}万元，合在一起即为机房或云平台的配套，属第八条第（一）项所列情形。",
        clause=context.policy.clause_of("NEG-1"),
        evidence=tuple(line.evidence for _, line in lines),
        suggestion=text.suggestion,
        confidence=0.8,
        template="15.2",
        document_kind="plan",
        amount_wan=round(amount, 4) or None,
        target="、".join(line.name for _, line in lines),
        measure="核减",
        main_content=bool(items) and amount / items >= context.policy.thresholds.get("main_share", 0.5),
    )
