"""Which systems come near a proposal: functions against functions, and both as wholes.

The register's engine names the systems of a first pass (`ports.Vectors.first`), all of a small register; what follows
is exact. Every candidate carries the calibrated probabilities of `models.likeness`; what they mean for this unit and
this register is for the analyzer to say.
"""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np

from corpus.register.arrays import ArrayVectors
from corpus.register.embedding import embedded
from corpus.register.listed import Listed
from corpus.register.names import Names
from corpus.register.ports import Rows, State, Systems, Vectors
from corpus.register.store import RegisterStore
from models.domain.register import Candidate, FunctionMatch, System
from models.domain.submission import Function
from models.embedder import Embedder
from models.functions import weight
from models.likeness import Crowd, Decision, Measured, Proposed, Shelf, load_crowd, load_decision, measure, propose
from models.likeness.background import Plans, load_plans
from models.likeness.crowd import Array, centred
from models.likeness.features import FEATURES, crowd_shelf, direction, shortlist
from models.likeness.texts import lexical, placeless, proposal_whole, system_texts, system_whole
from models.text import squash

FIRST = 4000  # systems the first pass leaves; benchmarks/scale.py compares with all
SEARCHED = 500  # the same for a search by words
LEXICAL = 0.15  # what shared characters may add to a search word's cosine
_NAMED = 200  # systems whose names share most with a search word, looked at besides
_LONGEST = 120  # characters of a function's text that are compared
_MATCHED = 0.5  # probability from which two functions are taken for the same
_WHOLE = FEATURES.index("whole")
_PIECE = 2000  # systems embedded and written at a time


@dataclass(frozen=True, slots=True)
class Yardstick:
    """What systems are measured by: the crowd, also as a shelf, other plans, and what decides."""

    crowd: Crowd
    others: Shelf
    plans: Plans
    decision: Decision


