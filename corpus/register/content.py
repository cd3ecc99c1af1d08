"""A system as the text a database keeps, and the hash of a register that is carried on from change to change."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import asdict, fields, replace

from models.domain.register import System

_KNOWN = frozenset(field.name for field in fields(System))
_MODULUS = 1 << 256


def written(system: System) -> str:
    """Return all fields as JSON."""
    return json.dumps(asdict(system), ensure_ascii=False, sort_keys=True)


def read(content: str) -> System:
    """Return the system a text holds; what another version knew besides is left out."""
    system = System(**{key: value for key, value in json.loads(content).items() if key in _KNOWN})
    return replace(
        system,
        functions=tuple(system.functions),
        former_names=tuple(system.former_names),
        extra=tuple((str(k), str(v)) for k, v in system.extra),
    )


def total(systems: Iterable[System], before: int = 0, gone: Iterable[System] = ()) -> int:
    """Return the sum of the rows' hashes: `before`, less those gone, with those that came; in any order."""
    return (before + sum(map(_number, systems)) - sum(map(_number, gone))) % _MODULUS


def register_hash(size: int, summed: int) -> str:
    """Return the hash of a register out of its size and the sum of its rows' hashes, "" when empty."""
    return hashlib.sha256(f"{size}:{summed:064x}".encode()).hexdigest() if size else ""


def _number(system: System) -> int:
    return int.from_bytes(hashlib.sha256(written(system).encode("utf-8", "surrogatepass")).digest())
