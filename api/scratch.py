"""Copies of the material while it is worked on: below `CHUSHEN_HOME`, so that what a killed process left is found.

The system's folder for temporary files would keep them for good after a `kill -9`, secret ones too.
"""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from pathlib import Path


def settle(home: Path) -> Path:
    """Have this process and those it starts put temporary files below `home`; remove what dead ones left there."""
    own = home / "tmp" / str(os.getpid())
    if own.parent.is_dir():
        for left in own.parent.iterdir():
            if left == own or not _alive(left.name):
                shutil.rmtree(left, ignore_errors=True)
    own.mkdir(mode=0o700, parents=True, exist_ok=True)
    tempfile.tempdir = os.environ["TMPDIR"] = str(own.absolute())
    atexit.register(shutil.rmtree, own, ignore_errors=True)
    return own


def _alive(process: str) -> bool:
    if os.name == "nt" or not process.isdecimal():  # on Windows signal 0 is no question
        return True
    try:
        os.kill(int(process), 0)
    except ProcessLookupError:
        return False
    except OSError:  # it is another user's
        return True
    return True


@contextmanager
def bench(home: Path, job: str, worker: str) -> Iterator[Path]:
    """Give a folder for one job; what an earlier worker left of the same job, killed over it, goes first."""
    around = home / "jobs" / job
    shutil.rmtree(around, ignore_errors=True)
    own = around / worker
    own.mkdir(mode=0o700, parents=True)
    try:
        yield own
    finally:
        shutil.rmtree(own, ignore_errors=True)  # not the one around it: another worker may have taken the job over
        if not any(around.glob("*")):
            shutil.rmtree(around, ignore_errors=True)


def sweep(home: Path, running: Callable[[], Collection[str]]) -> None:
    """Remove the folders of jobs that nobody works on any more: given up or stopped after their worker was killed."""
    found = list((home / "jobs").glob("*"))  # before it is asked: a job has its folder only while it is running
    held = running() if found else ()
    for folder in found:
        if folder.name not in held:
            shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def within(folder: Path | None) -> Iterator[None]:
    """Have this process put temporary files into `folder` for a while; None changes nothing."""
    if folder is None:
        yield
        return
    before, known = tempfile.tempdir, os.environ.get("TMPDIR")
    tempfile.tempdir = os.environ["TMPDIR"] = str(folder)
    try:
        yield
    finally:
        tempfile.tempdir = before
        if known is None:
            os.environ.pop("TMPDIR", None)
        else:
            os.environ["TMPDIR"] = known
