"""kill -9 of whole worker processes: every submission is reviewed once, the batch closes, what is secret goes."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest
from sqlalchemy import select

from api.store import FileStore, Jobs, Submissions, open_database
from api.store.schema import DOOMED, REVIEWS
from api.store.submissions import Arrival

pytestmark = pytest.mark.slow
WORK = """
import sys, threading
from pathlib import Path
sys.path.insert(0, sys.argv[2])
import api.store.jobs as jobs
import os, signal
jobs.LEASE = 1.5
jobs.ATTEMPTS = 100  # the kills may meet one job three times; that it is then given up is another test
from api.settings import Settings
from api.work import Worker
from api.workers import WorkerPool
from worker_standins import queued
def died(*_, **__):
    os.killpg(0, signal.SIGKILL)
def dying(where, name, *, after):
    before = getattr(where, name)
    setattr(where, name, (lambda *a, **k: (before(*a, **k), died())) if after else died)
if __name__ == "__main__":
    from api.store import refusals
    for point in sys.argv[3:]:
        dying(*{"reading": (WorkerPool, "ask"), "found": (refusals.Refusals, "begin"),
            "begun": (refusals.Refusals, "finish"), "removed": (refusals, "close"),
            "told": (refusals.Refusals, "finish")}[point], after=point == "told")
    Worker(Settings(home=Path(sys.argv[1])), WorkerPool(1, queued, (sys.argv[1],))).run(threading.Event())
"""


def test_killed_workers_lose_and_double_nothing(tmp_path):
    home = tmp_path / "home"
    engine = open_database(f"sqlite:///{home}/chushen.db")
    submissions, jobs = Submissions(engine, FileStore(home / "files")), Jobs(engine)
    script, source = tmp_path / "work.py", tmp_path / "a.txt"
    script.write_text(WORK)
    source.write_bytes(b"x")
    _, ids = submissions.add([Arrival(f"{i}", (("a.txt", source),)) for i in range(60)], "x", "批")

    def started() -> subprocess.Popen[bytes]:
        command = [sys.executable, script, home, Path(__file__).parent]
        return subprocess.Popen(command, start_new_session=True, stderr=subprocess.DEVNULL)

    workers = [started(), started()]
    try:
        for turn in range(5):  # each time something has been done, one worker dies
            seen = jobs.counts().get("done", 0)
            for _ in range(300):
                if jobs.counts().get("done", 0) > seen:
                    break
                time.sleep(0.05)
            os.killpg(workers[turn % 2].pid, signal.SIGKILL)
            workers[turn % 2].wait()
            workers[turn % 2] = started()
        for _ in range(1200):
            counted = jobs.counts()
            if not counted.get("waiting") and not counted.get("running") and counted.get("done", 0) > 60:
                break
            time.sleep(0.1)
    finally:
        for worker in workers:
            os.killpg(worker.pid, signal.SIGKILL)
            worker.wait()
    assert set(jobs.counts()) == {"done"}, jobs.counts()
    with engine.connect() as connection:
        reviewed = Counter(connection.execute(select(REVIEWS.c.submission)).scalars())
        per_job = Counter(connection.execute(select(REVIEWS.c.job)).scalars())
    assert set(reviewed) == set(ids)
    assert set(per_job.values()) == {1}
    assert {submissions.get(number)["state"] for number in ids} == {"done"}


@pytest.mark.parametrize("point", ["reading", "found", "begun", "removed", "told"])
def test_killed_over_a_secret_no_state_says_refused_while_a_file_is_left(tmp_path, point):
    home, secret = tmp_path / "home", b"what nobody may keep"
    engine = open_database(f"sqlite:///{home}/chushen.db")
    submissions = Submissions(engine, FileStore(home / "files"))
    script, source = tmp_path / "work.py", tmp_path / "a.txt"
    script.write_text(WORK)
    source.write_bytes(secret)
    _, (number,) = submissions.add([Arrival("a", (("密.txt", source),))], "x")

    def left() -> list[str]:  # asked of another process: one that reads an open database's file loses its locks on it
        return subprocess.run(["grep", "-rlaF", secret, home], stdout=subprocess.PIPE, check=False).stdout.splitlines()

    def started(*points: str) -> subprocess.Popen[bytes]:
        command = [sys.executable, script, home, Path(__file__).parent, *points]
        return subprocess.Popen(command, start_new_session=True, stderr=subprocess.DEVNULL)

    assert left()
    assert started(point).wait(timeout=120) == -signal.SIGKILL
    assert (submissions.get(number)["state"] == "refused") is (point == "told")
    assert bool(left()) is (point in {"reading", "found", "begun"})
    worker = started()
    try:
        for _ in range(600):
            if submissions.get(number)["state"] not in {"waiting", "running"}:
                break
            time.sleep(0.1)
        row = submissions.get(number)
        assert not left()  # at the very moment the state is told
    finally:
        os.killpg(worker.pid, signal.SIGKILL)
        worker.wait()
    assert (row["state"], row["error"]) == ("refused", "涉密")
    assert not submissions.files_of(number)
    assert submissions.content(number, "json")
    with engine.connect() as connection:
        assert len(connection.execute(select(REVIEWS.c.job)).all()) == 1
        assert not connection.execute(select(DOOMED)).all()
    assert not list((home / "jobs").glob("*"))
