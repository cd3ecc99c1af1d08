"""The groups of a batch that would build the same: who comes how near to whom, who might lead, and why.

For the office alone: a group names other units' projects, which no paper for an applicant may.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from api.intake import clusters
from models.domain.policy import Policy
from models.units import Units

Object = Mapping[str, Any]
HEADS = ("组", "来件", "项目名称", "申报单位", "申报总额（万元）", "建议牵头", "理由", "建议")
WIDTHS = {"来件": 24, "项目名称": 36, "申报单位": 26, "理由": 44, "建议": 60}
_CLEARLY = 0.1  # share of functions by which one project must cover more of the others than the next one does


@dataclass(frozen=True, slots=True)
class Group:
    """Projects that should be one.

    Attributes:
        members: names in the batch.
        matrix: for each member the share of its functions that each other one would build too, None for itself.
        functions: how many functions that are.
        lead: the member whose unit might lead, "" where nothing speaks for one of them.
        unit: that unit.
        why: what speaks for it, the weightiest first.
        coordinator: the department that leads in the domain of all of them (第四条), "" where they differ.
        text: the proposal in a sentence.
    """

    members: tuple[str, ...]
    matrix: tuple[tuple[float | None, ...], ...]
    functions: tuple[tuple[int | None, ...], ...]
    lead: str
    unit: str
    why: tuple[str, ...]
    coordinator: str
    text: str


def member(report: Object) -> dict[str, Any]:
    """Return what a `report.json` says of a project as one of a batch."""
    told, near = report["submission"], report["duplicates"]
    return {
        "title": told["title"],
        "unit": told["unit"],
        "total_wan": told["total_wan"],
        "coordinator": report["routing"]["lead_department"],
        "extends": any(d["relation"] == "own_predecessor" for d in near),
        "near": [
            {"name": d["system_id"], "functions": len(d["pairs"]), "coverage": d["coverage"], "verdict": d["verdict"]}
            for d in near
            if d["source"] == "intake"
        ],
    }


def groups(members: Mapping[str, Object], policy: Policy) -> tuple[Group, ...]:
    """Return the groups of a batch; `members`: what `member` gave, by name in the batch."""
    alike = {
        name: [n["name"] for n in told["near"] if n["verdict"] != "related" and n["name"] in members]
        for name, told in members.items()
    }
    found = clusters({name: others for name, others in alike.items() if others})
    return tuple(_group(names, members, policy) for names in found)


def as_objects(found: Sequence[Group]) -> list[dict[str, Any]]:
    """Return groups as `summary.json` has them."""
    return [asdict(group) for group in found]


def rows(found: Sequence[Object], members: Mapping[str, Object]) -> Iterator[tuple[Any, ...]]:
    """Yield a row a project, in the order of `HEADS`, of what `as_objects` gave."""
    for number, group in enumerate(found, 1):
        for name in group["members"]:
            told = members[name]
            lead = ("是", "；".join(group["why"])) if name == group["lead"] else ("", "")
            yield number, name, told["title"], told["unit"], told["total_wan"], *lead, group["text"]


def matrix(group: Object) -> Iterator[tuple[Any, ...]]:
    """Yield the rows of a group's matrix: the project, then “3项（60%）” a project, “—” for itself."""
    for name, shares, counts in zip(group["members"], group["matrix"], group["functions"], strict=True):
        yield name, *(_cell(share, count) for share, count in zip(shares, counts, strict=True))


def _cell(share: float | None, count: int | None) -> str:
    if share is None:
        return "—"
    return f"{count}项（{share:.0%}）" if count else ""


def _group(names: tuple[str, ...], members: Mapping[str, Object], policy: Policy) -> Group:
    near = {name: {n["name"]: n for n in members[name]["near"]} for name in names}
    shares = tuple(
        tuple(None if a == b else float(near[a].get(b, {}).get("coverage", 0.0)) for b in names) for a in names
    )
    counts = tuple(tuple(None if a == b else int(near[a].get(b, {}).get("functions", 0)) for b in names) for a in names)
    lead, why = _lead(names, members, shares, policy)
    coordinators = {str(members[name]["coordinator"]) for name in names}
    common = coordinators.pop() if len(coordinators) == 1 else ""
    unit = str(members[lead]["unit"]) if lead else ""
    return Group(names, shares, counts, lead, unit, why, common, _text(names, members, unit, policy))


def _text(names: Sequence[str], members: Mapping[str, Object], unit: str, policy: Policy) -> str:
    words = _words(policy)
    titles = "、".join(f"“{members[name]['title'] or name}”" for name in names)
    return str(words["led" if unit else "open"].format(projects=titles, lead=unit))


def _words(policy: Policy) -> Mapping[str, Any]:
    """Return the pack's words; a pack without them uses the shipped one's."""
    if "merging" not in policy.wording:
        from corpus.policies import load_policy

        policy = load_policy()
    words: Mapping[str, Any] = policy.wording["merging"]
    return words


def _lead(
    names: Sequence[str], members: Mapping[str, Object], shares: Sequence[Sequence[float | None]], policy: Policy
) -> tuple[str, tuple[str, ...]]:
    """Return who might lead and what speaks for it: ("", ()) where nothing tells the projects apart.

    Each question is put to those whom the ones before left; it speaks for a project where others answer it worse.
    """
    words: Mapping[str, str] = _words(policy)["why"]
    left, why = list(names), []
    for key, value in _questions(names, members, shares, policy):
        answers = {name: value(name) for name in names}
        best = max(answers[name] for name in left)
        least = _CLEARLY if key == "covers" else 0.0
        kept = [name for name in left if answers[name] >= best - least]
        if len(kept) < len(left) or (len(left) == 1 and best > max(answers[n] for n in names if n not in left) + least):
            why.append(words[key].format(value=f"{best:.0%}" if key == "covers" else f"{best:g}"))
        left = kept
    return (left[0], tuple(why)) if len(left) == 1 else ("", ())


def _questions(
    names: Sequence[str], members: Mapping[str, Object], shares: Sequence[Sequence[float | None]], policy: Policy
) -> Iterator[tuple[str, Callable[[str], float]]]:
    """Yield what is asked of a project to lead, the weightiest first; the higher the answer, the better."""
    units = Units.of(policy.data)
    below: Sequence[str] = _words(policy)["below"]
    at = {name: i for i, name in enumerate(names)}

    def unit(name: str) -> str:
        return str(members[name]["unit"])

    def covered(name: str) -> float:
        others = [shares[i][at[name]] or 0.0 for i in range(len(names)) if i != at[name]]
        return sum(others) / len(others)

    yield "heads", lambda name: float(bool(unit(name)) and units.same(unit(name), str(members[name]["coordinator"])))
    yield "department", lambda name: float(bool(unit(name)) and not any(word in unit(name) for word in below))
    yield "extends", lambda name: float(bool(members[name]["extends"]))
    yield "covers", covered
    yield "total", lambda name: float(members[name]["total_wan"] or 0.0)
