"""What `models.training.duplicates.adapting` teaches: the layers below as they are, the upper four as torch modules.

The lower layers' output for a text is computed once, by the 8-bit model that runs later. Needs torch and transformers
(the tests' extra); the program itself never imports this.
"""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from models.e5 import adapted
from models.e5.convert import default_folder

FIRST = 8  # first layer that is taught
LONGEST = 208  # tokens of a text
DROPOUT, WARM, LEAST = 0.1, 0.1, 0.02
CHUNK = 48  # texts that run through the layers together

Text = tuple[str, str]  # prefix, words
Hidden = NDArray[np.float16]  # (tokens, d)


def lower(texts: Sequence[Text]) -> dict[Text, Hidden]:
    """Return what the untaught layers make of each text, by the installed 8-bit model."""
    import onnx
    import onnxruntime
    from tokenizers import Tokenizer

    folder = default_folder()
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    tokenizer.enable_truncation(LONGEST)
    with tempfile.TemporaryDirectory() as scratch:
        part = str(Path(scratch) / "lower.onnx")
        names = ["input_ids", "attention_mask"]
        onnx.utils.extract_model(str(folder / "onnx" / "model_int8.onnx"), part, names, [f"l{FIRST - 1}.oln.out"])
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1  # one text at a time: more threads only wait for each other
        session = onnxruntime.InferenceSession(part, options, providers=["CPUExecutionProvider"])
    out: dict[Text, Hidden] = {}
    for text in dict.fromkeys(texts):
        ids = np.array([tokenizer.encode(f"{text[0]}: {text[1]}").ids], np.int64)
        out[text] = session.run(None, {"input_ids": ids, "attention_mask": np.ones_like(ids)})[0][0].astype(np.float16)
    return out


def upper() -> Any:  # noqa: ANN401 -- torch is not part of the program
    """Return the layers that are taught, as torch modules."""
    import torch
    from transformers import BertModel

    model = BertModel.from_pretrained(str(default_folder()), dtype=torch.float32)
    layers = model.encoder.layer[FIRST:]
    for module in layers.modules():
        if isinstance(module, torch.nn.Dropout):
            module.p = DROPOUT
    return layers


def encode(layers: Any, hidden: dict[Text, Hidden], texts: Sequence[Text]) -> Any:  # noqa: ANN401 -- torch
    """Return normalised vectors (n, d) as a tensor with gradients."""
    import torch

    order = sorted(range(len(texts)), key=lambda i: len(hidden[texts[i]]))
    rows: list[Any] = [None] * len(texts)
    for start in range(0, len(order), CHUNK):
        chosen = order[start : start + CHUNK]
        parts = [torch.from_numpy(hidden[texts[i]].astype(np.float32)) for i in chosen]
        states = torch.nn.utils.rnn.pad_sequence(parts, batch_first=True)
        mask = torch.nn.utils.rnn.pad_sequence([torch.ones(len(p)) for p in parts], batch_first=True)
        with torch.autocast("cpu", dtype=torch.bfloat16):
            for layer in layers:
                made = layer(states, (1 - mask)[:, None, None, :] * -1e9)
                states = made[0] if isinstance(made, tuple) else made
        mean = (states.float() * mask[..., None]).sum(1) / mask.sum(1, keepdim=True)
        for row, i in zip(mean / mean.norm(dim=1, keepdim=True), chosen, strict=True):
            rows[i] = row
    return torch.stack(rows)


def pace(step: int, steps: int) -> float:
    """Return the share of the learning rate at a step: up at first, then down to almost nothing."""
    return min((step + 1) / (WARM * steps), max(LEAST, (steps - step) / ((1 - WARM) * steps)))


def tensors(layers: Any) -> dict[str, NDArray[np.float32]]:  # noqa: ANN401 -- torch
    """Return the layers' weights by their names in the packed file."""
    names = {long: short for short, long in adapted.PARTS.items()}
    out: dict[str, NDArray[np.float32]] = {}
    for key, value in layers.state_dict().items():
        number, _, rest = key.partition(".")
        long, _, kind = rest.rpartition(".")
        out[f"l{int(number) + FIRST}.{names[long]}.{kind[0]}"] = value.numpy()
    return out
