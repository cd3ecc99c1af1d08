"""Amounts of money and counts as papers write them: 万元, 元, 大写, thousands separators, full width, ranges."""

from __future__ import annotations

import re
from dataclasses import dataclass

from models.text import normalise

_FACTORS = {
    "亿元": 10000.0,
    "亿": 10000.0,
    "千万元": 1000.0,
    "百万元": 100.0,
    "万元": 1.0,
    "万": 1.0,
    "千元": 0.1,
    "元": 0.0001,
}
_LARGEST_WAN = 1e8  # 一万亿元: whatever is larger was misread
_DIGITS = {c: i for i, c in enumerate("零一二三四五六七八九")} | {c: i for i, c in enumerate("〇壹贰叁肆伍陆柒捌玖")}
_DIGITS |= {"两": 2, "○": 0, "Ｏ": 0, "貳": 2, "叄": 3, "陸": 6, "弍": 2, "弌": 1}
_SMALL = {"十": 10, "百": 100, "千": 1000, "拾": 10, "佰": 100, "仟": 1000}
_LARGE = {"万": 10**4, "萬": 10**4, "亿": 10**8, "億": 10**8}
_CN = "零〇○一二两三四五六七八九十百千万亿壹贰貳叁叄肆伍陆陸柒捌玖拾佰仟萬億"
_NUMBER = r"(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?"
_UNIT = r"亿元|千万元|百万元|万元|千元|亿(?=[^\d\w]|$)|元(?![旦素宵首])"
_ARABIC = re.compile(
    rf"(?<![\d.,A-Za-z亿-])(?P<a>{_NUMBER})(?:\s*(?P<ua>{_UNIT})?\s*[-~至到]+\s*(?P<b>{_NUMBER}))?\s*(?P<u>{_UNIT})"
)
_CAPITAL = re.compile(
    rf"(?<!\d)(?P<n>[{_CN}]{{2,}}|[壹贰叁肆伍陆柒捌玖])(?P<u>元|圆|圓)(?P<rest>(?:[{_CN}]角)?(?:[{_CN}]分)?)(?![旦素宵首化])"
)
_CN_WAN = re.compile(rf"(?P<n>[{_CN}]+点[零〇一二三四五六七八九]+)(?P<u>万元|亿元|元)")
_BARE = re.compile(rf"\s*(?:约|共计|合计|总计|人民币|大写|[:¥￥\s])*(?P<n>{_NUMBER})(?=\s*(?:$|[(,,;。、;]|左右|余))")
_ABOUT = re.compile(r"(约|大约|近|大概)(?:为|需|计|人民币)?\s*$")


@dataclass(frozen=True, slots=True)
class Money:
    """An amount in 万元 and where it stands; `low` is the lower end of a range, `about` says 约 or 左右."""

    wan: float
    as_written: str
    start: int
    end: int
    low: float | None = None
    about: bool = False
    decimals: int = 6  # decimal places the figure has, counted in 万元


@dataclass(frozen=True, slots=True)
class Count:
    """A number of things with the measure word or noun behind it."""

    value: float
    unit: str
    start: int
    end: int


def chinese_number(text: str) -> float | None:
    """Read a number in Chinese numerals, 大写 included: 二百六十八万六千, 一十二点五, 二〇二二; None if it is none."""
    whole, _, fraction = text.strip().partition("点")
    value = _chinese_integer(whole)
    if value is None:
        return None
    if not fraction:
        return None if "点" in text else float(value)
    if any(c not in _DIGITS for c in fraction):
        return None
    return float(value) + float("0." + "".join(str(_DIGITS[c]) for c in fraction))


def _chinese_integer(text: str) -> int | None:
    """Read a whole number written with or without 十百千万亿."""
    if not text or any(c not in _CN for c in text):
        return None
    if all(c in _DIGITS for c in text):
        return int("".join(str(_DIGITS[c]) for c in text)) if len(text) <= 18 else None
    total = section = digit = 0
    for char in text:
        if char in _DIGITS:
            digit = _DIGITS[char]
        elif char in _SMALL:
            section += (digit or 1) * _SMALL[char]
            digit = 0
        else:
            total = (
                (total + section + digit) * _LARGE[char]
                if _LARGE[char] > 10**4
                else total + (section + digit) * _LARGE[char]
            )
            section = digit = 0
    return total + section + digit


def capital_amount(text: str) -> float | None:
    """Return the 元 of a 大写 amount such as 贰拾伍万陆仟元叁角整, None where the text holds none."""
    found = _CAPITAL.search(normalise(text))
    return _capital_yuan(found) if found else None


def _capital_yuan(found: re.Match[str]) -> float | None:
    """Add up 元, 角 and 分 of a matched amount."""
    yuan = chinese_number(found["n"])
    if yuan is None:
        return None
    for mark, share in (("角", 0.1), ("分", 0.01)):
        at = found["rest"].find(mark)
        if at > 0:
            yuan += (chinese_number(found["rest"][at - 1]) or 0) * share
    return yuan


def number(text: str) -> float | None:
    """Read Arabic figures with or without thousands separators and full-width digits; None if it is no number."""
    plain = normalise(text).strip()
    if not re.fullmatch(_NUMBER, plain):
        return None
    return float(plain.replace(",", "")) if len(plain) < 40 else None


def _decimals(figure: str, unit: str) -> int:
    """Count the decimal places a figure has when told in 万元."""
    places = len(figure.partition(".")[2])
    return {"元": places + 4, "千元": places + 1, "亿元": places - 4, "亿": places - 4, "百万元": places - 2}.get(
        unit, places
    )


