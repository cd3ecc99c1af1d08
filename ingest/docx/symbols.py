"""Wingdings: the boxes and ticks that forms are filled in with, as Unicode."""

from __future__ import annotations

_TABLES = {
    "wingdings": {
        0x6F: "□",
        0x71: "□",
        0x72: "□",
        0xA8: "□",
        0xFC: "✓",
        0xFB: "✗",
        0xFD: "☒",
        0xFE: "☑",
        0x6C: "●",
        0x6E: "■",
    },
    "wingdings 2": {0x2A: "□", 0x30: "□", 0xA3: "□", 0x50: "✓", 0x4F: "✗", 0x51: "☒", 0x52: "☑", 0x53: "☒", 0x54: "☒"},
}
BOXES = ("□", "☑")  # unticked, ticked


def symbol(font: str, code: int) -> str:
    """Return the Unicode sign of a character of a symbol font; "" where it is a mere ornament."""
    return _TABLES.get(font.lower(), {}).get(code & 0xFF, "")


def in_symbol_font(font: str, text: str) -> str:
    """Return text set in a symbol font as the reader sees it; signs without a counterpart are left out."""
    return "".join(
        c if c.isspace() else symbol(font, ord(c)) for c in text if ord(c) <= 0xFF or 0xF000 <= ord(c) <= 0xF0FF
    )
