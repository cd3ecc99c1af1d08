"""Submissions sent by mistake: deleted with a reason, listed with who did it."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from api.http.api_submissions import Limit, Offset, paged
from api.http.desk import Desk, reviewer_of
from api.http.examples import shown
from api.http.problems import FAULT, ProblemError
from api.http.rendering import page


def routes(desk: Desk) -> APIRouter:
    """Return the routes of the API."""
    router = APIRouter(prefix="/api/v1", tags=["submissions"])

    @router.delete("/submissions/{number}", status_code=204, summary="删除报错了的项目", responses={409: FAULT})
    def delete(
        request: Request,
        number: str,
        reason: Annotated[str, Query(min_length=1, max_length=200, description="为什么删除，记入经过")],
    ) -> Response:
        """Take out a submission with its files, reports and decisions; 409 where it is signed off or was completed."""
        _deleted(desk, number, reviewer_of(request), reason)
        return Response(status_code=204)

    @router.get("/deletions", summary="删除了哪些项目", responses=shown("deletions"))
    def index(offset: Offset = 0, limit: Limit = 50) -> dict[str, Any]:
        """List what was deleted, the latest first: by whom, when and why."""
        return paged([dict(row) for row in desk.deletions.all()], offset, limit)

    return router


def _deleted(desk: Desk, submission: str, by: str, why: str) -> None:
    """Delete a submission.

    Raises:
        ProblemError: 422 where no reason is given.
        MissingError: there is no such submission.
        ConflictError: it is signed off, or another one completes it.
    """
    if not why.strip():
        raise ProblemError(422, "删除一个项目，请写明理由")
    desk.deletions.delete(submission, by, why.strip())


def pages(desk: Desk) -> APIRouter:
    """Return the pages."""
    router = APIRouter()

    @router.post("/submissions/{number}/delete")
    def delete(request: Request, number: str, reason: Annotated[str, Form(max_length=200)] = "") -> Response:
        batch = desk.submissions.get(number)["batch"]
        _deleted(desk, number, reviewer_of(request), reason)
        left = batch and desk.submissions.find({"batch": batch}, limit=1).total
        return RedirectResponse(f"/?batch={batch}" if left else "/", 303)

    @router.get("/deleted")
    def index(request: Request) -> HTMLResponse:
        return page(request, desk, "deleted.html", rows=desk.deletions.all())

    return router
