"""Documents of one submission, understood once: roles, outlines, fields, budgets, facts, functions, passages."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from models.alignment import align
from models.budget import budgets
from models.domain.document import Document
from models.domain.policy import Policy
from models.domain.submission import Kind, Submission, SubmittedDocument
from models.embedder import Embedder
from models.facts import facts
from models.form import fields
from models.functions import functions
from models.kinds import foreign_forms
from models.outline import outline
from models.passages import passages
from models.roles import role

_ORDER = {Kind.PLAN: 0, Kind.FORM: 1, Kind.BUDGET: 2, Kind.ATTACHMENT: 3}


def place(document: Document, policy: Policy, embedder: Embedder | None = None) -> SubmittedDocument:
    """Give a document its role and, where it has one, its outline aligned to the template."""
    kind = role(document, policy)
    if kind in {Kind.FORM, Kind.BUDGET}:
        return SubmittedDocument(document, kind)
    sections = outline(document)
    if kind is Kind.PLAN:
        sections = align(document, sections, policy, embedder)
    return SubmittedDocument(document, kind, sections)


def _ordered(documents: Iterable[SubmittedDocument]) -> tuple[SubmittedDocument, ...]:
    return tuple(sorted(documents, key=lambda d: (_ORDER[d.kind], d.document.name)))


def _as_attachment(submitted: SubmittedDocument) -> SubmittedDocument:
    return SubmittedDocument(submitted.document, Kind.ATTACHMENT, outline(submitted.document))


def understand(
    name: str,
    documents: Sequence[SubmittedDocument],
    policy: Policy,
    not_read: Sequence[tuple[str, str]] = (),
) -> Submission:
    """Read facts, budget, functions and passages out of the placed documents of one submission.

    The documents come out as the contract orders them: plan, form, budget, attachments; then by name.
    """
    ordered = _ordered(documents)
    form_fields = tuple(f for d in ordered if d.kind is Kind.FORM for f in fields(d.document, policy))
    if foreign := foreign_forms(ordered, form_fields, policy):
        ordered = _ordered(_as_attachment(d) if d.document.name in foreign else d for d in ordered)
        form_fields = tuple(f for f in form_fields if f.evidence.document not in foreign)
    tables = tuple(b for d in ordered if d.kind is not Kind.FORM for b in budgets(d.document, d.sections, policy))
    plan = next((d for d in ordered if d.kind is Kind.PLAN), None)
    return Submission(
        name=name,
        documents=ordered,
        facts=facts(ordered, form_fields, tables, policy),
        fields=form_fields,
        budgets=tables,
        passages=tuple(p for d in ordered for p in passages(d)),
        functions=functions(plan, policy, form_fields, tables) if plan else (),
        not_read=tuple(not_read),
    )
