"""The review page: the document left, what is said of it right, and everything a reviewer does there."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from pydantic import ValidationError

from api.http import papers, view
from api.http.api_submissions import added, decided, exported
from api.http.comparison import comparison_of
from api.http.copied import copied_with
from api.http.desk import Desk, reviewer_of
from api.http.incoming import Asker, DecisionIn, FindingIn, OpinionIn
from api.http.problems import ProblemError
from api.http.rendering import page
from api.papers.compared import Comparison
from api.reports import phrases
from api.store import ConflictError, MissingError
from api.store.decisions import Decision, Views

_EVERY = 100_000
_BUSY = frozenset({"waiting", "running"})
_WORSE_STATES = ("missing", "empty", "placeholder", "thin", "unclear")


async def _typed(request: Request) -> dict[str, str]:
    return {k: v for k, v in (await request.form()).items() if isinstance(v, str) and v.strip()}


Typed = Annotated[dict[str, str], Depends(_typed)]


def routes(desk: Desk) -> APIRouter:
    """Return the routes."""
    router = APIRouter(prefix="/submissions/{number}")
    _looking(router, desk)
    _deciding(router, desk)
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
        answer = page(request, desk, "_progress.html", **told, ended=True)
        if told["row"]["state"] not in _BUSY:
            answer.headers["HX-Trigger"] = "reviewed"  # the page shows itself anew, unless something is unsaved in it
        return answer

    @router.get("/next")
    def following(number: str) -> Response:
        """Lead to the next submission of the same batch without a conclusion of a person, the riskiest first."""
        batch = desk.submissions.get(number)["batch"]
        wanted = {"state": "done", "current": "1"} | ({"batch": batch} if batch else {})
        rows = desk.submissions.find(wanted, "risk", limit=_EVERY).rows
        at = next((i for i, row in enumerate(rows) if row["id"] == number), -1)
        left = [r["id"] for r in (*rows[at + 1 :], *rows[: at + 1]) if not r["opinion_advice"] and r["id"] != number]
        rest = f"/?batch={batch}&settled=1" if batch else "/?settled=1"
        return RedirectResponse(f"/submissions/{left[0]}" if left else rest, 303)

    @router.get("/findings/{finding}/form")
    def form(request: Request, number: str, finding: str) -> HTMLResponse:
        return page(request, desk, "_decide.html", **_one(desk, number, finding, {}))

    @router.get("/papers/{kind}.{form}")
    def paper(number: str, kind: str, form: str, *, blind: bool = False) -> Response:
        return papers.paper(desk, number, kind, form, blind=blind)

    @router.get("/report.{form}")
    def report(number: str, form: Literal["json", "html", "docx", "pdf"]) -> Response:
        return exported(desk, number, form)


def _views(desk: Desk, kept: Views) -> dict[str, Any]:
    """Return the parties asked by the pack, with those somebody else named, and what they said."""
    from corpus.policies import load_policy

    asked = ((load_policy(desk.settings.policy).data or {}).get("page_words") or {}).get("parties", ())
    return {"parties": list(dict.fromkeys((*asked, *kept.parties))), "views": kept}


def _opinion_sent(  # noqa: PLR0913, PLR0917  the fields of a form
    version: Annotated[int, Form(ge=0)],
    party: Annotated[list[str], Form(default_factory=list)],
    view: Annotated[list[str], Form(default_factory=list)],
    text: Annotated[str, Form(max_length=20_000)] = "",
    advice: Annotated[str, Form()] = "",
    dispute: Annotated[str | None, Form()] = None,
) -> dict[str, Any]:
    """Return what the form sends as `OpinionIn` takes it; `party` and `view` come in pairs."""
    views = dict(zip(party, view, strict=False)) if party else None
    return {"text": text, "advice": advice, "version": version, "views": views, "dispute": dispute}


def _waiting(desk: Desk, number: str) -> dict[str, Any]:
    row, job = desk.submissions.get(number), desk.jobs.latest(number)
    ahead = desk.jobs.ahead(job) if job and job["state"] == "waiting" else 0
    return {
        "row": row,
        "job": job,
        "ahead": ahead,
        "files": desk.submissions.files_of(number),
        "unread": desk.submissions.unread_of(number),
        "following": desk.submissions.following(number),
    }


def _review(desk: Desk, number: str) -> dict[str, Any]:
    found, decisions = view.review_of(desk, number), desk.decisions.of(number)
    row = desk.submissions.get(number)
    previous = desk.decisions.of(row["previous"]) if row["previous"] else {}
    states = Counter(row["status"] for row in found.report["completeness"])
    return {
        "report": found.report,
        "documents": found.documents,
        "families": view.families(found, decisions),
        "previous": previous,
        **_tally(desk, number, found, decisions),
        "papers": papers.offered(desk, number),
        "drafted": _drafted(found.report),
        **_views(desk, desk.decisions.views(number)),
        "facts": view.facts(found.report),
        "states": {s: states[s] for s in phrases.STATUSES if states[s]},
        "lacking": sum(r["mandatory"] and r["status"] in _WORSE_STATES for r in found.report["completeness"]),
        "comparison": _compared(desk, number),
        "copied": copied_with(desk, row),
    }


def _compared(desk: Desk, number: str) -> Comparison | None:
    """Return the comparison with what was sent before; None, which the page says, where that cannot be read."""
    try:
        return comparison_of(desk, number)
    except MissingError:
        return None


def _drafted(report: Mapping[str, Any]) -> str:
    """Return the program's reasons and measures, one a line: where an opinion may begin."""
    said = report["conclusion"]
    return "\n".join([*said["reasons"], *(measure["text"] for measure in said["measures"])])


