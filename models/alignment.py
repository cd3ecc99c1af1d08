"""Which items of the policy's template the sections of a document answer.

Decided from the top down, one set of siblings at a time: titles speak loudest, sub-headings speak for their chapter,
place only breaks ties. A section that really is gone is not filled from its neighbour.
"""

# long on purpose: one assignment, its evidence and its repairs are read together

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import TYPE_CHECKING

from models.content import ContentModel, content_model
from models.domain.document import Document
from models.domain.outline import Section, full_text
from models.domain.policy import Policy, TemplateItem
from models.outline import LABEL
from models.titles import ALIAS, CORE, PART, SAME, TitleModel, parts

if TYPE_CHECKING:
    from models.embedder import Embedder

ENOUGH = 0.3  # a title that scores less does not name the item
LINE = 12  # characters from which a line says something
HINT = 0.15  # … unless its place and its text say so
PLACE = 0.08  # what the order among siblings may add
CHILDREN = 0.45  # what sub-headings that answer a chapter's items may add
KNOWN = 4  # siblings from which on the place of one among them says what it is
READS = 0.5  # share of what stands under a free heading that must read as an item's answer
DEEPER, DEEPEST, UPPER = 0.12, 0.3, 0.05  # cost of answering an item of another depth than the heading's own


@dataclass(slots=True)
class _State:
    """The work in hand: sections with the items found for them so far, indices into `items`."""

    document: Document
    sections: tuple[Section, ...]
    items: tuple[TemplateItem, ...]
    titles: TitleModel
    embedder: Embedder | None
    contents: ContentModel | None
    children: dict[int | None, list[int]] = field(default_factory=dict)  # headings
    under: dict[int | None, list[Section]] = field(default_factory=dict)  # headings and labels
    lower: dict[str, list[int]] = field(default_factory=dict)  # items by the number of their parent
    found: dict[int, list[int]] = field(default_factory=dict)
    why: dict[int, str] = field(default_factory=dict)

    def taken(self) -> set[int]:
        """Return the items that have a section."""
        return {i for items in self.found.values() for i in items}

    def below(self, item: int) -> list[int]:
        """Return the items directly under an item."""
        return self.lower.get(self.items[item].number, [])

    def give(self, section: int, item: int, why: str) -> None:
        """Note that a section answers an item."""
        self.found.setdefault(section, []).append(item)
        self.why.setdefault(section, why)


@lru_cache(maxsize=8)
def _title_model(items: tuple[TemplateItem, ...]) -> TitleModel:
    return TitleModel(items)


def align(
    document: Document, sections: Sequence[Section], policy: Policy, embedder: Embedder | None = None
) -> tuple[Section, ...]:
    """Return the sections with `template` and `by`; labels and table rows that answer nothing are left out.

    A section may answer several items (merged headings); an item missing from the document stays without a section.
    """
    titles, contents = _title_model(policy.template), content_model(policy.id)
    state = _State(document, tuple(sections), policy.template, titles, embedder, contents)
    for index, item in enumerate(policy.template):
        state.lower.setdefault(item.parent, []).append(index)
    for section in sections:
        state.under.setdefault(section.parent, []).append(section)
        if section.by != LABEL and not (section.level == 1 and section.number.startswith("附")):
            state.children.setdefault(section.parent, []).append(section.index)
    _siblings(state, state.children.get(None, []), None)
    _elsewhere(state)
    _by_content(state)
    for parent, group in state.children.items():
        _by_place(state, group, parent)  # once more: what was found since tells of the places between
    _resolve(state)
    return _kept(state)


def _siblings(state: _State, group: Sequence[int], parent: int | None) -> None:
    """Align one set of siblings, then what stands under each."""
    if group:
        scores = _scores(state, group, parent)
        for position, item in _assign(scores):
            state.give(group[position], item, state.titles.matches(state.sections[group[position]].title)[item].by)
        _by_children(state, group, parent)
        _by_place(state, group, parent)
        _by_meaning(state, group, parent)
        for index in group:
            _merge(state, index, parent)
            _bracketed(state, index, parent)
        _inside(state, group, parent)
    for index in group:
        _siblings(state, state.children.get(index, []) or _run_ins(state, index), index)
        _labels(state, index)
        _settle(state, index)


