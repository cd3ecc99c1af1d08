"""Which of several plans in one submission is reviewed: the newest Word; plans of different projects are an error."""

from __future__ import annotations

import re
from collections.abc import Sequence

from models.domain.document import Document, Paragraph, Table
from models.domain.errors import SubmissionError
from models.domain.report import NotChecked

WORD = frozenset({"docx", "docm", "doc", "wps", "rtf"})
SAME_PLAN = 0.5  # share of the shorter plan's sentences found in the other; drafts of one plan lie above .8
_TITLE = re.compile(r"项目名称\s*[:：|]?\s*([^\s|。，；]{4,60})")
_COVER = re.compile(
    r"^(?!.*(?:管理办法|申报表)).{4,60}(?:项目|系统|平台|工程)(?:[（(][^（()）]{1,8}[）)])?(?:建设|实施|设计)?(?:方案)?$"
)
_VERSION = re.compile(r"\d+")
_SHOWN = 40


def choose(plans: Sequence[Document]) -> tuple[Document, tuple[NotChecked, ...]]:
    """Return the plan to review and a line for each other version of it.

    Args:
        plans: at least one document that reads as a 建设方案.

    Raises:
        SubmissionError: two plans are of different projects; both are named.
    """
    ordered = sorted(plans, key=_newest_word, reverse=True)
    chosen, others = ordered[0], ordered[1:]
    for other in others:
        if not same_plan(chosen, other):
            raise SubmissionError(
                f"一次只审一个项目，但“{chosen.name}”（{title(chosen)}）与“{other.name}”（{title(other)}）是两个不同项目的建设方案",
                advice="请分开放入不同文件夹，分别审核",
            )
    return chosen, tuple(_line(chosen, other) for other in sorted(others, key=lambda d: d.name))


def title(document: Document) -> str:
    """Return the project name a plan states for itself, its file name where it states none."""
    lines = _lines(document)
    for line in lines:
        found = _TITLE.search(line)
        if found:
            return found.group(1)
    head = next((line.strip() for line in lines[:10] if _COVER.match(line.strip())), "")
    return head or document.name


def same_plan(one: Document, other: Document) -> bool:
    """Say whether two documents are versions of one plan: the same name, or most sentences in common."""
    if _key(title(one)) == _key(title(other)):
        return True
    short, long = sorted((_sentences(one), _sentences(other)), key=len)
    if not short:
        return False
    text = "".join(long)
    return sum(s in text for s in short) / len(short) >= SAME_PLAN


def _newest_word(document: Document) -> tuple[bool, str, tuple[int, ...], str]:
    modified = dict(document.properties).get("modified", "")
    numbers = tuple(int(n[:12]) for n in _VERSION.findall(document.name.rsplit("/", 1)[-1]))
    return document.format in WORD, modified, numbers, document.name


def _line(chosen: Document, other: Document) -> NotChecked:
    ours, theirs = _sentences(chosen), _sentences(other)
    our_text, their_text = "".join(ours), "".join(theirs)
    differing = [s for s in theirs if s not in our_text] + [s for s in ours if s not in their_text]
    why = f"与“{chosen.name}”是同一方案的不同版本，本次审核“{chosen.name}”"
    if differing:
        why += f"；两者有{len(differing)}处文字不同，如“{differing[0][:_SHOWN]}”"
    return NotChecked(other.name, why + "。")


def _lines(document: Document) -> list[str]:
    lines: list[str] = []
    for block in document.blocks:
        if isinstance(block, Paragraph):
            lines.append(block.text)
        elif isinstance(block, Table):
            lines.extend(block.row_text(r) for r in range(len(block.rows)))
    return lines


def _sentences(document: Document) -> list[str]:
    # A PDF breaks lines where Word does not: sentences are cut at their ends only, and compared without spaces.
    text = _key("".join(_lines(document)), keep="。；")
    return [s for s in re.split("[。；]", text) if len(s) >= 8]


def _key(text: str, keep: str = "") -> str:
    return re.sub(rf"[^\w{keep}]+", "", text)
