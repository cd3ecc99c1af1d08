"""Hides names, phones, ID and account numbers, mail addresses; for papers that leave the house."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from typing import Any, TypeVar, cast

from models.domain.document import Document, Paragraph, Table

Value = TypeVar("Value")
HIDDEN = "［已隐去］"
CHECKSUM = 12  # hexadecimal digits of a file's SHA-256 that 材料版本 prints
_SURNAMES = (
    "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜戚谢邹喻柏窦章云苏潘葛奚范彭郎鲁韦昌马苗凤"
    "花方俞任袁柳鲍史唐费廉岑薛雷贺倪汤滕殷罗毕郝邬安常乐于傅皮卞齐康伍余顾孟黄穆萧尹姚邵汪祁毛禹狄米贝臧计伏"
    "成戴谈宋茅庞熊纪舒屈项祝董梁杜阮蓝闵季贾路娄江童颜郭梅盛林刁钟徐邱骆高夏蔡田樊胡凌霍虞万支柯管卢莫房缪干"
    "解应宗丁宣邓洪包左石崔吉龚程邢裴陆荣翁荀甄曲封芮储靳段焦谷侯全班仰秋仲伊宫宁仇甘厉祖武符刘景詹龙叶幸司黎"
    "溥印白怀蒲鄂索赖卓蔺屠蒙池乔胥苍闻莘党翟谭贡劳逄姬申扶冉宰郦雍桑桂牛寿边扈燕冀浦尚农温庄晏柴瞿阎慕连茹习"
    "艾鱼容向古易慎戈廖庾居衡步都耿满弘匡国文寇广禄东欧利师巩聂关肖游竺权盖桓公涂岳佟覃"
)
_DOUBLE = (
    "欧阳|太史|端木|上官|司马|东方|独孤|南宫|万俟|闻人|夏侯|诸葛|尉迟|公羊|赫连|皇甫|宗政|濮阳|公冶|令狐|慕容|长孙|司徒"
)
_HAN = r"\u3400-\u4dbf\u4e00-\u9fff\U00020000-\U000323af"  # rare signs such as 䶮 and 𠮷 stand in names
_NAME = rf"(?:(?:{_DOUBLE})[{_HAN}]{{1,2}}|[{_SURNAMES}][{_HAN}·]{{1,2}})"
_ROLES = (
    r"(?:项目|技术|业务|安全|数据|单位|部门|科室)?(?:联系人|负责人|经办人|填表人|编制人|审核人|复核人|申报人|承办人|责任人|签字人)"
    r"|项目经理|项目总监|分管领导|主管领导|主要领导|法定代表人|法人代表|法人|姓名|签名|户名|开户名|作者|主持人|参会人员|专家组长"
)
_LABEL = re.compile(rf"(?:{_ROLES})(?:姓名|签字|[（(]签字[）)])?(?:[及和与、/]?(?:联系)?(?:电话|方式|手机))?$")
_AFTER_ROLE = re.compile(rf"(?:{_ROLES})(?:姓名)?(?:及电话|及联系方式|、电话)?[\s：:|为是]*({_NAME})(?![{_HAN}])")
# A name begins where a word begins: after a sign, or after a word that leads to a person.
_START = r"(?:(?<![{_HAN}])|(?<=[由与和及向给请经找让被]))"
_BEFORE_TITLE = re.compile(
    rf"{_START}({_NAME})(?=同志|先生|女士|(?:副)?(?:局长|科长|处长|主任|书记|区长|校长|院长|所长|经理|工程师|研究员|教授))"
)
_BEFORE_PHONE = re.compile(rf"{_START}({_NAME})(?=[\s（(，,、：:|电话手机联系方式]{{0,8}}(?:1[3-9]\d|0\d{{2,3}}-))")
_WORDS = re.compile(
    r"单位|部门|领导|项目|系统|平台|业务|信息|数据|管理|中心|公司|人员|工作|联系|电话|负责|建设|办公|技术|服务|综合|"
    r"同意|意见|请|详见|另行|待定|名单|见附|街道|社区|各科|安全|审核|运维|开发|实施|应用|全区|全省|全市|"
    r"[副约]|成立|成员|成果|成本|终端|设备|平均|方案|方式|时间|计划|经费|金额|公安|公开|公共|文件|文化|党委|党组|国家|任务|"
    r"房屋|房管|水利|都市|利用|程序|常务|明确|连续|双方|步骤|温度|高级|高效|解决|于是|计算|路段|景区|万人|万元|余人|余家"
)
_EDGE, _END = r"(?<![0-9A-Za-z])", r"(?![0-9A-Za-z])"
_GAP = r"[\s\-－—]?"
_NUMBERS = (
    re.compile(
        rf"{_EDGE}[1-9]\d{{5}}{_GAP}(?:19|20)\d{{2}}{_GAP}(?:0[1-9]|1[0-2])(?:[0-2]\d|3[01]){_GAP}\d{{3}}[\dXx]{_END}"
    ),
    re.compile(rf"{_EDGE}(?:\+?86{_GAP})?1[3-9]\d{_GAP}\d{{4}}{_GAP}\d{{4}}{_END}"),
    re.compile(rf"{_EDGE}[（(]?0\d{{2,3}}[）)]?{_GAP}[2-9]\d{{6,7}}(?:{_GAP}\d{{1,5}})?{_END}"),
    re.compile(rf"{_EDGE}\d(?:[ \-]?\d){{11,24}}{_END}"),
    re.compile(
        rf"(?<=电话|座机|传真)[\s：:|为]*[2-9]\d{{2,3}}{_GAP}\d{{4}}(?!\d)|"
        r"(?<=账号)[\s：:|为]*\d[\d \-]{6,}|(?<=帐号)[\s：:|为]*\d[\d \-]{6,}"
    ),
    re.compile(r"[A-Za-z0-9_.+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+"),
)
_NUMBER_LABEL = re.compile(r"(?:电话|座机|手机|传真|联系方式|号码|账号|帐号|证件号|身份证号?)(?:[（(].{0,8}[）)])?$")
_IN_CELL = re.compile(r"\d(?:[ \-]?\d){6,24}")
_COMPILER = re.compile(
    r"(?:方案)?(?:编制|设计|咨询|编写)单位[\s：:|为是]*([\u4e00-\u9fff（）()]{4,30}?(?:公司|院|中心|集团|所))"
)
_ORGANISATION = re.compile(r"编制单位|方案编写单位|设计单位|咨询单位")
# Full-width digits and letters are one character each, so that a match stands at the same place in the text as given.
_NARROW = {
    code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F) if chr(code - 0xFEE0).isalnum() or chr(code) in "－＋＠．"
}


class Mask:
    """Hides what identifies persons, and the names learned from the submission's own documents."""

    def __init__(self, documents: Iterable[Document] = (), *, blind: bool = False) -> None:
        """Learn the names; `blind`: also who wrote the plan."""
        hidden: set[str] = set()
        checksums: set[str] = set()
        for document in documents:
            checksums.add(document.sha256[:CHECKSUM])
            for text in _texts(document):
                hidden.update(names(text))
                if blind:
                    hidden.update(_COMPILER.findall(text))
            hidden.update(_labelled(document, blind=blind))
            hidden.update(value for key, value in document.properties if key == _AUTHOR and _FULL_NAME.match(value))
        self._hidden = sorted(hidden, key=lambda name: (-len(name), name))
        self._checksums = checksums

    def __call__(self, text: str) -> str:
        """Return the text with everything hidden."""
        if text in self._checksums:  # one of 12 digits and no letter looks like an account number
            return text
        narrow = text.translate(_NARROW)
        spans = [match.span() for pattern in _NUMBERS for match in pattern.finditer(narrow)]
        spans += [
            m.span(1) for p in (_AFTER_ROLE, _BEFORE_TITLE, _BEFORE_PHONE) for m in p.finditer(narrow) if _is_name(m[1])
        ]
        for name in self._hidden:
            # A number is hidden however its digits are grouped.
            words = _GAP.join(name) if name.isdecimal() else re.escape(name)
            spans += [match.span() for match in re.finditer(words, narrow)]
        out, end = [], 0
        for start, stop in sorted(spans):
            if start >= end:
                out += [text[end:start], HIDDEN]
            end = max(end, stop)
        return "".join(out) + text[end:]


