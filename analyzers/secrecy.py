"""项目或材料是否涉及国家秘密（PRO-SECRET）。

检查什么：
申报表“是否涉密”“密级”的填写；方案和附件中是否写到项目将存储、处理、登记、流转国家秘密，或随附材料已定密，或建设涉密网络、保密机房。

为什么：
涉密的信息化项目按照保密有关规定执行（第六条），不得通过本渠道报送和审核。

示例：
“该名单定为机密级，随本方案一并报送”“按秘密级管理的行程由本系统登记”，即停止审核。

局限：
“不涉密”“不存储国家秘密”，商业秘密、工作秘密，保密协议和保密承诺，涉密集成资质，密码与“机密性”，法律和文件名称，
误传处置等假设情形，密级识别功能，都不作涉密认定；“内部”“敏感”等说法不作判断。文件自身的密级标志在读取时另行检查。
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from analyzers.agreement import finding
from analyzers.context import Context
from models.choices import resolved
from models.domain.finding import Evidence, Finding, Severity
from models.domain.submission import PassageKind
from models.text import normalise

RULES = ("PRO-SECRET",)

_NO = re.compile(r"不|非|否|无|未|没有|公开|^[/\-—]*$")
_YES = re.compile(r"^(?:是|涉密|部分涉密|属于|有)|秘密|机密|绝密|[★☆]")
_TICKED = re.compile(r"[☑√■✓✔]\s*(?:是|涉密|部分涉密|秘密|机密|绝密)")
_TICKED_NO = re.compile(r"[☑√■✓✔]\s*(?:否|不涉密|非涉密|无)")
_ROW_YES = re.compile(
    r"(?:是否涉密|是否为?涉密项目|涉密情况)[|:]?(?:是|涉密|部分涉密|[☑√■✓✔](?:是|涉密|部分涉密))(?:$|[|,;☐□(])"
)

_LEVEL = r"(?:秘密|机密|绝密)"
_OLD_FORMS = str.maketrans("機絕祕", "机绝秘")
_NAMED = re.compile(
    rf"{_LEVEL}级|(?:定|列|标|评|确定|认定|划)(?:密)?为[“\"'「]?{_LEVEL}|密级(?:为|是|:|确定为|定为)[“\"'「]?{_LEVEL}"
    rf"|属于?(?:国家)?{_LEVEL}(?!性)|{_LEVEL}(?:文件|件|公文|载体|资料|材料)|已?(?:被)?定密|国家秘密|(?<!非)涉密|(?<!非)保密(?:机房|网|专网)"
)
_MARK = re.compile(  # the mark itself, as it stands on a paper
    rf"{_LEVEL}[★☆*＊]|(?:印|盖|标|注|写|显示|呈)(?:有|着|明|示|注|为|密级)*[^,。;]{{0,4}}[“\"'「]{_LEVEL}[”\"'」]"
    rf"|[“\"'「]{_LEVEL}[”\"'」](?:字样|二字|章|标识|标志)|[(【\[]{_LEVEL}[)】\]]|密级章:?{_LEVEL}|密级[:为]{_LEVEL}(?=$|[,;。(保])"
)
_NO_MARK = re.compile(
    r"如|若|一旦|假如|误|疑似|识别|功能|检测|检查|查出|扫描发现|解密|降密|脱密|公布|不接收|不收|拒|退回|删除|撤下|演练|模拟|样例|示例|测试|培训|不得|禁止|严禁|无|没有|未|不含|剔除|商业|工作秘密"
)
_BOUND = re.compile(  # words behind 涉密/保密 that speak of people, papers or firms, not of the matter itself
    r"涉密(?:信息系统)?(?:集成|资质|人员|岗位|业务咨询|工程师|承诺|培训|教育|协议|甲级|乙级|测评|筛查|检测|检查|自查|识别|审查|风险|防范)"
    r"|涉密信息系统(?:集成|分级|测评)|涉密(?:项目|单位|的)?(?:须|请)?(?:填写|填报|选填|必填)"
)
_DENIAL = re.compile(
    r"不|非|无(?!法)|未|没有|禁止|严禁|杜绝|防止|避免|剔除|排除|除外|以外|之外|另行|线下|脱离|隔离|严防|防范|拒绝|屏蔽(?!机|室|间|改造)|过滤|拦截"
)
_UNLESS = re.compile(
    r"并非不|不是不|并不排除|不可避免|不仅|不但|不只|不少|不同|非常|无论|不断|不定期|未来|不得对外|不得外传|不得公开|不公开|不对外"
)
_SUPPOSED = re.compile(
    r"如果?(?!下|期|实)|若|一旦|假如|误(?:传|发|录|存)|发现|疑似|是否|识别|分级标识|标识功能|标注功能|解密|降密|脱密|资质|协议|承诺|保密法|条例"
    r"|保密有关规定|依照|密级分为|商业秘密|工作秘密|个人隐私|技术秘密"
)
_DOES = re.compile(
    r"存储|存放|储存|处理|传输|采集|录入|登记|流转|汇聚|归集|归档|涉及|包含|含有|包括|报送|承载|调用|接入|管理|建设|部署|新建|新增|新设|铺设|敷设|布设|搭建|改造|安装|配置|采购|购置|用于|查询|审批"
    r"|办理|属于|定为|列为|标为|确定为|定密|按|密级|为|随|附|收录|记录|运行|导入|使用|设置|截图|引用"
)
_ANSWERS_NO = re.compile("否|无|没有|不涉及|不涉密|不是|不存在|不属于|未涉及|×|x|/")  # the cell beside a question
_ELSEWHERE = re.compile(
    r"不进入|不纳入|不在|不通过|不得(?:录入|上传|存储|处理|进入|接入)|不予|不录入|不存储|不处理|不上传|不接入|不接收|不含|不设|不摘录|不依|不使用|解密公布|已?(?:办理?)?解密|解除密级|另行|单独.{0,6}系统|线下|专用渠道"
)


def check(context: Context) -> Iterator[Finding]:
    """Look at the form's answer, then at what the papers say."""
    evidence = [*_declared(context), *_said(context)]
    if evidence:
        yield finding(context, "PRO-SECRET", Severity.BLOCKER, {}, evidence)