def _arabic(plain: str, text: str) -> list[Money]:
    """Find amounts in Arabic figures with a unit."""
    out = []
    for m in _ARABIC.finditer(plain):
        if m.start() and plain[m.start() - 1] == "-":
            continue
        figure, low = (m["b"], m["a"]) if m["b"] else (m["a"], None)
        value, first = number(figure), number(low) if low else None
        if value is None or value * _FACTORS[m["u"]] > _LARGEST_WAN:
            continue
        about = (
            bool(_ABOUT.search(plain[: m.start()]))
            or plain[m.end() :].lstrip()[:2] in {"左右", "上下"}
            or plain[m.end() : m.end() + 1] == "余"
        )
        lower = first * _FACTORS[m["ua"] or m["u"]] if first is not None else None
        out.append(
            Money(
                round(value * _FACTORS[m["u"]], 6),
                text[m.start() : m.end()],
                m.start(),
                m.end(),
                lower,
                about,
                _decimals(figure, m["u"]),
            )
        )
    return out


def _written_out(plain: str, text: str) -> list[Money]:
    """Find amounts in Chinese numerals, 大写 included."""
    out = []
    for m in _CAPITAL.finditer(plain):
        yuan = _capital_yuan(m)
        if yuan is not None and yuan / 10000 <= _LARGEST_WAN:
            out.append(Money(round(yuan / 10000, 6), text[m.start() : m.end()], m.start(), m.end()))
    for m in _CN_WAN.finditer(plain):
        value = chinese_number(m["n"])
        if value is not None and value * _FACTORS[m["u"]] <= _LARGEST_WAN:
            places = len(m["n"].partition("点")[2])
            out.append(
                Money(
                    round(value * _FACTORS[m["u"]], 6), text[m.start() : m.end()], m.start(), m.end(), decimals=places
                )
            )
    return out


def unit_in(text: str) -> str:
    """Return the unit of money a heading, caption or label names: 单位：万元, （元）, 金额单位为元; "" where none."""
    plain = normalise(text)
    found = re.search(r"单位\s*(?:均)?[为是:]?\s*(?:人民币)?\s*(亿元|百万元|万元|千元|元)", plain)
    found = found or re.search(r"[(\[,/]\s*(?:人民币|单位:?)?\s*(亿元|百万元|万元|千元|元)(?![\w])", plain)
    found = found or re.search(r"以(万元|千元|元)(?:计|为单位)", plain)
    return found[1] if found else ""


def money_wan(text: str, unit_hint: str = "") -> list[Money]:
    """Return the amounts of a text in 万元, in order.

    With `unit_hint` (万元, 元 … from a label or column head) a bare figure at the very start counts too.
    Negative and absurdly large amounts are left out.
    """
    plain = normalise(text)
    found = _arabic(plain, text) + _written_out(plain, text)
    if unit_hint in _FACTORS:
        bare = _BARE.match(plain)
        value = number(bare["n"]) if bare else None
        taken = bare and any(m.start < bare.end("n") and m.end > bare.start("n") for m in found)
        if bare and value is not None and not taken and value * _FACTORS[unit_hint] <= _LARGEST_WAN:
            a, b = bare.span("n")
            about = "约" in plain[:a] or plain[b:].startswith("左右")
            found.append(
                Money(
                    round(value * _FACTORS[unit_hint], 6), text[a:b], a, b, None, about, _decimals(bare["n"], unit_hint)
                )
            )
    return _apart(found)


def _apart(found: list[Money]) -> list[Money]:
    """Order amounts by place; of two that overlap, keep the one that begins first, then the longer."""
    out: list[Money] = []
    for money in sorted(found, key=lambda m: (m.start, -m.end)):
        if not out or money.start >= out[-1].end:
            out.append(money)
    return out


def cell_amount(text: str, unit: str) -> float | None:
    """Return the 万元 of a table cell that holds one amount and nothing else; None for blanks, dashes and words."""
    plain = re.sub(r"^[¥￥\s]+|\s+", "", normalise(text))
    found = re.fullmatch(rf"(-?)({_NUMBER})({'|'.join(_FACTORS)})?(?:整)?", plain)
    if not found:
        return None
    value = number(found[2])
    factor = _FACTORS.get(found[3] or unit)
    if value is None or factor is None or value * factor > _LARGEST_WAN:
        return None
    return round(value * factor, 8) * (-1 if found[1] else 1)


_COUNT = re.compile(rf"(?<![\d.,A-Za-z])({_NUMBER})\s*(万|亿|千)?(余|多)?\s*([^\W\d_]{{1,6}})")


def counts(text: str) -> list[Count]:
    """Return numbers with the words behind them (1.2万人, 12台, 41家); the unit is up to six letters, uncut."""
    plain = normalise(text)
    out = []
    for m in _COUNT.finditer(plain):
        value = number(m[1])
        if value is not None:
            out.append(
                Count(value * {"万": 10**4, "亿": 10**8, "千": 10**3}.get(m[2] or "", 1), m[4], m.start(), m.end())
            )
    return out


def quantity(text: str) -> float | None:
    """Return the number a quantity cell begins with: 12台, 1项, 3 人月, 两套; None where there is none."""
    plain = re.sub(r"(?<=\d)\s(?=\d{3}(?!\d))", "", normalise(text).strip())  # 6 000: a blank between thousands
    found = re.match(rf"({_NUMBER})\s*(万)?(?![\d.])", plain)
    if found:
        value = number(found[1])
        return None if value is None else value * (10**4 if found[2] else 1)
    spelled = re.match(rf"([{_CN}]+)\s*[个台套项件块处批人次年]", plain)
    return chinese_number(spelled[1]) if spelled else None
