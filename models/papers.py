"""What kind of paper came in (来件类型): an application, or a change, a filing, an acceptance, a withdrawal.

Only what a paper calls itself counts: its file name and the lines of its head, where such a line ends with the word.
"股权变更申请系统建设方案" is an application.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from models.domain.document import Paragraph, Table
from models.domain.finding import QUOTE_LIMIT, Evidence
from models.domain.policy import Policy
from models.domain.submission import Fact, Kind, SubmittedDocument
from models.text import normalise, squash

_HEAD_BLOCKS = 12
_LINE = 60  # characters of a line that may be a title
_SUFFIX = r"(?:(?:申请|申报|审批|备案|登记)?(?:表|书|单|报告|材料|函|说明|请示|意见))?(?:[(\[].{0,12}[)\]])?"
_WORD = "补正"


def kind_fact(documents: Sequence[SubmittedDocument], found: Sequence[Fact], policy: Policy) -> Fact | None:
    """Return the fact `kind` where the papers are no new application of a project; None where they are.

    `found`: the facts already read. A plan or a form speaks for the whole submission; other papers only where there is
    no plan, 补正 papers always.
    """
    spec: dict[str, Any] = dict((policy.data or {}).get("papers", {}))
    signs: dict[str, Sequence[str]] = dict(spec.get("signs", {}))
    planned = any(d.kind is Kind.PLAN for d in documents)
    for submitted in documents:
        speaks = submitted.kind in {Kind.PLAN, Kind.FORM} or not planned
        for kind, words in signs.items():
            if (speaks or kind == _WORD) and (place := _called(submitted, words)):
                return Fact("kind", kind, place.quote, "", place, str(submitted.kind))
    nature = next((f for f in found if f.key == "nature" and f.value == "运维"), None)
    if nature is not None:
        return Fact("kind", "运维", nature.as_written, "", nature.evidence, nature.source)
    return _self_funded(found, spec)


def _called(submitted: SubmittedDocument, words: Sequence[str]) -> Evidence | None:
    """Return the line of a paper's head, or its name, that ends with one of the words."""
    end = re.compile(rf"(?:{'|'.join(words)}){_SUFFIX}$")
    document = submitted.document
    first = submitted.sections[0].block if submitted.sections else _HEAD_BLOCKS
    for index, block in enumerate(document.blocks[: min(first, _HEAD_BLOCKS)]):
        text = block.text if isinstance(block, Paragraph) else ""
        if isinstance(block, Table) and block.rows:
            text = block.row_text(0)
        if len(text) <= _LINE and end.search(re.sub(r"\s+", "", normalise(text))):
            return Evidence(document.name, text.strip()[:QUOTE_LIMIT], page=block.page, paragraph=index)
    stem = document.name.rpartition("/")[2].rpartition(".")[0]
    return Evidence(document.name, "") if end.search(normalise(stem)) else None


def _self_funded(found: Sequence[Fact], spec: dict[str, Any]) -> Fact | None:
    """A project paid for by 自筹 alone, of a unit that is no office of government, is filed (第二十八条)."""
    sources = [f for f in found if f.key == "source"]
    if not sources or any(f.value != "自筹" for f in sources):
        return None
    unit = next((str(f.value) for f in found if f.key == "unit"), "")
    office = re.compile(str(spec.get("office", r"局$|委$|办$|街道|政府")))
    if not unit or office.search(squash(unit)):
        return None
    return Fact("kind", "自筹备案", sources[0].as_written, "", sources[0].evidence, sources[0].source)
