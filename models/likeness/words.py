"""Words two texts share, weighed by how few systems use them: a second opinion beside the vectors."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

_OTHER = re.compile(r"[^\u4e00-\u9fffA-Za-z0-9]")
_NOT_CHINESE = re.compile(r"[^\u4e00-\u9fff]")


@dataclass(frozen=True, slots=True)
class Bag:
    """A text as its pairs of characters and its single ones, with their weights summed."""

    pairs: frozenset[str]
    characters: frozenset[str]
    pairs_weight: float
    characters_weight: float


class Words:
    """How telling pairs of characters and characters are, by the crowd's texts."""

    def __init__(self, texts: Sequence[str]) -> None:
        """`texts`: the crowd's systems as wholes."""
        self._number = len(texts)
        self._pairs = Counter(pair for text in texts for pair in _pairs(text))
        self._characters = Counter(char for text in texts for char in _characters(text))

    def bag(self, text: str) -> Bag:
        """Return a text as it is compared."""
        pairs, characters = _pairs(text), _characters(text)
        return Bag(pairs, characters, self._sum(pairs, self._pairs), self._sum(characters, self._characters))

    def pairs(self, ours: Bag, theirs: Bag) -> tuple[float, float, float]:
        """Return the share of our pairs they have, of theirs we have, and the mean of both (geometric)."""
        shared = self._sum(ours.pairs & theirs.pairs, self._pairs)
        return _shares(shared, ours.pairs_weight, theirs.pairs_weight)

    def characters(self, ours: Bag, theirs: Bag) -> tuple[float, float, float]:
        """Return the same for single characters."""
        shared = self._sum(ours.characters & theirs.characters, self._characters)
        return _shares(shared, ours.characters_weight, theirs.characters_weight)

    def _sum(self, pieces: Iterable[str], holders: Counter[str]) -> float:
        # sorted: sums of floats depend on their order, and a set's order on chance
        return math.fsum(math.log((self._number + 1) / (holders[piece] + 0.5)) for piece in sorted(pieces))


def _shares(shared: float, ours: float, theirs: float) -> tuple[float, float, float]:
    return shared / max(ours, 1e-6), shared / max(theirs, 1e-6), shared / max(math.sqrt(max(ours * theirs, 0)), 1e-6)


def _pairs(text: str) -> frozenset[str]:
    key = _OTHER.sub("", text)
    return frozenset(key[i : i + 2] for i in range(len(key) - 1))


def _characters(text: str) -> frozenset[str]:
    return frozenset(_NOT_CHINESE.sub("", text))
