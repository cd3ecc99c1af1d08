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
    return Decision(_stored("same"), _stored("mainly"), _stored("pair"), float(str(artefact()["least"])))


def _stored(name: str) -> Logistic:
    kept = artefact()
    mean, scale, weights = (kept[f"{name}_{part}"].astype(np.float64) for part in ("mean", "scale", "weights"))
    return Logistic(mean, scale, weights, float(str(kept[f"{name}_bias"])))
