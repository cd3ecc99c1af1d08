"""The texts in which a system and a proposal are compared."""

from __future__ import annotations

import re
from collections.abc import Sequence

from models.text import bigrams

_DENIED = re.compile(
    "^(?:但?不|未|无|非|并非|尚未|只|仅)|不(?:含|涉及|涉|提供|承担|包括|包含|面向|处理|直接|管理|流转)|与.{1,12}无关"
)
_PLACE = re.compile("^(?:[\\u4e00-\\u9fff]{2,3}省)?(?:[\\u4e00-\\u9fff]{2,3}市)?(?:[\\u4e00-\\u9fff]{2}区)?")


def lexical(left: str, right: str) -> float:
    """Return how much of the shorter text's character pairs the other has, 0..1."""
    a, b = bigrams(left), bigrams(right)
    return len(a & b) / min(len(a), len(b)) if a and b else 0.0


def clauses(text: str) -> list[str]:
    """Return the statements of a description; what it says it does NOT do is no function."""
    pieces = re.split(r"[。；;，,\n]", text)
    return [p.strip() for p in pieces if len(p.strip()) >= 5 and not _DENIED.search(p)]


def placeless(name: str) -> str:
    """Return a name without the place before it: that both are of one place says nothing."""
    return _PLACE.sub("", name) or name


def unique(texts: Sequence[str]) -> list[str]:
    """Return texts without repetition, in order."""
    return list(dict.fromkeys(t for t in texts if t.strip()))


_LEADS = re.compile("^(?:主要)?(?:包括|包含|含有?|具有|具备|提供|实现)")


def system_texts(name: str, description: str, functions: Sequence[str]) -> tuple[list[str], int]:
    """Return what a system does, text by text, its functions first, and how many of them are functions (1 or more)."""
    own = unique(functions)
    told = clauses(description)
    if not own:  # a register that lists functions in its descriptions: 含就诊随访、用药提醒、档案调阅
        parts = (part for text in told for part in (text.split("、") if text.count("、") > 1 else [text]))
        told = [_LEADS.sub("", part) for part in parts]
    texts = unique([*own, *told]) or [name]
    return texts, len(own) or len(texts)


def system_whole(name: str, description: str, functions: Sequence[str]) -> str:
    """Return a system as one text."""
    return f"{placeless(name)}：{'；'.join([*clauses(description), *functions])}"


def proposal_whole(title: str, functions: Sequence[str]) -> str:
    """Return a proposal as one text."""
    return f"{placeless(title)}：{'；'.join(functions)}"
