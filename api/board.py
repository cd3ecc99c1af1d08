"""What a year's or a batch's submissions amount to: money, advice, faults, clusters, in order of risk."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from api.merging import Group, groups
from models.domain.policy import Policy

Row = Mapping[Any, Any]  # a row of the store
_FAULTS = 15


@dataclass(frozen=True, slots=True)
class Total:
    """The submissions of one domain, unit or advice."""

    name: str
    number: int
    wan: float
    cut_wan: float


@dataclass(frozen=True, slots=True)
class Board:
    """Totals of a set of submissions."""

    number: int
    wan: float
    cut_wan: float
    unread: int  # submissions without a report yet, or refused
    domains: tuple[Total, ...]
    units: tuple[Total, ...]
    advice: tuple[Total, ...]
    faults: tuple[tuple[str, str, int], ...]  # rule, title, in how many submissions
    clusters: tuple[tuple[Row, ...], ...]
    groups: tuple[Group, ...]  # the same, with who comes how near to whom and who might lead; members by id
    links: tuple[tuple[str, str], ...]  # which submissions of the clusters come near each other
    risky: tuple[Row, ...]


def board(rows: Sequence[Row], reviews: Mapping[str, Row], decided: Mapping[str, float], policy: Policy) -> Board:
    """Return the totals.

    Args:
        rows: submissions as stored.
        reviews: the newest review of each, by submission.
        decided: 核减 in 万元 by submission, where people decided otherwise than the program proposes.
        policy: whose words say who might lead.
    """
    profiles = {number: json.loads(review["profile"]) for number, review in reviews.items()}
    cuts = {number: float(profile.get("cut_wan", 0)) for number, profile in profiles.items()} | dict(decided)
    by_id = {row["id"]: row for row in rows}
    members = {number: _member(profile) for number, profile in profiles.items() if number in by_id}
    merged = groups(members, policy)
    faults: Counter[tuple[str, str]] = Counter()
    for number, profile in profiles.items():
        if number in by_id:
            faults.update({(rule, title) for rule, title, severity in profile["faults"] if severity != "notice"})
    ranked = sorted(faults.items(), key=lambda pair: (-pair[1], pair[0]))[:_FAULTS]
    return Board(
        len(rows),
        round(sum(r["total_wan"] or 0 for r in rows), 4),
        round(sum(cuts.get(r["id"], 0) for r in rows), 4),
        sum(r["state"] != "done" for r in rows),
        _totals(rows, "domain", cuts),
        _totals(rows, "unit", cuts),
        _totals(rows, "advice", cuts),
        tuple((rule, title, count) for (rule, title), count in ranked),
        tuple(tuple(by_id[n] for n in group.members) for group in merged),
        merged,
        _links(members),
        tuple(sorted(rows, key=_risk)),
    )


def _member(profile: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return a project as one of a batch; of one that an older version reviewed only to whom it comes near."""
    if profile.get("member"):
        known: Mapping[str, Any] = profile["member"]
        return known
    near = [{"name": n, "functions": 0, "coverage": 0.0, "verdict": "overlap"} for n in profile["alike"]]
    told = {"title": profile["title"], "unit": profile["unit"], "total_wan": None}
    return {**told, "coordinator": "", "extends": False, "near": near}


def _links(members: Mapping[str, Mapping[str, Any]]) -> tuple[tuple[str, str], ...]:
    near = ((n, o["name"]) for n, told in members.items() for o in told["near"] if o["verdict"] != "related")
    return tuple(sorted({(min(pair), max(pair)) for pair in near if pair[1] in members}))


def _risk(row: Row) -> tuple[Any, ...]:
    return -row["blockers"], -row["warnings"], -(row["total_wan"] or 0), row["id"]


def _totals(rows: Iterable[Row], key: str, cuts: Mapping[str, float]) -> tuple[Total, ...]:
    found: dict[str, list[Row]] = {}
    for row in rows:
        name = (row["opinion_advice"] or row[key]) if key == "advice" else row[key]  # the reviewer's word counts
        found.setdefault(name or "未写明", []).append(row)
    totals = [
        Total(
            name,
            len(group),
            round(sum(r["total_wan"] or 0 for r in group), 4),
            round(sum(cuts.get(r["id"], 0) for r in group), 4),
        )
        for name, group in found.items()
    ]
    return tuple(sorted(totals, key=lambda t: (-t.wan, -t.number, t.name)))
