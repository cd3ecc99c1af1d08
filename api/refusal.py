"""Material and projects that state secrecy takes out of this procedure (第六条第二款)."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING

from api import version
from models.domain.finding import Clause, Evidence, Finding, Severity
from models.domain.report import Conclusion, Engine, PolicyStamp, Report, Routing, Summary

if TYPE_CHECKING:
    from models.domain.policy import Policy

RULE = "PRO-SECRET"
ADVICE = "不予受理"
_WHAT_TO_DO = "请立即停止在本系统处理，联系本单位保密工作机构，不要自行转发或删除其他副本。"
_WORDS = re.compile(
    r"是否涉密[^是否]{0,8}?[☑√■]?\s*是"
    r"|(?:处理|存储|存放|传输|产生|涉及|属于|承载|采集)[^，。；|]{0,6}?(?:涉密|国家秘密|绝密|机密|秘密级)(?:信息|数据|文件|事项|资料)?"
    r"|涉密(?:信息系统|信息化项目|项目|信息|数据|文件|网络|网|机房)?|国家秘密|绝密|机密|秘密"
)


def words_of_judgement(quote: str) -> str:
    """Return only the words of a quote that judge, nothing of what stands around them; "" where there are none."""
    found = _WORDS.search(quote)
    return found.group() if found else ""


def stamp(policy: Policy) -> PolicyStamp:
    """Return which rules were in force."""
    return PolicyStamp(policy.id, policy.title, policy.version, policy.sha256)


def marked_finding(policy: Policy, name: str, place: str) -> Finding:
    """Return the finding for material that carries a mark: it names file and place and quotes nothing."""
    where = f"的{place}" if place else ""
    return Finding(
        rule=RULE,
        severity=Severity.BLOCKER,
        title="涉密材料",
        message=f"“{name}”{where}带有国家秘密标志，已停止读取，未保留任何内容。",
        clause=_clause(policy),
        suggestion=_WHAT_TO_DO,
        target=name,
    )


def project_finding(finding: Finding) -> Finding:
    """Return an analyzer's finding on a secret project with quotes cut down to the words of judgement."""
    return Finding(
        rule=finding.rule,
        severity=finding.severity,
        title=finding.title,
        message="申报材料写明项目涉密或将处理国家秘密，按照保密有关规定执行，不在本程序内审核。",
        clause=finding.clause,
        evidence=tuple(_cut(e) for e in finding.evidence[:1]),
        suggestion=_WHAT_TO_DO,
        template=finding.template,
        document_kind=finding.document_kind,
        confidence=finding.confidence,
    )


def _cut(evidence: Evidence) -> Evidence:
    return Evidence(
        document=evidence.document,
        quote=words_of_judgement(evidence.quote),
        section=None,  # the stub lists no sections to point into
        page=evidence.page,
        paragraph=evidence.paragraph,
        table=evidence.table,
        row=evidence.row,
        cell=evidence.cell,
    )


def stub(policy: Policy, finding: Finding) -> Report:
    """Return a report that says only why reading stopped."""
    return Report(
        policy=stamp(policy),
        engine=Engine(version(), "", 0, ""),
        not_checked=(),
        submission=Summary(kind="其他"),
        facts=(),
        documents=(),
        completeness=(),
        findings=(finding,),
        duplicates=(),
        routing=Routing("", "转办", ("第六条",)),
        dimensions=(),
        conclusion=Conclusion(ADVICE, (finding.message,)),
    )


def secret_project(findings: Iterable[Finding]) -> Finding | None:
    """Return the finding that says the project itself handles state secrets, None where none does."""
    return next((f for f in findings if f.rule == RULE and f.severity is Severity.BLOCKER), None)


def refused(report: Report) -> Finding | None:
    """Return the finding a report was refused for, None where it was not."""
    if report.conclusion.advice != ADVICE:
        return None
    return secret_project(report.findings)


def _clause(policy: Policy) -> Clause:
    clause = policy.clause_of(RULE)
    return clause if clause.ref else Clause("第六条", "涉密的信息化项目按照保密有关规定执行。")
