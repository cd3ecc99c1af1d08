"""Passages of a submission that the judge would report, read in the context of their paragraph.

A sentence is judged alone, with each neighbour, and within its paragraph: what the next sentence takes back is not
reported, and what only several sentences say together is not missed.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from models.choices import by_columns, denials, resolved
from models.domain.finding import Evidence
from models.domain.submission import Field, Kind, Passage, PassageKind, Submission
from models.judgement import Judge, Verdict
from models.passages import quote

WINDOW = 300  # characters of a stretch of sentences judged together
SURER = 2 / 3  # of the way from a threshold to certainty: how much surer the judge must be of a stretch
_DROPPED = re.compile(  # heads of tables of what the project gave up: their rows are no plans
    r"(?:减掉|删去|删减|裁减|裁掉|剔除|未采纳|不予?采纳|未纳入|不纳入|取消|否决|放弃)的?(?:本期)?[^|]{0,4}"
    r"(?:功能|需求|内容|意见|建议|方案|模块|设想)"
)
_REJECTED = re.compile(  # the cell of a comparison of options that says what became of one
    "(?:结论|决定|意见|评价)?[:：]?(?:(?:不予?|未予?|没有|暂不)(?:采用|采纳|取|选|选用|选择|考虑|推荐|可取|可行)|否决|淘汰|放弃|排除|弃用?|落选|舍弃?)"
)
_OPTION = re.compile(r"(?:方案|选项|备选)?[甲乙丙丁戊A-E一二三四][:：、\s]|方案|选项")
# head of what is compared
_COMPARES = re.compile("(?:比较|对比|比选)(?:的?(?:项目?|内容|维度|因素|指标|方面|要素|点))?")
_TAKEN = re.compile(
    "采用|采纳|推荐|选定|选用|选择|首选|入选|本(?:项目|次|期|系统|平台|方案)|拟(?:建|定|用)|[建实改][设成施造]后|[√✓✔☑]|^是$"
)
_NOT_TAKEN = re.compile("不|未|没|放弃|否|备选|淘汰|□")
# label of the row that says which option was taken
_SETTLES = re.compile("结论|推荐|选择|取舍|比选|决定|是否|结果|意见")
_NOT_CHOSEN = frozenset({"否", "×", "（ ）", "( )", "（）", "()", "（　）", "□", "—", "-"})
_ACTS = frozenset(
    {"NEG-1", "NEG-2C", "NEG-2D"}
)  # rules about what is done; to reject reuse may itself break the others
_TWO = 2
FAINT = 0.15  # from which a neighbouring sentence is quoted as well
SAYS = 6  # characters from which a passage says something
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
    beside: tuple[Evidence, ...] = ()  # other sentences of the paragraph that speak of the same, less clearly


def suspicions(submission: Submission, judge: Judge) -> tuple[Suspicion, ...]:
    """Return what reaches its rule's threshold (the pack's lexicon), in reading order."""
    units = [list(g) for g in _paragraphs(submission)]
    number = sum(map(len, units))
    thresholds = {
        (rule, gated): at_length(
            float(spec["threshold"]) + (0.0 if gated else float(spec.get("strange", STRANGE))), number
        )
        for rule, spec in judge.rules.items()
        for gated in (True, False)
    }
    texts = sorted({t for unit in units for t in _texts(unit)}, key=lambda t: (len(t), t))
    verdicts = {t: {v.rule: v for v in vs} for t, vs in zip(texts, judge.judge(texts), strict=True)}
    held = [s for unit in units for s in _of_unit(unit, verdicts, thresholds)]
    chosen = _options(submission.passages)
    asked = {part for s in held for denial in denials(s.passage.text) for part in denial}
    asked |= {chosen[place] for s in held if (place := _place(s.passage)) in chosen}
    alone = {t: {v.rule: v for v in vs} for t, vs in zip(sorted(asked), judge.judge(sorted(asked)), strict=True)}

    def faulty(text: str, rule: str) -> bool:
        verdict = alone[text].get(rule)
        return verdict is not None and verdict.score >= thresholds[rule, verdict.gated]

    def said_no(held: Suspicion) -> bool:  # 新建机房 | 否: what would be the fault is denied, and nothing else is one
        parts = list(denials(held.passage.text))
        return any(
            (faulty(denied, held.rule) or faulty(affirmed, held.rule)) and not faulty(rest, held.rule)
            for denied, affirmed, rest in parts
        )

    def given_up(held: Suspicion) -> bool:  # what an option would do that was not taken is no plan
        if held.rule not in _ACTS:
            return False
        taken = chosen.get(_place(held.passage))
        return _rejected(held.passage) or (taken is not None and not faulty(taken, held.rule))

    return tuple(s for s in held if not given_up(s) and not said_no(s))


def _options(passages: Iterable[Passage]) -> dict[tuple[str, int | None, int | None], str]:
    """Return, for the rows of tables that set options side by side, what the row says of the one that was taken.

    "" where the table does not say which that is: its rows tell what might be done.
    """
    out: dict[tuple[str, int | None, int | None], str] = {}
    for (_, table), rows in _tables(passages).items():
        if table is None:
            continue
        (_, head), *below = ((p, p.text.split(" | ")) for p in rows)
        named = [k for k, c in enumerate(head) if _COMPARES.fullmatch(c.strip())]
        at = named[0] if named else 0
        if len(head) - at <= _TWO or not (named or all(_OPTION.match(c) for c in head[1:])):
            continue
        settling = [cells for _, cells in below if _SETTLES.search(cells[min(at, len(cells) - 1)])]
        taken = [
            k for k in range(at + 1, len(head))
            if any(len(c) > k and _TAKEN.search(c[k]) and not _NOT_TAKEN.search(c[k]) for c in (head, *settling))
        ]  # fmt: skip
        for p, cells in below:
            kept = len(taken) == 1 and len(cells) == len(head)
            out[_place(p)] = f"{cells[at]} | {cells[taken[0]]}" if kept else ""
    return out


def _rejected(passage: Passage) -> bool:
    """Tell whether a row is an option that was not taken; that the 政务云 was not taken is no excuse."""
    option, *cells = (c.strip() for c in passage.text.split(" | "))
    if passage.kind is not PassageKind.ROW or not cells or "云" in option:
        return False
    answered_no = _OPTION.match(option) is not None and cells[-1] in _NOT_CHOSEN
    return answered_no or any(_REJECTED.fullmatch(c) for c in cells)


def at_length(threshold: float, passages: int) -> float:
    """Return the threshold for a submission of so many passages.

    A plan of ten times the length has not ten times the faults: what a passage must show to be believed grows with
    their number, as the odds of any one of them being a fault shrink (Bayes' rule).
    """
    surer = max(0.0, math.log(passages / SHORT)) if passages else 0.0
    return 1 / (1 + math.exp(-(math.log(threshold / (1 - threshold)) + surer)))


def _paragraphs(submission: Submission) -> Iterable[list[Passage]]:
    """Sentences of one paragraph together; every row and every form field by itself.

    Of a form its fields are judged, those that share a cell or line also together, and what is in no field.
    """
    in_fields = {_line(f.evidence) for f in submission.fields}
    heads = _heads(submission.passages)
    dropped = {table for table, head in heads.items() if _DROPPED.search(head.text)}
    judged = [
        p
        for p in submission.passages
        if p.kind is not PassageKind.TITLE
        and not (p.document_kind is Kind.FORM and _line(p.evidence) in in_fields)
        and not (p.evidence.row is not None and _is_head(p, heads) and _names_columns(p))
        and _place(p)[:2] not in dropped
    ]
    for _, group in groupby(judged, key=lambda p: (p.evidence.document, p.evidence.paragraph, p.evidence.row)):
        said = [replace(p, text=resolved(_answered(p, heads))) for p in group]
        yield [p for p in said if len(p.text) >= SAYS]
    for _, shared in groupby(submission.fields, key=lambda f: (*_line(f.evidence), f.evidence.cell)):
        fields = list(shared)
        yield from ([_field_passage(f)] for f in fields)
        if len(fields) > 1:
            together = "；".join(f"{f.label}：{f.value}" for f in fields)
            yield [Passage(together, PassageKind.FIELD, Kind.FORM, fields[0].evidence)]


def _line(place: Evidence) -> tuple[str, int | None, int | None]:
    """Return the paragraph or table row of a form in which a place is."""
    return place.document, place.paragraph, place.row


def _heads(passages: Iterable[Passage]) -> dict[tuple[str, int | None], Passage]:
    """Return the head of each table: the first row of more than one cell, with rows below it."""
    tables = {table: [p for p in rows if " | " in p.text] for table, rows in _tables(passages).items()}
    return {table: rows[0] for table, rows in tables.items() if len(rows) > 1}


def _tables(passages: Iterable[Passage]) -> dict[tuple[str, int | None], list[Passage]]:
    """Return the rows of each table, in reading order."""
    out: dict[tuple[str, int | None], list[Passage]] = {}
    for p in passages:
        if p.kind is PassageKind.ROW:
            out.setdefault(_place(p)[:2], []).append(p)
    return out


def _is_head(passage: Passage, heads: dict[tuple[str, int | None], Passage]) -> bool:
    head = heads.get(_place(passage)[:2])
    return head is not None and _place(head) == _place(passage)


def _answered(passage: Passage, heads: dict[tuple[str, int | None], Passage]) -> str:
    """Return a passage's text; of a row that answers by a mark under 是 or 否, with the answer in words."""
    head = heads.get(_place(passage)[:2])
    return by_columns(head.text, passage.text) if head and passage.kind is PassageKind.ROW else passage.text


def _place(passage: Passage) -> tuple[str, int | None, int | None]:
    return passage.evidence.document, passage.evidence.table, passage.evidence.row


def _names_columns(passage: Passage) -> bool:
    """Tell whether a row only names a table's columns: it states nothing."""
    return all(len(c) <= HEAD and not any(x.isdigit() for x in c) for c in passage.text.split(" | "))


def _field_passage(field: Field) -> Passage:
    return Passage(f"{field.label} | {field.value}", PassageKind.FIELD, Kind.FORM, field.evidence)


def stretches(parts: Sequence[str]) -> Iterator[tuple[int, int]]:
    """Yield where the stretches of neighbouring sentences that are judged together begin and end.

    Every two neighbours, and every longest run of more; none over WINDOW characters.
    """
    held: tuple[int, int] | None = None
    for start in range(len(parts)):
        end, length = start, 0
        while end < len(parts) and length + len(parts[end]) <= WINDOW:
            length += len(parts[end])
            end += 1
        if end - start >= _TWO:
            yield start, start + _TWO
        if end - start > _TWO and (held is None or end > held[1]):
            held = (start, end)
            yield held


def _texts(unit: Sequence[Passage]) -> list[str]:
    parts = [p.text for p in unit]
    return parts + ["".join(parts[a:b]) for a, b in stretches(parts)]


def _of_unit(
    unit: Sequence[Passage],
    verdicts: dict[str, dict[str, Verdict]],
    thresholds: dict[tuple[str, bool], float],
) -> list[Suspicion]:
    parts = [p.text for p in unit]
    runs = sorted(stretches(parts), key=lambda r: (r[1] - r[0], r))
    pairs = {a: "".join(parts[a:b]) for a, b in runs if b - a == _TWO}
    out: dict[tuple[int, str], Suspicion] = {}
    for i, passage in enumerate(unit):
        around = [pairs[j] for j in (i - 1, i) if j in pairs]
        for rule, verdict in verdicts[passage.text].items():
            together = [verdicts[t][rule].score for t in around if rule in verdicts[t]]
            score = verdict.score if not together else min(verdict.score, 0.5 * (verdict.score + min(together)))
            if score >= thresholds[rule, verdict.gated]:
                out[i, rule] = Suspicion(rule, passage, score, verdict.concepts, verdict.attributes)
    for a, b in runs:
        text = "".join(parts[a:b])
        for rule, verdict in verdicts[text].items():
            threshold = thresholds[rule, verdict.gated]
            if verdict.score < threshold + SURER * (1 - threshold) or any((i, rule) in out for i in range(a, b)):
                continue
            i = max(range(a, b), key=lambda k: (_score(verdicts, parts[k], rule), -k))
            shown = _joined(unit[a:b], text) if b - a == _TWO else unit[i]
            out[i, rule] = Suspicion(rule, shown, verdict.score, verdict.concepts, verdict.attributes)
    return [replace(out[k], beside=_beside(k, unit, verdicts, out)) for k in sorted(out)]


def _beside(
    held: tuple[int, str],
    unit: Sequence[Passage],
    verdicts: dict[str, dict[str, Verdict]],
    out: dict[tuple[int, str], Suspicion],
) -> tuple[Evidence, ...]:
    """Return the neighbouring sentences that speak of the same fault and are not held by themselves."""
    at, rule = held
    near = (i for i in (at - 1, at + 1) if 0 <= i < len(unit) and (i, rule) not in out)
    return tuple(unit[i].evidence for i in near if _score(verdicts, unit[i].text, rule) >= FAINT)


def _score(verdicts: dict[str, dict[str, Verdict]], text: str, rule: str) -> float:
    return verdicts[text][rule].score if rule in verdicts[text] else 0.0


def _joined(two: Sequence[Passage], text: str) -> Passage:
    """Return two sentences as one passage: only together they say it."""
    said = "".join(p.evidence.quote for p in two)
    return replace(two[0], evidence=replace(two[0].evidence, quote=quote(said)), text=text)
