"""NEG-4 上一期未验收通过的续建项目。

检查什么
    续建、扩建、改建项目的上一期是否尚未终验：仍在整改、试运行、只通过初验、与本期合并验收、手续未办等；方案承接的本单位
    原系统（含曾用名）在台账中是否登记为在建或未验收。

为什么
    第八条（四）：上一期未验收通过的续建项目原则上不得建设。

示例
    报：一期仅通过初验，拟与二期合并验收。
    报：编制日期为2021年9月，方案称一期已于2021年12月通过终验。
    报：方案说在“街面通”基础上升级，台账登记该系统（现名“街面管理平台”）未终验，方案只字未提。
    报：方案称一期只通过初验，申报表“原有项目情况”填终验合格：两处一并列出。
    不报：一期已终验合格；他单位的平台尚未验收，与本项目没有承接关系。
    提示：扩建、改建、续建项目通篇未写上一期或原系统的验收情况。

局限
    只依据材料文字和台账登记；验收报告的真伪由人工核对。台账与方案说法不一的，列为警示。
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from analyzers.agreement import finding as worded
from analyzers.negative_list import plainly
from analyzers.predecessors import is_predecessor, naming, own_candidates
from models.domain.finding import Evidence, Finding, Severity
from models.domain.register import Candidate, System
from models.domain.submission import Kind
from models.likeness import load_decision
from models.names import title_key
from models.text import normalise, squash

if TYPE_CHECKING:
    from analyzers.context import Context

RULES = ("NEG-4",)

_NOT_PASSED = re.compile("未(?:通过)?(?:终|竣工)?验|未通过|不通过|不合格|试运行|整改|待验|待终验|仅?初验|未办")
_PASSED = re.compile("(?:已|均|通过)[^。；]{0,12}(?:终验|竣工验收|验收)|(?:终验|验收)(?:已)?(?:合格|通过)")
_DENIED = re.compile("未|没|尚|待|拟|将|计划")
_EARLIER = re.compile("原项目|一期|上期|上一期|前期|原系统|原平台|原有系统|现有系统|V1")
_ACCEPTED_ON = re.compile(
    r"(20\d\d)\s*年\s*(\d{1,2})\s*月[^。;；]{0,20}(?:终验|验收)|(?:终验|验收)[^。;；]{0,8}?(20\d\d)\s*年\s*(\d{1,2})\s*月"
)
_SCHEDULES = ("11", "12")  # where this project's own acceptance is planned
_CLAIMED = re.compile("已(?:经)?(?:通过|完成)?(?:了)?(?:项目|竣工|最终)?验收(?!前|时)")
_FIRST_STAGE = re.compile("初步验收|初验")
_FINAL = re.compile("终验|竣工验收|最终验收")
_AHEAD = re.compile("另行|待|尚|未|拟|将|计划|再行|之后|组织$")
_AFTERWARDS = re.compile("(?:终验|验收)(?:合格|通过)?(?:之?后|之?日起)|质保|保修|维保|免费")
_PLANNED = re.compile("计划|拟|预计|将|力争|争取|前完成|待|应当?于|安排")
_MADE_ON = re.compile(r"(?:编制|填报|申报|填表|编写)(?:日期|时间)\s*[:|]?\s*(20\d\d)\s*年\s*(\d{1,2})\s*月")
_GOES_ON = re.compile(r"(?:深化|延伸|升级|提升|优化|完善|拓展|扩展|迭代|改造|续建|扩建|二期|v?[23]\.\d)")
_NOT_ACCEPTED = re.compile(
    "(?:终验|验收)[^，。；]{0,4}(?:没有|没|未|不)(?:能)?(?:通过|完成|进行)|(?:未|没有|没)(?:能)?(?:通过)?(?:终验|竣工验收|验收)"
)
_REFUSED = re.compile(
    "(?:不同意|不予|未同意|未予)(?:项目)?通过[^，。；]{0,4}(?:终验|竣工验收|验收)|(?:终验|验收)[^，。；]{0,4}(?:不同意|不予)通过"
)
_SUPPOSED = re.compile("如果?|若|的[，,]|不得|应当?|须|逾期|待|方可|无关|没有关系|承接关系")
_NAME = 5  # characters of a name that tell a system from others
_FOLLOWS = frozenset({"扩建", "改建", "续建"})
_NO_ACCEPTANCE = re.compile("(?:上级|省|市)[^。]{0,10}(?:配发|下发)|租用|租赁|无需验收|不涉及验收")


def check(context: Context) -> Iterator[Finding]:
    """Report earlier phases that have not passed acceptance, by the text and by the register."""
    message = "此处表明上一期项目尚未通过验收，属第八条第（四）项所列情形，建议待验收通过后再行申报。"
    said = list(plainly(context, "NEG-4", Severity.BLOCKER, message))
    if said:
        yield _beside_form(context, said[0])
        yield from said[1:]
        return
    shown = [
        *_registered(context),
        *_named_alike(context),
        *_refused(context),
        *_before_it_was(context),
        *_first_stage_only(context),
    ]
    yield from shown
    if not shown:
        yield from _not_stated(context)


def _beside_form(context: Context, found: Finding) -> Finding:
    """Add the form's words to a finding where the form says that the earlier phase passed."""
    for field in context.submission.fields:
        words = normalise(f"{field.label}:{field.value}")
        if _EARLIER.search(words) and _PASSED.search(words) and not _DENIED.search(words):
            message = f"{found.message}申报表“{field.label}”一栏称已通过验收，与此不一致，请核实。"
            return replace(found, message=message, evidence=(*found.evidence, field.evidence))
    return found


