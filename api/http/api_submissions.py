"""`/api/v1/submissions`: taken in, listed, followed, exported, decided upon."""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections.abc import AsyncIterator
from dataclasses import asdict, replace
from typing import Annotated, Any, Literal

import anyio.to_thread
from fastapi import APIRouter, Depends, File, Form, Header, Query, Request, UploadFile
from fastapi.responses import JSONResponse, Response, StreamingResponse

from api.http import papers, view
from api.http.comparison import as_object, comparison_of
from api.http.copied import copied_with
from api.http.desk import Desk, job_object, reviewer_of
from api.http.examples import EVENT, REPORT, sent, shown
from api.http.guard import REPORT_POLICY
from api.http.incoming import Asked, Asker, Asks, DecisionIn, FindingIn, OpinionIn, etag
from api.http.problems import FAULT, ProblemError
from api.http.taking_in import Intake, take_in
from api.store import ConflictError
from api.store.decisions import Decision
from api.store.submissions import SORTS

_ENDED = frozenset({"done", "failed", "refused", "cancelled"})
_TYPES = {
    "json": "application/json",
    "html": "text/html; charset=utf-8",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "pdf": "application/pdf",
}
_UNCHANGED: dict[int | str, dict[str, Any]] = {304: {"description": "就是 If-None-Match 里的那一份"}}
_LOCKS: dict[int | str, dict[str, Any]] = dict.fromkeys((409, 412, 428), FAULT)
Files = Annotated[list[UploadFile], File(description="申报材料：可多个文件，或一个压缩包")]
Offset = Annotated[int, Query(ge=0, le=10_000_000)]
Limit = Annotated[int, Query(ge=1, le=200)]
Seen = Annotated[str, Header(alias="If-None-Match", max_length=1000)]
Key = Annotated[str, Header(alias="Idempotency-Key", max_length=200, description="同一个键只受理一次")]


def decided(desk: Desk, submission: str, finding: str, given: DecisionIn, asker: Asker) -> Decision:
    """Record a decision and return it as stored; used by API and pages alike.

    Raises:
        ProblemError: 422 where a rejection or a change says no reason, 428 where no version is named.
        MissingError: there is no such finding.
        ConflictError: somebody else decided in between.
    """
    version, known = asker.upon(given.version), desk.decisions.of(submission)
    found = view.finding_of(view.review_of(desk, submission), known, finding)
    if found is None:
        raise ProblemError(404, "没有这一条问题")
    if given.verdict in {"rejected", "changed"} and not given.reason.strip():
        raise ProblemError(422, "不采纳或修改一条问题，请写明理由")
    added = known[finding].content if finding in known and finding.startswith("m") else {}
    content = given.model_dump(include={"severity", "message", "suggestion", "measure", "amount_wan"})
    for words in ("message", "suggestion"):
        if content[words] == found[words]:
            content[words] = ""  # the form sends the program's own words along
    content = {**added, **{k: v for k, v in content.items() if v not in ("", None)}}
    decision = Decision(finding, given.verdict, given.reason.strip(), content, version)
    try:
        with asker.told():
            return desk.decisions.decide(submission, decision, found["title"], asker.by)
    except (ConflictError, ProblemError):
        known = desk.decisions.of(submission)
        if finding in known and _same(known[finding], replace(decision, by=asker.by)):
            return known[finding]  # sent once more, because the first answer was lost
        raise


def _same(stored: Decision, given: Decision) -> bool:
    return stored == replace(given, version=given.version + 1, at=stored.at)


def added(desk: Desk, submission: str, given: FindingIn, by: str) -> Decision:
    """Record a finding a person adds."""
    desk.submissions.get(submission)
    place = {"document": given.document, "paragraph": given.paragraph, "row": given.row, "section": None, "page": None}
    if given.paragraph is not None and desk.submissions.review(submission) is not None:
        place |= view.place_of(view.review_of(desk, submission), given.document, given.paragraph)
    evidence = [{**place, "quote": given.quote}] if given.quote else []
    words = given.model_dump(include={"title", "message", "suggestion", "severity", "measure", "amount_wan"})
    content = {k: v for k, v in words.items() if v not in ("", None)} | {"evidence": evidence}
    return desk.decisions.add(submission, content, by)


def routes(desk: Desk) -> APIRouter:
    """Return the routes."""
    router = APIRouter(prefix="/api/v1/submissions", tags=["submissions"])
    _taking(router, desk)
    _following(router, desk)
    _deciding(router, desk)
    return router


