"""What an analyzer may know of a submission: everything already read and understood, nothing to open."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeVar, cast

if TYPE_CHECKING:
    from models.domain.policy import Policy
    from models.domain.register import Candidate, Register
    from models.domain.submission import Submission
    from models.embedder import Embedder
    from models.suspicion import Suspicion

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Context:
    """One submission under one policy.

    `candidates`: systems of the register nearest to the proposal, best first.
    `kept`: what `once` keeps; asked through it only.
    `suspicions`: passages the language layer holds against the negative list; None where it could not be loaded.
    """

    policy: Policy
    submission: Submission
    register: Register | None = None
    embedder: Embedder | None = None
    candidates: tuple[Candidate, ...] = ()
    suspicions: tuple[Suspicion, ...] | None = None
    kept: dict[str, object] = field(default_factory=dict, init=False, compare=False, repr=False)

    def once(self, key: str, make: Callable[[], _T]) -> _T:
        """Return what `make` gives, made at the first question: what several ask of one submission is found once."""
        if key not in self.kept:
            self.kept[key] = make()
        return cast("_T", self.kept[key])
