"""`make bench`: ratios measured in one run, and medians of whole reviews.

Absolute seconds belong to this machine; the ratio beside them does not.
"""

from __future__ import annotations

import io
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import docx
import pages

sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))

from word_files import large_plan

from api.papers.making import opinion
from api.pipeline import Timings
from api.pipeline import review as reviewed
from api.reports import official
from api.reports.stored import load, render
from api.reports.typeset import pdf
from api.settings import settings
from api.wiring import assemble
from corpus.policies import load_policy
from ingest.reader import read_bytes

ROOT = Path(__file__).parent.parent
EXAMPLE = ROOT / "examples" / "submission"
RUNS = 5


def cpu(work: Callable[[], object]) -> float:
    """Return the median CPU seconds of one call, after a first one that loads what is loaded late."""
    work()
    seconds = []
    for _ in range(RUNS):
        start = time.process_time()
        work()
        seconds.append(time.process_time() - start)
    return statistics.median(seconds)


def words(data: bytes) -> int:
    """Read every paragraph and cell with python-docx."""
    document = docx.Document(io.BytesIO(data))
    cells = (cell.text for table in document.tables for row in table.rows for cell in row.cells)
    return sum(map(len, cells)) + sum(len(p.text) for p in document.paragraphs)


def review() -> float:
    """Return the median wall seconds of a whole review as a person starts it."""
    program = Path(sys.executable).with_name("chushen")
    seconds = []
    with tempfile.TemporaryDirectory() as out:
        command = [program, "review", EXAMPLE, "--corpus", ROOT / "examples" / "systems.csv", "--out", out]
        for _ in range(3):
            start = time.perf_counter()
            subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            seconds.append(time.perf_counter() - start)
    return statistics.median(seconds)


def large() -> tuple[float, float, float]:
    """Review a plan of 300 pages with 1,000 table rows; return wall seconds, CPU seconds and a process's most MB."""
    program = Path(sys.executable).with_name("chushen")
    with tempfile.TemporaryDirectory() as folder:
        large_plan(Path(folder) / "件" / "建设方案.docx")
        options = ["--corpus", ROOT / "examples" / "systems.csv", "--out", folder]
        command = [program, "review", Path(folder) / "件", *options]
        start = time.perf_counter()
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        _, status, used = os.wait4(process.pid, 0)
        if status:
            raise SystemExit(f"chushen review ended with {os.waitstatus_to_exitcode(status)}")
        return time.perf_counter() - start, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024


def papers(number: int = 200) -> tuple[float, float, float, float]:
    """Return papers a second, stored review to docx, with two processes, and the median seconds of one to pdf.

    Then the CPU seconds of one docx and of one pdf, which do not depend on what else the machine does.
    """
    kept = _stored()
    with ProcessPoolExecutor(2, get_context("spawn"), _docx, (kept,)) as pool:  # each loads first what is loaded late
        list(pool.map(_docx, [kept] * 8))
        start = time.perf_counter()
        list(pool.map(_docx, [kept] * number, chunksize=10))
        rate = number / (time.perf_counter() - start)
    policy = load_policy()
    pdf(opinion(load(kept), policy))
    seconds = []
    for _ in range(RUNS):
        start = time.perf_counter()
        pdf(opinion(load(kept), policy))
        seconds.append(time.perf_counter() - start)
    return rate, statistics.median(seconds), cpu(lambda: _docx(kept)), cpu(lambda: pdf(opinion(load(kept), policy)))


def _stored() -> bytes:
    """Return the example's review as it is stored."""
    bench = assemble(settings(), "", ROOT / "examples" / "systems.csv")
    report = reviewed([EXAMPLE], bench, Timings())
    return render(report)


def _docx(kept: bytes) -> int:
    return len(official.docx(opinion(load(kept), load_policy())))


def main() -> int:
    """Print the figures."""
    data = (EXAMPLE / "建设方案.docx").read_bytes()
    ours, theirs = cpu(lambda: read_bytes(data, "建设方案.docx")), cpu(lambda: words(data))
    print(f"docx：本程序 {ours:.3f} CPU 秒，python-docx {theirs:.3f} CPU 秒，快 {theirs / ours:.1f} 倍")
    rate, seconds, docx_cpu, pdf_cpu = papers()
    print(f"初审意见（由存下的审核结果）：docx 每秒 {rate:.1f} 份（两个进程，200 份），pdf 每份 {seconds:.2f} 秒")
    print(f"初审意见：docx 每份 {docx_cpu:.2f} CPU 秒，pdf 每份 {pdf_cpu:.2f} CPU 秒")
    pages.main()
    seconds, spent, memory = large()
    print(f"审核300页、1000行清单的方案：{seconds:.1f} 秒（{spent:.1f} CPU 秒），内存最多 {memory:.0f} MB")
    print(f"审核示例材料：{review():.1f} 秒（3 次的中位数，含装载模型）")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
