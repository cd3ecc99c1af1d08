"""Enumerations as authors write them: rows, （1）…；（2）…, “包括A、B、C”; what is no function is left out."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from models.domain.document import Table
from models.text import sentence_spans

_MARK = re.compile(
    r"(?:^|(?<=[；;。，,：:\s]))(?:[（(]\d{1,2}[)）]|\d{1,2}[)）、]|\d{1,2}[.．](?!\d)|[①-⑳]|[一二三四五六七八九十]是)\s*"
)
_LIST = re.compile(r"(?:包括|包含|涵盖|分为|含|由|建设|开发|新增|[：:])")
_TAIL = re.compile(
    r"(?:等?(?:[\d一二三四五六七八九十]+)?[个大项类]?(?:子系统|模块|功能|部分|内容|应用|系统)?(?:组成|构成|等)|等[\d一二三四五六七八九十]*[项个类]?)$"
)
_VERB = re.compile(
    r"^(?:本项目|本期|主要|拟|计划(?![与和及、管])|将|建设内容|开发|建设|新建|新增|实现|完成|搭建|构建|一套|一个|包括|及|和|与|以及)+"
)
_HEAD = re.compile(
    r"序号|名称|内容|说明|描述|功能|类别|类型|分类|备注|数量|单位|单价|金额|模块|子系统|项目|要求|用途|规格|参数|\s|[（()）/]"
)
_IDLE = re.compile(
    r"^(?:[\d.,，\s%％]*(?:台|套|项|个|块|路|只|组|年|次|万元|元|人月)?|[一二三四五六七八九十]+|/|-|—|无|合计|小计|总计)$"
)
_NOT_SOFTWARE = re.compile(
    r"硬件|前端设备|设备(?:采购|购置|安装|类|费)?$|(?:采集|移动|手持|智能|通信|巡[检护查])?终端$|终端(?:设备|与|及|采购)|(?<!接入)网关$|标签$|整修|装修|土建"
    r"|^(?:实施|安装|其他|服务类?)|配套设备|服务类|服务器|交换机|防火墙|摄像机|摄像头|显示屏|线缆|机柜|电脑|打印机"
    r"|测评|等级保护|等保|密码(?:应用|测评|评估)|密评|(?:第三方|功能|性能|软件|安全)测试|漏洞扫描|招投标|代理费"
    r"|^(?:项目|系统|工程|软件|第三方|专家|竣工|技术|用户|操作|人员|应用|使用|设备|场地)?(?:监理|培训|验收|招标|租赁|授权|许可|咨询)(?:服务|工作|实施|[与及和]?(?:推广|交付|培训|验收))*费?用?$"
    r"|运维服务|质保|维保服务|系统集成|集成实施|线路租|流量费|通信费|云资源|设计费|勘察|预备费|实施服务|部署实施"
    r"|\d+(?:\.\d+)?\s*(?:台|套|块|路|只|把|组|米|处|副|部|支|条)[)）]?$"
)
_SOFT = re.compile("软件|系统开发|应用开发|应用系统")
_MEASURED = re.compile(
    r"\d+(?:\.\d+)?(?:秒|毫秒|分钟内|人并发|[%％]|GB|TB|Mbps|M带宽)|并发(?:用户|数|量)|可用率|响应时间|不(?:低于|超过|少于|大于|高于|小于)|^支持.{0,8}并发"
)  # how fast or how much: a demand on functions, none itself
_COLUMN = re.compile(
    "(?:建设|主要|服务|项目|功能|系统|应用|主要建设)?(?:内容|名称|功能|模块|子系统|分项|事项)(?:名称|清单)?|功能(?:模块|点|项)|系统模块|[一二三]级(?:模块|功能)"
)
_NOT_BUILT = re.compile(
    "不在(?:本项目|本期|本次|项目)[^。；，]{0,6}(?:范围|建设|内容)|(?:本项目|本期|本次|方案)(?:均|都|也)?(?:不含|不包含|不包括|不建设|不涉及|不纳入|不安排)"
)
_FRAME = re.compile(
    "(?:技术|总体|系统|架构|路线|部署|安全|数据|性能|网络|硬件|设备|终端|前端|感知|通用|功能|设计|方案|要求|需求|保障|说明|[与和及、])+"
)  # what a heading beside the functions consists of: 技术与部署, 架构与部署, 数据与安全
_LONG_NAME = 40
_TITLE = 12  # characters of a column's longest title


@dataclass(frozen=True, slots=True)
class Item:
    """One item: its name, all it says, and where in the paragraph it begins."""

    name: str
    text: str
    at: int
    module: str = ""  # the part of the system it stands under, where a table says so


def of_paragraph(text: str, *, numbered: bool) -> list[Item]:
    """Return the items a paragraph enumerates; a numbered paragraph is an item itself where it enumerates nothing.

    What a paragraph says is not built (以下内容不在本项目范围之内) is none.
    """
    if _NOT_BUILT.search(text):
        return []
    marks = list(_MARK.finditer(text))
    if len(marks) > 1:
        bounds = [*(m.end() for m in marks), len(text)]
        starts = [*(m.start() for m in marks[1:]), len(text)]
        return _kept((text[a:b], a) for a, b in zip(bounds, starts, strict=False))
    found = [item for a, b in sentence_spans(text) for item in _sentence_list(text[a:b], a)]
    if found:
        return found
    start = marks[0].end() if marks else 0
    if numbered or marks or text.count("；") > 1:
        parts = sentence_spans(text) if text.count("；") > 1 else [(start, len(text))]
        return _kept((text[max(a, start) : b], max(a, start)) for a, b in parts)
    return []


def of_row(table: Table, row: int) -> list[Item]:
    """Return the items of a table row; none of a head row, a sum, hardware or services."""
    cells = [cell.text.strip() for cell in table.rows[row]]
    if head_row(cells):
        return []
    said = [c for c in cells if c and not _IDLE.match(c)]
    if not said or any(re.match("合计|小计|总计", c) for c in said):
        return []
    category = said[0] if len(said) > 1 and len(said[0]) <= 12 else ""
    if category and _NOT_SOFTWARE.search(category) and not _SOFT.search(category):
        return []
    listed = _sentence_list("：" + said[-1], 0) if len(said) <= 2 else []
    if len(listed) > 2 and (len(said) == 1 or _SOFT.search(said[0]) or len(said[0]) <= 4):
        return listed
    if len(said) > 1:
        words = max(range(1, len(said)), key=lambda i: (len(said[i]), -i))
        name = said[words - 1]
        return [] if not is_function(name) else [Item(item_name(name), f"{item_name(name)}：{said[words]}", 0)]
    return _kept([(said[0], 0)])


def listed_names(cell: str) -> list[Item]:
    """Return what a cell enumerates with 、, [] where it does not."""
    return _sentence_list("：" + cell, 0)


def service(group: str) -> bool:
    """Say whether a group of rows is hardware, a service or a fee."""
    return bool(_NOT_SOFTWARE.search(group)) and not _SOFT.search(group)


def pieces(text: str) -> Iterator[str]:
    """Return sentences of a text, cut at enumeration marks too."""
    for start, end in sentence_spans(text):
        sentence = text[start:end]
        yield from (p.strip() for p in _MARK.split(sentence) if p.strip())


def head_row(cells: list[str]) -> bool:
    """Say whether these cells only name columns."""
    worded = [c for c in cells if c]
    return (
        bool(worded)
        and all(not _HEAD.sub("", c) or (len(_HEAD.sub("", c)) <= 2 and len(c) <= 8) for c in worded)
        and any(re.search("序号|名称|内容|说明|功能|模块|类别|描述", c) for c in worded)
    )


def names_columns(cells: list[str]) -> bool:
    """Say whether these cells may head columns: one is the usual title of what is listed, none is long or counts."""
    worded = [c for c in cells if c]
    return (
        len(worded) > 1
        and any(_COLUMN.fullmatch(c) for c in worded)
        and all(len(c) <= _TITLE and not re.search(r"\d|[。；、]", c) for c in worded)
    )


def is_software(text: str) -> bool:
    """Say whether the words name software."""
    return bool(_SOFT.search(text))


def _sentence_list(sentence: str, offset: int) -> list[Item]:
    """“软件类：A、B、C。” or “由A、B和C组成”: three or more items, commas in brackets aside."""
    cuts = [i for i, c in enumerate(sentence) if c == "、" and _depth(sentence, i) == 0]
    if len(cuts) < 2:
        return []
    openers = [m for m in _LIST.finditer(sentence) if m.end() <= cuts[0]]
    if not openers:
        return []
    label, begin = sentence[: openers[-1].start()], openers[-1].end()
    if _NOT_SOFTWARE.search(label) and not _SOFT.search(label):
        return []
    last = re.search("[。；;，,]", sentence[cuts[-1] :])
    end = cuts[-1] + last.start() if last else len(sentence)
    bounds = [begin, *(c + 1 for c in cuts), end + 1]
    parts = [(sentence[a : b - 1], a + offset) for a, b in pairwise(bounds)]
    if any(len(p) > _LONG_NAME for p, _ in parts):
        return []
    return _kept((_TAIL.sub("", p), a) for p, a in parts)


def _depth(text: str, at: int) -> int:
    return sum(c in "（(“《" for c in text[:at]) - sum(c in "）)”》" for c in text[:at])


def _kept(parts: object) -> list[Item]:
    out = []
    for part, at in parts:  # type: ignore[attr-defined]
        text = part.strip().rstrip("。；;，, ")
        name = item_name(text)
        if is_function(name):
            out.append(Item(name, text, at))
    return out


def item_name(text: str) -> str:
    """Return the name an item begins with, without verbs before it and brackets after it."""
    head = re.split(r"[：:，,。；;—\n]", text.strip(), maxsplit=1)[0]
    head = re.sub(r"[（(][^（()）]*[)）]$", "", head)
    head = re.sub(r"(?<=.{4})共?[\d一二三四五六七八九十]+个(?:子系统|模块|部分|功能)$", "", head)
    bare = _VERB.sub("", head).strip()
    return (bare if len(bare) > 2 else head)[:_LONG_NAME]


def is_frame(name: str) -> bool:
    """Say whether a name is only that of a part of a design, none of something it does."""
    return bool(_FRAME.fullmatch(name))


def is_function(name: str) -> bool:
    """Say whether a name is that of something software does: no device, test, fee or bare number."""
    if len(name) <= 2 or _IDLE.match(name) or _MEASURED.search(name):
        return False
    return bool(_SOFT.search(name)) or not _NOT_SOFTWARE.search(name)
