"""The comparison of a proposal with systems: features, decision, training data."""

from __future__ import annotations

import numpy as np
import pytest

from models.likeness import FEATURES, load_decision, measure, propose
from models.likeness.background import Plans
from models.likeness.crowd import Crowd, artefact
from models.likeness.decision import Logistic
from models.likeness.features import SHOWN_ONLY, crowd_shelf
from models.likeness.pairing import NAMES, pairing
from models.likeness.texts import system_texts
from models.likeness.words import Words
from models.training.duplicates.fitting import _mean
from models.training.duplicates.groups import enlarged, read_groups, read_plans, shortened, turned
from models.training.duplicates.recombined import recombined


def crowd(size: int = 40) -> Crowd:
    """Random systems of two texts each."""
    chance = np.random.default_rng(7)
    vectors = chance.normal(size=(size * 2, 16)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    starts = np.arange(0, size * 2, 2)
    zero = np.zeros(16, np.float32)
    names = tuple(f"系统{chr(0x4E00 + n)}{chr(0x5E00 + n)}" for n in range(size))
    wholes = vectors[::2]
    counts = np.full(size, 2)
    return Crowd(vectors, starts, counts, wholes, zero, zero, wholes, zero, zero, names, names, Words(names))


def test_the_same_functions_stand_out() -> None:
    usual = crowd()
    functions, whole = usual.vectors[6:8], usual.wholes[3]
    proposed = propose((functions, whole, whole), [1.0, 1.0], (usual.titles[3], "受理"), usual)
    shelf = crowd_shelf(usual)
    plans = Plans(usual.vectors, np.full(40, 2), usual.wholes)
    measured = measure(proposed, shelf, (shelf, plans), usual.words)
    assert measured.systems[0] == 3
    told = dict(zip(FEATURES, measured.features[0].tolist(), strict=True))
    assert told["assigned"] == pytest.approx(1.0, abs=1e-5)
    assert told["both"] > 2
    assert told["names"] == pytest.approx(1.0, abs=1e-5)
    assert told["near"] == told["near_back"] == 1
    assert told["words_back"] == pytest.approx(1.0, abs=1e-5)


def test_rare_words_weigh_more_than_common_ones() -> None:
    words = Words(["巡查系统", "巡查平台", "巡查应用", "票证"])
    ours = words.bag("巡查票证")
    assert words.pairs(ours, words.bag("票证"))[0] > words.pairs(ours, words.bag("巡查"))[0]
    assert words.pairs(ours, words.bag("巡查票证")) == pytest.approx((1, 1, 1))
    assert words.pairs(ours, words.bag("")) == (0, 0, 0)


def test_rows_with_fewer_functions_keep_their_labels() -> None:
    plans = read_plans()
    shorter = shortened(plans, 3)
    assert max(len(s.functions) for s in shorter.systems) == 3
    assert [s.id for s in shorter.systems] == [s.id for s in plans.systems]
    known = {s.id for s in plans.systems}
    assert len(known) == len(plans.systems)
    assert all(set(p.labels) <= known for p in plans.proposals)


def test_the_artefact_fits_the_features() -> None:
    decision = load_decision()
    assert len(decision.same.weights) == len(decision.mainly.weights) == len(FEATURES)
    assert 0 < decision.least < 1
    assert {f for f, weight in zip(FEATURES, decision.same.weights, strict=True) if weight == 0} == SHOWN_ONLY
    assert int(artefact()["plan_counts"].sum()) == len(artefact()["plan_functions"])
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


def test_a_function_that_answers_many_is_paired_once() -> None:
    cosines = np.array([[0.9, 0.1], [0.8, 0.1], [0.7, 0.1]], np.float32)
    weights, usual = np.full(3, 1 / 3, np.float32), (np.zeros(3, np.float32), np.ones(3, np.float32))
    told = dict(zip(NAMES, pairing(cosines, 2, weights, usual), strict=True))
    assert told["paired"] == pytest.approx(1 / 3)
    assert told["paired_back"] == pytest.approx(1 / 2)
    assert told["soft"] > 0.9


def test_turned_groups_hold_the_same_pairs() -> None:
    groups = read_groups()
    sides = turned(groups)
    count = lambda g: sum(label == "duplicate" for p in g.proposals for label in p.labels.values())  # noqa: E731
    assert count(sides) == count(groups) > 0
    assert len(sides.systems) == len(groups.proposals)
    assert sides.heldout == groups.heldout


def test_what_is_put_together_by_chance_is_of_no_proposal() -> None:
    made = recombined(50)
    assert made == recombined(50)
    groups = read_groups()
    assert not {s.name for s in made} & {s.name for s in groups.systems}
    assert not {s.department for s in made} & {p.department for p in groups.proposals}


def test_the_mean_of_two_models_has_the_mean_of_their_odds() -> None:
    chance = np.random.default_rng(0)
    one, other = (
        Logistic(chance.normal(size=3), chance.uniform(1, 2, 3), chance.normal(size=3), float(chance.normal()))
        for _ in range(2)
    )
    rows = chance.normal(size=(5, 3))
    odds = [np.log(p / (1 - p)) for p in (m.probability(rows) for m in (one, other, _mean(one, other)))]
    assert odds[2] == pytest.approx((odds[0] + odds[1]) / 2)


def test_a_description_that_lists_functions_stands_for_the_list_a_register_lacks():
    told = "全省统建，含就诊随访、用药提醒、档案调阅"
    texts, functions = system_texts("家庭医生系统", told, ())
    assert texts == ["就诊随访", "用药提醒", "档案调阅"]
    assert functions == len(texts)
    assert system_texts("家庭医生系统", told, ("签约",)) == (["签约", "含就诊随访、用药提醒、档案调阅"], 1)
