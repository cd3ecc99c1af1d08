"""Reads the training groups: systems, proposals, and which proposal builds which system again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import yaml

FOLDER = Path(__file__).parent / "groups"
Label = Literal["duplicate", "overlap", "unclear", "none"]
ENOUGH = 2  # shared functions from which a proposal overlaps; one alone proves nothing


@dataclass(frozen=True, slots=True)
class TrainingSystem:
    """A row of the invented register."""

    id: str
    department: str
    name: str
    description: str
    functions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TrainingProposal:
    """An invented proposal; `labels` by system id, `answers`: its functions that answer a system's, by position."""

    department: str
    title: str
    functions: tuple[str, ...]
    labels: Mapping[str, Label]
    answers: Mapping[str, tuple[tuple[int, int], ...]]


@dataclass(frozen=True, slots=True)
class Groups:
    """All training data and the departments kept apart for measuring."""

    systems: tuple[TrainingSystem, ...]
    proposals: tuple[TrainingProposal, ...]
    heldout: frozenset[str]


def read_groups(folder: Path = FOLDER) -> Groups:
    """Read every file, in the order of names; a department's parts may lie in several files."""
    parts = [part for path in sorted(folder.glob("*.yaml")) for part in yaml.safe_load(path.read_text("utf-8"))]
    rows = [(part["department"], row) for part in parts for row in part["systems"]]
    systems = tuple(
        TrainingSystem(row["id"], department, row["name"], row["description"], tuple(row["functions"]))
        for department, row in rows
    )
    twins: dict[str, list[str]] = {}
    for _, row in rows:
        twins.setdefault(row.get("same_as", row["id"]), []).append(row["id"])
    lengths = {system.id: len(system.functions) for system in systems}
    proposals = tuple(
        _proposal(part["department"], row, twins, lengths) for part in parts for row in part.get("proposals", [])
    )
    heldout = frozenset(part["department"] for part in parts if part.get("split") == "heldout")
    return Groups(systems, proposals, heldout)


def _proposal(
    department: str, row: Mapping[str, Any], twins: Mapping[str, list[str]], lengths: Mapping[str, int]
) -> TrainingProposal:
    labels: dict[str, Label] = {}
    answers: dict[str, tuple[tuple[int, int], ...]] = {}
    said: tuple[tuple[str, Label], ...] = (
        ("also", "unclear"),
        ("duplicates", "duplicate"),
        ("overlap", "overlap" if len(row.get("answers", ())) >= ENOUGH else "unclear"),
    )
    for key, label in said:
        for number in (twin for first in row.get(key, ()) for twin in twins.get(first, [first])):
            labels[number] = label
            if "answers" in row and key != "also":
                answers[number] = tuple((i, j - 1) for i, j in enumerate(row["answers"]) if j)
            elif key == "duplicates":
                answers[number] = tuple((i, i) for i in range(min(lengths[number], len(row["functions"]))))
    return TrainingProposal(department, row["title"], tuple(row["functions"]), labels, answers)
