"""Fixtures for pytest. They are there as soon as the package is installed."""

from __future__ import annotations

from typing import Any, Iterator

import pytest

from . import StartedAuth0, start


@pytest.fixture(scope="session")
def auth0_options() -> dict[str, Any]:
    """What tenants are started with. Give your own in conftest.py: return {"fixture": "strict"}."""
    return {}


@pytest.fixture(scope="session")
def auth0_server(auth0_options: dict[str, Any]) -> Iterator[StartedAuth0]:
    """One tenant for the whole session. Under xdist each worker has its own."""
    with start(**auth0_options) as auth:
        yield auth


@pytest.fixture
def auth0(auth0_options: dict[str, Any]) -> Iterator[StartedAuth0]:
    """A tenant for this test alone."""
    with start(**auth0_options) as auth:
        yield auth


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[None]:
    """A test that fails is followed by the conversation of its tenants."""
    outcome = yield
    report = outcome.get_result()  # type: ignore[attr-defined]
    if not report.failed or report.when != "call":
        return
    for name in ("auth0", "auth0_server"):
        auth = getattr(item, "funcargs", {}).get(name)
        if auth is None:
            continue
        try:
            report.sections.append((f"{name}, {auth.url}", auth.report()))
        except OSError as error:  # the test has stopped it
            report.sections.append((f"{name}, {auth.url}", f"it does not answer: {error}"))
