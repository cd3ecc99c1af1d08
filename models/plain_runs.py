"""Which plain numbered lines are headings: told by the run they stand in, not by the line."""

from __future__ import annotations

from collections.abc import Sequence

from models.domain.document import Document, Paragraph
from models.headings import Candidate, Strength
from models.numbering import NumberKind, follows

_NEVER = frozenset({NumberKind.CIRCLE, NumberKind.LETTER, NumberKind.ROMAN, NumberKind.ARTICLE})
_MEASURED = 4  # half points by which headings of one level may differ where sizes are measured
_ALL, _MOST = 0.99, 0.6  # share of a run's lines with something below them
MARKED = 3  # from so many headings with a style or bold on, plain lines are list items unless shown otherwise


def accepted(
    document: Document, marked: Sequence[Candidate], found: Sequence[Candidate], ranks: Sequence[int]
) -> list[Candidate]:
    """Return the marked headings with the plain lines that belong among them, in order.

    `marked` are headings by style or bold, `ranks` their levels, `found` all candidates of the document.
    """
    heads = list(marked)
    plain = [c for c in found if c.strength is Strength.PLAIN and c.numbered.kind not in _NEVER]
    run_in = [c for c in found if c.strength is Strength.SOFT and c.row is None and c.numbered.path]
    numbered = [h for h in marked if h.numbered.path or h.declared is not None]
    if len(numbered) >= MARKED:
        heads += _continuing(heads, [*plain, *run_in])
        rest = [c for c in plain if c not in heads]
        heads += _sub_runs(document, heads, rest, set(ranks))
    else:
        heads += _top_runs(document, plain)
        heads += _continuing(heads, run_in)
    return sorted(heads, key=lambda c: c.block)


def _continuing(heads: Sequence[Candidate], plain: Sequence[Candidate]) -> list[Candidate]:
    """Return plain lines that fill a hole in the headings' numbers: 三、 between 二、 and 四、, 一、 before 二、."""
    out: list[Candidate] = []
    for line in sorted(plain, key=lambda c: c.block):
        same = sorted((h for h in [*heads, *out] if h.group == line.group), key=lambda c: c.block)
        before = next((h for h in reversed(same) if h.block < line.block), None)
        after = next((h for h in same if h.block > line.block), None)
        path = line.numbered.path
        behind = before is not None and follows(before.numbered.path, path)
        ahead = after is not None and follows(path, after.numbered.path)
        last = line.rough and behind and line.strength is Strength.PLAIN and _closes(line, before, after)
        if (ahead and (behind or path[-1] == 1)) or last:
            out.append(line)
    return out


def _closes(line: Candidate, before: Candidate | None, after: Candidate | None) -> bool:
    """Tell whether a line measured in a picture may be the last of its run: the next of its kind begins anew."""
    anew = after is None or after.numbered.value == 1 or after.numbered.path[:-1] != line.numbered.path[:-1]
    return anew and before is not None and abs(before.look.size - line.look.size) <= _MEASURED


def _sub_runs(
    document: Document, heads: Sequence[Candidate], plain: Sequence[Candidate], used: set[int]
) -> list[Candidate]:
    """Return runs of plain lines one level below the deepest marked level (1. 2. 3. in body type under bold （一）)."""
    bounds = [h.block for h in sorted(heads, key=lambda c: c.block)]
    groups = {h.group for h in heads}
    deepest = max(used, default=1)
    out: list[Candidate] = []
    for run in _runs(plain, bounds):
        new = run[0].group not in groups or deepest >= 3
        # A picture shows no weight of type: there an empty section among others is no reason to doubt the rest.
        least = _MOST if run[0].rough else _ALL
        if new and run[0].numbered.value == 1 and len(run) > 1 and _with_bodies(document, run, bounds) >= least:
            out.extend(run)
    return out


def _top_runs(document: Document, plain: Sequence[Candidate]) -> list[Candidate]:
    """Return the headings of a text without bold or styles: runs whose lines have something below them."""
    out: list[Candidate] = []
    later: list[list[Candidate]] = []
    for run in _runs(plain, ()):
        if len(run) > 1 and run[0].numbered.value == 1:
            out.extend(run if _with_bodies(document, run, ()) >= _MOST else [])
        else:
            later.append(run)
    groups = {h.group for h in out}
    for run in later:
        if run[0].group in groups and _with_bodies(document, run, ()) >= _MOST:
            out.extend(run)
    return out


def _runs(plain: Sequence[Candidate], bounds: Sequence[int]) -> list[list[Candidate]]:
    """Split lines into runs 1, 2, 3 of one way of numbering; a run does not go over any of `bounds`."""
    open_runs: dict[tuple[NumberKind, int], list[Candidate]] = {}
    out: list[list[Candidate]] = []
    for line in plain:
        run = open_runs.get(line.group)
        crossed = run is not None and any(run[-1].block < b < line.block for b in bounds)
        if run is None or crossed or not _goes_on(run[-1], line):
            run = []
            open_runs[line.group] = run
            out.append(run)
        run.append(line)
    return out


def _goes_on(last: Candidate, line: Candidate) -> bool:
    """Tell whether a line is the next of a run; recognition may have lost one between."""
    one, two = last.numbered.path, line.numbered.path
    return follows(one, two) or (line.rough and one[:-1] == two[:-1] and one[-1] < two[-1] <= one[-1] + 2)


def _with_bodies(document: Document, run: Sequence[Candidate], bounds: Sequence[int]) -> float:
    """Return the share of a run's lines that have something below them before the next line of the run."""
    ends = [*(c.block for c in run[1:]), len(document.blocks)]
    last = next((b for b in bounds if b > run[-1].block), len(document.blocks))
    ends[-1] = last
    return sum(_filled(document, c.block + 1, e) for c, e in zip(run, ends, strict=True)) / len(run)


def _filled(document: Document, start: int, end: int) -> bool:
    return any(not isinstance(b, Paragraph) or b.text.strip() for b in document.blocks[start:end])
