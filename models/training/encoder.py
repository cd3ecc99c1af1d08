"""The encoder as a torch module, from the tensors of models.training.material: its upper layers and a head are taught.

Multilingual-e5-small as models/e5/graph.py builds it: a BERT encoder of 12 layers, its vector the mean over a text's
tokens, of length 1. Needs torch (the tests' extra); the program itself never imports this.
"""

from __future__ import annotations

import json
from collections.abc import Mapping

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

from models.e5 import adapted

HEADS, EPSILON = 12, 1e-12
DROPOUT = 0.1  # in taught layers and before the head
UNLIKELY = -2.0  # bias of a head that has learnt nothing: most texts are no fault


class Layer(nn.Module):
    """One layer: attention and feed-forward, each added to what came in and normed."""

    def __init__(self, tensors: Mapping[str, NDArray[np.float32]]) -> None:
        """`tensors`: by the names of models.e5.adapted.PARTS, "q.w" (out, in) and "q.b" (out,)."""
        super().__init__()
        self.parts = nn.ParameterDict({k.replace(".", "_"): torch.tensor(v) for k, v in tensors.items()})

    def forward(self, states: Tensor, mask: Tensor, dropout: float) -> Tensor:
        """Return states (texts, tokens, d) of states; `mask` (texts, tokens) is true where a token is."""
        texts, length, width = states.shape
        query, key, value = (
            self._linear(states, part).view(texts, length, HEADS, width // HEADS).transpose(1, 2) for part in "qkv"
        )
        seen = functional.scaled_dot_product_attention(
            query, key, value, attn_mask=mask[:, None, None, :], dropout_p=dropout
        )
        seen = self._linear(seen.transpose(1, 2).reshape(texts, length, width), "ao")
        states = self._normed(states + functional.dropout(seen, dropout), "aln")
        wide = self._linear(functional.gelu(self._linear(states, "fi")), "fo")
        return self._normed(states + functional.dropout(wide, dropout), "oln")

    def stored(self) -> dict[str, NDArray[np.float32]]:
        """Return the tensors by their names."""
        return {k.replace("_", "."): v.detach().cpu().numpy() for k, v in self.parts.items()}

    def _linear(self, x: Tensor, part: str) -> Tensor:
        return functional.linear(x, self.parts[f"{part}_w"], self.parts[f"{part}_b"])

    def _normed(self, x: Tensor, part: str) -> Tensor:
        weight, bias = self.parts[f"{part}_w"], self.parts[f"{part}_b"]
        return functional.layer_norm(x.float(), weight.shape, weight, bias, EPSILON)


class Encoder(nn.Module):
    """Tokens to vectors; layers from `first` on are taught, embeddings and the layers below stay as they came."""

    word: Tensor  # (tokens, d)
    place: Tensor  # (places, d)
    weight: Tensor  # (d,) of the norm of the embeddings
    bias: Tensor  # (d,)

    def __init__(self, tensors: Mapping[str, NDArray[np.float32]], first: int) -> None:
        """`tensors`: by their names in the wheel's file ("l8.q.w", "emb.word")."""
        super().__init__()
        self.first = first
        for name, key in (("word", "emb.word"), ("place", "emb.pos"), ("weight", "emb.ln.w"), ("bias", "emb.ln.b")):
            self.register_buffer(name, torch.tensor(tensors[key]))
        count = len({key.partition(".")[0] for key in tensors} - {"emb"})
        parts = [{k.partition(".")[2]: v for k, v in tensors.items() if k.startswith(f"l{n}.")} for n in range(count)]
        self.layers = nn.ModuleList(Layer(part) for part in parts)
        for layer in self.layers[:first]:
            layer.requires_grad_(requires_grad=False)

    def forward(self, ids: Tensor, mask: Tensor) -> Tensor:
        """Return vectors (texts, d) of length 1 for tokens (texts, tokens); `mask` is true where one is."""
        states = self.word[ids] + self.place[: ids.shape[1]]
        states = functional.layer_norm(states, self.weight.shape, self.weight, self.bias, EPSILON)
        for number, layer in enumerate(self.layers):
            states = layer(states, mask, DROPOUT if self.training and number >= self.first else 0.0)
        share = mask[..., None].float()
        mean = (states.float() * share).sum(1) / share.sum(1)
        return functional.normalize(mean, dim=1)

    def taught(self) -> dict[str, NDArray[np.float32]]:
        """Return the tensors of the taught layers by their names in the wheel's file."""
        return {
            f"l{number}.{name}": values
            for number, layer in enumerate(self.layers)
            if number >= self.first and isinstance(layer, Layer)
            for name, values in layer.stored().items()
        }


class Reader(nn.Module):
    """The encoder with a linear head a rule."""

    middle: Tensor  # (d,) of the untaught encoder's vectors
    spread: Tensor  # (d,)

    def __init__(self, tensors: Mapping[str, NDArray[np.float32]], first: int, rules: int) -> None:
        """`rules`: how many; before `level` is called the head takes vectors as they are."""
        super().__init__()
        self.encoder = Encoder(tensors, first)
        width = self.encoder.word.shape[1]
        self.register_buffer("middle", torch.zeros(width))
        self.register_buffer("spread", torch.ones(width))
        self.head = nn.Linear(width, rules)
        nn.init.zeros_(self.head.weight)
        nn.init.constant_(self.head.bias, UNLIKELY)

    def level(self, vectors: Tensor) -> None:
        """Make the head see each dimension alike, by how the untaught encoder's `vectors` (n, d) spread."""
        self.middle.copy_(vectors.mean(0))
        self.spread.copy_(vectors.std(0) + 1e-4)

    def forward(self, ids: Tensor, mask: Tensor) -> Tensor:
        """Return logits (texts, rules)."""
        vectors = (self.encoder(ids, mask) - self.middle) / self.spread
        logits: Tensor = self.head(functional.dropout(vectors, DROPOUT, self.training))
        return logits

    def artefact(self, rules: tuple[str, ...]) -> dict[str, NDArray[np.float32]]:
        """Return what models.e5.adapted.save writes: taught layers and head; the spread goes into the head."""
        weights = (self.head.weight / self.spread).detach()
        bias = (self.head.bias - weights @ self.middle).detach()
        named = np.frombuffer(json.dumps(list(rules)).encode(), np.uint8).astype(np.float32)
        head = {"w": weights.cpu().numpy(), "b": bias.cpu().numpy(), "rules": named}
        return {**self.encoder.taught(), **{f"{adapted.HEAD}{k}": v for k, v in head.items()}}
