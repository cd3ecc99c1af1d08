"""Reads the training groups: systems, proposals, and which proposal builds which system again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from pathlib import Path
from typing import Any, Literal

import yaml

FOLDER = Path(__file__).parent / "groups"
PLANS = Path(__file__).parent / "plans"
Label = Literal["duplicate", "overlap", "unclear", "none"]
_MORE = 4  # one fewer is the most a turned proposal has of what every plan lists
_BESIDE = ("统计分析", "数据归集接口", "移动端", "系统管理", "消息提醒", "历史数据迁移", "驾驶舱", "接口对接")
_OTHER = ("again", "half", "one", "steps")
_PLAN_LABELS: Mapping[str, Label] = {"same": "duplicate", "again": "duplicate", "half": "overlap", "one": "unclear"}
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


def read_plans(folder: Path = PLANS) -> Groups:
    """Read whole plans as proposals, each its own department, with the register rows written for them.

    `same` and `again` do the same in other words, `half` part of it, `one` a single function (counted neither way);
    `unit`, `words`, `steps` and the rows of names.yaml are near misses.
    """
    read = {path.stem: yaml.safe_load(path.read_text("utf-8")) for path in sorted(folder.glob("*.yaml"))}
    systems, proposals = [], []
    for row in read["ordinary"]:
        systems += [_row(f"{row['plan']}-{kind}", row["plan"], row[kind]) for kind in ("same", "unit", "words")]
    systems += [_row(f"{row['plan']}-name-{n}", row["plan"], row) for n, row in enumerate(read["names"])]
    for row in read["other"]:
        systems += [_row(f"{row['plan']}-{kind}", row["plan"], row[kind]) for kind in _OTHER if kind in row]
    known = {system.id for system in systems}
    for plan in read["functions"]:
        told = {f"{plan['plan']}-{kind}": label for kind, label in _PLAN_LABELS.items()}
        labels = {number: label for number, label in told.items() if number in known}
        proposals.append(TrainingProposal(plan["plan"], plan["title"], tuple(plan["functions"]), labels, {}))
    return Groups(tuple(systems), tuple(proposals), frozenset())


def later(system: TrainingSystem) -> bool:
    """Say whether a system stands in other.yaml, the second round."""
    return system.id.rpartition("-")[2] in _OTHER


def _row(number: str, department: str, row: Mapping[str, Any]) -> TrainingSystem:
    return TrainingSystem(number, department, row["name"], row["description"], tuple(row["functions"]))


def shortened(groups: Groups, most: int) -> Groups:
    """Return the same with systems of at most so many functions, taken evenly.

    Whoever writes a true match writes more functions than for a near miss; how many there are must not decide.
    """
    systems = []
    for system in groups.systems:
        number = len(system.functions)
        kept = sorted({i * number // most for i in range(most)}) if number > most else range(number)
        systems.append(replace(system, functions=tuple(system.functions[i] for i in kept)))
    return Groups(tuple(systems), groups.proposals, groups.heldout)


def turned(groups: Groups) -> Groups:
    """Return the same pairs with their sides changed: the systems as proposals, the proposals as systems.

    A plan is written as offices write, and a register is often in everyday words: the groups have it the other way.
    """
    names = [f"T{n:03d}" for n in range(len(groups.proposals))]
    systems = tuple(
        TrainingSystem(name, p.department, p.title, "", tuple(f.split("：", 1)[0] for f in p.functions))
        for name, p in zip(names, groups.proposals, strict=True)
    )
    proposals = []
    for n, system in enumerate(groups.systems):
        labels = {
            name: p.labels[system.id] for name, p in zip(names, groups.proposals, strict=True) if system.id in p.labels
        }
        beside = [_BESIDE[(n + k) % len(_BESIDE)] for k in range(n % _MORE)]
        proposals.append(TrainingProposal(system.department, system.name, (*system.functions, *beside), labels, {}))
    return Groups(systems, tuple(proposals), groups.heldout)


def enlarged(groups: Groups) -> Groups:
    """Return the same systems with proposals put together two and three at a time, as large projects do it.

    Real plans list five functions or fifty; a decision learnt from five must not be about their number.
    """
    larger: list[TrainingProposal] = []
    for department in dict.fromkeys(p.department for p in groups.proposals):
        doubles = [p for p in groups.proposals if p.department == department and "duplicate" in p.labels.values()]
        larger += [_together(pair) for pair in combinations(doubles, 2)]
        larger += [_together(three) for three in combinations(doubles, 3)]
    return Groups(groups.systems, tuple(larger), groups.heldout)


def _together(parts: Sequence[TrainingProposal]) -> TrainingProposal:
    functions = tuple(dict.fromkeys(f for p in parts for f in p.functions))
    labels: dict[str, Label] = {}
    for number in dict.fromkeys(n for p in parts for n in p.labels):
        said = [p.labels.get(number, "none") for p in parts]
        if all(label == "duplicate" for label in said):
            labels[number] = "duplicate"
        else:
            labels[number] = "overlap" if {"duplicate", "overlap"} & set(said) else "unclear"
    return TrainingProposal(parts[0].department, parts[0].title, functions, labels, {})
