"""Contents lists that were typed or flattened: lines with leaders and a page number."""

from __future__ import annotations

import re
from collections.abc import Sequence

_LEADERS = re.compile(r"^\s*\S.{0,100}?[.．…·・⋯_]{3,}\s*[-—]?\s*(?:\d{1,4}|[ivxlcIVXLC]{1,6})\s*[-—]?\s*$")
_PAGED = re.compile(r"^\s*\S.{0,100}?(?:\t+|[ \u3000]{2,}|(?:[.．·…]\s){3,})\s*\d{1,4}\s*$")
_NUMBERED = re.compile(r"^\s*\S.{1,60}?[^\d\s.．,，:：]\s*\d{1,3}$")
_TAIL = re.compile(r"[\s.．·…・⋯_—–-]*\d{0,3}$")
_SENTENCE = re.compile(r"[。；;！？]")
_ENTRY = 60  # characters: a longer line is no entry of a contents list
_FEW = 4  # entries that come again make a list
_MOST = 0.6  # share of the entries that must come again: recognition spoils some
_AT_ONCE = 4  # blocks between the end of a list and the place where its first entries come again
_TITLES = frozenset(("目录", "目次", "目錄", "contents"))


def has_leaders(text: str) -> bool:
    """Tell whether a line can only be one of a contents list: 第一章 概况……3."""
    return bool(text) and "\n" not in text and bool(_LEADERS.match(text))


def ends_in_page(text: str) -> bool:
    """Tell whether a line among others of a contents list is one too: 第一章 概况→3."""
    return bool(text) and "\n" not in text and bool(_PAGED.match(text))


def ends_in_number(text: str) -> bool:
    """Tell the same of a line whose gap before the page number was lost, as in a PDF."""
    return "\n" not in text and bool(_NUMBERED.match(text))


def is_contents_title(text: str) -> bool:
    """Tell whether a line is the title of a contents list."""
    return re.sub(r"\s", "", text).lower() in _TITLES


def repeated(texts: Sequence[str | None]) -> range:
    """Return the blocks of a contents list told by nothing but that its lines come again, in order, as headings.

    `texts` holds the text of every block, None for what is no paragraph. Page numbers may be lost, as in a scan.
    """
    keys = [_entry_key(text) for text in texts]
    last = {key: i for i, key in enumerate(keys) if key}
    for start, key in enumerate(keys):
        if not key or last[key] == start:
            continue
        again = next(i for i in range(start + 1, len(keys)) if keys[i] == key)
        run = next((i for i in range(start, again) if not keys[i]), again)
        listed = [i for i in range(start, run) if keys[i] and last[keys[i]] >= again]
        if len(listed) < _FEW or len(listed) < _MOST * (listed[-1] + 1 - start) or again - listed[-1] > _AT_ONCE:
            continue
        return range(start, listed[-1] + 1)
    return range(0)


def _entry_key(text: str | None) -> str:
    """Return what an entry and its heading have in common; "" for what can be neither."""
    if text is None or len(text) > _ENTRY or _SENTENCE.search(text):
        return ""
    return re.sub(r"[\W_]+", "", _TAIL.sub("", text))
