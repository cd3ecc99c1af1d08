"""Vectors as arrays: in memory for a list, mapped from files beside a SQLite register.

Files come in segments that are never changed: what changed since becomes a further segment, small segments are put
together, rows no longer true are left out then. `manifest.json` names the segments of one revision and is replaced at
once, so that any number of processes read and write here; the last to write wins, and each is right for its revision.
"""

from __future__ import annotations

import json
import os
import secrets
import shutil
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from corpus.register.ports import Counts, Revision, Rows
from models.domain.errors import RegisterError
from models.likeness.crowd import Array

_PIECE = 4096  # systems that are copied at a time
_STALE = 3600  # seconds after which a folder that no manifest names is nobody's work any more
_WASTE = 0.25  # share of rows no longer true from which all is written anew
_FILES = ("texts", "summaries", "names")


@dataclass(frozen=True, slots=True)
class _Segment:
    """Systems written at one time."""

    name: str  # of its folder, "" in memory
    ids: tuple[str, ...]
    counts: Counts
    functions: Counts
    starts: Counts
    texts: Array
    summaries: Array
    names: Array


@dataclass(frozen=True, slots=True)
class _Held:
    """All segments of one state, and where each system's rows are."""

    segments: tuple[_Segment, ...] = ()
    where: tuple[dict[str, int], ...] = ()  # one a segment: row of each system that is true there
    revision: Revision | None = None


class ArrayVectors:
    """Vectors in memory, or in a folder where one is given. Readers go on with the state they began with."""

    def __init__(self, width: int, folder: Path | None = None) -> None:
        """`width`: numbers of a vector; `folder`: of one register and one space, made when first written."""
        self._width, self._folder = width, folder
        self._unnamed: set[str] = set()  # segments that no manifest has named yet: nobody else reads them
        self._seen = 0  # when the manifest that is known was written
        self._held = _Held()

    @property
    def revision(self) -> Revision | None:
        """The state they stand for; what another process has written since is taken over."""
        written = self._written()
        if written != self._seen:
            self._seen, other = written, self._opened()
            mine = self._held.revision
            if other.revision and (mine is None or mine.number < other.revision.number):
                self._held = other
        return self._held.revision

    def _written(self) -> int:
        try:
            return (self._folder / "manifest.json").stat().st_mtime_ns if self._folder else 0
        except OSError:
            return 0

    def write(self, rows: Rows, gone: Sequence[str], revision: Revision) -> None:  # noqa: ARG002 -- the port's
        """Add a segment; its systems and those gone are no longer true in the others."""
        left = {*rows.ids, *gone}
        segments = self._held.segments
        where = [{n: at for n, at in known.items() if n not in left} for known in self._held.where]
        if rows.ids:
            kept = _Held(segments, tuple(where))
            first = self._merged(kept, len(rows.ids))
            older = [n for known in where[first:] for n in known]
            made = self._made(_chained(_pieces(kept, older, self._width), rows))
            self._dropped(segments[first:])
            segments, where = (*segments[:first], made), [*where[:first], {n: i for i, n in enumerate(made.ids)}]
        self._held = _Held(segments, tuple(where), self._held.revision)

    def settle(self, revision: Revision) -> None:
        """Name the segments of this revision for whoever opens the folder next."""
        self._held = _Held(self._held.segments, self._held.where, revision)
        if self._folder is None:
            return
        gone = [sorted(set(s.ids) - set(w)) for s, w in zip(self._held.segments, self._held.where, strict=True)]
        said = {"revision": asdict(revision), "segments": [s.name for s in self._held.segments], "gone": gone}
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            fresh = self._folder / f"manifest-{secrets.token_hex(4)}"
            fresh.write_text(json.dumps(said, ensure_ascii=False), "utf-8")
            fresh.replace(self._folder / "manifest.json")
            self._unnamed.clear()
            self._seen = self._written()
        except OSError as error:
            raise RegisterError("台账的向量写不下", name=str(self._folder), advice="请检查磁盘空间和权限") from error
        _swept(self._folder, {s.name for s in self._held.segments})

    def first(self, direction: Array, top: int) -> tuple[str, ...]:
        """Multiply all summaries."""
        held = self._held
        ids: list[str] = []
        scores: list[Array] = []
        for segment, true in zip(held.segments, held.where, strict=True):
            if true:
                ids += true
                scores.append((segment.summaries @ direction)[list(true.values())])
        if not ids:
            return ()
        every = np.concatenate(scores)
        chosen = np.argsort(-every, kind="stable")[:top] if top < len(every) else np.arange(len(every))
        return tuple(ids[n] for n in chosen.tolist())

    def rows(self, ids: Sequence[str]) -> Rows:
        """Copy the rows of systems."""
        return _taken(self._held, ids, self._width)

    def _merged(self, held: _Held, coming: int) -> int:
        """Return from which segment on all are put into the new one: those not much larger, or all if half is waste."""
        sizes = [len(s.ids) for s in held.segments]
        if sum(sizes) and sum(map(len, held.where)) < (1 - _WASTE) * sum(sizes):
            return 0
        first = len(sizes)
        while first and self._folder is not None and sizes[first - 1] <= 2 * coming:
            first -= 1
            coming += sizes[first]
        return first

    def _made(self, pieces: Iterable[Rows]) -> _Segment:
        if self._folder is None:
            return _joined(list(pieces))
        name = secrets.token_hex(8)
        self._unnamed.add(name)
        try:
            _written(self._folder / name, pieces)
        except OSError as error:
            raise RegisterError("台账的向量写不下", name=str(self._folder), advice="请检查磁盘空间和权限") from error
        return _mapped(self._folder / name, self._width)

    def _dropped(self, segments: Sequence[_Segment]) -> None:
        """Remove the files of segments that went into another before any manifest named them."""
        for name in {s.name for s in segments} & self._unnamed:
            if self._folder is not None:
                shutil.rmtree(self._folder / name, ignore_errors=True)

    def _opened(self) -> _Held:
        """Return what the manifest names; nothing where there is none, or a part of it is gone: it is made again."""
        if self._folder is None:
            return _Held()
        try:
            said = json.loads((self._folder / "manifest.json").read_text("utf-8"))
            segments = tuple(_mapped(self._folder / name, self._width) for name in said["segments"])
            gone = [set(ids) for ids in said["gone"]]
            revision = Revision(**said["revision"])
        except (OSError, ValueError, KeyError, TypeError):
            return _Held()
        where = tuple({n: i for i, n in enumerate(s.ids) if n not in g} for s, g in zip(segments, gone, strict=True))
        return _Held(segments, where, revision)


