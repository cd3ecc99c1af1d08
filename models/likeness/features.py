"""What speaks for a system being what a proposal wants to build, as named numbers. Nothing is decided here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.likeness.crowd import Array, Crowd, centred

FEATURES = (
    "lead",  # how far its functions answer the proposal's better than register and crowd do, in standard deviations
    "lead_gap",  # the same beyond the third best
    "whole",  # cosine of proposal and system as wholes
    "whole_lead",  # how far that stands out
    "whole_gap",  # the same beyond the third best
    "depth",  # mean of the best cosines of the proposal's functions
    "back",  # mean of the best cosines of the system's functions
    "back_lead",  # how far that stands out
    "back_gap",  # the same beyond the third best
    "assigned",  # mean cosine of functions paired one to one
    "wins",  # share of the proposal's functions for which it is among the three best
)
SHORTLIST = 50  # systems that are looked at closely
_THIRD = 3


@dataclass(frozen=True, slots=True)
class Proposed:
    """What a proposal wants to build: centred vectors of its functions and of the whole, weights of the functions."""

    functions: Array  # (n, d)
    whole: Array  # (d,)
    weights: Array  # (n,), sum 1


@dataclass(frozen=True, slots=True)
class Shelf:
    """Systems as centred vectors: texts one after another (functions first), and each as a whole."""

    vectors: Array
    starts: NDArray[np.int64]
    functions: NDArray[np.int64]
    wholes: Array

    def texts_of(self, number: int) -> slice:
        """Return where a system's texts stand."""
        end = self.starts[number + 1] if number + 1 < len(self.starts) else len(self.vectors)
        return slice(int(self.starts[number]), int(end))


@dataclass(frozen=True, slots=True)
class Measured:
    """Features of the shortlisted systems, the most promising first."""

    systems: NDArray[np.int64]  # numbers in the shelf
    features: NDArray[np.float64]  # (systems, FEATURES)
    cosines: Array  # (functions, texts of all systems)
    leads: Array  # (functions, systems of the shelf): each function's best cosine, in standard deviations


def propose(functions: Array, whole: Array, weights: Sequence[float], crowd: Crowd) -> Proposed:
    """Centre a proposal's raw vectors."""
    shares = np.asarray(weights, np.float32)
    rows = centred(functions, crowd.query_mean)
    return Proposed(rows, centred(whole[None, :], crowd.query_mean)[0], shares / max(float(shares.sum()), 1e-6))


def shelve(vectors: Array, counts: Sequence[int], functions: Sequence[int], wholes: Array, crowd: Crowd) -> Shelf:
    """Centre the raw vectors of systems; `counts`: texts of each, `functions`: how many of them are functions."""
    starts = np.concatenate([[0], np.cumsum(counts)[:-1]]).astype(np.int64)
    mean = crowd.passage_mean
    return Shelf(centred(vectors, mean), starts, np.asarray(functions, np.int64), centred(wholes, mean))


def crowd_shelf(crowd: Crowd) -> Shelf:
    """Return the crowd as a shelf."""
    mean = crowd.passage_mean
    return Shelf(centred(crowd.vectors, mean), crowd.starts, crowd.functions, centred(crowd.wholes, mean))


def measure(proposed: Proposed, shelf: Shelf, others: Shelf | None) -> Measured:
    """Compare a proposal with every system of the shelf, seen against `others` too (None: the shelf is the crowd)."""
    cosines, best, back = _near(proposed, shelf)
    whole = shelf.wholes @ proposed.whole
    if others is None:
        all_best, all_back, all_whole = best, back, whole
    else:
        _, more_best, more_back = _near(proposed, others)
        all_best = np.concatenate([best, more_best], axis=1)
        all_back = np.concatenate([back, more_back])
        all_whole = np.concatenate([whole, others.wholes @ proposed.whole])
    scores = _standard(all_best)
    all_lead = _standard(proposed.weights @ scores)  # again: many functions together spread less than one
    all_whole_lead, all_back_lead = _standard(all_whole), _standard(all_back)
    size = len(shelf.starts)
    lead, whole_lead = all_lead[:size], all_whole_lead[:size]
    chosen = np.argsort(-(lead + whole_lead), kind="stable")[:SHORTLIST]
    third = np.sort(all_best, axis=1)[:, -_THIRD :][:, :1]
    columns = [
        lead,
        lead - _third(all_lead),
        whole,
        whole_lead,
        whole_lead - _third(all_whole_lead),
        proposed.weights @ best,
        back,
        all_back_lead[:size],
        all_back_lead[:size] - _third(all_back_lead),
        np.zeros(size),
        proposed.weights @ (best >= third),
    ]
    features = np.stack(columns, axis=1)[chosen].astype(np.float64)
    features[:, FEATURES.index("assigned")] = [_assigned(cosines[:, shelf.texts_of(n)]) for n in chosen]
    return Measured(chosen, features, cosines, np.asarray(scores[:, :size], np.float32))


def _near(proposed: Proposed, shelf: Shelf) -> tuple[Array, Array, Array]:
    """Return all cosines, each function's best per system, and the mean of each system's functions' best."""
    cosines = proposed.functions @ shelf.vectors.T
    best = np.maximum.reduceat(cosines, shelf.starts, axis=1)
    counts = np.diff(np.append(shelf.starts, len(shelf.vectors)))
    position = np.arange(len(shelf.vectors)) - np.repeat(shelf.starts, counts)
    own = position < np.repeat(shelf.functions, counts)
    back = np.add.reduceat(cosines.max(axis=0) * own, shelf.starts) / shelf.functions
    return cosines, best, np.asarray(back, np.float32)


def _standard(values: Array) -> Array:
    """Return values as standard deviations from the mean over the last axis."""
    mean = values.mean(axis=-1, keepdims=True)
    return np.asarray((values - mean) / np.maximum(values.std(axis=-1, keepdims=True), 1e-3), np.float32)


def _third(values: Array) -> float:
    return float(np.sort(values)[-_THIRD:][0])


def _assigned(cosines: Array) -> float:
    """Return the mean cosine of functions paired one to one, the best pair first."""
    left = cosines.astype(np.float64)
    taken = []
    for _ in range(min(left.shape)):
        row, column = np.unravel_index(int(left.argmax()), left.shape)
        taken.append(left[row, column])
        left[row, :] = -2
        left[:, column] = -2
    return float(np.mean(taken))
