"""`make eval CASES=<folder>`: measures the program on built, labelled cases and writes docs/evaluation.md.

CASES is one case set (labels/, submissions/, perhaps systems.csv) or a folder of several. Every set is reviewed by
`chushen batch` twice: all cases against one unrelated system (findings, facts, alignment), and the clean ones against
the set's own systems.csv (duplicates).
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from scoring import DuplicateScore, Score, duplicates, f1, score

ROOT = Path(__file__).parent.parent
PAGE = ROOT / "docs" / "evaluation.md"
UNRELATED = (
    "id,name,unit,level,status,year,description,functions\n"
    "X001,深海科考船队调度系统,某海洋研究所,国家,在用,2015,科考船航次编排与样品登记,航次编排；样品登记；潜器维护\n"
)


def batch(submissions: Path, out: Path, corpus: Path) -> None:
    """Run `chushen batch` without comparing the submissions with one another."""
    program = Path(sys.executable).with_name("chushen")
    command = [program, "batch", submissions, "--out", out, "--corpus", corpus, "--no-intake", "--workers", "2"]
    done = subprocess.run(command, check=False)
    if done.returncode not in (0, 3):  # 3: a submission was refused, as a secret one must be
        raise SystemExit(f"chushen batch ended with {done.returncode}")


def measure(cases: Path, scratch: Path) -> tuple[Score, DuplicateScore | None]:
    """Review one case set and score it."""
    unrelated = scratch / "unrelated.csv"
    unrelated.write_text(UNRELATED, "utf-8")
    batch(cases / "submissions", scratch / "findings", unrelated)
    found = score(cases / "labels", scratch / "findings")
    systems = cases / "systems.csv"
    if not systems.exists():
        return found, None
    clean = scratch / "clean"
    for folder in sorted((cases / "submissions").glob("*-clean")):
        shutil.copytree(folder, clean / folder.name)
    batch(clean, scratch / "duplicates", systems)
    return found, duplicates(cases / "labels", scratch / "duplicates")


def table(name: str, found: Score, near: DuplicateScore | None) -> str:
    """Return one set's part of the page."""
    rows = [f"## {name}", "", "| 类别 | 准确率 | 召回率 | F1 | 正确 | 误报 | 漏报 |", "|---|---|---|---|---|---|---|"]
    for label, counts in (*found.families.items(), *sorted(found.rules.items())):
        p, r, f = f1(counts)
        rows.append(
            f"| {label} | {p:.3f} | {r:.3f} | {f:.3f} | {counts['right']} | {counts['false']} | {counts['missed']} |"
        )
    rows += ["", f"`{found.line()}`", ""]
    if near:
        rows += [f"`{near.line()}`", ""]
    return "\n".join(rows)


def main() -> int:
    """Measure every set, print the wrong cases, write the page."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("cases", type=Path)
    parser.add_argument("--out", type=Path, default=PAGE)
    parser.add_argument("--keep", type=Path, help="keep the reports in this folder")
    parser.add_argument("--wrong", action="store_true", help="also list every wrong case")
    args = parser.parse_args()
    sets = [args.cases] if (args.cases / "labels").is_dir() else sorted(p.parent for p in args.cases.glob("*/labels"))
    if not sets:
        parser.error(f"{args.cases} holds no case set (labels/ and submissions/)")
    parts = [
        "# 评测", "",
        "由 `make eval CASES=<案例目录>` 生成，请勿手改。各规则只计阻断和警示；误报案例数按“应当静默”的案例计。", "",
    ]  # fmt: skip
    for cases in sets:
        with tempfile.TemporaryDirectory() as temporary:
            scratch = (args.keep / cases.name) if args.keep else Path(temporary)
            scratch.mkdir(parents=True, exist_ok=True)
            found, near = measure(cases, scratch)
        print(f"== {cases.name}", found.line(), near.line() if near else "", sep="\n", flush=True)
        if args.wrong:
            print(*found.wrong, *(near.rows if near else ()), sep="\n", flush=True)
        parts.append(table(cases.name, found, near))
    args.out.write_text("\n".join(parts), "utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
