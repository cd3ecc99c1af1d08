"""Boxes to tick in forms (申报表): which choice is ticked, and what is written beside the boxes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

_ON, _OFF = "☑☒√✓✔■●◉▣🗹", "□☐○◎▢"
_MARK = re.compile(rf"[(（\[]\s*(?P<on>[{_ON}vV])\s*[)）\]]|[(（\[]\s*(?P<off>)[)）\]]|(?P<bare>[{_ON}{_OFF}])")
BOX = rf"[(\[（]?\s*[{_ON}{_OFF}]"  # where a choice begins
LABEL = re.compile(
    rf"(?:^|(?<=[\s;；　,，。]))([^\s:：;；,，。{_ON}{_OFF}]{{2,24}})[:：](?=\s*{BOX})"
)  # … that boxes answer
_EMPTY_BOX = re.compile("[□☐▢]")  # circles stand for names left out, too
_ASKS = re.compile("^(?:本项目|本期|项目)?(?:是否(?:存在|属于|涉及)?|有无|有没有|可有)|(?:的)?(?:情形|情况|内容)$")
_NO = re.compile(  # an answer of its own: a cell, or behind a colon
    r"(?:(?<=\| )|(?<=：)|(?<=:))(否|无|没有|不涉及|未涉及|不存在|不属于|不是|不涉密|非涉密)(?=\s*(?:$|[|；;，,。]))"
)
_ANSWERS = frozenset({"是", "否", "有", "无", "存在", "不存在", "涉及", "不涉及", "属于", "不属于"})
_TWO = 2
_PART = re.compile(r"[;；\n]+")
_HOW = re.compile("[(（][^()（）]*(?:请|勾|划|打)[^()（）]*[)）]")  # （请在所选项前打√）
_LONGEST = 80  # characters of a text whose signs are boxes; longer ones use them as bullets
_EDGES = " ,，、;；/　\n"


def choice(text: str) -> str:
    """Resolve choice boxes: `☑新建 □扩建` → 新建, `是□ 否☑` → 否; texts without boxes come back stripped.

    What stands beside the boxes is kept: `☑是 □否；说明：二楼` → 是；说明：二楼. Where boxes are there and none is
    ticked the answer is "". Long texts use the same signs as bullets: left alone.
    """
    plain = _HOW.sub("", text)
    marks = list(_MARK.finditer(plain))
    if len(text) > _LONGEST or not any(m["bare"] or m["on"] for m in marks):
        return text.strip()
    plain, beside = _beside(plain)
    parts = [*_PART.split(plain), *beside]
    only_ticked = all(map(_is_on, marks))  # √是；否: only what is chosen bears a mark
    chosen = "、".join(t for part in parts if _MARK.search(part) and (t := _ticked(part)))
    remarks = [p.strip(_EDGES) for p in parts if not _MARK.search(p) and _says_more(p, only_ticked=only_ticked)]
    return "；".join(p for p in (chosen, *remarks) if p)


def resolved(text: str) -> str:
    """Return a sentence or table row with its boxes resolved (是否涉密：□是 ☑否 → 是否涉密：否); others as they are.

    A mark alone is a bullet, or says yes in a table of functions and roles.
    """
    return " | ".join(_answered(cell) if _open(cell) else cell for cell in text.split(" | "))


def _open(text: str) -> bool:
    """Say whether a choice is there that was not ticked: a box, or brackets beside ticked ones."""
    return bool(_EMPTY_BOX.search(text)) or (
        any(m["off"] is not None for m in _MARK.finditer(text)) and any(map(_is_on, _MARK.finditer(text)))
    )


def _answered(text: str) -> str:
    """Return a cell or sentence with the boxes behind each of its labels resolved."""
    text = _HOW.sub("", text)
    if _MARK.fullmatch(text.strip()):
        return text
    starts = [m.start(1) for m in LABEL.finditer(text)]
    if not starts:  # 性质：新建（ ）改建（√）
        label, colon, value = text.partition("：" if "：" in text else ":")
        return f"{label}：{choice(value)}" if colon and not _MARK.search(label) else choice(text)
    told = [text[: starts[0]].strip(_EDGES)]
    for a, b in pairwise([*starts, len(text)]):
        label, value = re.split("[:：]", text[a:b], maxsplit=1)
        told.append(f"{label}：{choice(value)}")
    return "；".join(t for t in told if t)


def by_columns(head: str, row: str) -> str:
    """Return a row whose answer is a mark in a column (项目 | 是 | 否) with the answer in words; others as they are."""
    heads, cells = ([c.strip() for c in text.split(" | ")] for text in (head, row))
    asked = [n for n, title in enumerate(heads) if title in _ANSWERS]
    if len(asked) < _TWO or len(cells) != len(heads):
        return row
    marked = [n for n in asked if cells[n]]
    ticked = _MARK.fullmatch(cells[marked[0]]) if len(marked) == 1 else None
    if ticked is None or not _is_on(ticked):
        return row
    told = [heads[marked[0]] if n == asked[0] else c for n, c in enumerate(cells) if n not in asked[1:]]
    return " | ".join(told)


def denials(text: str) -> Iterator[tuple[str, str, str]]:
    """Yield of a row or field what it answers no to, as a statement and as answered yes, and the rest of it.

    `6 | 是否新建机房 | 否 | 附件四` → 新建机房, `是否新建机房 | 是`, `6 | 附件四`.
    """
    for answer in _NO.finditer(text):
        before = text[: answer.start()].rstrip(" |:：")
        start = max(before.rfind(mark) + 1 for mark in ("|", "；", ";", "。"))
        question = before[start:].strip()
        if statement := _ASKS.sub("", question):
            yield (
                statement,
                f"{question} | 是",
                " | ".join(p for p in (before[:start].strip(" |；;"), text[answer.end() :].strip(" |；;，,")) if p),
            )


def _is_on(mark: re.Match[str]) -> bool:
    return (mark["on"] or mark["bare"] or " ") in _ON + "vV"


def _beside(text: str) -> tuple[str, list[str]]:
    """Split off what stands in brackets behind the last box: it speaks of the answer, not of the choice before it."""
    said = re.search(r"[(（]([^()（）]{8,})[)）]\s*$", text)
    if said is None or _MARK.search(said[1]) or len(list(_MARK.finditer(text))) < 2:
        return text, []
    return text[: said.start()], _PART.split(said[1])


def _says_more(part: str, *, only_ticked: bool) -> bool:
    """Say whether a part without boxes is a remark: no choice left unmarked, no label without a value."""
    label, colon, value = part.replace("：", ":").partition(":")
    return bool(value.strip(_EDGES)) if colon else bool(label.strip(_EDGES)) and not only_ticked


def _ticked(text: str) -> str:
    """Return what is ticked in a text with boxes, behind the words before the first box where these say something."""
    marks = list(_MARK.finditer(text))
    lead = re.sub("^.*[:：]", "", text[: marks[0].start()]).strip()
    before = lead.strip(_EDGES)
    if before and _behind(text, marks):
        starts, ends, before = [0, *(m.end() for m in marks)], [m.start() for m in marks], ""
    else:
        starts, ends = [m.end() for m in marks], [*(m.start() for m in marks[1:]), len(text)]
    alone = all(map(_is_on, marks)) and not before
    options = [
        re.sub("^.*[:：]", "", text[a:b]).strip(_EDGES)
        for a, b, m in zip(starts, ends, marks, strict=False)
        if _is_on(m)
    ]
    if alone:
        options = [re.split(r"[\s,，、;；/]+", o, maxsplit=1)[0] for o in options]
    chosen = "、".join(o for o in options if o)
    return chosen if not before or not chosen else f"{lead if lead != before else before + '：'}{chosen}"


def _behind(text: str, marks: list[re.Match[str]]) -> bool:
    """Say whether boxes stand behind their choices (是□ 否☑) rather than before them (现状，□已验 ☑未验)."""
    behind = sum(not re.match(r"[\s,，、:：]", text[m.start() - 1]) for m in marks if m.start())
    ahead = sum(not re.match(r"[\s,，、。(（]", text[m.end()]) for m in marks if m.end() < len(text))
    return behind > ahead or (behind == ahead and marks[-1].end() == len(text.rstrip(" 。　")))
