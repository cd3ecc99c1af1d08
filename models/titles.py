"""How well a heading's title names an item of the template: equal, listed, alike, or learned."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from models.domain.policy import TemplateItem
from models.text import squash

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

SAME, ALIAS, CORE, PART = 1.0, 0.98, 0.9, 0.86  # tiers: the template's title, an alias, but for affixes, a part
_JOIN = re.compile(r"以及|及其|[和与及、同兼/]|——|--")
_SEPARATORS = re.compile(r"[，,：:；;]|——|--")
_BRACKETS = re.compile(r"[（(【\[][^）)】\]]*[)）】\]]")
_PREFIX = re.compile(r"^(?:关于|本|拟建|该|项目|工程|方案|系统的)+")
_BUILD = re.compile(r"^建设")
_SUFFIX = re.compile(r"(?:分析|设计|情况|概述|描述|方案|阐述|论述|介绍|简述|部分|研究|内容及要求)+$")


@lru_cache(maxsize=8192)
def light(title: str) -> str:
    """Return a title's key: without punctuation, brackets, joining words and 项目 at its head."""
    text = _JOIN.sub("", _BRACKETS.sub("", title))
    text = squash(text).replace("的", "")
    return _PREFIX.sub("", text) or text


@lru_cache(maxsize=8192)
def core(title: str) -> str:
    """Return what is left of a title without 建设 before and 分析, 设计, 情况 … behind it."""
    key = light(title)
    for pattern in (_SUFFIX, _BUILD):
        rest = pattern.sub("", key)
        key = rest if len(rest) >= 2 else key
    return key


@lru_cache(maxsize=8192)
def parts(title: str) -> tuple[str, ...]:
    """Return the things a title lists: 社会与经济效益 → 社会效益, 经济效益; one thing where it lists none."""
    pieces = [p for p in _JOIN.split(_BRACKETS.sub("", title)) if len(squash(p)) >= 2]
    if len(pieces) < 2:
        return (title,)
    tail = squash(_SUFFIX.sub("", squash(pieces[-1])))[-2:]
    return tuple(p if len(squash(p)) > 2 or p is pieces[-1] else p + tail for p in pieces) + tuple(
        p for p in pieces[:-1] if len(squash(p)) == 2
    )


def _bigrams(key: str) -> frozenset[str]:
    return frozenset(key[i : i + 2] for i in range(len(key) - 1)) or frozenset({key})


def _dice(a: frozenset[str], b: frozenset[str]) -> float:
    return 2 * len(a & b) / (len(a) + len(b))


@dataclass(frozen=True, slots=True)
class Match:
    """How well a title names an item: `score` 0..1, `tier` as much of it as rests on equality, `by` why."""

    score: float
    tier: float
    by: str


@dataclass(frozen=True, slots=True)
class _Entry:
    item: TemplateItem
    title: str
    aliases: frozenset[str]
    cores: frozenset[str]
    pieces: frozenset[str]
    grams: tuple[tuple[str, frozenset[str]], ...]


