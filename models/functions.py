"""What a project builds: the items of 建设内容清单, with what the design says of them.

Taken from template 1.5 (tables, numbered or enumerated paragraphs, sub-headings), else from 5.1, else from 2.3.3.
Hardware, tests, supervision and other services are no functions.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from models.domain.document import Paragraph, Table
from models.domain.finding import Evidence
from models.domain.outline import Section, own_text
from models.domain.policy import Policy
from models.domain.submission import Budget, Field, Function, LineKind, SubmittedDocument
from models.function_lists import Item, is_frame, is_function, item_name, of_paragraph, pieces, service
from models.function_tables import LEVELS, of_table
from models.headings import is_caption
from models.passages import quote
from models.text import sentence_spans, sentences, squash

_DESIGN = "5.1"
SOURCES = ("1.5", _DESIGN, "2.3.3")  # where a plan lists what it builds, best first
_ENOUGH = 2  # fewer items are no list
_ENUMERATED = 3  # things a clause lists from which it is an enumeration
_PIECE = 20  # characters of the longest thing listed
_MOST = 80
_LONGEST = 160  # characters of a function's text
_NAMING = 4  # characters that are enough to know a function again
_LABEL = 12  # characters of the longest label before a colon
_SHORT = 8  # characters beyond its name from which a function is described already

GENERIC = re.compile(
    "用户|账号|角色|权限|机构管理|人员管理|日志|系统管理|系统设置|参数配置|基础配置|后台管理|字典|报表|统计分析|数据统计|统计报表"
    "|数据分析|统计查询|查询统计|综合查询|短信|消息(?:推送|提醒|中心|通知)|通知公告|统一认证|身份认证|单点登录|登录"
    "|移动端|手机端|小程序端?|PC端|APP|H5|浙政钉|门户|驾驶舱|大屏|看板|数据可视化|态势展示|首页|工作台"
    "|接口(?:对接|开发|改造|集成)|接口|系统对接|系统集成|对接|数据归集|数据共享|数据治理|数据交换|数据迁移|数据备份|数据接入|数据库"
    "|历史|存量|原有?|清洗|迁移|扫描|补扫|数字化|[一二三]期|保留|适配|地图|一张图"
    "|归集|治理|监管|管理|应用|平台|系统|子系统|模块|功能|软件|服务|建设|开发|改造|升级|优化|智慧|智能|数字化|信息化|统一|综合|公共"
    "|[与和及、/\\s（）()“”]+"
)
_MINOR = 0.2  # a module that nearly every system has says little


def weight(name: str) -> float:
    """Return how much a function counts in a comparison: 1, or little where only generic words make up its name."""
    return 1.0 if len(squash(GENERIC.sub("", name))) > 1 else _MINOR


def functions(
    plan: SubmittedDocument,
    policy: Policy,  # noqa: ARG001 - the stage's signature
    fields: Sequence[Field] = (),
    budgets: Sequence[Budget] = (),
) -> tuple[Function, ...]:
    """Return what the project wants to build, in its order; () where no list is found.

    The list of the plan, its modules replaced by the functions a table of the design gives them; failing a list, what
    the form's 建设内容 or the budget names. `evidence` is the row or sentence of the list; `text` adds what the design
    says under the same name.
    """
    for source in SOURCES:
        sections = [s for s in _sections(plan, source) if source == SOURCES[0] or len(s.template) <= 1]
        if source == _DESIGN and not sections:
            sections = _chapter(plan)
        found = _unique(_listed(plan, sections)) or _unique(_in_prose(plan, sections))
        if len(found) >= _ENOUGH or (found and source == SOURCES[0]):
            parts = [] if source == _DESIGN else _parts(plan)
            described = _descriptions(plan, [s for s in SOURCES[1:] if s != source])
            return tuple(_enriched(function, described) for function in _detailed(found, parts)[:_MOST])
    told = _unique([*_in_form(fields), *_in_budgets(budgets)])
    return tuple(told[:_MOST]) if len(told) >= _ENOUGH else ()


def _in_prose(plan: SubmittedDocument, sections: list[Section]) -> Iterator[Function]:
    """Yield what a sentence of these sections enumerates without saying so: 一户一册、过渡费核发、选房与交付。"""
    for section in sections:
        for index in range(section.block, min(section.end, len(plan.document.blocks))):
            block = plan.document.blocks[index]
            text = block.text if isinstance(block, Paragraph) and index > section.block else ""
            for start, end in sentence_spans(text):
                for clause in re.split(r"[，；。：]", text[start:end]):
                    names = [name.strip() for name in clause.split("、")]
                    if len(names) >= _ENUMERATED and all(_NAMING <= len(n) + 1 <= _PIECE for n in names):
                        place = Evidence(plan.document.name, quote(text[start:end]), section.index, block.page, index)
                        yield from (Function(n, n, place) for n in names if is_function(n))


def _parts(plan: SubmittedDocument) -> list[Function]:
    """Return what tables of the design list under their modules; where it has none, tables of the needs."""
    for source in SOURCES[1:]:
        found = _unique(_in_tables(plan, _sections(plan, source)))
        if any(f.module for f in found):
            return found
    return []


def _detailed(listed: list[Function], parts: list[Function]) -> list[Function]:
    """Put the functions of a module in its place; a list of the design that knows other modules adds nothing."""
    modules = {_key(level) for p in parts for level in p.module.split(LEVELS) if level}
    replaced = [f for f in listed if any(_same_part(_key(f.name), module) for module in modules)]
    outermost = {p.module.split(LEVELS)[0] for p in parts if p.module}
    if not modules or len(replaced) * 2 < len(outermost):
        return listed
    kept = [f for f in listed if f not in replaced and not any(squash(f.name) == squash(p.name) for p in parts)]
    return _unique([*(p for p in parts if p.module), *kept])


def _same_part(name: str, module: str) -> bool:
    shorter, longer = sorted((name, module), key=len)
    return shorter == longer or (len(shorter) >= _NAMING and shorter in longer)


def _key(name: str) -> str:
    return squash(re.sub(r"(?:子?系统|平台|模块|应用|功能)?(?:升级|改造|建设|开发|重构)*$", "", name))


def _in_form(fields: Sequence[Field]) -> Iterator[Function]:
    """Yield what the form's field for the content names."""
    for field in fields:
        if field.key == "content" or "建设内容" in field.label:
            for item in of_paragraph("：" + field.value, numbered=False):
                yield Function(item.name, item.text[:_LONGEST], field.evidence)


