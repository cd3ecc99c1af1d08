"""`/api/v1/batches`, `/register`, `/policy`: what stands around the submissions."""

from __future__ import annotations

import json
import tempfile
from dataclasses import asdict
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import anyio.to_thread
from fastapi import APIRouter, File, Form, Query, Request, UploadFile
from fastapi.responses import JSONResponse, Response

from api import merging
from api.board import Board, board
from api.http import view
from api.http.api_submissions import Files, Key, Limit, Offset, paged
from api.http.copied import copied_of
from api.http.desk import Desk, reviewer_of
from api.http.examples import sent, shown
from api.http.problems import ProblemError
from api.http.taking_in import Intake, take_in
from api.http.uploads import kept
from api.store import MissingError
from models.domain.errors import RegisterError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from api.spreadsheet import Merged
    from corpus.register import RegisterStore

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_EVERY = 100_000


def register_of(desk: Desk) -> RegisterStore:
    """Return the stored register."""
    return _stored(desk.settings.database)


@cache
def _stored(address: str) -> RegisterStore:
    """Return the register at an address, its connections kept for the next question."""
    from corpus.register import RegisterStore

    return RegisterStore(address)


async def imported(
    desk: Desk, file: UploadFile, columns: Sequence[str] = (), *, dry_run: bool = False
) -> dict[str, Any]:
    """Import a list into the register and return the counts; `columns`: `列名=字段`.

    Raises:
        ProblemError: 413, or 422 where the list cannot be read.
    """
    from corpus.register import column_map, read_systems

    async with kept([file], desk.settings.upload_mb, 1) as paths:
        try:
            result = await anyio.to_thread.run_sync(read_systems, paths[0], column_map(columns))
            put = partial(register_of(desk).put, result, dry_run=dry_run, source=paths[0].name)
            counts = await anyio.to_thread.run_sync(put)
        except RegisterError as error:
            raise ProblemError(422, str(error)) from None
    return asdict(counts)


def board_of(desk: Desk, rows: Sequence[Mapping[Any, Any]]) -> Board:
    """Return the totals of submissions, with what people decided of the money and of the advice."""
    decided = desk.decisions.on_measures()
    cuts = {
        row["id"]: view.cut_sum(view.measures(view.report_of(desk, row["id"]), desk.decisions.of(row["id"])))
        for row in rows
        if row["id"] in decided and row["review"]
    }
    from corpus.policies import load_policy

    policy = load_policy(desk.settings.policy)
    return board(rows, desk.submissions.reviews(r["id"] for r in rows), cuts, policy)


def table_of(desk: Desk, wanted: dict[str, str]) -> bytes:
    """Return 汇总.xlsx of the submissions wanted."""
    from api.spreadsheet import workbook

    rows = desk.submissions.find(wanted, "unit", limit=_EVERY).rows
    reviews = desk.submissions.reviews(r["id"] for r in rows)
    told = {"waiting": "待审核", "running": "审核中", "failed": "未能审核", "refused": "拒收", "cancelled": "已取消"}
    out = []
    for row in rows:
        known = json.loads(reviews[row["id"]]["row"]) if row["id"] in reviews else {"项目名称": row["title"]}
        out.append({**known, "来件": row["name"], "状态": told.get(row["state"], "已审核")})
    made = board_of(desk, rows)
    return workbook(out, copied_of(desk, wanted)["pairs"], _named(made, rows))


def _named(made: Board, rows: Sequence[Mapping[Any, Any]]) -> Merged:
    """Return the groups of a board and their members by the names the submissions came in with."""
    names: dict[str, str] = {}
    for row in rows:  # two may have come in under one name
        names[row["id"]] = row["name"] if row["name"] not in names.values() else f"{row['name']}（{row['id']}）"
    by_id = {row["id"]: row for row in rows}
    members = {
        names[n]: {key: by_id[n][key] for key in ("title", "unit", "total_wan")} for g in made.groups for n in g.members
    }
    told = [
        {**group, "members": [names[n] for n in group["members"]], "lead": names.get(group["lead"], "")}
        for group in merging.as_objects(made.groups)
    ]
    return told, members


