"""What the tests share: the app's side of the tenant, and the test's side of it.

Copy it next to your tests. It needs pytest and requests, and the environment that
mockauth0 exec sets:

    mockauth0 exec -- python3 -m pytest
"""

import os
import uuid

import pytest
import requests

PATIENCE = 30  # seconds until a request that hangs fails


def pytest_configure(config):
    if "MOCKAUTH0_URL" not in os.environ:
        pytest.exit("there is no tenant: run this under mockauth0 exec -- python3 -m pytest", 2)


class App:
    """The code under test: in your project, your own.

    It speaks https, as Auth0's SDKs do. REQUESTS_CA_BUNDLE, which exec sets, lets
    requests trust the tenant.
    """

    def __init__(self):
        self.issuer = os.environ["AUTH0_ISSUER_BASE_URL"] + "/"
        self.audience = os.environ["AUTH0_AUDIENCE"]
        self.callback = "http://localhost:3000/callback"
        self.client_id = os.environ["AUTH0_CLIENT_ID"]
        self.client = {"client_id": self.client_id, "client_secret": os.environ["AUTH0_CLIENT_SECRET"]}
        self.http = requests.Session()  # one connection, not a handshake for each request

    def start(self, email, send="code", headers=None):
        """Asks for a code, or a link to the callback, to be sent."""
        body = {**self.client, "connection": "email", "email": email, "send": send}
        if send == "link":
            body["authParams"] = {"response_type": "code", "redirect_uri": self.callback, "scope": "openid email"}
        return self.http.post(self.issuer + "passwordless/start", json=body, headers=headers, timeout=PATIENCE)

    def redeem(self, email, code):
        """Exchanges the code of an e-mail for tokens."""
        body = {
            **self.client,
            "grant_type": "http://auth0.com/oauth/grant-type/passwordless/otp",
            "realm": "email",
            "username": email,
            "otp": code,
            "audience": self.audience,
            "scope": "openid profile email",
        }
        return self.http.post(self.issuer + "oauth/token", json=body, timeout=PATIENCE)

    def exchange(self, code):
        """Exchanges the code that came to the callback for tokens."""
        body = {**self.client, "grant_type": "authorization_code", "code": code, "redirect_uri": self.callback}
        return self.http.post(self.issuer + "oauth/token", json=body, timeout=PATIENCE)


class Outbox:
    """What was sent, instead of an inbox.

    Take the cursor before the app sends something, and read since it: then an
    older message is never taken for the new one, whoever else uses the server.
    """

    def __init__(self):
        self.url = os.environ["MOCKAUTH0_URL"] + "/_mock/outbox"
        self.http = requests.Session()

    def cursor(self):
        return self._get("/cursor").text.strip()

    def code(self, to, since):
        """The code that was sent to the recipient, as soon as it is there."""
        return self._get("/code", to=to, since=since, wait="10s").text.strip()

    def link(self, to, since):
        """The magic link that was sent to the recipient, as soon as it is there."""
        return self._get("/link", to=to, since=since, wait="10s").text.strip()

    def expire(self, to):
        """Makes the recipient's code lapse. The clock, which is everybody's, stays."""
        message = self._get("/latest", to=to, wait="10s").json()
        self.http.post(f"{self.url}/{message['id']}/expire", timeout=PATIENCE).raise_for_status()

    def _get(self, path, **query):
        answer = self.http.get(self.url + path, params=query, timeout=PATIENCE)
        assert answer.ok, answer.text  # which says what did arrive
        return answer


@pytest.fixture(scope="session")
def app():
    return App()


@pytest.fixture(scope="session")
def outbox():
    return Outbox()


@pytest.fixture
def recipient():
    """A recipient of this test's own: so tests share a server, and nobody resets it."""
    return f"ada+{uuid.uuid4().hex}@example.com"
