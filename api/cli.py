"""Command line `chushen`; see the contract in docs/contract.md."""

from __future__ import annotations


def main() -> None:
    """Entry point of the console script."""
    raise SystemExit(2)
