"""What the tests of the running service share: where its API lies, and waiting for what it does by itself."""

from __future__ import annotations

import time
from typing import Any

API = "/api/v1"


def until(client: Any, path: str, holds: Any) -> Any:
    """Ask for `path` of the API until `holds` says so of the answer, and return it."""
    for _ in range(2400):
        if holds(found := client.get(f"{API}{path}").json()):
            return found
        time.sleep(0.05)
    raise AssertionError(found)
