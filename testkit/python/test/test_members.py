"""Each member does what the guide says of it."""

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import mockauth0
import pytest


def send(auth, email, how):
    credentials = {"client_id": auth.client_id, "client_secret": auth.client_secret}
    auth.control("POST", "/passwordless/start", body={**credentials, "connection": "email", "email": email, "send": how})


def test_messages_are_found_and_waited_for(auth0):
    send(auth0, "ada@example.com", "code")
    since = auth0.cursor()
    with ThreadPoolExecutor(1) as pool:
        waits = pool.submit(auth0.message, "late+1@example.com", since=since)
        send(auth0, "late+1@example.com", "link")
        assert waits.result()["to"] == "late+1@example.com"
    assert auth0.link("late+1@example.com").startswith(auth0.url + "/passwordless/verify_redirect?")
    assert [m["to"] for m in auth0.messages(to="ada@example.com")] == ["ada@example.com"]
    assert [m["to"] for m in auth0.messages(since=since)] == ["late+1@example.com"]
    auth0.expire("ada@example.com")
    with pytest.raises(mockauth0.ControlError, match="no live code"):
        auth0.otp("ada@example.com", wait="0s")


def test_a_new_user_has_what_the_test_says(auth0):
    assert auth0.add_user(email="mary@example.com", name="Mary")["name"] == "Mary"
    assert auth0.tokens("mary@example.com").claims["name"] == "Mary"


def test_reset_forgets_what_happened(auth0):
    auth0.tokens("ada@example.com")
    assert auth0.requests() and auth0.messages() and auth0.tls_url.startswith("https://")
    auth0.reset()
    assert auth0.requests() == auth0.messages() == []


def test_a_forged_token_is_another_one(auth0):
    claims = {"sub": "ada", "iat": 0, "exp": 10}
    assert auth0.mint(claims) == auth0.mint(claims) != auth0.forge(claims)


def test_a_client_has_connections_of_its_own():
    connections = [{"name": name, "strategy": "email", "enabled_clients": [client]} for name, client in (("a", "one"), ("b", "two"))]
    clients = [{"client_id": name, "grant_types": ["http://auth0.com/oauth/grant-type/passwordless/otp"]} for name in ("one", "two")]
    with mockauth0.start(fixture={"extends": "default", "clients": clients, "connections": connections, "users": [], "client_grants": []}, client_id="two", mail_api="localhost:0") as auth:
        assert auth.tokens("new@example.com").id_token
        assert auth.messages()[0]["connection"] == "b"


def test_a_tenant_beside_another_has_the_clients_of_the_flags_or_of_its_fixture():
    with mockauth0.start(client="mine:secret") as auth:
        for fixture, client in ((None, "mine"), ("default", "acme-web")):
            with auth.add_tenant("beside", fixture=fixture) as beside:
                assert beside.env()["AUTH0_CLIENT_ID"] == client


def test_connect_finds_the_tenant_of_exec(auth0, monkeypatch):
    monkeypatch.setenv("MOCKAUTH0_URL", auth0.url)
    monkeypatch.setenv("SSL_CERT_FILE", auth0.ca_path)
    assert (mockauth0.connect().url, mockauth0.connect().ca_path) == (auth0.url, auth0.ca_path)


def test_a_tenant_is_not_called_by_a_proxy_and_leaves_nothing_when_python_ends(tmp_path):
    script = "import mockauth0; mockauth0.start().tokens('ada@example.com')"
    proxy = dict.fromkeys(("HTTP_PROXY", "http_proxy"), "http://localhost:1")
    subprocess.run([sys.executable, "-c", script], env={**os.environ, **proxy, "TMPDIR": str(tmp_path)}, check=True)
    assert list(tmp_path.iterdir()) == []
