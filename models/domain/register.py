"""The existing systems a proposal is compared with, and the port through which analyzers ask for them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from models.domain.submission import Function


@dataclass(frozen=True, slots=True)
class System:
    """A row of the register of existing systems."""

    id: str
    name: str
    unit: str = ""
    level: str = ""  # 区 市 省 国家
    status: str = ""  # 在用 在建 已批未建 停用
    year: str = ""
    description: str = ""
    functions: tuple[str, ...] = ()
    unified: bool = False  # 统建
    acceptance: str = ""
    former_names: tuple[str, ...] = ()
    replaced_by: str = ""
    extra: tuple[tuple[str, str], ...] = ()  # further columns, kept and shown


@dataclass(frozen=True, slots=True)
class FunctionMatch:
    """One function of the proposal and the words of the system that come nearest."""

    function: Function
    system_text: str
    score: float  # probability that both are the same, 0..1
    kind: str = "semantic"  # or verbatim
    same: bool = False  # taken for the same


@dataclass(frozen=True, slots=True)
class Candidate:
    """A system that comes near the proposal, best first; nothing is decided here."""

    system: System
    score: float  # probability that the system does the same or part of it, 0..1
    whole: float  # centred cosine of proposal and system as wholes
    coverage: float  # share of the proposal's functions the system already has
    matches: tuple[FunctionMatch, ...]
    source: str = "corpus"  # or intake
    mainly: float = 0.0  # probability that it is mainly the same, where it is the same at all
    features: tuple[float, ...] = ()  # what that rests on, in the order of `models.likeness.FEATURES`


class Register(Protocol):
    """What analyzers may ask of the register."""

    @property
    def size(self) -> int:
        """How many systems there are."""
        ...

    @property
    def sha256(self) -> str:
        """Hash of the register's content, "" when empty."""
        ...

    def near(self, title: str, functions: Sequence[Function], top: int = 20) -> tuple[Candidate, ...]:
        """Return the systems nearest to a proposal, best first."""
        ...

    def units(self) -> tuple[str, ...]:
        """Return the names of units as the register has them, each once."""
        ...

    def of_units(self, units: Sequence[str]) -> tuple[System, ...]:
        """Return the systems of units, named as the register names them, in the order of their ids."""
        ...
