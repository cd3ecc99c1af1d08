"""Fits the decision and writes the artefact."""
# long on purpose: one training run from texts to artefact

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, fields, replace

import numpy as np
from numpy.typing import NDArray

from models.embedder import Embedder
from models.functions import weight
from models.likeness.background import Plans
from models.likeness.crowd import ARTEFACT, Crowd, gather
from models.likeness.decision import Decision, Logistic
from models.likeness.examples import Examples
from models.likeness.features import (
    FEATURES,
    SHOWN_ONLY,
    Measured,
    Proposed,
    Shelf,
    crowd_shelf,
    measure,
    propose,
    shelve,
)
from models.likeness.texts import placeless, proposal_whole, system_texts, system_whole
from models.training.duplicates.groups import (
    Groups,
    TrainingProposal,
    TrainingSystem,
    enlarged,
    later,
    read_plans,
    shortened,
    turned,
)
from models.training.duplicates.recombined import recombined

FOLDS = 5
STRENGTH = 0.1  # inverse regularisation
GROUPS, PLANS = 2.0, 1.0  # what a pair of the groups and one of the whole plans weighs
CHANGED = 0.5  # what it weighs with fewer functions or put together
SHORTER = (4, 3)
CHANCE = 300  # systems put together by chance that stand beside those of every table
SHORTLIST = 50  # systems of a proposal that are looked at
MEASURED = ("groups", "plans", "turned")  # tables of pairs as they were written
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
    """Shortlisted pairs: (proposal, system), department, features, 1/0 the same (-1 unclear), 1/0 mainly the same.

    `written`: whether somebody wrote the system; the others are put together by chance. `first`: whether it is of the
    first that were written.
    """

    pairs: NDArray[np.int64]
    departments: NDArray[np.str_]
    features: Numbers
    same: Numbers
    mainly: Numbers
    weights: Numbers
    written: NDArray[np.bool_]
    first: NDArray[np.bool_]

    def at(self, kept: NDArray[np.bool_]) -> Rows:
        """Return some of the rows."""
        return Rows(*(getattr(self, field.name)[kept] for field in fields(self)))

    def without(self, departments: Collection[str]) -> Rows:
        """Return the rows of the other departments."""
        return self.at(~np.isin(self.departments, sorted(departments)))

    def counted(self, heldout: Collection[str]) -> NDArray[np.bool_]:
        """Say which rows a measurement on the training departments counts: neither unclear nor by chance."""
        return (self.same >= 0) & self.written & ~np.isin(self.departments, sorted(heldout))


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


def plan_texts(groups: Groups, plans: Groups) -> dict[str, tuple[str, ...]]:
    """Return the texts of all proposals, as the artefact names them: functions' names, functions, wholes."""
    every = [*groups.proposals, *plans.proposals]
    functions = [f for p in every for f in p.functions]
    names = tuple(f.split("：", 1)[0] for f in functions)
    wholes = tuple(proposal_whole(p.title, p.functions) for p in every)
    return {"plan_names": names, "plan_texts": tuple(functions), "plan_whole_texts": wholes}


def fit(groups: Groups, plans: Groups, embedder: Embedder) -> Trained:
    """Fit on training departments and plans; a department's or plan's probabilities come from folds without it."""
    texts = texts_of(groups)
    counted = _starts(texts.counts), np.array(texts.functions, np.int64)
    bench = _Bench(embedder, gather(embedder, texts.by_name(), counted), groups, plans, recombined(CHANCE))
    proposed, measured, rows = bench.table(groups, GROUPS)
    tables = {"groups": rows, "plans": bench.table(plans, PLANS)[2]}
    for name, made in (("turned", turned(groups)), ("enlarged", enlarged(groups))):
        tables[name] = bench.table(made, GROUPS * CHANGED)[2]
    for most in SHORTER:
        tables[f"groups {most}"] = bench.table(shortened(groups, most), GROUPS * CHANGED)[2]
        tables[f"plans {most}"] = bench.table(shortened(plans, most), PLANS * CHANGED)[2]
    judged = _folded(tables, groups.heldout)
    same, main_part = _models(tables, groups.heldout)
    known = {name: tables[name].counted(groups.heldout) for name in MEASURED}
    found = {name: judged[name][0][known[name]] for name in MEASURED}
    labels = {name: tables[name].same[known[name]] for name in MEASURED}
    level = _level(np.concatenate(list(found.values())), np.concatenate(list(labels.values())))
    told = {name: _levelled(found[name], level) for name in MEASURED}
    least = _least(*(np.concatenate([of[name] for name in MEASURED]) for of in (told, labels)))
    decision = Decision(_moved(same, level), main_part, _pairs(groups, measured, bench.shelf(groups)), least)
    shown = _examples([(of, tables[n].at(known[n]), told[n]) for n, of in (("groups", groups), ("plans", plans))])
    probability = np.zeros((len(groups.proposals), len(groups.systems)))
    mainly, spots = np.zeros_like(probability), rows.pairs[rows.written].T
    probability[spots[0], spots[1]] = _levelled(judged["groups"][0][rows.written], level)
    mainly[spots[0], spots[1]] = judged["groups"][1][rows.written]
    centred = np.array([bench.shelf(groups).wholes @ p.whole for p in proposed], np.float64)
    return Trained(decision, bench.crowd, probability, mainly, centred, shown, (told["plans"], labels["plans"]))