class SystemIndex:
    """The register as analyzers ask for it; vectors are made at the first question."""

    def __init__(self, systems: Systems, embedder: Embedder | None, store: RegisterStore | None = None) -> None:
        """Without an embedder no proposal can be compared; words are then searched by shared characters.

        `store`: whose engine keeps the vectors; without one they are made in memory.
        """
        self._systems, self._embedder, self._store = systems, embedder, store
        self._state = systems.state()
        self._named: tuple[State, Names] | None = None
        self._lock = threading.Lock()

    @property
    def size(self) -> int:
        """How many systems there are."""
        return self._state.size

    @property
    def sha256(self) -> str:
        """Hash of the register's content, "" when empty."""
        return self._state.sha256

    def refresh(self) -> None:
        """Take notice of what others wrote since."""
        self._state = self._systems.state()

    def units(self) -> tuple[str, ...]:
        """Return the names of units as the rows have them."""
        return self._systems.units()

    def of_units(self, units: Sequence[str]) -> tuple[System, ...]:
        """Return the systems of units, named as the rows name them."""
        return self._systems.of_units(units)

    def near(self, title: str, functions: Sequence[Function], top: int = 20) -> tuple[Candidate, ...]:
        """Return the systems nearest to a proposal, best first; () where it names no functions or nothing can embed."""
        if not self.size or not functions or self._embedder is None:
            return ()
        systems, shelf, measured = self._measured(self._proposed(title, functions, self._embedder))
        if not systems:
            return ()
        same = self._yardstick.decision.same.probability(measured.features)
        mainly = self._yardstick.decision.mainly.probability(measured.features)
        found = []
        for at in np.argsort(-same, kind="stable")[:top].tolist():
            number = int(measured.systems[at])
            matches = self._matches(functions, measured, (systems[number], shelf, number))
            weights = np.array([weight(m.function.name) for m in matches])
            covered = float(sum(w for w, m in zip(weights, matches, strict=True) if m.same) / weights.sum())
            found.append(
                Candidate(
                    systems[number],
                    score=round(float(same[at]), 4),
                    whole=round(float(measured.features[at, _WHOLE]), 4),
                    coverage=round(covered, 4),
                    matches=tuple(sorted(matches, key=lambda m: -m.score)),
                    mainly=round(float(mainly[at]), 4),
                    features=tuple(round(value, 3) for value in measured.features[at].tolist()),
                )
            )
        return tuple(found)

    def _measured(self, proposed: Proposed, first: int = FIRST) -> tuple[tuple[System, ...], Shelf, Measured]:
        """Return the shortlisted systems, their vectors, and how they compare."""
        yardstick, vectors = self._yardstick, self._fresh()
        rows = vectors.rows(vectors.first(direction(proposed, yardstick.others), first))
        chosen = shortlist(proposed, _shelf(rows), yardstick.others) if rows.ids else np.zeros(0, np.int64)
        systems = self._systems.get([rows.ids[n] for n in chosen.tolist()])  # in the order of ids, whoever found them
        rows = _such(rows, systems)
        wholes = tuple(system_whole(s.name, s.description, s.functions) for s in systems)
        shelf = _shelf(rows, wholes, tuple(s.name for s in systems))
        if not systems:
            return (), shelf, Measured(chosen, np.zeros((0, len(FEATURES))), rows.texts, rows.texts)
        return systems, shelf, measure(proposed, shelf, (yardstick.others, yardstick.plans), yardstick.crowd.words)

    def search_text(self, text: str, top: int = 20) -> tuple[tuple[System, float], ...]:
        """Return the systems nearest to any words, with a score of at most 1, best first."""
        if not self.size or not text.strip():
            return ()
        if self._embedder is None:
            listed = self._systems.systems()
            scores = [lexical(text, f"{s.name}{s.description}{''.join(s.functions)}") for s in listed]
            scored = {s.id: score for s, score in zip(listed, scores, strict=True)}
        else:
            row = centred(self._embedder.encode([text], "query"), self._yardstick.crowd.query_mean)[0]
            scored = self._scored(text, row)
        ranked = sorted(scored.items(), key=lambda pair: (-pair[1], pair[0]))[:top]
        found = {s.id: s for s in self._systems.get([number for number, _ in ranked])}
        return tuple((found[number], round(min(score, 1.0), 4)) for number, score in ranked if number in found)

    def _scored(self, text: str, row: Array) -> dict[str, float]:
        """Return the scores of the systems that words may mean."""
        vectors, names = self._fresh(), self._names()
        nearest = vectors.first(np.concatenate([row, row]), SEARCHED)
        rows = vectors.rows(tuple({*nearest, *names.nearest(text, _NAMED)}))
        if not rows.ids:
            return {}
        best = np.maximum.reduceat(rows.texts @ row, np.cumsum(rows.counts) - rows.counts)
        told, shared = np.maximum(best, rows.wholes @ row), names.scores(text)
        kept = [(n, number, names.place[number]) for n, number in enumerate(rows.ids) if number in names.place]
        return {number: float(told[n]) + LEXICAL * float(shared[at]) for n, number, at in kept}

    def _names(self) -> Names:
        if self._named is None or self._named[0] != self._state:
            self._named = (self._state, Names(self._systems.names()))
        return self._named[1]

    @cached_property
    def _yardstick(self) -> Yardstick:
        if self._embedder is None:  # callers ask only where there is one
            raise ValueError("no embedder")
        crowd = load_crowd(self._embedder)
        plans = load_plans(self._embedder, crowd.query_mean)
        return Yardstick(crowd, crowd_shelf(crowd), plans, load_decision())

    @cached_property
    def _vectors(self) -> Vectors:
        crowd = self._yardstick.crowd
        width = len(crowd.passage_mean)
        if self._store is None or self._embedder is None:
            return ArrayVectors(width)
        means = crowd.passage_mean.tobytes() + crowd.name_mean.tobytes()
        space = hashlib.sha256(self._embedder.name.encode() + means).hexdigest()[:16]
        return self._store.vectors(space, width)

    def _fresh(self) -> Vectors:
        """Return the vectors of the state this index stands for, made where they are missing."""
        with self._lock:
            vectors, wanted = self._vectors, self._state.revision
            known = vectors.revision
            if known is None or known.register != wanted.register or known.number < wanted.number:
                self._write(vectors)
            return vectors

    def _write(self, vectors: Vectors) -> None:
        if self._embedder is None:
            return
        now = self._systems.state().revision  # what is read below is of this moment or later
        changed = self._systems.changed(vectors.revision)
        for at in range(0, max(len(changed), 1), _PIECE):
            some = changed[at : at + _PIECE]
            systems = self._systems.get(some)
            left = sorted(set(some) - {s.id for s in systems})
            vectors.write(embedded(systems, self._embedder, self._yardstick.crowd), left, now)
        vectors.settle(now)

    def _proposed(self, title: str, functions: Sequence[Function], embedder: Embedder) -> Proposed:
        said = [f.text[:_LONGEST] for f in functions]
        names = embedder.encode([f.name for f in functions], "query")
        both = np.asarray((names + embedder.encode(said, "query")) / 2, np.float32)
        whole = embedder.encode([proposal_whole(title, said)], "query")[0]
        called = embedder.encode([placeless(title)], "query")[0]
        weights = [weight(f.name) for f in functions]
        return propose((both, whole, called), weights, (title, "；".join(said)), self._yardstick.crowd)

    def _matches(
        self, functions: Sequence[Function], measured: Measured, of: tuple[System, Shelf, int]
    ) -> tuple[FunctionMatch, ...]:
        """Return each function with the system's text that comes nearest, and whether they are taken for the same."""
        system, shelf, number = of
        texts, _ = system_texts(system.name, system.description, system.functions)
        cosines: Array = measured.cosines[:, shelf.texts_of(number)]
        best = cosines.argmax(axis=1)
        nearest = cosines[np.arange(len(functions)), best]
        pairs = np.stack([nearest, measured.leads[:, number]], axis=1).astype(np.float64)
        sure = self._yardstick.decision.pair.probability(pairs)
        out = []
        for i, function in enumerate(functions):
            text = texts[min(int(best[i]), len(texts) - 1)]  # a row changed in between may have fewer
            kind = _kind(function.name, text)
            same = bool(sure[i] >= _MATCHED) or kind == "verbatim"
            out.append(FunctionMatch(function, text, round(float(sure[i]), 4), kind, same))
        return tuple(out)


