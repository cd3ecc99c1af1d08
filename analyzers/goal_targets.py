"""Target values that cannot be right: contradicted by the form, worse than today, or not filled in (NEG-2A)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import groupby
from typing import TYPE_CHECKING

from analyzers.goals import goals
from models.domain.document import Table
from models.domain.finding import Evidence, Finding, Severity
from models.domain.submission import Kind, PassageKind
from models.text import bigrams, normalise, squash

if TYPE_CHECKING:
    from analyzers.context import Context

_INDICATOR = 6  # characters that tell one indicator from another
_CLOSE = 0.85  # share of character pairs that the same indicator keeps in other words
_GOALS = ("3.2", "14")  # where a plan sets its goals
_HEADS = re.compile("指标|名称|项目|序号|目标|年度|内容")  # the first cell of a row that names columns
_ROWS = 3  # of a table of goals, its head among them
_TARGETS = re.compile("目标值|指标值|考核值|预期值")
_YEAR = re.compile(r"20\d\d年(?:底|末)?[:：_＿]*")  # a place to write a year's value in
_EMPTY = re.compile(r"[/／\-—－、\s]*|无|略|待填|空")
_FROM_TO = re.compile(
    r"(?:现状|基线|目前|当前)值?[^\d。；;]{0,6}(?P<now>\d+(?:\.\d+)?)\s*%[^。]{0,20}?(?:目标|提高到|达到|提升到)值?[^\d。；;]{0,6}(?P<goal>\d+(?:\.\d+)?)\s*%"
)
_RISES = re.compile(
    "办结率|完成率|整改率|覆盖率|满意[度率]|及时率|准确率|使用率|到位率|走访率|签约率|合格率|处置率|响应率|达标率"
)
_FALLS = re.compile("投诉|差错|退件|退回|失败|逾期|超时|误报|漏报|空置|流失|下降|压降|降低|降到|减少|不超过|以下|以内")


def doubt(context: Context, words: str, *places: Evidence) -> Finding:
    """Return a NEG-2A warning that no single passage shows."""
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


def contradicted(context: Context) -> Iterator[Finding]:
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
    found = doubt(context, f"申报表的绩效目标“{part[:60]}”与方案所写的目标值不同，请统一。", form, plan)
    return replace(found, document_kind="form")


def backwards(context: Context) -> Iterator[Finding]:
    """A share that is to rise and whose target lies below what it is today (D2 中40)."""
    for text, evidence in goals(context):
        plain = normalise(text)
        found = _FROM_TO.search(plain)
        if found is None or not _RISES.search(plain) or _FALLS.search(plain):
            continue
        if float(found["goal"]) < float(found["now"]):
            words = f"“{text.strip()[:60]}”的目标值低于现状值，请核实。"
            yield doubt(context, words, evidence)


def blank(context: Context) -> Iterator[Finding]:
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
            yield doubt(context, "指标表的目标值一栏没有填写，请逐项写明目标值、考核时点和数据来源。", *places[:1])


def years_only(context: Context) -> Iterator[Finding]:
    """A row of goals in which the years stand and their values do not (D2 中41)."""
    rows = [p for p in context.submission.passages if p.kind is PassageKind.ROW and " | " in p.text]
    for _, shared in groupby(rows, key=lambda p: (p.evidence.document, p.evidence.table)):
        table = list(shared)
        for passage in table[1:] or table:  # the first of several names the columns
            indicator, *cells = (c.strip() for c in passage.text.split(" | "))
            years = [c for c in cells if _YEAR.fullmatch(c)]
            aims = any(t.startswith(_GOALS) for t in passage.template) and not _HEADS.search(indicator)
            if aims and len(years) > 1 and not any(re.search(r"\d", c) for c in cells if c not in years):
                yield doubt(context, f"“{indicator[:30]}”只列年份，没有填写目标值，请逐项补齐。", passage.evidence)
