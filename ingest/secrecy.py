"""State-secret marks: found, material is not read any further (涉密不上网，上网不涉密)."""

from __future__ import annotations

import re
import unicodedata
from itertools import pairwise

from models.domain.document import Block, Document, Paragraph, Table

_FIRST_BLOCKS = 15
_FIRST_PAGES = 2
_LINE = 40  # a mark stands on a short line of its own
_TRADITIONAL = str.maketrans({"絕": "绝", "機": "机", "級": "级", "長": "长", "標": "标", "識": "识"})
_LEVEL = "(?:绝密|机密|秘密)"
_STAR = "[★☆✩✭✮⋆*]"
_NUMBER = "(?:[0-9]{1,2}|[一二三四五六七八九十]{1,3})"
_TERM = f"(?:{_NUMBER}(?:年|个月|月)|长期|启封前)"
# The mark itself, nothing before or behind it but a label, a serial number or a bracket.
_LABEL = "(?:国家)?(?:密级|保密级别|涉密等级|密级标识|秘密等级|标记|标识)(?:和保密期限)?"
_BEFORE = rf"(?:[【\[(（〔《]?{_LABEL}[:】\])）〕》]?)?[【\[(（〔]?"
_AFTER = r"[】\])）〕]?(?:(?:编号|份号|№|no\.?)?[:]?[0-9]{0,8}号?)?"
_STARRED = re.compile(f"(?<![商业内部]){_LEVEL}{_STAR}")
_OWN_LINE = re.compile(f"^{_BEFORE}{_LEVEL}(?:{_STAR}?(?:{_TERM})?)(?:级|件)?{_AFTER}$", re.IGNORECASE)
_LABELLED = re.compile(
    rf"(?:^|[^涉])(?:密级|保密级别|涉密等级|秘密等级)(?:为|[:])?(?:国家)?{_LEVEL}级?(?=$|[^一-鿿]|保密期限|期限|份号|编号)"
)
_IN_NAME = re.compile(
    rf"(?:^|[\s_\-—+.、,(（【\[〔]){_LEVEL}(?:{_STAR}?{_TERM})?(?:级|件)?(?=$|[\s_\-—+.、,)）】\]〕])"
    rf"|(?<![商业内部]){_LEVEL}(?:{_STAR}|{_TERM})"
)


def marked_name(name: str) -> str | None:
    """Return 文件名 where a file name (with its folders) carries a state-secret mark, else None."""
    stem = unicodedata.normalize("NFKC", name).translate(_TRADITIONAL)
    return "文件名" if any(_IN_NAME.search(part) for part in stem.split("/")) else None


def marked(source: Document | str) -> str | None:
    """Return the place of a state-secret mark in a document or a file name, never its words; None where there is none.

    Places: 文件名, 属性, 页眉, 页脚, 首页.
    """
    if isinstance(source, str):
        return marked_name(source)
    if marked_name(source.name):
        return "文件名"
    if any(_margin_is_marked(value) for _, value in source.properties):
        return "属性"
    for place, lines in (("页眉", source.headers), ("页脚", source.footers)):
        if any(_margin_is_marked(line) for text in lines for line in text.split("\n")):
            return place
    return "首页" if _first_page_is_marked(source) else None


def _squashed(line: str) -> str:
    """Return a short line without spaces, widths and variants evened out; "" for anything longer."""
    if len(line) > 4 * _LINE:
        return ""
    text = re.sub(r"[\s\u200b\ufeff]", "", unicodedata.normalize("NFKC", line).translate(_TRADITIONAL))
    return text if len(text) <= _LINE else ""


def _line_is_marked(line: str) -> bool:
    text = _squashed(line)
    return bool(text) and bool(_OWN_LINE.match(text) or _cell_is_marked(line))


def _margin_is_marked(line: str) -> bool:
    """Tell whether a header, footer, watermark or property is a mark, or has one beside other words (机密 严禁复制)."""
    return _line_is_marked(line) or (len(line) <= 4 * _LINE and any(_line_is_marked(w) for w in line.split()))


def _cell_is_marked(cell: str) -> bool:
    """Tell whether a table cell is a mark; a bare 秘密 there may be one of several choices to tick."""
    text = _squashed(cell)
    return bool(text) and bool(_STARRED.search(text) or _LABELLED.search(text))


def _first_page_is_marked(document: Document) -> bool:
    """Look at the first two pages, or at the first blocks where there are no pages."""
    for index, block in enumerate(document.blocks):
        page = block.page
        if index >= _FIRST_BLOCKS if page is None else page > _FIRST_PAGES:
            break
        if _block_is_marked(block):
            return True
    return False


def _block_is_marked(block: Block) -> bool:
    if isinstance(block, Paragraph):
        return any(_line_is_marked(line) for line in block.text.split("\n"))
    if isinstance(block, Table):
        cells = [line for row in block.rows for cell in row for line in cell.text.split("\n")]
        pairs = [f"{a.text}:{b.text}" for row in block.rows for a, b in pairwise(row)]
        return any(_cell_is_marked(text) for text in cells + pairs)
    return False
