"""Trains the judge of the negative list: `python -m models.training.train [--check]`.

Data: models/training/negative/*.yaml (rule, fails, passes, notices) and models/training/ordinary/*.md, whole proposals
without a fault: every sentence and table row of them is silent under every rule. Prints a cross-validated table per
rule, then fits on everything and writes models/data/negative.npz. `--check` only prints the table.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import yaml
from numpy.typing import NDArray

from models.embedder import Embedder, load_embedder
from models.judgement import ARTEFACT, Blocks, assemble, features, gated, mask
from models.language import Analysis, Language
from models.suspicion import WINDOW
from models.text import sentences

DATA = Path(__file__).parent / "negative"
ORDINARY = Path(__file__).parent / "ordinary"
SCALES = (1.0, 0.35, 3.0)  # n-grams (unit rows), features (0/1), centred vectors; by cross-validation
STRENGTH = 3.0  # inverse regularisation
# Rules whose failing texts often break the other rule too: neither label is known, so they are left out there.
OVERLAPS = {("NEG-2B", "NEG-3"), ("NEG-2C", "NEG-2D"), ("NEG-1", "NEG-2B"), ("NEG-2A", "NEG-2B"), ("NEG-1", "NEG-2C")}
# Faults that no single passage shows (goals without figures, needs without functions): that takes the whole plan.
WHOLE = {"NEG-2A": {f"中{n}" for n in (*range(24, 30), 34, *range(35, 46))}}


@dataclass(frozen=True, slots=True)
class Sample:
    """A labelled text: `rule` of its file, `label` fail, pass or notice."""

    rule: str
    label: str
    text: str
    category: str = ""


def load(folder: Path = DATA) -> list[Sample]:
    """Read all samples, in the order of files and lines."""
    out: list[Sample] = []
    for path in sorted(folder.glob("*.yaml")):
        data = yaml.safe_load(path.read_text("utf-8"))
        if data["rule"].startswith("SEC"):
            continue  # judged by models.filler
        for key, label in (("fails", "fail"), ("passes", "pass"), ("notices", "notice")):
            out.extend(Sample(data["rule"], label, s["text"], s.get("category", "")) for s in data.get(key) or [])
    return out


def ordinary(folder: Path = ORDINARY) -> list[Sample]:
    """Read the faultless proposals: sentences, neighbouring sentences together, table rows."""
    texts: list[str] = []
    for path in sorted(folder.glob("*.md")):
        for line in path.read_text("utf-8").splitlines():
            bare = line.strip()
            if not bare or bare.startswith(("#", "|--", "|:", "| --")):
                continue
            if bare.startswith("|"):
                texts.append(" | ".join(c.strip() for c in bare.strip("|").split("|")))
                continue
            parts = sentences(bare)
            texts.extend(parts)
            texts.extend(a + b for a, b in pairwise(parts) if len(a + b) <= WINDOW)
    return [Sample("", "pass", t) for t in dict.fromkeys(texts)]


def diluted(samples: Sequence[Sample], plain: Sequence[Sample]) -> list[Sample]:
    """Put every second labelled text beside an ordinary sentence: what it says does not change."""
    short = [s.text for s in plain if 15 <= len(s.text) <= 60 and s.text.endswith("。")]
    if not short:
        return []
    out = []
    for i, sample in enumerate(samples):
        if i % 2 == 0 and sample.text.endswith("。"):
            other = short[(i * 7919) % len(short)]
            out.append(replace(sample, text=sample.text + other if i % 4 else other + sample.text))
    return out


def targets(samples: Sequence[Sample], rule: str) -> NDArray[np.int8]:
    """Return 1 fail, 0 silent, -1 left out, for one rule."""
    out = np.zeros(len(samples), np.int8)
    for i, s in enumerate(samples):
        if s.rule == rule:
            unknown = s.label == "notice" or (s.label == "fail" and s.category in WHOLE.get(rule, ()))
            out[i] = -1 if unknown else int(s.label == "fail")
        elif s.label == "fail" and ((s.rule, rule) in OVERLAPS or (rule, s.rule) in OVERLAPS):
            out[i] = -1
    return out


def fit(matrix: Any, wanted: NDArray[np.int8]) -> Any:  # noqa: ANN401 -- scikit-learn is untyped
    """Fit one rule's logistic regression on the rows that have a label."""
    from sklearn.linear_model import LogisticRegression

    known = wanted >= 0
    model = LogisticRegression(C=STRENGTH, max_iter=2000, class_weight={0: 1.0, 1: 1.5})
    model.fit(matrix[known], wanted[known])
    return model


