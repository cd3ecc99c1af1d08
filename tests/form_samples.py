"""Small documents built by hand for the tests of forms, budgets and facts."""

from functools import cache

from corpus.policies import load_policy
from models.budget import budgets
from models.domain.document import Cell, Document, Paragraph, Table
from models.domain.outline import Section
from models.domain.policy import Policy
from models.domain.submission import Kind, Submission, SubmittedDocument
from models.facts import facts
from models.form import fields
from models.passages import passages


@cache
def policy() -> Policy:
    return load_policy("gongshu-2021")


def table(*rows) -> Table:
    """Cells are texts, or (text, rowspan, colspan); columns follow from the spans."""
    covered: dict[tuple[int, int], bool] = {}
    out = []
    for r, row in enumerate(rows):
        col, cells = 0, []
        for given in row:
            text, down, across = (given, 1, 1) if isinstance(given, str) else (*given, 1, 1)[:3]
            while covered.get((r, col)):
                col += 1
            cells.append(Cell(text, col, down, across))
            covered.update({(r + i, col + j): True for i in range(down) for j in range(across)})
            col += across
        out.append(tuple(cells))
    return Table(tuple(out))


def document(*blocks, name="申报表.docx") -> Document:
    return Document(name, "docx", "0", tuple(Paragraph(b) if isinstance(b, str) else b for b in blocks))


def plan(front, *parts, name="建设方案.docx") -> SubmittedDocument:
    """`parts`: (template number, title, block, block …); every part is a section of its own."""
    blocks = [Paragraph(x) for x in front]
    sections = []
    for number, title, *body in parts:
        at = len(blocks)
        blocks += [Paragraph(title), *(Paragraph(b) if isinstance(b, str) else b for b in body)]
        sections.append(Section(len(sections), "", title, 1, None, at, at + 1, len(blocks), template=(number,)))
    return SubmittedDocument(Document(name, "docx", "1", tuple(blocks)), Kind.PLAN, tuple(sections))


def submission(*documents: SubmittedDocument) -> Submission:
    """Read a submission as the pipeline does."""

    rules = policy()
    forms = tuple(f for d in documents if d.kind is Kind.FORM for f in fields(d.document, rules))
    tables = tuple(b for d in documents if d.kind is not Kind.FORM for b in budgets(d.document, d.sections, rules))
    stated = tuple(p for d in documents for p in passages(d))
    return Submission("例", documents, facts(documents, forms, tables, rules), forms, tables, stated)


def form(*rows) -> SubmittedDocument:
    return SubmittedDocument(document(table(*rows)), Kind.FORM)
