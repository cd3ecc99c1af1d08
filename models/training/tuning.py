"""`python -m models.training.tuning --pack FOLDER`: teaches the encoder what breaks the negative list.

The same texts as `models.training.train`, all rules at once: ten of twelve layers and a linear head a rule on the mean
of the last one, binary cross-entropy, labels nobody knows left out. Three of ten texts stand beside an ordinary one,
another each time (models.training.material); what is kept is the weights' average over the run. Writes
models/data/judging.npz after every epoch (layers in 8 bits, the head as it is); then run `python -m models.e5.convert`.

    --device cuda       on a card; on a CPU it takes hours
    --seed N            another order, another choice of what stands beside what
    --without HAND      leaves one author's texts out, prints what the encoder makes of them and writes nothing
    --prepare FILE      only writes what is taught from; the machine with the card then needs torch and numpy, and of
                        this repository models/__init__.py, models/domain, models/e5, models/training/*.py:
    --material FILE     teaches from such a file instead of a pack; `--out FILE` takes the artefact

With one seed the same texts stand in the same order; sums on a card are made in no fixed order, so that two runs differ
a little there.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn

from models.e5 import adapted
from models.e5.teaching import pace
from models.training.encoder import Reader
from models.training.material import Material, padded, prepared

FIRST = 2  # first layer that is taught
SEED = 5  # of the encoder that comes with the program; chosen among some (docs/decisions/0013)
HEAD_RATE = 5.0  # times the layers' rate
FAULT = 1.5  # a fault weighs more than a silence
KEPT = 0.998  # of the average, each step; less of it at first
SEEN = 512  # texts that tell the head how the untaught encoder's vectors spread
NEAR = 16  # batches' texts that are sorted by length together


@dataclass(frozen=True, slots=True)
class Course:
    """How long and how fast."""

    epochs: int = 4
    batch: int = 64  # texts
    rate: float = 2e-4


class Teaching:
    """A reader that is being taught, and the average of what it was."""

    def __init__(self, material: Material, learnt: NDArray[np.int64], device: str, seed: int, course: Course) -> None:
        """`learnt`: numbers of the texts, as often as they are shown an epoch."""
        torch.manual_seed(seed)
        self.material, self.device, self.course = material, device, course
        self.learnt, self.chance = learnt, np.random.default_rng(seed)
        self.reader = Reader(material.encoder(), FIRST, len(material.rules)).to(device).eval()
        with torch.no_grad(), self._halves():
            self.reader.level(self.reader.encoder(*self._rows(self.chance.permutation(learnt)[:SEEN])))
        self.average = AveragedModel(self.reader, multi_avg_fn=_averaged)
        layers = [p for p in self.reader.encoder.parameters() if p.requires_grad]
        head = list(self.reader.head.parameters())
        self.optimiser = torch.optim.AdamW(
            [{"params": layers, "base": course.rate}, {"params": head, "base": course.rate * HEAD_RATE}],
            lr=course.rate,
            weight_decay=0.01,
        )
        self.steps, self.step = course.epochs * -(-len(learnt) // course.batch), 0

    def epoch(self) -> float:
        """Show every text once; return the mean loss of a text."""
        self.reader.train()
        missed = torch.zeros((), device=self.device)
        for at in _batches(self.material.lengths, self.learnt, self.course.batch, self.chance):
            missed += self._learn(at) * len(at)
        self.reader.eval()
        return float(missed) / len(self.learnt)

    def save(self, path: Path) -> None:
        """Write the average's layers and head."""
        adapted.save(self.averaged.artefact(self.material.rules), path)

    @property
    def averaged(self) -> Reader:
        """The average as a reader; the untaught one before the first step."""
        made = self.average.module
        if not isinstance(made, Reader):
            raise TypeError(type(made))
        return made.eval()

    def logits(self, at: NDArray[np.int64]) -> NDArray[np.float32]:
        """Return (n, rules) of texts, by the average."""
        with torch.no_grad(), self._halves():
            parts = [self.averaged(*self._rows(at[i : i + 64])).float().cpu().numpy() for i in range(0, len(at), 64)]
        return np.vstack(parts)

    def _learn(self, at: NDArray[np.int64]) -> Tensor:
        for group in self.optimiser.param_groups:
            group["lr"] = group["base"] * pace(self.step, self.steps)
        ids, mask = padded([self.material.joined(int(i), self.chance) for i in at])
        with self._halves():
            logits = self.reader(torch.from_numpy(ids).to(self.device), torch.from_numpy(mask).to(self.device))
        loss = missed(logits.float(), torch.from_numpy(self.material.wanted[at]).to(self.device))
        loss.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_([p for g in self.optimiser.param_groups for p in g["params"]], 1.0)
        self.optimiser.step()
        self.optimiser.zero_grad()
        self.average.update_parameters(self.reader)
        self.step += 1
        return loss.detach()

    def _rows(self, at: NDArray[np.int64]) -> tuple[Tensor, Tensor]:
        ids, mask = padded([self.material.row(int(i)) for i in at])
        return torch.from_numpy(ids).to(self.device), torch.from_numpy(mask).to(self.device)

    def _halves(self) -> torch.autocast:
        return torch.autocast(self.device, torch.bfloat16)


