"""Passages of a submission that the judge would report, read in the context of their paragraph.

A sentence is judged alone and together with its neighbours: what the next sentence takes back is not reported, and what
only two sentences say together is not missed.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import groupby, pairwise

from models.domain.submission import Field, Kind, Passage, PassageKind, Submission
from models.judgement import Judge, Verdict
from models.passages import quote

WINDOW = 220  # characters of two sentences judged together
STRANGE = 0.05  # how much surer the judge must be of a passage without the rule's own vocabulary
HEAD = 12  # characters of a column's longest title
SHORT = 250  # passages of a plan the thresholds are meant for


@dataclass(frozen=True, slots=True)
class Suspicion:
    """A passage and the rule it may break; `score` is the judge's probability after the context was heard."""

    rule: str
    passage: Passage
    score: float
    concepts: frozenset[str]
    attributes: frozenset[str]


def suspicions(submission: Submission, judge: Judge) -> tuple[Suspicion, ...]:
    """Return what reaches its rule's threshold (the pack's lexicon), in reading order."""
    units = [list(g) for g in _paragraphs(submission)]
    number = sum(map(len, units))
    thresholds = {rule: at_length(float(spec["threshold"]), number) for rule, spec in judge.rules.items()}
    texts = sorted({t for unit in units for t in _texts(unit)}, key=lambda t: (len(t), t))
    verdicts = {t: {v.rule: v for v in vs} for t, vs in zip(texts, judge.judge(texts), strict=True)}
    return tuple(s for unit in units for s in _of_unit(unit, verdicts, thresholds))


def at_length(threshold: float, passages: int) -> float:
    """Return the threshold for a submission of so many passages.

    A plan of ten times the length has not ten times the faults: what a passage must show to be believed grows with
    their number, as the odds of any one of them being a fault shrink (Bayes' rule).
    """
    surer = max(0.0, math.log(passages / SHORT)) if passages else 0.0
    return 1 / (1 + math.exp(-(math.log(threshold / (1 - threshold)) + surer)))


def _paragraphs(submission: Submission) -> Iterable[list[Passage]]:
    """Sentences of one paragraph together; every row and every form field by itself."""
    forms = {d.document.name for d in submission.documents if d.kind is Kind.FORM}
    tables = {(p.evidence.document, p.evidence.table) for p in submission.passages if p.evidence.row}  # with more rows
    judged = [
        p
        for p in submission.passages
        if p.kind is not PassageKind.TITLE
        and p.evidence.document not in forms
        and not ((p.evidence.document, p.evidence.table) in tables and _is_head(p))
    ]
    for _, group in groupby(judged, key=lambda p: (p.evidence.document, p.evidence.paragraph, p.evidence.row)):
        yield list(group)
    for field in submission.fields:
        yield [_field_passage(field)]


def _is_head(passage: Passage) -> bool:
    """Tell whether a row only names a table's columns: it states nothing."""
    cells = passage.text.split(" | ")
    first = passage.kind is PassageKind.ROW and passage.evidence.row == 0 and len(cells) > 1
    return first and all(len(c) <= HEAD and not any(x.isdigit() for x in c) for c in cells)


def _field_passage(field: Field) -> Passage:
    return Passage(f"{field.label} | {field.value}", PassageKind.FIELD, Kind.FORM, field.evidence)


def _pairs(unit: Sequence[Passage]) -> list[str]:
    return [a.text + b.text for a, b in pairwise(unit)]


def _texts(unit: Sequence[Passage]) -> list[str]:
    return [p.text for p in unit] + [t for t in _pairs(unit) if len(t) <= WINDOW]


def _of_unit(
    unit: Sequence[Passage], verdicts: dict[str, dict[str, Verdict]], thresholds: dict[str, float]
) -> list[Suspicion]:
    out: dict[tuple[int, str], Suspicion] = {}
    pairs = _pairs(unit)
    for i, passage in enumerate(unit):
        around = [pairs[j] for j in (i - 1, i) if 0 <= j < len(pairs) and len(pairs[j]) <= WINDOW]
        for rule, verdict in verdicts[passage.text].items():
            together = [verdicts[t][rule].score for t in around if rule in verdicts[t]]
            score = verdict.score if not together else min(verdict.score, 0.5 * (verdict.score + min(together)))
            if score >= thresholds[rule] + (0.0 if verdict.gated else STRANGE):
                out[i, rule] = Suspicion(rule, passage, score, verdict.concepts, verdict.attributes)
    for i, text in enumerate(pairs):
        for rule, verdict in verdicts.get(text, {}).items():
            strong = verdict.score >= thresholds[rule] + 2 * (1 - thresholds[rule]) / 3
            if strong and (i, rule) not in out and (i + 1, rule) not in out:
                both = replace(unit[i], evidence=replace(unit[i].evidence, quote=quote(text)), text=text)
                single = max(verdicts[u.text][rule].score if rule in verdicts[u.text] else 0.0 for u in unit[i : i + 2])
                if single >= 0.75 * thresholds[rule]:
                    out[i, rule] = Suspicion(rule, both, verdict.score, verdict.concepts, verdict.attributes)
    return [out[k] for k in sorted(out)]
