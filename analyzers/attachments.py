"""What a plan points to instead of answering: 详见附件3, followed to the file or the part of the plan that is meant."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from models.domain.document import Block, Document, Paragraph, Picture, Table
from models.domain.submission import Kind
from models.numbering import chinese_value
from models.text import squash

if TYPE_CHECKING:
    from models.domain.policy import TemplateItem
    from models.domain.submission import Submission

_N = r"[一二三四五六七八九十\d]{1,3}"
_NUMBER = re.compile(rf"附\s*[件表录图]?\s*(?:之|第|[（(])?\s*({_N})(?![\d年月日])")
_HEADING = re.compile(rf"^附\s*[件表录图]\s*(?:{_N}|[（(]{_N}[)）])?\s*[：:、.．\s]*")
_QUOTED = re.compile(r"[《“]([^》”]{2,40})[》”]")
_BEFORE = re.compile(rf"^.*?附\s*[件表录图]\s*(?:{_N})?[：:、.．（(\s]*")
_FILE_TYPE = re.compile(r"\.[A-Za-z0-9]{1,5}$")
_LONGEST_HEADING = 45
_HEAD_LINES = 5
_ENOUGH = 20  # characters that make a part of the plan more than an entry of a list of attachments


@dataclass(frozen=True, slots=True)
class Target:
    """Where a pointer leads: `found` is text | picture | unread | absent; `name` is what is meant, for the reader."""

    found: str
    name: str
    text: str = ""


def follow(pointer: str, item: TemplateItem, submission: Submission) -> Target:
    """Return what 附件3《需求清单》 or the like leads to: a part of the plan, a file, a file not read, nothing."""
    number, names = _meant(pointer)
    shown = pointer.strip().rstrip("。.，, ")
    wanted = names or (() if number else (squash(item.title), *(squash(a) for a in item.aliases)))
    found = [*_parts(submission, number, wanted), *_files(submission, number, wanted)]
    for blocks, name in found:
        text = _text(blocks)
        if len(squash(text)) >= _ENOUGH or any(isinstance(b, Table) for b in blocks):
            return Target("text", name, text)
    unread = next((n for n, _ in submission.not_read if _fits(n, number, wanted)), "")
    if unread:
        return Target("unread", unread)
    if found:
        return Target("picture", found[0][1])
    return Target("absent", shown)


def _meant(pointer: str) -> tuple[int, tuple[str, ...]]:
    """Return the number a pointer gives (0 for none) and the comparison keys of the names it gives."""
    found = _NUMBER.search(pointer)
    names = [squash(n) for n in _QUOTED.findall(pointer)]
    rest = squash(_BEFORE.sub("", _QUOTED.sub("", pointer)))
    if not names and len(rest) >= 3:
        names.append(rest)
    return chinese_value(found[1]) if found else 0, tuple(n for n in names if len(n) >= 2)


def _fits(title: str, number: int, names: tuple[str, ...]) -> bool:
    """Tell whether a file's name or a heading is what is meant: by its number, where it has one, else by its name."""
    key = squash(_FILE_TYPE.sub("", title))
    own = _NUMBER.search(title)
    if number and own:
        return chinese_value(own[1]) == number
    bare = re.sub(rf"^附[件表录图]?(?:{_N})?", "", key)
    return any(n in key or (len(bare) >= 4 and bare in n) for n in names)


def _parts(submission: Submission, number: int, names: tuple[str, ...]) -> Iterator[tuple[tuple[Block, ...], str]]:
    """Yield the parts of the plan itself that stand under a line 附件3 …"""
    plan = submission.plan
    if plan is None:
        return
    blocks = plan.document.blocks
    starts = [i for i, b in enumerate(blocks) if isinstance(b, Paragraph) and _is_heading(b)]
    for start, end in pairwise([*starts, len(blocks)]):
        heading = blocks[start]
        title = heading.number + heading.text if isinstance(heading, Paragraph) else ""
        following = blocks[start + 1] if start + 1 < len(blocks) else None
        if isinstance(following, Paragraph) and len(_HEADING.sub("", title)) < 2:
            title += following.text  # 附件3 alone on its line, its title on the next
        if _fits(title, number, names) and end > start + 1:
            yield blocks[start + 1 : end], f"{plan.document.name} {title.strip()}"


def _is_heading(paragraph: Paragraph) -> bool:
    text = (paragraph.number + paragraph.text).strip()
    return len(text) <= _LONGEST_HEADING and bool(_HEADING.match(text)) and text[-1] not in "。；;，,"


def _files(submission: Submission, number: int, names: tuple[str, ...]) -> Iterator[tuple[tuple[Block, ...], str]]:
    """Yield the other files of the submission whose name or first lines are what is meant."""
    for submitted in submission.documents:
        document = submitted.document
        if submitted.kind is Kind.PLAN:
            continue
        if any(_fits(t, number, names) for t in (document.name.rpartition("/")[2], *_heads(document))):
            at = next((i for i, b in enumerate(document.blocks) if not _is_title(b, names)), len(document.blocks))
            yield document.blocks[at:], document.name


def _is_title(block: Block, names: tuple[str, ...]) -> bool:
    """Tell whether a block at the top of an attachment only says which attachment it is."""
    return isinstance(block, Paragraph) and (_is_heading(block) or squash(block.text) in names)


def _heads(document: Document) -> Iterator[str]:
    for block in document.blocks[:_HEAD_LINES]:
        if isinstance(block, Paragraph) and len(block.text) <= _LONGEST_HEADING:
            yield block.number + block.text


def _text(blocks: tuple[Block, ...]) -> str:
    lines: list[str] = []
    for block in blocks:
        if isinstance(block, Paragraph):
            lines.append(block.number + block.text)
        elif isinstance(block, Table):
            lines.extend(block.row_text(r) for r in range(len(block.rows)))
        elif isinstance(block, Picture):
            lines.append(block.alt)
    return "\n".join(line for line in lines if line.strip())
