from __future__ import annotations

import base64
import http.client
import json
import os
import re
import subprocess
import threading
import urllib.error
import urllib.parse
import urllib.request
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Mapping, Sequence

from ._program import program

if TYPE_CHECKING:
    from ._control import ClockState, Fixture, Message, Request, ScenarioRequest, Setup, Status, StorageState, User

__tracebackhide__ = True  # pytest shows the line of the test, not those below
PATIENCE = "5s"  # for a message to come
TIMEOUT = 90.0  # seconds for a call: the longest wait of the tenant is 60
_direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))  # no proxy knows this tenant


def _recipient(to: str) -> str:
    """Without a recipient the tenant has the newest message of anybody, which no test means."""
    if isinstance(to, str) and to:
        return to
    raise ValueError(f"the recipient is {to!r}; give an e-mail address or a phone number")


class ControlError(Exception):
    """What the tenant refused. The text is the tenant's own sentence."""

    def __init__(self, method: str, path: str, status: int, body: Any) -> None:
        names = ("error_description", "description", "message", "error")
        said = next((body[name] for name in names if name in body), None) if isinstance(body, dict) else None
        super().__init__(f"{method} {path}: {said or f'status {status}'}")
        self.status = status
        self.body = body


@dataclass(frozen=True)
class Tokens:
    """What a client gets when a user signs in."""

    access_token: str
    refresh_token: str
    """Empty without the scope offline_access."""
    id_token: str
    """Empty without the scope openid."""
    token_type: str
    scope: list[str]
    """The scopes that were granted."""
    expires_in: int
    """In seconds."""
    claims: dict[str, Any] = field(default_factory=dict)
    """Those of the ID token."""


