"""Which of several plans in one submission is reviewed: the newest Word; plans of different projects are an error."""

from __future__ import annotations

import re
from collections.abc import Sequence

from models.domain.document import Document, Paragraph, Table
from models.domain.errors import SubmissionError
from models.domain.report import NotChecked
from models.numbering import chinese_value

WORD = frozenset({"docx", "docm", "doc", "wps", "rtf"})
SAME_PLAN = 0.5  # share of the shorter plan's sentences found in the other; drafts of one plan lie above .8
_TITLE = re.compile(r"项目名称\s*[:：|]?\s*([^\s|。，；]{4,60})")
_COVER = re.compile(
    r"^(?!.*(?:管理办法|申报表)).{4,60}(?:项目|系统|平台|工程)(?:[（(][^（()）]{1,8}[）)])?(?:建设|实施|设计)?(?:方案)?$"
)
_NUMBER = re.compile(r"\d+")
_VERSION = re.compile(
    r"(?:v|ver|版本)\s*(?P<dotted>\d+(?:\.\d+)*)"
    r"|第(?P<nth>[一二三四五六七八九十\d]+)(?:次|版|稿|轮)"
    r"|(?<!\d)(?P<date>20\d\d[-.年]?[01]?\d[-.月]?[0-3]?\d)日?(?!\d)",
    re.IGNORECASE,
)
_OLD = re.compile(
    r"旧|作废|废稿|备份|初稿|草稿|修改前|变更前|调整前|历史版|(?<![a-z])old(?![a-z])|(?<![a-z])bak(?![a-z])",
    re.IGNORECASE,
)
_FINAL = re.compile(r"终稿|定稿|最终|报批|送审|正式|修改|修订|补正|新版|final", re.IGNORECASE)
_DIGITS = "〇一二三四五六七八九0123456789"
_YEAR = r"(20\d\d|二[〇○0零][一二三四五六七八九〇○零]{2})"
_DATE = re.compile(
    _YEAR
    + r"\s*[年.\-/]\s*([01]?\d|[一二三四五六七八九十]{1,2})(?:\s*[月.\-/]\s*([0-3]?\d|[一二三四五六七八九十]{1,3})?)?"
)
_COVER_LINES, _COVER_WIDTH = 25, 30
_SHOWN, _EXAMPLES = 40, 2


def choose(plans: Sequence[Document]) -> tuple[Document, tuple[NotChecked, ...]]:
    """Return the plan to review and a line for each other version of it.

    Args:
        plans: at least one document that reads as a 建设方案.

    Raises:
        SubmissionError: two plans are of different projects; both are named.
    """
    ordered = _newest(plans)
    chosen, others = ordered[0], ordered[1:]
    for other in others:
        if not same_plan(chosen, other):
            raise SubmissionError(
                f"一次只审一个项目，但“{chosen.name}”（{title(chosen)}）与“{other.name}”（{title(other)}）是两个不同项目的建设方案",
                advice="请分开放入不同文件夹，分别审核",
            )
    return chosen, tuple(_line(chosen, other) for other in sorted(others, key=lambda d: d.name))


def title(document: Document) -> str:
    """Return the project name a plan states for itself, its file name where it states none."""
    lines = _lines(document)
    for line in lines:
        found = _TITLE.search(line)
        if found:
            return found.group(1)
    head = next((line.strip() for line in lines[:10] if _COVER.match(line.strip())), "")
    return head or document.name


def same_plan(one: Document, other: Document) -> bool:
    """Say whether two documents are versions of one plan: the same name, or most sentences in common."""
    if _key(title(one)) == _key(title(other)):
        return True
    short, long = sorted((_sentences(one), _sentences(other)), key=len)
    if not short:
        return False
    text = "".join(long)
    return sum(s in text for s in short) / len(short) >= SAME_PLAN


def _newest(plans: Sequence[Document]) -> list[Document]:
    """Return the plans, the newest Word first.

    Numbers of versions and dates on the covers decide where all have one; else when the files were last changed.
    """
    numbers = {id(d): _version(d) for d in plans}
    dates = {id(d): _dated(d) for d in plans}
    by_number = all(numbers.values()) and len({n[0] for n in numbers.values()}) == 1
    by_date = all(dates.values())

    def key(document: Document) -> tuple[object, ...]:
        name = document.name.rpartition("/")[2]
        return (
            document.format in WORD,
            not _OLD.search(document.name),
            numbers[id(document)] if by_number else (),
            dates[id(document)] if by_date else (),
            dict(document.properties).get("modified", ""),
            bool(_FINAL.search(name)),
            tuple(int(n[:12]) for n in _NUMBER.findall(name)),
            document.name,
        )

    return sorted(plans, key=key, reverse=True)


def _version(document: Document) -> tuple[int, ...]:
    """Return the version a file name gives: V2.1, 第三稿, 20220315, the way of writing it first; () where none."""
    name = document.name.rpartition("/")[2]
    found = _VERSION.search(name)
    if found is None:
        return ()
    if found["nth"]:
        return (1, chinese_value(found["nth"]))
    if found["dotted"]:
        return (2, *(int(n) for n in found["dotted"].split(".")))
    return (3, int(re.sub(r"\D", "", found["date"]).ljust(8, "0")))


def _dated(document: Document) -> tuple[int, ...]:
    """Return the date a plan's cover gives for itself, as (year, month, day)."""
    for line in _lines(document)[:_COVER_LINES]:
        found = _DATE.search(line) if len(line) <= _COVER_WIDTH else None
        if found:
            return tuple(_value(part) for part in found.groups("0"))
    return ()


def _value(text: str) -> int:
    """Return the value of 2022, 二〇二二 or 十二."""
    text = re.sub("[○零]", "〇", text)
    if len(text) > 3 and all(c in _DIGITS for c in text):
        return int("".join(str(_DIGITS.index(c) % 10) for c in text))
    return chinese_value(text)


def _line(chosen: Document, other: Document) -> NotChecked:
    ours, theirs = _sentences(chosen), _sentences(other)
    our_text, their_text = "".join(ours), "".join(theirs)
    gone = [s for s in theirs if s not in our_text]
    new = [s for s in ours if s not in their_text]
    pair = chosen.format in WORD and other.format not in WORD
    what = "同一方案的Word和PDF（或扫描）稿" if pair else "同一方案的不同版本"
    why = f"与“{chosen.name}”是{what}，本次审核“{chosen.name}”"
    if gone or new:
        shown = [f"“{other.name}”有“{s[:_SHOWN]}”" for s in gone[:_EXAMPLES]]
        shown += [f"“{chosen.name}”有“{s[:_SHOWN]}”" for s in new[: 2 * _EXAMPLES - len(shown)]]
        why += f"；两者有{max(len(gone), len(new))}处文字不同，如{'、'.join(shown)}"
    else:
        why += "；两者文字一致"
    return NotChecked(other.name, why + "。")


def _lines(document: Document) -> list[str]:
    lines: list[str] = []
    for block in document.blocks:
        if isinstance(block, Paragraph):
            lines.append(block.number + block.text)
        elif isinstance(block, Table):
            lines.extend(block.row_text(r) for r in range(len(block.rows)))
    return lines


def _sentences(document: Document) -> list[str]:
    # A PDF breaks lines where Word does not: sentences are cut at their ends only, and compared without spaces.
    text = _key("".join(_lines(document)), keep="。；")
    return [s for s in re.split("[。；]", text) if len(s) >= 8]


def _key(text: str, keep: str = "") -> str:
    return re.sub(rf"[^\w{keep}]+", "", text)