def _object(desk: Desk, row: Any) -> dict[str, Any]:  # noqa: ANN401  a row of the table
    job = desk.jobs.latest(row["id"])
    found = {k: v for k, v in row.items() if k not in {"opinion", "opinion_advice", "version"}}
    return {**found, "opinion": _opinion(desk, row), "job": job_object(job, desk.jobs.ahead(job)) if job else None}


def _opinion(desk: Desk, row: Any) -> dict[str, Any]:  # noqa: ANN401  a row of the table
    told = desk.decisions.views(row["id"])
    said = {"text": row["opinion"], "advice": row["opinion_advice"], "version": row["version"]}
    return {**said, "views": dict(told.parties), "dispute": told.dispute}


def _taking(router: APIRouter, desk: Desk) -> None:
    @router.post("", status_code=202, summary="报送一个项目", responses=shown("taken", 202))
    async def create(
        request: Request, files: Files, previous: Annotated[str, Form()] = "", key: Key = ""
    ) -> JSONResponse:
        """Keep the files and queue the review; `previous` is the submission this one completes."""
        intake = Intake(reviewer_of(request), None, previous, f"submissions\x1f{key}" if key else "")
        taken = await take_in(desk, files, intake)
        number = taken.submissions[0]
        return JSONResponse({"id": number}, 202, {"Location": f"/api/v1/submissions/{number}"})

    @router.get("", summary="项目清单", responses=shown("list"))
    def index(
        asked: Annotated[Asked, Depends()],
        sort: Annotated[str, Query(description="new、old、risk、money 或 unit")] = "new",
        offset: Offset = 0,
        limit: Limit = 50,
    ) -> dict[str, Any]:
        """List submissions by year, unit, domain, kind, state, advice, batch, rule, q, current; see docs/api.md."""
        if sort not in SORTS:
            raise ProblemError(422, f"排序只能是 {'、'.join(SORTS)}")
        wanted = {k: v for k, v in asdict(asked).items() if v}
        page = desk.submissions.find(wanted, sort, offset, limit)
        more = offset + limit < page.total
        return {
            "items": [dict(r) for r in page.rows],
            "total": page.total,
            "next_offset": offset + limit if more else None,
        }

    @router.get("/{number}", summary="一个项目", responses=shown("submission"))
    def one(number: str) -> dict[str, Any]:
        """Return a submission with its files, how far its review is, and what it shares with others to the letter."""
        row = desk.submissions.get(number)
        unread = [{"name": name, "why": why} for name, why in desk.submissions.unread_of(number)]
        found = {**_object(desk, row), "copied": copied_with(desk, row)}
        return {**found, "files": [dict(f) for f in desk.submissions.files_of(number)], "unread": unread}


def _following(router: APIRouter, desk: Desk) -> None:
    @router.post("/{number}/reviews", status_code=202, summary="重新审核", responses=shown("job", 202))
    def again(request: Request, number: str) -> dict[str, str]:
        """Queue the review once more; decisions stay."""
        return {"job": desk.jobs.again(number, reviewer_of(request))}

    @router.post("/{number}/cancel", summary="取消审核", responses=shown("stopped"))
    def cancel(request: Request, number: str) -> dict[str, int]:
        """Stop the work on a submission; a finished report stays."""
        desk.submissions.get(number)
        return {"stopped": desk.jobs.cancel(number, reviewer_of(request))}

    @router.get("/{number}/events", summary="进度（server-sent events）", response_class=StreamingResponse,
                responses=sent("text/event-stream", example=EVENT))  # fmt: skip
    async def events(request: Request, number: str) -> StreamingResponse:
        """Send the job whenever it changes, until it has ended."""
        await anyio.to_thread.run_sync(desk.submissions.get, number)
        return StreamingResponse(_events(desk, request, number), media_type="text/event-stream")

    @router.get("/{number}/report", summary="审核报告", response_class=Response, responses=REPORT | _UNCHANGED)
    def report(number: str, seen: Seen = "") -> Response:
        """Return the very bytes of `report.json`; its hash is the ETag."""
        return exported(desk, number, "json", seen)

    @router.get("/{number}/exports/{form}", summary="报告的一种格式", response_class=Response,
                responses=sent(*_TYPES.values()) | _UNCHANGED)  # fmt: skip
    def export(number: str, form: Literal["json", "html", "docx", "pdf"], seen: Seen = "") -> Response:
        """Return one format of the report."""
        return exported(desk, number, form, seen)

    @router.get("/{number}/comparison", summary="与上次报送比较", responses=shown("comparison"))
    def comparison(number: str) -> dict[str, Any]:
        """Return what became of each item of the last notice, what else was changed, and what was not compared."""
        found = comparison_of(desk, number)
        if found is None:
            raise ProblemError(404, "这个项目没有可比较的上次报送")
        return as_object(found)

    @router.get("/{number}/history", summary="谁做了什么", responses=shown("history"))
    def history(number: str, offset: Offset = 0, limit: Limit = 50) -> dict[str, Any]:
        """Return the history, the newest first, of what was deleted too; names are as typed, not verified."""
        told = desk.decisions.history(number)
        if not told:
            desk.submissions.get(number)
        return paged(
            [{"at": h["at"], "by": h["by"], "verified": False, "what": h["what"]} for h in told], offset, limit
        )