def _run_ins(state: _State, parent: int) -> list[int]:
    """Return the numbered run-in titles under a heading, where half of them name items of its own."""
    run = [s.index for s in state.under.get(parent, ()) if s.by == LABEL and s.number and s.row is None]
    items = [c for a in _above(state, parent) for c in state.below(a)]
    named = sum(any(state.titles.matches(state.sections[i].title)[c].score >= 0.45 for c in items) for i in run)
    return run if len(run) > 1 and named * 2 >= len(run) else []


def _above(state: _State, parent: int | None) -> list[int]:
    """Return the items of the nearest heading above that has any."""
    while parent is not None:
        if state.found.get(parent):
            return state.found[parent]
        parent = state.sections[parent].parent
    return []


def _costs(state: _State, parent: int | None) -> dict[int, float]:
    """Return what it costs a heading under `parent` to answer each item it may answer."""
    above = _above(state, parent)
    if not above:
        depth = 1 if parent is None else 2
        cost = {0: 0.0, 1: DEEPER, 2: DEEPEST, -1: DEEPER}
        return {i: cost.get(item.level - depth, DEEPEST) for i, item in enumerate(state.items)}
    costs: dict[int, float] = {}
    for item in above:
        for child in state.below(item):
            costs[child] = 0.0
            costs.update(dict.fromkeys(state.below(child), DEEPER))
        if len(above) > 1:
            costs[item] = UPPER
    return costs


def _scores(state: _State, group: Sequence[int], parent: int | None) -> list[dict[int, float]]:
    """Return for each sibling what its items score, from ENOUGH on."""
    costs = _costs(state, parent)
    taken = state.taken() - set(_above(state, parent))
    order = [i for i in costs if costs[i] == 0.0]
    out: list[dict[int, float]] = []
    for position, index in enumerate(group):
        matches = state.titles.matches(state.sections[index].title)
        row: dict[int, float] = {}
        for item, cost in costs.items():
            if item in taken or (cost >= DEEPEST and matches[item].tier < ALIAS):
                continue
            score = matches[item].score - cost
            if parent is None and state.items[item].level == 1:
                score += CHILDREN * _evidence(state, index, item)
            if score >= ENOUGH:
                row[item] = score + _place(position, len(group), item, order)
        out.append(row or _weak(state, state.sections[index].title, [i for i in order if i not in taken]))
    return out


def _weak(state: _State, title: str, items: Sequence[int]) -> dict[int, float]:
    """Score a title that names nothing by itself: with its chapter's word (网络 under 安全), or by a clear lean."""
    named = {i: ENOUGH + 0.2 for i in items if _in_context(state, title, i)}
    if named:
        return named
    matches = state.titles.matches(title)
    ranked = sorted((matches[i].score for i in items), reverse=True)
    least = max(HINT + 0.05, 0.8 * max(m.score for m in matches), 2 * ranked[1] if len(ranked) > 1 else 0.0)
    return {i: HINT for i in items if matches[i].score >= max(least, ranked[0])}


def _in_context(state: _State, title: str, item: int) -> bool:
    """Tell whether a short title (or a part of it) names the item once its chapter's word is put to it."""
    chapter = next((i for i in state.items if i.number == state.items[item].parent), None)
    if chapter is None:
        return False
    short = [p for p in parts(title) if len(p) <= 4]
    words = [w for w in chapter.keywords if len(w) <= 3]
    return any(state.titles.matches(name)[item].tier >= CORE for p in short for w in words for name in (p + w, w + p))


def _place(position: int, count: int, item: int, order: Sequence[int]) -> float:
    if item not in order:
        return 0.0
    return PLACE * (1 - abs(position / max(1, count - 1) - order.index(item) / max(1, len(order) - 1)))


