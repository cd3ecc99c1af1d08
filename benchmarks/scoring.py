"""Compares reports with labels: precision, recall, false alarms, facts, alignment, duplicates.

A rule counts where its severity is blocker or warning; SEC of a chapter stands for all items under it. A case without a
report is wrong in every respect. The figures are those of the labelled cases' own definition, so that two people who
measure the same reports get the same line.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

FAMILIES = ("SEC", "NEG", "CON", "PRO")
SCORED = frozenset(
    {"NEG-1", "NEG-2A", "NEG-2B", "NEG-2C", "NEG-2D", "NEG-3", "NEG-4", "PRO-SECRET"}
    | {f"CON-{x}" for x in ("TOTAL", "SUM", "NAME", "UNIT", "PERIOD", "NATURE")}
)
LEAVES = {
    "1": [f"1.{i}" for i in range(1, 8)],
    "2": ["2.1", "2.2", "2.3"],
    "2.2": ["2.2.1", "2.2.2", "2.2.3"],
    "2.3": [f"2.3.{i}" for i in range(1, 6)],
    "3": ["3.1", "3.2"],
    "14": ["14.1", "14.2"],
    "15": [f"15.{i}" for i in range(1, 5)],
}
FACTS = ("title", "unit", "nature", "domain", "total_wan", "period")


@dataclass
class Score:
    """What one run over a case set came to."""

    families: dict[str, Counter[str]] = field(default_factory=lambda: {f: Counter() for f in FAMILIES})
    rules: dict[str, Counter[str]] = field(default_factory=dict)
    others: Counter[str] = field(default_factory=Counter)
    silent: int = 0
    noisy: int = 0
    evidence: list[int] = field(default_factory=lambda: [0, 0])
    facts: list[int] = field(default_factory=lambda: [0, 0])
    aligned: list[int] = field(default_factory=lambda: [0, 0])
    misaligned: int = 0
    lost: int = 0
    wrong: list[str] = field(default_factory=list)

    def line(self) -> str:
        """Return the figures in one line."""
        parts = [f"{f} F1 {f1(c)[2]:.3f}" for f, c in self.families.items()]
        return "; ".join(
            [*parts, f"false alarms {self.noisy}/{self.silent}", f"evidence {self.evidence[0]}/{self.evidence[1]}",
             f"facts {self.facts[0]}/{self.facts[1]}", f"aligned {self.aligned[0]}/{self.aligned[1]}",
             f"misaligned {self.misaligned}", f"lost {self.lost}"]
        )  # fmt: skip


def f1(counts: Counter[str]) -> tuple[float, float, float]:
    """Return precision, recall and F1; 1.0 where there is nothing to find."""
    right, false, missed = counts["right"], counts["false"], counts["missed"]
    precision = right / (right + false) if right + false else 1.0
    recall = right / (right + missed) if right + missed else 1.0
    return precision, recall, 2 * precision * recall / (precision + recall) if precision + recall else 0.0


def expand(rule: str) -> set[str]:
    """Return the rule, or for a chapter's SEC rule those of the items under it."""
    if rule.startswith("SEC-") and rule[4:] in LEAVES:
        return set().union(*(expand("SEC-" + leaf) for leaf in LEAVES[rule[4:]]))
    return {rule}


def expand_all(rules: Iterable[str] | None) -> set[str]:
    """Return all rules expanded."""
    return set().union(set(), *(expand(r) for r in rules or []))


def squash(text: str | None) -> str:
    """Return the text without blanks and punctuation."""
    return re.sub(r"[\s，。；：、“”\"'‘’（）()|！？—–-]", "", text or "")


def quotes_it(quote: str, labelled: str) -> bool:
    """Tell whether a quote and the labelled words are the same place."""
    said, wanted = squash(quote), squash(labelled)
    if len(said) < 6 or len(said) > 300:
        return False
    short, long = sorted((said, wanted), key=len)
    grams = {short[i : i + 3] for i in range(max(1, len(short) - 2))}
    return len(short) >= min(8, len(wanted)) and sum(g in long for g in grams) >= 0.6 * len(grams)


def months(text: str | None) -> tuple[int, ...]:
    """Return year and month of both ends of a period."""
    out: list[int] = []
    year = None
    for y, m in re.findall(r"(?:(20\d\d)\s*[年./-]\s*)?(\d{1,2})\s*(?=月|[^\d年]|$)", text or ""):
        year = int(y) if y else year
        if year and 1 <= int(m) <= 12:
            out += [year, int(m)]
    return tuple(out[:4])


def same(key: str, got: Any, wanted: Any) -> bool:  # noqa: ANN401 -- JSON values
    """Tell whether a fact agrees with its label."""
    if key == "total_wan":
        return got is not None and abs(float(got) - float(wanted)) < 0.05
    if key == "period":
        return months(got) == months(wanted) and bool(months(wanted))
    return squash(got) == squash(wanted)


def cases(labels: Path, reports: Path) -> Iterator[tuple[str, dict[str, Any], dict[str, Any] | None]]:
    """Yield name, label and report (None where there is none) of every case."""
    for path in sorted(labels.glob("*.json")):
        report = reports / path.stem / "report.json"
        yield (
            path.stem,
            json.loads(path.read_text("utf-8")),
            json.loads(report.read_text("utf-8")) if report.exists() else None,
        )


