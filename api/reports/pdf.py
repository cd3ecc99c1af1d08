"""`report.pdf`: the same paper as `report.docx`."""

from __future__ import annotations

from api.papers.making import opinion
from api.reports.typeset import pdf
from models.domain.policy import Policy
from models.domain.report import Report


def render(report: Report, policy: Policy | None = None) -> bytes:
    """Return the paper as pdf; `policy`: whose skeleton is used."""
    return pdf(opinion(report, policy))
