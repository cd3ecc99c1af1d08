"""`report.docx`: 初步审核意见 in official layout, its evidence in the annexes; no scores, no rule ids."""

from __future__ import annotations

from api.papers.making import opinion
from api.reports.official import docx
from models.domain.policy import Policy
from models.domain.report import Report


def render(report: Report, policy: Policy | None = None) -> bytes:
    """Return the paper as docx, the same bytes for the same report; `policy`: whose skeleton is used."""
    return docx(opinion(report, policy))
