"""Which systems come near a proposal: functions against functions, and both as wholes. Nothing is decided here.

Exact search over all vectors in memory: a register of some thousand systems takes milliseconds.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from functools import cached_property

import numpy as np

from corpus.register.similarity import (
    Array,
    centred,
    clauses,
    lexical,
    passage_mean,
    placeless,
    query_mean,
    unique,
)
from models.domain.register import Candidate, FunctionMatch, System
from models.domain.submission import Function
from models.embedder import Embedder
from models.functions import MATCHED, weight
from models.text import squash

LEXICAL = 0.15  # what shared characters may add to a function's cosine
WHOLE = (0.1, 0.55)  # whole-text cosines that count as nothing and as all
LEAD_SHARE = 0.1  # what one standard deviation of lead is worth beside a score
CROWD = 30  # systems from which one can stand out
_LONGEST = 120  # characters of a function's text that are compared


@dataclass(frozen=True, slots=True)
class _Index:
    """Vectors of all systems: their functions one after another, and each as a whole."""

    texts: tuple[str, ...]
    owners: Array  # system number of each text
    vectors: Array  # centred
    wholes: Array  # centred, one a system
    query_mean: Array


class SystemIndex:
    """The register as analyzers ask for it; vectors are made at the first question."""

    def __init__(self, systems: Sequence[System], embedder: Embedder | None) -> None:
        """Without an embedder only shared characters count."""
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
        """Return the systems nearest to a proposal, best first; () where it names no functions."""
        if not self._systems or not functions:
            return ()
        scores, texts, owners = self._compare(functions)
        wholes = self._whole(title, functions)
        nearest = [
            own[scores[:, own].argmax(axis=1)] for own in (np.flatnonzero(owners == n) for n in range(self.size))
        ]
        leads = _leads(np.stack([scores[np.arange(len(functions)), best] for best in nearest]), functions)
        found = []
        for number, system in enumerate(self._systems):
            best = nearest[number]
            made = _candidate(system, functions, float(wholes[number]), [(texts[b], b) for b in best], scores)
            found.append(replace(made, lead=round(float(leads[number]), 3)))
        found.sort(key=lambda c: (-max(c.score, c.lead * LEAD_SHARE), c.system.id))
        return tuple(found[:top])

    def search_text(self, text: str, top: int = 20) -> tuple[tuple[System, float], ...]:
        """Return the systems nearest to any words, with a score of at most 1, best first."""
        if not self._systems or not text.strip():
            return ()
        if self._embedder is None:
            scores = np.array([lexical(text, f"{s.name}{s.description}{''.join(s.functions)}") for s in self._systems])
        else:
            row = centred(self._embedder.encode([text], "query"), self._index.query_mean)
            parts = (row @ self._index.vectors.T)[0]
            best = np.full(self.size, -1.0, np.float32)
            np.maximum.at(best, self._index.owners.astype(int), parts)
            scores = np.maximum(best, (row @ self._index.wholes.T)[0])
            scores = scores + LEXICAL * np.array([lexical(text, s.name) for s in self._systems])
        ranked = sorted(zip(self._systems, scores.tolist(), strict=True), key=lambda pair: (-pair[1], pair[0].id))
        return tuple((system, round(min(score, 1.0), 4)) for system, score in ranked[:top])

    @cached_property
    def _parts(self) -> tuple[tuple[str, ...], Array]:
        """What each system does, text by text, and the number of the system each text belongs to."""
        listed = [unique([*s.functions, *clauses(s.description)]) or [s.name] for s in self._systems]
        owners = np.repeat(np.arange(len(listed)), [len(texts) for texts in listed])
        return tuple(text for texts in listed for text in texts), owners.astype(np.float32)

    @cached_property
    def _index(self) -> _Index:
        embedder = self._embedder
        if embedder is None:  # callers ask only where there is one
            raise ValueError("no embedder")
        texts, owners = self._parts
        wholes = [f"{placeless(s.name)}：{'；'.join([*clauses(s.description), *s.functions])}" for s in self._systems]
        raw = embedder.encode([*texts, *wholes], "passage")
        items, bodies = raw[: len(texts)], raw[len(texts) :]
        return _Index(
            texts,
            owners,
            centred(items, passage_mean(embedder, items)),
            centred(bodies, passage_mean(embedder, bodies)),
            query_mean(embedder),
        )

    def _compare(self, functions: Sequence[Function]) -> tuple[Array, tuple[str, ...], Array]:
        """Score every function of the proposal against every text of every system, (n, m)."""
        texts, owners = self._parts
        shared = np.array([[lexical(f.name, t) for t in texts] for f in functions], np.float32)
        if self._embedder is None:
            return shared, texts, owners
        index = self._index
        names = centred(self._embedder.encode([f.name for f in functions], "query"), index.query_mean)
        full = centred(self._embedder.encode([f.text[:_LONGEST] for f in functions], "query"), index.query_mean)
        near = (names @ index.vectors.T + full @ index.vectors.T) / 2
        return np.asarray(np.minimum(near + LEXICAL * shared, 1.0), np.float32), texts, owners

    def _whole(self, title: str, functions: Sequence[Function]) -> Array:
        """Compare the proposal as a whole with each system as a whole."""
        if self._embedder is None:
            names = "".join(f.name for f in functions)
            return np.array([lexical(title + names, s.name + s.description) for s in self._systems], np.float32)
        text = f"{placeless(title)}：{'；'.join(f.text[:_LONGEST] for f in functions)}"
        row = centred(self._embedder.encode([text], "query"), self._index.query_mean)
        return np.asarray((row @ self._index.wholes.T)[0], np.float32)


def _leads(best: Array, functions: Sequence[Function]) -> Array:
    """Return how far each system stands out, (systems,): best cosines (systems, functions) against the register's own.

    A function that half the register offers (派单, 统计) lifts no system above the others; one that a single system has
    does. Meaningless where there are few systems to stand out from: zeros then.
    """
    if len(best) < CROWD:
        return np.zeros(len(best), np.float32)
    spread = np.maximum(best.std(axis=0), 1e-3)
    weights = np.array([weight(f.name) for f in functions])
    lead = ((best - best.mean(axis=0)) / spread * weights).sum(axis=1) / weights.sum()
    return np.asarray((lead - lead.mean()) / max(float(lead.std()), 1e-3), np.float32)


def open_register(systems: Sequence[System], embedder: Embedder | None) -> SystemIndex:
    """Return the register over these systems."""
    return SystemIndex(systems, embedder)


def _candidate(
    system: System, functions: Sequence[Function], whole: float, best: list[tuple[str, int]], scores: Array
) -> Candidate:
    weights = np.array([weight(f.name) for f in functions])
    values = np.array([float(scores[i, column]) for i, (_, column) in enumerate(best)])
    coverage = float((weights * (values >= MATCHED)).sum() / weights.sum())
    depth = float((weights * np.clip(values / MATCHED, 0, 1.5)).sum() / weights.sum()) / 1.5
    together = min(max((whole - WHOLE[0]) / (WHOLE[1] - WHOLE[0]), 0.0), 1.0)
    matches = tuple(
        FunctionMatch(function, text, round(value, 4), _kind(function.name, text))
        for function, (text, _), value in zip(functions, best, values.tolist(), strict=True)
    )
    matches = tuple(sorted(matches, key=lambda m: -m.score))
    score = round((together + coverage + depth) / 3, 4)
    return Candidate(system, score, round(whole, 4), round(coverage, 4), matches)


def _kind(name: str, text: str) -> str:
    ours, theirs = squash(name), squash(text)
    return "verbatim" if len(ours) >= 4 and (ours in theirs or (len(theirs) >= 4 and theirs in ours)) else "semantic"
