"""Judges a pack's own sample texts as the analyzers would, each as a submission of one passage."""

from __future__ import annotations

from collections.abc import Callable

from corpus.policies import Sample
from models.domain.document import Cell, Document, Paragraph, Table
from models.domain.finding import Finding, Severity
from models.domain.outline import Section
from models.domain.policy import Policy
from models.domain.submission import Kind, SubmittedDocument

Judging = Callable[[str, Sample, Policy], set[str]]


def judging() -> Judging:
    """Return what raises rules for a sample: its rule's analyzer over a document that holds only the sample."""
    from api.settings import settings
    from api.wiring import assemble

    benches: dict[str, object] = {}

    def judge(rule: str, sample: Sample, policy: Policy) -> set[str]:
        from analyzers.context import Context
        from analyzers.registry import ANALYZERS
        from api.wiring import Workbench
        from models.suspicion import suspicions
        from models.understanding import understand

        bench = benches.get(policy.sha256)
        if not isinstance(bench, Workbench):
            bench = benches[policy.sha256] = assemble(settings(), policy.id)
        submission = understand("例句", [_placed(sample)], policy, ())
        held = suspicions(submission, bench.judge) if bench.judge else None
        context = Context(policy, submission, suspicions=held)
        asked = [a for a in ANALYZERS if any(rule == r or rule.startswith(f"{r}-") for r in a.RULES)]
        found: list[Finding] = [f for a in asked for f in a.check(context)]
        return {f.rule for f in found if f.severity is not Severity.NOTICE}

    return judge


def _placed(sample: Sample) -> SubmittedDocument:
    cells = [c.strip() for c in sample.text.replace("｜", "|").split("|")]
    table = sample.where in {"表格", "申报表", "概算"} or len(cells) > 1
    block = Table((tuple(Cell(text, col) for col, text in enumerate(cells)),)) if table else Paragraph(sample.text)
    kind = {"申报表": Kind.FORM, "概算": Kind.BUDGET, "附件": Kind.ATTACHMENT}.get(sample.where, Kind.PLAN)
    document = Document("例句", "txt", "", (Paragraph("例句"), block))
    template = (sample.section,) if sample.section else ()
    sections = () if kind is not Kind.PLAN else (Section(0, "", "例句", 1, None, 0, 1, 2, template=template),)
    return SubmittedDocument(document, kind, sections)
