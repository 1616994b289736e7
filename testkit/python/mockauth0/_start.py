from __future__ import annotations

import atexit
import json
import os
import shutil
import subprocess
import tempfile
import threading
from datetime import datetime, timezone
from pathlib import Path
from typing import TYPE_CHECKING, Any, Mapping

from ._client import Auth0Mock
from ._program import program

if TYPE_CHECKING:
    from ._control import Fixture


__tracebackhide__ = True  # pytest shows the line of the test, not those below
PATIENCE = 60.0  # seconds for the program to be ready


class StartedAuth0(Auth0Mock):
    """A tenant that start started."""

    def __init__(self, process: subprocess.Popen[str], folder: str, url: str, client_id: str | None, flags: list[str], added: list[str], env: Mapping[str, str] | None) -> None:
        self._process, self._folder = process, folder
        super().__init__(url, client_id, str(Path(folder) / "ca.pem"), flags, added, env)

    def stop(self) -> None:
        atexit.unregister(self.stop)
        self._process.stdin.close()  # type: ignore[union-attr]
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process.stdout.close()  # type: ignore[union-attr]
        shutil.rmtree(self._folder, ignore_errors=True)

    def __enter__(self) -> StartedAuth0:
        return self


def start(
    *,
    fixture: str | os.PathLike[str] | Fixture | None = None,
    client_id: str | None = None,
    port: int = 0,
    env: Mapping[str, str] | None = None,
    **options: Any,
) -> StartedAuth0:
    """Starts a tenant on a free port. It ends with stop, and at the latest with this process.

    The fixture is the name of a built-in one, a file, or the fixture itself as a dict or as YAML. Each other option is
    the flag of its name: mail_api="localhost:0" is --mail-api localhost:0.
    """
    if "log" in options:
        raise ValueError("log is no option of start: report() of the tenant says what happened")
    environ = {**os.environ, **(env or {})}
    if isinstance(fixture, dict) or isinstance(fixture, str) and "\n" in fixture:
        environ["MOCKAUTH0_FIXTURE_YAML"] = fixture if isinstance(fixture, str) else json.dumps({"version": 1, **fixture})
        environ.pop("MOCKAUTH0_FIXTURE", None)
    elif fixture is not None:
        options["fixture"] = os.fspath(fixture)
    file = program()
    folder = tempfile.mkdtemp(prefix="mockauth0-")
    args = [file, "serve", "--addr", f"localhost:{port}", "--log", "none", "--stop-with-stdin", "--tls-ca-copy", str(Path(folder) / "ca.pem")]
    try:
        with open(Path(folder) / "said", "w+", encoding="utf-8", errors="replace") as said:
            # Ctrl-C is for the tests, which ask the tenant once more before they end. Its standard input ends with this process.
            process = subprocess.Popen(
                args + _flags(options), env=environ, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=said, text=True, start_new_session=True,
            )
            late = threading.Timer(PATIENCE, process.kill)
            late.daemon = True
            late.start()
            url = process.stdout.readline().strip()  # type: ignore[union-attr]
            late.cancel()
            if not url.startswith("http://"):
                if url:
                    process.kill()
                status = process.wait()
                why = f"is another program: it says {url}" if url else f"ended with status {status} before it was ready"
                said.seek(0)
                raise RuntimeError(said.read().strip() or f"{file} {why}")
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    auth = None
    try:
        tls, added = (_flags({name: options.get(name) for name in names}) for names in (("tls_dir", "tls_host"), ("client", "audience")))
        auth = StartedAuth0(process, folder, url, client_id, tls, added, env)
    finally:
        if auth is None:
            process.kill()
            process.wait()
            shutil.rmtree(folder, ignore_errors=True)
    atexit.register(auth.stop)
    return auth


def connect(url: str | None = None, *, client_id: str | None = None) -> Auth0Mock:
    """A tenant that runs already, such as that of mockauth0 exec, whose URL is MOCKAUTH0_URL."""
    url = url or os.environ.get("MOCKAUTH0_URL")
    if not url:
        raise ValueError("connect needs a URL, or MOCKAUTH0_URL, which mockauth0 exec sets")
    return Auth0Mock(url, client_id, os.environ.get("SSL_CERT_FILE", ""))


def _flags(options: Mapping[str, Any]) -> list[str]:
    flags: list[str] = []
    for name, value in options.items():
        flag = "--" + name.replace("_", "-")
        if value is None or value is False:
            continue
        if value is True:
            flags.append(flag)
            continue
        for one in value if isinstance(value, (list, tuple)) else [value]:
            if isinstance(one, datetime):
                one = one.astimezone(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
            flags += [flag, str(one)]
    return flags
