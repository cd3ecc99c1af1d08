"""A register that is only read for one run: the rows of a list, the submissions of a batch."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cached_property

from corpus.register.content import register_hash, total
from corpus.register.ports import Revision, State
from models.domain.register import System


class Listed:
    """Rows in memory; they never change."""

    def __init__(self, systems: Iterable[System]) -> None:
        """Take the systems of a list, each id once."""
        self._systems = tuple(sorted(systems, key=lambda s: s.id))

    def state(self) -> State:
        """Return size and hash."""
        return self._state

    @cached_property
    def _state(self) -> State:
        size = len(self._systems)
        return State(Revision("listed", size), size, register_hash(size, total(self._systems)))

    def systems(self) -> tuple[System, ...]:
        """Return all systems in the order of their ids."""
        return self._systems

    def get(self, ids: Sequence[str]) -> tuple[System, ...]:
        """Return the systems of these ids."""
        wanted = set(ids)
        return tuple(s for s in self._systems if s.id in wanted)

    def units(self) -> tuple[str, ...]:
        """Return the units' names."""
        return tuple(sorted({s.unit for s in self._systems}))

    def of_units(self, units: Sequence[str]) -> tuple[System, ...]:
        """Return the systems of units."""
        wanted = set(units)
        return tuple(s for s in self._systems if s.unit in wanted)

    def names(self) -> tuple[tuple[str, str], ...]:
        """Return id and name of all."""
        return tuple((s.id, s.name) for s in self._systems)

    def changed(self, since: Revision | None) -> tuple[str, ...]:
        """Return all ids, or none where they are known."""
        return () if since == self._state.revision else tuple(s.id for s in self._systems)
