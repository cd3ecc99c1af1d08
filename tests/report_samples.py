"""A hand-made report that says a little of everything, with hostile text in it."""

from __future__ import annotations

from models.domain.document import Document, Paragraph
from models.domain.finding import Clause, Evidence, Finding, Severity
from models.domain.outline import Section
from models.domain.report import (
    CompletenessRow,
    Conclusion,
    Dimension,
    Duplicate,
    Engine,
    Measure,
    NotChecked,
    Pair,
    PolicyStamp,
    Report,
    Routing,
    Summary,
)
from models.domain.submission import Fact, Function, Kind, SubmittedDocument

HOSTILE = "<script>alert(1)</script>{{ 7*7 }}\x07[red]=cmd|' /C calc'!A0"
PLAN = "建设方案.docx"


def evidence(quote: str = "拟在三楼新建机房一处。", **place: int) -> Evidence:
    return Evidence(PLAN, quote, **{"section": 1, "paragraph": 2, **place})


def room_finding() -> Finding:
    return Finding(
        rule="NEG-1",
        severity=Severity.BLOCKER,
        title="新建机房",
        message="拟新建机房一处，属第八条第（一）项所列情形。",
        clause=Clause("第八条（一）", "新建或扩建机房、云平台、实体数据中心。"),
        evidence=(evidence(),),
        suggestion="请说明能否使用政务云。",
        confidence=0.93456,
        template="5.1",
        document_kind="plan",
        amount_wan=40.1 + 0.2,
    )


def sample_report() -> Report:
    document = Document(
        PLAN, "docx", "ab" * 32, (Paragraph("一、概述"), Paragraph("（一）名称"), Paragraph("拟在三楼新建机房一处。"))
    )
    sections = (
        Section(0, "一、", "概述", 1, None, 0, 1, 1, template=("1",)),
        Section(1, "（一）", "名称", 2, 0, 1, 2, 3, template=("1.1",)),
    )
    absence = Finding(
        "SEC-1.6",
        Severity.WARNING,
        "缺少总投资",
        "未见“总投资金额及来源”内容。",
        Clause("建设方案模板", ""),
        template="1.6",
    )
    return Report(
        policy=PolicyStamp("gongshu-2021", "管理暂行办法", "1", "cd" * 32),
        engine=Engine("0.1.0", "e5", 120, "ef" * 32),
        not_checked=(NotChecked("附件3 报价单.pdf", "第2页无法识别", ("CON-SUM",)),),
        submission=Summary("新申报", HOSTILE, "区某局", "新建", "数字社会", 186.50000000001, "2022年1月至2022年10月"),
        facts=(
            Fact("total_wan", 186.5, "1865000元", "总投资", evidence("总投资1865000元。")),
            Fact("total_wan", 190.0, "190万元", "总投资", evidence("总投资190万元。")),
            Fact("users", 5000.0, "5000人", "", evidence("用户5000人。")),
        ),
        documents=(SubmittedDocument(document, Kind.PLAN, sections),),
        completeness=(
            CompletenessRow("1", "基本概述", True, "present", PLAN, 0),
            CompletenessRow("1.1", "项目名称", True, "present", PLAN, 1),
            CompletenessRow("1.6", "总投资金额及来源", True, "missing"),
        ),
        findings=(room_finding(), absence),
        duplicates=(
            Duplicate(
                "S017", "菜篮子平台", "区商务局", "corpus", 0.91234, "overlap", "other_unit", 0.5,
                (Pair("摊位管理", "摊位档案", 0.88, "semantic"),), "两项功能相近。",
            ),
        ),
        routing=Routing("区发改经信局", "书面请示领导小组", ("第四条", "第十一条")),
        dimensions=(Dimension("必要性", "现状不足。", (evidence(),), ("不建会怎样？",)),),
        conclusion=Conclusion(
            "建议补正后再审",
            ("缺少总投资（第八条（一））。",),
            (Measure("核减", "机房", 40.3, "建议核减“机房”（40.3万元）。", (room_finding().id,)),),
        ),
        functions=(Function("摊位管理", "摊位管理：建档", evidence("摊位管理：建档")),),
    )  # fmt: skip
