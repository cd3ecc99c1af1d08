"""Fits the decision and writes the artefact."""
# long on purpose: one training run from texts to artefact

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.embedder import Embedder
from models.functions import weight
from models.likeness.crowd import ARTEFACT, Crowd, gather
from models.likeness.decision import Decision, Logistic
from models.likeness.examples import Examples
from models.likeness.features import Measured, Proposed, Shelf, crowd_shelf, measure, propose, shelve
from models.likeness.texts import placeless, proposal_whole, system_texts, system_whole
from models.training.duplicates.groups import Groups, TrainingProposal, enlarged, shortened

FOLDS = 5
STRENGTH = 1.0  # inverse regularisation
GROUPS, PLANS = 2.0, 1.0  # what a pair of the groups and one of the whole plans weighs
CHANGED = 0.5  # what it weighs with fewer functions or put together
SHORTER = (4, 3)
SHOWN = 0.05  # probability from which a pair that is not the same is kept as an example
PRECISION = 0.9  # what a report must keep, by cross-validation
Numbers = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Texts:
    """The texts of the invented register, as a crowd is made of them."""

    parts: tuple[str, ...]
    counts: tuple[int, ...]
    functions: tuple[int, ...]
    wholes: tuple[str, ...]
    names: tuple[str, ...]
    asked: tuple[str, ...]  # all proposals' functions
    titles: tuple[str, ...]

    def by_name(self) -> dict[str, tuple[str, ...]]:
        """Return them as the artefact names them."""
        return {
            "texts": self.parts, "whole_texts": self.wholes, "asked": self.asked,
            "system_names": self.names, "asked_titles": self.titles,
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Trained:
    """The decision, what it was learnt from, and its probabilities: cross-validated where a department trained it."""

    decision: Decision
    crowd: Crowd
    probability: Numbers  # (proposals, systems); 0 where a system was not on the shortlist
    mainly: Numbers
    centred: Numbers  # cosines of the wholes
    examples: Examples  # the pairs it was taught on that come near the line or are the same
    plans: tuple[Numbers, Numbers]  # probabilities and labels of the whole plans' pairs, each plan judged by the others


@dataclass(frozen=True, slots=True)
class Rows:
    """Shortlisted pairs: (proposal, system), department, features, 1/0 the same (-1 unclear), 1/0 mainly the same."""

    pairs: NDArray[np.int64]
    departments: NDArray[np.str_]
    features: Numbers
    same: Numbers
    mainly: Numbers
    measured: tuple[Measured, ...]
    weights: Numbers

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
            self.weights[kept],
        )


def texts_of(groups: Groups) -> Texts:
    """Return all texts that are embedded."""
    listed = [system_texts(s.name, s.description, s.functions) for s in groups.systems]
    wholes = tuple(system_whole(s.name, s.description, s.functions) for s in groups.systems)
    parts = tuple(text for texts, _ in listed for text in texts)
    asked = tuple(f.split("：", 1)[0] for p in groups.proposals for f in p.functions)
    return Texts(
        parts, tuple(len(t) for t, _ in listed), tuple(n for _, n in listed), wholes,
        tuple(s.name for s in groups.systems), asked, tuple(p.title for p in groups.proposals),
    )  # fmt: skip


def fit(groups: Groups, plans: Groups, embedder: Embedder) -> Trained:
    """Fit on training departments and plans; a department's or plan's probabilities come from folds without it."""
    texts = texts_of(groups)
    counted = _starts(texts.counts), np.array(texts.functions, np.int64)
    bench = _Bench(embedder, gather(embedder, texts.by_name(), counted), groups)
    proposed, rows = bench.table(groups, GROUPS)
    parts = [rows, bench.table(plans, PLANS)[1], bench.table(enlarged(groups), GROUPS * CHANGED)[1]]
    for most in SHORTER:
        parts.append(bench.table(shortened(groups, most), GROUPS * CHANGED)[1])
        parts.append(bench.table(shortened(plans, most), PLANS * CHANGED)[1])
    probability = np.zeros((len(groups.proposals), len(groups.systems)))
    mainly = np.zeros_like(probability)
    names = sorted(set(rows.departments.tolist()) - groups.heldout)
    for fold in [*(names[n::FOLDS] for n in range(FOLDS)), sorted(groups.heldout)]:
        same, main_part = _models([part.without({*fold, *groups.heldout}) for part in parts])
        at = np.isin(rows.departments, fold)
        spots = rows.pairs[at]
        probability[spots[:, 0], spots[:, 1]] = same.probability(rows.features[at])
        mainly[spots[:, 0], spots[:, 1]] = main_part.probability(rows.features[at])
    same, main_part = _models([part.without(groups.heldout) for part in parts])
    known = (rows.same >= 0) & np.isin(rows.departments, names)
    told = probability[rows.pairs[known][:, 0], rows.pairs[known][:, 1]]
    planned = _of_plans(parts)
    least = _least(np.concatenate([told, planned[0]]), np.concatenate([rows.same[known], planned[1]]))
    shelf = bench.shelf(groups)
    decision = Decision(same, main_part, _pairs(groups, rows.measured, shelf), least)
    centred = np.array([shelf.wholes @ p.whole for p in proposed], np.float64)
    every = np.full(len(planned[0]), fill_value=True)
    shown = _examples(((groups, rows, known, told), (plans, parts[1], every, planned[0])))
    return Trained(decision, bench.crowd, probability, mainly, centred, shown, planned)


