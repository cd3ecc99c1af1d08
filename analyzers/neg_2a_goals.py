"""NEG-2A 未明确需求、绩效目标。

检查什么
    文字是否自认需求、功能、绩效目标尚未确定（先立项后定需求、以进场调研为准、目标以后再补）；
    另看方案和申报表合在一起有没有任何一条带数值的目标，同一指标在方案和申报表中的目标值是否相同，
    指标表的目标值一栏是否全空，目标值是否比现状还差。

为什么
    第八条（二）：未明确需求、绩效目标的项目原则上不得建设。

示例
    报：具体功能待中标单位进场调研后确定。
    不报：页面配色等界面细节在深化设计阶段确定，功能范围和绩效目标以本方案为准。

    提示：不足20万元的小项目，目标全为定性表述。

局限
    只看目标有无数值，不判断目标高低是否合理；目标章节里有图片的，指标可能在图中，不作认定。
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from analyzers.negative_list import finding, of_rule
from models.domain.document import Picture, Table
from models.domain.finding import Evidence, Finding, Severity
from models.domain.submission import Kind
from models.facts import summary
from models.text import bigrams, normalise, squash

if TYPE_CHECKING:
    from analyzers.context import Context
    from models.suspicion import Suspicion

RULES = ("NEG-2A",)

_FIRST_BUY = re.compile(
    r"先(?:行)?(?:完成|把|申报|立项|采购|买|建|搭|批|拿|报|签)|拿到(?:经费|资金)再|边建边|边用边|立项后再|采购后再|买回来"
)
_INDICATOR = 6  # characters that tell one indicator from another
_CLOSE = 0.85  # share of character pairs that the same indicator keeps in other words
_ROWS = 3  # of a table of goals, its head among them
_TARGETS = re.compile("目标值|指标值|考核值|预期值")
_EMPTY = re.compile(r"[/／\-—－、\s]*|无|略|待填|空")
_FROM_TO = re.compile(
    r"(?:现状|基线|目前|当前)值?[^\d。；;]{0,6}(?P<now>\d+(?:\.\d+)?)\s*%[^。]{0,20}?(?:目标|提高到|达到|提升到)值?[^\d。；;]{0,6}(?P<goal>\d+(?:\.\d+)?)\s*%"
)
_RISES = re.compile(
    "办结率|完成率|整改率|覆盖率|满意[度率]|及时率|准确率|使用率|到位率|走访率|签约率|合格率|处置率|响应率|达标率"
)
_FALLS = re.compile("投诉|差错|退件|退回|失败|逾期|超时|误报|漏报|空置|流失|下降|压降|降低|降到|减少|不超过|以下|以内")
_GOAL_SECTIONS = ("1.4", "1.7", "3.2", "14.1", "14.2", "3", "14")
_AIM = re.compile("^[^，。；|]{0,8}(?:目标|愿景|成效)(?:是|为|：|:|在于|\\|)")
_FIGURE = re.compile(r"\d|[一二三四五六七八九十百]+(?:分之|成|倍|个百分点)|百分之|全覆盖|零")


def check(context: Context) -> Iterator[Finding]:
    """Report admissions that needs or goals are open, and goals without any figure."""
    said = False
    for suspicion in of_rule(context, "NEG-2A"):
        if _is_aim(suspicion) and _figures(context):
            continue  # the aim in a sentence, with its figures elsewhere (D2 静1–3, 静8)
        said = True
        severity = Severity.BLOCKER if _FIRST_BUY.search(suspicion.passage.text) else Severity.WARNING
        yield finding(
            context, suspicion, severity, "此处表明项目的需求或绩效目标尚未明确，属第八条第（二）项所列情形。"
        )
    if not said:
        yield from _without_figures(context)
    yield from _contradicted(context)
    yield from _backwards(context)
    yield from _blank(context)


def _is_aim(suspicion: Suspicion) -> bool:
    """Say whether a passage only states what the project is for, and leaves nothing open."""
    return bool(_AIM.search(suspicion.passage.text)) and "unclear" not in suspicion.concepts


def _figures(context: Context) -> bool:
    """Say whether any goal, wherever goals may stand, has a figure."""
    return any(_FIGURE.search(_without_dates(text)) for text, _ in _goals(context))


def _goals(context: Context) -> Iterator[tuple[str, Evidence]]:
    """Yield what stands where goals may stand, in the plan and in the form, with its place."""
    yield from ((p.text, p.evidence) for p in context.submission.passages if set(p.template) & set(_GOAL_SECTIONS))
    yield from ((f.value, f.evidence) for f in context.submission.fields if f.key == "goals")


def _without_figures(context: Context) -> Iterator[Finding]:
    """Goals in words only, wherever goals may stand; needs a plan whose goal sections were found."""
    submission = context.submission
    passages = [p for p in submission.passages if set(p.template) & set(_GOAL_SECTIONS)]
    if not any("3.2" in p.template or "1.4" in p.template for p in passages):
        return  # the sections themselves are missing: that is SEC's to say
    if _figures(context) or _in_a_picture(context):
        return
    total = summary(submission.facts).total_wan
    small = total is not None and total < context.policy.thresholds.get("small_project_wan", 0.0)
    words = "方案的建设目标、效益和申报表的绩效目标均无数值，难以考核，请写明基线值、目标值、考核时点和数据来源。"
    places = [p.evidence for p in passages if "3.2" in p.template and p.kind.value == "sentence"]
    found = _doubt(context, words, *places[:1])
    yield replace(found, severity=Severity.NOTICE if small else Severity.WARNING)


def _contradicted(context: Context) -> Iterator[Finding]:
    """The same indicator with another target value in the form than in the plan."""
    told = [p for p in context.submission.passages if p.document_kind is Kind.PLAN and re.search(r"\d", p.text)]
    plan = [(*_indicator(p.text), p.evidence) for p in told]
    for field in context.submission.fields:
        if field.key != "goals" and "指标" not in field.label and "目标" not in field.label:
            continue
        for part in re.split("[；;。]", re.sub("^(?:绩效)?(?:目标|指标)[:：]", "", field.value)):
            name, years, values = _indicator(part)
            if len(name) < _INDICATOR or not values:
                continue
            same = [x for x in plan if x[1] == years and len(x[2]) == len(values) and _alike(name, x[0])]
            if same and all(x[2] != values for x in same):
                yield _apart(context, part.strip(), field.evidence, same[0][3])


def _indicator(text: str) -> tuple[str, tuple[str, ...], tuple[str, ...]]:
    """Return what an indicator is about, the years it names and its other figures."""
    plain = normalise(text)
    years = tuple(re.findall(r"20\d\d(?=年)", plain))
    values = tuple(re.findall(r"\d+(?:\.\d+)?", re.sub(r"20\d\d年|\d{1,2}月", "", plain)))
    return re.sub(r"[\d.]+", "", squash(plain)), years, values


def _alike(one: str, other: str) -> bool:
    """Say whether one text is the other, perhaps with words before or behind."""
    a, b = bigrams(one), bigrams(other)
    return len(a & b) >= _CLOSE * min(len(a), len(b)) and min(len(a), len(b)) >= _INDICATOR


def _apart(context: Context, part: str, form: Evidence, plan: Evidence) -> Finding:
    found = _doubt(context, f"申报表的绩效目标“{part[:60]}”与方案所写的目标值不同，请统一。", form, plan)
    return replace(found, document_kind="form")


def _backwards(context: Context) -> Iterator[Finding]:
    """A share that is to rise and whose target lies below what it is today (D2 中40)."""
    for text, evidence in _goals(context):
        plain = normalise(text)
        found = _FROM_TO.search(plain)
        if found is None or not _RISES.search(plain) or _FALLS.search(plain):
            continue
        if float(found["goal"]) < float(found["now"]):
            words = f"“{text.strip()[:60]}”的目标值低于现状值，请核实。"
            yield _doubt(context, words, evidence)


def _blank(context: Context) -> Iterator[Finding]:
    """A table of goals whose column of target values is empty (D2 中41)."""
    plan = context.submission.plan
    if plan is None:
        return
    for number, table in enumerate(b for b in plan.document.blocks if isinstance(b, Table)):
        if len(table.rows) < _ROWS:
            continue
        wanted = [c.col for c in table.rows[0] if _TARGETS.search(c.text)]
        values = [c.text.strip() for row in table.rows[1:] for c in row if c.col in wanted]
        if values and all(_EMPTY.fullmatch(v) for v in values):
            places = [
                p.evidence for p in context.submission.passages
                if p.evidence.document == plan.document.name and p.evidence.table == number
            ]  # fmt: skip
            yield _doubt(context, "指标表的目标值一栏没有填写，请逐项写明目标值、考核时点和数据来源。", *places[:1])


def _doubt(context: Context, words: str, *places: Evidence) -> Finding:
    text = context.policy.rules["NEG-2A"]
    return Finding(
        rule="NEG-2A",
        severity=Severity.WARNING,
        title=text.title,
        message=words,
        clause=context.policy.clause_of("NEG-2A"),
        evidence=places,
        suggestion=text.suggestion,
        confidence=0.7,
        template="3.2",
        document_kind="plan",
        measure=text.measure,
    )


def _in_a_picture(context: Context) -> bool:
    """Say whether a picture stands where goals belong: what is not read is not absent."""
    plan = context.submission.plan
    if plan is None:
        return False
    starts = [s.block for s in plan.sections] + [len(plan.document.blocks)]
    return any(
        isinstance(block, Picture)
        for section, end in zip(plan.sections, starts[1:], strict=True)
        if set(section.template) & set(_GOAL_SECTIONS)
        for block in plan.document.blocks[section.block : end]
    )


def _without_dates(text: str) -> str:
    return re.sub(
        r"20\d\d|\d+\s*(?:年|月|日|个月|万元|元)|第?[一二三四五六七八九十\d]+(?:章|节|条|项|期|批|是)|^[（(]?\d+[）).、]",
        "",
        text,
    )
