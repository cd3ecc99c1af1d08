"""Different words for the same thing, written one way before names are compared (kVA 千伏安, UPS 不间断电源)."""

from __future__ import annotations

import re
from collections.abc import Sequence

from models.text import normalise


class SameWords:
    """Writes a text with the first word of every group."""

    def __init__(self, groups: Sequence[Sequence[str]]) -> None:
        """Take groups of words that mean the same; the first of each group is kept."""
        self._first = {word.casefold(): str(group[0]) for group in groups for word in group}
        longest = sorted(self._first, key=lambda w: (-len(w), w))
        guarded = (rf"(?<![a-z]){re.escape(w)}(?![a-z])" if w.isascii() else re.escape(w) for w in longest)
        self._any = re.compile("|".join(guarded)) if longest else None

    def canonical(self, text: str) -> str:
        """Return the text in lower case with every known word replaced by its group's first."""
        plain = normalise(text).casefold()
        return self._any.sub(lambda m: self._first[m[0]], plain) if self._any else plain
