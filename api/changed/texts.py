"""The text under paired sections: which sentences and rows were rewritten, added, taken out, or stand elsewhere now."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher

from api.changed.change import Change
from api.changed.kinds import AMOUNT, around, kind_of
from api.changed.said import Said, alike, bigrams

SHOWN = 120  # characters of a text shown
_SAME = 0.3  # share of two-character pieces from which two texts are one, rewritten
_KNOWN = 8  # characters from which a text is known again under another heading
Texts = Mapping[int | None, list[Said]]


@dataclass(slots=True)
class _Run:
    """What differs between two texts that do not."""

    lost: list[Said]
    found: list[Said]
    pairs: list[tuple[Said, Said]] = field(default_factory=list)

    def take(self, one: Said, other: Said) -> None:
        self.pairs.append((one, other))
        self.lost.remove(one)
        self.found.remove(other)


def text_changes(texts: tuple[Texts, Texts], pairs: Mapping[int, int], names: Sequence[str]) -> Iterator[Change]:
    """Yield the differences of the text under paired sections, from top to bottom.

    Args:
        texts: what both versions say under each section.
        pairs: the later section of each earlier one.
        names: of the project and of units, in either version.
    """
    for a, b in [(None, None), *sorted(pairs.items())]:
        runs = _runs(texts[0][a], texts[1][b])
        _within(runs)
        _crosswise(runs)
        for run in runs:
            yield from _told(run, texts, names)


def _runs(ours: list[Said], theirs: list[Said]) -> list[_Run]:
    matcher = SequenceMatcher(None, [o.key for o in ours], [t.key for t in theirs], autojunk=False)
    return [_Run(ours[i:j], theirs[k:m]) for tag, i, j, k, m in matcher.get_opcodes() if tag != "equal"]


def _within(runs: Sequence[_Run]) -> None:
    """Pair what was rewritten where it stood: rows by their first words, the rest by likeness, one for one."""
    for run in runs:
        for one in [o for o in run.lost if o.row]:
            other = next((n for n in run.found if n.label == one.label and n.row), None)
            if other is not None:
                run.take(one, other)
        _likest(run)
        if len(run.lost) == len(run.found) == 1 and bool(run.lost[0].row) == bool(run.found[0].row):
            run.take(run.lost[0], run.found[0])


def _likest(run: _Run) -> None:
    some = [
        (alike(bigrams([o]), bigrams([n])), -i, -j, o, n)
        for i, o in enumerate(run.lost)
        for j, n in enumerate(run.found)
        if bool(o.row) == bool(n.row)
    ]
    for likeness, _, _, one, other in sorted(some, key=lambda s: s[:3], reverse=True):
        if likeness >= _SAME and one in run.lost and other in run.found:
            run.take(one, other)


def _crosswise(runs: Sequence[_Run]) -> None:
    """Take out what only stands in another order under the same heading."""
    for run in runs:
        for one in list(run.lost):
            there = next((r for r in runs if any(n.key == one.key for n in r.found)), None)
            if there is not None:
                run.lost.remove(one)
                there.found.remove(next(n for n in there.found if n.key == one.key))


def _told(run: _Run, texts: tuple[Texts, Texts], names: Sequence[str]) -> Iterator[Change]:
    for was, now in run.pairs:
        if was.key != now.key:
            yield _rewritten(was, now, names)
    stays = {o.key: there for o in run.lost if (there := _elsewhere(o, texts[1], texts[0])) is not None}
    for one in (o for o in run.lost if o.key in stays):
        there = stays[one.key]
        told = (_cut(one.text), _cut(there.text), one.evidence, there.evidence)
        yield Change((one.row or "文字") + "移动", *told, keys=(one.key, there.key))
    lost = [o for o in run.lost if o.key not in stays]
    found = [n for n in run.found if _elsewhere(n, texts[0], texts[1]) is None]
    gone, come = _joined(lost), _joined(found)
    if gone and come:  # a passage written anew
        yield _rewritten(gone[0], come[0], names)
        gone, come = [], []
    for one in (*gone, *(o for o in lost if o.row)):
        yield Change(_kind(one, "删除"), _cut(one.text), "", one.evidence, None, _is_money(one), (one.key, ""))
    for one in (*come, *(n for n in found if n.row)):
        yield Change(_kind(one, "增加"), "", _cut(one.text), None, one.evidence, _is_money(one), ("", one.key))


def _joined(some: Sequence[Said]) -> list[Said]:
    """Return the sentences as one text at the place of the first; rows are left out."""
    plain = [s for s in some if not s.row]
    if not plain:
        return []
    return [Said("".join(s.text for s in plain), "".join(s.key for s in plain), plain[0].evidence)]


def _elsewhere(one: Said, other: Texts, own: Texts) -> Said | None:
    """Return the same text under another heading of the other version, where its own version has it but once."""
    if len(one.key) < _KNOWN or sum(o.key == one.key for some in own.values() for o in some) > 1:
        return None
    return next((o for some in other.values() for o in some if o.key == one.key), None)


def _rewritten(one: Said, other: Said, names: Sequence[str]) -> Change:
    kind = kind_of(one.text, other.text, names, money=one.money or other.money)
    before, after = around(_flat(one.text), _flat(other.text), SHOWN)
    return Change(
        *(f"{one.row or kind}改动", before, after, one.evidence, other.evidence),
        money=kind == AMOUNT,
        keys=(one.key, other.key),
    )


def _kind(one: Said, done: str) -> str:
    return (one.row or "文字") + done + ("（含金额）" if _is_money(one) and not one.row else "")


def _is_money(one: Said) -> bool:
    return kind_of(one.text, "", (), money=one.money) == AMOUNT


def _flat(text: str) -> str:
    return "　".join(part.strip() for part in re.split(r"[|\n]", text) if part.strip())


def _cut(text: str) -> str:
    text = _flat(text)
    return text if len(text) <= SHOWN else text[:SHOWN] + "……"