def judged(groups: Groups, embedder: Embedder, decision: Decision) -> tuple[Numbers, Numbers, Numbers]:
    """Return what a decision says of every pair, without training: probability, mainly, cosines of the wholes.

    A proposal's own department is no crowd to it, as in `fit`; what is said of departments that trained the decision is
    no measurement.
    """
    texts = texts_of(groups)
    counted = _starts(texts.counts), np.array(texts.functions, np.int64)
    bench = _Bench(embedder, gather(embedder, texts.by_name(), counted), groups)
    proposed, rows = bench.table(groups, GROUPS)
    probability = np.zeros((len(groups.proposals), len(groups.systems)))
    mainly, shelf = np.zeros_like(probability), bench.shelf(groups)
    probability[rows.pairs[:, 0], rows.pairs[:, 1]] = decision.same.probability(rows.features)
    mainly[rows.pairs[:, 0], rows.pairs[:, 1]] = decision.mainly.probability(rows.features)
    return probability, mainly, np.array([shelf.wholes @ p.whole for p in proposed], np.float64)


def _examples(taught: Sequence[tuple[Groups, Rows, NDArray[np.bool_], Numbers]]) -> Examples:
    """Return the pairs worth showing: groups, rows, which of them count, the probability of those."""
    proposals, systems, same, features = [], [], [], []
    for groups, rows, known, probability in taught:
        for n, likely in zip(np.flatnonzero(known).tolist(), probability.tolist(), strict=True):
            if rows.same[n] == 1 or likely >= SHOWN:
                proposal, system = rows.pairs[n].tolist()
                proposals.append(groups.proposals[proposal].title)
                systems.append(groups.systems[system].name)
                same.append(rows.same[n] == 1)
                features.append(rows.features[n].round(3))
    return Examples(tuple(proposals), tuple(systems), np.array(same, np.bool_), np.array(features, np.float64))


def _of_plans(parts: Sequence[Rows]) -> tuple[Numbers, Numbers]:
    """Return probabilities and labels of the whole plans' pairs, each plan judged by the others."""
    plans = parts[1]
    names = sorted(set(plans.departments.tolist()))
    probability = np.zeros(len(plans.same))
    for n in range(FOLDS):
        same, _ = _models([part.without(names[n::FOLDS]) for part in parts])
        at = np.isin(plans.departments, names[n::FOLDS])
        probability[at] = same.probability(plans.features[at])
    return probability, plans.same


def save(groups: Groups, trained: Trained, embedder: Embedder) -> None:
    """Write models/data/likeness.npz."""
    texts, crowd = texts_of(groups), trained.crowd
    parts: dict[str, NDArray[np.generic]] = {
        "embedder": np.array(embedder.name),
        **{name: np.array(said) for name, said in texts.by_name().items()},
        "vectors": crowd.vectors.astype(np.float16),
        "wholes": crowd.wholes.astype(np.float16),
        "names": crowd.names.astype(np.float16),
        "starts": crowd.starts,
        "functions": crowd.functions,
        "query_mean": crowd.query_mean,
        "passage_mean": crowd.passage_mean,
        "title_mean": crowd.title_mean,
        "name_mean": crowd.name_mean,
        "least": np.array(trained.decision.least),
        "example_proposals": np.array(trained.examples.proposals),
        "example_systems": np.array(trained.examples.systems),
        "example_same": trained.examples.same,
        "example_features": trained.examples.features.astype(np.float32),
    }
    for name in ("same", "mainly", "pair"):
        model: Logistic = getattr(trained.decision, name)
        parts |= {f"{name}_{part}": np.asarray(getattr(model, part)) for part in ("mean", "scale", "weights", "bias")}
    np.savez_compressed(ARTEFACT, **parts)  # type: ignore[arg-type]


