"""Which submissions of one batch would build the same (第八条（二）重复建设, seen before anything is built)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from models.domain.errors import InstallationError
from models.domain.finding import Evidence
from models.domain.register import System
from models.domain.submission import Function

if TYPE_CHECKING:
    from api.settings import Settings

NEAREST = 5  # others each submission is compared with in full


def alike(proposals: Sequence[System], settings: Settings) -> dict[str, tuple[System, ...]]:
    """Return for each submission those that come nearest to it, by id; what they amount to the review decides.

    Args:
        proposals: each submission as the system it would become, its batch name as id.
        settings: where the embedder lies; without one nothing is compared.
    """
    from api.wiring import matcher_of
    from corpus.register import open_register

    if len(proposals) < 2:
        return {}
    try:
        embedder = matcher_of(settings)
    except InstallationError:
        return {}
    register = open_register(proposals, embedder)
    out: dict[str, tuple[System, ...]] = {}
    for own in proposals:
        functions = [Function(text.split("：", 1)[0], text, Evidence(own.id, "")) for text in own.functions]
        near = register.near(own.name, functions, NEAREST + 1)
        others = [c.system for c in near if c.system.id != own.id][:NEAREST]
        if others:
            out[own.id] = tuple(sorted(others, key=lambda s: s.id))
    return out


def clusters(alike_names: Mapping[str, Sequence[str]]) -> tuple[tuple[str, ...], ...]:
    """Return the groups of submissions that are alike, directly or through another, each group and all by name."""
    group: dict[str, str] = {}

    def root(name: str) -> str:
        while group.setdefault(name, name) != name:
            name = group[name]
        return name

    for name in sorted(alike_names):
        for other in alike_names[name]:
            first, second = sorted((root(name), root(other)))
            group[second] = first
    members: dict[str, list[str]] = {}
    for name in sorted(group):
        members.setdefault(root(name), []).append(name)
    return tuple(tuple(names) for _, names in sorted(members.items()) if len(names) > 1)
