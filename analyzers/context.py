"""What an analyzer may know of a submission: everything already read and understood, nothing to open."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from models.domain.policy import Policy
    from models.domain.register import Candidate, Register
    from models.domain.submission import Submission
    from models.embedder import Embedder
    from models.suspicion import Suspicion


@dataclass(frozen=True, slots=True)
class Context:
    """One submission under one policy.

    `candidates`: systems of the register nearest to the proposal, best first.
    `suspicions`: passages the language layer holds against the negative list; None where it could not be loaded.
    """

    policy: Policy
    submission: Submission
    register: Register | None = None
    embedder: Embedder | None = None
    candidates: tuple[Candidate, ...] = ()
    suspicions: tuple[Suspicion, ...] | None = None
