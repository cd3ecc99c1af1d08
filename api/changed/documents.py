"""Aligns two versions of a submission and tells every difference."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from api.changed.change import ADDED, GONE, Change
from api.changed.plan import Aligned
from models.domain.finding import Evidence
from models.domain.submission import Kind, SubmittedDocument
from models.text import squash

_ONE_EACH = frozenset({Kind.PLAN, Kind.FORM, Kind.BUDGET})


def changes(
    old: Sequence[SubmittedDocument], new: Sequence[SubmittedDocument], names: Iterable[str] = ()
) -> list[Change]:
    """Return every difference in the order of the documents: the earlier ones', then what is new.

    Args:
        old: the documents of the earlier submission.
        new: those of the later one.
        names: of the project and of units, in either version.
    """
    pairs = pair_documents(old, new)
    found: list[Change] = []
    for item in old:
        other = pairs.get(item.document.name)
        if other is None:
            found.append(Change(GONE, _name(item), "", Evidence(item.document.name, "")))
        elif other.document.blocks != item.document.blocks:
            found += Aligned(item, other, tuple(names)).changes()
    known = {item.document.name for item in pairs.values()}
    return found + [
        Change(ADDED, "", _name(item), new=Evidence(item.document.name, ""))
        for item in new
        if item.document.name not in known
    ]


def pair_documents(old: Sequence[SubmittedDocument], new: Sequence[SubmittedDocument]) -> dict[str, SubmittedDocument]:
    """Return by name of each earlier document the later one: the same bytes, the same name, the one of its kind."""
    pairs: dict[str, SubmittedDocument] = {}

    def take(item: SubmittedDocument, there: list[SubmittedDocument]) -> None:
        taken = {one.document.name for one in pairs.values()}
        left = [one for one in there if one.document.name not in taken]
        if item.document.name not in pairs and left:
            pairs[item.document.name] = left[0]

    for item in old:
        take(item, [n for n in new if n.document.sha256 == item.document.sha256])
    for item in old:
        take(item, [n for n in new if squash(_name(n)) == squash(_name(item)) and n.kind is item.kind])
    for item in old:
        there = [n for n in new if n.kind is item.kind]
        if item.kind in _ONE_EACH and len(there) == sum(o.kind is item.kind for o in old) == 1:
            take(item, there)
    return pairs


def _name(item: SubmittedDocument) -> str:
    return item.document.name.rpartition("/")[2]
