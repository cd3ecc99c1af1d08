"""Judges single passages against the negative list: words of the pack, context of the clause, a trained model.

Three layers (docs/judgement.md):
1. words: concepts of the pack's lexicon; a passage in whose words a rule's gate does not open must be the surer;
2. context: clause attributes (negated, quoted, past, other_owner …) as features beside the words;
3. model: per rule a logistic regression over character n-grams and those features (`models.training.train`), and a
   sentence encoder taught on the same texts with a head a rule (`models.training.tuning`); their logits are averaged.
   Both are stored as arrays (no pickles). What the regression finds quite harmless is never embedded: most of a plan.
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

from models.e5.adapted import HEAD, JUDGING
from models.embedder import Embedder
from models.language import Analysis, Language

ARTEFACT = Path(__file__).parent / "data" / "negative.npz"
NGRAMS = (1, 4)
KEPT = 100_000  # most frequent n-grams; more of them cost megabytes and change nothing
FIRST = 0.05  # probability of the regression from which a passage is embedded and judged again
FIRST_GATED = 0.02  # the same where the rule's vocabulary stands in the passage
_TURNS = re.compile("[，；。](?:但|却|然而|不过|另[查据悉有]|又据|据悉|后又|后经)")  # what was said so far is not all
_SOURCE = re.compile(
    "^[(（][^()（）]{0,8}(?:函|复函|纪要|通知|意见|批复|答复|附件|摘录|节选)[)）](?=.{8})"
)  # （省厅函）…
SHARE = 0.4  # of the encoder in the averaged logit; by texts of hands neither had seen


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
        """`lexicon`: the pack's concepts and gates; `embedder`: the encoder taught to judge (models.e5.convert.JUDGE).

        Without an embedder the regression judges alone; whoever makes the judge says so.
        """
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
        """Tell whether a passage takes itself back under a rule, with no 但 and no other word of it behind."""
        said = self._silences[rule].search(text) if rule in self._silences else None
        return said is not None and not _TURNS.search(text[said.end() :])

    def judge(self, texts: Sequence[str]) -> list[tuple[Verdict, ...]]:
        """Return for each text the verdicts of the rules that may apply to it; what paper it is from is not judged."""
        texts = [_SOURCE.sub("", t) for t in texts]
        analyses = [self._language.analyse(t) for t in texts]
        gates = [gated(a, self.rules) for a in analyses]
        logits = self._model.by_words(analyses)
        first = 1 / (1 + np.exp(-logits))
        rules = self._model.rules
        chosen = [
            i for i, gate in enumerate(gates)
            if first[i].max() >= FIRST or any(first[i, rules.index(r)] >= FIRST_GATED for r in gate)
        ]  # fmt: skip
        out: list[tuple[Verdict, ...]] = [()] * len(texts)
        for i, row in zip(chosen, self._scores(logits[chosen], [texts[i] for i in chosen]), strict=True):
            analysis = analyses[i]
            out[i] = tuple(
                Verdict(
                    r, 0.0 if self.lacks(r, analysis) or self.silenced(r, texts[i]) else round(float(score), 4),
                    r in gates[i], analysis.concepts, analysis.attributes,
                )
                for r, score in zip(rules, row, strict=True)
            )  # fmt: skip
        return out

    def _scores(self, by_words: NDArray[np.float64], texts: Sequence[str]) -> NDArray[np.float64]:
        """Return probabilities (n, rules) of passages whose logits by words are known."""
        logits = by_words
        if self._embedder is not None and texts:
            read = self._head.logits(self._embedder.encode(texts, "query"), self._model.rules)
            logits = (1 - SHARE) * by_words + SHARE * read
        return np.asarray(1 / (1 + np.exp(-logits)))

    @cached_property
    def _model(self) -> Model:
        return Model.load(self._artefact)

    @cached_property
    def _head(self) -> Head:
        return Head.load(JUDGING)


@dataclass(frozen=True)
class Head:
    """Per-rule linear weights over the vectors of the encoder taught to judge."""

    rules: tuple[str, ...]
    weights: NDArray[np.float32]  # (rules, dimensions)
    bias: NDArray[np.float32]  # (rules,)

    def logits(self, vectors: NDArray[np.float32], rules: Sequence[str]) -> NDArray[np.float64]:
        """Return (n, rules), in the order of the rules asked for."""
        order = [self.rules.index(r) for r in rules]
        return np.asarray(vectors.astype(np.float64) @ self.weights[order].T + self.bias[order])

    @classmethod
    def load(cls, path: Path) -> Head:
        """Read what `models.training.tuning` wrote beside the layers."""
        with np.load(path, allow_pickle=False) as stored:
            rules = tuple(json.loads(bytes(stored[f"{HEAD}rules"].astype(np.uint8)).decode()))
            return cls(rules, stored[f"{HEAD}w"], stored[f"{HEAD}b"])


@dataclass(frozen=True)
class Model:
    """Per-rule linear weights over n-grams and lexicon and context features."""

    rules: tuple[str, ...]
    ngrams: tuple[str, ...]  # vocabulary, in order
    idf: NDArray[np.float32]
    names: tuple[str, ...]  # lexicon and context features, in order
    scales: NDArray[np.float32]  # weights of the two blocks
    weights: NDArray[np.float32]  # (rules, 1 + ngrams + names), bias first

    def by_words(self, analyses: Sequence[Analysis]) -> NDArray[np.float64]:
        """Return logits (n, rules)."""
        if not analyses:
            return np.zeros((0, len(self.rules)))
        matrix = assemble([mask(a.text) for a in analyses], [features(a) for a in analyses], self._blocks)
        return np.asarray(matrix @ self.weights[:, 1:].T.astype(np.float64) + self.weights[:, 0])

    @cached_property
    def _blocks(self) -> Blocks:
        return Blocks.known(self.ngrams, self.idf, self.names, self.scales)

    @classmethod
    def load(cls, path: Path) -> Model:
        """Read the arrays that `models.training.train` wrote."""
        with np.load(path, allow_pickle=False) as stored:
            meta = json.loads(bytes(stored["meta"]).decode())
            return cls(
                tuple(meta["rules"]), tuple(meta["ngrams"]), stored["idf"], tuple(meta["names"]), stored["scales"],
                stored["weights"].astype(np.float32),
            )  # fmt: skip


@dataclass(frozen=True)
class Blocks:
    """The two feature blocks, fitted or known."""

    tfidf: Any
    dicts: Any
    scales: NDArray[np.float32]

    @classmethod
    def fitted(cls, texts: Sequence[str], feats: Sequence[Mapping[str, float]], scales: tuple[float, float]) -> Blocks:
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


def assemble(texts: Sequence[str], feats: Sequence[Mapping[str, float]], blocks: Blocks) -> Any:  # noqa: ANN401
    """Stack the blocks, each scaled, into one sparse matrix (scipy is untyped)."""
    from scipy.sparse import hstack

    a, b = (float(s) for s in blocks.scales)
    return hstack([blocks.tfidf.transform(texts) * a, blocks.dicts.transform(feats) * b]).tocsr()