def _deciding(router: APIRouter, desk: Desk) -> None:
    @router.get("/{number}/decisions", summary="对各条问题的处理", responses=shown("decisions"))
    def decisions(number: str) -> list[dict[str, Any]]:
        """Return what people decided."""
        desk.submissions.get(number)
        return [asdict(d) for d in desk.decisions.of(number).values()]

    @router.get("/{number}/findings/{finding}/decision", summary="对一条问题的处理", responses=shown("decision"))
    def decision(response: Response, number: str, finding: str) -> dict[str, Any]:
        """Return what people decided of a finding (version 0: nothing yet), its version as ETag too."""
        known = desk.decisions.of(number)
        if view.finding_of(view.review_of(desk, number), known, finding) is None:
            raise ProblemError(404, "没有这一条问题")
        found = known.get(finding, Decision(finding))
        response.headers["ETag"] = etag(found.version)
        return asdict(found)

    @router.put(
        "/{number}/findings/{finding}/decision",
        summary="采纳、不采纳或修改一条问题",
        responses=_LOCKS | shown("decision"),
    )
    def decide(response: Response, number: str, finding: str, given: DecisionIn, asker: Asks) -> dict[str, Any]:
        """Record a decision; 409 (412 with If-Match) where somebody else decided upon the same version."""
        made = decided(desk, number, finding, given, asker)
        response.headers["ETag"] = etag(made.version)
        return asdict(made)

    @router.post("/{number}/findings", status_code=201, summary="补充一条问题", responses=shown("added", 201))
    def add(request: Request, response: Response, number: str, given: FindingIn) -> dict[str, Any]:
        """Record a finding a person adds."""
        made = added(desk, number, given, reviewer_of(request))
        response.headers["Location"] = f"/api/v1/submissions/{number}/findings/{made.finding}/decision"
        return asdict(made)

    @router.get("/{number}/opinion", summary="初审意见", responses=shown("opinion"))
    def written(response: Response, number: str) -> dict[str, Any]:
        """Return the opinion, its version as ETag too."""
        row = desk.submissions.get(number)
        response.headers["ETag"] = etag(row["version"])
        return _opinion(desk, row)

    @router.put("/{number}/opinion", summary="写初审意见", responses=_LOCKS | shown("version"))
    def opinion(response: Response, number: str, given: OpinionIn, asker: Asks) -> dict[str, int]:
        """Record the opinion and return its new version."""
        with asker.told():
            said = given.written(desk.decisions.views(number))
            made = desk.decisions.write(number, said, asker.upon(given.version), asker.by)
        response.headers["ETag"] = etag(made)
        return {"version": made}


def paged(items: list[dict[str, Any]], offset: int, limit: int) -> dict[str, Any]:
    """Return a page of a list that is at hand."""
    more = offset + limit < len(items)
    page = items[offset : offset + limit]
    return {"items": page, "total": len(items), "next_offset": offset + limit if more else None}


def exported(desk: Desk, number: str, form: str, seen: str = "") -> Response:
    """Return one format of a report as a response that runs nothing; 304 where the asker has `seen` this very one."""
    desk.submissions.get(number)
    content = papers.report_pdf(desk, number) if form == "pdf" else desk.submissions.content(number, form)
    headers = {"Content-Security-Policy": REPORT_POLICY, "ETag": etag(hashlib.sha256(content).hexdigest())}
    if headers["ETag"] in {one.strip() for one in seen.split(",")}:
        return Response(status_code=304, headers=headers)
    if form in {"docx", "pdf"}:
        headers["Content-Disposition"] = f'attachment; filename="report-{number}.{form}"'
    return Response(content, media_type=_TYPES[form], headers=headers)


async def _events(desk: Desk, request: Request, number: str) -> AsyncIterator[str]:
    last = ""
    while not await request.is_disconnected():
        job = await anyio.to_thread.run_sync(desk.jobs.latest, number)
        if job is None:
            return
        said = json.dumps(job_object(job, desk.jobs.ahead(job)), ensure_ascii=False)
        if said != last:
            yield f"event: job\ndata: {said}\n\n"
            last = said
        if job["state"] in _ENDED:
            return
        await asyncio.sleep(0.5)
