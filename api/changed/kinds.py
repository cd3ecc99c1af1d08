"""What sort of change it is, by what differs: an amount, a date, a number, a name, or words."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from difflib import SequenceMatcher

from models.text import normalise

AMOUNT, DATE, NUMBER, NAME, WORDS = "金额", "日期", "数字", "名称", "文字"
_AMOUNT = re.compile(r"\d[\d.,]*\s*(?:万|亿)?元")
_DATE = re.compile(r"(?:20\d{2}年)?\d{1,2}月(?:\d{1,2}日)?|20\d{2}[年.\-/](?:\d{1,2}[.\-/]?\d{0,2})?|20\d{2}年?")
_NUMBER = re.compile(r"\d[\d.,]*")
_CUT = "……"


def kind_of(before: str, after: str, names: Iterable[str], *, money: bool = False) -> str:
    """Say what differs between two texts, the weightiest first.

    Args:
        before: as it was; "" where it is new.
        after: as it is; "" where it is gone.
        names: names of the project and of units in either version.
        money: whether every number is an amount, as in a table of costs.
    """
    one, other = normalise(before), normalise(after)
    for kind, pattern in ((AMOUNT, _NUMBER if money else _AMOUNT), (DATE, _DATE), (NUMBER, _NUMBER)):
        if Counter(_plain(pattern, one)) != Counter(_plain(pattern, other)):
            return kind
        one, other = pattern.sub("", one), pattern.sub("", other)
    if any((normalise(name) in one) != (normalise(name) in other) for name in names if name):
        return NAME
    return WORDS


def _plain(pattern: re.Pattern[str], text: str) -> list[str]:
    return [found.replace(",", "").replace(" ", "") for found in pattern.findall(text)]


def around(before: str, after: str, limit: int) -> tuple[str, str]:
    """Shorten two texts to where they differ, about `limit` characters each; what is left out is marked with …… ."""
    if max(len(before), len(after)) <= limit:
        return before, after
    blocks = [m for m in SequenceMatcher(None, before, after, autojunk=False).get_matching_blocks() if m.size]
    head = blocks[0].size if blocks and blocks[0].a == blocks[0].b == 0 else 0
    start = max(0, head - limit // 3)
    return _window(before, start, limit), _window(after, start, limit)


def _window(text: str, start: int, limit: int) -> str:
    start = min(start, max(0, len(text) - limit))
    told = text[start : start + limit]
    return (_CUT if start else "") + told + (_CUT if start + limit < len(text) else "")
