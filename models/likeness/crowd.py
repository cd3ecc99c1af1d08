"""A crowd of ordinary systems, so that "near" means nearer than the others are, however small a register is.

Raw cosines of sentence models lie close together whatever the pair. A shipped mean is taken off on either side (the
proposal's, the systems'), and every likeness is seen against those of register and crowd together. Both means and the
crowd come with the program: the same pair has the same features whatever else a register of some size holds.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from models.domain.errors import InstallationError
from models.embedder import Embedder

Array = NDArray[np.float32]
ARTEFACT = Path(__file__).parent.parent / "data" / "likeness.npz"


@dataclass(frozen=True, slots=True)
class Crowd:
    """Systems of the training data as raw vectors, and the means of both sides."""

    vectors: Array  # texts of all systems, one after another
    starts: NDArray[np.int64]  # first text of each system
    functions: NDArray[np.int64]  # how many of its texts are functions
    wholes: Array
    query_mean: Array
    passage_mean: Array


@lru_cache(maxsize=1)
def artefact() -> dict[str, NDArray[np.generic]]:
    """Return what training wrote, by name.

    Raises:
        InstallationError: it is missing.
    """
    if not ARTEFACT.exists():
        raise InstallationError("缺少查重模型", name=str(ARTEFACT), advice="请重新安装")
    with np.load(ARTEFACT, allow_pickle=False) as stored:
        return {name: stored[name] for name in stored.files}


def load_crowd(embedder: Embedder) -> Crowd:
    """Return the crowd in this embedder's space: stored for the shipped model, computed for any other."""
    kept = artefact()
    starts, functions = kept["starts"].astype(np.int64), kept["functions"].astype(np.int64)
    if str(kept["embedder"]) == embedder.name:
        vectors, wholes = kept["vectors"].astype(np.float32), kept["wholes"].astype(np.float32)
        query, passage = kept["query_mean"].astype(np.float32), kept["passage_mean"].astype(np.float32)
        return Crowd(vectors, starts, functions, wholes, query, passage)
    vectors = embedder.encode([str(t) for t in kept["texts"]], "passage")
    wholes = embedder.encode([str(t) for t in kept["whole_texts"]], "passage")
    query = np.asarray(embedder.encode([str(t) for t in kept["asked"]], "query").mean(axis=0), np.float32)
    passage = np.asarray(vectors.mean(axis=0), np.float32)
    return Crowd(vectors, starts, functions, wholes, query, passage)


def centred(vectors: Array, mean: Array) -> Array:
    """Take the mean off every row and normalise again; rows (n, d)."""
    rest = vectors - mean
    lengths = np.linalg.norm(rest, axis=1, keepdims=True)
    return np.asarray(rest / np.maximum(lengths, 1e-6), np.float32)
