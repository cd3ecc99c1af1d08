"""Fits the decision and writes the artefact."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.embedder import Embedder
from models.functions import weight
from models.likeness.crowd import ARTEFACT, Array, Crowd
from models.likeness.decision import Decision, Logistic
from models.likeness.features import Measured, Proposed, Shelf, measure, propose, shelve
from models.likeness.texts import proposal_whole, system_texts, system_whole
from models.training.duplicates.groups import Groups

FOLDS = 5
STRENGTH = 1.0  # inverse regularisation
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


def texts_of(groups: Groups) -> Texts:
    """Return all texts that are embedded."""
    listed = [system_texts(s.name, s.description, s.functions) for s in groups.systems]
    wholes = tuple(system_whole(s.name, s.description, s.functions) for s in groups.systems)
    parts = tuple(text for texts, _ in listed for text in texts)
    asked = tuple(f.split("：", 1)[0] for p in groups.proposals for f in p.functions)
    return Texts(parts, tuple(len(t) for t, _ in listed), tuple(n for _, n in listed), wholes, asked)


def fit(groups: Groups, embedder: Embedder) -> Trained:
    """Fit on the training departments; probabilities of those come from folds that left the department out."""
    texts = texts_of(groups)
    crowd, shelf = _shelved(texts, embedder)
    proposed = _proposed(groups, embedder, crowd)
    measured = [measure(p, shelf, None) for p in proposed]
    rows, features, same, mainly = _labelled(groups, measured)
    departments = np.array([groups.proposals[i].department for i in rows[:, 0]])
    training = ~np.isin(departments, sorted(groups.heldout))
    usable = same >= 0
    probability = np.zeros((len(groups.proposals), len(groups.systems)))
    main_part = np.zeros_like(probability)
    names = sorted(set(departments[training].tolist()))
    for fold in range(FOLDS):
        left_out = np.isin(departments, names[fold::FOLDS])
        learnt = training & usable & ~left_out
        at = rows[left_out]
        probability[at[:, 0], at[:, 1]] = _logistic(features[learnt], same[learnt]).probability(features[left_out])
        kind = learnt & (same == 1)
        main_part[at[:, 0], at[:, 1]] = _logistic(features[kind], mainly[kind]).probability(features[left_out])
    learnt, kind = training & usable, training & (same == 1)
    model, main_model = _logistic(features[learnt], same[learnt]), _logistic(features[kind], mainly[kind])
    at = rows[~training]
    probability[at[:, 0], at[:, 1]] = model.probability(features[~training])
    main_part[at[:, 0], at[:, 1]] = main_model.probability(features[~training])
    least = _least(probability[rows[learnt][:, 0], rows[learnt][:, 1]], same[learnt])
    decision = Decision(model, main_model, _pairs(groups, measured, shelf), least)
    centred = np.array([shelf.wholes @ p.whole for p in proposed], np.float64)
    return Trained(decision, crowd, probability, main_part, centred)


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


def _proposed(groups: Groups, embedder: Embedder, crowd: Crowd) -> list[Proposed]:
    out = []
    for proposal in groups.proposals:
        whole = embedder.encode([proposal_whole(proposal.title, proposal.functions)], "query")[0]
        names = [f.split("：", 1)[0] for f in proposal.functions]
        vectors: Array = (embedder.encode(names, "query") + embedder.encode(proposal.functions, "query")) / 2
        out.append(propose(vectors, whole, [weight(name) for name in names], crowd))
    return out


def _labelled(groups: Groups, measured: Sequence[Measured]) -> tuple[NDArray[np.int64], Numbers, Numbers, Numbers]:
    """Return (proposal, system) rows, features, 1/0 the same (-1 unclear), 1/0 mainly the same."""
    values = {"duplicate": 1.0, "overlap": 1.0, "unclear": -1.0, "none": 0.0}
    rows, same, mainly = [], [], []
    for i, near in enumerate(measured):
        for n in near.systems.tolist():
            label = groups.proposals[i].labels.get(groups.systems[n].id, "none")
            rows.append((i, n))
            same.append(values[label])
            mainly.append(float(label == "duplicate"))
    return np.array(rows, np.int64), np.concatenate([m.features for m in measured]), np.array(same), np.array(mainly)


def _logistic(features: Numbers, labels: Numbers) -> Logistic:
    from sklearn.linear_model import LogisticRegression

    mean, scale = features.mean(axis=0), np.maximum(features.std(axis=0), 1e-6)
    model = LogisticRegression(C=STRENGTH, max_iter=5000, tol=1e-8)
    model.fit((features - mean) / scale, labels)
    return Logistic(mean, scale, model.coef_[0].astype(np.float64), float(model.intercept_[0]))


def _least(probability: Numbers, labels: Numbers) -> float:
    """Return the lowest threshold whose precision is kept by it and by every higher one up to a half."""
    best = 0.5
    for step in range(50, 19, -1):
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
