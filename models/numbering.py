"""Numbers at the start of a heading: 第一章, 一、, 壹、, 甲、, （一）, 1., 1.1, (1), ①, 第一条, A., Ⅰ."""

from __future__ import annotations

import re
import unicodedata
from enum import StrEnum
from typing import NamedTuple


class NumberKind(StrEnum):
    """A way of numbering; headings of one level share one kind, whatever mark closes the number."""

    NONE = "none"
    PART = "part"  # 第一部分, 第一篇
    CHAPTER = "chapter"  # 第一章
    SECTION = "section"  # 第一节
    ARTICLE = "article"  # 第一条
    CHINESE = "chinese"  # 一、
    CHINESE_PAREN = "chinese_paren"  # （一）
    FORMAL = "formal"  # 壹、
    STEM = "stem"  # 甲、
    BRANCH = "branch"  # 子、
    ARABIC = "arabic"  # 1、 1. "1 "
    DOTTED = "dotted"  # 1.1, 1.1.1
    HALF_PAREN = "half_paren"  # 1）
    PAREN = "paren"  # （1）
    CIRCLE = "circle"  # ①
    LETTER = "letter"  # A.
    ROMAN = "roman"  # Ⅰ.
    ATTACHMENT = "attachment"  # 附件1, 附录A: a part behind the text, with numbers of its own


class Numbered(NamedTuple):
    """A heading taken apart: `number` as written, `path` its values (2.3.1 → (2, 3, 1); （三） → (3,))."""

    number: str
    title: str
    kind: NumberKind
    path: tuple[int, ...]

    @property
    def value(self) -> int:
        """Return the last value, 0 where there is no number."""
        return self.path[-1] if self.path else 0


_DIGITS = {c: i for i, c in enumerate("〇一二三四五六七八九")} | {"零": 0, "两": 2}
_CN = "[〇零一二三四五六七八九十百]{1,5}"
_N = r"\d{1,3}"
_UNITS = re.compile(
    r"万|亿|元|[%％倍㎡个年月]|小时|分钟|日(?!常)|天(?!气)|台(?!账|帐)|套|以上|至|版本|[名人家项次户级期层][，。；、及和以]"
)
_CIRCLES = "①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳"
_ROMANS = "ⅠⅡⅢⅣⅤⅥⅦⅧⅨⅩⅪⅫ"
_FORMAL = dict(zip("壹贰叁肆伍陆柒捌玖拾", "一二三四五六七八九十", strict=True))
_STEMS, _BRANCHES = "甲乙丙丁戊己庚辛壬癸", "子丑寅卯辰巳午未申酉戌亥"
_GAP = r"[\s　]*"

_PATTERNS: tuple[tuple[re.Pattern[str], NumberKind], ...] = tuple(
    (re.compile(pattern), kind)
    for pattern, kind in (
        (rf"(第{_GAP}(?P<n>{_CN}|{_N}){_GAP}(?:部分|篇))[、.．:：]?{_GAP}", NumberKind.PART),
        (rf"(第{_GAP}(?P<n>{_CN}|{_N}){_GAP}章)[、.．:：]?{_GAP}", NumberKind.CHAPTER),
        (rf"(第{_GAP}(?P<n>{_CN}|{_N}){_GAP}节)[、.．:：]?{_GAP}", NumberKind.SECTION),
        (rf"(第{_GAP}(?P<n>{_CN}|{_N}){_GAP}条)[、.．:：]?{_GAP}", NumberKind.ARTICLE),
        (rf"([（(]{_GAP}(?P<n>{_CN}){_GAP}[)）])[、.．]?{_GAP}", NumberKind.CHINESE_PAREN),
        (rf"([（(]{_GAP}(?P<n>{_N}){_GAP}[)）])[、.．]?{_GAP}", NumberKind.PAREN),
        (rf"((?P<n>{_CN}){_GAP}[、.．])[.．]?{_GAP}", NumberKind.CHINESE),
        (rf"((?P<n>{_CN}))[\s　]+(?=\S)", NumberKind.CHINESE),
        (rf"((?P<n>[{''.join(_FORMAL)}]{{1,3}}){_GAP}[、.．])[.．]?{_GAP}", NumberKind.FORMAL),
        (rf"((?P<n>[{_STEMS}]){_GAP}[、.．])(?![{_STEMS}]){_GAP}", NumberKind.STEM),  # not 甲、乙双方
        (rf"((?P<n>[{_BRANCHES}]){_GAP}[、.．]){_GAP}", NumberKind.BRANCH),
        (rf"((?P<n>{_N}(?:[.．]{_GAP}\d{{1,3}})+)(?!\d)[.．、]?){_GAP}", NumberKind.DOTTED),
        (
            rf"(附{_GAP}[件录]{_GAP}[（(]?(?P<n>{_N}|{_CN}|[A-Z])[)）]?)(?![\d-])[、.．:：]?{_GAP}",
            NumberKind.ATTACHMENT,
        ),
        (rf"((?P<n>{_N}){_GAP}[)）])[、.．]?{_GAP}", NumberKind.HALF_PAREN),
        (rf"((?P<n>{_N}){_GAP}[、.．:：])(?!\d){_GAP}", NumberKind.ARABIC),
        (rf"((?P<n>{_N}))[\s　]+(?=[^\d\s])", NumberKind.ARABIC),
        (rf"((?P<n>[{_CIRCLES}])[、.．]?){_GAP}", NumberKind.CIRCLE),
        (rf"((?P<n>[{_ROMANS}])[、.．]?){_GAP}", NumberKind.ROMAN),
        (rf"((?P<n>[A-HＡ-Ｈ]){_GAP}[、.．)）]){_GAP}(?=[一-鿿])", NumberKind.LETTER),
    )
)


