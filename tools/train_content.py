"""Trains the model of contents of a pack: `.venv/bin/python tools/train_content.py gongshu-2021`.

Data: the ordinary proposals (models/training/ordinary). Their headings are aligned to the template by title alone; what
stands under a heading that names one item plainly is an example of that item. Prints how often the right one of an
item's siblings comes first in proposals not trained on, then writes models/data/content-<pack>.npz.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from corpus.policies import load_policy
from ingest.plain import read_plain
from models.alignment import align
from models.content import OTHER, artefact, masked, vectoriser
from models.domain.outline import own_text
from models.domain.policy import Policy
from models.outline import outline

ORDINARY = Path(__file__).parent.parent / "models" / "training" / "ordinary"
SHORTEST = 8
FEATURES = 20_000
STRENGTH = 10.0  # inverse regularisation

Example = tuple[str, str, str]  # proposal, item, paragraph


def examples(policy: Policy) -> Iterator[Example]:
    """Yield every paragraph under a heading that names one item, and the items' titles as labels."""
    leaves = {i.number for i in policy.template} - {i.parent for i in policy.template}
    asked = {i.number for i in policy.template if i.mandatory}
    for path in sorted(ORDINARY.glob("*.md")):
        read = read_plain(path.read_bytes(), path.name, "md")
        for section in align(read, outline(read), policy, None):
            if len(section.template) != 1 or section.template[0] not in leaves:
                continue
            item = section.template[0] if section.template[0] in asked else OTHER
            for line in own_text(read, section).splitlines():
                if len(line) >= SHORTEST:
                    yield path.stem, item, line
    for entry in policy.template:
        if entry.number in leaves and entry.mandatory:
            for title in (entry.title, *entry.aliases):
                yield "template", entry.number, f"{title}："


def fitted(found: Sequence[Example]) -> tuple[Any, Any]:
    """Return the fitted counter and the fitted regression."""
    from sklearn.linear_model import LogisticRegression

    counter = vectoriser(min_df=2, max_features=FEATURES)
    counts = counter.fit_transform([masked(text) for _, _, text in found])
    model = LogisticRegression(C=STRENGTH, max_iter=1000, class_weight="balanced")
    return counter, model.fit(counts, [item for _, item, _ in found])


def measured(found: Sequence[Example]) -> Iterator[str]:
    """Yield per item how often it comes first among its siblings, and how sure, in proposals left out of training."""
    names = sorted({name for name, _, _ in found if name != "template"})
    seen: dict[str, list[tuple[bool, float]]] = {}
    wrong: dict[str, int] = {}
    for fold in range(5):
        out = set(names[fold::5])
        counter, model = fitted([e for e in found if e[0] not in out])
        classes = list(model.classes_)
        test = [e for e in found if e[0] in out]
        shares = model.predict_proba(counter.transform([masked(t) for _, _, t in test]))
        for row, (_, item, _) in zip(shares, test, strict=True):
            best = classes[int(row.argmax())]
            if best not in (item, OTHER) and row.max() >= 0.6:
                wrong[best] = wrong.get(best, 0) + 1
            if item in classes and item != OTHER:
                group = [s for s in classes if s.rpartition(".")[0] == item.rpartition(".")[0]]
                first = max(group, key=lambda s: row[classes.index(s)])
                seen.setdefault(item, []).append((first == item, float(row[classes.index(item)])))
    for item, values in sorted(seen.items()):
        sure = np.mean([v >= 0.6 for _, v in values])
        first = np.mean([f for f, _ in values])
        yield f"{item:6} {len(values):4} first {first:.2f} sure {sure:.2f} false {wrong.get(item, 0)}"


def main() -> int:
    """Measure, fit, store."""
    policy = load_policy(sys.argv[1])
    found = list(examples(policy))
    print(*measured(found), sep="\n")
    counter, model = fitted(found)
    meta = {"items": list(model.classes_), "ngrams": counter.get_feature_names_out().tolist()}
    np.savez_compressed(
        artefact(policy.id),
        meta=np.frombuffer(json.dumps(meta, ensure_ascii=False).encode(), np.uint8),
        idf=counter.idf_.astype(np.float32),
        weights=np.hstack([model.intercept_[:, None], model.coef_]).astype(np.float16),
    )
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
