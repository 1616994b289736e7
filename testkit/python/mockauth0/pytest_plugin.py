"""Fixtures for pytest. They are there as soon as the package is installed."""

from __future__ import annotations

import os
from itertools import count
from typing import Any, Iterator

import pytest

from . import Auth0Mock, connect, start

_NAMES = count(1)


@pytest.fixture(scope="session")
def auth0_options() -> dict[str, Any]:
    """What tenants are started with. Give your own in conftest.py: return {"fixture": "strict"}."""
    return {}


@pytest.fixture(scope="session")
def auth0_url() -> str | None:
    """A server that runs: each test then has a tenant of its own there. Default MOCKAUTH0_URL, which mockauth0 exec
    sets; None starts a server for each test."""
    return os.environ.get("MOCKAUTH0_URL")


def _tenant(url: str | None, options: dict[str, Any]) -> Auth0Mock:
    if not url:
        return start(**options)
    wrong = sorted(set(options) - {"fixture", "seed", "client_id"})
    if wrong:
        raise ValueError(f"auth0_options: a tenant of the server {url} takes fixture, seed and client_id, not {', '.join(wrong)}; for others let the fixture auth0_url return None")
    worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
    return connect(url).add_tenant(f"pytest-{worker}-{os.getpid()}-{next(_NAMES)}", **options)


@pytest.fixture(scope="session")
def auth0_server(auth0_url: str | None, auth0_options: dict[str, Any]) -> Iterator[Auth0Mock]:
    """One tenant for the whole session. Under xdist each worker has its own."""
    with _tenant(auth0_url, auth0_options) as auth:
        yield auth


@pytest.fixture
def auth0(request: pytest.FixtureRequest, auth0_url: str | None, auth0_options: dict[str, Any]) -> Iterator[Auth0Mock]:
    """A tenant for this test alone."""
    with _tenant(auth0_url, auth0_options) as auth:
        request.node.mockauth0 = auth  # funcargs has it only once all fixtures are there
        yield auth


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[None]:
    """A test that fails is followed by the conversation of its tenants."""
    outcome = yield
    report = outcome.get_result()  # type: ignore[attr-defined]
    if not report.failed or report.when == "teardown":
        return
    for name in ("auth0", "auth0_server"):
        auth = getattr(item, "funcargs", {}).get(name) or (name == "auth0" and getattr(item, "mockauth0", None))
        if not auth:
            continue
        try:
            report.sections.append((f"{name}, {auth.url}", auth.report()))
        except OSError as error:  # the test has stopped it
            report.sections.append((f"{name}, {auth.url}", str(error)))
