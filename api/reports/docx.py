"""`report.docx`: 初步审核意见 in official layout, its evidence in the annexes; no scores, no rule ids."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Mapping, Sequence

from api.reports import phrases
from api.reports.html import negative_list
from api.reports.official import Paper
from models.domain.finding import Evidence, Finding, Severity
from models.domain.outline import Section
from models.domain.report import Report

_BLANK = "　　　　"
_NUMBERS = "一二三四五六七八九十"
_CONTENTS = 6  # items of 建设内容 named; the plan has all
_CLAUSE = re.compile(r"(第[一二三四五六七八九十]+条)(（[一二三四五六七八九十]）)")
_EPOCH = (1980, 1, 1, 0, 0, 0)


def render(report: Report) -> bytes:
    """Return the paper as docx, the same bytes for the same report."""
    paper = Paper()
    paper.title(f"关于《{report.submission.title or _BLANK}》的初步审核意见")
    paper.line(f"编号：{_BLANK * 2}收件编号：{_BLANK * 2}")
    _project(paper, report)
    _basis(paper, report)
    _conclusion(paper, report)
    _opinions(paper, report)
    _procedure(paper, report)
    _annexes(paper, report)
    buffer = io.BytesIO()
    paper.document.save(buffer)
    return _timeless(buffer.getvalue())


def _project(paper: Paper, report: Report) -> None:
    s = report.submission
    paper.heading("一、项目基本情况")
    total = f"{phrases.wan(s.total_wan)}万元" if s.total_wan is not None else "未说明"
    sources = list(dict.fromkeys(f.as_written for f in report.facts if f.key == "funding" and f.as_written))
    paper.body(
        f"{s.unit or _BLANK}于{_BLANK}报送该项目申报材料{len(report.documents)}份（清单见附件1）。"
        f"项目性质为{s.nature or '未说明'}，所属数字化改革领域为{s.domain or '未说明'}，申报总投资{total}"
        + (f"（其中{'、'.join(sources)}）" if sources else "")
        + f"，建设周期{s.period or '未说明'}。"
    )
    if report.functions:
        names = "；".join(f.name.rstrip("。；") for f in report.functions[:_CONTENTS])
        paper.body(
            f"主要建设内容：{names}{'等' if len(report.functions) > _CONTENTS else ''}{len(report.functions)}项。"
        )
    builder = next((str(f.value) for f in report.facts if f.key == "builder" and f.value), "")
    if builder and builder != s.unit:
        paper.body(f"需求单位为{s.unit or _BLANK}，拟建设单位为{builder}。")
    lead = _of(report, ("PRO-LEAD",))
    if lead:
        paper.body(f"牵头部门意见：{lead[0].message}")


def _basis(paper: Paper, report: Report) -> None:
    paper.heading("二、审核依据与范围")
    paper.body(f"依据《{report.policy.title}》第七条、第八条、第九条及建设方案模板审核。")
    lines = [f"（{i}）{n.what}，{n.why.rstrip('。')}" for i, n in enumerate(report.not_checked, start=1)]
    told = "；".join(lines) + "。以上不作为缺项认定，待补充后复核。" if lines else "无。"
    paper.body(f"本次未能核实的事项：{told}")


def _conclusion(paper: Paper, report: Report) -> None:
    paper.heading("三、初步审核结论")
    reasons = [f"（{i}）{_formal(r.rstrip('。'))}" for i, r in enumerate(report.conclusion.reasons[:3], start=1)]
    paper.body(f"{report.conclusion.advice}。" + (f"理由：{'；'.join(reasons)}。" if reasons else ""))
    if report.conclusion.measures:
        texts = [_formal(m.text.rstrip("。")) for m in report.conclusion.measures]
        paper.body(f"同时建议：{'；'.join(texts)}。")
    cut = sum(m.amount_wan for m in report.conclusion.measures if m.kind == "核减" and m.amount_wan)
    if cut and report.submission.total_wan is not None:
        rest = phrases.wan(round(report.submission.total_wan - cut, 4))
        paper.body(
            f"核减合计{phrases.wan(round(cut, 4))}万元（明细见附件3），初审建议控制数{rest}万元，最终以联合评审为准。"
        )


SHARING = ("NEG-2D", "COM-DATA", "COM-SOURCE")
SECURITY = ("NEG-2C", "COM-LEVEL", "COM-CRYPTO")
MONEY = ("CON-TOTAL", "CON-SUM", "CON-FUNDING", "CON-SCOPE", "COM-SUPERVISION")
GOALS = ("NEG-2A",)
OLD_SYSTEM = ("COM-RETIRE", "NEG-4")


def _settled(report: Report, rules: tuple[str, ...], clean: str) -> str:
    """Say what the rules found; `clean` only where every one of them could be checked."""
    missed = any(rule in rules for line in report.not_checked for rule in line.rules)
    return _said(_of(report, rules), "本次未能全部核实，未核实部分见第二部分。" if missed else clean)


def _opinions(paper: Paper, report: Report) -> None:
    paper.heading("四、主要审核意见")
    parts = (
        ("材料完整性。", _completeness(report)),
        ("立项依据与必要性。", _dimension(report, "必要性") or "见附件2。"),
        ("负面清单对照。", "第八条所列情形逐项对照如下。"),
        ("与已建在建系统的关系。", _near(report)),
        (
            "数据归集与共享。",
            _settled(report, SHARING, "未发现需要说明的事项。"),
        ),
        ("安全与密码。", _settled(report, SECURITY, "未发现需要说明的事项。")),
        (
            "建设内容与概算。",
            _settled(report, MONEY, "各处金额核对一致。"),
        ),
        ("绩效目标。", _settled(report, GOALS, "未发现需要说明的事项。")),
        ("原系统处置。", _settled(report, OLD_SYSTEM, "未发现需要说明的事项。")),
    )
    for number, (head, text) in zip(_NUMBERS, parts, strict=False):
        paper.item(f"（{number}）{head}", _formal(text))
        if head.startswith("负面清单"):
            for line in _negative(report):
                paper.body(line)


def _completeness(report: Report) -> str:
    inner = {row.template.rpartition(".")[0] for row in report.completeness}
    rows = [r for r in report.completeness if r.mandatory and r.template not in inner]
    if not rows:
        return "本次未作完整性核对。"
    names = {"已提供": ("present", "merged"), "缺少": ("missing", "empty", "placeholder"), "内容不足": ("thin",)}
    names |= {"待核实": ("unclear",), "不适用": ("not_applicable",)}
    counts = [f"{name}{sum(r.status in statuses for r in rows)}项" for name, statuses in names.items()]
    lacking = [f"{r.title}" for r in rows if r.status in names["缺少"]]
    listed = f"缺少：{'、'.join(lacking)}。" if lacking else ""
    return f"模板{len(rows)}项必要内容中，{'，'.join(counts)}。{listed}"


def _negative(report: Report) -> list[str]:
    """One line for each of the five items of 第八条, also those the project does not touch."""
    lines: dict[str, list[str]] = {}
    for row in negative_list(report):
        said = "；".join(f.message.rstrip("。") for f in row.findings) or (
            "本次未能核实" if row.unchecked else "未涉及"
        )
        lines.setdefault(row.clause, []).append(f"{row.title}，{said}")
    return [_formal(f"{clause}：{'；'.join(said)}。") for clause, said in lines.items()]


def _formal(text: str) -> str:
    """Write a clause as official papers do: 第八条第（一）项."""
    return _CLAUSE.sub(r"\1第\2项", text)


def _near(report: Report) -> str:
    near = [d for d in report.duplicates if d.verdict != "related"]
    if not report.engine.systems and not near:
        return "区级应用台账尚未提供，本次未作比对。"
    head = f"经与区级应用台账（{report.engine.systems}个系统）比对，"
    if not near:
        return head + "未发现主要功能相近的系统。"
    told = [f"与{d.unit or '有关单位'}“{d.system_name}”在{len(d.pairs)}项功能上相近" for d in near]
    return head + "；".join(told) + "。建议请申报单位说明差异，并会商确定复用或整合（对照见附件4）。"


def _dimension(report: Report, name: str) -> str:
    return next((d.summary for d in report.dimensions if d.name == name), "")


def _of(report: Report, rules: Sequence[str]) -> list[Finding]:
    return [f for f in report.findings if f.rule in rules]


def _said(findings: Sequence[Finding], otherwise: str) -> str:
    return "；".join(f.message.rstrip("。") for f in findings) + "。" if findings else otherwise


def _procedure(paper: Paper, report: Report) -> None:
    paper.heading("五、后续程序建议")
    routing = report.routing
    if routing.lead_department:
        paper.body(f"（一）由{routing.lead_department}审核方案，确定建设意见及优先级（第四条、第六条）。")
    if routing.approval in {"领导小组专题会议", "书面请示领导小组"}:
        number = "二" if routing.lead_department else "一"
        paper.body(f"（{number}）评审通过后，按{routing.approval}报批（第十一条，以评审后概算为准）。")
    elif routing.approval:
        paper.body(f"按{routing.approval}办理（{'、'.join(routing.clauses)}）。")
    paper.heading("六、说明")
    paper.body(
        "本意见依据申报单位所报材料形成，为初步审核建议，不替代联合评审和领导小组审批。材料真实性由申报单位负责。"
    )
    paper.line("")
    paper.line(f"初审人：{_BLANK * 2}复核人：{_BLANK * 2}分管领导：")
    paper.line(f"日期：{_BLANK}年　　月　　日（盖章处）")
    paper.line("附件：1.材料清单与核验情况")
    paper.line("　　　2.逐项审核表")
    paper.line("　　　3.概算核对与核减建议表")
    paper.line("　　　4.相近系统比对表")


def _annexes(paper: Paper, report: Report) -> None:
    sections = phrases.sections_of(report)
    paper.page("附件1　材料清单与核验情况")
    files = [
        (str(i), d.document.name, phrases.KINDS[d.kind], d.document.format, str(d.document.pages or "—"))
        for i, d in enumerate(report.documents, start=1)
    ]
    unread = [("—", n.what, "未核实", "—", n.why) for n in report.not_checked]
    paper.table(("序号", "材料", "类别", "格式", "页数或说明"), [*files, *unread], (1.2, 6.4, 2.4, 1.6, 4.0))
    paper.page("附件2　逐项审核表")
    rows = [
        (str(i), phrases.SEVERITIES[f.severity], f.title, f.message, _quotes(f.evidence, sections), _basis_of(f))
        for i, f in enumerate(report.findings, start=1)
    ]
    paper.table(
        ("序号", "程度", "事项", "审核意见", "原文摘录和出处", "依据和建议"), rows, (1.0, 1.4, 2.2, 4.0, 4.4, 2.6)
    )
    paper.page("附件3　概算核对与核减建议表")
    cuts = [
        (str(i), m.target, phrases.wan(m.amount_wan), m.text)
        for i, m in enumerate((m for m in report.conclusion.measures if m.kind == "核减"), start=1)
    ]
    totals = [
        ("—", f"{f.scope or '金额'}（{_where(f.evidence)}）", phrases.wan(_amount(f.value)), f"原文：{f.as_written}")
        for f in report.facts
        if f.key == "total_wan"
    ]
    paper.table(("序号", "内容", "金额（万元）", "说明"), [*totals, *cuts], (1.2, 5.2, 2.6, 6.6))
    paper.page("附件4　相近系统比对表")
    near = [
        (d.system_name, d.unit, p.proposal, p.system)
        for d in report.duplicates
        for p in d.pairs
        if d.verdict != "related"
    ]
    paper.table(("系统", "单位", "本项目功能", "系统已有功能"), near or [("无", "", "", "")], (3.6, 3.6, 4.2, 4.2))


def _quotes(evidence: Sequence[Evidence], sections: Mapping[str, tuple[Section, ...]]) -> str:
    told = [f"“{e.quote}”（{phrases.place(e, sections)}）" if e.quote else phrases.place(e, sections) for e in evidence]
    return "\n".join(told) or "材料中未见"


def _basis_of(finding: Finding) -> str:
    ref = finding.clause.ref
    weight = {Severity.NOTICE: "提请注意。"}.get(finding.severity, "")
    return "\n".join(part for part in (ref, finding.suggestion or weight) if part)


def _where(evidence: Evidence) -> str:
    return evidence.document + (f"第{evidence.page}页" if evidence.page else "")


def _amount(value: str | float | None) -> float | None:
    return value if isinstance(value, float | int) else None


def _timeless(content: bytes) -> bytes:
    """Take the moment of writing out of the archive, so that the same report gives the same file."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as source, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        for entry in source.infolist():
            data = source.read(entry)
            if entry.filename == "docProps/core.xml":
                data = re.sub(rb"(<dcterms:(?:created|modified)[^>]*>)[^<]*", rb"\g<1>2000-01-01T00:00:00Z", data)
            target.writestr(zipfile.ZipInfo(entry.filename, _EPOCH), data, zipfile.ZIP_DEFLATED)
    return out.getvalue()
