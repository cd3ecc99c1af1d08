"""Own ground truth of structure: sources that say what is to be read, and the Word files made of them.

`python benchmarks/structure.py` makes every file anew, reads it, shows each difference and prints the figures.
A source is YAML: `blocks` in order, `fields` of a form, `lists` of automatic numbers, further `headings`.

A block is a text (body), a list `[look, text, level]` (a level makes it a heading), or a mapping:
look h1 (style 标题1) o2 (outline level without a style) b14c (bold, 14 pt, centred) s16 (size only) p (body);
list: name.level of `lists`, number: what Word shows; run_in: text behind a bold title; picture, box, comment, hidden,
white, tiny, deleted, inserted: what else may hang on a paragraph; table: rows of cells, a cell being a text,
`[text, down, across]`, or `{text, table}` with a table inside.
"""

from __future__ import annotations

import io
import re
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml
from docx import Document as WordFile
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Pt, RGBColor

from corpus.policies import load_policy
from ingest.reader import read_bytes
from models.domain.document import Document, Table
from models.form import fields as read_fields
from models.outline import LABEL, outline
from models.text import squash

SOURCES = sorted((Path(__file__).parent / "data" / "structure").glob("*.yaml"))
Cell = tuple[int, int, int, str]  # table, row, column, text


@dataclass
class Truth:
    """What a reader finds in a file: headings (level, number and title), cells, fields, and what is kept apart."""

    headings: list[tuple[int, str]] = field(default_factory=list)
    cells: list[Cell] = field(default_factory=list)
    fields: dict[str, str] = field(default_factory=dict)
    aside: dict[str, list[str]] = field(default_factory=dict)


class _Writer:
    def __init__(self, source: dict[str, Any]) -> None:
        self.file = WordFile()
        self.file.styles["Normal"].font.size = Pt(12)
        self.truth = Truth(fields=dict(source.get("fields", {})))
        self.tables = 0
        self.numbers = _lists(self.file, source.get("lists", {}))
        for block in source["blocks"]:
            self.block(block)
        self.truth.headings += [(level, text) for level, text in source.get("headings", ())]

    def block(self, block: Any) -> None:
        if isinstance(block, str):
            block = {"text": block}
        elif isinstance(block, list):
            block = dict(zip(("look", "text", "level"), block, strict=False))
        if "table" in block:
            self.table(block)
        else:
            self.paragraph(block)

    def paragraph(self, block: dict[str, Any]) -> None:
        look = block.get("look", "p")
        style = f"Heading {look[1]}" if look[0] == "h" else None
        made = self.file.add_paragraph(style=style)
        run = made.add_run(block.get("text", ""))
        if look[0] in "bs":
            run.bold = look[0] == "b" or None
            run.font.size = Pt(float(re.sub(r"\D", "", look) or 12))
        if look.endswith("c"):
            made.alignment = WD_ALIGN_PARAGRAPH.CENTER
        if look[0] == "o":
            level = OxmlElement("w:outlineLvl")
            level.set(qn("w:val"), str(int(look[1]) - 1))
            made._p.get_or_add_pPr().append(level)
        if "list" in block:
            _number(made, self.numbers, block["list"])
        if "run_in" in block:
            made.add_run(block["run_in"])
        self.odd(made, run, block)
        if block.get("level"):
            self.truth.headings.append((block["level"], block.get("number", "") + block["text"]))

    def odd(self, made: Any, run: Any, block: dict[str, Any]) -> None:
        for kind in ("hidden", "white", "tiny"):
            if kind in block:
                extra = made.add_run(block[kind])
                extra.font.hidden = kind == "hidden" or None
                if kind == "white":
                    extra.font.color.rgb = RGBColor(255, 255, 255)
                if kind == "tiny":
                    extra.font.size = Pt(1)
                self.truth.aside.setdefault("hidden", []).append(block[kind])
        if "deleted" in block:
            made._p.append(
                parse_xml(
                    f'<w:del {nsdecls("w")} w:id="1" w:author="a"><w:r><w:delText>{block["deleted"]}</w:delText></w:r></w:del>'
                )
            )
            self.truth.aside.setdefault("deleted", []).append(block["deleted"])
        if "inserted" in block:
            made._p.append(
                parse_xml(
                    f'<w:ins {nsdecls("w")} w:id="2" w:author="a"><w:r><w:t>{block["inserted"]}</w:t></w:r></w:ins>'
                )
            )
        if "comment" in block:
            self.file.add_comment(run, text=block["comment"], author="a")
            self.truth.aside.setdefault("comments", []).append(block["comment"])
        if "picture" in block:
            run.add_picture(io.BytesIO(_PNG))
        if "box" in block:
            run._r.append(parse_xml(_BOX.format(w=nsdecls("w"), text=block["box"])))

    def table(self, block: dict[str, Any]) -> None:
        rows = block["table"]
        width = max(sum(_spans(c)[1] for c in row) for row in rows) if not block.get("width") else block["width"]
        made = self.file.add_table(rows=len(rows), cols=width)
        made.style = "Table Grid"
        taken: set[tuple[int, int]] = set()
        for r, row in enumerate(rows):
            c = 0
            for cell in row:
                while (r, c) in taken:
                    c += 1
                down, across = _spans(cell)
                target = made.cell(r, c)
                if down > 1 or across > 1:
                    target = target.merge(made.cell(r + down - 1, c + across - 1))
                taken |= {(r + i, c + j) for i in range(down) for j in range(across)}
                text = self.fill(target, cell)
                self.truth.cells.append((self.tables, r, c, flat(text)))
                c += across
        if block.get("head"):
            for row in made.rows[: block["head"]]:
                row._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))
        self.tables += 1

    def fill(self, target: Any, cell: Any) -> str:
        text = cell["text"] if isinstance(cell, dict) else cell[0] if isinstance(cell, list) else cell
        target.text = str(text)
        if isinstance(cell, dict) and "table" in cell:
            inner = target.add_table(rows=len(cell["table"]), cols=len(cell["table"][0]))
            for r, row in enumerate(cell["table"]):
                for c, word in enumerate(row):
                    inner.cell(r, c).text = str(word)
            text = "".join([str(text), *(str(w) for row in cell["table"] for w in row)])
        return str(text)