def _registered(context: Context) -> Iterator[Finding]:
    """Predecessors that the register says have not passed acceptance."""
    least = load_decision().least if context.candidates else 1.0
    candidates = (*(c for c in context.candidates if c.source != "intake"), *own_candidates(context))
    for candidate in candidates:
        if _open(candidate.system) and (found := _of_register(context, candidate, least)):
            yield found


def _open(system: System) -> bool:
    """Say whether the register has the system as built but not accepted."""
    if system.acceptance:
        return bool(_NOT_PASSED.search(system.acceptance))
    return system.status == "在建"


def _of_register(context: Context, candidate: Candidate, least: float) -> Finding | None:
    system = candidate.system
    places = naming(context, system)
    texts = [p.text for p in places]
    if not places or not is_predecessor(context, candidate, texts, least):
        return None
    contradicted = any(_PASSED.search(t) and not _DENIED.search(t) for t in texts)
    registered = system.acceptance or system.status
    words = f"本期承接本单位“{system.name}”，台账登记其{'验收情况' if system.acceptance else '状态'}为“{registered}”"
    words += (
        "，与方案所述已通过验收不一致，请附终验报告核对。" if contradicted
        else "，方案未说明其已通过终验，属第八条第（四）项所列情形。"
    )  # fmt: skip
    severity = Severity.WARNING if contradicted else Severity.BLOCKER
    evidence = [p.evidence for p in places[:2]]
    return replace(_found(context, severity, words, evidence), target=system.name, confidence=0.8)


def _named_alike(context: Context) -> Iterator[Finding]:
    """A system the project goes on with by its name (… → …升级), said not to have passed acceptance (D7 中35)."""
    titles = [title_key(str(f.value)) for f in context.submission.facts_of("title") if f.value]
    names = {_GOES_ON.split(t, maxsplit=1)[0] for t in titles if _GOES_ON.search(t)}
    for passage in context.submission.passages:
        text = normalise(passage.text)
        if any(t.startswith(_SCHEDULES) for t in passage.template) or _SUPPOSED.search(text):
            continue
        if any(len(n) >= _NAME and n in squash(text) for n in names) and _NOT_ACCEPTED.search(text):
            message = "本项目名称显示其为该系统的后续建设，此处写明该系统尚未通过验收，属第八条第（四）项所列情形。"
            yield _found(context, Severity.BLOCKER, message, [passage.evidence])


