"""Attachments inside one file: 附件1, 附录A behind the text, each with headings numbered anew."""

from __future__ import annotations

from collections.abc import Sequence

from models.domain.document import Document, Paragraph
from models.headings import Candidate, Strength
from models.numbering import NumberKind, follows


def attached(document: Document, found: Sequence[Candidate]) -> list[Candidate]:
    """Return the lines that open an attachment, in order; entries of a list of attachments open none.

    The text is over where the first attachment opens: a line behind which its chapters go on opens none.
    """
    lines = [c for c in found if c.numbered.kind is NumberKind.ATTACHMENT and c.strength is not Strength.SOFT]
    lines = [c for c in lines if not c.title.startswith("附") and _has_body(document, c, lines)]
    heads = [c for c in found if c.strength is Strength.HARD and c.numbered.kind is not NumberKind.ATTACHMENT]
    for place, line in enumerate(lines):
        if not _goes_on(heads, line.block):
            return lines[place:]
    return []


def _has_body(document: Document, line: Candidate, lines: Sequence[Candidate]) -> bool:
    """Tell whether something stands below a line before the next attachment opens."""
    after = line.block + line.blocks
    end = next((c.block for c in lines if c.block > line.block), len(document.blocks))
    return any(not isinstance(b, Paragraph) or b.text.strip() for b in document.blocks[after:end])


def _goes_on(heads: Sequence[Candidate], at: int) -> bool:
    """Tell whether the numbers of the headings before a place go on behind it, without having begun anew."""
    before = {h.group: h for h in heads if h.block < at and h.numbered.path}
    for head in heads:
        if head.block < at or not head.numbered.path:
            continue
        last = before.get(head.group)
        if last is None or head.numbered.value == 1:
            before.pop(head.group, None)  # from here on a sequence of the attachment's own
        elif follows(last.numbered.path, head.numbered.path) and head.look == last.look:
            return True
    return False
