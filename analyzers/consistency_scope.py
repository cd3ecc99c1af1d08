"""建设内容与概算能否对应（CON-SCOPE）。

检查什么：
建设内容清单（1.5）列出的内容在概算表中有没有对应的行；概算表的明细在方案正文中有没有提到；同一设备的数量是否相同。

为什么：
联合评审按建设内容逐项审核概算（第十条）；有内容无概算、有概算无内容都难以评审。

示例：
概算表列“全景展示大屏”30万元，方案正文各章均未提到大屏，提示对应不上。

局限：
按字面相近程度判断，常见的同义写法（kVA与千伏安、UPS与不间断电源等）视为相同，其他换了说法的内容可能误提，因此只作提示。测评、测试、集成、培训、接口等通用费用不核对。
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from analyzers.agreement import finding
from analyzers.context import Context
from models.domain.finding import Finding, Severity
from models.domain.submission import BudgetLine, Kind, LineKind, Passage, PassageKind
from models.text import bigrams, bracketless, normalise
from models.wording import SameWords

RULES = ("CON-SCOPE",)
_GENERAL = re.compile(
    r"测评|评测|测试|检测|密码|等保|集成|监理|设计|咨询|培训|实施|部署|归集|接口|对接|运维|维护|安全|其他|税|预备费|不可预见|管理费|招标|代理|审计|验收|云资源"
    r"|租赁|租用|流量|通信费|迁移|初始化|割接|许可|授权|数据治理|服务费|人工|差旅|割接"
)
_PLAIN_WORDS = re.compile(
    r"应用系统|子系统|系统|平台|模块|功能|建设|开发|软件|硬件|服务|设备|项目|采购|升级|改造|费用?$"
)
_HEAD = re.compile(r"(?:^|\| )\s*(?:序号|名称|内容|建设内容|类别|分类|备注|说明)\s*(?:\||$)")
_MENTIONED = 0.5  # share of a name's character pairs that one sentence or row holds
_FAR = 0.2
_SHOWN = 3
_PIECES = "台套个部块路辆只枚"


def check(context: Context) -> Iterator[Finding]:
    """Compare the list of contents with the budget both ways."""
    plan = context.submission.plan
    lines = [
        x
        for b in context.submission.budgets
        if b.scope in {"总投资", "分项"}
        for x in b.lines
        if x.kind is LineKind.ITEM
    ]
    if plan is None or len(lines) < 3:
        return
    same = SameWords((context.policy.data or {}).get("same_words", ()))
    told = [p for p in context.submission.passages if p.document_kind is Kind.PLAN and not _money(p)]
    if len(told) < 20:
        return
    without_text = _unmentioned(lines, told, same)
    without_money = _unfunded(lines, told, same)
    if without_text and len(without_text) * 2 <= len(lines):
        names = "、".join(f"“{x.name}”" for x in without_text[:_SHOWN])
        values = {"values": f"概算表所列{names}在方案正文中未找到对应的建设内容", "template": "15.2"}
        yield finding(context, "CON-SCOPE", Severity.NOTICE, values, [x.evidence for x in without_text])
    if without_money:
        names = "、".join(f"“{p.text[:30]}”" for p in without_money[:_SHOWN])
        values = {"values": f"建设内容{names}在概算表中未找到对应的明细", "template": "1.5"}
        yield finding(context, "CON-SCOPE", Severity.NOTICE, values, [p.evidence for p in without_money])
    yield from _numbers(context, lines, told)


def _numbers(context: Context, lines: list[BudgetLine], told: list[Passage]) -> Iterator[Finding]:
    """Report equipment of which the list of contents names another number, in the same unit, than the budget."""
    listed = [p for p in told if "1.5" in p.template]
    apart: list[tuple[str, Passage, BudgetLine]] = []
    for line in lines:
        pieces = re.search(rf"(?<![\d.]){line.quantity or 0:g}\s*([{_PIECES}])", normalise(line.evidence.quote))
        if not pieces or len(line.name) < 4:
            continue
        place = re.compile(rf"{re.escape(normalise(line.name).strip())}[^,。;、\d]{{0,4}}?(\d+)\s*{pieces[1]}")
        found: dict[float, Passage] = {}
        for passage in listed:
            for m in place.finditer(normalise(passage.text)):
                found.setdefault(float(m[1]), passage)
        if len(found) == 1 and line.quantity not in found:
            count, passage = next(iter(found.items()))
            apart.append(
                (f"“{line.name}”建设内容为{count:g}{pieces[1]}，概算表为{line.quantity:g}{pieces[1]}", passage, line)
            )
    if apart:
        values = {"values": "；".join(words for words, _, _ in apart[:_SHOWN]), "template": "1.5"}
        places = [e for _, passage, line in apart for e in (passage.evidence, line.evidence)]
        yield finding(context, "CON-SCOPE", Severity.NOTICE, values, places)


def _money(passage: Passage) -> bool:
    """Say whether a passage stands in the budget chapter or its appendix."""
    return any(t.split(".")[0] in {"15", "16"} for t in passage.template)


def _core(name: str, same: SameWords) -> frozenset[str]:
    """Return the character pairs of what is particular about a name."""
    plain = same.canonical(bracketless(name))
    return bigrams(_PLAIN_WORDS.sub("", plain)) or bigrams(plain)


def _unmentioned(lines: list[BudgetLine], told: list[Passage], same: SameWords) -> list[BudgetLine]:
    """Return the budget lines no sentence, row or heading of the plan speaks of."""
    texts = [bigrams(same.canonical(p.text)) for p in told]
    out = []
    for line in lines:
        core = _core(line.name, same)
        if _GENERAL.search(line.name) or len(core) < 2:
            continue
        if max(len(core & text) for text in texts) < _MENTIONED * len(core):
            out.append(line)
    return out


def _unfunded(lines: list[BudgetLine], told: list[Passage], same: SameWords) -> list[Passage]:
    """Return the rows and numbered items of the list of contents that come near no budget line."""
    listed = [
        p
        for p in told
        if "1.5" in p.template and (p.kind is PassageKind.ROW or re.match(r"\s*[（(]?\d{1,2}[)）.、]", p.text))
    ]
    listed = [p for p in listed if p.evidence.row != 0 and not _HEAD.search(p.text) and not _GENERAL.search(p.text)]
    if len(listed) < 3:
        return []
    cores = [_core(x.name, same) for x in lines]
    cores += [bigrams(same.canonical(x.category)) for x in lines if x.category]
    out = []
    for passage in listed:
        own = _core(passage.text, same)
        near = max(len(c & own) / max(1, min(len(c), len(own))) for c in cores)
        if near < _FAR:
            out.append(passage)
    return out if len(out) * 2 <= len(listed) else []
