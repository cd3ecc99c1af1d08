"""`python -m models.training.duplicates [--check | --shipped]`: trains, measures, writes models/data/likeness.npz.

Prints precision and recall by department-wise cross-validation on the training departments, then on the held-out ones
with the threshold and weights that training gave; TF-IDF, BM25, plain e5, centred e5 and the taught encoder alone stand
beside it, each with the threshold that is best on the training departments. `--check` writes nothing.
`--shipped` trains nothing: the decision as it is shipped, on the held-out departments, beside the same others.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from models.e5.convert import REGISTER, default_folder
from models.embedder import load_embedder
from models.likeness import load_decision
from models.training.duplicates.fitting import fit, judged, save
from models.training.duplicates.groups import read_groups, read_plans
from models.training.duplicates.measuring import compared, shipped, table


def main() -> int:
    """Train, print the tables, write the artefact."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help="only print the tables")
    parser.add_argument("--shipped", action="store_true", help="only measure the shipped decision")
    parser.add_argument("--cache", type=Path, help="keep vectors in this file between runs")
    args = parser.parse_args()
    groups = read_groups()
    embedder = load_embedder(default_folder(REGISTER), args.cache)
    plain = load_embedder(cache=args.cache)
    if args.shipped:
        decision = load_decision()
        told = judged(groups, embedder, decision)
        sys.stdout.write("\n".join([shipped(groups, told, decision), *compared(groups, plain, told[2])]) + "\n")
        return 0
    plans = read_plans()
    trained = fit(groups, plans, embedder)
    sys.stdout.write("\n".join([*table(groups, trained), *compared(groups, plain, trained.centred)]) + "\n")
    if not args.check:
        save(groups, plans, trained, embedder)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
