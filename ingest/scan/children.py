"""Recognition of a stranger's pages in child processes: some pages each, so that one bad page costs itself alone."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from ingest.limits import SCAN
from ingest.process import answer_of, console_script
from ingest.scan.found import from_data
from models.domain.errors import ReadError

_AT_ONCE = 2  # children; each takes one core and about half a gigabyte


def recognise_safely(path: Path, name: str, pages: Sequence[int]) -> bytes | None:
    """Return what stands on these pages (from 1) as the JSON of `ingest.scan.found`; None where nothing came out.

    A page whose recognition crashes or takes too long is missing in it.
    """
    wanted = pages[: SCAN.pages]
    parts = [wanted[i : i + SCAN.pages_a_child] for i in range(0, len(wanted), SCAN.pages_a_child)]
    with ThreadPoolExecutor(min(_AT_ONCE, os.cpu_count() or 1)) as pool:
        found = [page for part in pool.map(lambda part: _part(path, name, part), parts) for page in part]
    return json.dumps(found).encode() if found else None


def _part(path: Path, name: str, pages: Sequence[int]) -> list[object]:
    numbers = ",".join(str(page) for page in pages)
    command = [console_script(), "read-scan", str(path.absolute()), name, numbers]
    try:
        found: list[object] = json.loads(answer_of(command, SCAN.seconds(len(pages)), name))
        from_data(found)  # type: ignore[arg-type]  # whatever else it is raises
    except (ReadError, ValueError, KeyError, TypeError):
        return [found for page in pages for found in _part(path, name, (page,))] if len(pages) > 1 else []
    return found
