"""What the review has checked and with what result, for those who need not check it again."""

from __future__ import annotations

from api.papers.money import reckoned
from api.papers.places import formal
from models.domain.finding import Finding
from models.domain.policy import Policy
from models.domain.report import CompletenessRow, Report

_LACKING = frozenset({"missing", "empty", "placeholder", "thin"})
_SUMS = ("CON-TOTAL", "CON-SUM", "CON-FUNDING")
_NAMES = ("CON-NAME", "CON-UNIT", "CON-NATURE", "CON-PERIOD")
_ASKED = "，请一并核对"


def checked(report: Report, policy: Policy) -> str:
    """Return a sentence for each: whether the material is complete, the sums are right, the names agree."""
    return _complete(report) + _sums(report, policy) + _names(report)


def mandatory(report: Report) -> list[CompletenessRow]:
    """Return the template's mandatory items, without the headings above them."""
    inside = {row.template.rpartition(".")[0] for row in report.completeness}
    return [row for row in report.completeness if row.mandatory and row.template not in inside]


def _complete(report: Report) -> str:
    rows = mandatory(report)
    if not rows:
        return f"材料完整性：本次未核对{_ASKED}。"
    lacking, unclear = (sum(r.status in some for r in rows) for some in (_LACKING, {"unclear"}))
    told = [f"{lacking}项待补充"] if lacking else []
    told += [f"{unclear}项未能核实{_ASKED}"] if unclear else []
    return f"材料完整性：模板{len(rows)}项必要内容" + ("中" + "，".join(told) if told else "均已提供") + "。"


def _sums(report: Report, policy: Policy) -> str:
    told = _found(report, _SUMS)
    stated = [f for f in report.facts if f.key == "total_wan" and f.scope == "总投资"]
    if len(stated) > 1 and not _of(report, ("CON-TOTAL",)) and not _missed(report, ("CON-TOTAL",)):
        told.append("各处总投资一致")
    if not _of(report, ("CON-SUM",)) and not _missed(report, ("CON-SUM",)):
        sums = reckoned(report, policy)
        told.append(f"概算明细的{'、'.join(sums)}相符" if sums else f"未见可供复核的概算明细{_ASKED}")
    return f"数字勾稽：{'；'.join([*told, *_unsure(report, _SUMS)])}。"


def _names(report: Report) -> str:
    told = [*_found(report, _NAMES), *_unsure(report, _NAMES)]
    return f"名称、单位、性质、周期：{'；'.join(told) or '未见不一致'}。"


def _of(report: Report, rules: tuple[str, ...]) -> list[Finding]:
    return [f for f in report.findings if f.rule in rules]


def _found(report: Report, rules: tuple[str, ...]) -> list[str]:
    titles = dict.fromkeys(formal(f.title) for f in _of(report, rules))
    return [f"{'、'.join(titles)}，已请申报单位核实"] if titles else []


def _missed(report: Report, rules: tuple[str, ...]) -> bool:
    return any(rule in rules for line in report.not_checked for rule in line.rules)


def _unsure(report: Report, rules: tuple[str, ...]) -> list[str]:
    return [f"部分未能核实{_ASKED}"] if _missed(report, rules) else []
