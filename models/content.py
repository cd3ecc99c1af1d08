"""Which item of the template a paragraph answers, read from its words: what is left where titles say nothing.

A multinomial logistic regression over character n-grams, one a policy pack (template numbers are a pack's own), trained
by `tools/train_content.py` on the paragraphs of whole proposals under headings that name their item plainly. It only
ever speaks for an item that no heading claims, so that merged headings (给谁用、办什么事) are not taken for gaps.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

DATA = Path(__file__).parent / "data"
NGRAMS = (1, 3)
READ = 240  # characters of a paragraph that are read
OTHER = "other"  # everything that answers no item of a mandatory chapter


def masked(text: str) -> str:
    """Return a paragraph as the model reads it: its beginning, figures made alike, blanks dropped."""
    return re.sub(r"\d[\d,.]*", "0", re.sub(r"\s+", "", text))[:READ]


def vectoriser(vocabulary: Sequence[str] | None = None, **options: Any) -> Any:  # noqa: ANN401 -- scikit-learn is untyped
    """Return the n-gram counter, to be fitted or with a known vocabulary."""
    from sklearn.feature_extraction.text import TfidfVectorizer  # 1 s to import

    known = {g: i for i, g in enumerate(vocabulary)} if vocabulary is not None else None
    return TfidfVectorizer(
        analyzer="char", ngram_range=NGRAMS, sublinear_tf=True, lowercase=False, vocabulary=known, **options
    )


@dataclass(frozen=True)
class ContentModel:
    """Stored weights; `items` are template numbers and OTHER."""

    items: tuple[str, ...]
    ngrams: tuple[str, ...]
    idf: NDArray[np.float32]
    weights: NDArray[np.float32]  # (items, 1 + ngrams), bias first

    @cached_property
    def _counter(self) -> Any:  # noqa: ANN401 -- scikit-learn is untyped
        counter = vectoriser(self.ngrams)
        counter.idf_ = self.idf.astype(np.float64)
        return counter

    def shares(self, paragraphs: Sequence[str]) -> list[dict[str, float]]:
        """Return for each paragraph the probability of every item, summing to 1."""
        if not paragraphs:
            return []
        counts = self._counter.transform([masked(p) for p in paragraphs])
        logits = counts @ self.weights[:, 1:].T.astype(np.float64) + self.weights[:, 0]
        values = np.exp(logits - logits.max(axis=1, keepdims=True))
        values /= values.sum(axis=1, keepdims=True)
        return [dict(zip(self.items, map(float, row), strict=True)) for row in np.asarray(values)]


def artefact(policy_id: str) -> Path:
    """Return where the model of a pack lies."""
    return DATA / f"content-{policy_id}.npz"


@cache
def content_model(policy_id: str) -> ContentModel | None:
    """Return the model of a pack; None where none was trained: nothing is then read from contents."""
    path = artefact(policy_id)
    if not path.exists():
        return None
    with np.load(path, allow_pickle=False) as stored:
        meta = json.loads(bytes(stored["meta"]).decode())
        return ContentModel(
            tuple(meta["items"]), tuple(meta["ngrams"]), stored["idf"], stored["weights"].astype(np.float32)
        )
