"""Registers and proposals of any size as vectors, made by chance but in the shape of real ones.

A made-up system takes a system of the shipped crowd for its business and gives each text a place between one of that
system's and one of any other: cosines lie where those of real systems lie. A made-up proposal says a system's functions
again in other words, wholly or in part, or is about something else. The same seed gives the same.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from corpus.register.ports import Rows
from models.domain.register import System
from models.likeness import Crowd, Proposed
from models.likeness.crowd import Array
from models.likeness.features import crowd_shelf

WIDTH = 384
TEXTS = 10  # functions of a system
_PIECE = 2000
_UNITS = 4000


@dataclass(frozen=True, slots=True)
class Asked:
    """A proposal and the systems it says again, with the share of its functions that are theirs."""

    proposed: Proposed
    of: str
    share: float


def systems(number: int) -> Iterator[System]:
    """Yield rows: names and functions are told apart by numbers, units come up again and again."""
    for n in range(number):
        functions = tuple(f"第{n}号系统的第{k}项业务办理" for k in range(TEXTS))
        yield System(f"S{n:06d}", f"第{n}号业务系统", f"区第{n % _UNITS}局", "区", "在用", "2020", functions=functions)


def vectors(crowd: Crowd, number: int, seed: int = 1) -> Iterator[Rows]:
    """Yield the vectors of `systems(number)` piece by piece."""
    shelf = crowd_shelf(crowd)
    chance = np.random.default_rng(seed)
    for at in range(0, number, _PIECE):
        size = min(_PIECE, number - at)
        business = chance.integers(0, len(shelf.starts), size)
        counts = np.diff(np.append(shelf.starts, len(shelf.vectors)))[business]
        own = shelf.starts[business][:, None] + chance.integers(0, 1 << 30, (size, TEXTS)) % counts[:, None]
        shift = _apart(shelf.wholes, size, chance)
        texts = _unit(shelf.vectors[own.ravel()] + np.repeat(shift, TEXTS, axis=0))
        texts = _between(texts, shelf.vectors, chance, 0.6)
        means = texts.reshape(size, TEXTS, WIDTH).mean(axis=1)
        wholes = _unit(_unit(means) + 0.6 * _unit(shelf.wholes[business] + shift))
        names = _unit(shelf.names[business] + _apart(shelf.names, size, chance))
        full = np.full(size, TEXTS, np.int64)
        yield Rows(tuple(f"S{n:06d}" for n in range(at, at + size)), full, full, texts, wholes, names)


def proposals(crowd: Crowd, rows: Rows, number: int, functions: int = 60, seed: int = 2) -> Iterator[Asked]:
    """Yield proposals over these systems; a third say one again, a third in part, a third none."""
    shelf = crowd_shelf(crowd)
    chance = np.random.default_rng(seed)
    for n in range(number):
        share = (1.0, 0.4, 0.0)[n % 3]
        at = int(chance.integers(0, len(rows.ids)))
        start = int(rows.counts[:at].sum())
        own = rows.texts[start + chance.integers(0, int(rows.counts[at]), functions)]
        other = shelf.vectors[chance.integers(0, len(shelf.vectors), functions)]
        mine = np.arange(functions)[:, None] < share * functions
        said = _between(np.where(mine, own, other).astype(np.float32), shelf.vectors, chance, 0.8)
        whole = _unit(_unit(said.mean(axis=0)) + share * 0.6 * rows.wholes[at])
        title = _unit(share * rows.names[at] + shelf.names[int(chance.integers(0, len(shelf.names)))])
        weights = np.full(functions, 1 / functions, np.float32)
        bag = crowd.words.bag(f"第{at}号业务系统")
        yield Asked(Proposed(said, whole, weights, title, bag, bag), rows.ids[at], share)


def _apart(rows: Array, number: int, chance: np.random.Generator) -> Array:
    """Return directions that tell systems of one business apart, each a mixture of eight rows."""
    mixed = np.zeros((number, rows.shape[1]), np.float32)
    for _ in range(8):
        mixed += chance.normal(size=(number, 1)).astype(np.float32) * rows[chance.integers(0, len(rows), number)]
    return 1.2 * _unit(mixed)


def _between(rows: Array, others: Array, chance: np.random.Generator, most: float) -> Array:
    """Move each row towards any other, by up to `most` of its length."""
    pulled = others[chance.integers(0, len(others), len(rows))]
    return _unit(rows + chance.uniform(0, most, (len(rows), 1)).astype(np.float32) * pulled)


def _unit(rows: Array) -> Array:
    return np.asarray(rows / np.maximum(np.linalg.norm(rows, axis=-1, keepdims=True), 1e-6), np.float32)
