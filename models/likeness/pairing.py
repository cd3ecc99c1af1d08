"""What pairing a proposal's functions with a system's one to one says, beyond each function's best answer.

A function that answers many ("统计", "登记") counts once here, and how close is counted without a hard line.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from models.likeness.crowd import Array

NAMES = (
    "paired",  # share of the proposal's functions paired one to one above .45
    "paired_back",  # share of the system's functions that are
    "paired_closer",  # above .55
    "paired_closer_back",
    "paired_lead",  # how far pairs stand out from what the crowd answers, in standard deviations, on average
    "paired_lead_all",  # the same over all functions of the proposal, none of them for more than 6
    "soft",  # share of its functions with an answer, counted softly around .45
    "soft_back",  # of the system's functions
    "two",  # mean of its two best cosines
    "two_back",  # of the system's two best
    "three",  # mean of its three best
    "mutual",  # share of functions (of the side with fewer) that are one another's best above .4
    "soft_lead",  # share of its functions whose answer stands out, counted softly around 2.5 standard deviations
)
CLOSE, CLOSER = 0.45, 0.55  # cosines of the taught encoder from which functions are close
_MUTUAL, _STANDING, _MOST = 0.4, 2.5, 6.0
_STEEP, _STEEP_LEAD = 15.0, 2.0  # of the soft counts


def pairs(cosines: Array) -> list[tuple[int, int, float]]:
    """Return the functions of both sides paired one to one, the best pair first."""
    left = cosines.astype(np.float64)
    taken = []
    for _ in range(min(left.shape)):
        row, column = (int(n) for n in np.unravel_index(int(left.argmax()), left.shape))
        taken.append((row, column, float(left[row, column])))
        left[row, :] = -2
        left[:, column] = -2
    return taken


def pairing(cosines: Array, functions: int, weights: Array, usual: tuple[Array, Array]) -> list[float]:
    """Return the features by `NAMES`.

    Args:
        cosines: of the proposal's functions with the system's texts, functions first.
        functions: how many of these texts are functions.
        weights: of the proposal's functions, sum 1.
        usual: mean and standard deviation of each function's best cosine in the crowd.
    """
    own = cosines[:, :functions]
    return [*_paired(own, weights, usual), *_answered(cosines, own, weights, usual)]


def _paired(own: Array, weights: Array, usual: tuple[Array, Array]) -> Iterator[float]:
    taken = pairs(own)
    rows, close = np.array([row for row, *_ in taken]), np.array([cosine for *_, cosine in taken])
    leads = (close - usual[0][rows]) / usual[1][rows]
    for least in (CLOSE, CLOSER):
        yield float(weights[rows] @ (close > least))
        yield float((close > least).sum() / own.shape[1])
    yield float(leads.mean())
    yield float(weights[rows] @ np.clip(leads, 0, _MOST))


def _answered(cosines: Array, own: Array, weights: Array, usual: tuple[Array, Array]) -> Iterator[float]:
    best, back = cosines.max(axis=1), own.max(axis=0)
    yield float(weights @ _softly(best - CLOSE, _STEEP))
    yield float(_softly(back - CLOSE, _STEEP).mean())
    ranked = np.sort(best)[::-1]
    yield float(ranked[:2].mean())
    yield float(np.sort(back)[::-1][:2].mean())
    yield float(ranked[:3].mean())
    mine, theirs = own.argmax(axis=1), own.argmax(axis=0)
    mutual = (theirs[mine] == np.arange(len(own))) & (own.max(axis=1) > _MUTUAL)
    yield float(mutual.sum() / min(own.shape))
    yield float(weights @ _softly((best - usual[0]) / usual[1] - _STANDING, _STEEP_LEAD))


def _softly(values: Array, steep: float) -> Array:
    return np.asarray(1 / (1 + np.exp(-steep * values)), np.float32)
