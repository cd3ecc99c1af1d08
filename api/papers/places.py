"""Findings, quotes and places in the words of official papers."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from api.reports.phrases import sections_of
from models.domain.document import Table
from models.domain.errors import PolicyError
from models.domain.finding import Evidence, Finding
from models.domain.policy import Policy
from models.domain.report import Report
from models.domain.submission import Kind

_NAMES = {Kind.PLAN: "方案", Kind.FORM: "申报表", Kind.BUDGET: "概算表"}
_CLAUSE = re.compile(r"(第[一二三四五六七八九十]+条)(（[一二三四五六七八九十]）)")
_SAME_CLAUSE = re.compile(
    r"(第[一二三四五六七八九十]+条)第(（[一二三四五六七八九十]）)项((?:、\1第（[一二三四五六七八九十]）项)+)"
)
_ITEM = re.compile(r"(?<=[“《])(\d{1,2}(?:\.\d{1,2}){0,2}) (?=[\u4e00-\u9fff])")
_STATED = re.compile(r"方案(\d{1,2}(?:\.\d{1,2}){1,2})(?=[为的总“])")
_DIGITS = "〇一二三四五六七八九十"
_DANGLING = re.compile(r"(?:明确)?(?:提出|要求|明确|规定|指出)$")  # leads to a quote that is cut off
_INNER = {"“": "‘", "”": "’"}
_PAIRS = {"（": "）", "(": ")", "〔": "〕", "《": "》", "“": "”", "‘": "’", "【": "】"}
_DATE = re.compile(r"(?:20\d{2}年)?(?:第?[一二三四1-4]季度|\d{1,2}月(?:\d{1,2}日)?)|20\d{2}年")
LISTED = re.compile(r"^\s*[（(]?[\d一二三四五六七八九十]{1,2}[)）.、．]\s*")  # 1）2022年…
_HERE = re.compile(r"^此处(安排|做法)?(内容)?")


def words(policy: Policy, key: str) -> Mapping[str, Any]:
    """Return a part of the pack's papers.yaml; PolicyError where the pack has none."""
    found = (policy.data or {}).get(key)
    if not isinstance(found, Mapping):
        raise PolicyError(f"政策包没有文书的用语（{key}）", name=policy.id, advice="写法见 docs/papers.md")
    return found


def formal(text: str) -> str:
    """Write clauses and template numbers as official papers do: 第八条第（一）、（二）项, 二（三）4.… ."""
    text = _CLAUSE.sub(r"\1第\2项", text.replace(" | ", "　"))
    text = _SAME_CLAUSE.sub(lambda m: f"{m[1]}第{m[2]}、{'、'.join(re.findall('（.）', m[3]))}项", text)
    text = _ITEM.sub(lambda m: _numbered(m[1]), text)
    return _STATED.sub(lambda m: f"方案“{_numbered(m[1], bare=True)}”部分", text)


def message(report: Report, finding: Finding) -> str:
    """Return a finding's message in the words of official papers, its places under the plan's own headings."""
    return formal(_STATED.sub(lambda m: _headed(report, finding, m[1]) or m[0], finding.message))


def _headed(report: Report, finding: Finding, number: str) -> str:
    """Return the place of the evidence that stands where the plan answers this template number; "" for none."""
    for evidence in finding.evidence:
        outline = sections_of(report).get(evidence.document, ())
        at = evidence.section
        if at is not None and at < len(outline) and number in outline[at].template:
            return place(report, evidence)
    return ""


def _numbered(number: str, *, bare: bool = False) -> str:
    """Return 2.3.4 as the template prints it: 二（三）4. ."""
    chapter, *rest = (int(part) for part in number.split("."))
    told = _chinese(chapter) + ("" if rest else "、")
    told += f"（{_chinese(rest[0])}）" if rest else ""
    return told + (f"{rest[1]}" + ("" if bare else ".") if len(rest) > 1 else "")


def _chinese(number: int) -> str:
    if number <= 10:
        return _DIGITS[number]
    tens, ones = divmod(number, 10)
    return (_DIGITS[tens] if tens > 1 else "") + "十" + (_DIGITS[ones] if ones else "")


def place(report: Report, evidence: Evidence) -> str:
    """Say 方案第3页, 方案“（一）项目名称”部分, 概算表第4行 …; the file's own name where it is an attachment."""
    item = next((d for d in report.documents if d.document.name == evidence.document), None)
    told = (_NAMES.get(item.kind, "") if item else "") or f"“{evidence.document.rpartition('/')[2]}”"
    outline = sections_of(report).get(evidence.document, ())
    if evidence.page is not None:
        told += f"第{evidence.page}页"
    elif evidence.section is not None and evidence.section < len(outline):
        section = outline[evidence.section]
        told += f"“{section.number}{inner(section.title)}”部分"
    if evidence.table is not None and evidence.row is not None:
        several = item is None or sum(isinstance(b, Table) for b in item.document.blocks) > 1
        told += (f"第{evidence.table + 1}张表" if several else "") + f"第{evidence.row + 1}行"
    return told


