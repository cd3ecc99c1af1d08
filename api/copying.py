"""Which passages of submissions are copied from one another; for the office alone, never for an applicant's papers."""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from api.files import put

if TYPE_CHECKING:
    from models.copied import Copied, Prints, Said
    from models.domain.policy import Policy
    from models.domain.report import Report

TEXTS = ".chushen-texts.json"  # beside the report: what the plan says, to be compared with others
HEADS = (
    "来件甲", "来件乙", "相同字数", "占较短方案", "本处相同字数", "甲的位置", "甲的原文", "乙的位置", "乙的原文",
)  # fmt: skip
WIDTHS = {"来件甲": 24, "来件乙": 24, "甲的位置": 24, "乙的位置": 24, "甲的原文": 60, "乙的原文": 60}
_WAY = "1"  # of fingerprinting; another one makes those kept worthless
_KEPT = 64  # submissions whose texts are held at once
_QUOTE = 200  # characters of a quote


def texts(report: Report) -> bytes:
    """Return what the plan of a report says, as `loaded` reads it."""
    from models.copied import said

    found = [[s.document, s.page, s.paragraph, s.text] for s in said(report.documents)]
    return json.dumps(found, ensure_ascii=False).encode("utf-8", "replace")


def loaded(content: bytes) -> tuple[Said, ...]:
    """Return what `texts` wrote."""
    from models.copied import Said

    return tuple(Said(*one) for one in json.loads(content))


def copied(
    names: Sequence[str],
    load: Callable[[str], bytes],
    policy: Policy,
    earlier: Sequence[str] = (),
    cache: Path | None = None,
) -> tuple[Copied, ...]:
    """Return what submissions share with one another and with earlier ones.

    Args:
        names: the submissions.
        load: gives what `texts` wrote of one.
        policy: whose words prove nothing.
        earlier: submissions they are compared with.
        cache: folder where fingerprints are kept by the hash of what they were made of; None keeps none.
    """
    from models.copied import compare, every

    own = [*(t.instruction for t in policy.template), *(c.text for c in policy.clauses.values())]
    held = lru_cache(maxsize=_KEPT)(lambda name: loaded(load(name)))
    known = None if cache is None else (lambda name: _prints(load(name), cache))
    return compare(names, held, every(own), earlier, known)


def _prints(content: bytes, cache: Path) -> Prints:
    """Return the fingerprints of what `texts` wrote, kept by its hash."""
    import numpy as np

    from models.copied import Prints, prints

    path = cache / f"{hashlib.sha256(content).hexdigest()}-{_WAY}.npy"
    try:
        kept = np.load(path, allow_pickle=False)
        return Prints(kept[1:], int(kept[0, 1]))
    except (OSError, ValueError, EOFError, IndexError):  # not there yet, or spoilt: made anew
        made = prints(loaded(content))
    buffer = io.BytesIO()
    np.save(buffer, np.concatenate([np.array([[0, made.characters]], np.int64), made.rows]))
    cache.mkdir(parents=True, exist_ok=True)
    put(path, buffer.getvalue())
    return made


def in_folder(out: Path, names: Sequence[str], policy: Policy) -> list[dict[str, Any]]:
    """Return the pairs of a batch as `summary.json` has them, out of what lies beside the reports."""
    return in_files({name: out / name / TEXTS for name in names}, {}, policy)


def in_files(
    files: Mapping[str, Path], earlier: Mapping[str, Path], policy: Policy, cache: Path | None = None
) -> list[dict[str, Any]]:
    """Return the pairs of submissions, and of these with earlier ones, by name where lies what `texts` wrote.

    `cache`: see `copied`.
    """
    lie = {**files, **earlier}
    found = copied(tuple(files), lambda name: lie[name].read_bytes(), policy, tuple(earlier), cache)
    return [
        {
            "submissions": [pair.first, pair.second],
            "characters": pair.characters,
            "share": pair.share,
            "count": pair.count,
            "passages": [
                {"characters": p.characters, "quotes": [_quoted(p.first), _quoted(p.second)]} for p in pair.passages
            ],
        }
        for pair in found
    ]


def _quoted(one: Said) -> dict[str, Any]:
    place = asdict(one)
    return {**{k: place[k] for k in ("document", "page", "paragraph")}, "quote": one.text.strip()[:_QUOTE]}


def rows(pairs: Sequence[dict[str, Any]]) -> Iterator[tuple[Any, ...]]:
    """Yield one row a passage, in the order of `HEADS`, of what `as_objects` gave."""
    for pair in pairs:
        for passage in pair["passages"]:
            places = [cell for q in passage["quotes"] for cell in (_place(q), q["quote"])]
            yield (*pair["submissions"], pair["characters"], f"{pair['share']:.0%}", passage["characters"], *places)


def _place(quote: dict[str, Any]) -> str:
    page, paragraph = quote["page"], quote["paragraph"]
    where = f"第{page}页" if page is not None else f"第{paragraph + 1}段" if paragraph is not None else ""
    return f"{quote['document']} {where}".strip()
