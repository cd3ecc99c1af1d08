"""Trains the judge of the negative list: `python -m models.training.train --pack FOLDER [--check]`.

Data: models/training/negative/*.yaml (rule, fails, passes, notices) and models/training/ordinary/*.md, whole proposals
without a fault: every sentence and table row of them is silent under every rule. Each author's texts in turn (the
pack's samples are one) are left out of training and show what the judge makes of words by other hands. Prints that,
then fits the regression on everything and writes models/data/negative.npz. `--check` only prints the table. The encoder
beside it is taught by `models.training.tuning`.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import yaml
from numpy.typing import NDArray

from models.judgement import ARTEFACT, Blocks, assemble, features, mask
from models.language import Analysis, Language
from models.suspicion import stretches
from models.text import sentences

DATA = Path(__file__).parent / "negative"
ORDINARY = Path(__file__).parent / "ordinary"
SCALES = (1.0, 0.35)  # n-grams (unit rows), features (0/1); by cross-validation
STRENGTH = 3.0  # inverse regularisation
OWN = 3.0  # what a pack says of itself weighs more: its samples must hold
THRESHOLDS = (0.5, 0.7, 0.8, 0.9)
PACK, PLAIN = "pack", "ordinary"  # hands whose texts are not an author's labelled passages
# Rules whose failing texts often break the other rule too: neither label is known, so they are left out there.
OVERLAPS = {("NEG-2B", "NEG-3"), ("NEG-2C", "NEG-2D"), ("NEG-1", "NEG-2B"), ("NEG-2A", "NEG-2B"), ("NEG-1", "NEG-2C")}


@dataclass(frozen=True, slots=True)
class Sample:
    """A labelled text: `rule` of its file, `label` fail, pass or notice, `hand` whose it is."""

    rule: str
    label: str
    text: str
    also: tuple[str, ...] = ()  # other rules the same words break
    hand: str = ""
    diluted: bool = False  # beside an ordinary sentence


def load(folder: Path = DATA, hand: str = "") -> list[Sample]:
    """Read all samples, in the order of files and lines; a file's hand is what follows the rule in its name."""
    out: list[Sample] = []
    for path in sorted(folder.glob("*.yaml")):
        data = yaml.safe_load(path.read_text("utf-8"))
        rule = data["rule"]
        if not rule.startswith("NEG-"):
            continue  # SEC is judged by models.filler, PRO-SECRET by its own words
        whose = hand or path.stem.removeprefix(rule).strip("-") or "first"
        for key, label in (("fails", "fail"), ("passes", "pass"), ("notices", "notice")):
            out.extend(
                Sample(rule, label, s["text"], tuple(s.get("also", ())), whose)
                for s in data.get(key) or []
                if not s.get("beside")  # what only the package shows, no single passage teaches
            )
    return out


def ordinary(folder: Path = ORDINARY) -> list[Sample]:
    """Read the faultless proposals: sentences, neighbouring sentences and paragraphs, table rows."""
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
            texts.extend("".join(parts[a:b]) for a, b in stretches(parts))
    return [Sample("", "pass", t, (), PLAIN) for t in dict.fromkeys(texts)]


def diluted(samples: Sequence[Sample], plain: Sequence[Sample]) -> list[Sample]:
    """Put every second labelled text beside an ordinary sentence: what it says does not change."""
    short = [s.text for s in plain if 15 <= len(s.text) <= 60 and s.text.endswith("。")]
    if not short:
        return []
    out = []
    for i, sample in enumerate(samples):
        if i % 2 == 0 and sample.text.endswith("。"):
            other = short[(i * 7919) % len(short)]
            out.append(replace(sample, text=sample.text + other if i % 4 else other + sample.text, diluted=True))
    return out


def targets(samples: Sequence[Sample], rule: str) -> NDArray[np.int8]:
    """Return 1 fail, 0 silent, -1 left out, for one rule."""
    out = np.zeros(len(samples), np.int8)
    for i, s in enumerate(samples):
        if s.rule == rule:
            out[i] = {"fail": 1, "pass": 0, "notice": -1}[s.label]
        elif rule in s.also:
            out[i] = 1
        elif s.label == "fail" and ((s.rule, rule) in OVERLAPS or (rule, s.rule) in OVERLAPS):
            out[i] = -1
    return out


def fit(matrix: Any, samples: Sequence[Sample], rule: str) -> Any:  # noqa: ANN401 -- scikit-learn is untyped
    """Fit one rule's logistic regression on the rows that have a label."""
    from sklearn.linear_model import LogisticRegression

    wanted = targets(samples, rule)
    known = wanted >= 0
    weight = np.array([OWN if s.hand == PACK and s.rule == rule else 1.0 for s in samples])
    model = LogisticRegression(C=STRENGTH, max_iter=2000, class_weight={0: 1.0, 1: 1.5})
    return model.fit(matrix[known], wanted[known], sample_weight=weight[known])


