"""`make layers CASES=<folder>`: what each layer of the negative list brings, rule by rule, and writes docs/layers.md.

Three readings of the same cases: *words*, the pack's patterns alone, sentence by sentence; *context*, the judge with
clause attributes and neighbouring sentences; *package*, the analyzers over the whole submission, as a report shows it.
A rule found in a case counts once; never pooled over rules.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
import tempfile
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

from scoring import f1

if TYPE_CHECKING:
    from analyzers.context import Context

ROOT = Path(__file__).parent.parent
PAGE = ROOT / "docs" / "layers.md"
LAYERS = ("词句", "加语境", "加整包")


def by_words(context: Context) -> set[str]:
    """Return the rules one of whose patterns stands in some sentence, row or field."""
    rules = context.policy.lexicon["rules"]
    forms = [f"{f.label} | {f.value}" for f in context.submission.fields]
    texts = [p.text for p in context.submission.passages if p.kind.value != "title"] + forms
    return {r for r, spec in rules.items() if any(re.search(p, t) for p in spec["patterns"] for t in texts)}


def by_context(context: Context) -> set[str]:
    """Return the rules the judge holds against the text."""
    return {s.rule for s in context.suspicions or ()}


def by_package(context: Context) -> set[str]:
    """Return the rules a report raises as blocker or warning."""
    from api.pipeline import analyse
    from models.domain.finding import Severity

    found, _ = analyse(context)
    return {f.rule for f in found if f.severity is not Severity.NOTICE}


def contexts(cases: Path) -> list[tuple[str, Context]]:
    """Return every case that can be read, understood, with one unrelated system to compare with."""
    from evaluate import UNRELATED

    from api.composition import compose
    from api.pipeline import _context, read
    from api.settings import settings
    from api.wiring import assemble
    from models.domain.errors import ChushenError

    with tempfile.TemporaryDirectory() as scratch:
        corpus = Path(scratch) / "unrelated.csv"
        corpus.write_text(UNRELATED, "utf-8")
        bench = assemble(settings(), corpus=corpus)
        out = []
        for folder in sorted(p for p in (cases / "submissions").iterdir() if p.is_dir()):
            try:
                out.append((folder.name, _context(compose(read([folder]), bench).submission, bench, ())))
            except ChushenError as error:  # a secret paper is refused before it is judged
                print(folder.name, error, file=sys.stderr)
    return out


def measure(cases: Path, counts: dict[tuple[str, str], Counter[str]]) -> None:
    """Add one set's hits to `counts`, keyed by rule and layer."""
    for name, context in contexts(cases):
        label = json.loads((cases / "labels" / f"{name}.json").read_text("utf-8"))
        expected, allowed = set(label["expect"]), set(label["also_ok"])
        for layer, ask in zip(LAYERS, (by_words, by_context, by_package), strict=True):
            found = ask(context)
            for rule in context.policy.lexicon["rules"]:
                count = counts.setdefault((rule, layer), Counter())
                count["right"] += rule in found and rule in expected
                count["missed"] += rule not in found and rule in expected
                count["false"] += rule in found and rule not in expected | allowed


def page(counts: dict[tuple[str, str], Counter[str]], sets: list[str]) -> str:
    """Return the table, one row a rule."""
    head = "| 规则 | " + " | ".join(f"{layer}：准确率／召回率／F1（误报）" for layer in LAYERS) + " |"
    rows = []
    for rule in dict.fromkeys(rule for rule, _ in counts):
        cells = []
        for layer in LAYERS:
            precision, recall, value = f1(counts[rule, layer])
            cells.append(f"{precision:.3f}／{recall:.3f}／{value:.3f}（{counts[rule, layer]['false']}）")
        rows.append(f"| {rule} | " + " | ".join(cells) + " |")
    told = (
        "词句：政策包的句式单独逐句比对；加语境：判断模型，看从句的否定、时间、主体和前后句；加整包：分析器看全部材料。"
    )
    lines = [
        "# 负面清单各层的作用", "", "由 `make layers CASES=<案例目录>` 生成，请勿手改。" + told,
        f"案例：{'、'.join(sets)}。", "", head, "|---|---|---|---|", *rows, "",
    ]  # fmt: skip
    return "\n".join(lines)


def main() -> int:
    """Measure all sets and write the page."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("cases", type=Path)
    args = parser.parse_args()
    sets = [args.cases] if (args.cases / "labels").is_dir() else sorted(p.parent for p in args.cases.glob("*/labels"))
    if not sets:
        parser.error(f"{args.cases} holds no case set (labels/ and submissions/)")
    counts: dict[tuple[str, str], Counter[str]] = {}
    for cases in sets:
        measure(cases, counts)
    text = page(counts, [c.name for c in sets])
    print(text)
    PAGE.write_text(text, "utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