class Auth0Mock:
    """A tenant that runs."""

    url: str
    """Where it answers http, without a slash at the end."""
    tls_url: str
    """The same port over https."""
    domain: str
    """Host and port: what SDKs call domain."""
    issuer: str
    """The iss of the tokens that are got at url."""
    client_id: str
    client_secret: str
    """Empty for a client without a secret."""
    ca_path: str
    """A file with the certificate that a client of tls_url must trust."""
    tenant: Setup
    """What an app needs to know of the tenant."""

    def __init__(self, url: str, client_id: str | None = None, ca_path: str = "", flags: Sequence[str] = (), added: Sequence[str] = (), env: Mapping[str, str] | None = None) -> None:
        self.url = url.rstrip("/")
        self._wanted, self._flags, self._added, self._env = client_id, flags, added, env
        self.domain = self.url.partition("://")[2]
        self.tls_url = f"https://{self.domain}"
        self.ca_path = ca_path
        self._signing_in = threading.Lock()
        self.tenant = self.control("GET", "/_mock/tenant")
        if not isinstance(self.tenant, dict) or "issuer" not in self.tenant:
            raise ValueError(f"what answers at {self.url} is no tenant of mockauth0")
        for section in ("clients", "resource_servers", "connections"):
            self.tenant.setdefault(section, [])  # what is empty is left out
        clients = self.tenant["clients"]
        if not clients:
            raise LookupError('the fixture has no clients; with "extends": "default" it has those of the built-in one')
        wanted = [
            lambda c: c["client_id"] == (client_id or "acme-web"),
            lambda c: not client_id and c.get("client_secret") and c.get("app_type") == "regular_web",
            lambda c: not client_id,
        ]
        client = next((c for is_it in wanted for c in clients if is_it(c)), None)
        if client is None:
            raise LookupError(f"there is no client {client_id}; there are {', '.join(c['client_id'] for c in clients)}")
        self.issuer = self.tenant["issuer"]
        self.client_id = client["client_id"]
        self.client_secret = client.get("client_secret", "")

    def env(self, sdk: str | None = None) -> dict[str, str]:
        """The environment that points an app at the tenant: in general, or in the names that an SDK reads, such as "fastapi"."""
        # The program does not ask the server, so it gets what the server has.
        clients = [{name: c[name] for name in ("client_id", "client_secret", "app_type") if name in c} for c in self.tenant["clients"]]
        fixture = {"version": 1, "clients": clients, "resource_servers": [{"identifier": api["identifier"]} for api in self.tenant["resource_servers"]]}
        environ = {**os.environ, **(self._env or {}), "MOCKAUTH0_FIXTURE_YAML": json.dumps(fixture)}
        environ.pop("MOCKAUTH0_FIXTURE", None)
        args = [program(), "env", "--url", self.url, *self._flags, *self._added]
        args += ["--client-id", self._wanted] if self._wanted else []
        args += ["--for", sdk] if sdk else []
        ran = subprocess.run(args, env=environ, stdin=subprocess.DEVNULL, capture_output=True, text=True)
        if ran.returncode:
            raise ValueError(ran.stderr.strip())
        found = re.findall(r"^([A-Za-z][A-Za-z0-9_]*)=(?:(['\"])(.*)\2|(.*))$", ran.stdout, re.MULTILINE)
        settings = {name: quoted or bare for name, _, quoted, bare in found}
        roots = [name for name in ("NODE_EXTRA_CA_CERTS", "SSL_CERT_FILE", "REQUESTS_CA_BUNDLE") if name in settings or not sdk]
        return {**settings, **dict.fromkeys(roots, self.ca_path)}

    def add_tenant(self, name: str, *, fixture: str | Fixture | None = None, seed: str | None = None, port: int | None = None, client_id: str | None = None) -> Auth0Mock:
        """Makes a tenant beside this one, on the same server. It ends with stop.

        The fixture is the name of a built-in one, or the fixture itself as a dict. Without it the tenant has what the
        server was started with.
        """
        given = {"name": name, "fixture": {"version": 1, **fixture} if isinstance(fixture, dict) else fixture, "seed": seed, "port": port}
        made = self.control("POST", "/_mock/tenants", body={name: value for name, value in given.items() if value is not None})
        try:
            # A fixture of its own has nothing of the flags.
            return _AddedTenant(self, name, made["url"], client_id, () if fixture else self._added)
        except BaseException:
            self._end(name)
            raise

    def _end(self, name: str) -> None:
        self.control("DELETE", "/_mock/tenants/" + name)

    def session(
        self,
        user: str,
        *,
        client_id: str | None = None,
        organization: str | None = None,
        audience: str | None = None,
        scope: str | None = None,
        mfa: bool = False,
        ttl: str | None = None,
        create: bool = True,
    ) -> StorageState:
        """Signs a user in without a page: browser.new_context(storage_state=auth.session("ada@example.com")).

        With client_id the answer has the tokens of that app, too. With organization, who is no member becomes one.
        """
        given = {"client_id": client_id, "organization": organization, "audience": audience, "scope": scope, "ttl": ttl}
        body = {"user": user, "create": create, "mfa": mfa, **{name: value for name, value in given.items() if value is not None}}
        return self.control("POST", "/_mock/sessions", body=body)

    def control(self, method: str, path: str, *, query: Mapping[str, Any] | None = None, body: Any = None) -> Any:
        """Any call of the control API. It returns the JSON or the text of the answer."""
        given = {name: str(value) for name, value in (query or {}).items() if value is not None}
        return self._call(method, path + ("?" + urllib.parse.urlencode(given, quote_via=urllib.parse.quote) if given else ""), body)

    def _call(self, method: str, path: str, body: Any = None) -> Any:
        data = body if body is None else (body if isinstance(body, str) else json.dumps(body)).encode()
        headers = {} if data is None else {"Content-Type": "application/yaml" if isinstance(body, str) else "application/json"}
        what = path.partition("?")[0]
        try:
            with _direct.open(urllib.request.Request(self.url + path, data, headers, method=method), timeout=TIMEOUT) as answer:
                return _read(answer)
        except urllib.error.HTTPError as refused:
            with refused:
                raise ControlError(method, what, refused.code, _read(refused)) from None
        except (OSError, ValueError, http.client.HTTPException) as error:
            reason = getattr(error, "reason", error)
            raise ConnectionError(f"{method} {what}: the tenant at {self.url} does not answer: {reason}") from error

    def otp(self, to: str, *, wait: str = PATIENCE, **narrowed: str) -> str:
        """The live code that was sent to an address or a phone number. It waits up to 5 seconds for one."""
        return self.control("GET", "/_mock/outbox/code", query={"to": _recipient(to), "wait": wait, **narrowed}).strip()

    def link(self, to: str, *, wait: str = PATIENCE, **narrowed: str) -> str:
        """The live link that was sent. It waits as otp does."""
        return self.control("GET", "/_mock/outbox/link", query={"to": _recipient(to), "wait": wait, **narrowed}).strip()

    def message(self, to: str, *, wait: str = PATIENCE, **narrowed: str) -> Message:
        """The newest message. It waits as otp does."""
        return self.control("GET", "/_mock/outbox/latest", query={"to": _recipient(to), "wait": wait, **narrowed})

    def messages(self, **narrowed: str) -> list[Message]:
        """The messages of the outbox, the oldest first."""
        return self.control("GET", "/_mock/outbox", query=narrowed)["items"]

    def cursor(self) -> str:
        """The place after the newest message, to use as since."""
        return self.control("GET", "/_mock/outbox/cursor").strip()

    def expire(self, to: str) -> None:
        """Lets the live code of a recipient lapse. The clock does not move."""
        self.control("POST", f"/_mock/outbox/{self.message(to)['id']}/expire")

    def tokens(self, user: str, *, client_id: str | None = None, audience: str | None = None, scope: str | Sequence[str] | None = None) -> Tokens:
        """Signs a user in without an app: with the password of a database user, else with a code.

        Without more words the tokens are for client_id and the first API, with the scopes openid, profile, email,
        offline_access and all those of the API.
        """
        clients = {c["client_id"]: c for c in self.tenant["clients"]}
        client = clients.get(client_id or self.client_id)
        if client is None:
            raise LookupError(f"there is no client {client_id}; there are {', '.join(clients)}")
        apis = {api["identifier"]: api for api in self.tenant["resource_servers"]}
        audience = audience or next(iter(apis), None)
        if scope is None:
            own = [s["value"] for s in apis.get(audience or "", {}).get("scopes", [])]
            scope = ["openid", "profile", "email", "offline_access", *own]
        credentials = {"client_id": client["client_id"]}
        if client.get("client_secret"):
            credentials["client_secret"] = client["client_secret"]
        strategy = "sms" if user.startswith("+") else "email"
        known = self._user(user)
        connection = next((c for c in self.tenant["connections"] if _is_for(c, known, strategy, client["client_id"])), {})
        name = connection.get("name", strategy)
        request: dict[str, Any] = {**credentials, "realm": name, "username": user, "scope": scope if isinstance(scope, str) else " ".join(scope)}
        if audience:
            request["audience"] = audience
        with self._signing_in:  # a second code for the same user would make the first one useless
            if connection.get("strategy") == "auth0":
                users = self.control("GET", "/_mock/state")["users"]  # which has the passwords
                request["grant_type"] = "http://auth0.com/oauth/grant-type/password-realm"
                request["password"] = next((u.get("password") for u in users if known and u["user_id"] == known["user_id"]), None)
            else:
                if known and known.get("blocked"):
                    raise ValueError(f"tokens: the user {user} is blocked, and gets no code")
                since = self.cursor()
                address = "phone_number" if strategy == "sms" else "email"
                self._call("POST", "/passwordless/start", {**credentials, "connection": name, address: user, "send": "code"})
                request["grant_type"] = "http://auth0.com/oauth/grant-type/passwordless/otp"
                request["otp"] = self.otp(user, since=since)
            answer = self._call("POST", "/oauth/token", request)
        id_token = answer.get("id_token", "")
        return Tokens(
            access_token=answer["access_token"],
            refresh_token=answer.get("refresh_token", ""),
            id_token=id_token,
            token_type=answer["token_type"],
            scope=answer.get("scope", "").split(),
            expires_in=answer["expires_in"],
            claims=json.loads(base64.urlsafe_b64decode(id_token.split(".")[1] + "==")) if id_token else {},
        )

    def _user(self, user: str) -> Any:
        try:
            return self.control("GET", "/_mock/users/" + urllib.parse.quote(user, safe=""))
        except ControlError as refused:
            if refused.status != 404:
                raise
            return None

    def mint(self, claims: Mapping[str, Any]) -> str:
        """A token with any claims, signed by the tenant. iss, iat and exp are filled in."""
        return self.control("POST", "/_mock/tokens", body={"claims": dict(claims)})["token"]

    def forge(self, claims: Mapping[str, Any]) -> str:
        """The same, signed by a key that the tenant does not publish: an app must refuse it."""
        return self.control("POST", "/_mock/tokens", body={"claims": dict(claims), "key": "rogue"})["token"]

    def inject(self, scenario: str | ScenarioRequest, *, when: Mapping[str, Any] | None = None, times: int | None = None, ttl: str | None = None) -> Injection:
        """Switches a failure on: a built-in one by its name, or a scenario as a dict or as YAML."""
        narrowed = {name: value for name, value in (("when", when), ("times", times), ("ttl", ttl)) if value is not None}
        body: Any = scenario
        if isinstance(scenario, str) and "\n" not in scenario:
            body = {"name": scenario, **narrowed}
        elif narrowed:
            raise ValueError(f"inject: {', '.join(narrowed)} is for a built-in scenario; in one of your own it is in a rule")
        elif not isinstance(scenario, str):
            body = {"version": 1, **scenario}
        return Injection(self, self.control("POST", "/_mock/scenarios", body=body)["id"])

    def advance(self, by: str | float | timedelta) -> ClockState:
        """Moves the tenant's clock forward: "3m", seconds, or a timedelta."""
        return self.control("POST", "/_mock/clock", body={"advance": by.total_seconds() if isinstance(by, timedelta) else by})

    def now(self) -> datetime:
        """The time of the tenant."""
        return datetime.fromisoformat(self.control("GET", "/_mock/clock")["now"][:19] + "+00:00")

    def add_user(self, **user: Any) -> User:
        """Adds a user, in the fields of a fixture."""
        return self.control("POST", "/_mock/users", body=user)

    def requests(self) -> list[Request]:
        """The last 1,000 requests."""
        return self.control("GET", "/_mock/requests")["items"]

    def report(self) -> str:
        """What happened: the requests, the outbox, the scenarios and the clock."""
        return self.control("GET", "/_mock/report")

    def reset(self) -> None:
        """Brings the tenant back to its fixture."""
        self.control("POST", "/_mock/reset")

    def stop(self) -> None:
        """Ends a tenant that start or add_tenant has made."""

    def __enter__(self) -> Auth0Mock:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()


