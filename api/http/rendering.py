"""Pages out of templates: everything is escaped, and every page knows who looks at it."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import cache
from typing import TYPE_CHECKING, Any

from fastapi import Request
from fastapi.responses import HTMLResponse

from api import version
from api.explain import title
from api.http.desk import Desk, reviewer_of
from api.reports import phrases
from api.store.decisions import VERDICTS

if TYPE_CHECKING:
    from jinja2 import Environment
    from jinja2.runtime import Context

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
    from jinja2 import Environment, PackageLoader, StrictUndefined, pass_context

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
    environment.filters["rulename"] = pass_context(_rule_name)
    environment.filters.update(wan=_wan, moment=_moment, since=_since, size=_size)
    return environment


def _rule_name(context: Context, rule: str) -> str:
    """What a rule is called in the pack in force."""
    from corpus.policies import load_policy

    return title(rule, load_policy(context["settings"].policy))


def _wan(value: float | None) -> str:
    return "—" if value is None else f"{value:,.4f}".rstrip("0").rstrip(".")


def _since(value: str) -> str:
    """How long ago a stored time is."""
    seconds = max(0, int((datetime.now(UTC) - datetime.fromisoformat(value)).total_seconds()))
    return f"{seconds}秒" if seconds < 60 else f"{seconds // 60}分钟"


def _size(value: int) -> str:
    return f"{value / 2**20:.1f} MB" if value >= 2**20 else f"{max(1, round(value / 1024))} KB"


def _moment(value: str) -> str:
    """Stored UTC as this machine's time to the minute."""
    return datetime.fromisoformat(value).astimezone().strftime("%Y-%m-%d %H:%M")
