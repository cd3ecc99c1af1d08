"""Passages that two submissions share to the letter: winnowed fingerprints find them, the words themselves prove them.

A fingerprint is the hash of twelve characters; of eight that follow one another the smallest is kept, so that a run
of nineteen characters that two texts share always leaves one in both (Schleimer, Wilkerson, Aiken 2003).
"""

from __future__ import annotations

import zlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import combinations

import numpy as np

from models.domain.submission import Kind, PassageKind, SubmittedDocument
from models.passages import passages
from models.text import squash

Grams = np.ndarray[tuple[int, int], np.dtype[np.int64]]
GRAM = 12
WINDOW = 8
RUN = 20  # characters in a row that make a passage
LEAST = 40  # characters two submissions share, in all, from which they are shown
FEW = 3  # submissions that may share a passage before it counts as common …
PART = 10  # … or one in so many of all
SHOWN = 30  # passages shown of a pair
_CELL = 25  # characters of a table's cell that is a text of its own


@dataclass(frozen=True, slots=True)
class Said:
    """A sentence or table row of a plan with its place; `page` from 1, None where the format has none."""

    document: str
    page: int | None
    paragraph: int | None
    text: str


@dataclass(frozen=True, slots=True)
class Shared:
    """One passage two submissions share; `characters`: how many in a row."""

    first: Said
    second: Said
    characters: int


@dataclass(frozen=True, slots=True)
class Prints:
    """One submission's fingerprints, rows of hash and sentence, and how many characters it has."""

    rows: Grams
    characters: int


@dataclass(frozen=True, slots=True)
class Copied:
    """What two submissions share.

    Attributes:
        first: name of one submission.
        second: name of the other.
        characters: of all shared passages.
        share: of the shorter plan's characters.
        count: how many passages.
        passages: the longest of them, as they follow one another in the first.
    """

    first: str
    second: str
    characters: int
    share: float
    count: int
    passages: tuple[Shared, ...]


def said(documents: Iterable[SubmittedDocument]) -> tuple[Said, ...]:
    """Return what a plan says: its sentences, and the rows of its tables that hold more than words and numbers."""
    found: dict[str, Said] = {}
    for document in documents:
        if document.kind is not Kind.PLAN:
            continue
        for passage in passages(document):
            text, place = passage.text, passage.evidence
            row = passage.kind is PassageKind.ROW
            told = passage.kind is PassageKind.SENTENCE or (
                row and any(len(squash(cell)) >= _CELL for cell in text.split(" | "))
            )
            if told and len(key := squash(text)) >= GRAM:
                found.setdefault(key, Said(place.document, place.page, place.paragraph, text))
    return tuple(found.values())


def fingerprints(text: str) -> frozenset[int]:
    """Return the winnowed fingerprints of one text; none where it is shorter than one gram."""
    key = squash(text).encode("utf-32-le", "replace")
    hashes = [zlib.crc32(key[at : at + 4 * GRAM]) for at in range(0, len(key) - 4 * GRAM + 1, 4)]
    if len(hashes) <= WINDOW:
        return frozenset((min(hashes),) if hashes else ())
    return frozenset(min(hashes[at : at + WINDOW]) for at in range(len(hashes) - WINDOW + 1))


def prints(texts: Sequence[Said]) -> Prints:
    """Return the fingerprints of all that one submission says: rows of hash and sentence, and its characters.

    They hang on the texts alone: who has compared a submission once need not make them again.
    """
    own = [(h, i) for i, s in enumerate(texts) for h in fingerprints(s.text)]
    return Prints(np.array(sorted(own), np.int64).reshape(-1, 2), sum(len(squash(s.text)) for s in texts))


def every(texts: Iterable[str]) -> frozenset[int]:
    """Return the hashes of all grams of texts that prove nothing: the template's own words, the policy's clauses."""
    hashes: set[int] = set()
    for text in texts:
        key = squash(text).encode("utf-32-le", "replace")
        hashes |= {zlib.crc32(key[at : at + 4 * GRAM]) for at in range(0, len(key) - 4 * GRAM + 1, 4)}
    return frozenset(hashes)


