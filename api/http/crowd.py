"""How many uploads come in at once, and how large: the rest is turned away before anything of it is kept.

What is turned away is read to its end and thrown away, so that whoever sends it hears the answer.
"""

from __future__ import annotations

from dataclasses import dataclass

import anyio
from fastapi import FastAPI, Response
from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.http import problems
from api.settings import Settings

_RETRY_SECONDS = "5"
_SILENCE = 60.0  # seconds without a byte after which an upload is given up
_AROUND = 1 << 20  # bytes that names and boundaries may take beside the files


@dataclass(slots=True)
class Gate:
    """How many uploads are coming in."""

    inside: int = 0


class Crowd:
    """Lets so many uploads in at a time."""

    def __init__(self, app: ASGIApp, settings: Settings, gate: Gate) -> None:
        """Stand before `app`."""
        self._app, self._most = app, settings.uploads_at_once
        self._bytes, self._told = settings.upload_mb * 2**20 + _AROUND, f"一次上传不能超过{settings.upload_mb} MB"
        self._gate = gate

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, or let the request through."""
        if scope["type"] != "http" or not _is_upload(scope):
            await self._app(scope, receive, send)
            return
        length = Headers(scope=scope).get("content-length", "")
        if length.isdecimal() and int(length) > self._bytes:
            await _turned_away(problems.answer(413, self._told), scope, receive, send, self._bytes)
            return
        if self._gate.inside >= self._most:
            answer = problems.answer(429, "同时上传的太多，请稍后再试", {"Retry-After": _RETRY_SECONDS})
            await _turned_away(answer, scope, receive, send, self._bytes)
            return
        self._gate.inside += 1
        try:
            await self._app(scope, self._counted(receive), send)
        finally:
            self._gate.inside -= 1

    def _counted(self, receive: Receive) -> Receive:
        left = self._bytes

        async def counted() -> Message:
            nonlocal left
            with anyio.move_on_after(_SILENCE) as waited:
                message = await receive()
            if waited.cancelled_caught:
                raise HTTPException(408, "上传中断太久，没有收下")
            left -= len(message.get("body", b""))
            if left < 0:  # it did not say its length, or lied
                raise HTTPException(413, self._told)
            return message

        return counted


def _is_upload(scope: Scope) -> bool:
    return scope["method"] == "POST" and Headers(scope=scope).get("content-type", "").startswith("multipart/")


async def _turned_away(answer: Response, scope: Scope, receive: Receive, send: Send, most: int) -> None:
    with anyio.move_on_after(_SILENCE):
        while most > 0:
            message = await receive()
            most -= len(message.get("body", b""))
            if message["type"] == "http.disconnect":
                return
            if not message.get("more_body"):
                break
    await answer(scope, receive, send)


def install(app: FastAPI, settings: Settings) -> Gate:
    """Put the crowd before every route, and return where it counts."""
    gate = Gate()
    app.add_middleware(Crowd, settings=settings, gate=gate)
    return gate
