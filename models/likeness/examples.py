"""Pairs that people have judged, to be shown beside a new one: the nearest on each side of the line.

Near is what the decision takes for near: features weigh as they do there.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from models.likeness.crowd import artefact
from models.likeness.decision import Logistic
from models.likeness.features import FEATURES

Numbers = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Examples:
    """Judged pairs.

    Attributes:
        proposals: titles of the proposals.
        systems: names of the systems.
        same: whether they were judged duplicate or overlap.
        features: (pairs, FEATURES).
    """

    proposals: tuple[str, ...]
    systems: tuple[str, ...]
    same: NDArray[np.bool_]
    features: Numbers

    def nearest(self, features: Sequence[float], decision: Logistic, *, same: bool) -> int | None:
        """Return which pair of one side is nearest; None where that side has none."""
        side = np.flatnonzero(self.same == same)
        if not len(side):
            return None
        apart = (self.features[side] - np.asarray(features, np.float64)) / decision.scale * decision.weights
        return int(side[int(np.argmin(np.einsum("ij,ij->i", apart, apart).round(6)))])


@lru_cache(maxsize=1)
def shipped() -> Examples:
    """Return the training pairs that come with the program.

    Raises:
        InstallationError: they are missing.
    """
    kept = artefact()
    return Examples(
        tuple(str(t) for t in kept["example_proposals"]),
        tuple(str(t) for t in kept["example_systems"]),
        kept["example_same"].astype(np.bool_),
        kept["example_features"].astype(np.float64),
    )


def of_pack(entries: Sequence[Mapping[str, Any]]) -> Examples | None:
    """Return the pairs of a pack's own labels; None where it has none of both sides for these features."""
    known = [e for e in entries if all(name in e["features"] for name in FEATURES)]
    same = np.array([bool(e["same"]) for e in known], np.bool_)
    if not known or same.all() or not same.any():
        return None
    rows = [[float(e["features"][name]) for name in FEATURES] for e in known]
    names = tuple(str(e["proposal"]) for e in known), tuple(str(e["system"]) for e in known)
    return Examples(*names, same, np.array(rows, np.float64))
