"""How long the pages take in Chromium: the first one, and the review page of a plan of 150 pages with 80 findings."""

from __future__ import annotations

import shutil
import statistics
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from api.http.app import create_app
from api.papers.specimen import specimen
from api.reports import render
from api.settings import Settings
from api.store import FileStore, Jobs, Submissions, open_database
from api.store.submissions import Arrival, record
from corpus.policies import load_policy
from models.domain.document import Cell, Paragraph, Table
from models.domain.finding import Evidence
from models.domain.report import Report

PAGES, BLOCKS_A_PAGE, FINDINGS = 150, 30, 80
RUNS = 7
_LOADED = "performance.getEntriesByType('navigation')[0].duration"


def long_report() -> Report:
    """Return an invented report on a plan of 150 pages (4,500 blocks, 60 tables of 20 rows) with 80 findings."""
    report = specimen(load_policy())
    words = "系统支持受理、派单、回访和统计，群众反映的问题在两个工作日内办结。" * 2
    blocks = tuple(
        Table(tuple(tuple(Cell(f"格{r}{c}", c) for c in range(6)) for r in range(20)), page=i // BLOCKS_A_PAGE + 1)
        if i % 75 == 0
        else Paragraph(f"第{i}段：{words}", page=i // BLOCKS_A_PAGE + 1)
        for i in range(PAGES * BLOCKS_A_PAGE)
    )
    first = report.documents[0]
    document = replace(first.document, blocks=blocks, pages=PAGES)
    findings = tuple(
        replace(
            report.findings[i % len(report.findings)],
            evidence=(Evidence(document.name, f"第{50 * i + 1}段：系统支持受理", paragraph=50 * i + 1, page=i + 1),),
        )
        for i in range(FINDINGS)
    )
    return replace(report, documents=(replace(first, document=document, sections=()),), findings=findings)


def stored(home: Path) -> str:
    """Put the long report into the store of `home` as a finished review and return the submission."""
    engine = open_database(Settings(home=home).database)
    files, source = FileStore(home / "files"), home / "方案.txt"
    source.write_text("方案", encoding="utf-8")
    _, (number,) = Submissions(engine, files).add([Arrival("长方案", (("方案.txt", source),))], "测速")
    job = Jobs(engine).claim("bench")
    if job is None:
        raise RuntimeError("the job that was just added is gone")
    report = long_report()
    found = {
        "contents": {form: files.keep(render(report, form)) for form in ("json", "stored")},
        "profile": {"faults": [], "alike": []},
        "row": {},
        "columns": {"advice": report.conclusion.advice},
    }
    Jobs(engine).finish(job, "done", "", lambda connection: record(connection, number, job.id, found))
    return number


@contextmanager
def served(home: Path) -> Iterator[str]:
    """Serve `home` from a thread of this process and give its address."""
    import uvicorn

    server = uvicorn.Server(uvicorn.Config(create_app(Settings(home=home)), port=0, log_level="error"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.02)
    yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    server.should_exit = True
    thread.join(20)


def loaded(page: Any, address: str) -> tuple[float, float]:  # noqa: ANN401  playwright may not be there
    """Load a page and return milliseconds until it was there, and of its main thread's own work."""
    session = page.context.new_cdp_session(page)
    session.send("Performance.enable", {"timeDomain": "threadTicks"})
    before = _work(session)
    page.goto(address, wait_until="load")
    wall = float(page.evaluate(_LOADED))
    work = _work(session) - before
    session.detach()
    return wall, work


def _work(session: Any) -> float:  # noqa: ANN401
    metrics = {one["name"]: one["value"] for one in session.send("Performance.getMetrics")["metrics"]}
    return float(metrics["TaskDuration"]) * 1000


def main() -> None:
    """Print the figures, or why there are none."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        chromium = None
    if chromium is None:
        print("网页：没有 Chromium 或 playwright，没有测（先 make ui-test）")
        return
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as run:
        home = Path(folder)
        number = stored(home)
        with served(home) as address:
            browser = run.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-dev-shm-usage"])
            page = browser.new_page(viewport={"width": 1366, "height": 768})
            for name, path in (("首页", "/"), (f"{PAGES}页方案、{FINDINGS}条问题的审核页", f"/submissions/{number}")):
                wall, work = zip(*(loaded(page, address + path) for _ in range(RUNS)), strict=True)
                told = f"{statistics.median(wall):.0f} 毫秒，其中页面主线程用 CPU {statistics.median(work):.0f} 毫秒"
                print(f"{name}：Chromium 装载完 {told}（{RUNS}次的中位数；最快{min(wall):.0f}，首次{wall[0]:.0f}）")
            browser.close()


if __name__ == "__main__":
    main()
