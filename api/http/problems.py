"""Errors as `application/problem+json` (RFC 9457), Chinese words for people, `type` for programs."""

from __future__ import annotations

import errno
from collections.abc import Mapping
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict
from starlette.exceptions import HTTPException

from api.store import ConflictError, MissingError
from api.store.schema import BusyError

_LATER = {"Retry-After": "20"}
_FULL = "磁盘已满，没有收下；请管理员腾出空间后再试"
_TITLES = {
    400: "请求不完整",
    401: "需要访问口令",
    403: "不允许",
    404: "没有这个地址",
    405: "不支持这种请求方法",
    409: "已被别人改过",
    413: "上传的内容过大",
    415: "不支持这种内容类型",
    421: "不接受这个主机名",
    422: "不能处理这个请求",
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


def install(app: FastAPI) -> None:
    """Make every error of the service a problem."""

    @app.exception_handler(ProblemError)
    async def own(_request: Request, error: ProblemError) -> JSONResponse:
        return answer(error.status, error.detail, error.headers, **error.more)

    @app.exception_handler(MissingError)
    async def missing(_request: Request, error: MissingError) -> JSONResponse:
        return answer(404, str(error))

    @app.exception_handler(ConflictError)
    async def conflict(_request: Request, error: ConflictError) -> JSONResponse:
        return answer(409, str(error))

    _install_faults(app)

    @app.exception_handler(HTTPException)
    async def http(_request: Request, error: HTTPException) -> JSONResponse:
        return answer(error.status_code, _TITLES.get(error.status_code, str(error.detail)), error.headers)

    @app.exception_handler(RequestValidationError)
    async def invalid(_request: Request, error: RequestValidationError) -> JSONResponse:
        names = "、".join(dict.fromkeys(".".join(str(p) for p in e["loc"][1:]) for e in error.errors()))
        return answer(422, f"请求缺少或写错了：{names or '请求体'}")

    @app.exception_handler(Exception)
    async def unforeseen(_request: Request, _error: Exception) -> JSONResponse:
        return answer(500, "程序出错，请把服务日志交给管理员")


def _install_faults(app: FastAPI) -> None:
    @app.exception_handler(BusyError)
    async def busy(_request: Request, error: BusyError) -> JSONResponse:
        if "full" in str(error.orig):
            return answer(507, _FULL, _LATER)
        return answer(503, "数据库暂时用不了，请稍后再试", _LATER)

    @app.exception_handler(OSError)
    async def disk(_request: Request, error: OSError) -> JSONResponse:
        if error.errno in {errno.ENOSPC, errno.EDQUOT}:
            return answer(507, _FULL, _LATER)
        return answer(500, "程序出错，请把服务日志交给管理员")
