"""Writing files whole or not at all."""

from __future__ import annotations

import os
import threading
from pathlib import Path


def put(path: Path, content: bytes) -> None:
    """Write a file whole or not at all; an existing one is replaced."""
    part = path.with_name(f".{path.name}.{os.getpid()}-{threading.get_ident()}.part")
    try:
        part.write_bytes(content)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
