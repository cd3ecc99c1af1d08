"""SEC-* 建设方案必要内容是否齐备。

检查什么
    模板中标有【必要】的章、节、条是否有实质内容：有没有相应标题，标题下是空白、占位文字、模板提示语，还是实际回答；
    没有单列标题的，同一章节的其他文字是否已经明确回答（并入）。
    已有内容的，再看模板要求的要点有没有写（如扩建、改建项目的原系统情况，用户数，安全等级，文号）、提示语有没有删净、
    同一段文字是不是也放在别的项下；这些只作提示。

为什么
    第六条：申报内容主要包括项目建设方案、投资概算等，方案须按模板编制。标在章上的【必要】适用于该章各节各条。

示例
    报：“15.4 资金来源与落实”下只写“暂无。”；“2.3.1”下只留模板原话。
    不报：“项目性质”下写“新建。”；“经济效益”下写“公益项目，不产生直接经济效益，因……”。

局限
    图片里的文字不读，只有图片的列为待核实。“详见附件”的去附件里看；附件没有报送或读不了的列为待核实。整章缺失合并为一条。标题无法识别的文件不作缺项认定。
    内容是否充分由人工判断，程序只看有没有实质回答。
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from analyzers.completeness_gaps import Gap, gaps
from analyzers.completeness_status import MISSING, PICTURED, Review, review
from analyzers.legible_places import illegible
from models.domain.finding import Finding, Severity
from models.domain.report import CompletenessRow, NotChecked
from models.facts import summary
from models.kinds import REVIEWED

if TYPE_CHECKING:
    from analyzers.context import Context
    from models.domain.policy import TemplateItem

RULES = ("SEC",)
_GARBLED = "此处页面未能识别，或文字识别把握不足，待人工核实"


def rows(context: Context) -> tuple[CompletenessRow, ...]:
    """Return one row for every chapter, section and item of the template, in its order."""
    reviewed = review(context)
    short = {g.item.number for g in gaps(context, reviewed) if g.kind == "points"}
    return tuple(replace(r, status="thin") if r.template in short else r for r in reviewed.rows)


def unchecked(context: Context) -> tuple[NotChecked, ...]:
    """Return what could not be judged: a plan without recognisable headings, items given as pictures only."""
    reviewed = review(context)
    plan = context.submission.plan
    if plan is None:
        return ()
    if not reviewed.readable and summary(context.submission.facts).kind not in REVIEWED:
        return ()
    if not reviewed.readable:
        return (NotChecked(plan.document.name, "未识别出与模板对应的标题，必要内容未作缺项认定", RULES),)
    return tuple(
        NotChecked(
            f"{plan.document.name} {row.template} {row.title}",
            _why(context, reviewed, row.template),
            (f"SEC-{row.template}",),
        )
        for row in reviewed.rows
        if row.mandatory and row.status == "unclear" and reviewed.is_leaf(row.template)
    )


def _why(context: Context, reviewed: Review, number: str) -> str:
    """Say why an item could not be judged."""
    plan = context.submission.plan
    if plan is not None and illegible(plan, reviewed.by_number, context.policy.item(number)):
        return _GARBLED
    return reviewed.why.get(number, PICTURED)


def check(context: Context) -> Iterator[Finding]:
    """Report mandatory items that are missing, empty or filler; a chapter or section wholly so is one finding."""
    reviewed = review(context)
    if not reviewed.readable:
        return
    told: set[str] = set()
    for item in context.policy.template:
        status = reviewed.status[item.number]
        if not item.mandatory or any(_under(item.number, above) for above in told):
            continue
        if not reviewed.is_leaf(item.number):
            if reviewed.gone(item.number):
                told.add(item.number)
                yield _finding(context, reviewed, item, "chapter" if item.level == 1 else "section")
        elif status in MISSING or status == "thin":
            yield _finding(context, reviewed, item, status)
    for gap in gaps(context, reviewed):
        yield _of_gap(context, gap)


def _of_gap(context: Context, gap: Gap) -> Finding:
    """Word what an answered item lacks; it is only told."""
    words: dict[str, Any] = dict((context.policy.data or {}).get("completeness", {}))
    name = f"{gap.item.number} {gap.item.title}"
    values = {"item": name, "points": gap.told, "other": gap.told}
    return Finding(
        rule=f"SEC-{gap.item.number}",
        severity=Severity.NOTICE,
        title=f"{words[gap.kind + '_title']}：{gap.item.title}",
        message=str(words[gap.kind]).format(**values),
        clause=context.policy.clause_of("SEC"),
        evidence=gap.evidence,
        suggestion=str(words[gap.kind + "_suggestion"]).format(**values),
        template=gap.item.number,
        document_kind="plan",
        target=f"{gap.item.title}：{gap.told}" if gap.kind == "points" else gap.item.title,
        measure="说明",
    )


def _under(number: str, above: str) -> bool:
    return number.startswith(above + ".")


def _finding(context: Context, reviewed: Review, item: TemplateItem, status: str) -> Finding:
    """Word one gap; 【必要】 whole chapters block, items warn, little text and other natures are only told."""
    words: dict[str, Any] = dict((context.policy.data or {}).get("completeness", {}))
    severity = {"chapter": Severity.BLOCKER, "thin": Severity.NOTICE}.get(status, Severity.WARNING)
    if not reviewed.applies(item):
        severity = Severity.NOTICE
    name = f"{item.number} {item.title}"
    points = "、".join(item.asks) or item.title
    title = {"chapter": words.get("chapter_title"), "thin": words.get("thin_title")}.get(status) or words.get("title")
    return Finding(
        rule=f"SEC-{item.number}",
        severity=severity,
        title=f"{title or '必要内容待补充'}：{item.title}",
        message=str(words.get(status, "方案未见“{item}”的实质内容。")).format(item=name),
        clause=context.policy.clause_of("SEC"),
        suggestion=str(words.get("suggestion", "请补充“{item}”：{points}。")).format(item=item.title, points=points),
        template=item.number,
        document_kind="plan",
        target=item.title,
        measure="说明",
    )