def _evidence(state: _State, index: int, item: int) -> float:
    """Return the share of a chapter's sub-headings that name items under `item`."""
    group = state.children.get(index, [])
    if not group:
        return 0.0
    below = state.below(item)
    named = (state.titles.matches(state.sections[c].title) for c in group)
    hits = sum(any(matches[b].score >= 0.5 for b in below) for matches in named)
    return float(hits) / max(2, len(group))


def _assign(rows: Sequence[dict[int, float]]) -> list[tuple[int, int]]:
    """Return the pairs (row, item) of the best assignment as a whole; an item goes to one row only."""
    items = sorted({item for row in rows for item in row})
    if not items:
        return []
    import numpy as np
    from scipy.optimize import linear_sum_assignment

    matrix = np.zeros((len(rows), len(items)))
    for r, row in enumerate(rows):
        for item, score in row.items():
            matrix[r, items.index(item)] = score
    chosen = zip(*linear_sum_assignment(matrix, maximize=True), strict=True)
    return [(int(r), items[int(c)]) for r, c in chosen if matrix[r, c] > 0]


def _by_children(state: _State, group: Sequence[int], parent: int | None) -> None:
    """Give a chapter whose title says nothing the item that most of its sub-headings speak for."""
    if parent is not None:
        return
    taken = state.taken()
    chapters = [i for i, item in enumerate(state.items) if item.level == 1 and i not in taken]
    for index in group:
        if index in state.found or not chapters:
            continue
        best = max(chapters, key=lambda i: (_evidence(state, index, i), -i))
        if _evidence(state, index, best) >= 0.5 and len(state.children.get(index, [])) > 1:
            state.give(index, best, "children")
            chapters.remove(best)


def _by_place(state: _State, group: Sequence[int], parent: int | None) -> None:
    """Give a heading the one item that is free between its neighbours', where title and text point to it too."""
    order = [i for i, cost in _costs(state, parent).items() if cost == 0.0]
    taken = state.taken()
    for position, index in enumerate(group):
        if index in state.found:
            continue
        low = _neighbour(state, group[:position][::-1], order, -1)
        high = _neighbour(state, group[position + 1 :], order, len(order))
        free = [i for i in order[low + 1 : high] if i not in taken]
        if len(free) == 1 and (
            _hinted(state, index, free[0])
            or _numbered_alike(state, group, index, free[0])
            or _reads_best(state, group, index, free[0])
        ):
            state.give(index, free[0], "position")
            taken.add(free[0])


def _neighbour(state: _State, group: Sequence[int], order: Sequence[int], default: int) -> int:
    if not group:
        return default
    items = [i for i in state.found.get(group[0], []) if i in order]
    return order.index(items[0]) if items else default


def _hinted(state: _State, index: int, item: int) -> bool:
    """Tell whether the title leans towards the item and nothing else, or the text plainly answers it."""
    matches = state.titles.matches(state.sections[index].title)
    best = max(m.score for m in matches)
    leans = matches[item].score >= HINT and matches[item].score >= best - 0.05
    return leans or (best < ENOUGH and answers(full_text(state.document, state.sections, index), state.items[item]))


def _numbered_alike(state: _State, group: Sequence[int], index: int, item: int) -> bool:
    """Tell whether a heading bears the item's own number, as all its siblings bear theirs (2.2.3 上级怎么说)."""
    given = {i: state.sections[i].number.strip(". 、") for i in group}
    return given[index] == state.items[item].number and all(
        [state.items[n].number for n in state.found.get(i, [])] == [given[i]] for i in group if i != index
    )


def _reads_best(state: _State, group: Sequence[int], index: int, item: int) -> bool:
    """Tell whether, among siblings most of which are known, a heading in words of its own reads as this item first."""
    if state.contents is None or sum(i in state.found for i in group) < KNOWN:
        return False
    if max(m.score for m in state.titles.matches(state.sections[index].title)) >= ENOUGH:
        return False
    text = full_text(state.document, state.sections, index)
    if len(text) < LINE:
        return False
    (shares,) = state.contents.shares([f"{state.sections[index].title}：{text}"])
    return max(shares, key=lambda n: (shares[n], n)) == state.items[item].number


