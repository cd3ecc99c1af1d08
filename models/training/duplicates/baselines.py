"""What a word search, a ranking function and the plain model make of the same pairs, for comparison."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.float64]
_K1, _B = 1.5, 0.75


def tfidf(proposals: Sequence[str], systems: Sequence[str]) -> Numbers:
    """Return cosines of TF-IDF vectors over character 2- to 4-grams, (proposals, systems)."""
    from sklearn.feature_extraction.text import TfidfVectorizer

    vectorizer = TfidfVectorizer(analyzer="char", ngram_range=(2, 4), sublinear_tf=True)
    rows = vectorizer.fit_transform([*systems, *proposals])
    return np.asarray((rows[len(systems) :] @ rows[: len(systems)].T).toarray(), np.float64)


def bm25(proposals: Sequence[str], systems: Sequence[str]) -> Numbers:
    """Return BM25 scores over jieba's words, divided by each proposal's own best possible score."""
    import jieba

    documents = [Counter(w for w in jieba.cut(text) if len(w) > 1) for text in systems]
    average = sum(sum(d.values()) for d in documents) / len(documents)
    holders = Counter(word for d in documents for word in d)
    rows = []
    for text in proposals:
        words = sorted({w for w in jieba.cut(text) if len(w) > 1})
        weights = {w: math.log(1 + (len(documents) - holders[w] + 0.5) / (holders[w] + 0.5)) for w in words}
        total = sum(weights.values()) or 1.0
        rows.append([sum(weights[w] * _saturated(d, w, average) for w in words) / total for d in documents])
    return np.array(rows, np.float64)


def _saturated(document: Counter[str], word: str, average: float) -> float:
    count = document[word]
    length = 1 - _B + _B * sum(document.values()) / average
    return count * (_K1 + 1) / (count + _K1 * length)
