"""Precision, recall and ranking on invented pairs, beside what simpler means make of them."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from models.embedder import Embedder
from models.likeness.crowd import centred
from models.likeness.decision import Decision
from models.likeness.texts import proposal_whole
from models.training.duplicates.baselines import bm25, tfidf
from models.training.duplicates.fitting import Trained, texts_of
from models.training.duplicates.groups import Groups

Numbers = NDArray[np.float64]
_VALUES = {"none": 0, "unclear": -1, "overlap": 1, "duplicate": 2}


def labels_of(groups: Groups) -> NDArray[np.int64]:
    """Return 2 duplicate, 1 overlap, 0 nothing, -1 unclear: (proposals, systems)."""
    return np.array([[_VALUES[p.labels.get(s.id, "none")] for s in groups.systems] for p in groups.proposals])


def table(groups: Groups, trained: Trained) -> Iterator[str]:
    """Yield the decision's figures."""
    labels, decision = labels_of(groups), trained.decision
    held = np.array([p.department in groups.heldout for p in groups.proposals])
    total = len({p.department for p in groups.proposals})
    yield f"{len(groups.systems)} systems, {len(held)} proposals, {total} departments, {len(groups.heldout)} held out"
    yield f"reported from probability {decision.least:.2f}"
    for name, rows in (("training (cross-validated)", ~held), ("held-out", held)):
        yield f"{name}: " + figures(trained.probability[rows], labels[rows], decision.least)
        sure = (labels[rows] > 0) & (trained.probability[rows] >= decision.least)
        right = (trained.mainly[rows] >= 0.5) == (labels[rows] == 2)
        yield f"{name}: duplicate or overlap told apart {int((right & sure).sum())}/{int(sure.sum())}"
    yield plans(trained)


def plans(trained: Trained) -> str:
    """Return precision and recall on the whole plans, each judged by the others, as one line."""
    probability, same = trained.plans
    told = probability >= trained.decision.least
    right = int((told & (same == 1)).sum())
    return (
        f"whole plans (each judged by the others): precision {right / max(int(told.sum()), 1):.3f} "
        f"({right}/{int(told.sum())}) recall {right / int((same == 1).sum()):.3f} ({right}/{int((same == 1).sum())})"
    )


def shipped(groups: Groups, told: tuple[Numbers, Numbers, Numbers], decision: Decision) -> str:
    """Return the held-out figures of a decision that is not trained anew; `told`: what `fitting.judged` returns."""
    labels, held = labels_of(groups), np.array([p.department in groups.heldout for p in groups.proposals])
    return f"decision held-out, from {decision.least:.2f}: " + figures(told[0][held], labels[held], decision.least)


def compared(groups: Groups, embedder: Embedder, taught: Numbers) -> Iterator[str]:
    """Yield the same figures for simpler means, each with its best threshold on training.

    Args:
        groups: the pairs.
        embedder: the plain one.
        taught: the taught one's centred cosines of the wholes, (proposals, systems).
    """
    texts, labels = texts_of(groups), labels_of(groups)
    held = np.array([p.department in groups.heldout for p in groups.proposals])
    asked = [proposal_whole(p.title, p.functions) for p in groups.proposals]
    ours, theirs = embedder.encode(asked, "query"), embedder.encode(texts.wholes, "passage")
    middle = embedder.encode(texts.asked, "query").mean(axis=0), embedder.encode(texts.parts, "passage").mean(axis=0)
    plain = ours @ theirs.T
    ways = {
        "TF-IDF": tfidf(asked, texts.wholes),
        "BM25": bm25(asked, texts.wholes),
        "plain e5": plain.astype(np.float64),
        "centred e5": (centred(ours, middle[0]) @ centred(theirs, middle[1]).T).astype(np.float64),
        "taught e5, centred": taught,
    }
    for name, scores in ways.items():
        least = _best(scores[~held], labels[~held])
        yield f"{name} held-out: " + figures(scores[held], labels[held], least)


def figures(scores: Numbers, labels: NDArray[np.int64], least: float) -> str:
    """Return precision and recall at a threshold, R@1 and R@5 of the duplicates, as one line."""
    told = (scores >= least) & (labels >= 0)
    right = int((told & (labels > 0)).sum())
    doubles = labels == 2
    ranks = [int((row[mine == 0] > row[mine == 2].max()).sum()) for row, mine in zip(scores, labels, strict=True)
             if (mine == 2).any()]  # fmt: skip
    first, five = np.mean(np.array(ranks) < 1), np.mean(np.array(ranks) < 5)
    return (
        f"precision {right / max(int(told.sum()), 1):.3f} ({right}/{int(told.sum())}) "
        f"recall {right / int((labels > 0).sum()):.3f} ({right}/{int((labels > 0).sum())}) "
        f"duplicates {int((told & doubles).sum())}/{int(doubles.sum())} R@1 {first:.3f} R@5 {five:.3f}"
    )


def _best(scores: Numbers, labels: NDArray[np.int64]) -> float:
    """Return the threshold with the best F1."""
    known = labels >= 0
    options = np.unique(scores[known & (labels > 0)])
    values = []
    for least in options:
        told = (scores >= least) & known
        right = (told & (labels > 0)).sum()
        values.append(2 * right / (told.sum() + (labels > 0).sum()))
    return float(options[int(np.argmax(values))])
