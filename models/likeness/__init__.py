"""How alike a proposal and an existing system are: named features over sentence vectors, and a calibrated decision."""

from models.likeness.crowd import Crowd, load_crowd
from models.likeness.decision import Decision, load_decision
from models.likeness.features import FEATURES, Measured, Proposed, Shelf, measure, propose, shelve

__all__ = [
    "FEATURES",
    "Crowd",
    "Decision",
    "Measured",
    "Proposed",
    "Shelf",
    "load_crowd",
    "load_decision",
    "measure",
    "propose",
    "shelve",
]
