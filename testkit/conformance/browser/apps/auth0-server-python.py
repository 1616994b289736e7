"""The app of auth0-server-python. It listens on a free port of localhost, tells it, and
stops with its standard input: whoever started it."""

import asyncio
import base64
import html
import json
import os
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

from auth0_server_python.auth_server.server_client import ServerClient
from auth0_server_python.auth_types import StartInteractiveLoginOptions
from auth0_server_python.error import Auth0Error


class Memory:
    """A store for the sessions of the one browser that the app has."""

    def __init__(self):
        self.kept = {}

    async def set(self, identifier, state, remove_if_expires=False, options=None):
        self.kept[identifier] = state

    async def get(self, identifier, options=None):
        return self.kept.get(identifier)

    async def delete(self, identifier, options=None):
        self.kept.pop(identifier, None)


loop = asyncio.new_event_loop()
threading.Thread(target=loop.run_forever, daemon=True).start()


async def login(query):
    options = StartInteractiveLoginOptions(organization=query.get("organization"), invitation=query.get("invitation"))
    return 302, await auth0.start_interactive_login(options)


async def callback(query):
    await auth0.complete_interactive_login(base + "/auth/callback?" + query["all"])
    return 302, "/"


async def home(_):
    user = await auth0.get_user()
    return page("signed in as " + user["email"], user) if user else page("signed out")


async def refresh(_):
    session = await auth0.get_session()
    tokens = await auth0.get_token_by_refresh_token({"refresh_token": session["refresh_token"]})
    payload = tokens["id_token"].split(".")[1]
    user = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    return page("signed in as " + user["email"], user)


def page(status, user=None):
    user = user or {}
    organization = f'{user.get("org_id") or ""} {user.get("org_name") or ""}'
    return 200, f'<p id="status">{html.escape(status)}</p><p id="organization">{html.escape(organization)}</p>'


routes = {"/": home, "/auth/login": login, "/auth/callback": callback, "/refresh": refresh}


class App(BaseHTTPRequestHandler):
    def do_GET(self):
        url = urlsplit(self.path)
        if url.path not in routes:
            self.answer(204, "")
            return
        query = {name: values[0] for name, values in parse_qs(url.query).items()} | {"all": url.query}
        try:
            answer = asyncio.run_coroutine_threadsafe(routes[url.path](query), loop).result(30)
        except Auth0Error as e:
            answer = page(f"error {e.code}: {e}")
        self.answer(*answer)

    def answer(self, status, content):
        self.send_response(status)
        if status == 302:
            self.send_header("Location", content)
            content = ""
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(content.encode())))
        self.end_headers()
        self.wfile.write(content.encode())

    def log_message(self, *_):
        pass


server = ThreadingHTTPServer(("127.0.0.1", 0), App)
base = f"http://localhost:{server.server_port}"
auth0 = ServerClient(
    domain=os.environ["DOMAIN"], client_id="acme-web", client_secret="acme-web-secret", secret="a long secret of the app's own, for its cookies",
    redirect_uri=base + "/auth/callback", authorization_params={"scope": "openid profile email offline_access"}, state_store=Memory(), transaction_store=Memory(),
)
threading.Thread(target=server.serve_forever, daemon=True).start()
print(base, flush=True)
sys.stdin.read()
