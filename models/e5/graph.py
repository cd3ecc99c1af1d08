"""The encoder as an ONNX graph, built from the tensors without torch, then quantised dynamically to int8.

The embedding table stays as it is (fp16): quantised to int8 with one scale it loses the distances that matter.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from models.e5.weights import Array, Shape

OPSET = 20


class _Graph:
    """Collects nodes and constants; every method returns the name of the value it adds."""

    def __init__(self) -> None:
        self.nodes: list[Any] = []
        self.constants: list[Any] = []

    def constant(self, name: str, value: np.ndarray[Any, Any]) -> str:
        """Add a constant."""
        from onnx import numpy_helper

        self.constants.append(numpy_helper.from_array(value, name))
        return name

    def add(self, kind: str, inputs: list[str], **attributes: Any) -> str:  # noqa: ANN401 - ONNX attributes are of any kind
        """Add a node with one output."""
        from onnx import helper

        output = f"{kind.lower()}_{len(self.nodes)}"
        self.nodes.append(helper.make_node(kind, inputs, [output], name=output, **attributes))
        return output


def write_graph(shape: Shape, tensors: dict[str, Array], path: Path) -> None:
    """Write the int8 model: `input_ids`, `attention_mask` (n, tokens) int64 → `last_hidden_state` (n, tokens, hidden)."""
    import logging

    import onnx
    from onnxruntime.quantization import QuantType, quantize_dynamic

    full = path.with_name("full.onnx")
    onnx.save(build(shape, tensors), str(full))
    logging.disable(logging.WARNING)  # the quantiser advises a pre-processing that this graph does not need
    try:
        quantize_dynamic(
            full,
            path,
            op_types_to_quantize=["MatMul"],
            per_channel=True,
            reduce_range=True,  # 7 bits: no processor's 8-bit instructions saturate, so all give the same sums
            weight_type=QuantType.QInt8,
        )
    finally:
        logging.disable(logging.NOTSET)
    full.unlink()


def build(shape: Shape, tensors: dict[str, Array]) -> Any:  # noqa: ANN401 - onnx ships no types for ModelProto
    """Return the fp32 model as an ONNX ModelProto."""
    from onnx import TensorProto, checker, helper

    graph = _Graph()
    for name, value in tensors.items():
        if name == "emb.word":
            graph.constant(name, value.astype(np.float16))
        else:
            graph.constant(name, np.ascontiguousarray(value.T) if value.ndim == 2 and name[0] == "l" else value)
    for name, ints in (("heads", [0, 0, shape.heads, shape.hidden // shape.heads]), ("flat", [0, 0, shape.hidden])):
        graph.constant(name, np.array(ints, np.int64))
    graph.constant("scale", np.array((shape.hidden // shape.heads) ** -0.5, np.float32))
    x = _embedding(graph, shape)
    mask = _mask(graph)
    for layer in range(shape.layers):
        x = _layer(graph, shape, f"l{layer}", (x, mask))
    graph.nodes[-1].output[0] = "last_hidden_state"
    integers = [
        helper.make_tensor_value_info(n, TensorProto.INT64, ["n", "tokens"]) for n in ("input_ids", "attention_mask")
    ]
    hidden = helper.make_tensor_value_info("last_hidden_state", TensorProto.FLOAT, ["n", "tokens", shape.hidden])
    made = helper.make_graph(graph.nodes, "e5", integers, [hidden], graph.constants)
    model = helper.make_model(made, opset_imports=[helper.make_opsetid("", OPSET)], ir_version=10)
    checker.check_model(model)
    return model


def _embedding(graph: _Graph, shape: Shape) -> str:
    word = graph.add("Cast", [graph.add("Gather", ["emb.word", "input_ids"])], to=1)
    graph.constant("zero", np.array([0], np.int64))
    graph.constant("one", np.array([1], np.int64))
    tokens = graph.add("Shape", ["input_ids"], start=1, end=2)
    positions = graph.add("Slice", ["emb.pos", "zero", tokens, "zero"])
    types = graph.add("Slice", ["emb.type", "zero", "one", "zero"])
    total = graph.add("Add", [graph.add("Add", [word, positions]), types])
    return _norm(graph, shape, total, "emb.ln")


def _mask(graph: _Graph) -> str:
    """0 where a token counts, a very large negative number where it is padding; (n, 1, 1, tokens)."""
    graph.constant("axes", np.array([1, 2], np.int64))
    graph.constant("unit", np.array(1, np.float32))
    graph.constant("far", np.array(-1e9, np.float32))
    seen = graph.add("Cast", [graph.add("Unsqueeze", ["attention_mask", "axes"])], to=1)
    return graph.add("Mul", [graph.add("Sub", ["unit", seen]), "far"])


def _layer(graph: _Graph, shape: Shape, name: str, state: tuple[str, str]) -> str:
    x, mask = state
    query, key, value = (
        graph.add("Reshape", [_linear(graph, x, f"{name}.{part}"), "heads"]) for part in ("q", "k", "v")
    )
    query = graph.add("Transpose", [query], perm=[0, 2, 1, 3])
    key = graph.add("Transpose", [key], perm=[0, 2, 3, 1])
    value = graph.add("Transpose", [value], perm=[0, 2, 1, 3])
    weight = graph.add("Mul", [graph.add("MatMul", [query, key]), "scale"])
    weight = graph.add("Softmax", [graph.add("Add", [weight, mask])], axis=-1)
    seen = graph.add("Transpose", [graph.add("MatMul", [weight, value])], perm=[0, 2, 1, 3])
    seen = _linear(graph, graph.add("Reshape", [seen, "flat"]), f"{name}.ao")
    x = _norm(graph, shape, graph.add("Add", [x, seen]), f"{name}.aln")
    inner = graph.add("Gelu", [_linear(graph, x, f"{name}.fi")])
    return _norm(graph, shape, graph.add("Add", [x, _linear(graph, inner, f"{name}.fo")]), f"{name}.oln")


def _linear(graph: _Graph, x: str, name: str) -> str:
    return graph.add("Add", [graph.add("MatMul", [x, f"{name}.w"]), f"{name}.b"])


def _norm(graph: _Graph, shape: Shape, x: str, name: str) -> str:
    return graph.add("LayerNormalization", [x, f"{name}.w", f"{name}.b"], axis=-1, epsilon=shape.epsilon)
