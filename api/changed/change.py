"""One difference between two versions of a submission."""

from __future__ import annotations

from dataclasses import dataclass

from models.domain.finding import Evidence

ADDED, GONE = "材料增加", "材料未再报送"


@dataclass(frozen=True, slots=True)
class Change:
    """One difference.

    Attributes:
        kind: 材料增加, 章节移动, 概算行改动, 金额改动, 文字删除 … .
        before: the words as they were, "" where it is new.
        after: the words as they are, "" where it is gone.
        old: where they stood; None where it is new.
        new: where they stand; None where it is gone.
        money: whether an amount differs.
        keys: what is compared of the whole texts, before and after (`api.changed.said.key`).
    """

    kind: str
    before: str
    after: str
    old: Evidence | None = None
    new: Evidence | None = None
    money: bool = False
    keys: tuple[str, str] = ("", "")
