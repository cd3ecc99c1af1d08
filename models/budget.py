"""Budget tables (投资概算): found by their head row, read into lines with amounts in 万元 whatever the table's unit."""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence
from dataclasses import replace

from models.budget_columns import Columns, columns_of
from models.domain.document import Cell, Document, Paragraph, Table
from models.domain.finding import QUOTE_LIMIT, Evidence
from models.domain.outline import Section, section_of
from models.domain.policy import Policy
from models.domain.submission import Budget, BudgetLine, LineKind
from models.quantities import cell_amount, quantity, unit_in
from models.text import bracketless, normalise

_TOTAL = re.compile(
    r"^(?:(?:项目|工程|建设|概算|投资|费用|资金|预算|总)*(?:总投资|总计|合计|总合计|共计|总额|总价|总金额|总概算|总费用|总预算)"
    r"(?:金额|额|概算)?)(?:[(（].*)?$"
)
_SUBTOTAL = re.compile(r"小计|分计|[^总]合计$|^.{2,12}(?:合计|总计)")
_OTHER_SCOPES = (
    ("运维", re.compile(r"运维|运行维护|维护费|后续资金|续费|续购")),
    ("原项目", re.compile(r"原项目|原系统|原有项目|一期|上期|前期|已建")),
    ("年度", re.compile(r"年度(?:投资|资金|用款|安排|计划)|分年|支付计划|资金(?:使用|支付)|付款")),
    ("资金来源", re.compile(r"资金来源|资金筹措|来源与落实")),
    ("报价", re.compile(r"报价|询价|比价|供应商")),
)
_CAPTION = re.compile(r"\s*附?表\s*[\d一二三四五六七八九十]")
_REFERS = re.compile(r"见[^，。；]{0,8}附?表\s*\d")
_QUOTATION = re.compile(r"(?:报价|询价|比价)(?:单|表|明细|汇总|对比|比较|记录|情况|结果)")


def budgets(document: Document, sections: Sequence[Section], policy: Policy) -> tuple[Budget, ...]:
    """Return the budget tables of a document in order (template 15.2 of the 建设方案, 附表, budget workbooks).

    In documents with sections a table counts under chapter 15 or a caption that speaks of money; in others always.
    Lines hold 万元. `scope` is 总投资 unless place or caption say that the table is about something else.
    """
    del policy  # the words of money are the same everywhere; kept for the signature all readers share
    found: list[tuple[Budget, str]] = []
    number = -1
    outer = tuple(s for s in sections if s.row is None)
    for index, block in enumerate(document.blocks):
        if not isinstance(block, Table):
            continue
        number += 1
        columns = columns_of(block)
        caption = _caption(document, index) + _title_rows(block, columns)
        section = section_of(outer, index)
        if columns is None or (sections and not _counts(columns, caption, section)):
            continue
        spot = Evidence(document.name, "", section.index if section else None, block.page, index, number)
        budget = _read(block, columns, spot, _around(document, index, section))
        if budget.lines:
            found.append((replace(budget, scope=_scope(caption, section)), caption))
    return _parts(found)


def _caption(document: Document, index: int) -> str:
    """Return the words right before a table: up to two short paragraphs."""
    lines: list[str] = []
    for block in reversed(document.blocks[max(0, index - 2) : index]):
        if not isinstance(block, Paragraph) or len(block.text) > 60:
            break
        lines.append(block.text)
    if any(_CAPTION.match(line) for line in lines):  # a sentence before it may name another table
        lines = [line for line in lines if _CAPTION.match(line) or not _REFERS.search(line)]
    return "\n".join(reversed(lines))


def _title_rows(table: Table, columns: Columns | None) -> str:
    """Return the words of merged rows above the head: many tables carry their caption inside."""
    if columns is None:
        return ""
    rows = [row for row in table.rows[: columns.head] if len({cell.text for cell in row}) == 1]
    return "".join("\n" + row[0].text for row in rows)


