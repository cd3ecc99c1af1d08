"""How much better a plan answers a system than any plan does: each score seen against plans of the training data.

A system of deeds that every office has ("到期提醒", "统计") is answered by every plan, and a long plan answers a
little of every system. Both go when what this plan scores with a system is set against what others of its length score
with the same system: the T-norm of speaker verification (Auckenthaler et al. 2000), and against the best of them as in
its adaptive kind (Sturim and Reynolds 2005). The plans come with the program: nothing depends on what else a register
holds.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.embedder import Embedder
from models.likeness.crowd import Array, artefact, centred
from models.likeness.pairing import CLOSE

_SCORES = (
    "back",  # mean of the best cosines of the system's functions
    "soft_back",  # of the system's functions the share with an answer, counted softly around .45
    "best",  # mean of as many of the plan's best cosines as the system has functions
    "low_back",  # mean of the worse half of the system's functions' best cosines
    "square_back",  # the first with what is near weighing more
    "whole",  # cosine of both as wholes
)
_NEAREST = ("back", "soft_back", "low_back", "whole")  # also against the nearest plans alone
NAMES = (*(f"plans_{name}" for name in _SCORES), *(f"nearest_{name}" for name in _NEAREST))
_NEAR = 30  # plans that are the nearest
_SHORTEST = 3  # functions of a plan it is compared with, at least
_LEAST_PLANS = 20  # plans there are at least, whatever their length
_LEAST = 0.01  # spread that is divided by
_STEEP = 15.0  # of the soft count
Numbers = NDArray[np.float64]
_VECTORS = ("plan_functions", "plan_wholes")


@dataclass(frozen=True, slots=True)
class Plans:
    """Plans of the training data as centred vectors, their functions one plan after another."""

    functions: Array  # (n, d)
    counts: NDArray[np.int64]  # functions of each plan
    wholes: Array  # (plans, d)

    def only(self, kept: NDArray[np.bool_]) -> Plans:
        """Return some of the plans."""
        return Plans(self.functions[np.repeat(kept, self.counts)], self.counts[kept], self.wholes[kept])


@dataclass(frozen=True, slots=True)
class Answering:
    """Functions of some systems one after another, and the systems as wholes."""

    functions: Array  # (n, d)
    counts: NDArray[np.int64]
    wholes: Array  # (systems, d)

    @property
    def starts(self) -> NDArray[np.int64]:
        """Return where each system's functions begin."""
        return np.asarray(np.cumsum(self.counts) - self.counts, np.int64)

    def mean(self, values: Numbers) -> Numbers:
        """Return the mean over each system's functions; values (functions, any)."""
        return np.asarray(np.add.reduceat(values, self.starts, axis=0) / self.counts[:, None], np.float64)


def load_plans(embedder: Embedder, query_mean: Array) -> Plans:
    """Return the shipped plans in this embedder's space: stored for the shipped model, computed for any other."""
    kept = artefact()
    if str(kept["embedder"]) == embedder.name:
        functions, wholes = (kept[name].astype(np.float32) for name in _VECTORS)
    else:
        names, texts, said = ([str(t) for t in kept[key]] for key in ("plan_names", "plan_texts", "plan_whole_texts"))
        functions = np.asarray((embedder.encode(names, "query") + embedder.encode(texts, "query")) / 2, np.float32)
        wholes = embedder.encode(said, "query")
    return Plans(centred(functions, query_mean), kept["plan_counts"].astype(np.int64), centred(wholes, query_mean))


def standing(functions: Array, whole: Array, systems: Answering, plans: Plans) -> Numbers:
    """Return how far the plan of these functions stands out from others by each score: (systems, NAMES).

    Args:
        functions: of the plan, centred (n, d).
        whole: the plan as a whole, centred (d,).
        systems: what it is compared with.
        plans: the others. Their functions are cut into plans as long as this one, most of them of one subject.
    """
    total = len(plans.functions)
    size = max(_SHORTEST, min(len(functions), total // _LEAST_PLANS))
    cut = plans.functions[: total // size * size]
    own = _scores(systems.functions @ functions.T, len(functions), systems)
    usual = _scores(systems.functions @ cut.T, size, systems)
    own.append((systems.wholes @ whole)[:, None].astype(np.float64))
    usual.append((systems.wholes @ plans.wholes.T).astype(np.float64))
    columns = [_standard(mine, theirs) for mine, theirs in zip(own, usual, strict=True)]
    for name in _NEAREST:
        at = _SCORES.index(name)
        columns.append(_standard(own[at], -np.sort(-usual[at], axis=1)[:, :_NEAR]))
    return np.stack(columns, axis=1)


def _scores(cosines: Array, size: int, systems: Answering) -> list[Numbers]:
    """Return all scores but the last, each (systems, plans); cosines (systems' functions, plans' functions)."""
    starts, counts = systems.starts, systems.counts
    back = cosines.reshape(len(cosines), -1, size).max(axis=2).astype(np.float64)  # (systems' functions, plans)
    best = np.maximum.reduceat(cosines, starts, axis=0).reshape(len(counts), -1, size)
    sums, many = np.cumsum(-np.sort(-best, axis=2), axis=2), np.minimum(counts, size)
    low = [_low(back[start : start + count]) for start, count in zip(starts, counts, strict=True)]
    return [
        systems.mean(back),
        systems.mean(1 / (1 + np.exp(-_STEEP * (back - CLOSE)))),
        np.asarray(sums[np.arange(len(counts)), :, many - 1] / many[:, None], np.float64),
        np.stack(low),
        systems.mean(back * np.maximum(back, 0)),
    ]


def _low(back: Numbers) -> Numbers:
    return np.asarray(np.sort(back, axis=0)[: (len(back) + 1) // 2].mean(axis=0), np.float64)


def _standard(own: Numbers, usual: Numbers) -> Numbers:
    spread = np.maximum(usual.std(axis=1), _LEAST)
    return np.asarray((own[:, 0] - usual.mean(axis=1)) / spread, np.float64)