def _in_budgets(budgets: Sequence[Budget]) -> Iterator[Function]:
    """Yield the lines of the budget that are software."""
    for budget in budgets:
        for line in budget.lines:
            name = item_name(line.name)
            if line.kind is LineKind.ITEM and is_function(name) and not service(line.category):
                yield Function(name, name, line.evidence)


def _in_tables(plan: SubmittedDocument, sections: list[Section]) -> Iterator[Function]:
    """Yield what the tables of these sections list."""
    for section in sections:
        for item, evidence in _items(plan, section):
            if evidence.table is not None:
                yield _made(item, evidence)


def _made(item: Item, evidence: Evidence) -> Function:
    under = f"{item.name}（{item.module.rpartition(LEVELS)[2]}）" if item.module else item.name
    text = under + item.text[len(item.name) :] if item.text.startswith(item.name) else item.text
    return Function(item.name, text[:_LONGEST], evidence, item.module)


def _sections(plan: SubmittedDocument, number: str) -> list[Section]:
    """Sections that answer this template number, with all that stands under them."""
    chosen: list[Section] = []
    inside: set[int] = set()
    for section in plan.sections:
        if any(t == number or t.startswith(number + ".") for t in section.template) or section.parent in inside:
            inside.add(section.index)
            chosen.append(section)
    return chosen


def _chapter(plan: SubmittedDocument) -> list[Section]:
    """Return the chapter on the design where none of its sections was recognised, but not what joins others."""
    joined = {s.index for n in ("5.2", "5.3") for s in _sections(plan, n)}
    return [s for s in _sections(plan, _DESIGN.split(".", 1)[0]) if s.index not in joined]


def _listed(plan: SubmittedDocument, sections: list[Section]) -> Iterator[Function]:
    for section in sections:
        children = [s for s in plan.sections if s.parent == section.index]
        items = list(_items(plan, section))
        top = section.parent is None or section.parent not in {s.index for s in sections}
        if not top and not children and not items:
            body = own_text(plan.document, section)
            items = [_heading(plan, section, body)]
        yield from (
            _made(item, evidence) for item, evidence in items if not is_caption(item.name) and not is_frame(item.name)
        )


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
            for r, item in of_table(block):
                place = Evidence(document.name, quote(block.row_text(r)), section.index, block.page, index, tables, r)
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
    if len(function.text) - len(function.name) >= _SHORT:
        return function
    key = _key(function.name)
    if len(key) < _NAMING:
        return function
    words = next((w for k, w in described if key in k and squash(w) not in squash(function.text)), "")
    words = words or next((w for _, w in described if _labelled(w, key) and w not in function.text), "")
    words = re.sub(rf"^.{{0,20}}?{re.escape(function.name)}\s*[|：:]\s*", "", words)
    return replace(function, text=f"{function.text}：{words}"[:_LONGEST]) if words else function


def _labelled(words: str, key: str) -> bool:
    """Say whether a sentence “会商处置：…” is about 多部门会商与联合处置: its label's characters in their order."""
    label, colon, _ = words.partition("：")
    short = squash(label)
    rest = iter(key)
    return bool(colon) and _NAMING <= len(short) <= _LABEL and all(char in rest for char in short)
