"""The comparison of a proposal with systems: features, decision, training data."""

from __future__ import annotations

import numpy as np
import pytest

from models.likeness import FEATURES, load_decision, measure, propose, shelve
from models.likeness.crowd import Crowd, artefact
from models.likeness.features import crowd_shelf
from models.training.duplicates.groups import enlarged, read_groups


def crowd(size: int = 40) -> Crowd:
    """Random systems of two texts each."""
    chance = np.random.default_rng(7)
    vectors = chance.normal(size=(size * 2, 16)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    starts = np.arange(0, size * 2, 2)
    zero = np.zeros(16, np.float32)
    return Crowd(vectors, starts, np.full(size, 2), vectors[::2], zero, zero)


def test_the_same_functions_stand_out() -> None:
    usual = crowd()
    functions, whole = usual.vectors[6:8], usual.wholes[3]
    counts = [2] * 40
    shelf = shelve(usual.vectors, counts, counts, usual.wholes, usual)
    measured = measure(propose(functions, whole, [1.0, 1.0], usual), shelf, crowd_shelf(usual))
    assert measured.systems[0] == 3
    told = dict(zip(FEATURES, measured.features[0].tolist(), strict=True))
    assert told["assigned"] == pytest.approx(1.0, abs=1e-5)
    assert told["both"] > 2


def test_the_artefact_fits_the_features() -> None:
    decision = load_decision()
    assert len(decision.same.weights) == len(decision.mainly.weights) == len(FEATURES)
    assert 0 < decision.least < 1
    assert int(artefact()["starts"][-1]) < len(artefact()["vectors"])


def test_departments_are_either_trained_on_or_held_out() -> None:
    groups = read_groups()
    departments = {s.department for s in groups.systems}
    assert len(departments) >= 30
    assert groups.heldout < departments
    assert len({s.id for s in groups.systems}) == len(groups.systems)
    known = {s.id for s in groups.systems}
    assert all(set(p.labels) <= known for p in groups.proposals)
    assert all("duplicate" in p.labels.values() or "overlap" in p.labels.values() for p in enlarged(groups).proposals)
