"""The review page: the document left, what is said of it right, and everything a reviewer does there."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from pydantic import ValidationError

from api.http import papers, view
from api.http.api_submissions import added, comparison_of, decided, exported
from api.http.desk import Desk, reviewer_of
from api.http.incoming import Asker, DecisionIn, FindingIn, OpinionIn
from api.http.problems import ProblemError
from api.http.rendering import page
from api.reports import phrases
from api.store import ConflictError, MissingError
from api.store.decisions import Decision

_BUSY = frozenset({"waiting", "running"})
_WORSE_STATES = ("missing", "empty", "placeholder", "thin", "unclear")


def routes(desk: Desk) -> APIRouter:
    """Return the routes."""
    router = APIRouter(prefix="/submissions/{number}")
    _looking(router, desk)
    _working(router, desk)
    return router


def _looking(router: APIRouter, desk: Desk) -> None:
    @router.get("")
    def show(request: Request, number: str) -> HTMLResponse:
        row = desk.submissions.get(number)
        told = _waiting(desk, number)
        if not row["review"]:
            return page(request, desk, "waiting.html", **told, outdated="")
        try:
            return page(request, desk, "review.html", **told, **_review(desk, number))
        except MissingError as error:  # a report is there, but not one this version can show
            return page(request, desk, "waiting.html", **told, outdated=str(error))

    @router.get("/progress")
    def progress(request: Request, number: str) -> HTMLResponse:
        told = _waiting(desk, number)
        answer = page(request, desk, "_progress.html", **told)
        if told["row"]["state"] not in _BUSY:
            answer.headers["HX-Refresh"] = "true"
        return answer

    @router.get("/findings/{finding}/form")
    def form(request: Request, number: str, finding: str) -> HTMLResponse:
        return page(request, desk, "_decide.html", **_one(desk, number, finding, {}))

    @router.get("/papers/{kind}.{form}")
    def paper(number: str, kind: str, form: str, *, blind: bool = False) -> Response:
        return papers.paper(desk, number, kind, form, blind=blind)

    @router.get("/report.{form}")
    def report(number: str, form: Literal["json", "html", "docx"]) -> Response:
        return exported(desk, number, form)


def _waiting(desk: Desk, number: str) -> dict[str, Any]:
    row, job = desk.submissions.get(number), desk.jobs.latest(number)
    ahead = desk.jobs.ahead(job) if job and job["state"] == "waiting" else 0
    return {"row": row, "job": job, "ahead": ahead, "files": desk.submissions.files_of(number)}


def _review(desk: Desk, number: str) -> dict[str, Any]:
    found, decisions = view.review_of(desk, number), desk.decisions.of(number)
    row = desk.submissions.get(number)
    previous = desk.decisions.of(row["previous"]) if row["previous"] else {}
    measures = view.measures(found, decisions)
    done, every = view.progress(found, decisions)
    states = Counter(row["status"] for row in found.report["completeness"])
    return {
        "report": found.report,
        "documents": found.documents,
        "families": view.families(found, decisions),
        "previous": previous,
        "measures": measures,
        "cut_sum": view.cut_sum(measures),
        "papers": papers.offered(desk, number),
        "done": done,
        "every": every,
        "facts": view.facts(found.report),
        "states": {s: states[s] for s in phrases.STATUSES if states[s]},
        "lacking": sum(states[s] for s in _WORSE_STATES),
        "comparison": comparison_of(desk, number),
        "following": desk.submissions.following(number),
        "history": desk.decisions.history(number),
        "anchor": lambda evidence: view.anchor(found, evidence),
        "place": lambda evidence: view.place(found, evidence),
    }


def _card(
    request: Request, desk: Desk, number: str, finding: str, refused: tuple[str, dict[str, str]] = ("", {})
) -> HTMLResponse:
    """Return a card; `refused`: why what was typed was not taken, and what was typed: none of it is lost."""
    found, decisions = view.review_of(desk, number), desk.decisions.of(number)
    done, every = view.progress(found, decisions)
    row = desk.submissions.get(number)
    told = {**_one(desk, number, finding, refused[1]), "problem": refused[0], "row": row}
    previous = desk.decisions.of(row["previous"]) if row["previous"] else {}
    places = {"anchor": lambda e: view.anchor(found, e), "place": lambda e: view.place(found, e)}
    return page(request, desk, "_card.html", **told, **places, previous=previous, done=done, every=every, swap=True)


def _one(desk: Desk, number: str, finding: str, typed: Mapping[str, str]) -> dict[str, Any]:
    found, decisions = view.review_of(desk, number), desk.decisions.of(number)
    one = view.finding_of(found, decisions, finding)
    if one is None:
        raise ProblemError(404, "没有这一条问题")
    decision = decisions.get(finding, Decision(finding))
    fields = {name: one[name] for name in ("message", "suggestion", "amount_wan")} | {"severity": "", "measure": ""}
    fields |= {"reason": decision.reason, **decision.content, **typed}
    return {"f": one, "d": decision, "fields": fields | {"amount_wan": _shown(fields["amount_wan"])}}


def _shown(amount: float | str | None) -> str:
    return "" if amount is None else str(amount)


def _working(router: APIRouter, desk: Desk) -> None:
    @router.post("/again")
    def again(request: Request, number: str) -> Response:
        desk.jobs.again(number, reviewer_of(request))
        return RedirectResponse(f"/submissions/{number}", 303)

    @router.post("/cancel")
    def cancel(request: Request, number: str) -> Response:
        desk.jobs.cancel(number, reviewer_of(request))
        return RedirectResponse(f"/submissions/{number}", 303)

    @router.post("/findings/{finding}")
    async def decide(request: Request, number: str, finding: str) -> HTMLResponse:
        form = {k: v for k, v in (await request.form()).items() if isinstance(v, str) and v.strip()}
        try:
            decided(desk, number, finding, DecisionIn.model_validate(form), Asker(reviewer_of(request)))
        except ValidationError:
            return _card(request, desk, number, finding, ("填写有误，金额应为不小于0的数", form))
        except (ProblemError, ConflictError) as error:
            return _card(request, desk, number, finding, (getattr(error, "detail", "") or str(error), form))
        return _card(request, desk, number, finding)

    @router.post("/findings")
    async def add(request: Request, number: str) -> Response:
        form = {k: v for k, v in (await request.form()).items() if isinstance(v, str) and v.strip()}
        try:
            made = added(desk, number, FindingIn.model_validate(form), reviewer_of(request))
        except ValidationError:
            return page(request, desk, "problem.html", 422, problem="请写明问题的标题（不超过100字）")
        return RedirectResponse(f"/submissions/{number}#f-{made.finding}", 303)

    @router.post("/opinion")
    def opinion(
        request: Request,
        number: str,
        version: Annotated[int, Form(ge=0)],
        text: Annotated[str, Form(max_length=20_000)] = "",
        advice: Annotated[str, Form()] = "",
    ) -> HTMLResponse:
        problem = ""
        try:
            given = OpinionIn.model_validate({"text": text, "advice": advice, "version": version})
            desk.decisions.write(number, given.text, given.advice, version, reviewer_of(request))
        except (ConflictError, ValidationError) as error:
            problem = str(error) if isinstance(error, ConflictError) else "填写有误"
        row = desk.submissions.get(number)
        told = {"problem": problem, "yours": text if problem else "", "saved": not problem, "draft": ""}
        return page(request, desk, "_opinion.html", row=row, **told)
