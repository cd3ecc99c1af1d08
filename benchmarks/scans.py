"""`python benchmarks/scans.py SET OUT`: turns a case set built as PDF into scans; then `make eval CASES=OUT`.

Each page at 200 dpi: leaning by up to half a degree, grainy, JPEG blocks; a red seal over the text of the first and
last page of each paper. What is drawn depends only on the case's name and the page.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import zlib
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))

import pypdfium2
from scan_samples import DPI, Sheet, pdf_of

LEAN = 0.5  # degrees, at most, to either side
NOISE = 8.0  # standard deviation, of 255


def scan(source: Path, out: Path) -> None:
    """Write the pages of a PDF as a scanner would."""
    pages = list(pypdfium2.PdfDocument(source))
    pictures = []
    for number, page in enumerate(pages):
        sheet = Sheet(page.render(scale=DPI / 72).to_pil().convert("RGB"))
        if number in {0, len(pages) - 1}:
            sheet.seal(400, 620 if number else 250)
        chance = zlib.crc32(f"{source.parent.name}/{source.name}/{number}".encode()) / 2**32
        pictures.append(sheet.scanned(skew=(2 * chance - 1) * LEAN, noise=NOISE))
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_bytes(pdf_of(pictures))


def main() -> int:
    """Copy labels and register, scan every PDF."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("set", type=Path)
    parser.add_argument("out", type=Path)
    args = parser.parse_args()
    sources = sorted((args.set / "submissions").rglob("*.pdf"))
    if not sources:
        parser.error(f"{args.set} holds no PDF: build the set with --format pdf")
    shutil.copytree(args.set, args.out, ignore=shutil.ignore_patterns("*.pdf"))
    with ProcessPoolExecutor(2) as pool:
        list(pool.map(scan, sources, [args.out / s.relative_to(args.set) for s in sources]))
    print(f"{len(sources)} PDFs scanned into {args.out}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