def chinese_value(text: str) -> int:
    """Return the value of a Chinese or Arabic whole number below 1000; 0 where it is none."""
    plain = unicodedata.normalize("NFKC", text)
    if plain.isdigit():
        return int(plain)
    total = digit = 0
    for char in plain:
        if char in _DIGITS:
            digit = _DIGITS[char]
        elif char in "十百":
            total += (digit or 1) * (10 if char == "十" else 100)
            digit = 0
        else:
            return 0
    return total + digit


_ORDERED = {
    NumberKind.CIRCLE: _CIRCLES,
    NumberKind.ROMAN: _ROMANS,
    NumberKind.STEM: _STEMS,
    NumberKind.BRANCH: _BRANCHES,
}


def _path(kind: NumberKind, token: str) -> tuple[int, ...]:
    if kind in _ORDERED:
        return (_ORDERED[kind].index(token) + 1,)
    if kind is NumberKind.FORMAL:
        return (chinese_value("".join(_FORMAL[c] for c in token)),)
    if kind is NumberKind.LETTER or (kind is NumberKind.ATTACHMENT and token.isascii() and token.isalpha()):
        return (ord(unicodedata.normalize("NFKC", token)) - ord("A") + 1,)
    if kind is NumberKind.DOTTED:
        return tuple(int(part) for part in re.split(r"[.．]", re.sub(r"[\s　]", "", token)))
    return (chinese_value(token),)


def _is_amount(text: str, match: re.Match[str], kind: NumberKind) -> bool:
    """Tell 3.5万元, 10 个月 or 12.31起 from a numbered title: no gap and a unit behind, or a value no heading has."""
    rest = text[match.end() :]
    if kind is NumberKind.DOTTED:
        spaced = match.end() > match.end(1) or match.group(1)[-1] in ".．、"
        return (not spaced and bool(_UNITS.match(rest))) or any(v > 60 for v in _path(kind, match.group("n")))
    return kind is NumberKind.ARABIC and match.group(1)[-1].isdigit() and bool(_UNITS.match(rest))


def split_number(text: str) -> Numbered:
    """Take the number off a heading; kind NONE and number "" where it begins with none or is nothing but a number."""
    stripped = text.strip().lstrip("　").strip()
    for pattern, kind in _PATTERNS:
        match = pattern.match(stripped)
        if match is None:
            continue
        title = stripped[match.end() :].strip()
        path = _path(kind, match.group("n"))
        if not title or not any(path) or _is_amount(stripped, match, kind):
            break
        return Numbered(match.group(1).strip(), title, kind, path)
    return Numbered("", stripped, NumberKind.NONE, ())


def parse_label(label: str) -> Numbered:
    """Read an automatic number as a word processor shows it ("第三章", "（一）", "2.3.1"); the title stays ""."""
    parsed = split_number(label.strip() + " 题") if label.strip() else Numbered("", "", NumberKind.NONE, ())
    return Numbered(label.strip() if parsed.number else "", "", parsed.kind, parsed.path)


def follows(before: tuple[int, ...], after: tuple[int, ...]) -> bool:
    """Tell whether `after` is the next number behind `before` among siblings (2.3 → 2.4; 四 → 五)."""
    return bool(before) and len(before) == len(after) and before[:-1] == after[:-1] and after[-1] == before[-1] + 1
