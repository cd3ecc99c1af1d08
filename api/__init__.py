"""Every way in and out: the one pipeline function, command line, batch, service, reports."""

from __future__ import annotations

from functools import cache


@cache
def version() -> str:
    """Return the program's own version, as it stands in every report."""
    from importlib.metadata import PackageNotFoundError
    from importlib.metadata import version as installed

    try:
        return installed("chushen")
    except PackageNotFoundError:  # run from a source tree that was never installed
        return "0+source"
