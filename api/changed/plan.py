"""Aligns two versions of one document: its sections first, then the text under them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from api.changed.change import Change
from api.changed.kinds import AMOUNT, kind_of
from api.changed.said import Said, said, under
from api.changed.sections import moved, pair_sections
from api.changed.texts import Texts, text_changes
from models.domain.finding import Evidence
from models.domain.outline import Section
from models.domain.submission import SubmittedDocument
from models.text import squash

_SHOWN = 80  # characters shown of a section's text
_ELSEWHERE = 0.5  # share of a section's text that stands under other headings, from which none of it is lost


class Aligned:
    """Two versions of one document."""

    def __init__(self, old: SubmittedDocument, new: SubmittedDocument, names: Sequence[str]) -> None:
        """Pair the sections."""
        self.old, self.new, self.names = old, new, names
        self.texts: tuple[Texts, Texts] = said(old), said(new)
        self.pairs = pair_sections(old, new, self.texts)
        there = set(self.pairs.values())
        self.gone = [s.index for s in old.sections if s.index not in self.pairs]
        self.added = [s.index for s in new.sections if s.index not in there]

    def changes(self) -> list[Change]:
        """Return sections first, then the text from top to bottom."""
        return [*self._sections(), *text_changes(self.texts, self.pairs, self.names)]

    def _sections(self) -> Iterator[Change]:
        for a, b in self.pairs.items():
            one, other = self.old.sections[a], self.new.sections[b]
            if squash(one.title) != squash(other.title):
                yield Change("标题改动", _head(one), _head(other), self._at(a), self._at(b, new=True))
        for a in moved(self.old, self.new, self.pairs):
            b = self.pairs[a]
            told = self._where(self.old, a), self._where(self.new, b)
            yield Change("章节移动", *told, self._at(a), self._at(b, new=True))
        for index in self.gone:
            if self.old.sections[index].parent not in self.gone:
                yield self._whole(index, new=False)
        for index in self.added:
            if self.new.sections[index].parent not in self.added:
                yield self._whole(index, new=True)

    def _whole(self, index: int, *, new: bool) -> Change:
        """Tell of a section that one version alone has; text that stands under other headings is no loss."""
        item, texts = (self.new, self.texts[1]) if new else (self.old, self.texts[0])
        mine = under(item, index, texts)
        elsewhere = {one.key for some in self.texts[not new].values() for one in some}
        kept = [one for one in mine if one.key in elsewhere]
        told = f"{_head(item.sections[index])}：{_excerpt(mine)}" if mine else _head(item.sections[index])
        merged = mine and sum(len(o.key) for o in kept) >= _ELSEWHERE * sum(len(o.key) for o in mine)
        kind = ("章节增加" if new else "章节删除") + ("（正文原在他处）" if new and merged else "")
        if merged and not new:
            kind = "章节取消（正文并入他处）"
        money = not merged and any(kind_of(one.text, "", (), money=one.money) == AMOUNT for one in mine)
        keys = "".join(one.key for one in mine)
        if new:
            return Change(kind, "", told, new=self._at(index, new=True), money=money, keys=("", keys))
        return Change(kind, told, "", self._at(index), money=money, keys=(keys, ""))

    def _at(self, index: int, *, new: bool = False) -> Evidence:
        item = self.new if new else self.old
        section = item.sections[index]
        page = item.document.blocks[section.block].page if section.block < len(item.document.blocks) else None
        return Evidence(item.document.name, section.title, section=index, page=page, paragraph=section.block)

    @staticmethod
    def _where(item: SubmittedDocument, index: int) -> str:
        """Say behind or under which heading a section stands."""
        section = item.sections[index]
        before = [s for s in item.sections[:index] if s.parent == section.parent]
        if before:
            return f"{_head(section)}（在“{_head(before[-1])}”之后）"
        above = f"在“{_head(item.sections[section.parent])}”之下" if section.parent is not None else "在最前"
        return f"{_head(section)}（{above}）"


def _head(section: Section) -> str:
    apart = " " if section.number[-1:].isdigit() else ""
    return f"{section.number}{apart}{section.title}"


def _excerpt(texts: Sequence[Said]) -> str:
    whole = "".join(one.text.replace(" | ", "　") for one in texts)
    rows = sum(bool(one.row) for one in texts)
    told = whole if len(whole) <= _SHOWN else whole[:_SHOWN] + "……"
    return told + (f"（共{len(whole)}字" + (f"，表格{rows}行" if rows else "") + "）" if len(whole) > _SHOWN else "")
