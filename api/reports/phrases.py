"""Words that every readable report shares: severities, statuses, places, amounts."""

from __future__ import annotations

from collections.abc import Mapping

from models.domain.finding import Evidence, Severity
from models.domain.outline import Section
from models.domain.report import Report
from models.domain.submission import Kind

SEVERITIES: Mapping[Severity, str] = {
    Severity.BLOCKER: "必须解决",
    Severity.WARNING: "需要处理",
    Severity.NOTICE: "提请注意",
}
STATUSES: Mapping[str, str] = {
    "present": "已提供",
    "merged": "并入他处",
    "thin": "内容不足",
    "missing": "缺少",
    "empty": "有题无文",
    "placeholder": "未填写",
    "unclear": "待核实",
    "not_applicable": "不适用",
}
VERDICTS: Mapping[str, str] = {"duplicate": "主要功能相近", "overlap": "部分功能相近", "related": "有关联"}
RELATIONS: Mapping[str, str] = {
    "own_predecessor": "本单位原有系统",
    "other_unit": "其他单位系统",
    "shared_capability": "公共能力",
    "higher_level": "上级系统",
    "same_intake": "同批申报项目",
}
FEATURES: Mapping[str, str] = {  # those of `models.likeness.FEATURES` a person can judge by, in this order
    "whole": "整体用途",
    "near": "拟建功能有对应",
    "near_back": "对方功能有对应",
    "assigned": "逐项功能",
    "names": "名称",
    "words_both": "用词",
}
_SHARES = frozenset({"near", "near_back"})
KINDS: Mapping[Kind, str] = {
    Kind.PLAN: "建设方案",
    Kind.FORM: "申报表",
    Kind.BUDGET: "投资概算",
    Kind.ATTACHMENT: "其他附件",
}
FACTS: Mapping[str, str] = {
    "title": "项目名称",
    "unit": "申报单位",
    "builder": "建设单位",
    "nature": "项目性质",
    "domain": "数字化改革领域",
    "total_wan": "投资金额",
    "period": "建设周期",
    "funding": "资金来源",
    "protection": "等保级别",
    "users": "用户数",
    "secret": "是否涉密",
    "started": "项目进展",
    "acceptance": "上期验收",
}


def feature(name: str, value: float) -> str:
    """Return a feature's value for reading: a share as per cent, a likeness with two digits."""
    return f"{value:.0%}" if name in _SHARES else f"{value:.2f}"


def wan(amount: float | None) -> str:
    """Return an amount as people write it, without the unit; "—" where there is none."""
    if amount is None:
        return "—"
    text = f"{amount:.6f}".rstrip("0").rstrip(".")
    return text or "0"


def fact_value(key: str, value: str | float | None) -> str:
    """Return a fact's value for reading."""
    if value is None:
        return "—"
    if isinstance(value, str):
        return value
    return f"{wan(value)}万元" if key in {"total_wan", "funding"} else wan(value)


def sections_of(report: Report) -> dict[str, tuple[Section, ...]]:
    """Return each document's outline by its name."""
    return {d.document.name: d.sections for d in report.documents}


def place(evidence: Evidence, sections: Mapping[str, tuple[Section, ...]]) -> str:
    """Say where a quote stands: file, section as a reader sees it, page, paragraph or table row."""
    parts = [evidence.document]
    outline = sections.get(evidence.document, ())
    if evidence.section is not None and evidence.section < len(outline):
        section = outline[evidence.section]
        parts.append(f"{section.number}{section.title}")
    if evidence.page is not None:
        parts.append(f"第{evidence.page}页")
    if evidence.table is not None and evidence.row is not None:
        parts.append(f"表{evidence.table + 1}第{evidence.row + 1}行")
    elif evidence.paragraph is not None and evidence.page is None:
        parts.append(f"第{evidence.paragraph + 1}段")
    return " · ".join(parts)
