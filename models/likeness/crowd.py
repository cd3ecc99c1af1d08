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
from models.likeness.texts import placeless
from models.likeness.words import Words

Array = NDArray[np.float32]
ARTEFACT = Path(__file__).parent.parent / "data" / "likeness.npz"
_MEANS = {"passage": "vectors", "name": "names"}
_VECTORS = ("vectors", "wholes", "query_mean", "passage_mean", "names", "title_mean", "name_mean")


@dataclass(frozen=True, slots=True)
class Crowd:
    """Systems of the training data as raw vectors, and the means of both sides."""

    vectors: Array  # texts of all systems, one after another
    starts: NDArray[np.int64]  # first text of each system
    functions: NDArray[np.int64]  # how many of its texts are functions
    wholes: Array
    query_mean: Array
    passage_mean: Array
    names: Array  # of the systems
    title_mean: Array
    name_mean: Array
    texts: tuple[str, ...]  # the systems as wholes
    titles: tuple[str, ...]  # their names
    words: Words


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
    texts = {
        key: tuple(str(t) for t in kept[key])
        for key in ("texts", "whole_texts", "asked", "system_names", "asked_titles")
    }
    made = {key: kept[key].astype(np.float32) for key in _VECTORS} if str(kept["embedder"]) == embedder.name else None
    counted = kept["starts"].astype(np.int64), kept["functions"].astype(np.int64)
    return gather(embedder, texts, counted, made)


def gather(
    embedder: Embedder,
    texts: dict[str, tuple[str, ...]],
    counted: tuple[NDArray[np.int64], NDArray[np.int64]],
    made: dict[str, Array] | None = None,
) -> Crowd:
    """Make a crowd of its texts; `counted`: first text and functions of each system; `made`: vectors already known."""
    if made is None:
        made = {
            "vectors": embedder.encode(texts["texts"], "passage"),
            "wholes": embedder.encode(texts["whole_texts"], "passage"),
            "query_mean": np.asarray(embedder.encode(texts["asked"], "query").mean(axis=0), np.float32),
            "names": embedder.encode([placeless(name) for name in texts["system_names"]], "passage"),
            "title_mean": np.asarray(
                embedder.encode([placeless(title) for title in texts["asked_titles"]], "query").mean(axis=0), np.float32
            ),
        }
        made |= {f"{of}_mean": np.asarray(made[key].mean(axis=0), np.float32) for of, key in _MEANS.items()}
    return Crowd(
        made["vectors"], *counted, made["wholes"], made["query_mean"], made["passage_mean"], made["names"],
        made["title_mean"], made["name_mean"], texts["whole_texts"], texts["system_names"], Words(texts["whole_texts"]),
    )  # fmt: skip


def centred(vectors: Array, mean: Array) -> Array:
    """Take the mean off every row and normalise again; rows (n, d)."""
    rest = vectors - mean
    lengths = np.linalg.norm(rest, axis=1, keepdims=True)
    return np.asarray(rest / np.maximum(lengths, 1e-6), np.float32)
