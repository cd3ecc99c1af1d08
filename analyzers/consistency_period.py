"""建设周期是否一致（CON-PERIOD）。

检查什么：
方案“建设目标、规模、周期”“项目建设工期”与申报表建设周期的起止年月是否相同；实施计划的建设阶段是否超出周期。

为什么：
周期决定资金安排和验收时间，前后不一无法考核（第六条）。

示例：
方案1.4写“2022年2月起至2022年9月止”，12.1写“2022年2月至2022年11月”，提示不一致。

局限：
只比较写明起止年月的表述；只写“六个月”的不比较，也不核对月数。实施计划表只看采购、开发、部署等建设阶段有没有排到周期之外，
初验、试运行、终验、质保、前期准备不看。
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from analyzers.agreement import disagreement, finding, groups
from analyzers.context import Context
from models.domain.finding import Evidence, Finding, Severity
from models.domain.submission import Kind, Passage, PassageKind
from models.periods import month_spans, period
from models.text import normalise

RULES = ("CON-PERIOD",)
_PLANNED = ("12.2", "12")
_BUILDS = re.compile(r"采购|招标|开发|设计|编码|部署|安装|施工|集成|联调|测试|迁移|上线")
_OUTSIDE = re.compile(
    r"验收|初验|终验|试运行|质保|运维|维护|准备|申报|立项|论证|评审|一期|原系统|培训|推广|二期|培育|预算"
)


def check(context: Context) -> Iterator[Finding]:
    """Compare all statements of the building period."""
    parted = groups(context.submission.facts_of("period"), lambda a, b: a.value == b.value)
    if len(parted) > 1:
        yield disagreement(context, "CON-PERIOD", parted, lambda f: str(f.value))
    elif parted:
        yield from _schedule(context, str(parted[0][0].value), [f.evidence for f in parted[0][:1]])


def _schedule(context: Context, stated: str, evidence: list[Evidence]) -> Iterator[Finding]:
    """Report stages of building that the schedule puts outside the period."""
    whole = period(stated)
    if whole is None:
        return
    first, last = whole.start_year * 12 + whole.start_month, whole.end_year * 12 + whole.end_month
    out = [p for p in _stages(context) if any(b > last or a < first for a, b in month_spans(p.text))]
    if out:
        words = f"建设周期为{stated}，实施计划中“{out[0].text.strip()[:40]}”在周期之外"
        values = {"values": words, "template": "12.2"}
        yield finding(context, "CON-PERIOD", Severity.WARNING, values, [*evidence, *(p.evidence for p in out)])


def _stages(context: Context) -> Iterator[Passage]:
    """Yield rows and sentences of the schedule that are about building and nothing else."""
    for passage in context.submission.passages:
        planned = passage.document_kind is Kind.PLAN and set(_PLANNED) & set(passage.template)
        if not planned or passage.kind not in {PassageKind.ROW, PassageKind.SENTENCE}:
            continue
        plain = normalise(passage.text)
        if _BUILDS.search(plain) and not _OUTSIDE.search(plain):
            yield passage
