"""`python -m models.training.background`: how common each pair of characters is over faultless proposals.

Reads models/training/ordinary/*.md (whole plans only) and writes models/data/background.npz for `models.belonging`;
prints how much each section of them shares with the rest of its own plan and with that of every other.
"""

from __future__ import annotations

import re
import sys
from collections import Counter
from collections.abc import Sequence

import numpy as np

from models.belonging import ARTEFACT, Background, pairs
from models.training.train import ORDINARY

_PARTS = ("forms", "tables", "long", "plain")  # files that are no whole plan
_SAYS = 40  # characters of the shortest section measured
QUANTILES = (0.0, 0.01, 0.05, 0.5)


def plans() -> list[list[str]]:
    """Return the whole plans, each as its sections' texts."""
    files = [f for f in sorted(ORDINARY.glob("*.md")) if not f.stem.startswith(_PARTS)]
    split = [re.split(r"^#+ .*$", f.read_text("utf-8"), flags=re.MULTILINE) for f in files]
    return [[s.strip() for s in sections if s.strip()] for sections in split]


def holders(texts: Sequence[Sequence[str]]) -> Counter[str]:
    """Return how many of the plans use each pair."""
    return Counter(p for plan in texts for p in pairs(plan))


def measured(texts: Sequence[list[str]]) -> str:
    """Return the shares of sections with their own plan and with others; the plan measured is not counted."""
    own, other = [], []
    for i, plan in enumerate(texts):
        others = [p for p in texts if p is not plan]
        rest = Background(len(others), holders(others))
        whole = [pairs(p) for p in others]
        for k, section in enumerate(plan):
            if len(section) < _SAYS:
                continue
            part = pairs([section])
            own.append(rest.share(part, pairs(plan[:k] + plan[k + 1 :])))
            other.append(rest.share(part, whole[(i + k) % len(whole)]))
    low = "  ".join(f"{q:.0%}: {np.quantile(own, q):.3f}" for q in QUANTILES)
    high = "  ".join(f"{1 - q:.0%}: {np.quantile(other, 1 - q):.3f}" for q in QUANTILES)
    return f"{len(own)} sections; with their own plan {low}; with another {high}"


def main() -> int:
    """Measure, count, store."""
    texts = plans()
    sys.stdout.write(measured(texts) + "\n")
    held = holders(texts)
    kept = sorted(p for p, n in held.items() if n > 1)
    np.savez_compressed(
        ARTEFACT,
        number=np.array(len(texts)),
        pairs=np.frombuffer("".join(kept).encode(), np.uint8),
        holders=np.array([held[p] for p in kept], np.uint8),
    )
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
