"""Writing files whole or not at all, under names that do no harm."""

from __future__ import annotations

import os
import threading
from pathlib import Path, PurePosixPath

_DEEPEST = 8  # folders within one another


def put(path: Path, content: bytes) -> None:
    """Write a file whole or not at all; an existing one is replaced."""
    part = path.with_name(f".{path.name}.{os.getpid()}-{threading.get_ident()}.part")
    try:
        part.write_bytes(content)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def safe_name(name: str, index: int, taken: set[str]) -> str:
    """Return a file name that stays in its folder: no path, no control characters, at most 200 bytes, not taken."""
    last = PurePosixPath(name.replace("\\", "/")).name
    clean = "".join(c for c in last if c.isprintable() and c not in '<>:"|?*').strip(" .") or f"文件{index}"
    stem, dot, suffix = clean.rpartition(".") if "." in clean else (clean, "", "")
    while len(f"{stem}{dot}{suffix}".encode()) > 200 and stem:
        stem = stem[:-1]
    clean = f"{stem}{dot}{suffix[:20]}"
    return clean if clean not in taken else f"{stem}-{index}{dot}{suffix[:20]}"


def below(folder: Path, name: str) -> Path:
    """Return (and make) the folder a file named with its folders belongs into, never outside `folder`."""
    parts = [part for part in name.replace("\\", "/").split("/")[:-1] if part.strip(" .")][:_DEEPEST]
    for index, part in enumerate(parts, start=1):
        folder /= safe_name(part, index, set())
        if folder.is_file():  # a file of this name came before: its folder gets another
            folder = folder.with_name(f"{folder.name}~")
    folder.mkdir(parents=True, exist_ok=True)
    return folder
