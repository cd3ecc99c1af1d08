"""The encoder as an ONNX graph, built from the tensors without torch, and its int8 twin.

The embedding table stays unquantised (half precision): quantising it costs R@1 .82 -> .77 (docs/decisions).
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper, save

from models.e5.weights import Packed

OPSET = 20


class _Builder:
    """Collects nodes and initialisers; every method returns the name of its output."""

    def __init__(self) -> None:
        self.nodes: list[Any] = []
        self.values: list[Any] = []

    def const(self, name: str, value: NDArray[Any]) -> str:
        self.values.append(numpy_helper.from_array(np.ascontiguousarray(value), name))
        return name

    def node(self, op: str, inputs: list[str], name: str, **attributes: Any) -> str:  # noqa: ANN401 -- ONNX attributes
        self.nodes.append(helper.make_node(op, inputs, [name], name=name, **attributes))
        return name


def build(packed: Packed, ids: NDArray[np.int64], path: Path) -> None:
    """Write the float graph: input_ids, attention_mask (batch, length) -> token_embeddings (batch, length, hidden)."""
    b = _Builder()
    t = packed.tensors
    b.const("word", t["emb.word"][ids].astype(np.float16))
    b.const("positions", t["emb.pos"] + t["emb.type"][None, : packed.hidden])
    for name, value in (("zero", 0), ("one", 1)):
        b.const(name, np.array([value], np.int64))
    words = b.node("Cast", [b.node("Gather", ["word", "input_ids"], "words16")], "words", to=TensorProto.FLOAT)
    length = b.node("Gather", [b.node("Shape", ["input_ids"], "shape"), "one"], "length")
    places = b.node("Slice", ["positions", "zero", length, "zero"], "places")
    x = _normed(b, b.node("Add", [words, places], "embedded"), packed, "emb.ln")
    b.const("minus", np.array(-1e9, np.float32))
    b.const("float_one", np.array(1.0, np.float32))
    b.const("mask_axes", np.array([1, 2], np.int64))
    mask = b.node("Cast", ["attention_mask"], "mask", to=TensorProto.FLOAT)
    mask = b.node("Mul", [b.node("Sub", ["float_one", mask], "hole"), "minus"], "penalty")
    mask = b.node("Unsqueeze", [mask, "mask_axes"], "penalties")
    b.const("heads_shape", np.array([0, 0, packed.heads, packed.hidden // packed.heads], np.int64))
    b.const("flat_shape", np.array([0, 0, packed.hidden], np.int64))
    b.const("scale", np.array((packed.hidden // packed.heads) ** -0.5, np.float32))
    for layer in range(packed.layers):
        x = _layer(b, packed, layer, x, mask)
    b.node("Identity", [x], "token_embeddings")
    integers = TensorProto.INT64
    graph = helper.make_graph(
        b.nodes,
        "e5",
        [helper.make_tensor_value_info(n, integers, ["batch", "length"]) for n in ("input_ids", "attention_mask")],
        [helper.make_tensor_value_info("token_embeddings", TensorProto.FLOAT, ["batch", "length", packed.hidden])],
        b.values,
    )
    save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", OPSET)], ir_version=10), str(path))


def _normed(b: _Builder, x: str, packed: Packed, name: str) -> str:
    weight = b.const(f"{name}.w", packed.tensors[f"{name}.w"])
    bias = b.const(f"{name}.b", packed.tensors[f"{name}.b"])
    return b.node("LayerNormalization", [x, weight, bias], f"{name}.out", axis=-1, epsilon=packed.epsilon)


def _linear(b: _Builder, x: str, name: str, weight: NDArray[np.float32], bias: NDArray[np.float32]) -> str:
    product = b.node("MatMul", [x, b.const(f"{name}.w", weight.T)], f"{name}.mm")
    return b.node("Add", [product, b.const(f"{name}.b", bias)], f"{name}.out")


def _layer(b: _Builder, packed: Packed, layer: int, x: str, mask: str) -> str:
    p, t = f"l{layer}", packed.tensors
    heads = []
    for part, order in (("q", [0, 2, 1, 3]), ("k", [0, 2, 3, 1]), ("v", [0, 2, 1, 3])):
        flat = _linear(b, x, f"{p}.{part}", t[f"{p}.{part}.w"], t[f"{p}.{part}.b"])
        split = b.node("Reshape", [flat, "heads_shape"], f"{p}.{part}.split")
        heads.append(b.node("Transpose", [split], f"{p}.{part}.heads", perm=order))
    near = b.node("Mul", [b.node("MatMul", heads[:2], f"{p}.qk"), "scale"], f"{p}.scaled")
    share = b.node("Softmax", [b.node("Add", [near, mask], f"{p}.masked")], f"{p}.share", axis=-1)
    seen = b.node("Transpose", [b.node("MatMul", [share, heads[2]], f"{p}.seen")], f"{p}.back", perm=[0, 2, 1, 3])
    seen = b.node("Reshape", [seen, "flat_shape"], f"{p}.flat")
    out = _linear(b, seen, f"{p}.ao", t[f"{p}.ao.w"], t[f"{p}.ao.b"])
    x = _normed(b, b.node("Add", [x, out], f"{p}.add1"), packed, f"{p}.aln")
    wide = b.node("Gelu", [_linear(b, x, f"{p}.fi", t[f"{p}.fi.w"], t[f"{p}.fi.b"])], f"{p}.gelu")
    out = _linear(b, wide, f"{p}.fo", t[f"{p}.fo.w"], t[f"{p}.fo.b"])
    return _normed(b, b.node("Add", [x, out], f"{p}.add2"), packed, f"{p}.oln")


def quantise(source: Path, target: Path) -> None:
    """Write the int8 twin: matrix products only; unsigned weights, exact on every processor."""
    import logging

    from onnxruntime.quantization import QuantType, quantize_dynamic

    logging.getLogger().setLevel(logging.ERROR)
    quantize_dynamic(
        str(source), str(target), op_types_to_quantize=["MatMul"], per_channel=True, weight_type=QuantType.QUInt8
    )
