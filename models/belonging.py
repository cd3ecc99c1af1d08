"""Whether a part of a plan speaks of the same business as the rest of it.

A part taken from another project's plan shares with the rest only what every proposal says. Pairs of characters are
weighed by how few faultless proposals use them (squared inverse document frequency, `models.training.background`); what
counts is the share of a part's weight that the rest of the plan uses too.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable
from functools import cache
from pathlib import Path

import numpy as np

ARTEFACT = Path(__file__).parent / "data" / "background.npz"
_CHINESE = re.compile("[\u4e00-\u9fff]+")


def pairs(texts: Iterable[str]) -> frozenset[str]:
    """Return the pairs of neighbouring Chinese characters that stand in the texts."""
    return frozenset(run[i : i + 2] for text in texts for run in _CHINESE.findall(text) for i in range(len(run) - 1))


class Background:
    """How many of a number of proposals use each pair of characters."""

    def __init__(self, number: int, holders: Counter[str]) -> None:
        """`number` of proposals; `holders`: in how many of them a pair stands, those in one only left out."""
        self._number, self._holders = number, holders

    def weight(self, pair: str) -> float:
        """Return how telling a pair is."""
        return math.log((self._number + 1) / (self._holders[pair] + 0.5)) ** 2

    def size(self, part: frozenset[str]) -> float:
        """Return how much a part says that not every proposal says, in pairs that no proposal has."""
        return self._sum(part) / self.weight("")

    def share(self, part: frozenset[str], rest: frozenset[str]) -> float:
        """Return the share 0..1 of a part's weight that the rest uses too; 1 for a part that says nothing."""
        whole = self._sum(part)
        return self._sum(part & rest) / whole if whole else 1.0

    def _sum(self, part: frozenset[str]) -> float:
        return math.fsum(self.weight(p) for p in sorted(part))  # sorted: sums of floats depend on their order


@cache
def background() -> Background:
    """Return what `models.training.background` wrote."""
    with np.load(ARTEFACT, allow_pickle=False) as stored:
        words = bytes(stored["pairs"]).decode()
        holders = Counter(
            dict(zip((words[i : i + 2] for i in range(0, len(words), 2)), stored["holders"].tolist(), strict=True))
        )
        return Background(int(stored["number"]), holders)