class TitleModel:
    """Compares titles with the template's items; made once for a template, gives the same numbers every time."""

    def __init__(self, items: Sequence[TemplateItem]) -> None:
        """Prepare the items of one policy's template, in its order."""
        self.items = tuple(items)
        self._entries = tuple(_entry(item) for item in items)
        self._classifier: _Classifier | None = None
        self._cache: dict[str, tuple[Match, ...]] = {}

    def matches(self, title: str) -> tuple[Match, ...]:
        """Return one `Match` for each item, in the template's order."""
        if title not in self._cache:
            self._cache[title] = self._compare(title)
        return self._cache[title]

    def part_tier(self, title: str, index: int) -> float:
        """Return how surely one of the things a title lists names an item: 0, or PART at least."""
        entry = self._entries[index]
        return max((self._tier(part, entry, whole=False) for part in parts(title)), default=0.0)

    def probabilities(self, title: str) -> tuple[float, ...]:
        """Return the classifier's probability for each item, in the template's order."""
        if self._classifier is None:
            self._classifier = _Classifier(self.items)
        return self._classifier.probabilities(title)

    def _compare(self, title: str) -> tuple[Match, ...]:
        pieces = [p for p in _SEPARATORS.split(title) if len(squash(p)) >= 2]
        tiers = [self._best_tier(title, pieces, e) for e in self._entries]
        if max(tiers) >= ALIAS:
            learned: tuple[float, ...] = (0.0,) * len(tiers)
        else:
            learned = self.probabilities(title)
        return tuple(
            _match(title, entry, tier, p) for entry, tier, p in zip(self._entries, tiers, learned, strict=True)
        )

    def _best_tier(self, title: str, pieces: Sequence[str], entry: _Entry) -> float:
        tier = self._tier(title, entry)
        if tier == 0.0 and len(pieces) > 1:
            tier = 0.92 * max(self._tier(p, entry) for p in pieces)
        return tier

    @staticmethod
    def _tier(title: str, entry: _Entry, *, whole: bool = True) -> float:
        key = light(title)
        if key == entry.title:
            return SAME
        if key in entry.aliases:
            return ALIAS
        short = core(title)
        if short in entry.cores:
            return CORE
        return PART if not whole and short in entry.pieces else 0.0


def _entry(item: TemplateItem) -> _Entry:
    names = (item.title, *item.aliases)
    keys = tuple(dict.fromkeys(light(n) for n in names))
    pieces = frozenset(core(p) for p in parts(item.title)) if len(parts(item.title)) > 1 else frozenset()
    return _Entry(
        item,
        light(item.title),
        frozenset(keys),
        frozenset(core(n) for n in names),
        frozenset(p for p in pieces if len(p) >= 2),
        tuple((k, _bigrams(k)) for k in keys),
    )


def _match(title: str, entry: _Entry, tier: float, probability: float) -> Match:
    if tier > 0:
        return Match(tier, tier, "title" if tier >= SAME else "alias")
    key = light(title)
    grams = _bigrams(key)
    dice = max(_dice(grams, g) for _, g in entry.grams)
    inside = max((len(k) / len(key) for k, _ in entry.grams if len(k) >= 3 and k in key), default=0.0)
    words = _covered(key, entry.item.keywords)
    score = min(0.85, 0.35 * dice + 0.15 * inside + 0.3 * words + 0.35 * probability)
    return Match(score, 0.0, "alias" if max(dice, inside) >= 0.6 else "classifier")


def _covered(key: str, words: Sequence[str]) -> float:
    """Return the share of a title's characters that speak for the item."""
    seen: set[int] = set()
    for word in words:
        at = key.find(squash(word))
        if at >= 0:
            seen.update(range(at, at + len(word)))
    return len(seen) / max(3, len(key))


class _Classifier:
    """Characters of a title → item; a linear model trained in well under half a second from the pack's own words."""

    def __init__(self, items: Sequence[TemplateItem]) -> None:
        import numpy as np
        from sklearn.feature_extraction.text import TfidfVectorizer
        from sklearn.linear_model import Ridge

        texts: list[str] = []
        labels: list[int] = []
        for index, item in enumerate(items):
            own = [item.title, *item.aliases, *item.keywords]
            texts += own
            labels += [index] * len(own)
        self._vectors: Any = TfidfVectorizer(analyzer="char", ngram_range=(1, 3), sublinear_tf=True, dtype=np.float64)
        x = self._vectors.fit_transform([light(t) for t in texts]).toarray()
        y = np.zeros((len(labels), len(items)))
        y[np.arange(len(labels)), labels] = 1.0
        self._model: Any = Ridge(alpha=0.5, solver="cholesky").fit(x, y)

    def probabilities(self, title: str) -> tuple[float, ...]:
        import numpy as np

        raw: NDArray[np.float64] = self._model.predict(self._vectors.transform([light(title)]).toarray())[0]
        weights = np.exp(8.0 * (raw - raw.max()))
        return tuple(float(v) for v in np.round(weights / weights.sum(), 6))
