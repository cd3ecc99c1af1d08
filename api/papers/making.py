"""Makes the papers of one report."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

from api.papers import brief
from api.papers.blocks import Grid, Paper
from api.papers.decisions import Decisions
from api.papers.masking import Mask, masked
from api.papers.places import nested
from api.papers.resubmission import resubmission
from api.papers.skeleton import fill
from api.papers.tables import tables
from api.papers.values import values
from models.domain.errors import PolicyError, SubmissionError
from models.domain.policy import Policy
from models.domain.report import Report

OPINION, NOTICE, CUTS, NEAR, THIRD, PAGE = "初审意见", "补正通知", "核减表", "比对表", "第三方简报", "一页纸"
AGAIN = "补正对照"
WRITTEN = (OPINION, NOTICE, CUTS, NEAR, THIRD, PAGE, AGAIN)


@dataclass(frozen=True, slots=True)
class Matter:
    """What papers are made of.

    report: with the reviewer's decisions in it.
    policy: whose skeletons and words are used.
    blind: 第三方简报 without who wrote the plan and without what the review thinks.
    earlier: the review of what was sent before, for 补正对照.
    choices: what the parties said of it (各方意见, 分歧); the rest of them is in the report already.
    """

    report: Report
    policy: Policy
    blind: bool = False
    earlier: Report | None = None
    choices: Decisions = field(default_factory=Decisions)


def make(kind: str, matter: Matter) -> Paper:
    """Return one of the `WRITTEN` papers.

    Raises:
        PolicyError: the pack has no skeleton of this kind, or it asks for what there is not.
        SubmissionError: 补正对照 without an earlier review.
    """
    paper = fill(kind, skeleton(matter.policy, kind), *material(kind, matter))
    return paper.mapped(_mask(matter)) if kind == THIRD else paper


def material(kind: str, matter: Matter) -> tuple[dict[str, Any], dict[str, Grid]]:
    """Return the placeholders and the tables of a paper, for a skeleton or an office's own template; see `make`."""
    said, grids = _material(kind, matter)
    return masked(said, nested), {name: replace(grid, rows=masked(grid.rows, nested)) for name, grid in grids.items()}


def _material(kind: str, matter: Matter) -> tuple[dict[str, Any], dict[str, Grid]]:
    report, policy = matter.report, matter.policy
    if kind == PAGE:
        return brief.fitted(report, policy, skeleton(policy, kind), matter.choices)
    said = values(report, policy, blind=matter.blind, views=matter.choices.views)
    grids = tables(report, policy, [row for name in ("must", "explain") for row in said[name]])
    if kind == AGAIN:
        if matter.earlier is None:
            raise SubmissionError("补正对照要有上次报送的材料", advice="请用 --previous 写明")
        more, results = resubmission(report, matter.earlier, policy)
        return {**said, **more}, {**grids, **results}
    if kind == THIRD:
        mask = _mask(matter)
        return masked(said, mask), {name: replace(g, rows=masked(g.rows, mask)) for name, g in grids.items()}
    return said, grids


def _mask(matter: Matter) -> Mask:
    return Mask((d.document for d in matter.report.documents), blind=matter.blind)


def opinion(report: Report, policy: Policy | None) -> Paper:
    """Return 初审意见 as `report.docx` and `report.pdf` print it; a pack without papers uses the shipped one's."""
    if policy is None or "papers" not in (policy.data or {}):
        from corpus.policies import load_policy

        policy = load_policy()
    return make(OPINION, Matter(report, policy))


def skeleton(policy: Policy, kind: str) -> dict[str, Any]:
    """Return the pack's skeleton of a paper; PolicyError where it has none."""
    found = ((policy.data or {}).get("papers") or {}).get(kind)
    if not isinstance(found, dict):
        raise PolicyError(f"政策包没有“{kind}”的骨架", name=policy.id, advice="写法见 docs/papers.md")
    return found
