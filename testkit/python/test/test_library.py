"""What the guide does not show of the library."""

import os
import signal
import ssl
import subprocess
import sys
import urllib.error
import urllib.request
from datetime import datetime, timedelta, timezone

import mockauth0
import pytest


def test_each_test_has_a_tenant_of_its_own(auth0, auth0_server):
    assert auth0.url != auth0_server.url
    auth0.tokens("ada@example.com")
    assert [m["to"] for m in auth0.messages()] == ["ada@example.com"]


def test_the_options_reach_every_tenant(auth0):
    assert auth0.tokens("grace@example.com").claims["email"] == "grace@example.com"


def test_options_are_flags():
    at = datetime(2030, 1, 1, tzinfo=timezone.utc)
    with mockauth0.start(clock=at, otp="fixed:123456", client=["mine:secret", "other"], client_id="mine") as auth:
        assert auth.now() == at
        assert (auth.client_id, auth.client_secret) == ("mine", "secret")
        assert auth.env()["AUTH0_CLIENT_ID"] == "mine"
        auth.advance(timedelta(minutes=3))
        assert auth.now() == at + timedelta(minutes=3)


@pytest.mark.parametrize("user", ["ada@example.com", "+12025550101", "dora@example.com", "new@example.com"])
def test_tokens_of_any_user(user):
    with mockauth0.start() as auth:
        claims = auth.tokens(user).claims
        assert claims["iss"] == auth.issuer
    assert claims["sub"].split("|")[0] == {"+12025550101": "sms", "dora@example.com": "auth0"}.get(user, "email")


def test_https_with_the_authority(auth0):
    trusted = ssl.create_default_context(cafile=auth0.ca_path)
    with urllib.request.urlopen(auth0.tls_url + "/.well-known/jwks.json", context=trusted) as answer:
        assert answer.status == 200
    assert auth0.env("python")["SSL_CERT_FILE"] == auth0.ca_path


def test_errors_are_the_tenants_own():
    with pytest.raises(RuntimeError, match="--fixture no-such: there is no such file, and the built-in fixtures are"):
        mockauth0.start(fixture="no-such")
    with pytest.raises(RuntimeError, match='clientss: unknown field; did you mean "clients"'):
        mockauth0.start(fixture={"clientss": []})
    with mockauth0.start() as auth:
        with pytest.raises(mockauth0.ControlError, match='there is no scenario "rate-limitd"; did you mean "rate-limited"') as refused:
            auth.inject("rate-limitd")
        assert refused.value.status == 404
        with pytest.raises(ValueError, match="write one of"):
            auth.env("cobol")


def test_a_scenario_of_the_tests_own(auth0):
    failure = auth0.inject({"name": "mine", "rules": [{"id": "one", "when": {"endpoint": "oauth.token"}, "then": {"respond": {"status": 418}}}]})
    with pytest.raises(mockauth0.ControlError) as refused:
        auth0.tokens("ada@example.com")
    assert (refused.value.status, failure.fired()) == (418, 1)
    failure.remove()
    assert auth0.tokens("ada@example.com").token_type == "Bearer"


def test_stop_ends_the_tenant():
    auth = mockauth0.start()
    auth.stop()
    with pytest.raises(OSError):
        urllib.request.urlopen(auth.url)
    assert not os.path.exists(auth.ca_path)


@pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGKILL")
def test_a_tenant_ends_with_its_process():
    owner = "import mockauth0, sys, time; print(mockauth0.start().url, flush=True); time.sleep(600)"
    process = subprocess.Popen([sys.executable, "-c", owner], stdout=subprocess.PIPE, text=True)
    url = process.stdout.readline().strip()
    assert mockauth0.connect(url).url == url
    process.send_signal(signal.SIGKILL)
    process.wait()
    with pytest.raises(urllib.error.URLError):
        while True:  # until nobody answers
            urllib.request.urlopen(url).close()
