"""Shared by all tests: what a test needs of the machine, said loudly where it is not there."""

from __future__ import annotations

import os

import pytest


def need(present: object, what: str, how: str = "", *, in_ci: bool = True) -> None:
    """Go on only where `present` is true.

    Otherwise the test is skipped with a line that names `what` is missing and `how` to get it. In CI (`CI=true`) a
    missing thing is a failure, because a test that is skipped there is run nowhere; `in_ci=False` excepts what CI
    cannot have.
    """
    if present:
        return
    reason = f"缺少 / missing: {what}" + (f"（{how}）" if how else "")
    if in_ci and os.environ.get("CI") == "true":
        pytest.fail(reason, pytrace=False)
    pytest.skip(reason)


@pytest.fixture(name="need")
def need_fixture() -> object:
    """Return `need`, for tests that do not import it."""
    return need


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    """Return the folder of a service of one's own."""
    return tmp_path_factory.mktemp("home")


@pytest.fixture(scope="module")
def client(home):
    """Yield a client of a running service whose reviewers are stand-ins (`worker_standins.queued`)."""
    from fastapi.testclient import TestClient
    from worker_standins import queued

    from api.http.app import create_app
    from api.settings import Settings
    from api.workers import WorkerPool

    app = create_app(Settings(home=home, upload_mb=1), WorkerPool(2, queued, (str(home),)))
    with TestClient(app, base_url="http://127.0.0.1") as one:
        yield one
