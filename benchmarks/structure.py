"""`make truth`: makes the Word files of tests/data/structure anew, reads them and sets the reading beside the truth.

Prints each difference, then the figures of this program, of python-docx and of markitdown on the same files.
"""

from __future__ import annotations

import io
import re
import sys
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from docx import Document as WordFile

sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))

from structure_files import SOURCES, Truth, differences, flat, make, read

from models.text import squash

_HEADING = re.compile(r"(#{1,6})\s+(.*)")


def read_plainly(data: bytes) -> Truth:
    """Return what python-docx reads: styled headings, `Row.cells`."""
    file, got = WordFile(io.BytesIO(data)), Truth()
    for paragraph in file.paragraphs:
        style = paragraph.style.name if paragraph.style is not None else ""
        if style.startswith("Heading"):
            got.headings.append((int(style[-1]), paragraph.text))
    for t, table in enumerate(file.tables):
        for r, row in enumerate(table.rows):
            got.cells += [(t, r, c, flat(cell.text)) for c, cell in enumerate(row.cells)]
    return got


def read_as_markdown(data: bytes) -> Truth:
    """Return what markitdown reads: Markdown, with its headings and tables."""
    from markitdown import MarkItDown

    text, got = MarkItDown().convert(io.BytesIO(data), file_extension=".docx").text_content, Truth()
    tables: list[list[list[str]]] = []
    last = ""
    for line in text.splitlines():
        heading = _HEADING.match(line)
        if heading:
            got.headings.append((len(heading[1]), _plain(heading[2])))
        if line.startswith("|"):
            if not last.startswith("|"):
                tables.append([])
            cells = [_plain(cell) for cell in line.strip().strip("|").split("|")]
            if any(re.sub(r"[\s:-]", "", cell) for cell in cells):  # neither dashes nor an empty head
                tables[-1].append(cells)
        last = line
    for t, rows in enumerate(tables):
        got.cells += [(t, r, c, flat(cell)) for r, row in enumerate(rows) for c, cell in enumerate(row)]
    return got


def _plain(text: str) -> str:
    """Return the words of Markdown without its marks."""
    return re.sub(r"\*\*|__|\\(?=\W)", "", text).strip()


def _key(heading: tuple[int, str]) -> str:
    return squash(heading[1])


@dataclass
class Score:
    """Counts over files: headings by title, then levels among those found; cells by table, row, column and text."""

    counts: Counter[str] = field(default_factory=Counter)

    def add(self, want: Truth, got: Truth) -> None:
        """Count one file."""
        wanted, found = Counter(map(_key, want.headings)), Counter(map(_key, got.headings))
        both = wanted & found
        levels = Counter((lv, squash(t)) for lv, t in want.headings) & Counter(
            (lv, squash(t)) for lv, t in got.headings
        )
        cells, own = Counter(c for c in want.cells if c[3]), Counter(c for c in got.cells if c[3])
        self.counts.update(
            wanted=wanted.total(), found=found.total(), both=both.total(), levels=levels.total(),
            cells=cells.total(), own=own.total(), shared=(cells & own).total(),
            fields=len(want.fields),
            right=sum(squash(got.fields.get(k, "无此栏")) == squash(v) for k, v in want.fields.items()),
        )  # fmt: skip

    def line(self) -> str:
        """Return the figures in one line."""
        c = self.counts

        def share(part: str, whole: str) -> str:
            return f"{c[part] / c[whole]:.3f}" if c[whole] else "–"

        headings = (
            f"precision {share('both', 'found')} recall {share('both', 'wanted')} level {share('levels', 'both')}"
        )
        cells = f"recall {share('shared', 'cells')} precision {share('shared', 'own')}"
        counts = f"({c['both']}/{c['wanted']} headings, {c['shared']}/{c['cells']} cells)"
        return f"headings {headings}; cells {cells} {counts}; fields {c['right']}/{c['fields']}"


def main(names: list[str]) -> int:
    """Make, read and compare every file (or those named); 1 where something differs."""
    ours, plain, marked, bad = Score(), Score(), Score(), 0
    sources = [p for p in SOURCES if not names or p.stem in names]
    for path in sources:
        data, want = make(path)
        got, _ = read(data, path.stem + ".docx")
        ours.add(want, got)
        plain.add(want, read_plainly(data))
        marked.add(want, read_as_markdown(data))
        lines = differences(want, got)
        bad += bool(lines)
        for line in lines:
            print(f"{path.stem}: {line}")
    print(f"{len(sources)} documents, {bad} with differences")
    print(f"chushen      {ours.line()}")
    print(f"python-docx  {plain.line()}")
    print(f"markitdown   {marked.line()}")
    return int(bad > 0)


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
