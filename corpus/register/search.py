"""Which systems come near a proposal: functions against functions, and both as wholes.

Exact search over all vectors in memory. Every candidate carries the calibrated probabilities of `models.likeness`;
what they mean for this unit and this register is for the analyzer to say.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from functools import cached_property

import numpy as np

from models.domain.register import Candidate, FunctionMatch, System
from models.domain.submission import Function
from models.embedder import Embedder
from models.functions import weight
from models.likeness import Crowd, Decision, Measured, Proposed, Shelf, load_crowd, load_decision, measure, propose
from models.likeness.crowd import Array, centred
from models.likeness.features import FEATURES, crowd_shelf, shelve
from models.likeness.texts import lexical, placeless, proposal_whole, system_texts, system_whole
from models.text import squash

LEXICAL = 0.15  # what shared characters may add to a search word's cosine
_LONGEST = 120  # characters of a function's text that are compared
_MATCHED = 0.5  # probability from which two functions are taken for the same
_WHOLE = FEATURES.index("whole")


@dataclass(frozen=True, slots=True)
class _Index:
    """All systems as vectors, the crowd beside them, and what decides."""

    texts: tuple[str, ...]
    shelf: Shelf
    crowd: Crowd
    others: Shelf
    decision: Decision


class SystemIndex:
    """The register as analyzers ask for it; vectors are made at the first question."""

    def __init__(self, systems: Sequence[System], embedder: Embedder | None) -> None:
        """Without an embedder no proposal can be compared; words are then searched by shared characters."""
        self._systems = tuple(sorted(systems, key=lambda s: s.id))
        self._embedder = embedder

    @property
    def size(self) -> int:
        """How many systems there are."""
        return len(self._systems)

    @cached_property
    def sha256(self) -> str:
        """Hash of the register's content, "" when empty."""
        if not self._systems:
            return ""
        content = json.dumps([asdict(s) for s in self._systems], ensure_ascii=False, sort_keys=True)
        return hashlib.sha256(content.encode("utf-8", "surrogatepass")).hexdigest()

    def systems(self) -> tuple[System, ...]:
        """Return all systems in the order of their ids."""
        return self._systems

    def near(self, title: str, functions: Sequence[Function], top: int = 20) -> tuple[Candidate, ...]:
        """Return the systems nearest to a proposal, best first; () where it names no functions or nothing can embed."""
        if not self._systems or not functions or self._embedder is None:
            return ()
        index = self._index
        measured = measure(
            self._proposed(title, functions, self._embedder), index.shelf, index.others, index.crowd.words
        )
        same = index.decision.same.probability(measured.features)
        mainly = index.decision.mainly.probability(measured.features)
        found = []
        for at in np.argsort(-same, kind="stable")[:top].tolist():
            matches = self._matches(functions, measured, int(measured.systems[at]))
            weights = np.array([weight(m.function.name) for m in matches])
            covered = float(sum(w for w, m in zip(weights, matches, strict=True) if m.same) / weights.sum())
            found.append(
                Candidate(
                    self._systems[int(measured.systems[at])],
                    score=round(float(same[at]), 4),
                    whole=round(float(measured.features[at, _WHOLE]), 4),
                    coverage=round(covered, 4),
                    matches=tuple(sorted(matches, key=lambda m: -m.score)),
                    mainly=round(float(mainly[at]), 4),
                )
            )
        return tuple(found)

    def search_text(self, text: str, top: int = 20) -> tuple[tuple[System, float], ...]:
        """Return the systems nearest to any words, with a score of at most 1, best first."""
        if not self._systems or not text.strip():
            return ()
        if self._embedder is None:
            scores = np.array([lexical(text, f"{s.name}{s.description}{''.join(s.functions)}") for s in self._systems])
        else:
            index = self._index
            row = centred(self._embedder.encode([text], "query"), index.crowd.query_mean)[0]
            best = np.maximum.reduceat(index.shelf.vectors @ row, index.shelf.starts)
            scores = np.maximum(best, index.shelf.wholes @ row)
            scores = scores + LEXICAL * np.array([lexical(text, s.name) for s in self._systems])
        ranked = sorted(zip(self._systems, scores.tolist(), strict=True), key=lambda pair: (-pair[1], pair[0].id))
        return tuple((system, round(min(score, 1.0), 4)) for system, score in ranked[:top])

    @cached_property
    def _index(self) -> _Index:
        embedder = self._embedder
        if embedder is None:  # callers ask only where there is one
            raise ValueError("no embedder")
        listed = [system_texts(s.name, s.description, s.functions) for s in self._systems]
        texts = tuple(text for own, _ in listed for text in own)
        wholes = [system_whole(s.name, s.description, s.functions) for s in self._systems]
        names = [s.name for s in self._systems]
        crowd = load_crowd(embedder)
        raw = (
            embedder.encode(texts, "passage"),
            embedder.encode(wholes, "passage"),
            embedder.encode([placeless(name) for name in names], "passage"),
        )
        shelf = shelve(raw, [len(own) for own, _ in listed], [n for _, n in listed], (wholes, names), crowd)
        return _Index(texts, shelf, crowd, crowd_shelf(crowd), load_decision())

    def _proposed(self, title: str, functions: Sequence[Function], embedder: Embedder) -> Proposed:
        said = [f.text[:_LONGEST] for f in functions]
        names = embedder.encode([f.name for f in functions], "query")
        both = np.asarray((names + embedder.encode(said, "query")) / 2, np.float32)
        whole = embedder.encode([proposal_whole(title, said)], "query")[0]
        called = embedder.encode([placeless(title)], "query")[0]
        weights = [weight(f.name) for f in functions]
        return propose((both, whole, called), weights, (title, "；".join(said)), self._index.crowd)

    def _matches(self, functions: Sequence[Function], measured: Measured, number: int) -> tuple[FunctionMatch, ...]:
        """Return each function with the system's text that comes nearest, and whether they are taken for the same."""
        place = self._index.shelf.texts_of(number)
        cosines: Array = measured.cosines[:, place]
        best = cosines.argmax(axis=1)
        nearest = cosines[np.arange(len(functions)), best]
        pairs = np.stack([nearest, measured.leads[:, number]], axis=1).astype(np.float64)
        sure = self._index.decision.pair.probability(pairs)
        out = []
        for i, function in enumerate(functions):
            text = self._index.texts[place.start + int(best[i])]
            kind = _kind(function.name, text)
            same = bool(sure[i] >= _MATCHED) or kind == "verbatim"
            out.append(FunctionMatch(function, text, round(float(sure[i]), 4), kind, same))
        return tuple(out)


def open_register(systems: Sequence[System], embedder: Embedder | None) -> SystemIndex:
    """Return the register over these systems."""
    return SystemIndex(systems, embedder)


def _kind(name: str, text: str) -> str:
    ours, theirs = squash(name), squash(text)
    return "verbatim" if len(ours) >= 4 and (ours in theirs or (len(theirs) >= 4 and theirs in ours)) else "semantic"