def _declared(context: Context) -> Iterator[Evidence]:
    """Fields 是否涉密 and 密级 that say yes."""
    for field in context.submission.fields:
        value = normalise(field.value).strip()
        if field.key == "secret" and value and _says_yes(value):
            yield field.evidence


def _says_yes(value: str) -> bool:
    """Say whether the answer to 是否涉密 or 密级 is yes; of choices to tick, the ticked one counts."""
    if _TICKED.search(value) or _TICKED_NO.search(value):
        return not _TICKED_NO.search(value)
    return not _NO.search(value) and bool(_YES.search(value))


def _said(context: Context) -> Iterator[Evidence]:
    """Sentences and rows that say the project or its material is a state secret."""
    for passage in context.submission.passages:
        if passage.kind is not PassageKind.FIELD and says_secret(passage.text):
            yield passage.evidence


def says_secret(text: str) -> bool:
    """Say whether a sentence calls the project's data, network or papers a state secret, by its own words (D9)."""
    plain = re.sub(r"\s+", "", re.sub(r"《[^》]*》", "", normalise(resolved(text))))
    if "密" not in plain or re.match(r"(?:是否|有无|项目是否).{0,8}密.{0,4}\|(?:否|无|不)", plain):
        return False
    if _MARK.search(plain.translate(_OLD_FORMS)) and not _NO_MARK.search(plain):
        return True
    if _ROW_YES.search(plain):
        return True
    clauses = [c for c in re.split(r"[,。;:!?|]", plain) if c]
    return any(_asserts(clauses, i) for i in range(len(clauses)))


def _asserts(clauses: list[str], i: int) -> bool:
    """Say whether one clause asserts it, with the clause after it to take it back and the sentence to suppose it."""
    clause = _BOUND.sub("", clauses[i])
    hit = _NAMED.search(clause)
    if not hit:
        return False
    if _SUPPOSED.search(clause) or (i and re.match(r"如(?!期|实|下)|若|一旦|发现", clauses[i - 1])):
        return False
    if _DENIAL.search(_UNLESS.sub("", clause)):
        return False
    if any(_ELSEWHERE.search(after) or _ANSWERS_NO.fullmatch(after) for after in clauses[i + 1 : i + 4]):
        return False
    return bool(_DOES.search(clause))
