"""Contents lists that were typed or flattened: lines with leaders and a page number."""

from __future__ import annotations

import re

_LEADERS = re.compile(r"^\s*\S.{0,100}?[.．…·・⋯_]{3,}\s*[-—]?\s*(?:\d{1,4}|[ivxlcIVXLC]{1,6})\s*[-—]?\s*$")
_PAGED = re.compile(r"^\s*\S.{0,100}?(?:\t+|[ \u3000]{2,}|(?:[.．·…]\s){3,})\s*\d{1,4}\s*$")
_NUMBERED = re.compile(r"^\s*\S.{1,60}?[^\d\s.．,，:：]\s*\d{1,3}$")
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
