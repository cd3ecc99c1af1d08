"""What a project builds: the items of 建设内容清单, with what the design says of them.

Taken from template 1.5 (tables, numbered or enumerated paragraphs, sub-headings), else from 5.1, else from 2.3.3.
Hardware, tests, supervision and other services are no functions.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

from models.domain.document import Paragraph, Table
from models.domain.finding import Evidence
from models.domain.outline import Section, own_text
from models.domain.policy import Policy
from models.domain.submission import Function, SubmittedDocument
from models.function_lists import Item, of_paragraph, of_row, pieces
from models.headings import is_caption
from models.passages import quote
from models.text import sentence_spans, sentences, squash

SOURCES = ("1.5", "5.1", "2.3.3")  # where a plan lists what it builds, best first
_ENOUGH = 2  # fewer items are no list
_MOST = 80
_LONGEST = 160  # characters of a function's text
_SHORT = 60  # a text that may take a description from the design

GENERIC = re.compile(
    "用户|账号|角色|权限|机构管理|人员管理|日志|系统管理|系统设置|参数配置|基础配置|后台管理|字典|报表|统计分析|数据统计|统计报表"
    "|数据分析|统计查询|查询统计|综合查询|短信|消息(?:推送|提醒|中心|通知)|通知公告|统一认证|身份认证|单点登录|登录"
    "|移动端|手机端|小程序端?|PC端|APP|H5|浙政钉|门户|驾驶舱|大屏|看板|数据可视化|态势展示|首页|工作台"
    "|接口(?:对接|开发|改造|集成)|接口|系统对接|系统集成|对接|数据归集|数据共享|数据治理|数据交换|数据迁移|数据备份|数据接入|数据库"
    "|归集|治理|监管|管理|应用|平台|系统|子系统|模块|功能|软件|服务|建设|开发|改造|升级|优化|智慧|智能|数字化|信息化|统一|综合|公共"
    "|[与和及、/\\s（）()“”]+"
)
_MINOR = 0.2  # a module that nearly every system has says little


def weight(name: str) -> float:
    """Return how much a function counts in a comparison: 1, or little where only generic words make up its name."""
    return 1.0 if len(squash(GENERIC.sub("", name))) > 1 else _MINOR


def functions(plan: SubmittedDocument, policy: Policy) -> tuple[Function, ...]:  # noqa: ARG001 - the stage's signature
    """Return what the plan wants to build, in its order; () where no list is found.

    `evidence` is the row or sentence of the list; `text` adds what the design says under the same name.
    """
    for source in SOURCES:
        listed = _listed(plan, _sections(plan, source))
        found = _unique([f for f in listed if not is_caption(f.name)])
        if len(found) >= _ENOUGH or (found and source == SOURCES[0]):
            described = _descriptions(plan, [s for s in SOURCES[1:] if s != source])
            return tuple(_enriched(function, described) for function in found[:_MOST])
    return ()


def _sections(plan: SubmittedDocument, number: str) -> list[Section]:
    """Sections that answer this template number, with all that stands under them."""
    chosen: list[Section] = []
    inside: set[int] = set()
    for section in plan.sections:
        if any(t == number or t.startswith(number + ".") for t in section.template) or section.parent in inside:
            inside.add(section.index)
            chosen.append(section)
    return chosen


def _listed(plan: SubmittedDocument, sections: list[Section]) -> Iterator[Function]:
    for section in sections:
        children = [s for s in plan.sections if s.parent == section.index]
        items = list(_items(plan, section))
        top = section.parent is None or section.parent not in {s.index for s in sections}
        if not top and not children and not items:
            body = own_text(plan.document, section)
            items = [_heading(plan, section, body)]
        yield from (Function(item.name, item.text[:_LONGEST], evidence) for item, evidence in items)


def _heading(plan: SubmittedDocument, section: Section, body: str) -> tuple[Item, Evidence]:
    first = (sentences(body) or [""])[0]
    block = plan.document.blocks[section.block]
    said = block.number + block.text if isinstance(block, Paragraph) else section.title
    page = None if block is None else block.page
    evidence = Evidence(plan.document.name, quote(said), section.index, page, section.block)
    return Item(section.title, f"{section.title}：{first}" if first else section.title, 0), evidence


def _items(plan: SubmittedDocument, section: Section) -> Iterator[tuple[Item, Evidence]]:
    """Items of a section's own text: rows of its tables, enumerations in its paragraphs."""
    document = plan.document
    if section.lead:
        for item in of_paragraph(section.lead, numbered=False):
            yield item, Evidence(document.name, _sentence(section.lead, item.at), section.index, None, section.block)
    if section.row is not None:
        return
    tables = sum(isinstance(b, Table) for b in document.blocks[: section.start])
    for index in range(section.start, section.end):
        block = document.blocks[index]
        if isinstance(block, Table):
            for r in range(len(block.rows)):
                for item in of_row(block, r):
                    place = Evidence(
                        document.name, quote(block.row_text(r)), section.index, block.page, index, tables, r
                    )
                    yield item, place
            tables += 1
        elif isinstance(block, Paragraph):
            for item in of_paragraph(block.text, numbered=bool(block.number) or block.list_level is not None):
                said = _sentence(block.text, item.at)
                yield item, Evidence(document.name, said, section.index, block.page, index)


def _sentence(text: str, at: int) -> str:
    """Return the sentence that holds this character, as evidence quotes it."""
    spans = [text[a:b] for a, b in sentence_spans(text) if a <= at < b]
    return quote(spans[0] if spans else text)


def _unique(found: Iterable[Function]) -> list[Function]:
    known: dict[str, Function] = {}
    for function in found:
        known.setdefault(squash(function.name), function)
    return list(known.values())


def _descriptions(plan: SubmittedDocument, sources: list[str]) -> list[tuple[str, str]]:
    """(key, words) of headings and sentences in the design, to be found again by a function's name."""
    out: list[tuple[str, str]] = []
    for source in sources:
        for section in _sections(plan, source):
            body = own_text(plan.document, section)
            out.append((squash(section.title), (sentences(body) or [""])[0]))
            out.extend((squash(piece), piece) for piece in pieces(body))
    return [(key, words.strip()) for key, words in out if key and words.strip()]


def _enriched(function: Function, described: list[tuple[str, str]]) -> Function:
    if len(function.text) >= _SHORT:
        return function
    key = squash(re.sub(r"(?:子?系统|平台|模块|应用|功能)$", "", function.name))
    if len(key) < 4:
        return function
    words = next((w for k, w in described if key in k and squash(w) not in squash(function.text)), "")
    return replace(function, text=f"{function.text}：{words}"[:_LONGEST]) if words else function
