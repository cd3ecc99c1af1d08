"""Errors as `application/problem+json` (RFC 9457), Chinese words for people, `type` for programs."""

from __future__ import annotations

import errno
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel, ConfigDict
from starlette.exceptions import HTTPException

from api.store import ConflictError, MissingError
from api.store.schema import BusyError

_LATER = {"Retry-After": "20"}
_FULL = "磁盘已满，没有收下；请管理员腾出空间后再试"
_BROKEN = "程序出错，请把服务日志交给管理员"
_TITLES = {
    400: "请求不完整",
    401: "需要访问口令",
    403: "不允许",
    404: "没有这个地址",
    405: "不支持这种请求方法",
    408: "等得太久",
    409: "已被别人改过",
    412: "已被别人改过",
    413: "上传的内容过大",
    415: "不支持这种内容类型",
    421: "不接受这个主机名",
    422: "不能处理这个请求",
    428: "需要版本",
    429: "正忙，请稍后再试",
    503: "服务暂不可用",
    507: "磁盘已满",
}


class Problem(BaseModel):
    """What went wrong, as RFC 9457 has it."""

    model_config = ConfigDict(extra="allow")

    type: str = "about:blank"
    title: str
    status: int
    detail: str


FAULT: dict[str, Any] = {"model": Problem, "content": {"application/problem+json": {}}}


class ProblemError(Exception):
    """Ends a request with a problem."""

    def __init__(self, status: int, detail: str, *, headers: Mapping[str, str] | None = None, **more: Any) -> None:  # noqa: ANN401  further members are free in RFC 9457
        """`more`: further members of the problem."""
        super().__init__(detail)
        self.status, self.detail, self.headers, self.more = status, detail, dict(headers or {}), more


def answer(status: int, detail: str, headers: Mapping[str, str] | None = None, **more: Any) -> JSONResponse:  # noqa: ANN401
    """Return the response for a problem."""
    problem = Problem(title=_TITLES.get(status, "出错"), status=status, detail=detail, **more)
    return JSONResponse(problem.model_dump(), status, dict(headers or {}), media_type="application/problem+json")


Shown = Callable[[Request, int, str], Response]


@dataclass(frozen=True, slots=True)
class _Faults:
    """Answers a fault as a problem, or as a page where a person would see it (htmx shows the words beside the page)."""

    shown: Shown

    def answer(
        self,
        request: Request,
        status: int,
        detail: str,
        headers: Mapping[str, str] | None = None,
        **more: Any,  # noqa: ANN401
    ) -> Response:
        looked_at = "text/html" in request.headers.get("accept", "") and "hx-request" not in request.headers
        if not looked_at or request.url.path.startswith("/api/"):
            return answer(status, detail, headers, **more)
        page = self.shown(request, status, detail)
        page.headers.update(headers or {})
        return page


def install(app: FastAPI, shown: Shown) -> None:
    """Make every error of the service a problem, or the page that `shown` makes of it where a browser asks for one."""
    faults = _Faults(shown)

    @app.exception_handler(ProblemError)
    async def own(request: Request, error: ProblemError) -> Response:
        return faults.answer(request, error.status, error.detail, error.headers, **error.more)

    @app.exception_handler(MissingError)
    async def missing(request: Request, error: MissingError) -> Response:
        return faults.answer(request, 404, str(error))

    @app.exception_handler(ConflictError)
    async def conflict(request: Request, error: ConflictError) -> Response:
        return faults.answer(request, 409, str(error))

    @app.exception_handler(HTTPException)
    async def http(request: Request, error: HTTPException) -> Response:
        told = _TITLES.get(error.status_code, str(error.detail))
        told = str(error.detail) if not str(error.detail).isascii() else told  # ours is Chinese, the framework's is not
        return faults.answer(request, error.status_code, told, error.headers)

    @app.exception_handler(RequestValidationError)
    async def invalid(request: Request, error: RequestValidationError) -> Response:
        names = "、".join(dict.fromkeys(".".join(str(p) for p in e["loc"][1:]) for e in error.errors()))
        return faults.answer(request, 422, f"请求缺少或写错了：{names or '请求体'}")

    _install_breakdowns(app, faults)


def _install_breakdowns(app: FastAPI, faults: _Faults) -> None:
    @app.exception_handler(BusyError)
    async def busy(request: Request, error: BusyError) -> Response:
        if "full" in str(error.orig):
            return faults.answer(request, 507, _FULL, _LATER)
        return faults.answer(request, 503, "数据库暂时用不了，请稍后再试", _LATER)

    @app.exception_handler(OSError)
    async def disk(request: Request, error: OSError) -> Response:
        if error.errno in {errno.ENOSPC, errno.EDQUOT}:
            return faults.answer(request, 507, _FULL, _LATER)
        return faults.answer(request, 500, _BROKEN)

    @app.exception_handler(Exception)
    async def unforeseen(request: Request, _error: Exception) -> Response:
        return faults.answer(request, 500, _BROKEN)
