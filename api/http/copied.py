"""Passages that submissions share, with what those are called; for the office alone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from api.http.desk import Desk


def called(rows: Sequence[Mapping[Any, Any]]) -> dict[str, str]:
    """Return what each submission is called; those of one title are told apart by the name they came in under."""
    often = Counter(r["title"] for r in rows)
    return {r["id"]: r["title"] if often[r["title"]] == 1 else f"{r['title']}（{r['name']}）" for r in rows}


def copied_of(desk: Desk, wanted: Mapping[str, str], titles: Mapping[str, str] | None = None) -> dict[str, Any]:
    """Return the passages a batch shares, with `ids`, `titles` and `submissions` (the names they came in with).

    Nothing where less or more than one whole batch is wanted. `titles`: what submissions are called on the same page.
    """
    asked = {key for key, value in wanted.items() if value}
    whole = "batch" in asked and asked <= {"batch", "current"}
    found = desk.submissions.copied(wanted["batch"] if whole else "")
    return {**found, "pairs": _named_pairs(desk, found["pairs"], titles or {}), "whole": whole, "alone": False}


def copied_with(desk: Desk, row: Mapping[Any, Any]) -> dict[str, Any]:
    """Return the passages one submission shares with others, as `copied_of` does: its batch's, or its own where alone.

    The submission itself stands first in every pair.
    """
    found = desk.submissions.copied(row["batch"] or row["id"])
    own = [p for p in found["pairs"] if row["id"] in p["submissions"]]
    pairs = _named_pairs(desk, [p if p["submissions"][0] == row["id"] else _turned(p) for p in own], {})
    return {**found, "pairs": pairs, "whole": True, "alone": not row["batch"]}


def _turned(pair: Mapping[str, Any]) -> dict[str, Any]:
    passages = [{**p, "quotes": p["quotes"][::-1]} for p in pair["passages"]]
    return {**pair, "submissions": pair["submissions"][::-1], "passages": passages}


def _named_pairs(desk: Desk, pairs: Sequence[dict[str, Any]], titles: Mapping[str, str]) -> list[dict[str, Any]]:
    known = desk.submissions.known({n for pair in pairs for n in pair["submissions"]})
    pairs = [p for p in pairs if all(n in known for n in p["submissions"])]  # one may have been deleted meanwhile
    titles = called([known[n] for n in dict.fromkeys(n for p in pairs for n in p["submissions"])]) | dict(titles)
    return [
        {
            **p,
            "ids": p["submissions"],
            "titles": [titles[n] for n in p["submissions"]],
            "submissions": [known[n]["name"] for n in p["submissions"]],
        }
        for p in pairs
    ]
