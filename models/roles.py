"""Which part a document plays in its submission, from what it says; the file name is only a hint."""

from __future__ import annotations

import re

from models.domain.document import Document, Paragraph, Table
from models.domain.policy import Policy
from models.domain.submission import Kind
from models.text import squash

_BUDGET_HEADS = re.compile(r"单价|金额|小计|合价|合计|概算|预算")
_PLAN_NAME = re.compile(r"方案|可研|可行性研究|建议书")
_FORM_NAME = re.compile(r"(?:申报|申请|立项|登记|备案|审批|审核|报审)[表书单]")
_BUDGET_NAME = re.compile(r"概算|预算|投资.{0,4}表|资金.{0,6}表|明细表")
_LONG_PLAN = 1500  # characters of running text; forms and budgets have fewer


def role(document: Document, policy: Policy) -> Kind:  # noqa: PLR0911 -- one line a role, tried in order
    """Return plan, form, budget or attachment."""
    tables = [b for b in document.blocks if isinstance(b, Table)]
    prose = sum(len(b.text) for b in document.blocks if isinstance(b, Paragraph))
    chapters = _chapters(document, policy)
    labels = _labels(tables, policy)
    head = _head(document)
    name = document.name.rpartition("/")[2]
    if document.format in {"xlsx", "xls", "csv", "et"}:
        if labels >= _enough(policy):
            return Kind.FORM
        return Kind.BUDGET if _budget_rows(tables) or _BUDGET_NAME.search(name) else Kind.ATTACHMENT
    if labels >= _enough(policy) and chapters < 5 and (prose < _LONG_PLAN or _FORM_NAME.search(head)):
        return Kind.FORM
    if chapters >= 4 or (chapters >= 2 and prose > _LONG_PLAN and _PLAN_NAME.search(head + name)):
        return Kind.PLAN
    if _FORM_NAME.search(head) and tables:
        return Kind.FORM
    if _budget_rows(tables) and (prose < _LONG_PLAN / 3 or _BUDGET_NAME.search(head + name)):
        return Kind.BUDGET
    if _PLAN_NAME.search(head) and prose > _LONG_PLAN:
        return Kind.PLAN
    return Kind.ATTACHMENT


def _enough(policy: Policy) -> int:
    return min(5, max(2, len(policy.form_labels) // 2))


def _head(document: Document) -> str:
    lines = [b.text for b in document.blocks[:12] if isinstance(b, Paragraph)]
    first = next((b for b in document.blocks if isinstance(b, Table)), None)
    if first is not None and first.rows:
        lines.append(first.row_text(0))
    return "\n".join(line for line in lines if len(line) < 60)


def _chapters(document: Document, policy: Policy) -> int:
    """How many template chapters have a heading-like line of their own."""
    known = {squash(t): i.number for i in policy.template if i.level == 1 for t in (i.title, *i.aliases)}
    keywords = [(i.number, i.keywords) for i in policy.template if i.level == 1]
    seen: set[str] = set()
    for block in document.blocks:
        if not isinstance(block, Paragraph) or not 2 <= len(block.text) <= 40 or block.text.rstrip()[-1:] in "。；;，":
            continue
        bare = squash(
            re.sub(
                r"^\s*(第?[一二三四五六七八九十\d]+[章节部分篇、.．\s]+|[（(][一二三四五六七八九十\d]+[)）])",
                "",
                block.text,
            )
        )
        if bare in known:
            seen.add(known[bare])
            continue
        if block.outline_level or block.bold:
            seen.update(n for n, words in keywords if any(squash(w) in bare for w in words if len(w) >= 2))
    return len(seen)


def _labels(tables: list[Table], policy: Policy) -> int:
    """How many different form labels stand in short cells."""
    known = {squash(label): entry.key for entry in policy.form_labels for label in entry.labels}
    keys: set[str] = set()
    for table in tables:
        for row in table.rows:
            for cell in row:
                if len(cell.text) <= 24:
                    key = known.get(squash(re.sub(r"[（(].*?[)）]", "", cell.text))) or known.get(squash(cell.text))
                    if key:
                        keys.add(key)
    return len(keys)


def _budget_rows(tables: list[Table]) -> bool:
    for table in tables:
        for r in range(min(4, len(table.rows))):
            heads = {cell.text.strip() for cell in table.rows[r]}
            if sum(bool(_BUDGET_HEADS.search(h)) for h in heads if len(h) < 16) >= 2 and len(table.rows) > r + 2:
                return True
    return False