def _card(
    request: Request, desk: Desk, number: str, finding: str, refused: tuple[str, dict[str, str]] = ("", {})
) -> HTMLResponse:
    """Return a card; `refused`: why what was typed was not taken, and what was typed: none of it is lost."""
    found, decisions = view.review_of(desk, number), desk.decisions.of(number)
    row = desk.submissions.get(number)
    told = {**_one(desk, number, finding, refused[1]), "problem": refused[0], "row": row, "swap": True}
    told["previous"] = desk.decisions.of(row["previous"]) if row["previous"] else {}
    return page(request, desk, "_card.html", **told, **_tally(desk, number, found, decisions))


def _tally(desk: Desk, number: str, found: view.Reviewed, decisions: Mapping[str, Decision]) -> dict[str, Any]:
    """Return what changes beside a card with a decision on it: counts, measures, the history."""
    measures = view.measures(found, decisions)
    done, every = view.progress(found, decisions)
    return {
        "measures": measures,
        "cut_sum": view.cut_sum(measures),
        "done": done,
        "every": every,
        "history": desk.decisions.history(number),
        "anchor": lambda evidence: view.anchor(found, evidence),
        "place": lambda evidence: view.place(found, evidence),
    }


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

    @router.post("/opinion")
    def opinion(request: Request, number: str, sent: Annotated[dict[str, Any], Depends(_opinion_sent)]) -> HTMLResponse:
        problem, kept = "", desk.decisions.views(number)
        try:
            given = OpinionIn.model_validate(sent).written(kept)
            desk.decisions.write(number, given, sent["version"], reviewer_of(request))
            kept = given.views or kept
        except (ConflictError, ValidationError) as error:
            problem = str(error) if isinstance(error, ConflictError) else "填写有误"
            kept = Views(sent["views"] or {}, sent["dispute"] or "")  # as typed: none of it is lost
        row = desk.submissions.get(number)
        draft = _drafted(view.report_of(desk, number).report) if row["review"] else ""
        told = {"problem": problem, "yours": sent["text"] if problem else "", "saved": not problem, "draft": draft}
        told |= {"history": desk.decisions.history(number), "following": desk.submissions.following(number)}
        return page(request, desk, "_opinion.html", row=row, **told, **_views(desk, kept))


def _deciding(router: APIRouter, desk: Desk) -> None:
    @router.post("/findings/{finding}")
    def decide(request: Request, number: str, finding: str, form: Typed) -> HTMLResponse:
        try:
            decided(desk, number, finding, DecisionIn.model_validate(form), Asker(reviewer_of(request)))
        except ValidationError:
            return _card(request, desk, number, finding, ("填写有误，金额应为不小于0的数", form))
        except (ProblemError, ConflictError) as error:
            return _card(request, desk, number, finding, (getattr(error, "detail", "") or str(error), form))
        return _card(request, desk, number, finding)

    @router.post("/findings")
    def add(request: Request, number: str, form: Typed) -> Response:
        try:
            made = added(desk, number, FindingIn.model_validate(form), reviewer_of(request))
        except ValidationError:
            raise ProblemError(422, "填写有误：标题要写（不超过100字），金额应为不小于0的数") from None
        if "hx-request" in request.headers:
            return _card(request, desk, number, made.finding)
        return RedirectResponse(f"/submissions/{number}#f-{made.finding}", 303)
