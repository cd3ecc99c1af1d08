"""What the service records of a finished review, and what it compares by it later."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from api.batch import Reviewed
from models.domain.register import System


def systems(number: str, review: Mapping[Any, Any]) -> Iterator[System]:
    """Yield the system a stored review's project would become, where it names functions."""
    profile = json.loads(review["profile"])
    if profile["functions"]:
        functions = tuple(profile["functions"])
        yield System(number, profile["title"], profile["unit"], status="同批申报", functions=functions)


def found_in(reviewed: Reviewed, kept: Mapping[str, str]) -> dict[str, Any]:
    """Return what is recorded of a finished review (see `api.store.submissions.record`); `kept`: hashes by format."""
    report, outcome = json.loads(reviewed.contents["json"]), reviewed.outcome
    summary, findings = report["submission"], report["findings"]
    cuts = [m["amount_wan"] for m in report["conclusion"]["measures"] if m["kind"] == "核减" and m["amount_wan"]]
    columns = {
        "kind": summary["kind"],
        "unit": summary["unit"],
        "domain": summary["domain"],
        "total_wan": summary["total_wan"],
        "advice": outcome.advice,
        "blockers": outcome.blockers,
        "warnings": outcome.warnings,
        "notices": sum(f["severity"] == "notice" for f in findings),
        "unchecked": len(report["not_checked"]),
    }
    if summary["title"]:
        columns["title"] = summary["title"]
    if summary["period"][:4].isdecimal():
        columns["year"] = int(summary["period"][:4])
    profile = {
        "title": outcome.profile.title,
        "unit": outcome.profile.unit,
        "functions": list(outcome.profile.functions),
        "alike": list(outcome.alike),
        "member": outcome.member,
        "faults": sorted({(f["rule"], f["title"], f["severity"]) for f in findings}),
        "cut_wan": round(sum(cuts), 4),
    }
    return {"contents": dict(kept), "profile": profile, "row": outcome.table, "columns": columns}
