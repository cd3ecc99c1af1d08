"""`make bench-scale`: a register of 100,000 systems × 10 functions, on SQLite and on PostgreSQL with pgvector.

Vectors are made (`made_up.py`), not stored: they take the place of what the embedder says, everything else is the
program's own code, each part in a process of its own that may use two cores. Printed: import, start, a proposal of 60
functions compared (median, warm, wall and CPU seconds), a search asked of the service, the most memory; then whether
the first pass changes what is found, beside looking at every system, at 10,000 and at the full size, and whether both
engines find the same.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import made_up
import numpy as np

sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))

from fastapi.testclient import TestClient
from registers import fresh, postgres

from api.http.app import create_app
from api.settings import Settings
from api.workers import WorkerPool
from corpus.register import ImportResult, RegisterStore, SystemIndex
from models.domain.submission import Function
from models.likeness import Proposed, load_crowd
from models.likeness.crowd import Array, artefact

RUNS = 7
PROVED = 10_000
BESIDE = 6  # proposals compared with every system of a larger register
SHOWN = 10  # systems of a report


class Made:
    """Stands for the embedder: says of each text what was made for it, of any other a vector by chance."""

    name = str(artefact()["embedder"])

    def encode(self, texts: Sequence[str], kind: str) -> Array:  # noqa: ARG002 -- the embedder's
        """Return vectors by the texts' own bytes, the same for the same text."""
        rows = [np.random.default_rng(list(text.encode())).normal(size=made_up.WIDTH) for text in texts]
        made = np.array(rows, np.float32).reshape(-1, made_up.WIDTH)
        return np.asarray(made / np.linalg.norm(made, axis=1, keepdims=True), np.float32)


def filled(where: str, number: int) -> None:
    """Make a register with its vectors; print how long import and vectors took."""
    store = RegisterStore(where)
    rows = tuple(made_up.systems(number))
    took = timed(lambda: store.put(ImportResult(rows[:PROVED]), source="一.csv"))
    print(f"  导入 {PROVED} 行（不含求向量）：{took:.1f} 秒")
    store.put(ImportResult(rows[PROVED:]), source="二.csv")
    index = SystemIndex(store, Made(), store)
    vectors, now = index._vectors, store.state().revision  # noqa: SLF001 -- in the embedder's place
    crowd = load_crowd(Made())
    spent = 0.0
    for piece in made_up.vectors(crowd, number):
        start = time.perf_counter()
        vectors.write(piece, (), now)
        spent += time.perf_counter() - start
    vectors.settle(now)
    print(f"  写入 {number} 个系统的向量：{spent:.1f} 秒")


def timed(work: Callable[[], object]) -> float:
    """Return wall seconds."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def opened(where: str, number: int) -> dict[str, object]:
    """Open a filled register in this process, ask it, and return the figures and what was found."""
    crowd = load_crowd(Made())
    some = next(iter(made_up.vectors(crowd, min(number, 2000))))
    asked = list(made_up.proposals(crowd, some, 24))
    start = time.perf_counter()
    store = RegisterStore(where)
    index = SystemIndex(store, Made(), store)
    first = index._measured(asked[0].proposed)  # noqa: SLF001 -- the comparison without the embedder
    begun = time.perf_counter() - start
    warm = measured(lambda: compared(index, asked[1].proposed))
    units = timed(lambda: index.of_units(["区第7局"]))
    state = timed(index.refresh)
    found = [told(index, a.proposed) for a in asked]
    memory = most_memory()
    beside = asked if number <= PROVED else asked[:BESIDE]
    every = [] if where.startswith("postgresql") else [told(index, a.proposed, number) for a in beside]
    return {
        "start": begun, "warm": warm, "units": units, "state": state, "memory": memory,
        "found": found, "every": every, "size": len(first[0]), "true": [a.of if a.share else "" for a in asked],
    }  # fmt: skip


def measured(work: Callable[[], object]) -> tuple[float, float]:
    """Return the median wall and CPU seconds of a call."""
    walls, cpus = [], []
    for _ in range(RUNS):
        wall, cpu = time.perf_counter(), time.process_time()
        work()
        walls.append(time.perf_counter() - wall)
        cpus.append(time.process_time() - cpu)
    return statistics.median(walls), statistics.median(cpus)


def most_memory() -> float:
    """Return the most megabytes this process has held, mapped files included."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def compared(index: SystemIndex, proposed: Proposed) -> None:
    """Do what a review does once its functions are embedded: compare, decide, match function by function."""
    systems, shelf, measured = index._measured(proposed)  # noqa: SLF001
    functions = [Function(f"业务{n}", f"业务{n}", None) for n in range(len(proposed.functions))]  # type: ignore[arg-type]
    for at in range(20):
        number = int(measured.systems[at])
        index._matches(functions, measured, (systems[number], shelf, number))  # noqa: SLF001


