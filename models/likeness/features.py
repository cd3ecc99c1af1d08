"""What speaks for a system being what a proposal wants to build, as named numbers. Nothing is decided here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.likeness.background import NAMES as STANDING
from models.likeness.background import Answering, Plans, standing
from models.likeness.crowd import Array, Crowd, centred
from models.likeness.pairing import CLOSE, CLOSER, pairing, pairs
from models.likeness.pairing import NAMES as PAIRING
from models.likeness.words import Bag, Words

FEATURES = (
    "lead",  # how far its functions answer the proposal's better than the crowd's do, in standard deviations
    "whole",  # cosine of proposal and system as wholes
    "whole_lead",  # how far that stands out from the crowd, in standard deviations
    "depth",  # mean of the best cosines of the proposal's functions
    "back",  # mean of the best cosines of the system's functions
    "back_lead",  # how far that stands out
    "both",  # the smaller of lead and back_lead: what is one thing is covered from either side
    "assigned",  # mean cosine of functions paired one to one
    "first",  # share of its functions that come nearer to this system than to any of the crowd
    "among_2",  # nearer than to 98 of 100 of the crowd
    "among_5",  # nearer than to 95 of 100
    "near",  # share of its functions with an answer above .45
    "nearer",  # above .55
    "near_back",  # share of the system's functions with an answer above .45
    "nearer_back",  # above .55
    "rare",  # rare words shared, of the one that has fewer
    "upper",  # mean of the better half of its functions' best cosines
    "upper_back",  # the same from the system's side
    "count",  # functions of the proposal, at most 10
    "count_back",  # functions of the system, at most 8
    "names",  # cosine of title and name
    "words",  # share of the proposal's weighed pairs of characters that the system has
    "words_back",  # the other way
    "words_both",  # geometric mean of both
    "characters",  # the same three for single characters
    "characters_back",
    "characters_both",
    "words_lead",  # how far words_both stands out from the crowd
    "name_words",  # weighed pairs that title and name share
    *PAIRING,
    *STANDING,
)
SHOWN_ONLY = frozenset(
    {"depth", "near", "nearer", "upper", "count", "words", "characters", "paired", "paired_closer", "soft"}
)  # shares of all the proposal's functions: they fall with its length, so that nothing is decided by them
_MANY, _MANY_BACK = 10, 8
_LEAST = 1e-3  # spread of cosines that is divided by
SHORTLIST = 200  # systems that are looked at closely: among thousands a true one may stand behind a hundred


@dataclass(frozen=True, slots=True)
class Proposed:
    """What a proposal wants to build: centred vectors of its functions and of the whole, weights of the functions."""

    functions: Array  # (n, d)
    whole: Array  # (d,)
    weights: Array  # (n,), sum 1
    title: Array  # (d,)
    said: Bag  # all its words
    called: Bag  # its title's


@dataclass(frozen=True, slots=True)
class Shelf:
    """Systems as centred vectors: texts one after another (functions first), and each as a whole."""

    vectors: Array
    starts: NDArray[np.int64]
    functions: NDArray[np.int64]
    wholes: Array
    names: Array
    texts: tuple[str, ...]  # each as a whole
    titles: tuple[str, ...]

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


def propose(raw: tuple[Array, Array, Array], weights: Sequence[float], told: tuple[str, str], crowd: Crowd) -> Proposed:
    """Centre a proposal's raw vectors (functions, whole, title); `told`: its title and all its words."""
    functions, whole, title = raw
    shares = np.asarray(weights, np.float32)
    return Proposed(
        centred(functions, crowd.query_mean),
        centred(whole[None, :], crowd.query_mean)[0],
        shares / max(float(shares.sum()), 1e-6),
        centred(title[None, :], crowd.title_mean)[0],
        crowd.words.bag("；".join(told)),
        crowd.words.bag(told[0]),
    )


def shelve(
    raw: tuple[Array, Array, Array],
    counts: Sequence[int],
    functions: Sequence[int],
    told: tuple[Sequence[str], Sequence[str]],
    crowd: Crowd,
) -> Shelf:
    """Centre the raw vectors of systems (texts, wholes, names).

    `counts`: texts of each, `functions`: how many of them are functions, `told`: systems as wholes, names.
    """
    vectors, wholes, names = raw
    starts = np.concatenate([[0], np.cumsum(counts)[:-1]]).astype(np.int64)
    mean = crowd.passage_mean
    return Shelf(
        centred(vectors, mean), starts, np.asarray(functions, np.int64), centred(wholes, mean),
        centred(names, crowd.name_mean), tuple(told[0]), tuple(told[1]),
    )  # fmt: skip


def crowd_shelf(crowd: Crowd) -> Shelf:
    """Return the crowd as a shelf."""
    counts = np.diff(np.append(crowd.starts, len(crowd.vectors)))
    raw = crowd.vectors, crowd.wholes, crowd.names
    return shelve(raw, counts.tolist(), crowd.functions.tolist(), (crowd.texts, crowd.titles), crowd)