def batch_again(desk: Desk, number: str, by: str) -> int:
    """Queue the reviews of a batch once more and return of how many submissions; those refused keep nothing to read.

    Raises:
        MissingError: there is no such batch.
    """
    desk.submissions.batch(number)
    rows = [r for r in desk.submissions.find({"batch": number}, limit=_EVERY).rows if r["state"] != "refused"]
    for row in rows:
        desk.jobs.again(row["id"], by, waited_for=False)
    return len(rows)


def batch_stopped(desk: Desk, number: str, by: str) -> int:
    """Stop the work on a batch and return how many jobs were stopped; MissingError where there is no such batch."""
    desk.submissions.batch(number)
    return sum(desk.jobs.cancel(r["id"], by) for r in desk.submissions.find({"batch": number}, limit=_EVERY).rows)


def routes(desk: Desk) -> APIRouter:
    """Return the routes."""
    router = APIRouter(prefix="/api/v1")
    _batches(router, desk)
    _register(router, desk)

    @router.get("/policy", tags=["policy"], summary="现行政策包", responses=shown("policy"))
    def policy() -> dict[str, Any]:
        """Return which rules are in force."""
        from corpus.policies import load_policy

        pack = load_policy(desk.settings.policy)
        clauses = [{"ref": c.ref, "text": c.text} for c in pack.clauses.values()]
        template = [{"number": t.number, "title": t.title, "mandatory": t.mandatory} for t in pack.template]
        head = {"id": pack.id, "title": pack.title, "version": pack.version, "sha256": pack.sha256}
        return {**head, "clauses": clauses, "template": template, "rules": sorted(pack.rules)}

    @router.get("/policy/rules/{rule}", tags=["policy"], summary="一条规则的说明书", responses=shown("rule"))
    def rule(rule: str) -> dict[str, str]:
        """Return what a rule checks and why, with examples and limits."""
        from api.explain import explanation
        from corpus.policies import load_policy

        text = explanation(rule, load_policy(desk.settings.policy))
        if text is None:
            raise ProblemError(404, "没有这条规则")
        return {"rule": rule.strip().upper(), "manual": text}

    return router


def _batches(router: APIRouter, desk: Desk) -> None:
    @router.post("/batches", tags=["batches"], status_code=202, summary="报送一批", responses=shown("batch taken", 202))
    async def create(
        request: Request, files: Files, name: Annotated[str, Form(max_length=200)] = "", key: Key = ""
    ) -> JSONResponse:
        """Each folder named in the files' names, and each file outside one, is a submission."""
        intake = Intake(reviewer_of(request), name or "一批申报", "", f"batches\x1f{key}" if key else "")
        taken = await take_in(desk, files, intake)
        answer = {"id": taken.batch, "submissions": list(taken.submissions)}
        return JSONResponse(answer, 202, {"Location": f"/api/v1/batches/{taken.batch}"})

    @router.get("/batches", tags=["batches"], summary="各批", responses=shown("batches"))
    def index(offset: Offset = 0, limit: Limit = 50) -> dict[str, Any]:
        """List the batches, the newest first."""
        found = desk.submissions.batches()
        return paged([{k: b[k] for k in ("id", "name", "at", "by", "size", "open")} for b in found], offset, limit)

    @router.get("/batches/{number}", tags=["batches"], summary="一批", responses=shown("batch"))
    def one(number: str) -> dict[str, Any]:
        """Return a batch with its submissions, totals and groups that would build the same."""
        batch = desk.submissions.batch(number)
        rows = desk.submissions.find({"batch": number}, "unit", limit=_EVERY).rows
        made = board_of(desk, rows)
        items = [{k: r[k] for k in ("id", "name", "title", "state", "advice", "blockers", "warnings")} for r in rows]
        groups = [[r["id"] for r in group] for group in made.clusters]
        head = {k: batch[k] for k in ("id", "name", "at", "by", "size", "open")}
        totals = {"total_wan": made.wan, "cut_wan": made.cut_wan}
        near = {"clusters": groups, "groups": merging.as_objects(made.groups)}
        return {**head, "submissions": items, **near, "copied": desk.submissions.copied(number), **totals}

    @router.post("/batches/{number}/reviews", tags=["batches"], status_code=202, responses=shown("batch again", 202),
                 summary="重新审核一批")  # fmt: skip
    def again(request: Request, number: str) -> dict[str, int]:
        """Queue the reviews of a batch once more, after what people wait for; decisions stay."""
        return {"queued": batch_again(desk, number, reviewer_of(request))}

    @router.post("/batches/{number}/cancel", tags=["batches"], summary="取消一批", responses=shown("stopped"))
    def cancel(request: Request, number: str) -> dict[str, int]:
        """Stop the work on a batch; finished reports stay."""
        return {"stopped": batch_stopped(desk, number, reviewer_of(request))}

    @router.get("/batches/{number}/xlsx", tags=["batches"], summary="汇总.xlsx", response_class=Response,
                responses=sent(XLSX))  # fmt: skip
    def table(number: str) -> Response:
        """Return the yearly table of a batch."""
        desk.submissions.batch(number)
        return Response(table_of(desk, {"batch": number}), media_type=XLSX)