def _refused(context: Context) -> Iterator[Finding]:
    """An attached opinion of the experts that the earlier phase's acceptance is not passed."""
    for passage in context.submission.passages:
        text = normalise(passage.text)
        if passage.document_kind is Kind.ATTACHMENT and _REFUSED.search(text) and _EARLIER.search(text):
            message = "所附验收意见为不同意通过，属第八条第（四）项所列情形，建议待验收通过后再行申报。"
            yield _found(context, Severity.BLOCKER, message, [passage.evidence])


def _before_it_was(context: Context) -> Iterator[Finding]:
    """An acceptance of the earlier phase that is dated after the paper itself cannot have been passed."""
    passages = [p for p in context.submission.passages if not any(t.startswith(_SCHEDULES) for t in p.template)]
    texts = [(normalise(p.text), p.evidence) for p in passages]
    texts += [(normalise(f"{f.label}:{f.value}"), f.evidence) for f in context.submission.fields]
    made = [(int(m[1]), int(m[2])) for text, _ in texts if (m := _MADE_ON.search(text))]
    if not made:
        return
    for text, evidence in texts:
        said, earlier = _ACCEPTED_ON.search(text), _EARLIER.search(text)
        if said is None or earlier is None or earlier.start() > said.start() or _PLANNED.search(text):
            continue  # whose acceptance it is stands before it
        if _AFTERWARDS.search(text[said.start() : said.end()]):
            continue  # how long the guarantee runs from there
        when = (int(said[1] or said[3]), int(said[2] or said[4]))
        if when > max(made):
            message = "此处所述上一期验收时间晚于材料的编制时间，请核实并附终验报告。"
            yield _found(context, Severity.WARNING, message, [evidence])


def _first_stage_only(context: Context) -> Iterator[Finding]:
    """An earlier phase said to be accepted, and an attachment that shows its first acceptance only (D7 中33)."""
    passages = context.submission.passages
    attached = [p for p in passages if p.document_kind is Kind.ATTACHMENT and _FIRST_STAGE.search(normalise(p.text))]
    final = any(_FINAL.search(p.text) and not _AHEAD.search(p.text) for p in passages)
    fields = [(f"{f.label}:{f.value}", f.evidence) for f in context.submission.fields]
    plan = [(p.text, p.evidence) for p in passages if p.document_kind is Kind.PLAN]
    claims = [e for t, e in (*plan, *fields) if _CLAIMED.search(normalise(t)) and _EARLIER.search(t)]
    if attached and claims and not final:
        message = "此处称上一期已验收，所附材料为初验（初步验收）报告，未见终验结论，请附终验报告。"
        yield _found(context, Severity.WARNING, message, [claims[0], attached[0].evidence])


def _not_stated(context: Context) -> Iterator[Finding]:
    """A project that follows an earlier one and says nowhere whether that one passed acceptance: a notice."""
    facts = [f for f in context.submission.facts_of("nature") if f.value in _FOLLOWS]
    plan = [p.text for p in context.submission.passages if p.document_kind is Kind.PLAN]
    about = [t for t in plan if _EARLIER.search(t)]
    if not facts or any("验" in t or _NO_ACCEPTANCE.search(t) for t in about):
        return
    if any(re.search("(?:终|竣工)验收?(?:报告|意见|结论)|已通过[^。]{0,8}验收", t) for t in plan):
        return
    message = f"项目性质为{facts[0].value}，材料未说明上一期（原系统）是否已通过终验，请附终验报告。"
    yield _found(context, Severity.NOTICE, message, [facts[0].evidence])


def _found(context: Context, severity: Severity, message: str, evidence: Sequence[Evidence]) -> Finding:
    """Make a finding; where acceptance belongs in the template is 项目性质 (1.2)."""
    return worded(context, "NEG-4", severity, {"message": message, "template": "1.2"}, list(evidence))
