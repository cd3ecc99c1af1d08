"""`python -m models.training.duplicates.adapting`: teaches the encoder's upper layers which businesses are the same.

Data: `same/*.yaml` (a system, two or three proposals that build it again in other words, one or two near misses); the
systems of `groups/` are kept apart, for the decision on top must be calibrated on businesses the encoder never saw.
Contrastive: a proposal's true system must come before the other systems and the near misses of its batch, compared as
wholes and function by function (each function's best answer, averaged). The lower layers stay as they are; what they
make of a text is computed once, by the 8-bit model that runs later. Needs torch and transformers (the tests' extra);
about eight minutes on one core. Writes models/data/adapted.npz after every epoch: a run that was cut off has something
to show. Then run `python -m models.e5.convert` and, for the decision on top, `python -m models.training.duplicates`.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import yaml

from models.e5 import adapted
from models.e5.teaching import Hidden, Text, encode, lower, pace, tensors, upper
from models.likeness.texts import proposal_whole, system_texts, system_whole

SAME = Path(__file__).parent / "same"
EPOCHS, RATE, BATCH, TEMPERATURE = 6, 3e-4, 16, 0.05


@dataclass(frozen=True, slots=True)
class Side:
    """A system or a proposal: its functions, and the whole."""

    functions: tuple[Text, ...]
    whole: Text


@dataclass(frozen=True, slots=True)
class Group:
    """A system, the proposals that build it again, and systems much like it in words only."""

    system: Side
    again: tuple[Side, ...]
    near: tuple[Side, ...]


def _system(name: str, description: str, functions: Sequence[str]) -> Side:
    texts, _ = system_texts(name, description, functions)
    return Side(tuple(("passage", t) for t in texts), ("passage", system_whole(name, description, functions)))


def _proposal(title: str, functions: Sequence[str]) -> Side:
    return Side(tuple(("query", f) for f in functions), ("query", proposal_whole(title, functions)))


def read() -> list[Group]:
    """Return all groups, in the order of files."""
    return list(_written())


def _written() -> Iterator[Group]:
    for path in sorted(SAME.glob("*.yaml")):
        for row in yaml.safe_load(path.read_text("utf-8")):
            functions = [str(f) for f in row["functions"]]
            yield Group(
                _system(row["name"], str(row["description"]), functions),
                tuple(_proposal(p["title"], [str(f) for f in p["functions"]]) for p in row["again"]),
                tuple(_system(p["title"], "", [str(f) for f in p["functions"]]) for p in row.get("near") or ()),
            )


def loss(layers: Any, hidden: dict[Text, Hidden], asked: Sequence[Side], offered: Sequence[Side]) -> Any:  # noqa: ANN401
    """Return how far the n-th proposal is from preferring the n-th system, as wholes (either way) and by functions."""
    import torch

    sides = [*offered, *asked]
    vectors = encode(layers, hidden, [t for side in sides for t in (*side.functions, side.whole)])
    ends = np.cumsum([len(side.functions) + 1 for side in sides])
    parts = [vectors[end - len(s.functions) - 1 : end - 1] for s, end in zip(sides, ends, strict=True)]
    wholes = vectors[[int(end) - 1 for end in ends]]
    systems, proposals = wholes[: len(offered)], wholes[len(offered) :]
    by_whole = proposals @ systems.T / TEMPERATURE
    by_function = torch.stack(
        [torch.stack([(p @ s.T).max(1).values.mean() for s in parts[: len(offered)]]) for p in parts[len(offered) :]]
    )
    right = torch.arange(len(asked))
    miss = torch.nn.functional.cross_entropy
    back = miss(by_whole[:, : len(asked)].T, right)
    return miss(by_whole, right) + miss(by_function / TEMPERATURE, right) + back


def teach(groups: Sequence[Group], epochs: int = EPOCHS, seed: int = 0) -> None:
    """Train, and write the artefact after every epoch."""
    import torch

    torch.manual_seed(seed)
    chance = np.random.default_rng(seed)
    sides = [side for g in groups for side in (g.system, *g.again, *g.near)]
    hidden = lower([t for side in sides for t in (*side.functions, side.whole)])
    layers = upper().train()
    optimiser = torch.optim.AdamW(layers.parameters(), lr=RATE, weight_decay=0.01)
    steps, step = epochs * (len(groups) // BATCH), 0
    for epoch in range(epochs):
        order = chance.permutation(len(groups))
        for start in range(0, len(order) - BATCH + 1, BATCH):
            batch = [groups[i] for i in order[start : start + BATCH]]
            asked = [g.again[chance.integers(len(g.again))] for g in batch]
            near = [g.near[chance.integers(len(g.near))] for g in batch if g.near]
            missed = loss(layers, hidden, asked, [*(g.system for g in batch), *near])
            for part in optimiser.param_groups:
                part["lr"] = RATE * pace(step, steps)
            missed.backward()
            torch.nn.utils.clip_grad_norm_(layers.parameters(), 1.0)
            optimiser.step()
            optimiser.zero_grad()
            step += 1
            sys.stdout.write(f"epoch {epoch} step {step}/{steps} loss {missed.item():.3f}\n")
        adapted.save(tensors(layers))


def main() -> int:
    """Train."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--epochs", type=int, default=EPOCHS)
    teach(read(), parser.parse_args().epochs)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
