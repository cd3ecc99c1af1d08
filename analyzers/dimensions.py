"""第十条的七个评审维度：把方案里相关的原话、审核发现的问题和缺项归到各维度，供第三方专业机构和专家使用。

检查什么
    必要性、可行性、技术路线、数据归集、安全保障、项目绩效、投资概算各取最多四处原文，并列出需要论证的问题。

为什么
    第九条征询第三方专业机构意见，第十条按七个方面联合评审；评审人需要快速找到原文和疑点。

示例
    “数据归集”取第六章关于归集、共享的原句；方案未写归集安排的，列为问题。没有删去的模板提示语、标题、目录、页眉、
    图表的题目和表头、只写“见表12”的句子、照抄办法的句子不取。

局限
    摘要只由原句组成，不概括、不改写；取材按模板位置和用词，不代表内容充分。
"""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING, Any

from models.domain.document import Paragraph
from models.domain.finding import Finding, Severity
from models.domain.report import Dimension
from models.domain.submission import Kind, Passage, PassageKind
from models.filler import Fillers
from models.headings import is_caption, is_contents_line
from models.numbering import NumberKind, split_number
from models.text import squash

if TYPE_CHECKING:
    from collections.abc import Sequence

    from analyzers.context import Context

_QUOTES = 4
_SUMMARY = 160  # characters
_QUESTIONS = 6
_SHORTEST, _HEADING, _HEAD = 10, 24, 12  # characters: of a quote, of a line that can be a heading, of a column's title
_ON_EVERY_PAGE = 3  # times a line recurs that is a page's header
POINTS = re.compile(  # 外部数据需求见表12。
    r"[^，,。；;：:]{0,40}(?:详?见|参[见照阅]|列于|如)(?:下[表图文]|上[表图文]|[表图]|附[件表图录]|第[^，,。；;]{1,8}[章节部])"
    r"[^，,。；;]{0,16}[。；;]?"
)
_STOPPED = re.compile("[，,。；;！？!?]")


def dimensions(context: Context, findings: Sequence[Finding]) -> tuple[Dimension, ...]:
    """Return the pack's dimensions with quotes, an extractive summary and questions."""
    spec = (context.policy.data or {}).get("dimensions", [])
    fillers = Fillers(context.policy)
    items = {i.number: i for i in context.policy.template}
    headers = _headers(context)
    passages = [
        p
        for p in context.submission.passages
        if p.document_kind is Kind.PLAN
        and tells(p)
        and squash(p.text) not in headers
        and f"《{context.policy.title}》" not in p.text
        and not any(fillers.prompts(p.text, items[n]) for n in p.template if n in items)
    ]
    return tuple(_dimension(one, passages, findings) for one in spec)


def tells(passage: Passage) -> bool:
    """Say whether a passage tells something by itself: no heading, caption, contents line, table head or pointer."""
    text = passage.text.strip()
    if passage.kind is PassageKind.TITLE or len(text) < _SHORTEST or is_contents_line(text):
        return False
    if passage.kind is PassageKind.ROW:
        cells = [cell.strip() for cell in text.split("|")]
        return passage.evidence.row != 0 or any(len(cell) > _HEAD for cell in cells[1:])
    if text.endswith(("：", ":")) or POINTS.fullmatch(text):
        return False
    return bool(_STOPPED.search(text)) or not (is_caption(text) or _heads(text))


def _heads(text: str) -> bool:
    """Say whether a line without any stop is numbered and short as a heading is."""
    numbered = split_number(re.sub(r"\s+\d{1,3}$", "", text))  # its page, where it stands in a list of contents
    return numbered.kind is not NumberKind.NONE and len(text) <= _HEADING and not re.search(r"\d", numbered.title)


def _headers(context: Context) -> set[str]:
    """Return what stands at the head or foot of the plan's pages, as a file tells it or as it recurs in the text."""
    found: set[str] = set()
    for item in (d for d in context.submission.documents if d.kind is Kind.PLAN):
        found.update(squash(text) for text in (*item.document.headers, *item.document.footers))
        lines = Counter(squash(b.text) for b in item.document.blocks if isinstance(b, Paragraph) and not b.number)
        found.update(line for line, times in lines.items() if times >= _ON_EVERY_PAGE)
    return found


def _dimension(one: dict[str, Any], passages: Sequence[Passage], findings: Sequence[Finding]) -> Dimension:
    ranked = sorted(((_weight(p, one), -i) for i, p in enumerate(passages)), reverse=True)
    chosen = sorted({-at for weight, at in ranked[:12] if weight >= 2})
    best: dict[str, Passage] = {}
    for weight, at in ranked:
        passage = passages[-at]
        if weight >= 2 and -at in chosen and len(best) < _QUOTES:
            best.setdefault(passage.evidence.quote, passage)
    shown = [p for i, p in enumerate(passages) if i in chosen and best.get(p.evidence.quote) is p]
    return Dimension(one["name"], _summary(shown), tuple(p.evidence for p in shown), _questions(one, findings))


def _weight(passage: Passage, one: dict[str, Any]) -> int:
    """Weigh a passage: its place in the template counts first, then the dimension's words."""
    order = [str(n) for n in one.get("templates", ())]
    place = next((len(order) - order.index(t) for t in passage.template[:1] if t in order), 0)
    words = sum(str(w) in passage.text for w in one.get("words", ()))
    sentence = passage.kind is PassageKind.SENTENCE
    if not place:
        return 2 if words >= 3 and sentence else 0
    return 2 + place + 2 * min(words, 3) + 2 * sentence


def _summary(shown: Sequence[Passage]) -> str:
    """Join whole sentences of the plan up to a few lines; nothing is reworded."""
    out = ""
    for passage in shown:
        text = passage.text.strip().replace("\n", "")
        if passage.kind is PassageKind.SENTENCE and (not out or len(out) + len(text) <= _SUMMARY):
            out += text if text[-1] in "。！？；" else text + "。"
    return out


def _questions(one: dict[str, Any], findings: Sequence[Finding]) -> tuple[str, ...]:
    """Turn findings and gaps of this dimension into questions, the pack's own last."""
    rules, places = set(one.get("rules", ())), [str(t) for t in one.get("templates", ())]
    grave = [*Severity]
    out: list[str] = []
    for finding in sorted(findings, key=lambda f: grave.index(f.severity)):
        gap = finding.rule.startswith("SEC-") and any(
            t == finding.template or t.startswith(finding.template + ".") for t in places
        )
        if finding.rule in rules or gap:
            out.append(finding.suggestion or finding.message)
    out = list(dict.fromkeys(out))[: _QUESTIONS - 1]
    return (*out, str(one["question"])) if one.get("question") else tuple(out)
