"""The vectors of systems, as the register keeps them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from corpus.register.ports import Rows
from models.domain.register import System
from models.embedder import Embedder
from models.likeness import Crowd
from models.likeness.crowd import centred
from models.likeness.texts import placeless, system_texts, system_whole


def embedded(systems: Sequence[System], embedder: Embedder, crowd: Crowd) -> Rows:
    """Return the centred vectors of systems, in the order of their ids."""
    systems = sorted(systems, key=lambda s: s.id)
    listed = [system_texts(s.name, s.description, s.functions) for s in systems]
    wholes = [system_whole(s.name, s.description, s.functions) for s in systems]
    mean = crowd.passage_mean
    return Rows(
        tuple(s.id for s in systems),
        np.array([len(own) for own, _ in listed], np.int64),
        np.array([functions for _, functions in listed], np.int64),
        centred(embedder.encode([text for own, _ in listed for text in own], "passage"), mean),
        centred(embedder.encode(wholes, "passage"), mean),
        centred(embedder.encode([placeless(s.name) for s in systems], "passage"), crowd.name_mean),
    )
