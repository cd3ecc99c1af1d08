"""What the package says of its goals, wherever it says it, and whether anyone could check them (第八条（二）)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from enum import StrEnum
from typing import TYPE_CHECKING

from models.domain.document import Picture

if TYPE_CHECKING:
    from analyzers.context import Context
    from models.domain.finding import Evidence

SECTIONS = ("1.4", "1.7", "3.2", "14.1", "14.2", "3", "14")
_FIGURE = re.compile(r"\d|[一二三四五六七八九十百]+(?:分之|成|倍|个百分点)|百分之|全覆盖|零|(?:过|一)半")
_DATES = re.compile(
    r"20\d\d|\d+\s*(?:年|月|日|个月|万元|元)|第?[一二三四五六七八九十\d]+(?:章|节|条|项|期|批|是)|^[（(]?\d+[）).、]"
    r"|(?:附件|附表|表|图)\s*[一二三四五六七八九十\d]+"
)
_AFTER = re.compile(r"(?:建成|上线|投用|部署|运行|使用)(?:满?[一二三四五六七八九十\d]+个?[年月]后?|后|以来)")
_TECHNICAL = re.compile(
    "并发|在线用户|用户(?:数)?同时在线|同时在线|响应|时延|延迟|毫秒|TPS|QPS|吞吐|可用[性率]|RTO|RPO|[TG]B|存储|容量|带宽|CPU|内存|GPU"
    "|接口(?:成功|调用)|页面|加载|浏览器|白屏|故障(?:恢复|间隔)|运行率|在线率|丢包",
    re.IGNORECASE,
)
_OUTPUT = re.compile(
    "建成|搭建|开发|上线|部署|采购|购置|安装|配备|子系统|模块|数据库|菜单|手册|账号|小程序|移动端|客户端|看板|大屏|终端|编制|培训"
)
_MEASURED = re.compile("率|时长|时间|缩短|耗时|天数|由.{1,12}[到至]")
_INPUT = re.compile("投资|资金|支出|预算|金额|万元|街道|乡镇|社区|网格|列入|大事")
_ABSTRACT = re.compile(
    "(?:能力|水平|效能|效率|质效|质量|活力|负担|减负|形象|氛围)[^，。；\\d]{0,6}"
    "(?:提升|提高|增强|下降|降低|减轻|翻|改善)?[^，。；\\d]{0,4}(?:\\d|一半|[一二三四五六七八九]成)"
)
_RELATIVE = re.compile(
    "(?:提升|提高|增长|增加|下降|降低|减少|缩短|压缩|压降)[^，。；\\d至到为]{0,4}(?:\\d|一半|过半|百分之|[一二三四五六七八九]成)"
)
_BASE = re.compile(
    "同期|月均|年均|日均|上年|由|从|现状|基线|目前|当前|现为|较|相比|口径|统计|[至到]20\\d\\d年|年底|[/／每].{0,3}(?:件|人|户)"
)
_ALL_HAPPY = re.compile("满意[^，。；]{0,6}(?:100|百分之百|百分百)|(?:100%|百分之百|百分百)[^，。；]{0,4}满意|人人满意")
_ABOVE = re.compile("全省|全国|全市各区|设区市|各省|各地市")
_SPLIT = re.compile(r"[，。；;！\n|｜、]")


class Figure(StrEnum):
    """What the figure of a goal counts; only EFFECT can tell whether the project was worth its money."""

    EFFECT = "成效"
    OUTPUT = "建设产出"
    INPUT = "投入和覆盖范围"
    TECHNICAL = "系统技术参数"
    VAGUE = "没有口径和基线的百分比"
    UNMEASURED = "无法测量的满意度"
    ABOVE = "上级的指标"


def goals(context: Context) -> Iterator[tuple[str, Evidence]]:
    """Yield what stands where goals may stand, in the plan and in the form, with its place."""
    yield from ((p.text, p.evidence) for p in context.submission.passages if set(p.template) & set(SECTIONS))
    yield from ((f"{f.label}：{f.value}", f.evidence) for f in context.submission.fields if f.key == "goals")


def has_figure(text: str) -> bool:
    """Say whether a text has a figure that is not a date, an amount or a number of order."""
    return bool(_FIGURE.search(_DATES.sub("", text)))


def figures(text: str) -> Iterator[Figure]:
    """Yield what each figure of a passage counts, clause by clause; what is not known to be less is an effect."""
    based = bool(_BASE.search(text))
    for clause in (_AFTER.sub("", c) for c in _SPLIT.split(text)):
        if not has_figure(clause):
            continue
        if _ALL_HAPPY.search(clause):
            yield Figure.UNMEASURED
        elif _ABOVE.search(text):
            yield Figure.ABOVE
        elif _TECHNICAL.search(clause):
            yield Figure.TECHNICAL
        elif not based and (_ABSTRACT.search(clause) or _RELATIVE.search(clause)):
            yield Figure.VAGUE
        elif _INPUT.search(clause):
            yield Figure.INPUT
        elif _OUTPUT.search(clause) and not _MEASURED.search(clause):
            yield Figure.OUTPUT
        else:
            yield Figure.EFFECT


def in_a_picture(context: Context) -> bool:
    """Say whether a picture stands where goals belong: what is not read is not absent."""
    plan = context.submission.plan
    if plan is None:
        return False
    starts = [s.block for s in plan.sections] + [len(plan.document.blocks)]
    return any(
        isinstance(block, Picture)
        for section, end in zip(plan.sections, starts[1:], strict=True)
        if set(section.template) & set(SECTIONS)
        for block in plan.document.blocks[section.block : end]
    )
