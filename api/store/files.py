"""Stored files by the hash of their content: the same bytes lie there once."""

from __future__ import annotations

import hashlib
import shutil
from pathlib import Path
from uuid import uuid4

from api.files import put


class FileStore:
    """A folder of files named by their SHA-256."""

    def __init__(self, folder: Path) -> None:
        """`folder` is made with the first file."""
        self._folder = folder

    def keep(self, content: bytes) -> str:
        """Store and return the hash."""
        digest = hashlib.sha256(content).hexdigest()
        path = self.path(digest)
        if not path.is_file():
            path.parent.mkdir(parents=True, exist_ok=True)
            put(path, content)
        return digest

    def keep_file(self, source: Path) -> str:
        """Store a file without reading it whole into memory, and return the hash."""
        with source.open("rb") as content:
            digest = hashlib.file_digest(content, "sha256").hexdigest()
        path = self.path(digest)
        if not path.is_file():
            path.parent.mkdir(parents=True, exist_ok=True)
            part = path.with_name(f".{digest}.{uuid4().hex}.part")
            try:
                shutil.copyfile(source, part)
                part.replace(path)
            finally:
                part.unlink(missing_ok=True)
        return digest

    def path(self, digest: str) -> Path:
        """Return where a file lies."""
        return self._folder / digest[:2] / digest

    def read(self, digest: str) -> bytes:
        """Return a file's content; OSError where it is not there."""
        return self.path(digest).read_bytes()

    def forget(self, digest: str) -> None:
        """Remove a file."""
        self.path(digest).unlink(missing_ok=True)

    def sweep(self) -> None:
        """Remove what a killed process left half written."""
        for part in self._folder.glob("*/.*.part"):
            part.unlink(missing_ok=True)