def _folded(tables: Mapping[str, Rows], heldout: Collection[str]) -> dict[str, tuple[Numbers, Numbers]]:
    """Return of each measured table the probabilities of same and mainly, each department judged by the others."""
    out = {name: (np.zeros(len(tables[name].same)), np.zeros(len(tables[name].same))) for name in MEASURED}
    names = sorted({d for table in tables.values() for d in table.departments.tolist()} - set(heldout))
    for fold in [*(names[n::FOLDS] for n in range(FOLDS)), sorted(heldout)]:
        same, main_part = _models(tables, {*fold, *heldout})
        for name, (probability, mainly) in out.items():
            at = np.isin(tables[name].departments, fold)
            probability[at] = same.probability(tables[name].features[at])
            mainly[at] = main_part.probability(tables[name].features[at])
    return out


def _level(probability: Numbers, labels: Numbers) -> tuple[float, float]:
    """Return slope and shift that make probabilities those of a register as offices have it, without made-up rows."""
    from sklearn.linear_model import LogisticRegression

    model = LogisticRegression(C=1e6).fit(_odds(probability)[:, None], labels)
    return float(model.coef_[0, 0]), float(model.intercept_[0])


def _levelled(probability: Numbers, level: tuple[float, float]) -> Numbers:
    return np.asarray(1 / (1 + np.exp(-level[0] * _odds(probability) - level[1])), np.float64)


def _moved(model: Logistic, level: tuple[float, float]) -> Logistic:
    return replace(model, weights=model.weights * level[0], bias=model.bias * level[0] + level[1])


def _odds(probability: Numbers) -> Numbers:
    inside = np.clip(probability, 1e-9, 1 - 1e-9)
    return np.asarray(np.log(inside / (1 - inside)), np.float64)


def judged(groups: Groups, embedder: Embedder, decision: Decision) -> tuple[Numbers, Numbers, Numbers]:
    """Return what a decision says of every pair, without training: probability, mainly, cosines of the wholes.

    A proposal's own department is no crowd to it, as in `fit`; what is said of departments that trained the decision is
    no measurement.
    """
    texts = texts_of(groups)
    counted = _starts(texts.counts), np.array(texts.functions, np.int64)
    bench = _Bench(embedder, gather(embedder, texts.by_name(), counted), groups, read_plans())
    proposed, _, rows = bench.table(groups, GROUPS)
    probability = np.zeros((len(groups.proposals), len(groups.systems)))
    mainly, shelf = np.zeros_like(probability), bench.shelf(groups)
    probability[rows.pairs[:, 0], rows.pairs[:, 1]] = decision.same.probability(rows.features)
    mainly[rows.pairs[:, 0], rows.pairs[:, 1]] = decision.mainly.probability(rows.features)
    return probability, mainly, np.array([shelf.wholes @ p.whole for p in proposed], np.float64)


def _examples(taught: Sequence[tuple[Groups, Rows, Numbers]]) -> Examples:
    """Return the pairs worth showing: groups, rows, probability of each row."""
    proposals, systems, same, features = [], [], [], []
    for groups, rows, probability in taught:
        for n in np.flatnonzero((rows.same == 1) | (probability >= SHOWN)).tolist():
            proposal, system = rows.pairs[n].tolist()
            proposals.append(groups.proposals[proposal].title)
            systems.append(groups.systems[system].name)
            same.append(rows.same[n] == 1)
            features.append(rows.features[n].round(3))
    return Examples(tuple(proposals), tuple(systems), np.array(same, np.bool_), np.array(features, np.float64))


