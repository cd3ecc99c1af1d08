"""The service as a FastAPI application: reviews run in worker processes, never in the web process."""

from __future__ import annotations

import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Annotated, Any

import anyio.to_thread
from fastapi import FastAPI, File, Request, UploadFile
from fastapi.responses import HTMLResponse, JSONResponse, Response

from api import version
from api.batch import REFUSED, Piece, Reviewed, reviewer
from api.http import problems
from api.http.problems import Problem, ProblemError
from api.http.uploads import kept
from api.settings import Settings
from api.workers import WorkerError, WorkerPool
from models.domain.errors import ChushenError, InstallationError, RefusedError

_RETRY_SECONDS = "20"
_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; img-src data:; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}
_FAULTS: dict[int | str, dict[str, Any]] = {
    status: {"model": Problem, "content": {"application/problem+json": {}}} for status in (413, 422, 429, 503)
}
Files = Annotated[list[UploadFile], File(description="申报材料：可多个文件，或一个压缩包")]


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


def create_app(settings: Settings, pool: WorkerPool | None = None) -> FastAPI:
    """Return the service.

    Args:
        settings: limits and places.
        pool: workers for the reviews; by default ones that load this installation's models.
    """
    workers = pool or WorkerPool(settings.reviews_at_once, reviewer, (settings, "", None))
    reviews = Reviews(settings, workers)

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        yield
        await anyio.to_thread.run_sync(workers.close)

    app = FastAPI(title="初审", version=version(), lifespan=lifespan, docs_url=None, redoc_url=None, responses=_FAULTS)
    problems.install(app)
    _api(app, reviews)
    _pages(app, reviews)
    return app


def _api(app: FastAPI, reviews: Reviews) -> None:
    @app.post("/api/v1/reviews", summary="审核一个项目", response_class=JSONResponse)
    async def review(files: Files) -> Response:
        """Return the very bytes of `report.json`."""
        return Response(await reviews.review(files, "json"), media_type="application/json")

    @app.get("/healthz", summary="服务是否可用")
    async def health() -> dict[str, str | int]:
        """Say that the service answers, and how many reviews run."""
        return {"status": "ok", "version": version(), "running": reviews.pool.busy, "limit": reviews.pool.size}


def _pages(app: FastAPI, reviews: Reviews) -> None:
    @app.middleware("http")
    async def guarded(request: Request, call_next: Any) -> Response:  # noqa: ANN401  starlette's own type is private
        response: Response = await call_next(request)
        for name, value in _HEADERS.items():
            response.headers.setdefault(name, value)
        return response

    @app.get("/", include_in_schema=False)
    async def upload() -> HTMLResponse:
        return HTMLResponse(_page(reviews.settings, ""))

    @app.post("/", include_in_schema=False)
    async def report(files: Annotated[list[UploadFile], File()]) -> Response:
        try:
            return HTMLResponse(await reviews.review(files, "html"))
        except ProblemError as error:
            return HTMLResponse(_page(reviews.settings, error.detail), error.status, error.headers)


def _page(settings: Settings, problem: str) -> str:
    from jinja2 import Environment, PackageLoader

    environment = Environment(loader=PackageLoader("api.http"), autoescape=True)
    return environment.get_template("upload.html").render(settings=settings, problem=problem, version=version())