class _AddedTenant(Auth0Mock):
    def __init__(self, beside: Auth0Mock, name: str, url: str, client_id: str | None, added: Sequence[str]) -> None:
        self._beside, self._name, self._stopped = beside, name, False
        super().__init__(url, client_id, beside.ca_path, beside._flags, added, beside._env)

    def stop(self) -> None:
        if not self._stopped:
            self._beside._end(self._name)
        self._stopped = True


class Injection:
    """A failure that is on."""

    def __init__(self, auth: Auth0Mock, id: str) -> None:
        self.id = id
        self._auth = auth
        self._path = "/_mock/scenarios/" + urllib.parse.quote(id, safe="")

    def status(self) -> Status:
        """What it did up to now."""
        return self._auth.control("GET", self._path)

    def fired(self) -> int:
        """How often it acted."""
        return sum(rule["fired"] for rule in self.status()["rules"])

    def remove(self) -> None:
        """Switches it off."""
        self._auth.control("DELETE", self._path)


def _read(answer: Any) -> Any:
    text = answer.read().decode(errors="replace")
    try:
        return json.loads(text) if text and answer.headers.get("Content-Type", "").startswith("application/json") else text
    except ValueError:
        return text


def _is_for(connection: Any, known: Any, strategy: str, client_id: str) -> bool:
    if known:
        return connection["name"] == known["connection"]
    return connection["strategy"] == strategy and bool({"*", client_id} & set(connection.get("enabled_clients", [])))
