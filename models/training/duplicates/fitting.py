"""Fits the decision and writes the artefact."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.embedder import Embedder
from models.functions import weight
from models.likeness.crowd import ARTEFACT, Array, Crowd
from models.likeness.decision import Decision, Logistic
from models.likeness.features import Measured, Proposed, Shelf, measure, propose, shelve
from models.likeness.texts import proposal_whole, system_texts, system_whole
from models.training.duplicates.groups import Groups, enlarged

FOLDS = 5
STRENGTH = 0.03  # inverse regularisation: strong, for real plans are unlike invented ones; costs recall on the latter
PRECISION = 0.9  # what a report must keep, by cross-validation
Numbers = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Texts:
    """The texts of the invented register, as a crowd is made of them."""

    parts: tuple[str, ...]
    counts: tuple[int, ...]
    functions: tuple[int, ...]
    wholes: tuple[str, ...]
    asked: tuple[str, ...]  # all proposals' functions


@dataclass(frozen=True, slots=True)
class Trained:
    """The decision, what it was learnt from, and its probabilities: cross-validated where a department trained it."""

    decision: Decision
    crowd: Crowd
    probability: Numbers  # (proposals, systems); 0 where a system was not on the shortlist
    mainly: Numbers
    centred: Numbers  # cosines of the wholes


@dataclass(frozen=True, slots=True)
class Rows:
    """Shortlisted pairs: (proposal, system), department, features, 1/0 the same (-1 unclear), 1/0 mainly the same."""

    pairs: NDArray[np.int64]
    departments: NDArray[np.str_]
    features: Numbers
    same: Numbers
    mainly: Numbers
    measured: tuple[Measured, ...]

    def without(self, departments: Collection[str]) -> Rows:
        """Return the rows of the other departments."""
        kept = ~np.isin(self.departments, sorted(departments))
        return Rows(
            self.pairs[kept],
            self.departments[kept],
            self.features[kept],
            self.same[kept],
            self.mainly[kept],
            self.measured,
        )


def texts_of(groups: Groups) -> Texts:
    """Return all texts that are embedded."""
    listed = [system_texts(s.name, s.description, s.functions) for s in groups.systems]
    wholes = tuple(system_whole(s.name, s.description, s.functions) for s in groups.systems)
    parts = tuple(text for texts, _ in listed for text in texts)
    asked = tuple(f.split("：", 1)[0] for p in groups.proposals for f in p.functions)
    return Texts(parts, tuple(len(t) for t, _ in listed), tuple(n for _, n in listed), wholes, asked)


def fit(groups: Groups, embedder: Embedder) -> Trained:
    """Fit on the training departments; probabilities of those come from folds that left the department out."""
    crowd, shelf = _shelved(texts_of(groups), embedder)
    proposed, rows = _table(groups, embedder, crowd, shelf)
    _, large = _table(enlarged(groups), embedder, crowd, shelf)
    probability = np.zeros((len(groups.proposals), len(groups.systems)))
    mainly = np.zeros_like(probability)
    names = sorted(set(rows.departments.tolist()) - groups.heldout)
    for fold in [*(names[n::FOLDS] for n in range(FOLDS)), sorted(groups.heldout)]:
        learnt = [part.without({*fold, *groups.heldout}) for part in (rows, large)]
        same, main_part = _models(learnt)
        at = np.isin(rows.departments, fold)
        spots = rows.pairs[at]
        probability[spots[:, 0], spots[:, 1]] = same.probability(rows.features[at])
        mainly[spots[:, 0], spots[:, 1]] = main_part.probability(rows.features[at])
    same, main_part = _models([part.without(groups.heldout) for part in (rows, large)])
    known = (rows.same >= 0) & np.isin(rows.departments, names)
    least = _least(probability[rows.pairs[known][:, 0], rows.pairs[known][:, 1]], rows.same[known])
    decision = Decision(same, main_part, _pairs(groups, rows.measured, shelf), least)
    centred = np.array([shelf.wholes @ p.whole for p in proposed], np.float64)
    return Trained(decision, crowd, probability, mainly, centred)


def save(groups: Groups, trained: Trained, embedder: Embedder) -> None:
    """Write models/data/likeness.npz."""
    texts, crowd = texts_of(groups), trained.crowd
    parts: dict[str, NDArray[np.generic]] = {
        "embedder": np.array(embedder.name),
        "texts": np.array(texts.parts),
        "whole_texts": np.array(texts.wholes),
        "asked": np.array(texts.asked),
        "vectors": crowd.vectors.astype(np.float16),
        "wholes": crowd.wholes.astype(np.float16),
        "starts": crowd.starts,
        "functions": crowd.functions,
        "query_mean": crowd.query_mean,
        "passage_mean": crowd.passage_mean,
        "least": np.array(trained.decision.least),
    }
    for name in ("same", "mainly", "pair"):
        model: Logistic = getattr(trained.decision, name)
        parts |= {f"{name}_{part}": np.asarray(getattr(model, part)) for part in ("mean", "scale", "weights", "bias")}
    np.savez_compressed(ARTEFACT, **parts)  # type: ignore[arg-type]


def _shelved(texts: Texts, embedder: Embedder) -> tuple[Crowd, Shelf]:
    vectors = embedder.encode(texts.parts, "passage")
    wholes = embedder.encode(texts.wholes, "passage")
    query = np.asarray(embedder.encode(texts.asked, "query").mean(axis=0), np.float32)
    starts = np.concatenate([[0], np.cumsum(texts.counts)[:-1]]).astype(np.int64)
    mean = np.asarray(vectors.mean(axis=0), np.float32)
    crowd = Crowd(vectors, starts, np.array(texts.functions, np.int64), wholes, query, mean)
    return crowd, shelve(vectors, texts.counts, texts.functions, wholes, crowd)


def _departments(groups: Groups) -> list[str]:
    return sorted({system.department for system in groups.systems})


def _without(shelf: Shelf, kept: Sequence[bool]) -> Shelf:
    """Return the shelf with only these systems: to a proposal its own department is no crowd."""
    chosen = np.flatnonzero(kept)
    places = [shelf.texts_of(int(n)) for n in chosen]
    vectors = np.concatenate([shelf.vectors[place] for place in places])
    counts = [place.stop - place.start for place in places]
    starts = np.concatenate([[0], np.cumsum(counts)[:-1]]).astype(np.int64)
    return Shelf(vectors, starts, shelf.functions[chosen], shelf.wholes[chosen])


def _proposed(groups: Groups, embedder: Embedder, crowd: Crowd) -> list[Proposed]:
    out = []
    for proposal in groups.proposals:
        whole = embedder.encode([proposal_whole(proposal.title, proposal.functions)], "query")[0]
        names = [f.split("：", 1)[0] for f in proposal.functions]
        both = embedder.encode(names, "query") + embedder.encode(proposal.functions, "query")
        vectors: Array = np.asarray(both / 2, np.float32)
        out.append(propose(vectors, whole, [weight(name) for name in names], crowd))
    return out


def _table(groups: Groups, embedder: Embedder, crowd: Crowd, shelf: Shelf) -> tuple[list[Proposed], Rows]:
    """Compare every proposal with the shelf; to a proposal its own department is no crowd."""
    values = {"duplicate": 1.0, "overlap": 1.0, "unclear": -1.0, "none": 0.0}
    crowds = {d: _without(shelf, [s.department != d for s in groups.systems]) for d in _departments(groups)}
    proposed = _proposed(groups, embedder, crowd)
    measured = [measure(p, shelf, crowds[g.department]) for p, g in zip(proposed, groups.proposals, strict=True)]
    pairs = [(i, n) for i, near in enumerate(measured) for n in near.systems.tolist()]
    labels = [groups.proposals[i].labels.get(groups.systems[n].id, "none") for i, n in pairs]
    return proposed, Rows(
        np.array(pairs, np.int64),
        np.array([groups.proposals[i].department for i, _ in pairs]),
        np.concatenate([m.features for m in measured]),
        np.array([values[label] for label in labels]),
        np.array([float(label == "duplicate") for label in labels]),
        tuple(measured),
    )


def _models(parts: Sequence[Rows]) -> tuple[Logistic, Logistic]:
    """Fit whether it is the same at all, and, of those, whether it is mainly the same."""
    features = np.concatenate([p.features[p.same >= 0] for p in parts])
    labels = np.concatenate([p.same[p.same >= 0] for p in parts])
    found = np.concatenate([p.features[p.same == 1] for p in parts])
    kinds = np.concatenate([p.mainly[p.same == 1] for p in parts])
    return _logistic(features, labels, STRENGTH), _logistic(found, kinds)


def _logistic(features: Numbers, labels: Numbers, strength: float = 1.0) -> Logistic:
    from sklearn.linear_model import LogisticRegression

    mean, scale = features.mean(axis=0), np.maximum(features.std(axis=0), 1e-6)
    model = LogisticRegression(C=strength, max_iter=5000, tol=1e-8)
    model.fit((features - mean) / scale, labels)
    return Logistic(mean, scale, model.coef_[0].astype(np.float64), float(model.intercept_[0]))


def _least(probability: Numbers, labels: Numbers) -> float:
    """Return the lowest threshold from which upwards the precision is kept."""
    best = 0.95
    for step in range(95, 19, -1):
        told = probability >= step / 100
        if told.sum() and labels[told].mean() < PRECISION:
            break
        best = step / 100
    return best


def _pairs(groups: Groups, measured: Sequence[Measured], shelf: Shelf) -> Logistic:
    """Learn when a function's best text of a system is really the same: by cosine and by how far it stands out."""
    numbers = {system.id: n for n, system in enumerate(groups.systems)}
    features, labels = [], []
    for proposal, near in zip(groups.proposals, measured, strict=True):
        if proposal.department in groups.heldout:
            continue
        for number, pairs in proposal.answers.items():
            n = numbers[number]
            answering = {i for i, _ in pairs}
            best = near.cosines[:, shelf.texts_of(n)].max(axis=1)
            for i in range(len(proposal.functions)):
                features.append((float(best[i]), float(near.leads[i, n])))
                labels.append(float(i in answering))
    return _logistic(np.array(features), np.array(labels))
