"""What one sentence of a plan states of a fact: an amount with its scope, a nature, a protection level, a start."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from models.periods import Period, period
from models.quantities import Money, money_wan
from models.text import normalise

_CLAUSE = re.compile(r"[,。;!?\n|]")
_WHOLE = re.compile(
    r"(?:总投资|投资总额|投资总计|总概算|概算总额|概算总投资|投资概算|概算投资|投资估算|总金额|总经费|总预算|总费用|资金总额|投资规模"
    r"|项目(?:建设)?(?:投资|概算|预算|经费|资金))[^,。;\d]{0,10}$"
)
_SUM = re.compile(r"^(?:[两三二四]项|[两三]者|以上|上述|各项|资金)*(?:合计|共计|总计)(?:为|约|人民币)*$")
_NEEDED = re.compile(
    r"^(?:本|该)?(?:项目|次|期)?(?:建设)?(?:所需|共需|总共需|需要?投入)(?:资金|经费|投资|费用)?(?:总额|共|约|为|计|人民币)*$"
)
_OTHER_CLAUSE = re.compile(
    r"其中|财政|自筹|自有|补助|运维|运行维护|维护|每年|年均|年度|本年|当年|首年|合同|中标|结算|决算|软件|硬件|设备|系统集成|超过|不足|大于|小于|低于"
    r"|达到|节约|节省|20\d\d年"
)
_ORIGINAL = re.compile(r"原(?:有)?(?:系统|项目|平台|应用|投资)|一期|上一期|上期|前期|前一期|此前|已建|过去")
_OWN = re.compile(r"本项目|本期|本次|本工程|该项目|拟建")
_BEYOND = re.compile(r"\s*(?:以上|以下|以内|[(]含|及以上|的项目|级别)")
_RESTATED = re.compile(r"^\s*[(](?:即|折合|人民币|大写|:|\s)*$")

_LABELLED = re.compile(r"\s*([^,。;(]{2,14})\((?:人民币)?(亿元|万元|元)\)\s*[:|]\s*(?=\d)")

_CUE = re.compile(
    r"(?<!开发)(?<!试运行)(?<!培训)(?<!采购)(?<!质保)(?<!运维)(?<!更新)(?<!归集)(?<!生命)(?<!维护)(?<!服务)(?<!保存)"
    r"(?:周期|工期|建设期(?!望)|起止时间|起止年月|实施期|建设时间|实施时间|项目期)"
)
_NOT_BUILDING = re.compile(r"原(?:有)?(?:系统|项目|平台)|一期|上期|前期|质保|运维|维护期|服务期|授权期|租赁")

_LEVELS = {"一": 1, "二": 2, "三": 3, "四": 4, "1": 1, "2": 2, "3": 3, "4": 4}
_LEVEL = re.compile(
    r"(?:等级保护|等保|安全保护等级|保护等级|安全等级|定级为?|定为|级别为?|按(?:照)?)[^,。;\d一二三四级分]{0,10}第?([一二三四1-4])级"
    r"(?!联|医|单位|部门|平台|目录|响应|处置|处理|事件|预警|告警|故障|缺陷|审批|审核|派单|网格|管理|巡查|机构)"
    r"|第?([一二三四1-4])级(?:的)?(?:网络安全)?(?:等保|等级保护|安全保护|保护对象|保护要求|保护)"
)
_LEVEL_ELSEWHERE = re.compile(
    r"政务云|云平台|机房|原(?:有)?(?:系统|项目)|一期|已通过|已完成|已按|测评通过|现有|由.?第?[一二三四]级|如|若"
)


@dataclass(frozen=True, slots=True)
class Amount:
    """An amount of a sentence with what it stands for: 总投资, 原项目, or a source of funding."""

    money: Money
    scope: str


def _clause_before(plain: str, at: int) -> str:
    """Return the words between the last break of clause and a place, blanks left out."""
    start = max((m.end() for m in _CLAUSE.finditer(plain, 0, at)), default=0)
    return re.sub(r"\s+", "", plain[start:at])


def totals(sentence: str, *, loose: bool = False, first_phase: bool = False) -> list[Amount]:
    """Return the amounts a sentence gives as a total investment, with scope 总投资 or 原项目.

    Yearly, fiscal, running and contract amounts are left out: other scopes are no disagreement. `loose` also takes
    a bare 合计/所需 (sections about money only); `first_phase`: the project itself is a 一期.
    """
    plain = normalise(sentence)
    labelled = _LABELLED.match(plain)
    if labelled and _is_whole(_clause_before(plain, labelled.end(1)), plain, loose=False):
        amounts = money_wan(sentence[labelled.end() :], labelled[2])
        return [Amount(amounts[0], "总投资")] if amounts else []
    out: list[Amount] = []
    last: Money | None = None
    for money in money_wan(sentence):
        restated = last is not None and bool(_RESTATED.match(plain[last.end : money.start]))
        if restated and out and out[-1].money is last:
            out.append(Amount(money, out[-1].scope))
            continue
        last = money
        clause = _clause_before(plain, money.start)
        if money.low is not None or _BEYOND.match(plain[money.end :]) or not _is_whole(clause, plain, loose=loose):
            continue
        original = [m.end() for m in _ORIGINAL.finditer(plain, 0, money.start) if not (first_phase and "一期" in m[0])]
        own = [m.end() for m in _OWN.finditer(plain, 0, money.start)]
        scope = "原项目" if original and max(original) > max(own, default=-1) else "总投资"
        out.append(Amount(money, scope))
    return out


def _is_whole(clause: str, plain: str, *, loose: bool) -> bool:
    """Say whether the words before an amount call it the whole."""
    if _OTHER_CLAUSE.search(clause):
        return False
    if _WHOLE.search(clause):
        return True
    if not loose or re.search(r"软件|硬件|运维|维护|每年", plain):
        return False
    return bool(_SUM.match(clause) or _NEEDED.match(clause))


_SOURCES = (
    ("上级补助", re.compile(r"上级|省级|市级|中央|补助|奖补|转移支付")),
    ("自筹", re.compile(r"自筹|自有|集团(?:出资|承担)|单位承担|企业(?:承担|出资)|社会资本|捐赠")),
    ("财政", re.compile(r"财政|财力|预算内|区级资金|专项资金|街道资金|街道财")),
)


_GIVER = re.compile(r"(?:总会|协会|基金会|联合会|集团|公司|银行|商会)(?:出资|承担|资助|资金)?$")


def sources(sentence: str) -> list[Amount]:
    """Return the parts of the funding a sentence lists, source as scope; brackets left out."""
    plain = normalise(sentence)
    inside = [m.span() for m in re.finditer(r"[(][^()]*[)]", plain)]
    out: list[Amount] = []
    for money in money_wan(sentence):
        if any(a < money.start < b for a, b in inside) or money.low is not None:
            continue
        clause = re.split(r"[、和及]", _clause_before(plain, money.start))[-1]
        if re.search(r"总投资|合计|共计|总计|每年|运维|20\d\d年", clause):
            continue
        scope = next(
            (name for name, rule in _SOURCES if rule.search(clause)), "其他来源" if _GIVER.search(clause) else ""
        )
        if scope:
            out.append(Amount(money, scope))
    return out


_SCOPES = (
    ("合同价", re.compile(r"合同(?:价款?|金额|总价|额)|中标(?:价|金额)")),
    ("预算控制数", re.compile(r"(?:预算)?控制(?:数|价)|最高限价")),
    ("运维", re.compile(r"运维|运行维护|维护费")),
    ("分年度", re.compile(r"(?:本年度?|当年|首年|20\d\d年度?)(?:计划|拟|先|应)?(?:安排|申请|投资|支付|预算|资金)")),
    ("申请财政资金", re.compile(r"申请(?:区|市|省)?级?(?:本级)?财政(?:性)?(?:专项)?(?:资金|投资|拨款)")),
)


def scoped(sentence: str) -> list[Amount]:
    """Return the amounts of a sentence that are not the whole, with what they are as scope (分年度, 合同价 …)."""
    plain = normalise(sentence)
    out: list[Amount] = []
    for money in money_wan(sentence):
        clause = re.split(r"[、和及]", _clause_before(plain, money.start))[-1]
        scope = next((name for name, rule in _SCOPES if rule.search(clause)), "")
        if scope and money.low is None and not _BEYOND.match(plain[money.end :]):
            out.append(Amount(money, scope))
    return out


_NO_SOURCE = re.compile(
    r"(?:不|无|未|没有|非)(?:再|另行|需要?|涉及|申请|使用|占用|安排|向|列支|含|存在)*[^,。;]{0,12}"
    r"(?:财政|自筹|自有|补助|专项|资金)[^,。;]*"
)
_FUNDS = re.compile(r"资金|经费|来源|安排|承担|投资|拨款|财力|自筹|补助|预算|列支")


def source_kinds(text: str) -> list[str]:
    """Return the kinds of sources (上级补助, 自筹, 财政) that a text on funding names; denied ones are left out."""
    plain = _NO_SOURCE.sub("", re.sub(r"\s+", "", normalise(text)))
    named = [c for c in re.split(r"[,;。、:和及+]", plain) if c]
    out: list[str] = []
    for clause in named:
        if re.search(r"运维|维护|备案|原(?:系统|项目)|一期", clause) or not _FUNDS.search(clause):
            continue
        out.extend(name for name, rule in _SOURCES if rule.search(clause))
    return list(dict.fromkeys(out))


def building_period(sentence: str, *, titled: bool = False) -> Period | None:
    """Return the building period a sentence states; without a cue such as 周期 only where its heading asks for it."""
    plain = normalise(sentence)
    cue = _CUE.search(plain)
    if cue:
        return period(sentence[cue.start() :]) or period(sentence)
    if titled and not _NOT_BUILDING.search(plain):
        return period(sentence)
    return None


def nature(text: str, natures: Mapping[str, tuple[str, ...]], *, whole: bool = False) -> str:
    """Return the one nature (新建 扩建 改建 续建 运维) a text states, "" where it names none or leaves it open.

    `whole`: the text is a form's value and nothing else; otherwise it must state it (本项目属于…).
    """
    plain = re.sub(r"\s+", "", normalise(text))
    words = {word: name for name, aliases in natures.items() for word in (name, *aliases)}
    longest_first = "|".join(re.escape(w) for w in sorted(words, key=lambda w: (-len(w), w)))
    if not longest_first:
        return ""
    if whole:
        found = {words[m[0]] for m in re.finditer(longest_first, re.sub(r"[(][^()]*[)]", "", plain))}
        return found.pop() if len(found) == 1 else ""
    stated = re.search(
        rf"^(?:\d+[.、])?[\"(]?(?P<a>{longest_first})(?:类|型)?(?:项目|工程)?(?=[\").,;。、:(]|$)"
        rf"|(?:性质|类型|类别)(?:是|为|属于?|:)+\"?(?P<b>{longest_first})"
        rf"|(?<!不)(?<!非)属于?\"?(?P<c>{longest_first})"
        rf"|(?:(?:本|该)?项目|,)(?:为|是)\"?(?P<d>{longest_first})(?:类|性质)?(?:项目|工程|[,。;])",
        plain,
    )
    if not stated:
        return ""
    hit = next(g for g in stated.groups() if g)
    rest = plain[stated.end() :]
    several = re.match(rf"(?:项目)?[、和与及/或]+(?:{longest_first})", rest)
    return "" if several else words[hit]


def protection_levels(sentence: str) -> set[int]:
    """Return the 等保 levels a sentence claims for the project itself; empty where it speaks of other systems."""
    plain = re.sub(r"\s+", "", normalise(sentence))
    if _LEVEL_ELSEWHERE.search(plain):
        return set()
    return {_LEVELS[m[1] or m[2]] for m in _LEVEL.finditer(plain)}


def level_of_field(value: str) -> int | None:
    """Return the one level a form's 等保等级 names, None where it names none or several."""
    plain = normalise(value)
    found = {_LEVELS[m] for m in re.findall(r"(?<![A-Za-z])([一二三四1-4])\s*级", plain)}
    if not found:
        alone = re.fullmatch(r"\s*(?:等保|第)?\s*([一二三四1-4])\s*(?:[(].*)?", plain)
        found = {_LEVELS[alone[1]]} if alone else set()
    return found.pop() if len(found) == 1 else None