def inner(text: str) -> str:
    """Turn quotation marks within a quotation into the inner ones."""
    return text.replace("“", "‘").replace("”", "’")


def nested(text: str) -> str:
    """Turn the marks of quotations within quotations into the inner ones; a text whose marks do not pair stays."""
    depth, told = 0, []
    for sign in text:
        depth -= sign == "”"
        if depth < 0:
            return text
        told.append(_INNER[sign] if depth and sign in _INNER else sign)
        depth += sign == "“"
    return text if depth else "".join(told)


def shortened(text: str, limit: int) -> str:
    """Shorten where a clause ends, else where no number or word is cut in two; no bracket is left open."""
    if len(text) <= limit:
        return text
    ends = [i for i, sign in enumerate(text[: limit + 1]) if sign in "，；：。、" and not _opened(text[:i])]
    if ends and ends[-1] >= max(6, limit // 3):
        return text[: ends[-1]] + "……"
    told = text[:limit]
    if text[limit].isalnum() and text[limit].isascii():
        told = re.sub(r"[0-9A-Za-z.]+$", "", told)
    opened = _opened(told)
    if opened and opened[0] >= limit // 3:
        told, opened = _DANGLING.sub("", told[: opened[0]]), []
    closing = "".join(_PAIRS[told[i]] for i in reversed(opened))
    return told.rstrip("，；、：") + "……" + closing


def measured(text: str, limit: int) -> str:
    """Return the clauses from the first that names a number on, as many as go into `limit`; "" where none fits.

    A date alone is no number that a goal is measured by.
    """
    clauses = [part for part in re.split("[，；。]", LISTED.sub("", text)) if part]
    first = next((i for i, part in enumerate(clauses) if re.search(r"\d", _DATE.sub("", part))), len(clauses))
    told = ""
    for part in clauses[first:]:
        if len(told) + len(part) + bool(told) > limit:
            break
        told += ("，" if told else "") + part
    return told


def _opened(text: str) -> list[int]:
    """Return where the brackets and marks open that the text does not close."""
    opened: list[int] = []
    for i, sign in enumerate(text):
        if sign in _PAIRS:
            opened.append(i)
        elif opened and sign == _PAIRS[text[opened[-1]]]:
            opened.pop()
    return opened


def quote(evidence: Evidence, limit: int = 200, *, stop: bool = False) -> str:
    """Return “…” as a paper quotes: cells of a row apart, cut with …… where too long; `stop`: its last stop too."""
    told = "　".join(part for part in re.split(r" \| ?|\s*\n\s*", evidence.quote) if part.strip())
    told = shortened(told, limit)
    told = told.strip() if stop else told.rstrip("。；，　")
    return f"“{inner(told)}”" if told else ""


def quoted(report: Report, evidence: Evidence, limit: int = 200) -> str:
    """Return 方案第3页“…”; a long quote is cut with …… ."""
    return place(report, evidence) + quote(evidence, limit)


def spoken(report: Report, finding: Finding, limit: int = 60, more: Sequence[Finding] = ()) -> str:
    """Return a finding's message without its stop; what is said of 此处 is said of the quotes.

    `more`: findings with the same message.
    """
    here = _HERE.match(finding.message)
    if here is None or not finding.evidence:
        return message(report, finding).rstrip("。")
    places = [quoted(report, f.evidence[0], limit) for f in (finding, *more) if f.evidence]
    return "、".join(dict.fromkeys(places)) + "，" + (f"该{here[1]}" if here[1] else here[2] or "") + unplaced(finding)


def unplaced(finding: Finding) -> str:
    """Return a finding's message without 此处… and without its stop."""
    return formal(_HERE.sub("", finding.message)).rstrip("。")


def item_number(report: Report, finding: str) -> int:
    """Return the row of 逐项审核表 on which a finding (by its id) stands."""
    return next((n for n, f in enumerate(report.findings, 1) if f.id == finding), 0)


def rows(report: Report, findings: tuple[str, ...]) -> str:
    """Return the rows of several findings as a paper names them: 1、2、6."""
    return listed(n for n in {item_number(report, f) for f in findings} if n)


def listed(numbers: Iterable[int]) -> str:
    """Write numbers as a paper does, three and more in a row as 8至13: some readers break no line within a list."""
    runs: list[list[int]] = []
    for number in sorted(numbers):
        if runs and number == runs[-1][-1] + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    told = [[f"{run[0]}至{run[-1]}"] if len(run) > 2 else [str(n) for n in run] for run in runs]
    return "、".join(part for some in told for part in some)
