"""The pages of the register: list, import with a check beforehand, one system with its versions."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, File, Form, Query, Request, UploadFile
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from api.http import api_desk
from api.http.desk import Desk
from api.http.rendering import page
from api.store import MissingError

_SHOWN = 50
_NAMED = 5  # rows that were not taken, told one by one


def routes(desk: Desk) -> APIRouter:
    """Return the routes."""
    router = APIRouter(prefix="/register")

    @router.get("")
    def register(
        request: Request, q: str = "", offset: Annotated[int, Query(ge=0, le=10**7)] = 0, told: str = ""
    ) -> HTMLResponse:
        wanted = {key: request.query_params.get(key, "") for key in ("level", "status")}
        store = api_desk.register_of(desk)
        found = store.page(q, wanted, offset, _SHOWN)
        empty = not found.total and not store.state().size
        shown = {"rows": found.systems, "total": found.total, "choices": found.choices, "empty": empty}
        asked = {"wanted": wanted, "q": q, "offset": offset, "limit": _SHOWN}
        return page(request, desk, "register.html", told=told[:600], **asked, **shown)

    @router.post("")
    async def put(file: Annotated[UploadFile, File()], *, dry_run: Annotated[bool, Form()] = False) -> Response:
        counts = await api_desk.imported(desk, file, dry_run=dry_run)
        told = "新增{added}个，更新{updated}个，未变{unchanged}个".format(**counts)
        told = f"{told}，未采纳{len(counts['refused'])}行"
        why = "；".join(f"第{r['row']}行：{r['why']}" for r in counts["refused"][:_NAMED])
        told = f"检查过了，台账没有改动。导入的话，将{told}" if dry_run else told
        return RedirectResponse(f"/register?told={quote(told + ('。' + why if why else ''))}", 303)

    @router.post("/remove")
    def remove(number: Annotated[str, Form()]) -> Response:
        gone = api_desk.register_of(desk).remove([number])
        return RedirectResponse(f"/register?told={quote(f'已删除{number}' if gone else f'台账里没有{number}')}", 303)

    @router.get("/systems/{number:path}")
    def one(request: Request, number: str) -> HTMLResponse:
        store = api_desk.register_of(desk)
        found, changes = store.get([number]), store.history(number)
        if not found and not changes:
            raise MissingError("台账里没有这个编号")
        told = {"number": number, "system": found[0] if found else None, "changes": tuple(reversed(changes))}
        return page(request, desk, "system.html", **told)

    return router


def exporting(desk: Desk) -> APIRouter:
    """Return the download."""
    router = APIRouter()

    @router.get("/register.csv")
    def export() -> Response:
        headers = {"Content-Disposition": 'attachment; filename="register.csv"'}
        return Response(api_desk.register_file(desk, "csv"), media_type="text/csv; charset=utf-8", headers=headers)

    return router
