"""What a file may cost before it is refused."""

from __future__ import annotations

from dataclasses import dataclass

MEGABYTE = 1024 * 1024


@dataclass(frozen=True, slots=True)
class ArchiveLimits:
    """Bounds of one zip; sizes in bytes after unzipping, `ratio` = unzipped / packed."""

    entries: int = 5_000
    part: int = 64 * MEGABYTE
    total: int = 256 * MEGABYTE
    ratio: int = 200
    ratio_from: int = MEGABYTE  # smaller parts may be as repetitive as they like: they cost nothing


@dataclass(frozen=True, slots=True)
class ParseLimits:
    """Bounds of one parse in a child process; times in seconds, sizes in bytes."""

    base_seconds: float = 20.0
    seconds_per_mb: float = 10.0
    memory: int = 2048 * MEGABYTE
    written: int = 64 * MEGABYTE  # size of any file the child may write
    answer: int = 256 * MEGABYTE  # of the answer through the pipe
    input: int = 256 * MEGABYTE

    def seconds(self, size: int) -> float:
        """Return how long a file of `size` bytes may take, in seconds of wall time and of CPU time alike."""
        return self.base_seconds + self.seconds_per_mb * size / MEGABYTE


@dataclass(frozen=True, slots=True)
class OfficeLimits:
    """Bounds of one conversion by another program; times in seconds, sizes in bytes."""

    base_seconds: float = 90.0  # LibreOffice starts slowly on a busy machine
    seconds_per_mb: float = 20.0
    memory: int = 4096 * MEGABYTE
    written: int = 256 * MEGABYTE

    def seconds(self, size: int) -> float:
        """Return how long a file of `size` bytes may take, in seconds of wall time and of CPU time alike."""
        return self.base_seconds + self.seconds_per_mb * size / MEGABYTE


@dataclass(frozen=True, slots=True)
class ScanLimits:
    """Bounds of recognising the pages of one file in child processes; times in seconds of wall time."""

    pages: int = 400  # of one file; the rest is named as unread
    pages_a_child: int = 4
    base_seconds: float = 60.0  # the models are loaded, on a busy machine
    seconds_per_page: float = 60.0  # ten times what a full page takes

    def seconds(self, pages: int) -> float:
        """Return how long so many pages may take, in seconds of wall time and of CPU time alike."""
        return self.base_seconds + self.seconds_per_page * pages


@dataclass(frozen=True, slots=True)
class TextLimits:
    """Bounds of what one document may hold once it is read."""

    pages: int = 5_000
    page_points: float = 14_400.0  # longest side of a PDF page by its specification
    table_rows: int = 20_000
    nesting: int = 8  # tables within tables
    xml_depth: int = 200  # elements within elements; libxml2 itself stops at 256


ARCHIVE = ArchiveLimits()
PARSE = ParseLimits()
OFFICE = OfficeLimits()
SCAN = ScanLimits()
UNPACK = ParseLimits(base_seconds=60.0, seconds_per_mb=5.0)
TEXT = TextLimits()
