"""A counter as Word writes it: the number formats (`w:numFmt`) in use in Chinese papers."""

from __future__ import annotations

from collections.abc import Callable

_SIMPLE = "零一二三四五六七八九"
_DIGITAL = "〇一二三四五六七八九"
_LEGAL = "零壹贰叁肆伍陆柒捌玖"
_LEGAL_TRADITIONAL = "零壹貳參肆伍陸柒捌玖"
_STEMS = "甲乙丙丁戊己庚辛壬癸"
_BRANCHES = "子丑寅卯辰巳午未申酉戌亥"
_ROMAN = (
    (1000, "M"), (900, "CM"), (500, "D"), (400, "CD"), (100, "C"), (90, "XC"),
    (50, "L"), (40, "XL"), (10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I"),
)  # fmt: skip


def numeral(value: int, kind: str, pattern: str = "") -> str:
    """Return the counter `value` in Word's format `kind`; unknown formats as decimal, `none` and `bullet` as "".

    `pattern` is the `w:format` of the format `custom`, e.g. "001, 002, ...".
    """
    if kind in ("none", "bullet"):
        return ""
    if kind == "custom":
        return str(value).zfill(len(pattern.split(",", maxsplit=1)[0].strip()))
    write = _WRITERS.get(kind)
    return write(value) if write and value >= 0 else str(value)


def _counting(value: int, digits: str = _SIMPLE, units: str = "十百千", ten: str = "十") -> str:
    """Write 0 ≤ value < 100,000,000 in counting style: 十一, 二十, 一百零五."""
    if value >= 100_000_000:
        return str(value)
    if value >= 10_000:
        high, low = divmod(value, 10_000)
        zero = digits[0] if 0 < low < 1_000 else ""
        return _counting(high, digits, units, ten) + "万" + (zero + _counting(low, digits, units, ten) if low else "")
    if value < 10:
        return digits[value]
    out, pending = "", False
    for power in (3, 2, 1, 0):
        digit = value // 10**power % 10
        if digit == 0:
            pending = bool(out)
            continue
        out += (digits[0] if pending else "") + digits[digit] + (units[power - 1] if power else "")
        pending = False
    return out[1:] if value < 20 and units[0] == ten else out


def _digital(value: int) -> str:
    return "".join(_DIGITAL[int(d)] for d in str(value))


def _roman(value: int) -> str:
    if not 0 < value < 4000:
        return str(value)
    out = ""
    for weight, letters in _ROMAN:
        count, value = divmod(value, weight)
        out += letters * count
    return out


def _letter(value: int) -> str:
    if value < 1:
        return str(value)
    return chr(ord("A") + (value - 1) % 26) * ((value - 1) // 26 + 1)


def _cycle(signs: str) -> Callable[[int], str]:
    return lambda value: signs[(value - 1) % len(signs)] if value > 0 else str(value)


def _sexagenary(value: int) -> str:
    return _STEMS[(value - 1) % 10] + _BRANCHES[(value - 1) % 12] if value > 0 else str(value)


def _from(first: str, last: int) -> Callable[[int], str]:
    """Consecutive characters for 1 to `last`, decimal beyond."""
    return lambda value: chr(ord(first) + value - 1) if 1 <= value <= last else str(value)


def _circled(value: int) -> str:
    for start, end, base in ((0, 0, 0x24EA), (1, 20, 0x2460), (21, 35, 0x3251), (36, 50, 0x32B1)):
        if start <= value <= end:
            return chr(base + value - start)
    return str(value)


def _full_width(value: int) -> str:
    return "".join(chr(ord(d) + 0xFEE0) for d in str(value))


def _ordinal(value: int) -> str:
    suffix = "th" if value % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(value % 10, "th")
    return f"{value}{suffix}"


def _legal(value: int) -> str:
    return _counting(value, _LEGAL, "拾佰仟")


def _legal_traditional(value: int) -> str:
    return _counting(value, _LEGAL_TRADITIONAL, "拾佰仟")


_WRITERS: dict[str, Callable[[int], str]] = {
    "decimal": str,
    "decimalZero": lambda value: f"{value:02d}",
    "upperRoman": _roman,
    "lowerRoman": lambda value: _roman(value).lower(),
    "upperLetter": _letter,
    "lowerLetter": lambda value: _letter(value).lower(),
    "ordinal": _ordinal,
    "chineseCounting": _counting,
    "chineseCountingThousand": _counting,
    "taiwaneseCounting": _counting,
    "taiwaneseCountingThousand": _counting,
    "japaneseCounting": _counting,
    "ideographDigital": _digital,
    "japaneseDigitalTenThousand": _digital,
    "taiwaneseDigital": _digital,
    "chineseLegalSimplified": _legal,
    "ideographLegalTraditional": _legal_traditional,
    "ideographTraditional": _cycle(_STEMS),
    "ideographZodiac": _cycle(_BRANCHES),
    "ideographZodiacTraditional": _sexagenary,
    "decimalEnclosedCircle": _circled,
    "decimalEnclosedCircleChinese": _circled,
    "decimalEnclosedFullstop": _from("⒈", 20),
    "decimalEnclosedParen": _from("⑴", 20),
    "ideographEnclosedCircle": _from("㊀", 10),
    "decimalFullWidth": _full_width,
    "decimalFullWidth2": _full_width,
    "numberInDash": lambda value: f"- {value} -",
    "hex": lambda value: f"{value:X}",
}