def _inside(state: _State, group: Sequence[int], parent: int | None) -> None:
    """Let a heading in words of its own answer a free mandatory item beside its own, where its text states that one."""
    costs = _costs(state, parent)
    for index in group:
        own = state.found.get(index, [])
        if not own or max(state.titles.matches(state.sections[index].title)[i].tier for i in own) > 0.0:
            continue
        text = full_text(state.document, state.sections, index)
        for item in [c for a in _above(state, parent) for c in state.below(a)]:
            free = costs.get(item) == 0.0 and state.items[item].mandatory and item not in state.taken()
            if free and answers(text, state.items[item]):
                state.give(index, item, "merged")


def answers(text: str, item: TemplateItem) -> bool:
    """Tell whether a text plainly answers an item, by the item's `content` words."""
    return any(
        re.search(word[3:], text) is not None if word.startswith("re:") else word in text for word in item.content
    )


def _by_meaning(state: _State, group: Sequence[int], parent: int | None) -> None:
    """Let the embedder read the titles that no word list knows; it must prefer a free item clearly."""
    open_ = [i for i in group if i not in state.found]
    order = [i for i, cost in _costs(state, parent).items() if cost == 0.0]
    if state.embedder is None or not open_ or len(order) < 2:
        return
    vectors = state.embedder.encode([state.items[i].title for i in order], "query")
    titles = state.embedder.encode([state.sections[i].title for i in open_], "query")
    mean = vectors.mean(axis=0)
    likeness = (titles - mean) @ (vectors - mean).T
    for row, index in zip(likeness, open_, strict=True):
        ranked = sorted(range(len(order)), key=lambda c: -float(row[c]))
        first, second = ranked[0], ranked[1]
        clear = float(row[first]) > 0.02 and float(row[first]) - float(row[second]) > 0.015
        if clear and order[first] not in state.taken():
            state.give(index, order[first], "embedding")


def _merge(state: _State, index: int, parent: int | None) -> None:
    """Add what else a heading lists: 网络平台与安全 → 7 and 8; 总投资、资金来源和效益 → 1.6 and 1.7."""
    title = state.sections[index].title
    own = state.found.get(index, [])
    matches = state.titles.matches(title)
    if own and matches[own[0]].tier >= CORE:
        return
    taken = state.taken()
    costs = _costs(state, parent)
    for item, cost in costs.items():
        listed = state.titles.part_tier(title, item) >= PART or (
            len(parts(title)) > 1 and bool(own) and _in_context(state, title, item)
        )
        if cost == 0.0 and item not in taken and listed:
            state.give(index, item, "merged")
            state.why[index] = "merged" if len(state.found[index]) > 1 else state.why[index]


def _bracketed(state: _State, index: int, parent: int | None) -> None:
    """Add what a heading lists in brackets: 一句话概况（名称、资金）; half a name only where the text answers it."""
    brackets = re.findall("[（(]([^（）()]*、[^（）()]*)[)）]", state.sections[index].title)
    listed = {p.strip() for b in brackets for p in b.split("、")}
    if not listed:
        return
    text = full_text(state.document, state.sections, index)
    taken = state.taken()
    for number, cost in _costs(state, parent).items():
        item = state.items[number]
        names = {item.title, *item.keywords, *item.aliases}
        half = any(len(p) > 1 and p in name for p in listed for name in (item.title, *item.keywords))
        if cost == 0.0 and number not in taken and (listed & names or (half and answers(text, item))):
            state.give(index, number, "merged")


