"""Papers of a review as the reviewer leaves it, and the year's workbook: every kind as a download."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from fastapi import APIRouter
from fastapi.responses import Response

from api.clerk import NOTES, REPORT, PaperOrder, choices, kinds
from api.files import safe_name
from api.http import view
from api.http.desk import Desk
from api.http.examples import sent, shown
from api.http.problems import ProblemError
from api.papers.making import AGAIN
from api.store.decisions import Opinion
from models.domain.errors import ChushenError, InstallationError, PolicyError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from api.store.decisions import Decision

TYPES = {
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "docm": "application/vnd.ms-word.document.macroEnabled.12",
    "pdf": "application/pdf",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
_SECONDS = 120.0


def download(name: str, content: bytes) -> Response:
    """Return a file that the browser stores under its name."""
    headers = {"Content-Disposition": f"attachment; filename*=UTF-8''{quote(name, safe='')}"}
    kind = TYPES.get(name.rpartition(".")[2].lower(), "application/octet-stream")
    return Response(content, media_type=kind, headers=headers)


def paper(desk: Desk, number: str, kind: str, form: str, *, blind: bool = False) -> Response:
    """Return one paper with the reviewer's decisions, opinion and measures in it.

    Raises:
        ProblemError: 404 for another kind or format, 422 where it cannot be made of this review, 503 where something
            is not installed.
    """
    on_offer = offered(desk, number)
    if form not in on_offer.get(kind, ()):
        listed = "、".join(f"{k}（{'、'.join(f)}）" for k, f in on_offer.items())
        raise ProblemError(404, f"没有这种文书，可选：{listed}")
    content, told = kept(desk, number)
    earlier = kept(desk, desk.submissions.get(number)["previous"]) if kind == AGAIN else None
    with tempfile.TemporaryDirectory(prefix="chushen-paper-") as folder:
        path = desk.submissions.laid_out(number, Path(folder) / "submission") if kind == NOTES else None
        return download(*_made(desk, PaperOrder(kind, form, content, told, path, blind, earlier)))


def offered(desk: Desk, number: str) -> dict[str, tuple[str, ...]]:
    """Return the kinds of papers of a submission with their formats; 补正对照 where it completes a reviewed one."""
    previous = desk.submissions.get(number)["previous"]
    return kinds(again=bool(previous) and desk.submissions.review(previous) is not None)


def kept(desk: Desk, number: str) -> tuple[bytes, dict[str, Any]]:
    """Return a stored review and what people decided of it."""
    row, content = desk.submissions.get(number), desk.submissions.content(number, "stored")
    found, decisions = view.review_of(desk, number), desk.decisions.of(number)
    told = choices(
        (f["id"] for f in found.report["findings"]),
        decisions,
        _measures(view.measures(found, decisions), decisions),
        Opinion(row["opinion"], row["opinion_advice"], desk.decisions.views(number)),
    )
    return content, told


def _made(desk: Desk, order: PaperOrder) -> tuple[str, bytes]:
    try:
        made: tuple[str, bytes] = desk.clerk.ask(order, _SECONDS)
    except InstallationError as error:
        raise ProblemError(503, str(error)) from None
    except PolicyError as error:
        raise ProblemError(422, f"{error.message}。请在“初审意见”里选定结论，或重新审核") from None
    except ChushenError as error:
        raise ProblemError(422, str(error)) from None
    return made


def _measures(measures: Sequence[Mapping[str, Any]], decisions: Mapping[str, Decision]) -> list[dict[str, Any]] | None:
    """Return the measures in the words of papers; None where nobody has touched them."""
    if not any(d.content.get("measure") or d.verdict == "rejected" for d in decisions.values()):
        return None
    return [{**{key: m[key] for key in ("kind", "target", "amount_wan")}, "text": _worded(m)} for m in measures]


def _worded(measure: Mapping[str, Any]) -> str:
    if measure["by"] == view.PROPOSED:
        return str(measure["text"])
    amount = "" if measure["amount_wan"] is None else f"{measure['amount_wan']:g}万元"
    return f"建议{measure['kind']}“{measure['target']}”{amount}，理由：{measure['text'].rstrip('。')}。"


def report_pdf(desk: Desk, number: str) -> bytes:
    """Return the newest report as pdf, without what people decided; it is made when it is asked for.

    Raises:
        ProblemError: 422 where it cannot be made of this review, 503 where something is not installed.
    """
    return _made(desk, PaperOrder(REPORT, "pdf", desk.submissions.content(number, "stored"), {}))[1]


def yearly(desk: Desk, wanted: Mapping[str, str]) -> Response:
    """Return 年度汇总.xlsx of the reviewed submissions wanted."""
    from api.papers.yearly import workbook
    from corpus.policies import load_policy

    rows = desk.submissions.find({**wanted, "state": "done"}, "unit", limit=100_000).rows
    names: dict[str, str] = {}
    for index, row in enumerate(rows, start=1):
        names[row["id"]] = safe_name(row["title"] or row["name"], index, set(names.values()))
    with tempfile.TemporaryDirectory(prefix="chushen-") as folder:
        for number, name in names.items():
            report = json.loads(desk.submissions.content(number, "json"))
            for near in report["duplicates"]:
                if near["source"] == "intake":  # submissions refer to one another by id
                    near["system_id"] = names.get(near["system_id"], near["system_id"])
            Path(folder, name).mkdir()
            Path(folder, name, "report.json").write_text(json.dumps(report), encoding="utf-8")
        listed = [{"name": name, "status": "done"} for name in names.values()]
        Path(folder, "summary.json").write_text(json.dumps({"submissions": listed}), encoding="utf-8")
        return download("年度汇总.xlsx", workbook(Path(folder), load_policy(desk.settings.policy)))


def routes(desk: Desk) -> APIRouter:
    """Return the routes of the API."""
    router = APIRouter(prefix="/api/v1/submissions", tags=["papers"])

    @router.get("/{number}/papers", summary="可以生成的文书", responses=shown("papers"))
    def index(number: str) -> list[dict[str, Any]]:
        """List every kind of paper with its formats."""
        return [{"kind": kind, "formats": list(forms)} for kind, forms in offered(desk, number).items()]

    @router.get("/{number}/papers/{kind}", summary="一份文书", response_class=Response,
                responses=sent(*TYPES.values()))  # fmt: skip
    def one(number: str, kind: str, form: str = "docx", *, blind: bool = False) -> Response:
        """Return a paper with the decisions in it; `blind`: 第三方简报 that names nobody."""
        return paper(desk, number, kind, form, blind=blind)

    return router