_DONE = re.compile(
    r"已(?:经)?(?:于|在)?(?:20\d\d年)?(?:\d{1,2}月)?(?:\d{1,2}日)?(?:先行|提前|自行|正式|顺利|全面|基本)?(?:完成|进行|启动|组织)?(?:了)?"
    r"(?:公开|政府|项目|全部|主体)?(?P<act>招标|采购|中标|签订(?:了)?.{0,6}(?:合同|协议)|签约|开工|动工|进场(?:施工|实施|开发)|上线|建成|投入使用|投入运行"
    r"|开发完成|完成.{0,4}开发|试运行)"
)
_NOT_STARTED = re.compile(
    r"原(?:有)?(?:系统|项目|平台)|一期|上期|前期|省级|市级|省厅|市局|统建|尚未|未|如|若|待|后|前|将|拟|其他|兄弟|试点|现有|省|市|国家|参考|案例|其已|依托|调用|对接|利用|基于|沿用|复用|接口"
)


def started(sentence: str) -> bool:
    """Say whether a sentence tells that this project itself is under way already (招标, 合同, 开工, 上线)."""
    plain = re.sub(r"\s+", "", normalise(sentence))
    for clause in _own_clauses(plain):
        if _DONE.search(clause) and not _NOT_STARTED.search(re.sub(r"目前|此前|提前|之前", "", clause)):
            return True
    return False


def _own_clauses(plain: str) -> Iterator[str]:
    """Yield clauses whose subject is this project."""
    own = False
    for clause in re.split(r"[,;。]", plain):
        own = bool(re.match(r"(?:目前|截至.{0,12})?(?:本|该)(?:项目|系统|平台|应用|工程)", clause)) or (
            own and clause.startswith(("目前", "已", "并", "且"))
        )
        if own:
            yield clause
