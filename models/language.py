"""Sentence work: tokens, clauses and what each clause says of itself, carried by a spaCy pipeline.

spaCy has no Chinese model that can be had offline (see docs/decisions), so the pipeline is a blank one with the jieba
segmenter, taught the field's words, and two components of ours: `cues` marks clauses with attributes (negated,
conditional, quoted, past, other_owner …) and `concepts` marks the words of the policy's lexicon.
"""

from __future__ import annotations

import logging
import re
import sys
import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

CUES = Path(__file__).parent / "data" / "cues.yaml"
_CLAUSE_END = re.compile(r"[，,；;。！？!?：:\n|]")
_QUOTED = re.compile(r"《[^《》]*》|“[^“”]*”|「[^「」]*」")


@dataclass(frozen=True, slots=True)
class ClauseMark:
    """A clause of a passage: its place and what it says of itself."""

    start: int
    end: int
    attributes: frozenset[str]  # names of models/data/cues.yaml
    concepts: tuple[str, ...]  # names of lexicon concepts found in it, each once, in order of their names


@dataclass(frozen=True, slots=True)
class Analysis:
    """One passage, analysed."""

    text: str
    tokens: tuple[str, ...]
    clauses: tuple[ClauseMark, ...]
    patterns: tuple[str, ...] = ()  # rule:index of the lexicon's patterns that fit

    @property
    def concepts(self) -> frozenset[str]:
        """All concepts of the passage."""
        return frozenset(c for clause in self.clauses for c in clause.concepts)

    @property
    def attributes(self) -> frozenset[str]:
        """All attributes of the passage."""
        return frozenset(a for clause in self.clauses for a in clause.attributes)


@contextmanager
def _without(*names: str) -> Iterator[None]:
    """Hide packages while spaCy is imported: thinc would load torch (5 s, 400 MB) only to see that it is there."""
    hidden = [n for n in names if n not in sys.modules]
    for name in hidden:
        sys.modules[name] = None  # type: ignore[assignment]
    try:
        yield
    finally:
        for name in hidden:
            sys.modules.pop(name, None)


@cache
def cues() -> dict[str, dict[str, list[str]]]:
    """Return the cue lists: attribute -> {tokens, phrases}."""
    loaded: dict[str, dict[str, list[str]]] = yaml.safe_load(CUES.read_text("utf-8"))
    return loaded


@cache
def _blank() -> Any:  # noqa: ANN401 -- spaCy is untyped
    with warnings.catch_warnings(), _without("torch", "tensorflow", "mxnet", "cupy"):
        warnings.simplefilter("ignore")  # jieba 0.42 has invalid escapes and imports pkg_resources
        import jieba

        jieba.setLogLevel(logging.ERROR)  # before spaCy warms it up
        import spacy

        nlp = spacy.blank("zh", config={"nlp": {"tokenizer": {"segmenter": "jieba"}}})
        for lists in cues().values():
            for word in lists["tokens"]:
                jieba.add_word(word)
    return nlp


class Language:
    """The pipeline for one policy's lexicon."""

    def __init__(self, lexicon: Mapping[str, Any], field_words: Sequence[str] = ()) -> None:
        """`lexicon`: the pack's concepts and patterns; `field_words`: words the segmenter must not cut."""
        self._nlp = _blank()
        _teach(tuple(field_words))
        self._concepts = {
            name: re.compile("|".join(f"(?:{p})" for p in parts)) for name, parts in lexicon["concepts"].items()
        }
        self._patterns = {r: tuple(map(re.compile, spec.get("patterns", ()))) for r, spec in lexicon["rules"].items()}
        self._matcher = _cue_matcher()
        self._phrases = {
            a: re.compile("|".join(map(re.escape, c["phrases"]))) for a, c in cues().items() if c["phrases"]
        }

    def analyse(self, text: str) -> Analysis:
        """Segment one passage, cut it into clauses, mark attributes and concepts."""
        doc = self._nlp(text)
        found: list[tuple[int, str]] = []
        for match, start, _ in self._matcher(doc):
            found.append((doc[start].idx, self._nlp.vocab.strings[match]))
        for attribute, pattern in self._phrases.items():
            found.extend((m.start(), attribute) for m in pattern.finditer(text))
        found.extend((m.start(), "in_quotes") for m in _QUOTED.finditer(text))
        marks = [
            (m.start(), name) for name, pattern in self._concepts.items() for m in pattern.finditer(text) if m.group()
        ]
        clauses = []
        for start, end in _clauses(text):
            attributes = frozenset(a for at, a in found if start <= at < end)
            concepts = tuple(sorted({c for at, c in marks if start <= at < end}))
            clauses.append(ClauseMark(start, end, attributes, concepts))
        patterns = tuple(
            f"{rule}:{i}" for rule, group in self._patterns.items() for i, p in enumerate(group) if p.search(text)
        )
        return Analysis(text, tuple(t.text for t in doc), tuple(clauses), patterns)


@cache
def _teach(words: tuple[str, ...]) -> None:
    import jieba

    for word in words:
        jieba.add_word(word)


@cache
def _cue_matcher() -> Any:  # noqa: ANN401 -- spaCy is untyped
    from spacy.matcher import Matcher

    matcher = Matcher(_blank().vocab)
    for attribute, lists in cues().items():
        if lists["tokens"]:
            matcher.add(attribute, [[{"TEXT": {"IN": lists["tokens"]}}]])
    return matcher


def _clauses(text: str) -> list[tuple[int, int]]:
    spans, start = [], 0
    for mark in _CLAUSE_END.finditer(text):
        if mark.end() - start > 1:
            spans.append((start, mark.end()))
            start = mark.end()
    if start < len(text):
        spans.append((start, len(text)))
    return spans
