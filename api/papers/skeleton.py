"""Fills the pack's skeleton of a paper: a list of blocks with {placeholders}, conditions and repetitions.

Written so:

- title: 关于《{title}》的初步审核意见
- body: 需求单位为{unit}，拟建设单位为{builder}。
  if: builder                 # only where the value is not empty; `unless:` the other way; a list: all of them
- body: "{number}. {text}"
  each: must                  # once for every row of a list; with `blocks:`, all of them for every row
- item: [（一）材料完整性。, "{completeness}"]
- if: closed                  # several blocks under one condition
  blocks: [...]
- heading: 八、返回格式
  fresh: true                 # begins a page
- follows: 附件2　……          # heads an annex below the one before it; `annex` begins a page
- table: files                # one of the tables of `api.papers.tables`
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from api.papers.blocks import Annex, Block, Body, Grid, Heading, Item, Line, Paper, Title
from models.domain.errors import PolicyError

Values = Mapping[str, Any]
_SLOT = re.compile(r"\{(\w+)\}")
_PLAIN: Mapping[str, type[Title | Body | Line | Annex]] = {
    "title": Title,
    "body": Body,
    "line": Line,
    "annex": Annex,
}
_KEYS = {*_PLAIN, "heading", "follows", "right", "item", "table", "if", "unless", "each", "blocks", "fresh"}
_LOOKS = ("compact", "dense", "landscape")


def fill(name: str, skeleton: Mapping[str, Any], values: Values, tables: Mapping[str, Grid]) -> Paper:
    """Return the paper.

    Args:
        name: the paper's kind, for error messages.
        skeleton: `blocks` and, where wanted, `compact`, `dense` or `landscape`.
        values: text by placeholder; lists of values for `each`.
        tables: by name.

    Raises:
        PolicyError: the skeleton asks for what there is not.
    """
    entries = skeleton.get("blocks")
    if not isinstance(entries, Sequence) or isinstance(entries, str) or set(skeleton) - {"blocks", *_LOOKS}:
        raise PolicyError(f"应有 blocks（列表），此外只能有 {'、'.join(_LOOKS)}", name=f"papers：{name}")
    blocks = tuple(block for entry in entries for block in _blocks(name, entry, values, tables))
    return Paper(name, blocks, **{look: bool(skeleton.get(look)) for look in _LOOKS})


def _blocks(name: str, entry: Any, values: Values, tables: Mapping[str, Grid]) -> Iterator[Block]:  # noqa: ANN401  YAML
    if not isinstance(entry, Mapping) or set(entry) - _KEYS:
        raise PolicyError(f"不认识的一段：{entry}", name=f"papers：{name}", advice="写法见 docs/papers.md")
    for condition, wanted in (("if", True), ("unless", False)):
        keys = entry.get(condition, ())
        keys = [keys] if isinstance(keys, str) else keys
        if any(bool(_value(name, str(key), values)) is not wanted for key in keys):
            return
    if "each" not in entry:
        if isinstance(group := entry.get("blocks"), list):
            yield from (block for one in group for block in _blocks(name, one, values, tables))
        else:
            yield _block(name, entry, values, tables)
        return
    inner = entry.get("blocks") or [{key: value for key, value in entry.items() if key not in {"each", "if", "unless"}}]
    for number, row in enumerate(_value(name, str(entry["each"]), values), start=1):
        for one in inner:
            yield from _blocks(name, one, {**values, "number": str(number), **row}, tables)


def _block(name: str, entry: Mapping[str, Any], values: Values, tables: Mapping[str, Grid]) -> Block:
    def text(words: object) -> str:
        return _SLOT.sub(lambda slot: str(_value(name, slot[1], values)), str(words))

    if "table" in entry:
        if entry["table"] not in tables:
            raise PolicyError(
                f"没有名为“{entry['table']}”的表", name=f"papers：{name}", advice="可用的表见 docs/papers.md"
            )
        return tables[entry["table"]]
    if "item" in entry:
        head, words = entry["item"]
        return Item(text(head), text(words))
    if "follows" in entry:
        return Annex(text(entry["follows"]), follows=True)
    if "right" in entry:
        return Line(text(entry["right"]), right=True)
    if "heading" in entry:
        return Heading(text(entry["heading"]), fresh=bool(entry.get("fresh")))
    for key, block in _PLAIN.items():
        if key in entry:
            return block(text(entry[key]))
    raise PolicyError(f"不认识的一段：{dict(entry)}", name=f"papers：{name}", advice="写法见 docs/papers.md")


def _value(name: str, key: str, values: Values) -> Any:  # noqa: ANN401  text or a list
    if key not in values:
        raise PolicyError(f"没有名为“{key}”的占位符", name=f"papers：{name}", advice="可用的占位符见 docs/papers.md")
    return values[key]