def _settle(state: _State, index: int) -> None:
    """Let a section without sub-headings answer its item's own items too, where its title names them."""
    own = state.found.get(index, [])
    if state.children.get(index) or any(s.index in state.found for s in state.under.get(index, ())):
        return
    title = state.sections[index].title
    matches = state.titles.matches(title)
    for item in list(own):
        for child in state.below(item):
            tier = max(matches[child].tier, state.titles.part_tier(title, child))
            if tier >= PART and child not in state.taken():
                state.give(index, child, "merged")
                state.why[index] = "merged"


def _elsewhere(state: _State) -> None:
    """Find items under other chapters than their own, by their very titles."""
    for section in state.sections:
        if section.by == LABEL or section.index in state.found:
            continue
        above = _above(state, section.parent)
        taken = state.taken()
        for item, match in enumerate(state.titles.matches(section.title)):
            least = SAME if above and state.items[item].mandatory else ALIAS
            if match.tier >= least and item not in taken and (state.items[item].level > 1 or section.level <= 2):
                state.give(section.index, item, match.by)
                break


def _by_content(state: _State) -> None:
    """Let what stands under a heading that names nothing speak for it, where it reads as one free item's answer."""
    if state.contents is None:
        return
    for section in state.sections:
        inside = any(s.index in state.found for s in state.under.get(section.index, []))
        if section.by == LABEL or section.index in state.found or inside:
            continue
        lines = [x for x in full_text(state.document, state.sections, section.index).splitlines() if len(x) >= LINE]
        costs, taken = _costs(state, section.parent), state.taken()
        free = [i for i, cost in costs.items() if cost <= DEEPER and i not in taken and state.items[i].mandatory]
        if not lines or not free:
            continue
        shares = state.contents.shares([f"{section.title}：{x}" for x in lines])
        mean = {i: sum(row.get(state.items[i].number, 0.0) for row in shares) / len(shares) for i in free}
        best = max(free, key=lambda i: (mean[i], -i))
        if mean[best] >= READS:
            state.give(section.index, best, "content")


def _labels(state: _State, parent: int) -> None:
    """Let labels and rows under a heading answer its items, where their words are an item's own."""
    items = [c for a in _above(state, parent) for c in state.below(a)]
    for section in state.under.get(parent, ()):
        if section.by != LABEL or section.index in state.found:
            continue
        matches = state.titles.matches(section.title)
        item = next((i for i in items if i not in state.taken() and matches[i].tier >= ALIAS), None)
        if item is not None:
            state.give(section.index, item, matches[item].by)


def _resolve(state: _State) -> None:
    """Leave a merged chapter the items that its sub-headings stand under, not those they answer themselves."""
    for index, own in list(state.found.items()):
        group = state.children.get(index, [])
        if len(own) < 2 or not group:
            continue
        inner = [i for c in group for i in state.found.get(c, [])]
        above = {state.items[i].parent for i in inner}
        free = [i for i in own if i not in inner]
        spoken = [i for i, item in enumerate(state.items) if item.number in above]
        unclaimed = [i for i in spoken if i not in state.taken()]
        silent = free[:1] if any(c not in state.found for c in group) else []
        state.found[index] = [i for i in free if i in spoken] or unclaimed[:1] or silent


def _kept(state: _State) -> tuple[Section, ...]:
    """Return the sections that stay, numbered anew, with their items and the blocks that are theirs."""
    stay = [s for s in state.sections if s.by != LABEL or s.index in state.found]
    place = {s.index: i for i, s in enumerate(stay)}
    out: list[Section] = []
    for index, section in enumerate(stay):
        parent = section.parent
        while parent is not None and parent not in place:
            parent = state.sections[parent].parent
        end = section.end
        if section.row is None:
            end = next((s.block for s in stay[index + 1 :] if s.row is None), len(state.document.blocks))
        items = sorted(set(state.found.get(section.index, [])))
        out.append(
            replace(
                section,
                index=index,
                parent=None if parent is None else place[parent],
                end=end,
                template=tuple(state.items[i].number for i in items),
                by=state.why.get(section.index, ""),
            )
        )
    return tuple(out)
