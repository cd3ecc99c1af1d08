"""The upper layers of the encoder, taught something: which businesses are the same, or what breaks the negative list.

Written by models/training/duplicates/adapting.py (layers 8 to 11) and models/training/tuning.py (layers 2 to 11); what
is not in the file is as it came. Stored in 8 bits with a scale a row (the model runs in 8 bits anyway); vectors and
norms as halves.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

ARTEFACT = Path(__file__).parent.parent / "data" / "adapted.npz"  # for the register
JUDGING = Path(__file__).parent.parent / "data" / "judging.npz"  # for the judge, with the head of models/judgement.py
HEAD = "head."  # what does not belong to a layer
# parts of a layer as the packed file and the encoder class of transformers name them
PARTS = {
    "q": "attention.self.query", "k": "attention.self.key", "v": "attention.self.value",
    "ao": "attention.output.dense", "aln": "attention.output.LayerNorm",
    "fi": "intermediate.dense", "fo": "output.dense", "oln": "output.LayerNorm",
}  # fmt: skip


def load(path: Path = ARTEFACT) -> dict[str, NDArray[np.float32]]:
    """Return the taught tensors by their names in the packed file ("l8.q.w")."""
    out: dict[str, NDArray[np.float32]] = {}
    with np.load(path, allow_pickle=False) as stored:
        for name in stored.files:
            if name.endswith(".scale") or name.startswith(HEAD):
                continue
            values = stored[name].astype(np.float32)
            scale = f"{name}.scale"
            out[name] = values * stored[scale][:, None] if scale in stored.files else values
    return out


def save(tensors: dict[str, NDArray[np.float32]], path: Path = ARTEFACT) -> None:
    """Write taught tensors, matrices in 8 bits."""
    parts: dict[str, NDArray[np.generic]] = {}
    for name, values in tensors.items():
        if values.ndim == 1 or name.startswith(HEAD):
            parts[name] = values.astype(np.float32 if name.startswith(HEAD) else np.float16)
            continue
        scale = np.maximum(np.abs(values).max(axis=1), 1e-8) / 127
        parts[name] = np.rint(values / scale[:, None]).astype(np.int8)
        parts[f"{name}.scale"] = scale.astype(np.float32)
    np.savez_compressed(path, **parts)  # type: ignore[arg-type]