def _taken(held: _Held, ids: Sequence[str], width: int) -> Rows:
    found = sorted((n, k, true[n]) for n in set(ids) for k, true in enumerate(held.where) if n in true)
    if not found:
        none, nothing = np.zeros(0, np.int64), np.zeros((0, width), np.float32)
        return Rows((), none, none, nothing, nothing, nothing)
    texts, counts, functions, wholes, names = [], [], [], [], []
    for _, k, at in found:
        segment = held.segments[k]
        start, count = int(segment.starts[at]), int(segment.counts[at])
        texts.append(segment.texts[start : start + count])
        counts.append(count)
        functions.append(int(segment.functions[at]))
        wholes.append(segment.summaries[at, width:])
        names.append(segment.names[at])
    return Rows(
        tuple(n for n, _, _ in found), np.array(counts, np.int64), np.array(functions, np.int64),
        np.concatenate(texts), np.stack(wholes), np.stack(names),
    )  # fmt: skip


def _pieces(held: _Held, ids: Sequence[str], width: int) -> Iterator[Rows]:
    for at in range(0, len(ids), _PIECE):
        yield _taken(held, ids[at : at + _PIECE], width)


def _chained(pieces: Iterator[Rows], last: Rows) -> Iterator[Rows]:
    yield from pieces
    yield last


def _joined(pieces: Sequence[Rows]) -> _Segment:
    counts = np.concatenate([p.counts for p in pieces])
    return _Segment(
        "", tuple(n for p in pieces for n in p.ids), counts, np.concatenate([p.functions for p in pieces]),
        np.cumsum(counts) - counts, np.concatenate([p.texts for p in pieces]),
        np.concatenate([p.summaries() for p in pieces]), np.concatenate([p.names for p in pieces]),
    )  # fmt: skip


def _written(folder: Path, pieces: Iterable[Rows]) -> None:
    """Write a segment beside its place and put it there at once."""
    fresh = folder.with_name(f"{folder.name}-part")
    fresh.mkdir(parents=True)
    ids: list[str] = []
    counts: list[int] = []
    functions: list[int] = []
    streams = [(fresh / f"{name}.f32").open("wb") for name in _FILES]
    try:
        for piece in pieces:
            ids += piece.ids
            counts += piece.counts.tolist()
            functions += piece.functions.tolist()
            for stream, rows in zip(streams, (piece.texts, piece.summaries(), piece.names), strict=True):
                stream.write(np.ascontiguousarray(rows, np.float32).data)
    finally:
        for stream in streams:
            stream.close()
    said = {"ids": ids, "counts": counts, "functions": functions}
    (fresh / "systems.json").write_text(json.dumps(said, ensure_ascii=False), "utf-8")
    fresh.rename(folder)


def _mapped(folder: Path, width: int) -> _Segment:
    said = json.loads((folder / "systems.json").read_text("utf-8"))
    counts = np.array(said["counts"], np.int64)
    # as plain arrays: a slice of a memmap is another memmap, which takes ten times as long to make
    texts, summaries, names = (np.asarray(np.memmap(folder / f"{name}.f32", np.float32, "r")) for name in _FILES)
    return _Segment(
        folder.name, tuple(said["ids"]), counts, np.array(said["functions"], np.int64), np.cumsum(counts) - counts,
        texts.reshape(int(counts.sum()), width), summaries.reshape(len(counts), 2 * width),
        names.reshape(len(counts), width),
    )  # fmt: skip


def _swept(folder: Path, named: set[str]) -> None:
    """Remove what no manifest names and nobody can be writing any more."""
    for entry in os.scandir(folder):
        old = entry.stat().st_mtime < time.time() - _STALE
        if old and entry.name not in named and entry.name != "manifest.json":
            shutil.rmtree(entry.path, ignore_errors=True)