def compare(
    names: Sequence[str],
    load: Callable[[str], Sequence[Said]],
    common: frozenset[int],
    earlier: Sequence[str] = (),
    known: Callable[[str], Prints] | None = None,
) -> tuple[Copied, ...]:
    """Return what submissions share with one another and with earlier ones, the most first.

    Args:
        names: the submissions.
        load: gives what a submission says; asked again for those that share something.
        common: grams that prove nothing (see `every`).
        earlier: further submissions, not compared with one another.
        known: gives the fingerprints of one (see `prints`), where they are kept; else they are made of what it says.
    """
    everyone = (*names, *earlier)
    grams, lengths = _collected(everyone, known or (lambda name: prints(load(name))), common)
    most = max(FEW, len(everyone) // PART)
    found: dict[tuple[int, int], Counter[tuple[int, int]]] = {}
    often: Counter[tuple[int, int]] = Counter()  # by submission and sentence: fingerprints that many have
    for holders in _held_by_several(grams):
        if len({a for a, _ in holders}) > most:
            often.update(holders)
            continue
        for one, other in combinations(holders, 2):
            if one[0] < other[0] and one[0] < len(names):
                found.setdefault((one[0], other[0]), Counter())[one[1], other[1]] += 1
    pairs = []
    for (a, b), counts in sorted(found.items()):
        # Which gram of a window is kept hangs on what stands beside it: a sentence many have, with another name in
        # it, leaves a few that only two share.
        own = {(i, j): n for (i, j), n in counts.items() if n > min(often[a, i], often[b, j])}
        pairs.append(_pair((everyone[a], everyone[b]), own, load, min(lengths[a], lengths[b])))
    return tuple(sorted((p for p in pairs if p is not None), key=lambda p: (-p.characters, p.first, p.second)))


def _collected(names: Sequence[str], known: Callable[[str], Prints], common: frozenset[int]) -> tuple[Grams, list[int]]:
    """Return rows of hash, submission, sentence, by hash; and how many characters each submission has."""
    rows: list[Grams] = [np.empty((0, 3), np.int64)]
    lengths: list[int] = []
    proves_nothing = np.array(sorted(common), np.int64)
    for number, name in enumerate(names):
        own = known(name)
        lengths.append(own.characters)
        told = own.rows[~np.isin(own.rows[:, 0], proves_nothing)]
        rows.append(np.stack([told[:, 0], np.full(len(told), number, np.int64), told[:, 1]], axis=1))
    grams = np.concatenate(rows)
    return grams[np.lexsort((grams[:, 2], grams[:, 1], grams[:, 0]))], lengths


def _held_by_several(
    grams: Grams,
) -> Iterator[list[tuple[int, int]]]:
    """Yield submission and sentence of all that hold one hash, in their order, where there are several submissions."""
    if not len(grams):
        return
    starts = np.flatnonzero(np.diff(grams[:, 0], prepend=-1))
    ends = np.append(starts[1:], len(grams))
    for start, end in zip(starts, ends, strict=True):
        if grams[start, 1] != grams[end - 1, 1]:
            yield [(int(a), int(i)) for _, a, i in grams[start:end]]


def _pair(
    names: tuple[str, str],
    counts: Mapping[tuple[int, int], int],
    load: Callable[[str], Sequence[Said]],
    length: int,
) -> Copied | None:
    if not counts:
        return None
    mine, theirs = load(names[0]), load(names[1])
    best: dict[int, Shared] = {}
    taken: set[int] = set()
    for (i, j), grams in sorted(counts.items(), key=lambda item: (-item[1], item[0])):
        if i in best or j in taken:
            continue
        run = _run(squash(mine[i].text), squash(theirs[j].text), grams)
        if run >= RUN:
            best[i] = Shared(mine[i], theirs[j], run)
            taken.add(j)
    total = sum(s.characters for s in best.values())
    if total < LEAST:
        return None
    longest = sorted(best, key=lambda i: (-best[i].characters, i))[:SHOWN]
    return Copied(*names, total, round(total / length, 3), len(best), tuple(best[i] for i in sorted(longest)))


def _run(one: str, other: str, grams: int) -> int:
    """Return how many characters in a row two texts share; a single fingerprint counts where they are all the same."""
    if one == other:
        return len(one)
    return SequenceMatcher(None, one, other, autojunk=False).find_longest_match().size if grams > 1 else 0