def searching(where: str) -> dict[str, float]:
    """Ask `GET /api/v1/corpus/search` for words it has not heard yet, each time others; a process of its own.

    The words' vector is the installed model's, which has the name of the made one: the same space of vectors.
    """
    with tempfile.TemporaryDirectory(prefix="chushen-scale-") as home:
        service = create_app(Settings(home=Path(home), database_url=where), WorkerPool(1, len, ()))
        client, asked = TestClient(service), iter(range(RUNS + 1))

        def ask() -> None:
            answer = client.get(
                "/api/v1/corpus/search", params={"q": f"为老年人办理第{next(asked)}号业务的预约"}
            ).json()
            if answer["embedder"] != Made.name or len(answer["items"]) != 20:
                raise SystemExit(f"the search answered {answer['embedder']}, {len(answer['items'])} systems")

        ask()
        wall, cpu = measured(ask)
        return {"wall": wall, "cpu": cpu, "memory": most_memory()}


def told(index: SystemIndex, proposed: Proposed, first: int | None = None) -> list[tuple[str, float, float]]:
    """Return the systems a report would show: id, probability, probability to be mainly the same."""
    systems, _, measured = index._measured(proposed, *(() if first is None else (first,)))  # noqa: SLF001
    decision = index._yardstick.decision  # noqa: SLF001
    same, mainly = (d.probability(measured.features) for d in (decision.same, decision.mainly))
    order = np.argsort(-same, kind="stable")[:SHOWN]
    return [(systems[measured.systems[n]].id, round(float(same[n]), 4), round(float(mainly[n]), 4)) for n in order]


def child(*arguments: str) -> str:
    """Run one part of this file in a process of two threads; return what it prints."""
    environment = os.environ | {"OPENBLAS_NUM_THREADS": "2"}
    command = [sys.executable, __file__, *arguments]
    return subprocess.run(command, env=environment, check=True, stdout=subprocess.PIPE, text=True).stdout


def shown(title: str, where: str, number: int) -> dict[str, Any]:
    """Fill and open a register, print its figures, return what was found."""
    print(f"{title}，{number} 个系统：")
    print(child("fill", where, str(number)), end="", flush=True)
    got = json.loads(child("open", where, str(number)))
    search = json.loads(child("search", where, str(number)))
    print(f"  打开并比对第一份：{got['start']:.2f} 秒；内存最多 {got['memory']:.0f} MB")
    print(f"  60 项功能的方案（热）：{got['warm'][0]:.2f} 秒，{got['warm'][1]:.2f} CPU 秒（{RUNS} 次的中位数）")
    print(
        f"  查找接口（热，含词句的向量）：{search['wall'] * 1000:.0f} 毫秒，{search['cpu'] * 1000:.0f} CPU 毫秒，"
        f"内存最多 {search['memory']:.0f} MB"
    )
    print(f"  本单位的系统：{got['units'] * 1000:.0f} 毫秒；", end="")
    print(f"台账状态和哈希：{got['state'] * 1000:.0f} 毫秒")
    same = sum(a == b for a, b in zip(got["found"], got["every"], strict=False))
    right = [(t, f) for t, f in zip(got["true"], got["found"], strict=True) if t]
    if got["every"]:
        print(f"  先筛后算与逐个全算，前 {SHOWN} 名及概率相同：{same}/{len(got['every'])} 份；", end="")
    print(f"  应有的系统排第一：{sum(f[0][0] == t for t, f in right)}/{len(right)}", flush=True)
    return got


def main() -> int:
    """Run one part, or all parts one after another."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("part", nargs="*")
    parser.add_argument("--systems", type=int, default=100_000)
    arguments = parser.parse_args()
    if arguments.part:
        part, where, number = arguments.part
        if part == "fill":
            filled(where, int(number))
        elif part == "search":
            print(json.dumps(searching(where)))
        else:
            print(json.dumps(opened(where, int(number))))
        return 0
    rounds = sorted({PROVED, arguments.systems})
    with tempfile.TemporaryDirectory(prefix="chushen-scale-") as folder:
        servers = postgres(made(Path(folder) / "postgres"))
        address = next(servers)
        for number in rounds:
            ours = shown("SQLite", f"sqlite:///{folder}/register{number}.db", number)
            theirs = shown("PostgreSQL", fresh(address, f"register{number}"), number)
            same = sum(a == b for a, b in zip(ours["found"], theirs["found"], strict=True))
            print(f"两种数据库所得相同：{same}/{len(ours['found'])} 份\n", flush=True)
        next(servers, None)
    return 0


def made(folder: Path) -> Path:
    """Make a folder and return it."""
    folder.mkdir(parents=True)
    return folder


if __name__ == "__main__":
    raise SystemExit(main())
