"""How alike a proposal and an existing system are: named features over sentence vectors, and a calibrated decision."""

from models.likeness.crowd import Crowd, load_crowd
from models.likeness.decision import Decision, load_decision
from models.likeness.examples import Examples, of_pack, shipped
from models.likeness.features import FEATURES, Measured, Proposed, Shelf, measure, propose, shelve

__all__ = [
    "FEATURES",
    "Crowd",
    "Decision",
    "Examples",
    "Measured",
    "Proposed",
    "Shelf",
    "load_crowd",
    "load_decision",
    "measure",
    "of_pack",
    "propose",
    "shelve",
    "shipped",
]