def measure(
    proposed: Proposed, shelf: Shelf, others: tuple[Shelf, Plans], words: Words, most: int = SHORTLIST
) -> Measured:
    """Compare a proposal with every system of the shelf; how far each stands out is seen against the others.

    `others`: the crowd, and plans of the training data; `most`: how many, the most promising, are looked at closely.
    """
    crowd, plans = others
    cosines, best, back = _near(proposed, shelf)
    _, usual, usual_back = _near(proposed, crowd)
    whole, usual_whole = shelf.wholes @ proposed.whole, crowd.wholes @ proposed.whole
    scores, usual_scores = _standard(best, usual), _standard(usual, usual)
    lead = proposed.weights @ scores
    usual_lead = proposed.weights @ usual_scores
    lead = _standard(lead, usual_lead)  # again: many functions together spread less than one
    whole_lead, back_lead = _standard(whole, usual_whole), _standard(back, usual_back)
    chosen = np.argsort(-(lead + whole_lead), kind="stable")[:most]
    columns = [lead, whole, whole_lead, proposed.weights @ best, back, back_lead, np.minimum(lead, back_lead)]
    common = np.stack(columns, axis=1)[chosen].astype(np.float64)
    own = [cosines[:, shelf.texts_of(n)] for n in chosen]
    assigned = np.array([[np.mean([cosine for *_, cosine in pairs(c)])] for c in own])
    ranks = [np.quantile(usual, q, axis=1, method="lower") for q in (1.0, 0.98, 0.95)]
    parts = [_shares(proposed, c[:, : shelf.functions[n]], best[:, n], ranks) for c, n in zip(own, chosen, strict=True)]
    told = _told(proposed, shelf, crowd, words, chosen.tolist())
    spread = usual.mean(axis=1), np.maximum(usual.std(axis=1), _LEAST)
    paired = [pairing(c, int(shelf.functions[n]), proposed.weights, spread) for c, n in zip(own, chosen, strict=True)]
    blocks = [common, assigned, np.array(parts)[:, :7], told[:, :1], np.array(parts)[:, 7:], told[:, 1:]]
    stands = standing(proposed.functions, proposed.whole, _answering(shelf, chosen), plans)
    features = np.concatenate([*blocks, np.array(paired), stands], axis=1)
    return Measured(chosen, features, cosines, scores)


def _answering(shelf: Shelf, chosen: NDArray[np.int64]) -> Answering:
    rows = [np.arange(shelf.starts[n], shelf.starts[n] + shelf.functions[n]) for n in chosen]
    return Answering(shelf.vectors[np.concatenate(rows)], shelf.functions[chosen], shelf.wholes[chosen])


def shortlist(proposed: Proposed, shelf: Shelf, crowd: Shelf) -> NDArray[np.int64]:
    """Return the numbers of the systems `measure` looks at closely; of each it says the same alone as among all."""
    lead, whole_lead = _leads(proposed, shelf, _near(proposed, shelf)[1], crowd)
    return np.argsort(-(lead + whole_lead), kind="stable")[:SHORTLIST]


def direction(proposed: Proposed, crowd: Shelf) -> Array:
    """Return in which direction (2 d,) systems come nearer to the proposal, by the mean of their texts and the whole.

    What a shortlist is ordered by, with each function's best text replaced by the mean of all: one product a system.
    """
    usual = _near(proposed, crowd)[1]
    spread = np.maximum(usual.std(axis=-1), _LEAST)
    together = max(float((proposed.weights @ _standard(usual, usual)).std()), _LEAST)
    whole = max(float((crowd.wholes @ proposed.whole).std()), _LEAST)
    functions = (proposed.weights / spread / together) @ proposed.functions
    return np.concatenate([functions, proposed.whole / whole]).astype(np.float32)


def _leads(proposed: Proposed, shelf: Shelf, best: Array, crowd: Shelf) -> tuple[Array, Array]:
    """Return how far each system stands out from the crowd, by its functions and as a whole."""
    usual = _near(proposed, crowd)[1]
    lead = proposed.weights @ _standard(best, usual)
    lead = _standard(lead, proposed.weights @ _standard(usual, usual))  # again: many together spread less than one
    return lead, _standard(shelf.wholes @ proposed.whole, crowd.wholes @ proposed.whole)


def _shares(proposed: Proposed, own: Array, best: Array, ranks: Sequence[Array]) -> list[float]:
    """Return how many functions of either side find an answer, and how good the better half of the answers is."""
    back = own.max(axis=0)
    passed = [float(proposed.weights @ (best > rank)) for rank in ranks]
    near = [float(proposed.weights @ (best > least)) for least in (CLOSE, CLOSER)]
    near_back = [float((back > least).mean()) for least in (CLOSE, CLOSER)]
    counts = float(min(len(best), _MANY)), float(min(len(back), _MANY_BACK))
    return [*passed, *near, *near_back, _upper(best), _upper(back), *counts]


def _upper(best: Array) -> float:
    """Return the mean of the better half, of two at least."""
    return float(np.sort(best)[::-1][: max(2, len(best) // 2)].mean())


def _told(proposed: Proposed, shelf: Shelf, crowd: Shelf, words: Words, chosen: Sequence[int]) -> NDArray[np.float64]:
    """Return what names and words say of the chosen systems."""
    usual = np.array([words.pairs(proposed.said, words.bag(text))[2] for text in crowd.texts])
    mean, spread = usual.mean(), max(float(usual.std()), 1e-3)
    rows = []
    for n in chosen:
        theirs = words.bag(shelf.texts[n])
        pairs, characters = words.pairs(proposed.said, theirs), words.characters(proposed.said, theirs)
        called = words.pairs(proposed.called, words.bag(shelf.titles[n]))[2]
        lead = (pairs[2] - mean) / spread
        rows.append([max(pairs[:2]), float(shelf.names[n] @ proposed.title), *pairs, *characters, lead, called])
    return np.array(rows, np.float64)


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
    return np.asarray((values - mean) / np.maximum(usual.std(axis=-1, keepdims=True), _LEAST), np.float32)