def _around(document: Document, index: int, section: Section | None) -> str:
    """Return the text that may name the table's unit: caption and the paragraphs before."""
    first = max(0, index - 6) if section is None else max(section.block - 4, index - 12, 0)
    texts = [b.text for b in document.blocks[first:index] if isinstance(b, Paragraph)]
    return "\n".join(reversed(texts))


def _counts(columns: Columns, caption: str, section: Section | None) -> bool:
    """Say whether a table with such a head is a budget here."""
    chapter = {t.split(".")[0] for t in section.template} if section else set()
    if "15" in chapter:
        return True
    money = bool(re.search(r"概算|预算|投资.{0,4}(?:明细|汇总|构成)|报价|费用.{0,4}(?:明细|汇总)", caption))
    titled = section is not None and bool(re.search(r"概算|预算", section.title))
    return (money or titled) and (columns.price >= 0 or bool(columns.units) or bool(unit_in(caption)))


def _scope(caption: str, section: Section | None) -> str:
    """Name what a table's total stands for."""
    template = section.template if section else ()
    if "15.3" in template and "15.2" not in template:
        return "运维"
    if "15.4" in template and "15.2" not in template:
        return "资金来源"
    words = caption + "\n" + (section.title if section and "15.2" not in template else "")
    scope = next((name for name, rule in _OTHER_SCOPES if rule.search(words)), "总投资")
    if scope == "报价" and "15.2" in template and not _QUOTATION.search(caption):
        return "总投资"  # a sentence before the table that says where its prices come from
    return scope


def _parts(found: list[tuple[Budget, str]]) -> tuple[Budget, ...]:
    """Where several tables claim to be the whole, keep that for the one captioned so, else the largest."""
    whole = [(b, caption) for b, caption in found if b.scope == "总投资"]
    totals = [total_of(b) or 0.0 for b, _ in whole]
    if len(whole) < 2 or max(totals) - min(totals) < 0.001:
        return tuple(b for b, _ in found)
    named = [b for b, caption in whole if re.search(r"汇总|总投资|总概算|总表", caption)]
    keep = named or [whole[totals.index(max(totals))][0]]
    return tuple(
        replace(b, scope="分项") if b.scope == "总投资" and not any(b is k for k in keep) else b for b, _ in found
    )


def total_of(budget: Budget) -> float | None:
    """Return the amount of the table's own total row in 万元, None where it has none."""
    return next(
        (x.amount_wan for x in reversed(budget.lines) if x.kind is LineKind.TOTAL and x.amount_wan is not None), None
    )


def _read(table: Table, columns: Columns, spot: Evidence, around: str) -> Budget:
    """Read the rows under the head."""
    above = "\n".join(table.row_text(r) for r in range(columns.head + 1))
    told = next((u for line in (*above.splitlines(), *around.splitlines()) if (u := _told(line, columns))), {})
    columns = replace(columns, units={**told, **columns.units})
    general = unit_in(above) if not columns.units else next(iter(columns.units.values()))
    general = general or next((u for u in (unit_in(line) for line in around.splitlines()) if u), "")
    general = general or _guess(table, columns)
    grid = table.grid()
    lines = []
    for r in range(columns.head + 1, len(table.rows)):
        line = _line(table.rows[r], grid[r], columns, general)
        if line is not None:
            lines.append(replace(line, evidence=replace(spot, quote=table.row_text(r)[:QUOTE_LIMIT], row=r)))
    return Budget(spot.document, columns.units.get(columns.amount, general), _kinds(lines, table, columns))


def _told(line: str, columns: Columns) -> dict[int, str]:
    """Return the units a caption names column by column (单价：元；金额：万元), where it names that of the prices."""
    plain = normalise(line)
    found = {
        column: unit[1]
        for column, words in ((columns.price, "单价"), (columns.amount, "金额|合价|总价|合计|小计|其余|其他"))
        if column >= 0 and (unit := re.search(rf"(?:{words})[^,;、。()]{{0,4}}?(万元|千元|元)", plain))
    }
    return found if columns.price in found else {}