@dataclass(frozen=True)
class Material:
    """Texts with everything that is computed of them once."""

    samples: list[Sample]
    texts: list[str]
    features: list[dict[str, float]]

    @classmethod
    def of(cls, samples: list[Sample], language: Language) -> Material:
        """Analyse the texts."""
        analyses: list[Analysis] = [language.analyse(s.text) for s in samples]
        return cls(samples, [mask(a.text) for a in analyses], [features(a) for a in analyses])

    def part(self, chosen: NDArray[np.bool_]) -> Material:
        """Return the rows where `chosen` is true."""
        at = np.flatnonzero(chosen)
        return Material([self.samples[i] for i in at], [self.texts[i] for i in at], [self.features[i] for i in at])

    def matrix(self, blocks: Blocks) -> Any:  # noqa: ANN401 -- scipy
        """Return the feature matrix."""
        return assemble(self.texts, self.features, blocks)


def other_hands(material: Material, rules: Sequence[str]) -> str:
    """Return precision and recall on each hand's texts by a judge that has seen none of them."""
    hands = np.array([s.hand for s in material.samples])
    lines = []
    for hand in sorted(set(hands)):
        out = hands == hand if hand != PLAIN else _fifth(material)
        train, test = material.part(~out), material.part(out)
        blocks = Blocks.fitted(train.texts, train.features, SCALES)
        seen, unseen = train.matrix(blocks), test.matrix(blocks)
        for rule in rules:
            scores = fit(seen, train.samples, rule).predict_proba(unseen)[:, 1]
            lines.append(f"{hand:9} {rule:7} {_counts(scores, targets(test.samples, rule))}")
    return "\n".join(lines)


def _fifth(material: Material) -> NDArray[np.bool_]:
    """Return where every fifth run of four hundred ordinary texts stands."""
    plain = np.array([s.hand == PLAIN for s in material.samples])
    return np.asarray(plain & (np.cumsum(plain) // 400 % 5 == 0), np.bool_)


def _counts(scores: NDArray[np.float64], wanted: NDArray[np.int8]) -> str:
    fails, silent = int((wanted == 1).sum()), int((wanted == 0).sum())
    cells = [f"fails {fails:4} silent {silent:5}"]
    for at in THRESHOLDS:
        right, false = int(((scores >= at) & (wanted == 1)).sum()), int(((scores >= at) & (wanted == 0)).sum())
        cells.append(f"@{at}: R {right / max(1, fails):.2f} false {false}")
    return "  ".join(cells)


def main(argv: Sequence[str] | None = None) -> int:
    """Measure, fit, store."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="only print the table")
    parser.add_argument("--quick", action="store_true", help="only fit and store")
    parser.add_argument("--pack", type=Path, required=True, help="folder of the pack whose lexicon is used")
    args = parser.parse_args(argv)
    samples, language, rules = gathered(args.pack)
    material = Material.of(samples, language)
    if not args.quick:
        sys.stdout.write(other_hands(material, rules) + "\n")
    if not args.check:
        store(material, rules)
    return 0


def gathered(pack: Path) -> tuple[list[Sample], Language, tuple[str, ...]]:
    """Return everything that is trained on, the language layer of a pack and the rules of its lexicon."""
    lexicon = yaml.safe_load((pack / "lexicon.yaml").read_text("utf-8"))["lexicon"]
    listed = pack / "words.yaml"  # a pack may go without
    words = yaml.safe_load(listed.read_text("utf-8"))["field_words"] if listed.exists() else []
    labelled = [*load(), *load(pack / "samples", PACK)]
    plain = ordinary()
    return [*labelled, *diluted(labelled, plain), *plain], Language(lexicon, words), tuple(lexicon["rules"])


def store(material: Material, rules: Sequence[str]) -> None:
    """Fit and write the arrays."""
    blocks = Blocks.fitted(material.texts, material.features, SCALES)
    meta = {
        "rules": list(rules),
        "ngrams": blocks.tfidf.get_feature_names_out().tolist(),
        "names": blocks.dicts.get_feature_names_out().tolist(),
    }
    np.savez_compressed(
        ARTEFACT,
        meta=np.frombuffer(json.dumps(meta, ensure_ascii=False).encode(), np.uint8),
        idf=blocks.tfidf.idf_.astype(np.float32),
        scales=blocks.scales,
        weights=weights(material.matrix(blocks), material.samples, rules),
    )


def weights(matrix: Any, samples: Sequence[Sample], rules: Sequence[str]) -> NDArray[np.float16]:  # noqa: ANN401
    """Return bias and weights of every rule's model."""
    models = [fit(matrix, samples, r) for r in rules]
    return np.vstack([np.concatenate([m.intercept_, m.coef_[0]]) for m in models]).astype(np.float16)


if __name__ == "__main__":
    raise SystemExit(main())
