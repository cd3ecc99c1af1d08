"""A resubmission beside what was sent before, as page and API show it: the same that 补正对照 prints."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

from api.http import papers
from api.http.desk import Desk
from api.papers.answered import FIXED, OPEN, PART, UNSURE, is_worse
from api.papers.compared import Comparison, Difference, Item, compare, differing
from api.papers.decisions import Decisions, left_of
from api.reports import stored
from api.reports.json import finding_object
from api.store import MissingError
from api.store.submissions import OUTDATED
from corpus.policies import load_policy

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from api.changed.change import Change
    from models.domain.report import Report

Object = dict[str, Any]
_COUNTED = {FIXED: "fixed", PART: "part", OPEN: "open", UNSURE: "unsure"}


def comparison_of(desk: Desk, number: str) -> Comparison | None:
    """Return what a resubmission changed; None where it completes nothing or what was sent before has no report.

    What people decided of both counts as in the paper. MissingError where another version wrote one of the reviews.
    """
    previous = desk.submissions.get(number)["previous"]
    if not previous or desk.submissions.review(previous) is None:
        return None
    (old, then), (new, since) = papers.kept(desk, previous), papers.kept(desk, number)
    earlier, report, found = _beside(old, new)
    return compare(_left(report, since), _left(earlier, then), load_policy(desk.settings.policy), found)


@lru_cache(maxsize=8)
def _beside(old: bytes, new: bytes) -> tuple[Report, Report, Sequence[Change]]:
    """Decode two stored reviews and align their texts, which takes longest; decisions change none of it."""
    try:
        earlier, report = stored.load(old), stored.load(new)
    except ValueError:
        raise MissingError(OUTDATED) from None
    return earlier, report, differing(earlier, report)


def _left(report: Report, choices: Mapping[str, Any]) -> Report:
    return left_of(report, Decisions.model_validate(choices))


def as_object(found: Comparison) -> Object:
    """Return it as the API gives it: items, changes, and the findings of the items by what became of them."""
    became = [one for item in found.items for one in item.became]
    lost = [one for one in became if one.again is None]
    again = [(one.again, is_worse(one.again, one.finding)) for one in became if one.again is not None]
    return {
        "counts": {"asked": found.asked, **{_COUNTED[s]: n for s, n in found.counts.items()}, "new": found.new},
        "items": [_item(item) for item in found.items],
        "changes": [_change(one) for one in found.differences],
        "uncompared": list(found.uncompared),
        "fixed": [finding_object(one.finding) for one in lost if one.state == FIXED],
        "unsure": [finding_object(one.finding) for one in lost if one.state != FIXED],
        "open": [finding_object(now) for now, worse in again if not worse],
        "worse": [finding_object(now) for now, worse in again if worse],
        "new": [finding_object(f) for item in found.items if not item.became for f in item.findings],
    }


def _item(item: Item) -> Object:
    words = {name: getattr(item, name) for name in ("mark", "asked", "before", "after", "reply", "state", "note")}
    earlier = [one.finding.id for one in item.became]
    return {**words, "earlier": earlier, "findings": [f.id for f in item.findings]}


def _change(one: Difference) -> Object:
    words = {"what": one.kind, "before": one.before, "after": one.after}
    return {**words, "money": one.money, "asked": one.asked, "relation": one.relation}
