"""Judges single passages against the negative list: words of the pack, context of the clause, a trained model.

Three layers, each switchable for measurement (docs/judgement.md):
1. gate: a passage is looked at only where concepts of the pack's lexicon stand together;
2. context: clause attributes (negated, quoted, past, other_owner …) as features beside the words;
3. model: per rule a logistic regression over character n-grams, lexicon and context features and the sentence vector,
   trained by `models.training.train` on `models/training/negative`, stored as arrays (no pickles).
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from models.embedder import Embedder
from models.language import Analysis, Language

ARTEFACT = Path(__file__).parent / "data" / "negative.npz"
NGRAMS = (1, 4)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the judge says of one passage under one rule."""

    rule: str
    score: float  # probability that a reviewer would report it, 0..1
    concepts: frozenset[str]
    attributes: frozenset[str]


def mask(text: str) -> str:
    """Return the text as the model reads it: figures made alike, blanks dropped."""
    return re.sub(r"\d[\d,.]*", "0", re.sub(r"\s+", "", text))


def features(analysis: Analysis) -> dict[str, float]:
    """Return the lexicon and context features of a passage."""
    out: dict[str, float] = {}
    for clause in analysis.clauses:
        for concept in clause.concepts:
            out[f"c:{concept}"] = 1.0
            for attribute in clause.attributes:
                out[f"c:{concept}@{attribute}"] = 1.0
            for other in clause.concepts:
                if concept < other:
                    negated = "@negated" if "negated" in clause.attributes else ""
                    out[f"p:{concept}+{other}{negated}"] = 1.0
        for attribute in clause.attributes:
            out[f"a:{attribute}"] = 1.0
    if analysis.clauses:
        for attribute in analysis.clauses[-1].attributes:
            out[f"last:{attribute}"] = 1.0
    return out


class Judge:
    """Scores passages under every rule of the pack's lexicon."""

    def __init__(
        self,
        lexicon: Mapping[str, Any],
        field_words: Sequence[str] = (),
        embedder: Embedder | None = None,
        artefact: Path = ARTEFACT,
    ) -> None:
        """`lexicon`: the pack's concepts and gates; `embedder`: sentence vectors, the model's third part."""
        self.rules: Mapping[str, Any] = lexicon["rules"]
        self._language = Language(lexicon["concepts"], field_words)
        self._embedder = embedder
        self._artefact = artefact
        self._analyses: dict[str, Analysis] = {}

    def analyse(self, text: str) -> Analysis:
        """Return the passage's analysis, made once."""
        if text not in self._analyses:
            self._analyses[text] = self._language.analyse(text)
        return self._analyses[text]

    def gated(self, text: str) -> tuple[str, ...]:
        """Return the rules whose vocabulary stands in the passage."""
        concepts = self.analyse(text).concepts
        return tuple(r for r, spec in self.rules.items() if any(set(g) <= concepts for g in spec["gate"]))

    def judge(self, texts: Sequence[str]) -> list[tuple[Verdict, ...]]:
        """Return for each text the verdicts of the rules whose gate it passes."""
        gates = [self.gated(t) for t in texts]
        open_texts = [t for t, g in zip(texts, gates, strict=True) if g]
        scores = dict(
            zip(open_texts, self._model.scores([self.analyse(t) for t in open_texts], self._embedder), strict=True)
        )
        out = []
        for text, gate in zip(texts, gates, strict=True):
            analysis = self.analyse(text)
            out.append(tuple(Verdict(r, scores[text][r], analysis.concepts, analysis.attributes) for r in gate))
        return out

    @cached_property
    def _model(self) -> Model:
        return Model.load(self._artefact)


