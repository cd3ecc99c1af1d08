"""Pages out of templates: everything is escaped, and every page knows who looks at it."""

from __future__ import annotations

from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING, Any

from fastapi import Request
from fastapi.responses import HTMLResponse

from api import version
from api.http.desk import Desk, reviewer_of
from api.reports import phrases
from api.store.decisions import VERDICTS

if TYPE_CHECKING:
    from jinja2 import Environment

STATES = {
    "waiting": "待审核",
    "running": "审核中",
    "done": "已审核",
    "failed": "未能审核",
    "refused": "拒收",
    "cancelled": "已取消",
}
ADVICE = ("建议进入评审", "建议补正后再审", "建议不予立项", "无需申报", "不予受理")
MEASURES = ("核减", "复用", "整合", "暂缓", "会商", "说明", "备案", "转办")


def page(request: Request, desk: Desk, name: str, status: int = 200, /, **values: Any) -> HTMLResponse:  # noqa: ANN401  what a template wants
    """Return a template as a response."""
    about = {"reviewer": reviewer_of(request), "settings": desk.settings, "path": request.url.path}
    return HTMLResponse(_environment().get_template(name).render(**about, **values), status)


@cache
def _environment() -> Environment:
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=PackageLoader("api.http"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    known = {"version": version(), "phrases": phrases, "STATES": STATES}
    environment.globals.update(
        known, SEVERITIES=phrases.SEVERITIES, VERDICTS=VERDICTS, ADVICE=ADVICE, MEASURES=MEASURES
    )
    environment.filters.update(wan=_wan, moment=_moment)
    return environment


def _wan(value: float | None) -> str:
    return "—" if value is None else f"{value:,.4f}".rstrip("0").rstrip(".")


def _moment(value: str) -> str:
    """Stored UTC as this machine's time to the minute."""
    return datetime.fromisoformat(value).astimezone().strftime("%Y-%m-%d %H:%M")
