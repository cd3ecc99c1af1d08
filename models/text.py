"""Text as it is compared and cut: one written form for the same characters, comparison keys, sentences with spans."""

from __future__ import annotations

import re
import unicodedata

_QUOTES = "“”„‟«»「」『』〝〞″＂"
_SINGLE_QUOTES = "‘’‚‛′＇"
_DASHES = "‐‑‒–—―─−－﹣"
_TILDES = "～〜∼"
_BRACKETS = {
    "（": "(",
    "）": ")",
    "﹙": "(",
    "﹚": ")",
    "〔": "[",
    "〕": "]",
    "【": "[",
    "】": "]",
    "［": "[",
    "］": "]",
}
_INVISIBLE = re.compile(r"[\u200b-\u200f\u202a-\u202e\u2060\ufeff\u00ad]")
# Ranges whose characters have a plain twin: spaces, CJK radicals, compatibility ideographs, full and half width forms.
_RANGES = ((0xA0, 0xA1), (0x2000, 0x200B), (0x2E80, 0x2FE0), (0x3000, 0x3001), (0xF900, 0xFB00), (0xFF00, 0xFFF0))


def _table() -> dict[int, str]:
    """Build the character map; every entry maps one character to exactly one."""
    table: dict[int, str] = {}
    for first, last in _RANGES:
        for code in range(first, last):
            plain = unicodedata.normalize("NFKC", chr(code))
            if len(plain) == 1 and plain != chr(code):
                table[code] = plain
    table.update({ord(c): '"' for c in _QUOTES})
    table.update({ord(c): "'" for c in _SINGLE_QUOTES})
    table.update({ord(c): "-" for c in _DASHES})
    table.update({ord(c): "~" for c in _TILDES})
    table.update({ord(k): v for k, v in _BRACKETS.items()})
    return table


_TABLE = _table()
_ENDS = frozenset("。！？；!?;")
_PAIRS = {"（": "）", "(": ")", "“": "”", "‘": "’", "「": "」", "『": "』", "《": "》", "【": "】", "〔": "〕"}
_TAIL = frozenset("”’」』）)》】")


def normalise(text: str) -> str:
    """Return the text in one written form: half width, plain quotes, dashes, brackets and spaces.

    Length is kept character by character, so that spans found in the result hold for the original.
    """
    return text.translate(_TABLE)


def squash(text: str) -> str:
    """Return the comparison key of a text: normalised, lower case, without punctuation and spaces."""
    return re.sub(r"[\W_]+", "", normalise(_INVISIBLE.sub("", text)).casefold())


def bracketless(text: str) -> str:
    """Return the text without anything in brackets (units, stamps, remarks beside a label)."""
    return re.sub(r"[(\[][^()\[\]]*[)\]]", "", normalise(text))


def bigrams(text: str) -> frozenset[str]:
    """Return the two-character pieces of a text's comparison key; of a single character, itself."""
    key = squash(text)
    return frozenset(key[i : i + 2] for i in range(len(key) - 1)) or frozenset([key] if key else [])


def _closed(line: str) -> dict[int, int]:
    """Map each opening bracket or quote of a line to its closing one; what is never closed is left out."""
    stack: list[tuple[str, int]] = []
    pairs: dict[int, int] = {}
    for i, char in enumerate(line):
        if char in _PAIRS:
            stack.append((_PAIRS[char], i))
        elif any(char == want for want, _ in stack):
            while stack:
                want, start = stack.pop()
                if want == char:
                    pairs[start] = i
                    break
    return pairs


def _line_spans(line: str) -> list[tuple[int, int]]:
    """Cut one line at the ends of sentences that stand outside brackets and quotes."""
    pairs = _closed(line)
    spans: list[tuple[int, int]] = []
    start = i = 0
    while i < len(line):
        if i in pairs:
            i = pairs[i] + 1
            continue
        i += 1
        if line[i - 1] in _ENDS:
            while i < len(line) and (line[i] in _ENDS or line[i] in _TAIL):
                i += 1
            spans.append((start, i))
            start = i
    spans.append((start, len(line)))
    return spans


def sentence_spans(text: str) -> list[tuple[int, int]]:
    """Return [start, end) of every sentence, surrounding blanks left out.

    A sentence ends at 。！？； or a line break, not inside brackets or quotes that are closed on the same line.
    """
    spans: list[tuple[int, int]] = []
    offset = 0
    for line in re.split(r"(\r\n|[\n\r\v\f\u2028\u2029])", text):
        for first, last in _line_spans(line):
            piece = line[first:last]
            bare = piece.strip()
            if bare:
                begin = offset + first + len(piece) - len(piece.lstrip())
                spans.append((begin, begin + len(bare)))
        offset += len(line)
    return spans


def sentences(text: str) -> list[str]:
    """Return the sentences of a text to the letter, in order."""
    return [text[a:b] for a, b in sentence_spans(text)]
