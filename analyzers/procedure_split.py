"""PRO-SPLIT 同一单位同批申报的相近项目。

检查什么
    批量审核时，同一申报单位有没有名称或内容相近的其他项目，合计金额是多少，合并后是否达到申报或专题会议的界限。

为什么
    第七条：5万元（含）以上须申报；第十一条：500万元（含）以上由专题会议研究。分开申报不应改变适用的程序。

示例
    报：同一街道同批报送“垃圾分类督导应用（一）”4.8万元、“垃圾分类督导应用（二）”4.6万元。
    不报：同一单位内容不同的项目；不同单位的相近项目（由重复建设规则判断）。

局限
    只在批量审核（chushen batch）时比较同批材料，只作提示；是否拆分由审核人员根据分别立项的理由判断。
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from analyzers.agreement import finding
from models.domain.finding import Finding, Severity
from models.facts import summary
from models.names import title_key
from models.text import bigrams
from models.units import Units

if TYPE_CHECKING:
    from analyzers.context import Context
    from models.domain.register import Candidate

RULES = ("PRO-SPLIT",)
_COVERED = 0.5  # share of the functions that both have
_NAMED = 0.6  # share of the shorter name's character pairs that both have


def check(context: Context) -> Iterator[Finding]:
    """Report other projects of the same unit in the same batch that would build nearly the same."""
    told = summary(context.submission.facts)
    units = Units.of(context.policy.data)
    near = [c for c in context.candidates if c.source == "intake" and _alike(c, told.title, told.unit, units)]
    if not near:
        return
    amounts = [told.total_wan, *(_total(c) for c in near)]
    known = [a for a in amounts if a is not None]
    names = "、".join(f"“{c.system.name}”" for c in near)
    partly = "" if len(known) == len(amounts) else "，未写明金额的未计"
    values = {"values": f"同批申报{len(near) + 1}个项目（另有{names}{partly}）", "amount": f"{sum(known):g}"}
    stated = context.submission.facts_of("title")[:1]
    found = finding(context, "PRO-SPLIT", Severity.NOTICE, values, [f.evidence for f in stated])
    yield replace(found, target="、".join(c.system.name for c in near), confidence=0.7)


def _alike(candidate: Candidate, title: str, unit: str, units: Units) -> bool:
    if not unit or not candidate.system.unit or not units.same(unit, candidate.system.unit):
        return False
    mine, other = bigrams(title_key(title)), bigrams(title_key(candidate.system.name))
    named = len(mine & other) / max(1, min(len(mine), len(other)))
    return candidate.coverage >= _COVERED or named >= _NAMED


def _total(candidate: Candidate) -> float | None:
    written = dict(candidate.system.extra).get("total_wan", "")
    return float(written) if written else None
