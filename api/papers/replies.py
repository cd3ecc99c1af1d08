"""What the applicant answered to each item of the notice: the 补正情况对照表 that came with the resubmission."""

from __future__ import annotations

import re

from models.domain.document import Table
from models.domain.report import Report
from models.domain.submission import SubmittedDocument
from models.text import squash

_NUMBER, _PAGE, _DONE, _WHY = (
    "通知序号",
    "页码",
    "修改内容",
    "未修改理由",
)  # heads, as the notice prints them


def replies(report: Report) -> dict[str, str]:
    """Return the answers by the notice's numbers, squashed (`squash`); empty where no such table came along."""
    found: dict[str, str] = {}
    for item in report.documents:
        for table in (b for b in item.document.blocks if isinstance(b, Table)):
            for mark, text in _answers(table).items():
                found.setdefault(mark, text)
    return found


def is_reply(item: SubmittedDocument) -> bool:
    """Whether a document is the table of answers, filled in or not."""
    return any(isinstance(b, Table) and _heads(b) is not None for b in item.document.blocks)


def _heads(table: Table) -> tuple[int, dict[str, int]] | None:
    """Return the row of the heads and the column of each."""
    for row, cells in enumerate(table.grid()[:3]):
        heads = [squash(cell) for cell in cells]
        at = {w: next((i for i, head in enumerate(heads) if w in head), -1) for w in (_NUMBER, _PAGE, _DONE, _WHY)}
        if at[_NUMBER] >= 0 and at[_DONE] >= 0:
            return row, at
    return None


def _answers(table: Table) -> dict[str, str]:
    found = _heads(table)
    if found is None:
        return {}
    first, at = found
    told: dict[str, str] = {}
    for cells in table.grid()[first + 1 :]:
        page, done, why = (re.sub(r"\s+", "", cells[at[w]]) if at[w] >= 0 else "" for w in (_PAGE, _DONE, _WHY))
        place = f"（{page if '页' in page else f'第{page}页'}）" if page else ""
        text = "；".join(part for part in (done + place, f"未修改：{why}" if why else "") if part)
        if text:
            told[squash(cells[at[_NUMBER]])] = text
    return told
