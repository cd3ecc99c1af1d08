"""The 汇总表 at the top of a batch folder, read as the list of what should be there."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from models.domain.document import Document, Table
from models.domain.errors import ChushenError
from models.names import same_title, title_key
from models.quantities import money_wan, unit_in
from models.text import bigrams, bracketless, squash

if TYPE_CHECKING:
    from api.batch import Outcome

_TITLE = re.compile(r"^(?:拟建|申报|建设)?(?:项目|系统|应用|工程)(?:名称|全称)$|^项目$")
_TOTAL = re.compile(r"总投资|申报总额|投资总额|申报金额|投资金额|总金额|^金额|概算|^预算|申请金额")
_SUM_ROW = re.compile(r"^(?:合计|总计|小计|共计)")
_HEAD_ROWS = 6
_ALIKE = 0.7  # share of two-character pieces that a folder's name and a project's name have in common
_TOLERANCE = 0.011  # 万元: lists are rounded


@dataclass(frozen=True, slots=True)
class Listed:
    """A project of the list; `total_wan` None where the list gives no amount."""

    title: str
    total_wan: float | None = None


@dataclass(frozen=True, slots=True)
class Comparison:
    """The list beside what lies in the folder.

    Attributes:
        file: name of the list.
        projects: how many it names.
        missing: projects without material.
        unlisted: submissions the list does not name.
        differing: (submission, 万元 in the list, 万元 in its papers).
        error: why the list could not be read, "" where it could.
    """

    file: str
    projects: int = 0
    missing: tuple[str, ...] = ()
    unlisted: tuple[str, ...] = ()
    differing: tuple[tuple[str, float, float], ...] = ()
    error: str = ""


def compare(lists: Sequence[Path], outcomes: Mapping[str, Outcome]) -> tuple[Comparison, ...]:
    """Read every 汇总表 and set it beside the submissions of the batch."""
    from ingest.sandbox import read_safely

    out: list[Comparison] = []
    for path in lists:
        try:
            projects = tuple(listed(read_safely(path, path.name)))
        except ChushenError as error:
            out.append(Comparison(path.name, error=f"未能读取：{error.message}"))
            continue
        if not projects:
            out.append(Comparison(path.name, error="没有找到“项目名称”一列，未作为收件清单核对"))
            continue
        out.append(_compared(path.name, projects, outcomes))
    return tuple(out)


def listed(document: Document) -> Iterator[Listed]:
    """Yield the projects of a table that has a column 项目名称, once each."""
    seen: set[str] = set()
    for table in document.blocks:
        if not isinstance(table, Table):
            continue
        grid = table.grid()
        head = next((r for r, row in enumerate(grid[:_HEAD_ROWS]) if _column(row, _TITLE) is not None), None)
        if head is None:
            continue
        title, total = _column(grid[head], _TITLE), _column(grid[head], _TOTAL)
        for row in grid[head + 1 :]:
            name = re.sub(r"\s+", "", row[title or 0])
            if len(squash(name)) >= 2 and not _is_sum(row) and not _TITLE.match(squash(name)) and name not in seen:
                seen.add(name)
                yield Listed(name, _amount(row[total], grid[head][total]) if total is not None else None)


def _column(row: Sequence[str], wanted: re.Pattern[str]) -> int | None:
    return next((c for c, text in enumerate(row) if wanted.search(squash(bracketless(text)))), None)


def _is_sum(row: Sequence[str]) -> bool:
    return any(_SUM_ROW.match(squash(text)) for text in row[:3])


def _amount(text: str, head: str) -> float | None:
    amounts = money_wan(text, unit_in(head) or "万元")
    return amounts[0].wan if amounts and amounts[0].low is None else None


def _compared(file: str, projects: Sequence[Listed], outcomes: Mapping[str, Outcome]) -> Comparison:
    pairs = _paired(projects, outcomes)
    found = {id(project) for project, _ in pairs}
    named = {name for _, name in pairs}
    differing = []
    for project, name in pairs:
        total, own = outcomes[name].table.get("申报总额（万元）"), project.total_wan
        if own is not None and isinstance(total, float | int) and abs(float(total) - own) > _TOLERANCE:
            differing.append((name, own, float(total)))
    return Comparison(
        file,
        len(projects),
        tuple(p.title for p in projects if id(p) not in found),
        tuple(n for n in outcomes if n not in named),
        tuple(differing),
    )


def _paired(projects: Sequence[Listed], outcomes: Mapping[str, Outcome]) -> list[tuple[Listed, str]]:
    """Return which submission is which project: by the name in its papers, then by the name of its folder."""
    pairs: list[tuple[Listed, str]] = []
    left, free = list(projects), list(outcomes)
    for likeness in (_same, _folder, _alike):
        for project in list(left):
            name = next((n for n in free if likeness(project.title, n, outcomes[n].profile.title)), None)
            if name is not None:
                pairs.append((project, name))
                left.remove(project)
                free.remove(name)
    order = {id(p): i for i, p in enumerate(projects)}
    return sorted(pairs, key=lambda pair: order[id(pair[0])])


def _same(project: str, _name: str, title: str) -> bool:
    return bool(title) and same_title(project, title)


def _folder(project: str, name: str, _title: str) -> bool:
    """A folder named after its project, with a number or a unit before it, or by a part of its name."""
    key, wanted = squash(re.sub(r"\.[A-Za-z0-9]{1,5}$", "", name)), title_key(project)
    last = title_key(name.rpartition("__")[2])
    return len(wanted) >= 3 and (wanted in key or (len(last) >= 5 and last in wanted))


def _alike(project: str, name: str, title: str) -> bool:
    own = bigrams(title_key(project))
    others = [bigrams(title_key(n)) for n in (title, re.sub(r"^[\d\W_]+", "", name.rpartition("__")[2])) if n]
    return any(2 * len(own & o) / (len(own) + len(o)) >= _ALIKE for o in others if own and o)


def sentences(compared: Comparison) -> Iterator[str]:
    """Say in Chinese what the comparison came to, one line a thing."""
    if compared.error:
        yield f"{compared.file}：{compared.error}"
        return
    yield f"{compared.file}：列有{compared.projects}个项目"
    if compared.missing:
        yield f"{compared.file}：没有找到材料的项目：{'、'.join(compared.missing)}"
    if compared.unlisted:
        yield f"{compared.file}：未列入清单的来件：{'、'.join(compared.unlisted)}"
    for name, in_list, in_papers in compared.differing:
        yield f"{compared.file}：“{name}”清单金额{in_list:g}万元，材料为{in_papers:g}万元"