@dataclass(frozen=True)
class Model:
    """Per-rule linear weights over n-grams, features and sentence vectors."""

    rules: tuple[str, ...]
    ngrams: tuple[str, ...]  # vocabulary, in order
    idf: NDArray[np.float32]
    names: tuple[str, ...]  # lexicon and context features, in order
    mean: NDArray[np.float32]  # mean sentence vector, subtracted
    scales: NDArray[np.float32]  # weights of the three blocks
    weights: NDArray[np.float32]  # (rules, ngrams + names + dimensions)
    bias: NDArray[np.float32]

    def matrix(self, analyses: Sequence[Analysis], vectors: NDArray[np.float32]) -> Any:  # noqa: ANN401 -- scipy
        """Return the feature matrix (n, ngrams + names + dimensions)."""
        return assemble(
            [mask(a.text) for a in analyses], [features(a) for a in analyses], vectors - self.mean, self._blocks
        )

    @cached_property
    def _blocks(self) -> Blocks:
        return Blocks.known(self.ngrams, self.idf, self.names, self.scales)

    def scores(self, analyses: Sequence[Analysis], embedder: Embedder | None) -> list[dict[str, float]]:
        """Return the probability of every rule for every passage."""
        if not analyses:
            return []
        vectors = sentence_vectors([a.text for a in analyses], embedder, len(self.mean))
        logits = self.matrix(analyses, vectors) @ self.weights.T.astype(np.float64) + self.bias
        values = 1 / (1 + np.exp(-np.asarray(logits)))
        return [{r: round(float(v), 4) for r, v in zip(self.rules, row, strict=True)} for row in values]

    @classmethod
    def load(cls, path: Path) -> Model:
        """Read the arrays that `models.training.train` wrote."""
        with np.load(path, allow_pickle=False) as stored:
            meta = json.loads(bytes(stored["meta"]).decode())
            return cls(
                tuple(meta["rules"]), tuple(meta["ngrams"]), stored["idf"], tuple(meta["names"]),
                stored["mean"], stored["scales"], stored["weights"].astype(np.float32), stored["bias"],
            )  # fmt: skip


def sentence_vectors(texts: Sequence[str], embedder: Embedder | None, dimensions: int) -> NDArray[np.float32]:
    """Return the sentence vectors; zeros where no embedder is at hand (the caller says so in the report)."""
    if embedder is None or not dimensions:
        return np.zeros((len(texts), dimensions), np.float32)
    return embedder.encode(list(texts), "query")


@dataclass(frozen=True)
class Blocks:
    """The three feature blocks, fitted or known."""

    tfidf: Any
    dicts: Any
    scales: NDArray[np.float32]

    @classmethod
    def fitted(
        cls, texts: Sequence[str], feats: Sequence[Mapping[str, float]], scales: tuple[float, float, float]
    ) -> Blocks:
        """Learn n-grams and feature names from training texts."""
        from sklearn.feature_extraction import DictVectorizer  # noqa: PLC0415 -- 1 s to import
        from sklearn.feature_extraction.text import TfidfVectorizer  # noqa: PLC0415

        tfidf = TfidfVectorizer(analyzer="char", ngram_range=NGRAMS, min_df=2, sublinear_tf=True, lowercase=False)
        tfidf.fit(texts)
        dicts = DictVectorizer(sort=True)
        dicts.fit(feats)
        return cls(tfidf, dicts, np.array(scales, np.float32))

    @classmethod
    def known(
        cls, ngrams: Sequence[str], idf: NDArray[np.float32], names: Sequence[str], scales: NDArray[np.float32]
    ) -> Blocks:
        """Rebuild the blocks from stored vocabularies."""
        from sklearn.feature_extraction import DictVectorizer  # noqa: PLC0415
        from sklearn.feature_extraction.text import TfidfVectorizer  # noqa: PLC0415

        tfidf = TfidfVectorizer(
            analyzer="char", ngram_range=NGRAMS, sublinear_tf=True, lowercase=False,
            vocabulary={g: i for i, g in enumerate(ngrams)},
        )  # fmt: skip
        tfidf.idf_ = idf.astype(np.float64)
        dicts = DictVectorizer(sort=True)
        dicts.fit([dict.fromkeys(names, 1.0)])
        return cls(tfidf, dicts, scales)


def assemble(
    texts: Sequence[str], feats: Sequence[Mapping[str, float]], vectors: NDArray[np.float32], blocks: Blocks
) -> Any:  # noqa: ANN401 -- scipy is untyped
    """Stack the blocks, each scaled, into one sparse matrix."""
    from scipy.sparse import csr_matrix, hstack  # noqa: PLC0415

    a, b, c = (float(s) for s in blocks.scales)
    counted = blocks.dicts.transform(feats)
    return hstack([blocks.tfidf.transform(texts) * a, counted * b, csr_matrix(vectors * c)]).tocsr()
