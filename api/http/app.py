"""The service as a FastAPI application: reviews run in worker processes, never in the web process."""

from __future__ import annotations

import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Any

import anyio.to_thread
from fastapi import APIRouter, FastAPI, UploadFile
from fastapi.responses import Response
from fastapi.staticfiles import StaticFiles

from api import version
from api.batch import REFUSED, Piece, Reviewed
from api.http import (
    api_corpus,
    api_desk,
    api_submissions,
    crowd,
    deletions,
    guard,
    pages,
    papers,
    problems,
    register_pages,
    review_pages,
)
from api.http.api_submissions import Files
from api.http.desk import Desk, desk_of
from api.http.examples import REPORT, shown
from api.http.problems import FAULT, ProblemError
from api.http.rendering import page
from api.http.uploads import kept
from api.settings import Settings
from api.work import Worker, serving
from api.workers import WorkerError, WorkerPool
from models.domain.errors import ChushenError, InstallationError, RefusedError

_RETRY_SECONDS = "20"
_GIVE_BACK_SECONDS = 3.0  # in which work that was cut short goes back into the queue
_PARTS = 10_000  # files of one request that are looked at; how many are taken is said by `uploads.kept`
_FAULTS: dict[int | str, dict[str, Any]] = dict.fromkeys((401, 403, 404, 409, 413, 422, 429, 503), FAULT)


class Reviews:
    """Runs reviews within the number this installation allows at once; more are turned away, not queued."""

    def __init__(self, settings: Settings, pool: WorkerPool) -> None:
        """`pool`: workers whose handler takes a `Piece` and gives a `Reviewed`."""
        self.settings = settings
        self.pool = pool
        self._free = threading.Semaphore(pool.size)

    async def review(self, files: list[UploadFile], form: str) -> bytes:
        """Return the report of the uploaded files in one format.

        Raises:
            ProblemError: 413, 422, 429 or 503.
        """
        if not self._free.acquire(blocking=False):
            raise ProblemError(429, "正在审核的项目已满，请稍后再试", headers={"Retry-After": _RETRY_SECONDS})
        try:
            async with kept(files, self.settings.upload_mb, self.settings.upload_files) as paths:
                return await self._ask(paths, form)
        finally:
            self._free.release()

    async def _ask(self, paths: list[Path], form: str) -> bytes:
        piece = Piece(paths[0], (form,))
        try:
            ask = partial(self.pool.ask, piece, self.settings.review_seconds)
            reviewed: Reviewed = await anyio.to_thread.run_sync(ask)
        except InstallationError as error:
            raise ProblemError(503, str(error)) from None
        except (RefusedError, WorkerError, ChushenError) as error:
            raise ProblemError(422, str(error)) from None
        if reviewed.outcome.status == REFUSED:
            raise ProblemError(422, reviewed.outcome.error, refused=True)
        return reviewed.contents[form]


def create_app(settings: Settings, pool: WorkerPool | None = None, hosts: frozenset[str] | None = None) -> FastAPI:
    """Return the service.

    Args:
        settings: limits and places.
        pool: workers for the reviews; by default ones that load this installation's models.
        hosts: the names it may be called by; None for any.
    """
    workers = pool or WorkerPool(settings.reviews_at_once, serving, (settings,))
    desk = desk_of(settings)
    stop = threading.Event()

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        crew = [threading.Thread(target=Worker(settings, workers).run, args=(stop,)) for _ in range(workers.size)]
        for thread in crew:
            thread.daemon = True  # a job that is cut short is taken up again when its lease has run out
            thread.start()
        yield
        stop.set()
        await anyio.to_thread.run_sync(workers.close)
        await anyio.to_thread.run_sync(desk.clerk.close)
        for thread in crew:
            await anyio.to_thread.run_sync(thread.join, _GIVE_BACK_SECONDS)

    app = FastAPI(
        title="初审", version=version(), lifespan=lifespan, docs_url=None, redoc_url=None, responses=_FAULTS,
        form_limits={"max_files": _PARTS},
    )  # fmt: skip
    problems.install(app, lambda request, status, detail: page(request, desk, "problem.html", status, problem=detail))
    gate = crowd.install(app, settings)
    guard.install(app, settings.token, hosts)
    app.include_router(_service(desk, Reviews(settings, workers), gate))
    app.include_router(api_submissions.routes(desk))
    app.include_router(deletions.routes(desk))
    app.include_router(papers.routes(desk))
    app.include_router(api_desk.routes(desk))
    app.include_router(api_corpus.routes(desk))
    app.include_router(pages.routes(desk), include_in_schema=False)
    app.include_router(register_pages.routes(desk), include_in_schema=False)
    app.include_router(register_pages.exporting(desk), include_in_schema=False)
    app.include_router(review_pages.routes(desk), include_in_schema=False)
    app.include_router(deletions.pages(desk), include_in_schema=False)
    app.mount("/static", _Static(directory=Path(__file__).with_name("static")))
    return app


class _Static(StaticFiles):
    """Files of the pages; they change with the program only, and their addresses with it."""

    async def get_response(self, path: str, scope: Any) -> Response:  # noqa: ANN401  starlette's own type
        response = await super().get_response(path, scope)
        response.headers["Cache-Control"] = "public, max-age=86400"
        return response


def _service(desk: Desk, reviews: Reviews, gate: crowd.Gate) -> APIRouter:
    router = APIRouter()

    @router.post("/api/v1/reviews", summary="审核一个项目", response_class=Response, responses=REPORT, tags=["reviews"])
    async def review(files: Files) -> Response:
        """Return the very bytes of `report.json`; nothing is kept."""
        return Response(await reviews.review(files, "json"), media_type="application/json")

    @router.get("/healthz", summary="服务是否可用", tags=["service"], responses=shown("health"))
    def health() -> dict[str, Any]:
        """Say that the service answers, how many reviews run and uploads come in, and how full the queue is."""
        pool = reviews.pool
        counts = desk.jobs.counts()
        queue = {state: counts.get(state, 0) for state in ("waiting", "running", "failed")}
        work = {"running": pool.busy, "limit": pool.size, "uploads": gate.inside, "queue": queue}
        return {"status": "ok", "version": version(), **work}

    return router
