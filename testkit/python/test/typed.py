"""The types as mypy --strict sees them in a test."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import mockauth0
from mockauth0 import Auth0Mock, ControlError, StartedAuth0, Tokens


def test_types(auth0: Auth0Mock, auth0_server: Auth0Mock) -> None:
    tokens: Tokens = auth0.tokens("ada@example.com", scope=["openid"])
    codes: list[str] = auth0.message("ada@example.com", wait="1s")["codes"]
    fired: int = auth0.inject("rate-limited", times=1, when={"recipient": "ada@example.com"}).fired()
    auth0.inject({"name": "mine", "rules": [{"id": "one", "then": {"delay": "1s"}}]}).remove()
    auth0.advance(timedelta(minutes=3))
    status: int = auth0.requests()[0]["status"]
    cookies = auth0_server.session("ada@example.com", client_id="acme-web")["cookies"]
    with auth0.add_tenant("w2", fixture={"extends": "default", "users": [{"email": "grace@example.com"}]}) as own:
        own.env("fastapi")["AUTH0_DOMAIN"].strip()
    with mockauth0.start(fixture=Path("mine.yaml"), clock="2030-01-01T00:00:00Z", mail_api=["localhost:0"]) as started:
        same: StartedAuth0 = started
    try:
        auth0.reset()
    except ControlError as refused:
        print(refused.status + status, tokens.access_token, codes[0], fired, cookies, same)
    mockauth0.start(fixture={"extend": "default"})  # type: ignore[arg-type]
    auth0.tokens("ada@example.com", scopes="openid")  # type: ignore[call-arg]
