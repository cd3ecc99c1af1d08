"""What speaks for a system being what a proposal wants to build, as named numbers. Nothing is decided here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.likeness.crowd import Array, Crowd, centred

FEATURES = (
    "lead",  # how far its functions answer the proposal's better than the crowd's do, in standard deviations
    "whole",  # cosine of proposal and system as wholes
    "whole_lead",  # how far that stands out from the crowd, in standard deviations
    "depth",  # mean of the best cosines of the proposal's functions
    "back",  # mean of the best cosines of the system's functions
    "back_lead",  # how far that stands out
    "both",  # the smaller of lead and back_lead: what is one thing is covered from either side
    "assigned",  # mean cosine of functions paired one to one
)
SHORTLIST = 50  # systems that are looked at closely


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


def measure(proposed: Proposed, shelf: Shelf, crowd: Shelf) -> Measured:
    """Compare a proposal with every system of the shelf; how far each stands out is seen against the crowd."""
    cosines, best, back = _near(proposed, shelf)
    _, usual, usual_back = _near(proposed, crowd)
    whole, usual_whole = shelf.wholes @ proposed.whole, crowd.wholes @ proposed.whole
    scores, usual_scores = _standard(best, usual), _standard(usual, usual)
    lead = proposed.weights @ scores
    usual_lead = proposed.weights @ usual_scores
    lead = _standard(lead, usual_lead)  # again: many functions together spread less than one
    whole_lead, back_lead = _standard(whole, usual_whole), _standard(back, usual_back)
    chosen = np.argsort(-(lead + whole_lead), kind="stable")[:SHORTLIST]
    columns = [
        lead,
        whole,
        whole_lead,
        proposed.weights @ best,
        back,
        back_lead,
        np.minimum(lead, back_lead),
        np.zeros(len(lead)),
    ]
    features = np.stack(columns, axis=1)[chosen].astype(np.float64)
    features[:, FEATURES.index("assigned")] = [_assigned(cosines[:, shelf.texts_of(n)]) for n in chosen]
    return Measured(chosen, features, cosines, scores)


def _near(proposed: Proposed, shelf: Shelf) -> tuple[Array, Array, Array]:
    """Return all cosines, each function's best per system, and the mean of each system's functions' best."""
    cosines = proposed.functions @ shelf.vectors.T
    best = np.maximum.reduceat(cosines, shelf.starts, axis=1)
    counts = np.diff(np.append(shelf.starts, len(shelf.vectors)))
    position = np.arange(len(shelf.vectors)) - np.repeat(shelf.starts, counts)
    own = position < np.repeat(shelf.functions, counts)
    back = np.add.reduceat(cosines.max(axis=0) * own, shelf.starts) / shelf.functions
    return cosines, best, np.asarray(back, np.float32)


def _standard(values: Array, usual: Array) -> Array:
    """Return values as standard deviations from the mean of what is usual, over the last axis."""
    mean = usual.mean(axis=-1, keepdims=True)
    return np.asarray((values - mean) / np.maximum(usual.std(axis=-1, keepdims=True), 1e-3), np.float32)


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
