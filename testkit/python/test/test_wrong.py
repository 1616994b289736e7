"""What goes wrong has one sentence, which says what to do."""

import http.server
import os
import sys
import threading
from concurrent.futures import ThreadPoolExecutor

import mockauth0
import pytest

unix = pytest.mark.skipif(sys.platform == "win32", reason="the programs here are shell scripts")


@pytest.fixture
def write(tmp_path):
    """Writes a file whose path has a space and letters beyond ASCII."""

    def write(name, text, mode=0o755):
        file = tmp_path / "ünï cödé" / name
        file.parent.mkdir(exist_ok=True)
        file.write_text(text)
        file.chmod(mode)
        return file

    return write


@unix
@pytest.mark.parametrize("name, script, mode, said", [
    ("another", "echo hello; read x", 0o755, "another is another program: it says hello$"),
    ("dies", "echo 'what it says' >&2; exit 3", 0o755, "^what it says$"),
    ("silent", "exit 3", 0o755, "silent ended with status 3 before it was ready$"),
    ("locked", "", 0o644, "Permission denied: .*locked'$"),
])
def test_what_is_another_program_is_said(write, monkeypatch, name, script, mode, said):
    monkeypatch.setenv("MOCKAUTH0_BIN", str(write(name, f"#!/bin/sh\n{script}\n", mode)))
    with pytest.raises((RuntimeError, OSError), match=said):
        mockauth0.start()
    monkeypatch.setenv("MOCKAUTH0_BIN", "none")
    with pytest.raises(FileNotFoundError, match="^MOCKAUTH0_BIN is none, and there is no such file$"):
        mockauth0.start()


@unix
def test_a_tenant_that_is_gone_does_not_answer_and_can_be_stopped():
    auth = mockauth0.start()
    with ThreadPoolExecutor(1) as pool:
        waits = pool.submit(auth.otp, "ada@example.com", wait="60s")
        auth._process.kill()
        with pytest.raises(ConnectionError, match="GET /_mock/outbox/code: the tenant at http:.* does not answer: "):
            waits.result()
    auth.stop()
    auth.stop()
    assert not os.path.exists(os.path.dirname(auth.ca_path))
    with pytest.raises(ConnectionError, match="does not answer: .*refused"):
        auth.tokens("ada@example.com")


@pytest.mark.parametrize("status, kind, body, said", [
    (200, "text/html", b"<h1>Hello", "what answers at http:.* is no tenant of mockauth0"),
    (502, "application/json", b"{oops", "GET /_mock/tenant: status 502"),
])
def test_what_answers_may_be_another_server(status, kind, body, said):
    class Other(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            pass

    with http.server.HTTPServer(("127.0.0.1", 0), Other) as server:
        threading.Thread(target=server.handle_request).start()
        with pytest.raises((ValueError, mockauth0.ControlError), match=said):
            mockauth0.connect(f"http://127.0.0.1:{server.server_port}")
    with pytest.raises(ConnectionError, match="the tenant at nowhere does not answer: unknown url type"):
        mockauth0.connect("nowhere")


def test_wrong_options_and_requests_are_refused(auth0):
    with pytest.raises(ValueError, match="log is no option of start"):
        mockauth0.start(log="json")
    with pytest.raises(LookupError, match='the fixture has no clients; with "extends": "default"'):
        mockauth0.start(fixture={"resource_servers": []})
    with pytest.raises(ValueError, match="inject: times is for a built-in scenario"):
        auth0.inject({"name": "mine", "rules": []}, times=1)
    with pytest.raises(mockauth0.ControlError, match="GET /api/v2/users: Missing authentication"):
        auth0.control("GET", "/api/v2/users")
    with mockauth0.start() as auth, pytest.raises(ValueError, match="the user alan@example.com is blocked"):
        auth.tokens("alan@example.com")


def test_what_surrounds_a_test_does_not_matter(write, monkeypatch):
    for name, value in {"MOCKAUTH0_FIXTURE": "strict", "HTTP_PROXY": "http://localhost:1", "NO_PROXY": "corp.test"}.items():
        monkeypatch.setenv(name, value)
    users = {"extends": "default", "users": [{"email": "grace@example.com"}]}
    file = write("mine ü.yaml", "version: 1\nextends: default\nusers: [{email: grace@example.com}]\n")
    for fixture in (users, file, file.read_text()):
        with mockauth0.start(fixture=fixture) as auth:
            assert auth.tokens("grace@example.com").claims["email"] == "grace@example.com"
            assert auth.env("python")["NO_PROXY"] == "corp.test,localhost,127.0.0.1,::1"


@pytest.mark.parametrize("to", [None, ""])
def test_a_recipient_must_be_given(auth0, to):
    for of in (auth0.otp, auth0.link, auth0.message):
        with pytest.raises(ValueError, match="give an e-mail address or a phone number"):
            of(to)
