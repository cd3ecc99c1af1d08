"""An invented report, so that a pack's papers can be looked at (`chushen report preview`)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from api.refusal import stamp
from models.domain.document import Block, Cell, Document, Paragraph, Table
from models.domain.finding import Clause, Evidence, Finding, Severity
from models.domain.outline import Section
from models.domain.policy import Policy
from models.domain.report import (
    CompletenessRow,
    Conclusion,
    Dimension,
    Duplicate,
    Engine,
    Measure,
    NotChecked,
    Pair,
    Report,
    Routing,
    Summary,
)
from models.domain.submission import Fact, Function, Kind, SubmittedDocument

PLAN, FORM = "建设方案.docx", "申报表.docx"
_SENTENCES = (
    "项目名称为某区某某业务系统。",
    "拟在三楼新增机柜两组，用于存放服务器。",
    "建成后，办理时限由5个工作日缩短到2个工作日。",
    "联系人：张三，电话：13800000000。",
)
_SAID = (*_SENTENCES, "总投资19.4万元。", "总工期12个月。", "日均办件约500件。")
_MONEY = (
    ("序号", "费用名称", "数量", "单价（万元）", "金额（万元）"),
    ("1", "受理模块开发", "12", "1.2", "14.4"),
    ("2", "机柜", "2", "1.5", "3"),
    ("3", "监理费", "1", "2", "2"),
    ("", "合计", "", "", "19.4"),
)


def specimen(policy: Policy) -> Report:
    """Return a small report in which every part of a paper has something to say."""
    findings = _findings(policy)
    rows = tuple(
        CompletenessRow(t.number, t.title, t.mandatory, "missing" if t.number == findings[1].template else "present")
        for t in policy.template
    )
    measure = Measure("核减", "机柜", 3.0, "建议核减“机柜”3万元，理由：可使用公共机房。", (findings[0].id,))
    return Report(
        policy=stamp(policy),
        engine=Engine("", "", 2, ""),
        not_checked=(NotChecked("附件1 报价单.pdf", "第2页为图片，未能识别"),),
        submission=Summary("新申报", "某某业务系统", "某区某局", "新建", "数字社会", 19.4, "2022年1月至2022年10月"),
        facts=(
            Fact("total_wan", 19.4, "19.4万元", "总投资", _at("总投资19.4万元。", 1)),
            Fact("total_wan", 20.0, "20万元", "总投资", Evidence(FORM, "总投资 | 20万元", table=0, row=1)),
            Fact("funding", 19.4, "财政资金19.4万元", "", _at("财政资金19.4万元。", 1)),
            Fact("users", 5000.0, "约5000人", "", _at("服务对象约5000人。", 1)),
        ),
        documents=_documents(),
        completeness=rows,
        findings=findings,
        duplicates=(
            Duplicate(
                *("S001", "某某管理平台", "某区某中心", "corpus", 0.9, "overlap", "other_unit", 0.5),
                (Pair("业务受理", "事项受理", 0.9, "semantic"),),
                "功能相近。",
                *("区", "在用", "2021年建成；验收：已终验"),
            ),
        ),
        routing=Routing("某牵头部门", "书面请示领导小组", ("第四条", "第十一条")),
        dimensions=tuple(
            Dimension(name, "方案作了说明。", (_at(_SENTENCES[0], 1), _at(_SENTENCES[2], 3)), ("请说明依据。",))
            for name in ("必要性", "可行性", "技术路线", "数据归集", "安全保障", "项目绩效", "投资概算")
        ),
        conclusion=Conclusion("建议补正后再审", ("部分内容需调整或说明（第八条（一））。",), (measure,)),
        functions=(
            Function("业务受理", "业务受理", _at(_SENTENCES[0], 1)),
            Function("统计", "统计", _at(_SENTENCES[0], 1)),
        ),
    )


def earlier(policy: Policy) -> Report:
    """Return what the invented submission looked like when it was first sent."""
    now = specimen(policy)
    period = Finding(
        "CON-PERIOD", Severity.WARNING, "建设周期不一致", "建设周期在方案为10个月，在申报表为12个月。",
        policy.clause_of("CON-PERIOD") if policy.rules else Clause("", ""), (_at("总工期10个月。", 1),), "请核实统一。",
    )  # fmt: skip
    room, absent, total, _ = now.findings
    heavier = replace(total, severity=Severity.BLOCKER)
    facts = tuple(replace(f, value=4000.0, as_written="约4000人") if f.key == "users" else f for f in now.facts)
    said = (*_SENTENCES, "总投资19.4万元。", "总工期10个月。", "日均办件约400件。")
    money = (_MONEY[0], ("1", "受理模块开发", "12", "1.1", "13.2"), *_MONEY[2:-1], ("", "合计", "", "", "18.2"))
    return replace(now, findings=(room, absent, heavier, period), facts=facts, documents=_documents(said, money))


def _at(quote: str, paragraph: int) -> Evidence:
    return Evidence(PLAN, quote, section=0, paragraph=paragraph)


def _documents(said: Sequence[str] = _SAID, money: Sequence[Sequence[str]] = _MONEY) -> tuple[SubmittedDocument, ...]:
    table = Table(tuple(tuple(Cell(text, col) for col, text in enumerate(row)) for row in money))
    blocks: tuple[Block, ...] = (
        Paragraph("基本概述", number="一、"),
        *(Paragraph(s) for s in said),
        Paragraph("投资概算明细表"),
        table,
    )
    section = Section(0, "一、", "基本概述", 1, None, 0, 1, len(blocks), template=("1", "15.2"))
    plan = Document(PLAN, "docx", "a0" * 32, blocks)
    form = Document(FORM, "docx", "b1" * 32, (Paragraph("申报表"),))
    budget = Document("投资概算.xlsx", "xlsx", "c2" * 32, (Paragraph("投资概算明细表"), table))
    return (
        SubmittedDocument(plan, Kind.PLAN, (section,)),
        SubmittedDocument(form, Kind.FORM),
        SubmittedDocument(budget, Kind.BUDGET),
    )


def _findings(policy: Policy) -> tuple[Finding, ...]:
    first = next(iter(policy.clauses.values()), Clause("", ""))
    item = next((t for t in policy.template if t.mandatory and t.level > 1), policy.template[0])
    room = Finding(
        "NEG-1", Severity.BLOCKER, "新增机柜", "方案拟新增机柜两组，未见例外依据。",
        policy.clause_of("NEG-1") if policy.rules else first, (_at(_SENTENCES[1], 2),),
        "请说明能否使用公共机房。", document_kind="plan", amount_wan=3.0, target="机柜", measure="核减",
    )  # fmt: skip
    absent = Finding(
        f"SEC-{item.number}", Severity.WARNING, "必要内容待补充", f"方案未见“{item.title}”内容。",
        policy.clause_of("SEC") if policy.rules else first, (), f"请按模板补充“{item.title}”。",
        template=item.number, target=item.title,
    )  # fmt: skip
    total = Finding(
        "CON-TOTAL", Severity.WARNING, "总投资金额不一致", "总投资在方案为19.4万元，在申报表为20万元。",
        policy.clause_of("CON-TOTAL") if policy.rules else first, (_at("总投资19.4万元。", 1),), "请核实统一。",
    )  # fmt: skip
    near = Finding(
        "NEG-2B", Severity.WARNING, "与已有系统相近", "拟建功能“业务受理”与某区某中心“某某管理平台”的“事项受理”相近。",
        policy.clause_of("NEG-2B") if policy.rules else first, (_at(_SENTENCES[0], 1),),
        "请说明差异，或改为复用、对接已有系统。", target="某某管理平台", measure="复用",
    )  # fmt: skip
    return room, absent, total, near
