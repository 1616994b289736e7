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


def test_a_tenant_beside_another(auth0):
    with auth0.add_tenant("w3", fixture={"extends": "default", "users": [{"email": "eve@example.com"}]}, client_id="acme-spa") as own:
        own.advance("1h")
        assert own.tokens("eve@example.com", client_id="acme-native").claims["iss"] == own.issuer
        assert own.env()["AUTH0_CLIENT_ID"] == "acme-spa" and own.env()["MOCKAUTH0_URL"] == own.url
        assert auth0.messages() == [] and auth0.now() < own.now()
        own.stop()
    with pytest.raises(ConnectionError):
        own.now()
    with pytest.raises(LookupError):
        auth0.add_tenant("w4", client_id="nobody")
    assert len(auth0.control("GET", "/_mock/tenants")["items"]) == 1


class Stay(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_):
        return None


def test_a_session_needs_no_page(auth0):
    state = auth0.session("eve@example.com", client_id="acme-web", scope="openid", mfa=True, ttl="1h")
    cookies = "; ".join(f"{one['name']}={one['value']}" for one in state["cookies"])
    login = auth0.url + "/authorize?client_id=acme-web&response_type=code&redirect_uri=http://localhost:3000/cb"
    with pytest.raises(urllib.error.HTTPError) as answer:
        urllib.request.build_opener(Stay).open(urllib.request.Request(login, headers={"Cookie": cookies}))
    assert answer.value.headers["location"].startswith("http://localhost:3000/cb?code=")
    assert state["origins"] == [] and state["tokens"]["id_token"]
    with pytest.raises(mockauth0.ControlError, match='there is no organization "acme"'):
        auth0.session("ada@example.com", organization="acme")
    with pytest.raises(mockauth0.ControlError, match='there is no user "nobody@example.com"'):
        auth0.session("nobody@example.com", create=False)


def test_a_server_that_runs_takes_no_other_options(auth0):
    from mockauth0.pytest_plugin import _tenant

    with pytest.raises(ValueError, match="takes fixture, seed and client_id, not clock"):
        _tenant(auth0.url, {"clock": "2030-01-01T00:00:00Z", "seed": "shop"})
    with _tenant(auth0.url, {"fixture": "strict", "seed": "shop"}) as own:
        assert own.url != auth0.url


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
    with pytest.raises(OSError):
        while True:  # until nobody answers
            urllib.request.urlopen(url).close()


@pytest.mark.skipif(sys.platform == "win32", reason="there are no groups of processes")
def test_ctrl_c_leaves_the_tenant_to_who_started_it():
    owner = """
import mockauth0, signal, time
signal.signal(signal.SIGINT, signal.default_int_handler) # a shell's background job ignores it
auth = mockauth0.start()
try:
    print("ready", flush=True)
    time.sleep(600)
except KeyboardInterrupt:
    print(auth.report())
"""
    process = subprocess.Popen([sys.executable, "-c", owner], stdout=subprocess.PIPE, text=True, start_new_session=True)
    process.stdout.readline()
    os.killpg(process.pid, signal.SIGINT)  # as a terminal does
    said, _ = process.communicate()
    assert said.startswith("requests: 0") and process.returncode == 0
