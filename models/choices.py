"""Boxes to tick in forms (申报表): which choice is ticked, and what is written beside the boxes."""

from __future__ import annotations

import re
from collections.abc import Iterator

_ON, _OFF = "☑☒√✓✔■●◉▣🗹", "□☐○◎▢"
_MARK = re.compile(rf"[(（\[]\s*(?P<on>[{_ON}vV])\s*[)）\]]|[(（\[]\s*(?P<off>)[)）\]]|(?P<bare>[{_ON}{_OFF}])")
BOX = rf"[(\[（]?\s*[{_ON}{_OFF}]"  # where a choice begins
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
    parts = _PART.split(plain)
    only_ticked = all(map(_is_on, marks))  # √是；否: only what is chosen bears a mark
    chosen = "、".join(o for part in parts if _MARK.search(part) for o in _ticked(part))
    remarks = [p.strip(_EDGES) for p in parts if not _MARK.search(p) and _says_more(p, only_ticked=only_ticked)]
    return "；".join(p for p in (chosen, *remarks) if p)


def _is_on(mark: re.Match[str]) -> bool:
    return (mark["on"] or mark["bare"] or " ") in _ON + "vV"


def _says_more(part: str, *, only_ticked: bool) -> bool:
    """Say whether a part without boxes is a remark: no choice left unmarked, no label without a value."""
    label, colon, value = part.replace("：", ":").partition(":")
    return bool(value.strip(_EDGES)) if colon else bool(label.strip(_EDGES)) and not only_ticked


def _ticked(text: str) -> Iterator[str]:
    """Yield what is ticked in a text with boxes, words before the first box included where they say something."""
    marks = list(_MARK.finditer(text))
    before = re.sub("^.*[:：]", "", text[: marks[0].start()]).strip(_EDGES)
    if before and _behind(text, marks):
        starts, ends = [0, *(m.end() for m in marks)], [m.start() for m in marks]
    else:
        starts, ends = [m.end() for m in marks], [*(m.start() for m in marks[1:]), len(text)]
        if before and any(map(_is_on, marks)):
            yield before
    alone = all(map(_is_on, marks)) and not before
    for a, b, mark in zip(starts, ends, marks, strict=False):
        option = re.sub("^.*[:：]", "", text[a:b]).strip(_EDGES)
        if _is_on(mark) and option:
            yield re.split(r"[\s,，、;；/]+", option, maxsplit=1)[0] if alone else option


def _behind(text: str, marks: list[re.Match[str]]) -> bool:
    """Say whether boxes stand behind their choices (是□ 否☑) rather than before them (现状，□已验 ☑未验)."""
    behind = sum(not re.match(r"[\s,，、:：]", text[m.start() - 1]) for m in marks if m.start())
    ahead = sum(not re.match(r"[\s,，、(（]", text[m.end()]) for m in marks if m.end() < len(text))
    return behind >= ahead
