"""What a review says it could not check, besides what failed: files, parts of files, comparisons without a list."""

from __future__ import annotations

from typing import TYPE_CHECKING

from api.wiring import REGISTER_RULES
from models.domain.report import NotChecked

if TYPE_CHECKING:
    from analyzers.context import Context
    from models.domain.submission import Submission


def not_read(submission: Submission) -> tuple[NotChecked, ...]:
    """Return a line for every file, and every part of a file, that was not read."""
    lines = [NotChecked(name, why) for name, why in submission.not_read]
    for item in submission.documents:
        lines.extend(
            NotChecked(f"{item.document.name} {note.what}", note.why)
            for note in item.document.notes
            if not note.harmless
        )
    return tuple(lines)


def without_functions(context: Context) -> tuple[NotChecked, ...]:
    """Return a line where the plan lists nothing that could be compared with the register."""
    if context.submission.functions or context.register is None:
        return ()
    return (NotChecked("与已有系统的比对", "方案中没有找到建设内容或功能清单，无从比对", REGISTER_RULES),)
