"""`/api/v1/corpus/search`: the systems of the register that come nearest to any words."""

from __future__ import annotations

import threading
from dataclasses import asdict
from functools import cached_property
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter, Query

from api.http.examples import shown
from models.domain.errors import InstallationError

if TYPE_CHECKING:
    from api.http.desk import Desk
    from corpus.register import SystemIndex
    from models.embedder import Embedder

_LONGEST = 500  # characters of a question


class Searcher:
    """The stored register, opened at the first question and looked at anew at each; one question at a time."""

    def __init__(self, desk: Desk) -> None:
        """Open nothing yet."""
        self._desk = desk
        self._lock = threading.Lock()

    @cached_property
    def _embedder(self) -> Embedder | None:
        from api.wiring import matcher_of

        try:
            return matcher_of(self._desk.settings)
        except InstallationError:
            return None  # the answer says so: `embedder` is empty, and words are compared by their characters

    @cached_property
    def _index(self) -> SystemIndex:
        from corpus.register import open_stored

        return open_stored(self._desk.settings.database, self._embedder)

    def search(self, words: str, top: int) -> dict[str, Any]:
        """Return the systems nearest to the words, best first, as of now."""
        with self._lock:
            self._index.refresh()
            found = self._index.search_text(words, top)
            name = self._embedder.name if self._embedder else ""
            return {
                "items": [{**asdict(system), "score": score} for system, score in found],
                "register": self._index.size,
                "embedder": name,
            }


def routes(desk: Desk) -> APIRouter:
    """Return the routes."""
    router = APIRouter(prefix="/api/v1/corpus", tags=["register"])
    searcher = Searcher(desk)

    @router.get("/search", summary="按意思查找相近系统", responses=shown("nearest"))
    def search(
        q: Annotated[str, Query(min_length=1, max_length=_LONGEST, description="任何词句")],
        limit: Annotated[int, Query(ge=1, le=50)] = 20,
    ) -> dict[str, Any]:
        """Return systems by meaning, score at most 1; where no model is installed, by shared characters."""
        return searcher.search(q, limit)

    return router