def cross_validate(
    samples: Sequence[Sample], analyses: Sequence[Analysis], vectors: NDArray[np.float32], rules: Sequence[str]
) -> dict[str, NDArray[np.float64]]:
    """Return out-of-fold probabilities per rule (5 folds over neighbouring pairs of samples)."""
    from sklearn.model_selection import GroupKFold

    texts, feats = [mask(a.text) for a in analyses], [features(a) for a in analyses]
    groups = np.arange(len(samples)) // 2
    scores = {r: np.zeros(len(samples)) for r in rules}
    for train, test in GroupKFold(5, shuffle=True, random_state=0).split(texts, groups=groups):
        blocks = Blocks.fitted([texts[i] for i in train], [feats[i] for i in train], SCALES)
        matrix = assemble(texts, feats, vectors - vectors[train].mean(0), blocks)
        for rule in rules:
            wanted = targets(samples, rule)
            model = fit(matrix[train], wanted[train])
            scores[rule][test] = model.predict_proba(matrix[test])[:, 1]
    return scores


def table(samples: Sequence[Sample], scores: dict[str, NDArray[np.float64]], gates: Sequence[frozenset[str]]) -> str:
    """Return precision and recall per rule at several thresholds."""
    lines = []
    for rule, values in scores.items():
        wanted = targets(samples, rule)
        gate = np.array([rule in g for g in gates])
        missed = int(((wanted == 1) & ~gate).sum())
        cells = [f"{rule:10} fails {int((wanted == 1).sum()):3} gate misses {missed:3}"]
        for at in (0.5, 0.6, 0.7, 0.8):
            said = (values >= at) & gate
            right, false = int((said & (wanted == 1)).sum()), int((said & (wanted == 0)).sum())
            open_too, open_false = (
                int(((values >= at) & (wanted == 1)).sum()),
                int(((values >= at) & (wanted == 0)).sum()),
            )
            known = max(1, int((wanted == 1).sum()))
            cells.append(f"@{at}: R {right / known:.2f} false {false} (ungated {open_too / known:.2f} {open_false})")
        lines.append("  ".join(cells))
    return "\n".join(lines)


def main(argv: Sequence[str] | None = None) -> int:
    """Cross-validate, fit, store."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="only print the table")
    parser.add_argument("--pack", type=Path, required=True, help="folder of the pack whose lexicon is used")
    parser.add_argument("--embedder", default=None)
    args = parser.parse_args(argv)
    lexicon = yaml.safe_load((args.pack / "lexicon.yaml").read_text("utf-8"))["lexicon"]
    listed = args.pack / "words.yaml"  # a pack may go without
    words = yaml.safe_load(listed.read_text("utf-8"))["field_words"] if listed.exists() else []
    labelled = [*load(), *load(args.pack / "samples")]
    plain, rules = ordinary(), tuple(lexicon["rules"])
    samples = [*labelled, *diluted(labelled, plain), *plain]
    language = Language(lexicon, words)
    analyses = [language.analyse(s.text) for s in samples]
    embedder: Embedder = load_embedder(args.embedder)
    vectors = embedder.encode([s.text for s in samples], "query")
    gates = [gated(a, lexicon["rules"]) for a in analyses]
    sys.stdout.write(table(samples, cross_validate(samples, analyses, vectors, rules), gates) + "\n")
    if not args.check:
        store(samples, analyses, vectors, rules)
    return 0


def store(
    samples: Sequence[Sample], analyses: Sequence[Analysis], vectors: NDArray[np.float32], rules: Sequence[str]
) -> None:
    """Fit both models on everything and write the arrays."""
    texts, feats = [mask(a.text) for a in analyses], [features(a) for a in analyses]
    blocks, mean = Blocks.fitted(texts, feats, SCALES), vectors.mean(0)
    meta = {
        "rules": list(rules),
        "ngrams": blocks.tfidf.get_feature_names_out().tolist(),
        "names": blocks.dicts.get_feature_names_out().tolist(),
    }
    np.savez_compressed(
        ARTEFACT,
        meta=np.frombuffer(json.dumps(meta, ensure_ascii=False).encode(), np.uint8),
        idf=blocks.tfidf.idf_.astype(np.float32),
        mean=mean.astype(np.float32),
        scales=blocks.scales,
        cheap=weights(assemble(texts, feats, vectors * 0, blocks), samples, rules),
        weights=weights(assemble(texts, feats, vectors - mean, blocks), samples, rules),
    )


def weights(matrix: Any, samples: Sequence[Sample], rules: Sequence[str]) -> NDArray[np.float16]:  # noqa: ANN401
    """Return bias and weights of every rule's model."""
    models = [fit(matrix, targets(samples, r)) for r in rules]
    return np.vstack([np.concatenate([m.intercept_, m.coef_[0]]) for m in models]).astype(np.float16)


if __name__ == "__main__":
    raise SystemExit(main())
