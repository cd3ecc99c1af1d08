"""Copies of the material lie where they are found again, and go with the process or the job they belong to."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from api import scratch


def test_what_a_dead_process_left_is_removed_and_a_living_ones_stays(tmp_path):
    code = "import sys, time\nfrom pathlib import Path\nfrom api import scratch\nimport tempfile\n"
    code += "scratch.settle(Path(sys.argv[1]))\n"
    code += "print(tempfile.mkdtemp(), flush=True)\nsys.stdin.readline()"

    def started() -> subprocess.Popen[str]:
        command = [sys.executable, "-c", code, str(tmp_path)]
        return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    dead, alive = started(), started()
    left, used = (Path(one.stdout.readline().strip()) for one in (dead, alive))
    assert left.parent.parent == used.parent.parent == tmp_path / "tmp"
    dead.kill()
    dead.communicate()
    third = started()
    own = Path(third.stdout.readline().strip())
    assert not left.parent.exists()
    assert used.is_dir()
    for one in (alive, third):
        one.communicate("\n", timeout=60)
    assert not used.parent.exists()
    assert not own.parent.exists()


def test_a_job_taken_over_finds_nothing_of_the_one_before(tmp_path):
    (tmp_path / "jobs" / "j" / "killed").mkdir(parents=True)
    (tmp_path / "jobs" / "j" / "killed" / "密.txt").write_text("x")
    with scratch.bench(tmp_path, "j", "w") as folder:
        assert list((tmp_path / "jobs" / "j").iterdir()) == [folder]
        with scratch.bench(tmp_path, "j", "another") as later:  # its lease had run out; it is not dead after all
            assert not folder.exists()
            (tmp_path / "jobs" / "other").mkdir()
        assert not later.exists()
    scratch.sweep(tmp_path, lambda: {"other"})
    assert [p.name for p in (tmp_path / "jobs").iterdir()] == ["other"]
    scratch.sweep(tmp_path, tuple)
    assert not list((tmp_path / "jobs").iterdir())


def test_temporary_files_lie_within_the_jobs_folder_meanwhile(tmp_path):
    before = tempfile.gettempdir(), os.environ.get("TMPDIR")
    with scratch.within(tmp_path):
        told = subprocess.run(
            [sys.executable, "-c", "import tempfile; print(tempfile.gettempdir())"], stdout=subprocess.PIPE, check=True
        ).stdout
        assert told.decode().strip() == tempfile.gettempdir() == str(tmp_path)
    assert (tempfile.gettempdir(), os.environ.get("TMPDIR")) == before
    with scratch.within(None):
        assert tempfile.gettempdir() == before[0]