def masked(value: Value, mask: Callable[[str], str]) -> Value:
    """Return text, or lists, tuples and tables of text, with every text changed."""
    changed: Any = value
    if isinstance(value, str):
        changed = mask(value)
    elif isinstance(value, dict):
        changed = {key: masked(one, mask) for key, one in value.items()}
    elif isinstance(value, list | tuple):
        changed = type(value)(masked(one, mask) for one in value)
    return cast("Value", changed)


def names(text: str) -> set[str]:
    """Return persons' names a text gives away by a role, a title or a phone number beside them."""
    narrow = text.translate(_NARROW)
    found = {m[1] for p in (_AFTER_ROLE, _BEFORE_TITLE, _BEFORE_PHONE) for m in p.finditer(narrow)}
    return {name for name in found if _is_name(name)}


def _is_name(word: str) -> bool:
    return not _WORDS.search(word)


_AUTHOR = "作者"  # the property that holds who wrote, changed or remarked on a document
_FULL_NAME = re.compile(rf"(?!.*(?:用户|管理员)){_NAME}$")


def _texts(document: Document) -> Iterator[str]:
    for block in document.blocks:
        if isinstance(block, Paragraph):
            yield block.text
        elif isinstance(block, Table):
            yield from (block.row_text(row) for row in range(len(block.rows)))
    yield from (*document.headers, *document.footers, *document.comments, *document.deleted, *document.hidden)
    yield from (document.name, *(f"{key}：{value}" for key, value in document.properties))


def _labelled(document: Document, *, blind: bool) -> Iterator[str]:
    """Names, and numbers no text beside them gives away, in the cell right of or below a label: 联系人, 座机."""
    for table in (block for block in document.blocks if isinstance(block, Table)):
        grid = table.grid()
        for r, row in enumerate(grid):
            for c, cell in enumerate(row):
                beside = [row[c + 1]] if c + 1 < len(row) else []
                beside += [below[c] for below in grid[r + 1 :]]
                label = re.sub(r"\s", "", cell)
                if _LABEL.search(label):
                    bare = (re.sub(r"\s", "", text) for text in beside)
                    heads = (re.match(rf"({_NAME})(?![{_HAN}])", text) for text in bare)
                    yield from (head[1] for head in heads if head and _is_name(head[1]))
                if _NUMBER_LABEL.search(label):
                    found = (_IN_CELL.fullmatch(text.strip().translate(_NARROW)) for text in beside)
                    yield from (re.sub(r"\D", "", m[0]) for m in found if m)
                if blind and _ORGANISATION.search(label):
                    yield from (text.strip() for text in beside[:1] if len(text.strip()) >= 4)