def _starts(counts: Sequence[int]) -> NDArray[np.int64]:
    return np.concatenate([[0], np.cumsum(counts)[:-1]]).astype(np.int64)


def _without(crowd: Crowd, kept: Sequence[bool]) -> Shelf:
    """Return the crowd with only these systems: to a proposal its own department is no crowd."""
    shelf = crowd_shelf(crowd)
    chosen = np.flatnonzero(kept)
    places = [shelf.texts_of(int(n)) for n in chosen]
    return Shelf(
        np.concatenate([shelf.vectors[place] for place in places]),
        _starts([place.stop - place.start for place in places]),
        shelf.functions[chosen], shelf.wholes[chosen], shelf.names[chosen], shelf.texts, shelf.titles,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Bench:
    """What every table is made with."""

    embedder: Embedder
    crowd: Crowd
    groups: Groups  # those the crowd is made of

    def shelf(self, groups: Groups) -> Shelf:
        """Embed the systems."""
        texts = texts_of(groups)
        raw = (
            self.embedder.encode(texts.parts, "passage"),
            self.embedder.encode(texts.wholes, "passage"),
            self.embedder.encode([placeless(name) for name in texts.names], "passage"),
        )
        return shelve(raw, texts.counts, texts.functions, (texts.wholes, texts.names), self.crowd)

    def proposed(self, proposal: TrainingProposal) -> Proposed:
        """Embed a proposal as the program does it."""
        whole = proposal_whole(proposal.title, proposal.functions)
        names = [f.split("：", 1)[0] for f in proposal.functions]
        both = self.embedder.encode(names, "query") + self.embedder.encode(proposal.functions, "query")
        title = self.embedder.encode([placeless(proposal.title)], "query")[0]
        raw = np.asarray(both / 2, np.float32), self.embedder.encode([whole], "query")[0], title
        return propose(raw, [weight(n) for n in names], (proposal.title, "；".join(proposal.functions)), self.crowd)

    def table(self, groups: Groups, each: float) -> tuple[list[Proposed], Rows]:
        """Compare every proposal with these systems; `each`: what a row weighs."""
        values = {"duplicate": 1.0, "overlap": 1.0, "unclear": -1.0, "none": 0.0}
        shelf = self.shelf(groups)
        departments = _departments(groups)
        crowds = {d: _without(self.crowd, [s.department != d for s in self.groups.systems]) for d in departments}
        proposed = [self.proposed(p) for p in groups.proposals]
        words = self.crowd.words
        measured = [
            measure(p, shelf, crowds[g.department], words) for p, g in zip(proposed, groups.proposals, strict=True)
        ]
        pairs = [(i, n) for i, near in enumerate(measured) for n in near.systems.tolist()]
        labels = [groups.proposals[i].labels.get(groups.systems[n].id, "none") for i, n in pairs]
        return proposed, Rows(
            np.array(pairs, np.int64),
            np.array([groups.proposals[i].department for i, _ in pairs]),
            np.concatenate([m.features for m in measured]),
            np.array([values[label] for label in labels]),
            np.array([float(label == "duplicate") for label in labels]),
            tuple(measured),
            np.full(len(pairs), each),
        )


def _departments(groups: Groups) -> list[str]:
    return sorted({proposal.department for proposal in groups.proposals})


def _models(parts: Sequence[Rows]) -> tuple[Logistic, Logistic]:
    """Fit whether it is the same at all, and, of those, whether it is mainly the same."""
    features, same, mainly, weights = (
        np.concatenate([getattr(p, key) for p in parts]) for key in ("features", "same", "mainly", "weights")
    )
    known, found = same >= 0, same == 1
    return (
        _logistic(features[known], same[known], STRENGTH, weights[known]),
        _logistic(features[found], mainly[found], 0.1, weights[found]),
    )


def _logistic(features: Numbers, labels: Numbers, strength: float = 1.0, weights: Numbers | None = None) -> Logistic:
    from sklearn.linear_model import LogisticRegression

    mean, scale = features.mean(axis=0), np.maximum(features.std(axis=0), 1e-6)
    model = LogisticRegression(C=strength, max_iter=5000, tol=1e-6)
    model.fit((features - mean) / scale, labels, sample_weight=weights)
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
