"""A resubmission beside what was sent before: what is fixed, open, worse or new, and what nobody asked to change."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from api.reports.phrases import FACTS

Object = Mapping[str, Any]
WEIGHT = {"notice": 0, "warning": 1, "blocker": 2}
ASKED_FACTS = {  # which facts a finding asks the applicant to put right
    "total_wan": ("CON-TOTAL", "CON-SUM", "CON-FUNDING"),
    "funding": ("CON-FUNDING", "CON-TOTAL"),
    "title": ("CON-NAME",),
    "unit": ("CON-UNIT",),
    "builder": ("CON-UNIT",),
    "period": ("CON-PERIOD",),
    "nature": ("CON-NATURE",),
}
_MONEY_TABLE = re.compile("万元|（元）|\\(元\\)|金额|单价|费用|报价|投资")
_MONEY = frozenset({"total_wan", "funding"})


@dataclass(frozen=True, slots=True)
class Change:
    """Something that reads otherwise than before; `asked`: a finding had asked for it."""

    what: str
    before: str
    after: str
    money: bool
    asked: bool


@dataclass(frozen=True, slots=True)
class Comparison:
    """The findings by what became of them, and the changes, amounts first."""

    fixed: tuple[Object, ...]
    open: tuple[Object, ...]
    worse: tuple[Object, ...]
    new: tuple[Object, ...]
    changes: tuple[Change, ...]


def compare(before: Object, after: Object, read_before: Sequence[Object], read_after: Sequence[Object]) -> Comparison:
    """Compare two reports of one project.

    Args:
        before: the earlier report, as an object.
        after: the later one.
        read_before: the documents as read (`api.reports.read`) of the earlier one.
        read_after: those of the later one.
    """
    old, new = before["findings"], after["findings"]
    pairs = paired(old, new)
    matched = {id(o) for o, _ in pairs} | {id(n) for _, n in pairs}
    worse = tuple(n for o, n in pairs if WEIGHT[n["severity"]] > WEIGHT[o["severity"]])
    still = tuple(n for o, n in pairs if WEIGHT[n["severity"]] <= WEIGHT[o["severity"]])
    rules = {f["rule"] for f in old}
    asked = _asked(old)
    changes = [*_facts(before, after, rules), *_rows(read_before, read_after, asked), *_functions(before, after, asked)]
    changes.sort(key=lambda c: (not c.money, c.asked))
    fixed = tuple(o for o in old if id(o) not in matched)
    return Comparison(fixed, still, worse, tuple(n for n in new if id(n) not in matched), tuple(changes))


def _asked(findings: Sequence[Object]) -> str:
    """Return the words of what was found: a row or a function they name is one that was to be changed."""
    quotes = (e["quote"] for f in findings for e in f["evidence"])
    return "\n".join((*(f"{f['message']}\n{f['suggestion']}\n{f['target']}" for f in findings), *quotes))


def paired(old: Sequence[Object], new: Sequence[Object]) -> list[tuple[Object, Object]]:
    """Pair findings by id, then those of one rule and template item whose words have changed."""
    pairs: list[tuple[Object, Object]] = []
    left = list(new)
    for same in (lambda f: f["id"], lambda f: (f["rule"], f.get("template", ""), f["title"])):
        taken = {id(o) for o, _ in pairs}
        for one in old:
            if id(one) in taken:
                continue
            other = next((n for n in left if same(n) == same(one)), None)
            if other is not None:
                pairs.append((one, other))
                left.remove(other)
    return pairs


def _facts(before: Object, after: Object, rules: set[str]) -> Iterator[Change]:
    old, new = _stated(before), _stated(after)
    for key, scope in sorted(old.keys() | new.keys()):
        one, other = old.get((key, scope), []), new.get((key, scope), [])
        if {v for v, _ in one} != {v for v, _ in other} and key in FACTS:
            asked = bool(rules & set(ASKED_FACTS.get(key, ())))
            name = FACTS[key] + (f"（{scope}）" if scope and scope != "总投资" else "")
            yield Change(name, _said(one), _said(other), key in _MONEY, asked)


def _stated(report: Object) -> dict[tuple[str, str], list[tuple[str, str]]]:
    out: dict[tuple[str, str], list[tuple[str, str]]] = {}
    for fact in report["facts"]:
        out.setdefault((fact["key"], fact["scope"]), []).append((str(fact["value"]), fact["as_written"]))
    return out


def _said(stated: Sequence[tuple[str, str]]) -> str:
    return "、".join(dict.fromkeys(text for _, text in stated)) or "（未写）"


def _rows(before: Sequence[Object], after: Sequence[Object], asked: str) -> Iterator[Change]:
    old, new = _labelled(before), _labelled(after)
    for label in [*old, *(k for k in new if k not in old)]:
        one, other = old.get(label, ""), new.get(label, "")
        if one != other:
            told = (f"概算行“{label}”", one or "（无）", other or "（已删）")
            yield Change(*told, money=True, asked=label in asked)


def _labelled(documents: Sequence[Object]) -> dict[str, str]:
    """Return the rows of the tables of money by their first words: their numbers, the serial one apart."""
    out: dict[str, str] = {}
    for table in (b for d in documents for b in d["blocks"] if "rows" in b):
        if not _MONEY_TABLE.search("".join(c[0] for row in table["rows"][:3] for c in row)):
            continue
        for row in table["rows"]:
            words = [c[0].strip() for c in row if c[0].strip()]
            label = next((w for w in words if not _numeric(w)), "")
            numbers = [w for index, w in enumerate(words) if _numeric(w) and (index or not w.isdecimal())]
            if label and numbers:
                out.setdefault(label[:40], " | ".join(numbers))
    return out


def _numeric(text: str) -> bool:
    return text.replace(",", "").replace(".", "", 1).replace("，", "").isdecimal()


def _functions(before: Object, after: Object, asked: str) -> Iterator[Change]:
    old = {f["name"]: f["text"] for f in before.get("functions", ())}
    new = {f["name"]: f["text"] for f in after.get("functions", ())}
    for name in [*old, *(k for k in new if k not in old)]:
        if name not in new:
            yield Change(f"建设内容“{name}”", old[name], "（已删）", money=False, asked=name in asked)
        elif name not in old:
            yield Change(f"建设内容“{name}”", "（无）", new[name], money=False, asked=name in asked)
        elif old[name] != new[name]:
            yield Change(f"建设内容“{name}”", old[name], new[name], money=False, asked=name in asked)
