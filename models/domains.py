"""The 数字化改革领域 of a project: named in words, or inferred from what the project is about (第四条, 第六条)."""

from __future__ import annotations

from collections.abc import Sequence

from models.domain.policy import Domain
from models.text import squash


def domain_named(text: str, domains: Sequence[Domain]) -> Domain | None:
    """Return the one 数字化改革领域 a text names, by its name or another name for it; None for none or several."""
    key = squash(text)
    hits = [d for d in domains if any(squash(name) in key for name in (d.name, *d.aliases))]
    return hits[0] if len(hits) == 1 else None


def domain_scores(text: str, domains: Sequence[Domain]) -> list[tuple[float, Domain]]:
    """Rank domains by how many different keywords of theirs a text holds, best first."""
    scores = [(float(sum(word in text for word in d.keywords)), d) for d in domains]
    return sorted(scores, key=lambda s: -s[0])
