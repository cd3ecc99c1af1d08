"""What a submission consists of: each paper once, one plan, and a line for every copy and every other version."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from api import versions
from models.domain.document import Document, Paragraph, Table
from models.domain.errors import SubmissionError
from models.domain.report import NotChecked
from models.domain.submission import Kind

if TYPE_CHECKING:
    from api.pipeline import Reading
    from api.wiring import Workbench
    from models.domain.submission import Submission

_KINDS = {Kind.PLAN: "建设方案", Kind.FORM: "申报表", Kind.BUDGET: "投资概算", Kind.ATTACHMENT: "其他附件"}


@dataclass(frozen=True, slots=True)
class Composition:
    """A submission with one plan; `superseded` are other versions and copies, `told` says of each what it is."""

    submission: Submission
    superseded: tuple[Document, ...]
    told: tuple[NotChecked, ...]


def compose(reading: Reading, bench: Workbench) -> Composition:
    """Understand the papers of one submission, each of them once.

    Raises:
        SubmissionError: plans of different projects, or no plan where one is needed.
    """
    from models.understanding import place, understand

    documents, copies = _without_copies(reading.documents)
    placed = [place(d, bench.policy, bench.embedder) for d in documents]
    plans = [p.document for p in placed if p.kind is Kind.PLAN]
    others: list[Document] = []
    told: tuple[NotChecked, ...] = ()
    if plans:
        chosen, told = versions.choose(plans)
        others = [d for d in plans if d is not chosen]
    kept = [p for p in placed if not any(p.document is d for d in others)]
    submission = understand(reading.name, kept, bench.policy, reading.not_read)
    if submission.plan is None:
        _without_plan(submission)
    lines = tuple(NotChecked(copy.name, f"与“{of.name}”内容完全相同，只审核其中一份") for copy, of in copies)
    superseded = sorted([*others, *(copy for copy, _ in copies)], key=lambda d: d.name)
    return Composition(submission, tuple(superseded), (*told, *lines))


def is_reviewed(submission: Submission) -> bool:
    """Tell whether the papers are of a kind that is reviewed here; others are routed."""
    from models.facts import summary
    from models.kinds import REVIEWED

    return summary(submission.facts).kind in REVIEWED


def _without_copies(documents: Sequence[Document]) -> tuple[list[Document], list[tuple[Document, Document]]]:
    """Return the documents without those that say the same as another of the same format, and (copy, original)."""
    first: dict[tuple[str, ...], Document] = {}
    copies: list[tuple[Document, Document]] = []
    for document in sorted(documents, key=lambda d: (d.name.count("/"), len(d.name), d.name)):
        key = (document.format, *_words(document))
        original = first.setdefault(key, document) if len(key) > 1 else document
        if original is not document:
            copies.append((document, original))
    left_out = {id(copy) for copy, _ in copies}
    return [d for d in documents if id(d) not in left_out], sorted(copies, key=lambda c: c[0].name)


def _words(document: Document) -> tuple[str, ...]:
    """Return all that a document says, spaces aside: the same text under other metadata is the same paper."""
    out: list[str] = []
    for block in document.blocks:
        if isinstance(block, Paragraph):
            out.append(re.sub(r"\s+", "", block.number + block.text))
        elif isinstance(block, Table):
            out.extend(re.sub(r"\s+", "", block.row_text(r)) for r in range(len(block.rows)))
    return tuple(line for line in out if line)


def _without_plan(submission: Submission) -> None:
    if not is_reviewed(submission):
        return  # a change, a filing, an acceptance has no plan: it is routed
    read_as = [f"“{d.document.name}”读作{_KINDS[d.kind]}" for d in submission.documents]
    failed = [f"“{name}”未能读取：{why}" for name, why in submission.not_read]
    raise SubmissionError(
        "没有找到建设方案。" + "；".join([*read_as, *failed]), advice="请提交建设方案的Word文件，或带文字的PDF"
    )
