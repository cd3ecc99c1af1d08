"""`chushen outline`, `chushen text`: what the program sees in one file."""

from __future__ import annotations

import argparse
import sys

from api.cli import DONE, USAGE
from models.domain.document import Document, Paragraph, Picture, Table
from models.domain.errors import SecretError


def outline(arguments: argparse.Namespace) -> int:
    """Print the section tree with template numbers and places."""
    document = _document(arguments)
    if document is None:
        return USAGE
    from api.settings import settings
    from api.wiring import aligned

    for section in aligned(settings(), document, arguments.policy):
        block = document.blocks[section.block]
        at = f"第{block.page}页" if block.page is not None else f"第{section.block + 1}段"
        numbers = "、".join(section.template) or "—"
        print(f"{'  ' * (section.level - 1)}{section.number}{section.title}\t{numbers}\t{at}")
    return DONE


def text(arguments: argparse.Namespace) -> int:
    """Print the plain text, one line a paragraph or table row."""
    document = _document(arguments)
    if document is None:
        return USAGE
    for block in document.blocks:
        if isinstance(block, Paragraph):
            print(block.number + block.text)
        elif isinstance(block, Table):
            for row in range(len(block.rows)):
                print(block.row_text(row))
        elif isinstance(block, Picture):
            print(f"[图片：{block.alt}]" if block.alt else "[图片]")
    for note in document.notes:
        print(f"{document.name} {note.what}：{note.why}", file=sys.stderr)
    return DONE


def _document(arguments: argparse.Namespace) -> Document | None:
    from api.pipeline import read_file

    path = arguments.file
    if not path.is_file():
        print(f"{path}：没有这个文件", file=sys.stderr)
        return None
    try:
        return read_file(path, path.name)
    except SecretError as error:
        raise SecretError("带有国家秘密标志，已停止读取", name=error.name, advice="请联系本单位保密工作机构") from None
