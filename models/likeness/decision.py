"""Probabilities out of features: logistic regressions trained by `python -m models.training.duplicates`."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.likeness.crowd import artefact

Numbers = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Logistic:
    """One logistic regression over standardised features."""

    mean: Numbers
    scale: Numbers
    weights: Numbers
    bias: float

    def probability(self, features: Numbers) -> Numbers:
        """Return a probability for each row."""
        scores = ((features - self.mean) / self.scale) @ self.weights + self.bias
        return np.asarray(1 / (1 + np.exp(-scores)), np.float64)


@dataclass(frozen=True, slots=True)
class Decision:
    """The three questions: the same or partly so; mainly the same; this function and that text the same."""

    same: Logistic
    mainly: Logistic
    pair: Logistic
    least: float  # probability from which a system is reported, by cross-validation


def load_decision() -> Decision:
    """Return the shipped decision.

    Raises:
        InstallationError: it is missing.
    """
    kept = artefact()
    parts = [Logistic(*(kept[f"{name}_{part}"] for part in ("mean", "scale", "weights")), float(kept[f"{name}_bias"]))
             for name in ("same", "mainly", "pair")]  # fmt: skip
    return Decision(*parts, float(kept["least"]))
