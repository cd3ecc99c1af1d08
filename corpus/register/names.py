"""Names of systems by their pairs of characters, so that a search word is compared with all of them at once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from models.text import bigrams


class Names:
    """The names of a register; `scores` equals `models.likeness.texts.lexical` of each."""

    def __init__(self, named: Sequence[tuple[str, str]]) -> None:
        """`named`: id and name of each system, by id."""
        self.ids = tuple(number for number, _ in named)
        self.place = {number: at for at, number in enumerate(self.ids)}
        holders: defaultdict[str, list[int]] = defaultdict(list)
        sizes = []
        for at, (_, name) in enumerate(named):
            pairs = bigrams(name)
            sizes.append(len(pairs))
            for pair in pairs:
                holders[pair].append(at)
        self._sizes = np.array(sizes, np.int64)
        self._holders = {pair: np.array(held, np.int32) for pair, held in holders.items()}

    def scores(self, text: str) -> NDArray[np.float64]:
        """Return how much of the shorter side's pairs the other has, 0..1, one number a name."""
        asked = bigrams(text)
        shared = np.zeros(len(self.ids))
        for pair in sorted(asked):
            if pair in self._holders:
                shared[self._holders[pair]] += 1
        return np.asarray(shared / np.maximum(np.minimum(self._sizes, len(asked)), 1), np.float64)

    def nearest(self, text: str, top: int) -> tuple[str, ...]:
        """Return the ids of the names that share most."""
        scores = self.scores(text)
        order = np.argsort(-scores, kind="stable")[:top]
        return tuple(self.ids[n] for n in order.tolist() if scores[n] > 0)
