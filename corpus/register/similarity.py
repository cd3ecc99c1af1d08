"""How near two texts are, once what all such texts have in common is taken off.

Raw cosines of sentence models lie close together whatever the pair. A mean is subtracted on each side (the proposal's
from the shipped background, the register's from background and register together, so that a register of three systems
works too), and the rest is normalised again.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from importlib.resources import files

import numpy as np
from numpy.typing import NDArray

from models.embedder import Embedder
from models.text import bigrams

Array = NDArray[np.float32]
_TRUST = 60  # register texts that weigh as much as the shipped background


@lru_cache(maxsize=1)
def background() -> tuple[str, ...]:
    """Return the shipped sentences, in order."""
    text = files("corpus.register").joinpath("background.txt").read_text("utf-8")
    return tuple(line for line in text.splitlines() if line and not line.startswith("#"))


def query_mean(embedder: Embedder) -> Array:
    """Return the mean of proposals' sentences."""
    return np.asarray(embedder.encode(background(), "query").mean(axis=0), np.float32)


def passage_mean(embedder: Embedder, vectors: Array) -> Array:
    """Return the mean on the register's side: background and register, the more of it the more it counts."""
    base = embedder.encode(background(), "passage").mean(axis=0)
    total = vectors.sum(axis=0) if len(vectors) else np.zeros_like(base)
    return np.asarray((base * _TRUST + total) / (_TRUST + len(vectors)), np.float32)


def centred(vectors: Array, mean: Array) -> Array:
    """Take the mean off every row and normalise again; rows (n, d)."""
    rest = vectors - mean
    lengths = np.linalg.norm(rest, axis=1, keepdims=True)
    return np.asarray(rest / np.maximum(lengths, 1e-6), np.float32)


def lexical(left: str, right: str) -> float:
    """Return how much of the shorter text's character pairs the other has, 0..1."""
    a, b = bigrams(left), bigrams(right)
    return len(a & b) / min(len(a), len(b)) if a and b else 0.0


def clauses(text: str) -> list[str]:
    """Return the statements of a description; what it says it does NOT do is no function."""
    pieces = re.split(r"[。；;，,\n]", text)
    return [p.strip() for p in pieces if len(p.strip()) >= 5 and not _DENIED.search(p)]


_DENIED = re.compile(
    "^(?:但?不|未|无|非|并非|尚未|只|仅)|不(?:含|涉及|涉|提供|承担|包括|包含|面向|处理|直接|管理|流转)|与.{1,12}无关"
)


_PLACE = re.compile("^(?:[\\u4e00-\\u9fff]{2,3}省)?(?:[\\u4e00-\\u9fff]{2,3}市)?(?:[\\u4e00-\\u9fff]{2}区)?")


def placeless(name: str) -> str:
    """Return a name without the place before it: that both are of one place says nothing."""
    return _PLACE.sub("", name) or name


def unique(texts: Sequence[str]) -> list[str]:
    """Return texts without repetition, in order."""
    return list(dict.fromkeys(t for t in texts if t.strip()))
