"""Judges single passages against the negative list: words of the pack, context of the clause, a trained model.

Three layers (docs/judgement.md):
1. words: concepts of the pack's lexicon; a passage in whose words a rule's gate does not open must be the surer;
2. context: clause attributes (negated, quoted, past, other_owner …) as features beside the words;
3. model: per rule a logistic regression over character n-grams, lexicon and context features and the sentence vector,
   trained by `models.training.train` on `models/training/negative`, stored as arrays (no pickles). A first, cheap model
   without sentence vectors passes on what deserves the second: most sentences of a plan are never embedded.
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
KEPT = 100_000  # most frequent n-grams; more of them cost megabytes and change nothing
FIRST = 0.12  # probability of the first model from which a passage is embedded and judged again
FIRST_GATED = 0.05  # the same where the rule's vocabulary stands in the passage


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the judge says of one passage under one rule."""

    rule: str
    score: float  # probability that a reviewer would report it, 0..1
    gated: bool  # the rule's own vocabulary stands in the passage
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
    for pattern in analysis.patterns:
        out[f"s:{pattern}"] = 1.0
        out[f"s:{pattern.partition(':')[0]}"] = 1.0
    if analysis.clauses:
        for attribute in analysis.clauses[-1].attributes:
            out[f"last:{attribute}"] = 1.0
    return out


def gated(analysis: Analysis, rules: Mapping[str, Any]) -> frozenset[str]:
    """Return the rules of a lexicon whose vocabulary stands in the passage."""
    concepts = analysis.concepts
    return frozenset(r for r, spec in rules.items() if any(set(g) <= concepts for g in spec["gate"]))


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
        self._language = Language(lexicon, field_words)
        self._embedder = embedder
        self._artefact = artefact
        self._silences = {
            rule: re.compile("|".join(spec["silences"])) for rule, spec in self.rules.items() if spec.get("silences")
        }

    def lacks(self, rule: str, analysis: Analysis) -> bool:
        """Tell whether a passage lacks a concept without which the rule cannot be broken."""
        return not set(self.rules[rule].get("needs", ())) <= analysis.concepts

    def silenced(self, rule: str, text: str) -> bool:
        """Tell whether a passage takes itself back under a rule, with no 但 behind it."""
        said = self._silences[rule].search(text) if rule in self._silences else None
        return said is not None and not re.search(r"[，；。](?:但|却|然而|不过)", text[said.end() :])

    def judge(self, texts: Sequence[str]) -> list[tuple[Verdict, ...]]:
        """Return for each text the verdicts of the rules that may apply to it."""
        analyses = [self._language.analyse(t) for t in texts]
        gates = [gated(a, self.rules) for a in analyses]
        first = self._model.first(analyses)
        chosen = [
            i for i, (gate, row) in enumerate(zip(gates, first, strict=True))
            if max(row.values()) >= FIRST or any(row.get(r, 0.0) >= FIRST_GATED for r in gate)
        ]  # fmt: skip
        second = self._model.second([analyses[i] for i in chosen], self._embedder)
        out: list[tuple[Verdict, ...]] = [()] * len(texts)
        for i, row in zip(chosen, second, strict=True):
            analysis = analyses[i]
            out[i] = tuple(
                Verdict(
                    r, 0.0 if self.lacks(r, analysis) or self.silenced(r, texts[i]) else score, r in gates[i],
                    analysis.concepts, analysis.attributes,
                )
                for r, score in row.items()
            )  # fmt: skip
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
    cheap: NDArray[np.float32]  # (rules, 1 + ngrams + names + dimensions), bias first; no vectors
    weights: NDArray[np.float32]  # the same, with vectors

    def matrix(self, analyses: Sequence[Analysis], vectors: NDArray[np.float32]) -> Any:  # noqa: ANN401 -- scipy
        """Return the feature matrix (n, ngrams + names + dimensions)."""
        return assemble(
            [mask(a.text) for a in analyses], [features(a) for a in analyses], vectors - self.mean, self._blocks
        )

    @cached_property
    def _blocks(self) -> Blocks:
        return Blocks.known(self.ngrams, self.idf, self.names, self.scales)

    def first(self, analyses: Sequence[Analysis]) -> list[dict[str, float]]:
        """Return every rule's probability by words and context alone."""
        return self._scores(analyses, np.zeros((len(analyses), len(self.mean)), np.float32) + self.mean, self.cheap)

    def second(self, analyses: Sequence[Analysis], embedder: Embedder | None) -> list[dict[str, float]]:
        """Return every rule's probability with the sentence vectors; without an embedder, the first model's."""
        if embedder is None:
            return self.first(analyses)
        return self._scores(analyses, embedder.encode([a.text for a in analyses], "query"), self.weights)

    def _scores(
        self, analyses: Sequence[Analysis], vectors: NDArray[np.float32], weights: NDArray[np.float32]
    ) -> list[dict[str, float]]:
        if not analyses:
            return []
        logits = self.matrix(analyses, vectors) @ weights[:, 1:].T.astype(np.float64) + weights[:, 0]
        values = 1 / (1 + np.exp(-np.asarray(logits)))
        return [{r: round(float(v), 4) for r, v in zip(self.rules, row, strict=True)} for row in values]

    @classmethod
    def load(cls, path: Path) -> Model:
        """Read the arrays that `models.training.train` wrote."""
        with np.load(path, allow_pickle=False) as stored:
            meta = json.loads(bytes(stored["meta"]).decode())
            return cls(
                tuple(meta["rules"]), tuple(meta["ngrams"]), stored["idf"], tuple(meta["names"]),
                stored["mean"], stored["scales"],
                stored["cheap"].astype(np.float32), stored["weights"].astype(np.float32),
            )  # fmt: skip


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
        from sklearn.feature_extraction import DictVectorizer  # 1 s to import
        from sklearn.feature_extraction.text import TfidfVectorizer

        tfidf = TfidfVectorizer(
            analyzer="char", ngram_range=NGRAMS, min_df=3, max_features=KEPT, sublinear_tf=True, lowercase=False
        )
        tfidf.fit(texts)
        dicts = DictVectorizer(sort=True)
        dicts.fit(feats)
        return cls(tfidf, dicts, np.array(scales, np.float32))

    @classmethod
    def known(
        cls, ngrams: Sequence[str], idf: NDArray[np.float32], names: Sequence[str], scales: NDArray[np.float32]
    ) -> Blocks:
        """Rebuild the blocks from stored vocabularies."""
        from sklearn.feature_extraction import DictVectorizer
        from sklearn.feature_extraction.text import TfidfVectorizer

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
    from scipy.sparse import csr_matrix, hstack

    a, b, c = (float(s) for s in blocks.scales)
    counted = blocks.dicts.transform(feats)
    return hstack([blocks.tfidf.transform(texts) * a, counted * b, csr_matrix(vectors * c)]).tocsr()
