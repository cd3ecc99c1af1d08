"""NEG-2A 未明确需求、绩效目标。

检查什么
    文字是否自认需求、功能、绩效目标尚未确定（先立项后定需求、以进场调研为准、目标以后再补）；
    另看方案和申报表合在一起有没有任何一条能考核的成效目标（只有形容词、建设产出、技术参数、投入数字或全省指标的不算），
    同一指标在方案和申报表中的目标值是否相同，指标表的目标值一栏是否全空，目标值是否比现状还差；目标、功能所写的业务是否与方案其余部分毫不相干（套用其他项目）。

为什么
    第八条（二）：未明确需求、绩效目标的项目原则上不得建设。

示例
    报：具体功能待中标单位进场调研后确定。
    报：绩效目标只有“并发500、响应3秒”，没有业务成效。
    不报：页面配色等界面细节在深化设计阶段确定，功能范围和绩效目标以本方案为准。

    提示：不足20万元的小项目，目标全为定性表述。

局限
    只看目标能否考核，不判断高低是否合理；目标章节里有图片的，指标可能在图中，不作认定。
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from analyzers.foreign_parts import foreign
from analyzers.goal_targets import backwards, blank, contradicted, doubt, years_only
from analyzers.goals import SECTIONS, Figure, figures, goals, has_figure, in_a_picture
from analyzers.negative_list import finding, of_rule
from models.domain.finding import Evidence, Finding, Severity
from models.domain.submission import Kind
from models.facts import summary

if TYPE_CHECKING:
    from analyzers.context import Context
    from models.suspicion import Suspicion

RULES = ("NEG-2A",)

_FIRST_BUY = re.compile(
    r"先(?:行)?(?:完成|把|申报|立项|采购|买|建|搭|批|拿|报|签)|拿到(?:经费|资金)再|边建边|边用边|立项后再|采购后再|买回来"
)
_AIM = re.compile("^[^，。；|]{0,8}(?:目标|愿景|成效)(?:是|为|：|:|在于|\\|)")
_WORDS_ONLY = re.compile("显著|明显|大幅|大为|有效|全面|持续|更加|良好|进一步")
_IN_FORM = re.compile("(?:见|在|列入|填入)[^，。；]{0,6}申报表")
_ATTACHED = re.compile("见[^，。；]{0,4}附[件表]|附[件表][^，。；]{0,12}(?:为准|列明)")
_BARE = {Figure.VAGUE, Figure.UNMEASURED}
_SAID = re.compile("绩效|目标|指标|成效")


def check(context: Context) -> Iterator[Finding]:
    """Report admissions that needs or goals are open, goals nobody could check, and targets that cannot be right."""
    said = False
    for suspicion in of_rule(context, "NEG-2A"):
        if _is_aim(suspicion) and any(has_figure(text) for text, _ in goals(context)):
            continue  # the aim in a sentence, with its figures elsewhere (D2 静1–3, 静8)
        said = True
        severity = Severity.BLOCKER if _FIRST_BUY.search(suspicion.passage.text) else Severity.WARNING
        yield finding(
            context, suspicion, severity, "此处表明项目的需求或绩效目标尚未明确，属第八条第（二）项所列情形。"
        )
    if not said:
        yield from _not_checkable(context)
    yield from contradicted(context)
    yield from backwards(context)
    yield from blank(context)
    yield from years_only(context)
    yield from foreign(context)


def _is_aim(suspicion: Suspicion) -> bool:
    """Say whether a passage only states what the project is for, and leaves nothing open."""
    return bool(_AIM.search(suspicion.passage.text)) and "unclear" not in suspicion.concepts


def _not_checkable(context: Context) -> Iterator[Finding]:
    """Goals in words only, or with figures none of which counts an effect, wherever goals may stand."""
    told = list(goals(context))
    if not told or in_a_picture(context):
        return
    kinds = {kind for text, _ in told for kind in figures(text)}
    if Figure.EFFECT in kinds:
        return
    if kinds:
        yield from _without_effect(context, told, kinds)
    else:
        yield from _without_figures(context, told)


def _without_effect(context: Context, told: list[tuple[str, Evidence]], kinds: set[Figure]) -> Iterator[Finding]:
    """Figures, but only of what is bought, spent, or of the machine (D2 中25–29, 中37)."""
    places = [place for text, place in told if (found := set(figures(text))) and (_SAID.search(text) or found & _BARE)]
    if not places:
        return  # figures of something else; whether goals are missing is SEC's to say
    named = "、".join(kind.value for kind in Figure if kind in kinds)
    words = f"目标中的数字只有{named}，没有能考核业务成效的指标，请写明基线值、目标值、考核时点和数据来源。"
    yield doubt(context, words, *places[:1])


def _without_figures(context: Context, told: list[tuple[str, Evidence]]) -> Iterator[Finding]:
    """Words only, or a word of where the goals stand and nothing there."""
    attached = [place for text, place in told if _ATTACHED.search(text)]
    if attached and not _in_attachments(context):
        words = "绩效目标只写“见附件”，所报材料中未见该附件，请补充或直接写明基线值、目标值、考核时点和数据来源。"
        yield doubt(context, words, *attached[:1])
    elif not attached and not any(_IN_FORM.search(text) for text, _ in told):
        yield from _in_words(context, told)


def _in_attachments(context: Context) -> bool:
    """Say whether an attachment has goals with figures, or could not be read."""
    submission = context.submission
    attachments = (p.text for p in submission.passages if p.document_kind is Kind.ATTACHMENT)
    return bool(submission.not_read) or any(_SAID.search(t) and has_figure(t) for t in attachments)


def _in_words(context: Context, told: list[tuple[str, Evidence]]) -> Iterator[Finding]:
    """Goals told in adjectives; where goals are not told at all is SEC's to say."""
    submission = context.submission
    passages = [p for p in submission.passages if set(p.template) & set(SECTIONS)]
    aimed = any("3.2" in p.template or "1.4" in p.template for p in passages)
    praised = [place for text, place in told if _WORDS_ONLY.search(text)]
    if not aimed and not praised:
        return
    total = summary(submission.facts).total_wan
    small = total is not None and total < context.policy.thresholds.get("small_project_wan", 0.0)
    words = "方案的建设目标、效益和申报表的绩效目标均无数值，难以考核，请写明基线值、目标值、考核时点和数据来源。"
    places = [p.evidence for p in passages if "3.2" in p.template and p.kind.value == "sentence"] or praised
    yield replace(doubt(context, words, *places[:1]), severity=Severity.NOTICE if small else Severity.WARNING)
