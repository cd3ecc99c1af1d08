"""A plan's scores with a system, seen against what other plans score with it."""

from __future__ import annotations

import numpy as np
import pytest

from models.likeness.background import NAMES, Answering, Plans, standing

WIDTH = 24
BACK, SOFT = NAMES.index("plans_back"), NAMES.index("plans_soft_back")


def unit(rows: np.ndarray) -> np.ndarray:
    return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True), np.float32)


def others(number: int = 80, functions: int = 4) -> Plans:
    chance = np.random.default_rng(3)
    rows = unit(chance.normal(size=(number * functions, WIDTH)))
    return Plans(rows, np.full(number, functions), unit(chance.normal(size=(number, WIDTH))))


def system(rows: np.ndarray) -> Answering:
    return Answering(rows, np.array([len(rows)]), unit(rows.sum(axis=0, keepdims=True)))


def test_a_plan_that_answers_a_system_stands_out_also_among_thirty_other_functions() -> None:
    plans, chance = others(), np.random.default_rng(5)
    theirs = unit(chance.normal(size=(5, WIDTH)))
    short = unit(theirs + 0.05 * chance.normal(size=theirs.shape))
    long = np.concatenate([short, unit(chance.normal(size=(30, WIDTH)))])
    for functions in (short, long):
        whole = unit(functions.sum(axis=0, keepdims=True))[0]
        told = standing(functions, whole, system(theirs), plans)
        assert told.shape == (1, len(NAMES))
        assert told[0, BACK] > 3


def test_a_system_that_every_plan_answers_does_not_stand_out() -> None:
    plans, chance = others(), np.random.default_rng(6)
    everywhere = unit(chance.normal(size=(1, WIDTH)))
    rows = plans.functions.copy()
    rows[::4] = unit(everywhere + 0.05 * chance.normal(size=rows[::4].shape))
    common = Plans(rows, plans.counts, plans.wholes)
    near = unit(everywhere + 0.05 * chance.normal(size=everywhere.shape))
    functions = np.concatenate([near, unit(chance.normal(size=(3, WIDTH)))])
    whole, theirs = unit(functions.sum(axis=0, keepdims=True))[0], system(everywhere)
    among_common, among_others = (standing(functions, whole, theirs, p)[0, BACK] for p in (common, plans))
    assert among_common < 2 < among_others


def test_each_system_is_judged_by_itself() -> None:
    plans, chance = others(), np.random.default_rng(7)
    one, other = unit(chance.normal(size=(3, WIDTH))), unit(chance.normal(size=(6, WIDTH)))
    functions = unit(chance.normal(size=(7, WIDTH)))
    wholes = unit(chance.normal(size=(2, WIDTH)))
    together = Answering(np.concatenate([one, other]), np.array([3, 6]), wholes)
    told = standing(functions, wholes[0], together, plans)
    for n, rows in enumerate((one, other)):
        alone = standing(functions, wholes[0], Answering(rows, np.array([len(rows)]), wholes[n : n + 1]), plans)
        assert told[n] == pytest.approx(alone[0], abs=1e-4)


def test_some_plans_are_left_out_with_their_functions() -> None:
    plans = Plans(np.arange(12, dtype=np.float32).reshape(6, 2), np.array([1, 3, 2]), np.zeros((3, 2), np.float32))
    some = plans.only(np.array([True, False, True]))
    assert some.functions[:, 0].tolist() == [0, 8, 10]
    assert some.counts.tolist() == [1, 2]
