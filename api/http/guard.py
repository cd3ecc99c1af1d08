"""What every answer carries, and who may ask at all."""

from __future__ import annotations

import hmac
from collections.abc import Awaitable, Callable
from urllib.parse import urlsplit

from fastapi import FastAPI, Request
from fastapi.responses import RedirectResponse, Response

from api.http import problems

_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data:; font-src 'self' data:; connect-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cache-Control": "no-store",
}
# A stored report is a page of its own, made from the applicant's words: it may run nothing at all.
REPORT_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; sandbox allow-downloads"
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
_OPEN = ("/healthz", "/login", "/static/")
LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
SESSION = "token"
_Next = Callable[[Request], Awaitable[Response]]


def install(app: FastAPI, token: str, hosts: frozenset[str] | None) -> None:
    """Guard every route.

    Args:
        app: the service.
        token: what askers must know; "" where there is none.
        hosts: the names this service may be called by; None for any.
    """

    @app.middleware("http")
    async def guarded(request: Request, call_next: _Next) -> Response:
        response = _refused(request, token, hosts) or await call_next(request)
        for name, value in _HEADERS.items():
            response.headers.setdefault(name, value)
        return response


def _refused(request: Request, token: str, hosts: frozenset[str] | None) -> Response | None:
    if hosts is not None and (urlsplit(f"//{request.headers.get('host', '')}").hostname or "") not in hosts:
        return problems.answer(421, "本服务没有设置访问口令，只接受本机访问")
    if request.method not in _SAFE and not _own_page(request):
        return problems.answer(403, "请求来自别的网站，未予执行")
    if token and not request.url.path.startswith(_OPEN) and not _knows(request, token):
        looked_at = "text/html" in request.headers.get("accept", "") and "hx-request" not in request.headers
        if request.url.path.startswith("/api/") or (request.method not in _SAFE and not looked_at):
            return problems.answer(401, "请提供访问口令", {"WWW-Authenticate": "Bearer"})
        return RedirectResponse("/login", 303)
    return None


def _own_page(request: Request) -> bool:
    origin = request.headers.get("origin")
    if origin is None:
        return request.headers.get("sec-fetch-site", "none") in {"none", "same-origin"}
    return urlsplit(origin).netloc == request.headers.get("host", "")


def _knows(request: Request, token: str) -> bool:
    scheme, _, given = request.headers.get("authorization", "").partition(" ")
    offered = given if scheme.lower() == "bearer" else request.cookies.get(SESSION, "")
    return same(offered, token)


def same(offered: str, token: str) -> bool:
    """Compare without telling by the time it takes."""
    return hmac.compare_digest(offered.encode(), token.encode())