def missed(logits: Tensor, wanted: Tensor) -> Tensor:
    """Return the loss of a text, mean over a batch of logits and labels (texts, rules); -1 is not known."""
    weight = torch.where(wanted == 1, FAULT, 1.0) * (wanted >= 0)
    lost = torch.nn.functional.binary_cross_entropy_with_logits(logits, wanted.clamp(min=0).float(), reduction="none")
    return (lost * weight).sum() / len(logits)


def _averaged(average: Sequence[Tensor], now: Sequence[Tensor], steps: Tensor | int) -> None:
    """Move an average of `steps` steps towards the weights as they are now, at first faster than later."""
    step = int(steps) + 1
    moved = get_ema_multi_avg_fn(min(KEPT, (1 + step) / (10 + step)))  # type: ignore[no-untyped-call]
    moved(average, now, steps)


def _batches(
    lengths: NDArray[np.int32], learnt: NDArray[np.int64], size: int, chance: np.random.Generator
) -> Iterator[NDArray[np.int64]]:
    """Yield numbers of texts of about the same length, in random order."""
    order, out = chance.permutation(learnt), []
    for start in range(0, len(order), size * NEAR):
        part = order[start : start + size * NEAR]
        part = part[np.argsort(lengths[part], kind="stable")]
        out += [part[k : k + size] for k in range(0, len(part), size)]
    yield from (out[i] for i in chance.permutation(len(out)))


def teach(material: Material, *, out: Path | None, device: str, seed: int, without: str = "") -> Teaching:
    """Teach all texts but those by the hand `without`; `out`: written after every epoch."""
    learnt = np.repeat(np.arange(len(material.lengths)), np.where(material.hands == without, 0, material.times))
    teaching = Teaching(material, learnt, device, seed, Course())
    for epoch in range(teaching.course.epochs):
        started = time.monotonic()
        loss = teaching.epoch()
        sys.stdout.write(f"epoch {epoch} loss {loss:.4f} in {time.monotonic() - started:.0f} s\n")
        sys.stdout.flush()
        if out:
            teaching.save(out)
    return teaching


def found(teaching: Teaching, hand: str) -> str:
    """Return, rule by rule, what the encoder makes of one hand's texts."""
    material = teaching.material
    at = np.flatnonzero(material.hands == hand)
    faults = teaching.logits(at) >= 0
    lines = []
    for rule, said, wanted in zip(material.rules, faults.T, material.wanted[at].T, strict=True):
        right, false = int((said & (wanted == 1)).sum()), int((said & (wanted == 0)).sum())
        lines.append(f"{hand} {rule}: {right}/{int((wanted == 1).sum())} found, {false} false at 0.5")
    return "\n".join(lines)


def main(argv: Sequence[str] | None = None) -> int:
    """Prepare, teach, or both."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    source = parser.add_mutually_exclusive_group(required=True)
    source.add_argument("--pack", type=Path, help="folder of the pack whose rules and samples are used")
    source.add_argument("--material", type=Path, help="file that --prepare wrote")
    parser.add_argument("--prepare", type=Path, metavar="FILE", help="write what is taught from, and stop")
    parser.add_argument("--out", type=Path, default=adapted.JUDGING, help="where the artefact goes")
    parser.add_argument("--device", choices=("cpu", "cuda"), default="cpu")
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--without", default="", metavar="HAND", help="an author's hand to leave out; writes nothing")
    args = parser.parse_args(argv)
    material = Material.load(args.material) if args.material else prepared(args.pack)
    if args.prepare:
        material.save(args.prepare)
        return 0
    if args.without and args.without not in material.hands:
        parser.error(f"no text is by {args.without}; hands: {', '.join(np.unique(material.hands))}")
    out = None if args.without else args.out
    teaching = teach(material, out=out, device=args.device, seed=args.seed, without=args.without)
    if args.without:
        sys.stdout.write(found(teaching, args.without) + "\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
