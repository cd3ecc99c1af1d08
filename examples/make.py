"""Build the example submission from its text sources: `python examples/make.py [--out DIR] [--draw]`.

The same sources give the same bytes with the same versions of the libraries. `--draw` draws the diagrams again, which
needs the Noto Sans CJK font; without it the drawn files in source/pictures are used.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import pictures
import workbook
import yaml
from markup import Line, blocks, front
from parcel import settle
from word import Writer

HERE = Path(__file__).resolve().parent
SOURCE = HERE / "source"
PICTURES = SOURCE / "pictures"


def plan() -> bytes:
    """建设方案.docx: cover, contents list, sixteen chapters."""
    path = SOURCE / "方案.md"
    facts, found = front(path), blocks(path)
    pages = yaml.safe_load((SOURCE / "目录页码.yaml").read_text(encoding="utf-8"))
    writer = Writer("建设方案", f"{facts['项目名称']}建设方案")
    writer.cover(facts)
    heads = [(int(b.kind[1]), b.text) for b in found if isinstance(b, Line) and b.kind in ("h1", "h2")]
    writer.contents([(level, title, str(page)) for (level, title), page in zip(heads, pages, strict=True)])
    for block in found:
        writer.add(block, PICTURES)
    return settle(writer.save())


def form() -> bytes:
    """申报表.docx: one table of four columns."""
    content = yaml.safe_load((SOURCE / "申报表.yaml").read_text(encoding="utf-8"))
    writer = Writer("申报表", "拱政信息化申报")
    writer.centred(content["title"], 18, "黑体")
    writer.grid(tuple(tuple(row) for row in content["rows"]), tuple(content["widths"]), head=False)
    return settle(writer.save())


def attachment(name: str) -> bytes:
    """One attachment; its first line is the title."""
    title, *rest = blocks(SOURCE / name)
    assert isinstance(title, Line)  # noqa: S101 - the sources are ours
    writer = Writer(title.text, "建设方案附件")
    writer.centred(title.text, 18, "黑体")
    for block in rest:
        writer.add(block, PICTURES)
    return settle(writer.save())


def build(out: Path) -> None:
    """Write the whole submission into a folder."""
    made = {
        "建设方案.docx": plan(),
        "申报表.docx": form(),
        "投资概算明细表.xlsx": settle(workbook.build(SOURCE / "投资概算明细表.yaml")),
        "附件/附件1 专题会议纪要.docx": attachment("附件1.md"),
        "附件/附件2 业务需求清单.docx": attachment("附件2.md"),
    }
    for name, data in made.items():
        path = out / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        print(f"{path}  {len(data) // 1024} KB")


def main() -> None:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=HERE / "submission")
    parser.add_argument("--draw", action="store_true")
    options = parser.parse_args()
    if options.draw:
        pictures.draw(PICTURES)
    build(options.out)


if __name__ == "__main__":
    main()