def raised(report: dict[str, Any]) -> dict[str, list[dict[str, Any]]]:
    """Return rule -> findings of a report, blockers and warnings only."""
    out: dict[str, list[dict[str, Any]]] = {}
    for finding in report.get("findings", []):
        if finding.get("severity") in ("blocker", "warning"):
            for rule in expand(finding["rule"]):
                out.setdefault(rule, []).append(finding)
    return out


def score(labels: Path, reports: Path) -> Score:
    """Score findings, evidence, facts and alignment."""
    total = Score()
    for name, label, report in cases(labels, reports):
        total.lost += report is None
        _findings(total, name, label, report or {})
        if label["mutant"] == "clean":
            _facts(total, name, label, report or {})
            _alignment(total, label, report or {})
    return total


def _findings(total: Score, name: str, label: dict[str, Any], report: dict[str, Any]) -> None:
    got = raised(report)
    wanted, free = expand_all(label["expect"]), expand_all(label.get("also_ok"))
    said = {r for r in got if r in SCORED or r.startswith("SEC-")}
    total.others.update(r for r in got if r not in said)
    bad = said - wanted - free
    for rule in wanted | bad:
        what = "right" if rule in wanted & said else "missed" if rule in wanted else "false"
        total.families[rule.split("-", maxsplit=1)[0]][what] += 1
        total.rules.setdefault("SEC" if rule.startswith("SEC") else rule, Counter())[what] += 1
    if not wanted:
        total.silent += 1
        total.noisy += bool(bad) or not report
    if bad or wanted - said:
        total.wrong.append(f"{name}: missing {sorted(wanted - said)} false {sorted(bad)}")
        total.wrong += [f"    {r}: {got[r][0].get('message', '')[:60]} «{_quote(got[r][0])}»" for r in sorted(bad)]
    for rule in sorted(wanted & said):
        if rule.startswith("NEG") and label.get("evidence"):
            quotes = [e.get("quote", "") for f in got[rule] for e in f.get("evidence", [])]
            hit = any(quotes_it(q, w) for q in quotes for w in label["evidence"])
            total.evidence[0] += hit
            total.evidence[1] += 1
            if not hit:
                total.wrong.append(f"{name}: {rule} quotes {quotes[:2]}")


def _quote(finding: dict[str, Any]) -> str:
    return str((finding.get("evidence") or [{}])[0].get("quote", ""))[:90]


def _facts(total: Score, name: str, label: dict[str, Any], report: dict[str, Any]) -> None:
    told = report.get("submission") or {}
    for key in FACTS:
        right = same(key, told.get(key), label["meta"][key])
        total.facts[0] += right
        total.facts[1] += 1
        if not right:
            total.wrong.append(f"{name}: fact {key} {told.get(key)!r} for {label['meta'][key]!r}")


def _alignment(total: Score, label: dict[str, Any], report: dict[str, Any]) -> None:
    given: dict[str, list[set[str]]] = {}
    for document in report.get("documents", []):
        for section in document.get("sections", []) if document.get("kind") == "plan" else []:
            given.setdefault(squash(section.get("title")), []).append(set(section.get("template") or []))
    wanted: dict[str, set[str]] = {}
    for number, title in (label.get("sections") or {}).items():
        wanted.setdefault(squash(title), set()).add(number)
    for title, numbers in wanted.items():
        got = given.get(title, [])
        total.aligned[0] += sum(any(n in g for g in got) for n in numbers)
        total.aligned[1] += len(numbers)
        total.misaligned += len(set().union(set(), *got) - numbers)


@dataclass
class DuplicateScore:
    """How the comparison with the register came out on the clean bases."""

    found: int = 0
    total: int = 0
    first: int = 0
    false: int = 0
    hard: int = 0
    clean: int = 0
    without: int = 0
    rows: list[str] = field(default_factory=list)

    def line(self) -> str:
        """Return the figures in one line."""
        return (
            f"duplicates found {self.found}/{self.total}; ranked on top {self.first}/{self.total}; false {self.false} "
            f"(hard negatives among them {self.hard}); bases without any kept clean {self.clean}/{self.without}"
        )


def duplicates(labels: Path, reports: Path) -> DuplicateScore:
    """Score the register comparison on the clean bases."""
    out = DuplicateScore()
    for name, label, report in cases(labels, reports):
        if label["mutant"] != "clean":
            continue
        rows = [
            d for d in (report or {}).get("duplicates", [])
            if d.get("source", "corpus") == "corpus" and d.get("relation") != "own_predecessor"
        ]  # fmt: skip
        flagged = [d["system_id"] for d in rows if d.get("verdict") in ("duplicate", "overlap")]
        ranked, wanted = [d["system_id"] for d in rows], label["duplicates"]
        wrong = [s for s in flagged if s not in wanted]
        out.total += len(wanted)
        out.found += sum(w in flagged for w in wanted)
        out.first += sum(w in ranked[: len(wanted)] for w in wanted)
        out.false += len(wrong)
        out.hard += sum(s in label["related"] for s in wrong)
        out.without += not wanted
        out.clean += not wanted and report is not None and not flagged
        out.rows.append(f"{name}: want {wanted} flagged {flagged} ranked {ranked[:5]}")
    return out
