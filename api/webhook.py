"""Tells another system that a review has ended: one signed request, tried three times, never in anybody's way."""

from __future__ import annotations

import hashlib
import hmac
import json
import logging
import threading
import time
import urllib.request
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from api.settings import Settings

log = logging.getLogger("chushen")
_TRIES = 3
_SECONDS = 10


def signature(secret: str, body: bytes) -> str:
    """Return what stands in `X-Chushen-Signature`: HMAC-SHA256 of the body, in hex."""
    return "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


def tell(settings: Settings, said: Mapping[str, Any]) -> threading.Thread | None:
    """Send `said` to the address of the settings from a thread of its own; None where there is no such address."""
    if not settings.webhook_url.startswith(("http://", "https://")):
        return None
    body = json.dumps(dict(said), ensure_ascii=False).encode()
    thread = threading.Thread(target=_send, args=(settings.webhook_url, settings.webhook_secret, body), daemon=True)
    thread.start()
    return thread


def _send(address: str, secret: str, body: bytes) -> None:
    headers = {"Content-Type": "application/json", "X-Chushen-Signature": signature(secret, body)}
    for turn in range(_TRIES):
        try:
            request = urllib.request.Request(address, body, headers, method="POST")  # noqa: S310  checked by `tell`
            with urllib.request.urlopen(request, timeout=_SECONDS):  # noqa: S310
                return
        except OSError as error:
            log.warning("the webhook did not answer (%s)", error)
            time.sleep(2**turn)
