"""Building periods as papers write them: 2022年1月至2022年10月, 2022.04—2023.03, 二〇二二年三月起至当年十二月止."""

from __future__ import annotations

import re
from dataclasses import dataclass

from models.quantities import chinese_number
from models.text import normalise

_CN_YEAR = re.compile(r"([二][〇零○0][〇零○一二三四五六七八九]{2})(?=年)")
_CN_MONTH = re.compile(r"(?<![第个一二三四五六七八九十])(十[一二]?|[一二三四五六七八九])(?=月(?!份?个))")
_DAY = r"(?:\s*\d{1,2}\s*[日号]|[-./]\d{1,2}(?!\d))?"
_PART = r"(?:份|初|中旬|上旬|下旬|中|底|末)?"
_FULL = (
    rf"(?:(?P<@y>20\d\d)\s*(?:年|[./-])\s*(?P<@m>\d{{1,2}})(?!\d)\s*月?{_PART}{_DAY}{_PART}"
    r"|(?P<@yy>20\d\d)(?P<@mm>0[1-9]|1[0-2])(?!\d))"
)
_LATER = (
    r"(?:(?P<rel>当年|同年|本年|次年|翌年|第二年)度?的?\s*)?(?P<lm>\d{1,2})(?!\d|[./]\d|个月|\s*年)"
    rf"\s*(?:月|(?=\D|$)){_PART}{_DAY}{_PART}"
)
_YEAR_END = r"(?:(?P<ye>20\d\d)\s*年|(?P<yrel>当年|同年|次年|翌年)?年?)\s*(?P<half>年底|底|年末|末)"
_FIRST = _FULL.replace("@", "a")
_SECOND = rf"(?:{_FULL.replace('@', 'b')}|{_YEAR_END}|{_LATER})"
_LINK = r"\s*(?:正式|左右)?(?:起|开始|开工|启动|动工|实施)?\s*[,、(]?\s*(?:-|~|至|到|直至|截至|截止|延续至)+\s*"
_WORK = (
    r"\s*(?:正式|项目)?(?:起|开始|开工|启动|动工|实施|采购|招标|立项|进场)[^。;\d]{0,10}?"
    r"[,、至到]?\s*(?:于|计划|预计|拟|力争|至|到)*\s*"
)
_DONE = r"(?=[^,。;\d]{0,8}(?:完成|止|结束|竣工|终验|验收|完工|建成|交付|投用|上线))"
_RANGE = re.compile(_FIRST + _LINK + _SECOND)
_OPEN_CLOSE = re.compile(_FIRST + _WORK + _SECOND + _DONE)

_SPAN = re.compile(
    r"(?P<y>20\d\d)\s*[年./-]\s*(?P<m>\d{1,2})(?!\d)\s*月?(?:份|初|中旬|上旬|下旬|中|底|末)?(?:\d{1,2}日)?"
    r"(?:\s*[-~至到]+\s*(?:(?P<z>20\d\d)\s*[年./-]\s*)?(?P<n>\d{1,2})(?!\d)\s*月)?"
)


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """From the first to the last month, both included."""

    start_year: int
    start_month: int
    end_year: int
    end_month: int

    @property
    def text(self) -> str:
        """Return the form the report uses: 20YY年M月至20YY年M月."""
        return f"{self.start_year}年{self.start_month}月至{self.end_year}年{self.end_month}月"

    @property
    def months(self) -> int:
        """How many months it lasts, both ends included."""
        return (self.end_year - self.start_year) * 12 + self.end_month - self.start_month + 1


def _arabic(text: str) -> str:
    """Write years and months that stand in Chinese numerals in Arabic figures."""

    def figures(found: re.Match[str]) -> str:
        value = chinese_number(found[1].replace("0", "〇"))
        return found[1] if value is None else str(int(value))

    return _CN_MONTH.sub(figures, _CN_YEAR.sub(figures, normalise(text)))


def _end(found: re.Match[str], year: int) -> tuple[int, int]:
    """Return year and month of the later date, which may borrow its year from the first."""
    if found["by"]:
        return int(found["by"]), int(found["bm"])
    if found["byy"]:
        return int(found["byy"]), int(found["bmm"])
    if found["half"]:
        if found["ye"]:
            return int(found["ye"]), 12
        return year + (found["yrel"] in {"次年", "翌年"}), 12
    return year + (found["rel"] in {"次年", "翌年", "第二年"}), int(found["lm"])


def period(text: str) -> Period | None:
    """Return the first period a text states with its beginning and its end; None for a mere duration or date."""
    plain = _arabic(text)
    matches = [m for rule in (_RANGE, _OPEN_CLOSE) for m in rule.finditer(plain)]
    for found in sorted(matches, key=lambda m: m.start()):
        year, month = int(found["ay"] or found["ayy"]), int(found["am"] or found["amm"])
        last_year, last_month = _end(found, year)
        result = Period(year, month, last_year, last_month)
        if 1 <= month <= 12 and 1 <= last_month <= 12 and 1 <= result.months <= 240:
            return result
    return None


def month_spans(text: str) -> list[tuple[int, int]]:
    """Return the spans of months that a text names with their year, as (12 × year + month) pairs, both included.

    2022年6—8月, 2022年11月至2023年1月, 2022年9月; days and halves of months are left out.
    """
    plain = normalise(text)
    out = []
    for m in _SPAN.finditer(plain):
        first = 12 * int(m["y"]) + int(m["m"])
        last = first
        if m["n"]:
            last = 12 * int(m["z"] or m["y"]) + int(m["n"])
        if 1 <= int(m["m"]) <= 12 and first <= last < first + 60:
            out.append((first, last))
    return out