def open_register(systems: Sequence[System], embedder: Embedder | None) -> SystemIndex:
    """Return the register over these systems, in memory."""
    return SystemIndex(Listed(systems), embedder)


def open_stored(where: str | Path, embedder: Embedder | None) -> SystemIndex:
    """Return the stored register at an address; its engine keeps the vectors.

    Raises:
        RegisterError: it cannot be opened.
        InstallationError: the driver of this database is missing.
    """
    store = RegisterStore(where)
    return SystemIndex(store, embedder, store)


def _shelf(rows: Rows, wholes: tuple[str, ...] = (), names: tuple[str, ...] = ()) -> Shelf:
    starts = np.cumsum(rows.counts) - rows.counts
    return Shelf(rows.texts, starts, rows.functions, rows.wholes, rows.names, wholes, names)


def _such(rows: Rows, systems: Sequence[System]) -> Rows:
    """Return the rows of these systems, in the order of ids."""
    place = {number: at for at, number in enumerate(rows.ids)}
    kept = [place[s.id] for s in systems]
    starts = np.cumsum(rows.counts) - rows.counts
    texts = [rows.texts[starts[n] : starts[n] + rows.counts[n]] for n in kept]
    return Rows(
        tuple(s.id for s in systems), rows.counts[kept], rows.functions[kept],
        np.concatenate([rows.texts[:0], *texts]), rows.wholes[kept], rows.names[kept],
    )  # fmt: skip


def _kind(name: str, text: str) -> str:
    ours, theirs = squash(name), squash(text)
    return "verbatim" if len(ours) >= 4 and (ours in theirs or (len(theirs) >= 4 and theirs in ours)) else "semantic"
