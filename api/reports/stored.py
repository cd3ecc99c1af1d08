"""The whole report as the service keeps it, to be shown and written out again later. No public format."""

from __future__ import annotations

import json
import zlib
from functools import cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pydantic import TypeAdapter

    from models.domain.report import Report


def render(report: Report) -> bytes:
    """Return the report as compressed JSON; `load` reads it."""
    text = json.dumps(_adapter().dump_python(report, mode="json"), ensure_ascii=False)
    return zlib.compress(text.encode("utf-8", "replace"), 6)


def load(content: bytes) -> Report:
    """Return the report `render` wrote; ValueError where another version of the program wrote it otherwise."""
    try:
        report: Report = _adapter().validate_json(zlib.decompress(content))
    except zlib.error as error:
        raise ValueError(str(error)) from error
    return report


@cache
def _adapter() -> TypeAdapter[Any]:
    from pydantic import TypeAdapter

    from models.domain.report import Report

    return TypeAdapter(Report)