def _spans(cell: Any) -> tuple[int, int]:
    if isinstance(cell, list):
        return (*cell[1:], 1, 1)[:2]  # type: ignore[return-value]
    return cell.get("down", 1) if isinstance(cell, dict) else 1, cell.get("across", 1) if isinstance(cell, dict) else 1


def _lists(file: Any, lists: dict[str, list[str]]) -> dict[str, int]:
    """Add automatic lists to a file: for each level "pattern|format", e.g. 第%1章|chineseCounting."""
    root = file.part.numbering_part.element
    ids: dict[str, int] = {}
    for index, (name, levels) in enumerate(lists.items()):
        own = 900 + index
        inner = "".join(
            f'<w:lvl w:ilvl="{i}"><w:start w:val="1"/><w:numFmt w:val="{one.partition("|")[2] or "decimal"}"/>'
            f'<w:lvlText w:val="{one.partition("|")[0]}"/></w:lvl>'
            for i, one in enumerate(levels)
        )
        abstract = parse_xml(f'<w:abstractNum {nsdecls("w")} w:abstractNumId="{own}">{inner}</w:abstractNum>')
        root.insert(0, abstract)
        root.append(parse_xml(f'<w:num {nsdecls("w")} w:numId="{own}"><w:abstractNumId w:val="{own}"/></w:num>'))
        root.append(
            parse_xml(
                f'<w:num {nsdecls("w")} w:numId="{own + 50}"><w:abstractNumId w:val="{own}"/>'
                '<w:lvlOverride w:ilvl="0"><w:startOverride w:val="1"/></w:lvlOverride></w:num>'
            )
        )
        ids[name], ids[name + "'"] = own, own + 50
    return ids


def _number(made: Any, ids: dict[str, int], place: str) -> None:
    name, _, level = place.rpartition(".")
    made._p.get_or_add_pPr().append(
        parse_xml(f'<w:numPr {nsdecls("w")}><w:ilvl w:val="{level}"/><w:numId w:val="{ids[name]}"/></w:numPr>')
    )


_PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de0000000c4944415408d763f8ffff3f0005fe02fea735"
    "81840000000049454e44ae426082"
)
_BOX = (
    '<w:pict {w} xmlns:v="urn:schemas-microsoft-com:vml"><v:shape><v:textbox><w:txbxContent><w:p><w:r>'
    "<w:t>{text}</w:t></w:r></w:p></w:txbxContent></v:textbox></v:shape></w:pict>"
)


def flat(text: str) -> str:
    return re.sub(r"[\s/|]+", "", text)


def make(path: Path) -> tuple[bytes, Truth]:
    """Return the Word file of a source and what is to be read in it."""
    writer = _Writer(yaml.safe_load(path.read_text("utf-8")))
    out = io.BytesIO()
    writer.file.save(out)
    return out.getvalue(), writer.truth


def read(data: bytes, name: str) -> tuple[Truth, Document]:
    """Return what the program reads."""
    document = read_bytes(data, name)
    got = Truth()
    got.headings = [(s.level, s.number + s.title) for s in outline(document) if s.by != LABEL]
    tables = [b for b in document.blocks if isinstance(b, Table)]
    got.cells = [
        (t, r, c.col, flat(c.text)) for t, table in enumerate(tables) for r, row in enumerate(table.rows) for c in row
    ]
    got.fields = {f.label: f.value for f in read_fields(document, load_policy("gongshu-2021"))}
    got.aside = {
        "hidden": list(document.hidden),
        "deleted": list(document.deleted),
        "comments": list(document.comments),
    }
    return got, document


def differences(want: Truth, got: Truth) -> list[str]:
    """Return what is missing (-) and what is too much (+)."""
    out: list[str] = []
    for name, a, b in (("heading", want.headings, got.headings), ("cell", want.cells, got.cells)):
        wanted = Counter((lv, squash(t)) if name == "heading" else (lv, squash(str(t)), *x) for lv, t, *x in a)
        found = Counter((lv, squash(t)) if name == "heading" else (lv, squash(str(t)), *x) for lv, t, *x in b)
        out += [f"- {name} {x}" for x in (wanted - found)] + [f"+ {name} {x}" for x in (found - wanted)]
    out += [
        f"- field {k}={v!r} read {got.fields.get(k)!r}"
        for k, v in want.fields.items()
        if squash(got.fields.get(k, "无此栏")) != squash(v)
    ]
    for kind, texts in want.aside.items():
        out += [f"- {kind} {t}" for t in texts if t not in "".join(got.aside.get(kind, []))]
    return out
