"""An approved proposal as a row of the register, out of its report."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from models.domain.errors import RegisterError
from models.domain.register import System
from models.names import title_key, unit_key
from models.units import Units

APPROVED = "已批未建"


class Known(Protocol):
    """The register, as far as it is asked here."""

    def names(self) -> tuple[tuple[str, str], ...]:
        """Return id and name of all systems."""
        ...

    def get(self, ids: Sequence[str]) -> tuple[System, ...]:
        """Return the systems of these ids."""
        ...


def joined(report: Mapping[str, Any], known: Known, units: Units, number: str = "") -> System:
    """Return the row a proposal becomes: its title, unit and functions, status 已批未建.

    Args:
        report: the object of its `report.json`.
        known: the register; only rows of this id or name are read.
        units: says which names are one unit.
        number: id of the row; without it one is made of unit and title, so that the same proposal joins once.

    Raises:
        RegisterError: the report names no title or function, or the register holds the system, or another of this id.
    """
    told = report["submission"]
    title, unit = told["title"], told["unit"]
    # These signs part one function from the next in a list that goes out and comes back.
    functions = tuple(dict.fromkeys(re.sub(r"[；;|\n]+", "，", f["text"]).strip("， ") for f in report["functions"]))
    if not title or not functions:
        raise RegisterError("报告里没有项目名称或拟建功能，不能入台账", name=title, advice="请核对材料，或用清单导入")
    number = number or _number(title, unit)
    key = title_key(title)
    for system in known.get([n for n, name in known.names() if n == number or title_key(name) == key]):
        same = title_key(system.name) == key and units.same(system.unit, unit)
        if system.id == number and not same:
            raise RegisterError(f"编号 {number} 已是“{system.name}”", name=title, advice="请用 --id 另给编号")
        if same and (system.id != number or system.status != APPROVED):
            raise RegisterError(
                f"台账中已有这个项目（{system.id}，{system.status or '状态未填'}）",
                name=title,
                advice="请用清单更新该行",
            )
    total = told["total_wan"]
    extra = () if total is None else (("申报总额（万元）", f"{total:g}"),)
    return System(number, title, unit, "区", APPROVED, functions=functions, extra=extra)


def _number(title: str, unit: str) -> str:
    return "XM-" + hashlib.sha256(f"{unit_key(unit)}\0{title_key(title)}".encode("utf-8", "replace")).hexdigest()[:10]