def save(groups: Groups, plans: Groups, trained: Trained, embedder: Embedder) -> None:
    """Write models/data/likeness.npz."""
    texts, crowd = texts_of(groups), trained.crowd
    parts: dict[str, NDArray[np.generic]] = {
        "embedder": np.array(embedder.name),
        **{name: np.array(said) for name, said in texts.by_name().items()},
        "vectors": crowd.vectors.astype(np.float16),
        "wholes": crowd.wholes.astype(np.float16),
        "names": crowd.names.astype(np.float16),
        **_stored_plans(groups, plans, embedder),
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


def _stored_plans(groups: Groups, plans: Groups, embedder: Embedder) -> dict[str, NDArray[np.generic]]:
    texts = plan_texts(groups, plans)
    both = embedder.encode(texts["plan_names"], "query") + embedder.encode(texts["plan_texts"], "query")
    return {
        **{name: np.array(said) for name, said in texts.items()},
        "plan_functions": (both / 2).astype(np.float16),
        "plan_wholes": embedder.encode(texts["plan_whole_texts"], "query").astype(np.float16),
        "plan_counts": np.array([len(p.functions) for p in (*groups.proposals, *plans.proposals)]),
    }


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
        shelf.functions[chosen], shelf.wholes[chosen], shelf.names[chosen],
        tuple(shelf.texts[n] for n in chosen), tuple(shelf.titles[n] for n in chosen),
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Bench:
    """What every table is made with."""

    embedder: Embedder
    crowd: Crowd
    groups: Groups  # those the crowd is made of
    plans: Groups  # with the proposals of those, what a plan is seen against
    beside: tuple[TrainingSystem, ...] = ()  # systems that stand in every table

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
        told = proposal.title, "；".join(proposal.functions)
        return propose(raw, [weight(n) for n in names], told, self.crowd)

    def others(self) -> Plans:
        """Return all proposals as plans to be seen against."""
        every = [self.proposed(p) for p in (*self.groups.proposals, *self.plans.proposals)]
        counts = np.array([len(p.functions) for p in every], np.int64)
        return Plans(np.concatenate([p.functions for p in every]), counts, np.stack([p.whole for p in every]))

    def departments(self) -> NDArray[np.str_]:
        """Return the department of each of them: to a proposal its own are no others."""
        return np.array([p.department for p in (*self.groups.proposals, *self.plans.proposals)])

    def table(self, groups: Groups, each: float) -> tuple[list[Proposed], list[Measured], Rows]:
        """Compare every proposal with these systems and those beside them; `each`: what a row weighs."""
        values = {"duplicate": 1.0, "overlap": 1.0, "unclear": -1.0, "none": 0.0}
        every = replace(groups, systems=(*groups.systems, *self.beside))
        shelf, words = self.shelf(every), self.crowd.words
        departments = sorted({proposal.department for proposal in groups.proposals})
        crowds = {d: _without(self.crowd, [s.department != d for s in self.groups.systems]) for d in departments}
        others = self.others()
        against = {d: (crowds[d], others.only(self.departments() != d)) for d in departments}
        proposed = [self.proposed(p) for p in groups.proposals]
        measured = [
            measure(p, shelf, against[g.department], words, SHORTLIST)
            for p, g in zip(proposed, groups.proposals, strict=True)
        ]
        pairs = [(i, n) for i, near in enumerate(measured) for n in near.systems.tolist()]
        labels = [groups.proposals[i].labels.get(every.systems[n].id, "none") for i, n in pairs]
        rows = Rows(
            np.array(pairs, np.int64),
            np.array([groups.proposals[i].department for i, _ in pairs]),
            np.concatenate([m.features for m in measured]),
            np.array([values[label] for label in labels]),
            np.array([float(label == "duplicate") for label in labels]),
            np.full(len(pairs), each),
            np.array([n < len(groups.systems) for _, n in pairs]),
            np.array([n < len(groups.systems) and not later(groups.systems[n]) for _, n in pairs]),
        )
        return proposed, measured, rows


def _models(parts: Mapping[str, Rows], departments: Collection[str]) -> tuple[Logistic, Logistic]:
    """Fit whether it is the same at all, and, of those, whether it is mainly the same, without some departments.

    The first is the mean of two: of the pairs as first written, and of all with what was put beside and turned. The one
    finds more in long plans, the other tells more apart in a large register (README).
    """
    left = {name: rows.without(departments) for name, rows in parts.items()}
    every = _together(list(left.values()))
    first = _together([rows.at(rows.first) for name, rows in left.items() if name != "turned"])
    known, plainly, found = every.same >= 0, first.same >= 0, every.same == 1
    both = (
        _deciding(every.at(known)),
        _deciding(first.at(plainly)),
    )
    return _mean(*both), _logistic(every.features[found], every.mainly[found], 0.1, every.weights[found])


def _deciding(rows: Rows) -> Logistic:
    """Fit whether it is the same by what does not fall with a proposal's length; the rest weighs nothing."""
    used = np.array([name not in SHOWN_ONLY for name in FEATURES])
    return _logistic(rows.features * used, rows.same, STRENGTH, rows.weights)


def _together(parts: Sequence[Rows]) -> Rows:
    return Rows(*(np.concatenate([getattr(p, field.name) for p in parts]) for field in fields(Rows)))


def _mean(one: Logistic, other: Logistic) -> Logistic:
    """Return the model whose odds are the mean of both models', geometrically."""
    weights = (one.weights + other.weights * one.scale / other.scale) / 2
    apart = float(((one.mean - other.mean) / other.scale) @ other.weights)
    return replace(one, weights=weights, bias=(one.bias + other.bias + apart) / 2)


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