def _register(router: APIRouter, desk: Desk) -> None:
    @router.get("/register", tags=["register"], summary="已有系统台账", responses=shown("register"))
    def index(q: str = "", offset: Offset = 0, limit: Limit = 50) -> dict[str, Any]:
        """List the systems, those that hold every word of `q`."""
        found = register_of(desk).page(q, {}, offset, limit)
        more = offset + limit if offset + limit < found.total else None
        return {"items": [asdict(s) for s in found.systems], "total": found.total, "next_offset": more}

    @router.post("/register", tags=["register"], summary="导入台账", responses=shown("imported"))
    async def put(
        file: Annotated[UploadFile, File()],
        *,
        dry_run: bool = False,
        columns: Annotated[list[str], Query(alias="map", max_length=50, description="列名=字段")] = [],  # noqa: B006
    ) -> dict[str, Any]:
        """Add or update systems by id; a list that cannot be read changes nothing."""
        return await imported(desk, file, columns, dry_run=dry_run)

    @router.get("/register/systems/{number:path}", tags=["register"], summary="一个系统", responses=shown("system"))
    def one(number: str) -> dict[str, Any]:
        """Return a system with what changed of it, the newest last."""
        found = register_of(desk).get([number])
        if not found:
            raise MissingError("台账里没有这个编号")
        return {**asdict(found[0]), "history": [asdict(change) for change in register_of(desk).history(number)]}

    @router.delete("/register/systems/{number:path}", tags=["register"], status_code=204, summary="从台账删除")
    def remove(number: str) -> Response:
        """Take a system out of the register; reviews made anew no longer know it."""
        if not register_of(desk).remove([number]):
            raise MissingError("台账里没有这个编号")
        return Response(status_code=204)

    @router.get("/register/export", tags=["register"], summary="导出台账", response_class=Response,
                responses=sent("text/csv", "application/json"))  # fmt: skip
    def export(form: Annotated[Literal["csv", "json"], Query(alias="format")] = "csv") -> Response:
        """Return the register as csv or json."""
        kind = "text/csv; charset=utf-8" if form == "csv" else "application/json"
        return Response(register_file(desk, form), media_type=kind)


def register_file(desk: Desk, form: str) -> bytes:
    """Return the register as csv or json."""
    with tempfile.TemporaryDirectory(prefix="chushen-") as folder:
        path = Path(folder) / f"register.{form}"
        register_of(desk).export(path)
        return path.read_bytes()
