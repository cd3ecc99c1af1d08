"""Units as a register names them: short and full names, departments merged and renamed, and the level they stand at."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from models.names import same_unit, unit_key, unit_parts
from models.text import squash

_NATION = re.compile(r"^(?:国家|中华人民共和国|全国|国务院|中央)")
_BEFORE = re.compile(r"^(?:原|现)?(?:中共)?")
# Words that begin like a place and are none: 市场监管局, 市政管理处, 区域发展中心, 社区建设中心.
_CITY = re.compile(r"^市(?!场|监局|容|民|政(?!府|务|协|法))")
_DISTRICT = re.compile(r"^区(?!域|块)")
_OTHER = re.compile(r"^\w{1,3}?(?<![社园景小片校院发地])[区县]")
_OFFICE = re.compile(r"^府办(?:公室)?$")
_PARTICLES = re.compile("[和与及]")
_SORT = re.compile("(?:局|厅|委员会|委|办公室|办|中心)$")
_TELLS = 3  # characters by which one department's business tells that it is part of another's


@dataclass(frozen=True)
class Units:
    """Says which names are one unit; `was`: by the key of a department that was, what it is now."""

    district: str = ""
    city: str = ""
    province: str = ""
    former: tuple[str, ...] = ()  # districts that went into this one
    was: tuple[tuple[str, str], ...] = ()

    @staticmethod
    def of(data: Mapping[str, Any] | None) -> Units:
        """Return what a pack's data says of its place and departments; without it names alone are compared."""
        place: Mapping[str, Any] = (data or {}).get("place") or {}
        departments: Iterable[Mapping[str, Any]] = (data or {}).get("departments") or ()
        district, city, province = (str(place.get(key, "")) for key in ("district", "city", "province"))
        was = tuple((_key(old), str(d["name"])) for d in departments for old in d["was"])
        return Units(district, city, province, tuple(place.get("was", ())), was)

    def same(self, a: str, b: str) -> bool:
        """Say whether two names mean one unit: 区民政局 = 杭州市拱墅区民政局, but not 杭州市民政局.

        A department that went into another is taken for that one.
        """
        mine, theirs = (tuple(_told(self, part) for part in unit_parts(text)) for text in (a, b))
        return any((not x[0] or not y[0] or x[0] == y[0]) and same_unit(x[1], y[1]) for x in mine for y in theirs)

    def same_line(self, a: str, b: str) -> bool:
        """Say whether two names mean departments of one line (条线), at whatever level: 省民政厅, 拱墅区民政局."""
        mine, theirs = ({_line(_told(self, part)[1]) for part in unit_parts(text)} - {""} for text in (a, b))
        return any(x == y or (min(len(x), len(y)) >= _TELLS and (x in y or y in x)) for x in mine for y in theirs)


@cache
def _told(units: Units, name: str) -> tuple[str, str]:
    """Return a unit's level ("" where its name does not say) and its name of today without what stands above it."""
    if not units.district:
        return "", name
    level, rest = _level(units, _BEFORE.sub("", squash(name)))
    if level in {"", "区"}:
        rest = dict(units.was).get(_key(rest), rest)
    return level, rest


def _line(name: str) -> str:
    """Return what a department is about: 区市场监督管理局 → 市场监督管理."""
    return _SORT.sub("", _DISTRICT.sub("", _PARTICLES.sub("", name)))


def _key(name: str) -> str:
    return _PARTICLES.sub("", unit_key(name))


def _level(units: Units, name: str) -> tuple[str, str]:
    if _NATION.match(name):
        return "国家", name
    rest = re.sub(f"^(?:{units.province})?(?:{units.city})?", "", name)
    here = re.sub(f"^(?:{'|'.join((units.district, *units.former))})", "", rest)
    here = _DISTRICT.sub("", rest) if here == rest else here
    if here != rest:
        return "区", "区" + re.sub("局?分局$", "局", here)
    stem = units.district.removesuffix("区")
    branch = re.sub(f"局?{stem}区?分局$", "局", rest)
    if branch != rest or re.search("街道(?:办|$)", rest):
        return "区", branch
    if rest != name and _OTHER.match(rest):
        return "其他区县", rest
    return _above(units, name, rest)


def _above(units: Units, name: str, rest: str) -> tuple[str, str]:
    """Return the level of a unit outside the district, where its name gives one."""
    if (rest != name and units.city in name) or _CITY.match(name):
        return "市", _OFFICE.sub("政府办", _CITY.sub("", rest) if rest == name else rest)
    if rest != name or name.startswith("省"):
        return "省", _OFFICE.sub("政府办", rest.removeprefix("省"))
    return "", name
