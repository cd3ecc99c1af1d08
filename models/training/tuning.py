"""`python -m models.training.tuning --pack FOLDER`: teaches the encoder's upper layers what breaks the negative list.

The same texts as `models.training.train`, all rules at once: a linear head a rule on the mean of the last layer, binary
cross-entropy, labels nobody knows left out. Writes models/data/judging.npz after every epoch (layers in 8 bits, the
head as it is); then run `python -m models.e5.convert`. Three epochs are enough: with more it learns the texts by heart.
Needs torch and transformers (the tests' extra); about ten minutes an epoch on one core. `--without HAND` leaves one
author's texts out and prints what the encoder makes of them.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from models.e5 import adapted
from models.e5.teaching import Hidden, Text, encode, lower, pace, tensors, upper
from models.training.train import PACK, PLAIN, Sample, gathered, targets

EPOCHS, RATE, HEAD_RATE, BATCH = 3, 3e-4, 5.0, 32
FAULT = 1.5  # a fault weighs more than a silence
SHARE = 0.6  # of the ordinary texts that are learnt, and of the diluted ones: they are many and much alike
SEEN = 512  # vectors that tell the head how the untaught layers spread


class Net:
    """The upper layers and the head."""

    def __init__(self, rules: int, hidden: dict[Text, Hidden], texts: Sequence[Text]) -> None:
        """`texts`: some to measure the spread of untaught vectors by."""
        import torch

        self.layers = upper().eval()
        with torch.no_grad():
            vectors = encode(self.layers, hidden, texts)
        self.middle, self.spread = vectors.mean(0), vectors.std(0) + 1e-4
        self.head = torch.nn.Linear(vectors.shape[1], rules)
        torch.nn.init.zeros_(self.head.weight)
        torch.nn.init.constant_(self.head.bias, -2.0)
        self.drop = torch.nn.Dropout(0.1)

    def __call__(self, hidden: dict[Text, Hidden], texts: Sequence[Text]) -> Any:  # noqa: ANN401 -- torch
        """Return logits (n, rules)."""
        vectors = (encode(self.layers, hidden, texts) - self.middle) / self.spread
        return self.head(self.drop(vectors))

    def train(self, on: bool) -> None:  # noqa: FBT001 -- as torch has it
        """Switch dropout."""
        self.layers.train(on)
        self.drop.train(on)

    def parameters(self) -> list[dict[str, Any]]:
        """Return the groups of the optimiser."""
        return [
            {"params": list(self.layers.parameters()), "base": RATE},
            {"params": list(self.head.parameters()), "base": RATE * HEAD_RATE},
        ]

    def save(self, rules: Sequence[str]) -> None:
        """Write layers and head; the spread goes into the head."""
        weights = (self.head.weight / self.spread).detach()
        bias = (self.head.bias - weights @ self.middle).detach()
        named = np.frombuffer(json.dumps(list(rules)).encode(), np.uint8).astype(np.float32)
        head = {f"{adapted.HEAD}w": weights.numpy(), f"{adapted.HEAD}b": bias.numpy(), f"{adapted.HEAD}rules": named}
        adapted.save({**tensors(self.layers), **head}, adapted.JUDGING)


def chosen(samples: Sequence[Sample], seed: int) -> list[Sample]:
    """Return all labelled texts, the pack's own twice, and part of the ordinary and diluted ones."""
    chance = np.random.default_rng(seed)
    learnt = [s for s in samples if not (s.diluted or s.hand == PLAIN) or chance.random() < SHARE]
    return learnt + [s for s in learnt if s.hand == PACK and not s.diluted]


def batches(lengths: Sequence[int], chance: np.random.Generator) -> Iterator[NDArray[np.int64]]:
    """Yield indices of texts of about the same length, in random order."""
    order, out = chance.permutation(len(lengths)), []
    for start in range(0, len(order), BATCH * 16):
        part = sorted(order[start : start + BATCH * 16], key=lambda i: lengths[i])
        out += [np.array(part[k : k + BATCH]) for k in range(0, len(part), BATCH)]
    chance.shuffle(out)
    yield from out


def teach(samples: Sequence[Sample], rules: Sequence[str], *, keep: bool, seed: int = 0) -> tuple[Net, float]:
    """Train; `keep`: write the artefact after every epoch."""
    import torch

    torch.manual_seed(seed)
    chance = np.random.default_rng(seed)
    texts = [("query", s.text) for s in samples]
    hidden = lower(texts)
    wanted = np.stack([targets(samples, r) for r in rules], 1).astype(np.float32)
    weight = np.where(wanted == 1, FAULT, 1.0) * (wanted >= 0)
    net = Net(len(rules), hidden, [texts[i] for i in chance.permutation(len(texts))[:SEEN]])
    net.train(on=True)
    optimiser = torch.optim.AdamW(net.parameters(), lr=RATE, weight_decay=0.01)
    lengths = [len(hidden[t]) for t in texts]
    steps, step, missed = EPOCHS * -(-len(texts) // BATCH), 0, 0.0
    for epoch in range(EPOCHS):
        started, missed = time.monotonic(), 0.0
        for batch in batches(lengths, chance):
            for part in optimiser.param_groups:
                part["lr"] = part["base"] * pace(step, steps)
            logits = net(hidden, [texts[i] for i in batch])
            y, w = torch.from_numpy(wanted[batch]).clamp(min=0), torch.from_numpy(weight[batch].astype(np.float32))
            lost = torch.nn.functional.binary_cross_entropy_with_logits(logits, y, reduction="none")
            loss = (lost * w).sum() / len(batch)
            loss.backward()  # type: ignore[no-untyped-call]
            torch.nn.utils.clip_grad_norm_([p for g in net.parameters() for p in g["params"]], 1.0)
            optimiser.step()
            optimiser.zero_grad()
            step, missed = step + 1, missed + loss.item()
        sys.stdout.write(f"epoch {epoch} loss {missed / (steps / EPOCHS):.3f} in {time.monotonic() - started:.0f} s\n")
        sys.stdout.flush()
        if keep:
            net.save(rules)
    net.train(on=False)
    return net, missed


def unseen(net: Net, samples: Sequence[Sample]) -> NDArray[np.float32]:
    """Return logits (n, rules) of texts the encoder was not taught."""
    import torch

    texts = [("query", s.text) for s in samples]
    hidden = lower(texts)
    with torch.no_grad():
        return np.vstack([net(hidden, texts[i : i + 64]).numpy() for i in range(0, len(texts), 64)])


def main() -> int:
    """Teach."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pack", type=Path, required=True, help="folder of the pack whose rules and samples are used")
    parser.add_argument("--without", default="", help="an author's hand to leave out; nothing is written then")
    args = parser.parse_args()
    samples, _, rules = gathered(args.pack)
    left = [s for s in samples if args.without and s.hand == args.without]
    net, _ = teach(chosen([s for s in samples if s not in left], 0), rules, keep=not left)
    if left:
        scores = 1 / (1 + np.exp(-unseen(net, left)))
        for k, rule in enumerate(rules):
            wanted = targets(left, rule)
            right, false = (scores[wanted == 1, k] >= 0.5).sum(), (scores[wanted == 0, k] >= 0.5).sum()
            sys.stdout.write(f"{args.without} {rule}: {right}/{(wanted == 1).sum()} found, {false} false at 0.5\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
