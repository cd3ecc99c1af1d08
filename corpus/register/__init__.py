"""The register of existing systems: reading lists, keeping them, searching them."""

from corpus.register.history import Change
from corpus.register.importer import ImportResult, Refused, column_map, read_systems
from corpus.register.search import SystemIndex, open_register, open_stored
from corpus.register.store import ImportCounts, RegisterStore

__all__ = [
    "Change",
    "ImportCounts",
    "ImportResult",
    "Refused",
    "RegisterStore",
    "SystemIndex",
    "column_map",
    "open_register",
    "open_stored",
    "read_systems",
]
