"""The pages around a review: list and upload, board, policy, entrance."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from typing import Annotated, Any
from urllib.parse import quote

from fastapi import APIRouter, File, Form, Query, Request, UploadFile
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from api.board import Board
from api.http import api_desk, guard, papers
from api.http.copied import called, copied_of
from api.http.desk import COOKIE, Desk, clean_name, reviewer_of
from api.http.rendering import page
from api.http.taking_in import Intake, take_in
from api.store.submissions import ASKED

_EVERY = 100_000
_SHOWN = 50
_NODES = 60
_FEW = 5  # submissions in an installation somebody is only beginning to use
_DAYS = 86400


def routes(desk: Desk) -> APIRouter:
    """Return the routes."""
    router = APIRouter()
    _entrance(router, desk)
    _list(router, desk)
    _batches(router, desk)
    _board(router, desk)
    _around(router, desk)
    return router


def _entrance(router: APIRouter, desk: Desk) -> None:
    @router.get("/login")
    def login(request: Request) -> HTMLResponse:
        return page(request, desk, "login.html", problem="")

    @router.post("/login")
    def enter(request: Request, token: Annotated[str, Form()]) -> Response:
        if not desk.settings.token or not guard.same(token, desk.settings.token):
            return page(request, desk, "login.html", 401, problem="口令不对")
        answer = RedirectResponse("/", 303)
        secure = request.url.scheme == "https"
        answer.set_cookie(guard.SESSION, token, httponly=True, samesite="strict", secure=secure, max_age=_DAYS)
        return answer

    @router.post("/logout")
    def leave() -> Response:
        answer = RedirectResponse("/login", 303)
        answer.delete_cookie(guard.SESSION, httponly=True, samesite="strict")
        return answer

    @router.post("/reviewer")
    def name(name: Annotated[str, Form()] = "", back: Annotated[str, Form()] = "/") -> Response:
        answer = RedirectResponse(back if back.startswith("/") and back[1:2] not in {"/", "\\"} else "/", 303)
        answer.set_cookie(COOKIE, quote(clean_name(name)), httponly=True, samesite="strict", max_age=365 * _DAYS)
        return answer


def _wanted(request: Request) -> dict[str, str]:
    return {k: v for k, v in request.query_params.items() if k in ASKED and v}


def _list(router: APIRouter, desk: Desk) -> None:
    @router.get("/")
    def index(request: Request, sort: str = "new", offset: Annotated[int, Query(ge=0, le=10**7)] = 0) -> HTMLResponse:
        wanted = _wanted(request)
        found = desk.submissions.find(wanted, sort, offset, _SHOWN)
        batches = {b["id"]: b for b in desk.submissions.batches()}
        query = "&".join(f"{k}={quote(v)}" for k, v in [*wanted.items(), ("sort", sort)])
        busy = any(r["state"] in {"waiting", "running"} for r in found.rows)
        told = {"found": found, "wanted": wanted, "sort": sort, "query": query, "batches": batches, "busy": busy}
        told["settled"] = bool(request.query_params.get("settled"))
        told["whole"] = _batch(desk, wanted.get("batch", ""))
        told["new"] = found.total < _FEW and not wanted and not api_desk.register_of(desk).state().size
        name = "_rows.html" if request.headers.get("hx-target") == "rows" else "home.html"
        return page(request, desk, name, choices=desk.submissions.choices(), **told)

    @router.post("/submissions")
    async def upload(
        request: Request,
        files: Annotated[list[UploadFile], File()],
        mode: Annotated[str, Form()] = "one",
        batch: Annotated[str, Form()] = "",
        previous: Annotated[str, Form()] = "",
    ) -> Response:
        name = (batch.strip() or "一批申报") if mode == "batch" else None
        taken = await take_in(desk, files, Intake(reviewer_of(request), name, previous))
        return RedirectResponse(
            f"/?batch={taken.batch}" if taken.batch else f"/submissions/{taken.submissions[0]}", 303
        )


def _batch(desk: Desk, number: str) -> dict[str, Any] | None:
    """Return a batch with how many of its submissions are in each state, None where none is asked for."""
    if not number:
        return None
    rows = desk.submissions.find({"batch": number}, limit=_EVERY).rows
    return {**desk.submissions.batch(number), "states": Counter(r["state"] for r in rows)}


def _batches(router: APIRouter, desk: Desk) -> None:
    @router.post("/batches/{number}/again")
    def again(request: Request, number: str) -> Response:
        api_desk.batch_again(desk, number, reviewer_of(request))
        return RedirectResponse(f"/?batch={number}", 303)

    @router.post("/batches/{number}/cancel")
    def cancel(request: Request, number: str) -> Response:
        api_desk.batch_stopped(desk, number, reviewer_of(request))
        return RedirectResponse(f"/?batch={number}", 303)


def _board(router: APIRouter, desk: Desk) -> None:
    @router.get("/board")
    def show(request: Request) -> HTMLResponse:
        wanted = _wanted(request) | {"current": "1"}  # what was sent anew counts once
        rows = desk.submissions.find(wanted, "risk", limit=_EVERY).rows
        made = api_desk.board_of(desk, rows)
        query = "&".join(f"{k}={quote(v)}" for k, v in wanted.items())
        titles = called(rows)
        charts = json.dumps(_charts(made, titles) | {"query": query})
        told = {"board": made, "charts": charts, "wanted": wanted, "query": query, "titles": titles}
        told |= {"copied": copied_of(desk, wanted, titles), "units": {r["id"]: r["unit"] for r in rows}}
        return page(
            request, desk, "board.html", choices=desk.submissions.choices(), batches=desk.submissions.batches(), **told
        )

    @router.get("/board.xlsx")
    def table(request: Request) -> Response:
        return papers.download("汇总.xlsx", api_desk.table_of(desk, _wanted(request)))

    @router.get("/yearly.xlsx")
    def workbook(request: Request) -> Response:
        return papers.yearly(desk, _wanted(request))


def _charts(made: Board, titles: Mapping[str, str]) -> dict[str, Any]:
    groups = made.clusters
    listed = [(row, index) for index, group in enumerate(groups) for row in group][:_NODES]
    nodes = [{"id": r["id"], "name": titles[r["id"]], "unit": r["unit"], "group": index} for r, index in listed]
    shown = {n["id"] for n in nodes}
    links = [[a, b] for a, b in made.links if {a, b} <= shown]
    return {
        "domains": [[t.name, t.wan, t.cut_wan] for t in made.domains[:10]],
        "units": [[t.name, t.wan, t.cut_wan] for t in made.units[:10]],
        "advice": [[t.name, t.number] for t in made.advice],
        "nodes": nodes,
        "links": links,
    }


def _around(router: APIRouter, desk: Desk) -> None:
    @router.get("/policy")
    def policy(request: Request) -> HTMLResponse:
        from corpus.policies import load_policy

        return page(request, desk, "policy.html", pack=load_policy(desk.settings.policy), rule="", manual="")

    @router.get("/policy/rules/{rule}")
    def manual(request: Request, rule: str) -> HTMLResponse:
        from api.explain import explanation
        from corpus.policies import load_policy

        pack = load_policy(desk.settings.policy)
        text = explanation(rule, pack)
        if text is None:
            return page(request, desk, "problem.html", 404, problem="没有这条规则")
        return page(request, desk, "policy.html", pack=pack, rule=rule, manual=text)
