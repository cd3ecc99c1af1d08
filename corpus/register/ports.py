"""The two ports of the register: its rows, and their vectors. An engine is one of each.

SQLite keeps rows in a file and vectors in mapped arrays beside it; PostgreSQL keeps both, vectors by pgvector; a list
that is only read for one run lies in memory. What is found is the same: each engine names the systems of a first pass
by the same inner products, everything after that is one code over the same numbers.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from models.domain.register import System
from models.likeness.crowd import Array

Counts = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Revision:
    """A state of a register: which register, and the number of its last change."""

    register: str
    number: int


@dataclass(frozen=True, slots=True)
class State:
    """What a register holds at one moment; `sha256` of its content, "" when empty."""

    revision: Revision
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Rows:
    """Systems as centred vectors: `texts` one after another, functions first; `wholes` and `names` one each."""

    ids: tuple[str, ...]
    counts: Counts  # texts of each
    functions: Counts  # how many of them are functions
    texts: Array  # (sum of counts, d)
    wholes: Array  # (n, d)
    names: Array  # (n, d)

    def summaries(self) -> Array:
        """Return what the first pass multiplies: mean of the texts, then the whole; (n, 2 d)."""
        starts = np.cumsum(self.counts) - self.counts
        means = np.add.reduceat(self.texts, starts, axis=0) / self.counts[:, None]
        return np.concatenate([means, self.wholes], axis=1).astype(np.float32)


class Systems(Protocol):
    """The rows of a register, by id or unit."""

    def state(self) -> State:
        """Return revision, size and hash of one moment."""
        ...

    def systems(self) -> tuple[System, ...]:
        """Return all systems in the order of their ids."""
        ...

    def get(self, ids: Sequence[str]) -> tuple[System, ...]:
        """Return the systems of these ids that are there, in the order of their ids."""
        ...

    def units(self) -> tuple[str, ...]:
        """Return the names of units as the rows have them, each once."""
        ...

    def of_units(self, units: Sequence[str]) -> tuple[System, ...]:
        """Return the systems of units, named as the rows name them, in the order of their ids."""
        ...

    def names(self) -> tuple[tuple[str, str], ...]:
        """Return id and name of all systems in the order of their ids."""
        ...

    def changed(self, since: Revision | None) -> tuple[str, ...]:
        """Return the ids that changed or went since a state; all where that state is not one of this register."""
        ...


class Vectors(Protocol):
    """The vectors of a register in one space of one embedder; always remade from the rows, never the only copy."""

    @property
    def revision(self) -> Revision | None:
        """The state of the register they stand for; None before the first."""
        ...

    def write(self, rows: Rows, gone: Sequence[str], revision: Revision) -> None:
        """Put the vectors of systems as of a revision in the place of older ones, and leave out those that are gone."""
        ...

    def settle(self, revision: Revision) -> None:
        """Say that everything up to a revision is written."""
        ...

    def first(self, direction: Array, top: int) -> tuple[str, ...]:
        """Return the ids of the systems whose summaries (n, 2 d) go furthest in a direction (2 d,)."""
        ...

    def rows(self, ids: Sequence[str]) -> Rows:
        """Return the vectors of the systems that are there, in the order of their ids."""
        ...