def _guess(table: Table, columns: Columns) -> str:
    """Tell 元 from 万元 by size where nothing names the unit: no district project costs a billion."""
    grid = table.grid()
    figures = [cell_amount(row[columns.amount], "万元") or 0.0 for row in grid[columns.head + 1 :]]
    return "元" if max(figures, default=0.0) >= 20000 else "万元"


def _line(cells: tuple[Cell, ...], row: list[str], columns: Columns, unit: str) -> BudgetLine | None:
    """Read one row; None where it holds no words."""
    begins = {cell.col: cell.text for cell in cells}

    def money(column: int) -> float | None:
        return cell_amount(begins.get(column, ""), columns.units.get(column, unit)) if column >= 0 else None

    words = [t.strip() for _, t in sorted(begins.items()) if t.strip() and not re.fullmatch(r"[\d.,，%\s—–/-]+", t)]
    if not words:
        return None
    label = next((w for w in words if _TOTAL.match(_plain(w)) or "小计" in _plain(w)), "")
    own = begins.get(columns.name, "").strip()
    name = label or own or words[0]
    kind = LineKind.ITEM
    if _TOTAL.match(_plain(name)):
        kind = LineKind.TOTAL
    elif "小计" in _plain(name) or (_SUBTOTAL.search(_plain(name)) and money(columns.price) is None):
        kind = LineKind.SUBTOTAL
    count = quantity(begins.get(columns.quantity, "")) if columns.quantity >= 0 else None
    group = row[columns.category].strip() if columns.category >= 0 else ""
    group = "" if group == name else group
    return BudgetLine(name, kind, money(columns.amount), count, money(columns.price), group, Evidence("", ""))


def _plain(text: str) -> str:
    """Return a row's name without blanks, brackets and numbering, as the patterns expect it."""
    return re.sub(
        r"^(?:[一二三四五六七八九十]+[、.]|\(?[\d一二三四五六七八九十]+[)、.])|[\s:：]",
        "",
        bracketless(normalise(text)),
    )


def _kinds(lines: list[BudgetLine], table: Table, columns: Columns) -> tuple[BudgetLine, ...]:
    """Settle what words alone cannot: all 合计 but the last are subtotals, and so are numbered heads."""
    totals = [i for i, x in enumerate(lines) if x.kind is LineKind.TOTAL and x.amount_wan is not None]
    heads = _head_rows(lines, table, columns)
    out: list[BudgetLine] = []
    category = ""
    for i, line in enumerate(lines):
        if line.kind is LineKind.TOTAL and i in totals[:-1] and any(x.kind is LineKind.ITEM for x in lines[i:]):
            line = replace(line, kind=LineKind.SUBTOTAL)  # noqa: PLW2901 - settled
        if i in heads:
            category = line.name
            line = replace(line, kind=LineKind.SUBTOTAL)  # noqa: PLW2901 - settled
        elif line.kind is LineKind.ITEM:
            category = line.category or category
            line = replace(line, category=category)  # noqa: PLW2901 - settled
        out.append(line)
    return tuple(out)


def _head_rows(lines: list[BudgetLine], table: Table, columns: Columns) -> set[int]:
    """Return the lines that head a group: 一、二、 above 1, 2, or 1 above 1.1."""
    if columns.ordinal < 0:
        return set()
    marks = []
    for line in lines:
        row = table.rows[line.evidence.row or 0]
        marks.append(normalise(next((c.text for c in row if c.col == columns.ordinal), "")).strip(" .、()"))
    heads = set()
    for i, (mark, after) in enumerate(itertools.pairwise(marks)):
        written = bool(re.fullmatch(r"[一二三四五六七八九十]+", mark)) and bool(re.match(r"\d", after))
        if lines[i].kind is LineKind.ITEM and (written or (mark and after.startswith(mark + "."))):
            heads.add(i)
    return heads
