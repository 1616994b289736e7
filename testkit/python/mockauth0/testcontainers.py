"""A container for Testcontainers: pip install mockauth0[testcontainers].

    with MockAuth0Container().with_seed("shop") as container:
        app = create_app(container.auth.env())
"""

from __future__ import annotations

import os
import shutil
import tempfile
import time
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

from testcontainers.core.config import ConnectionMode
from testcontainers.core.container import DockerContainer
from testcontainers.core.exceptions import ContainerStartException
from testcontainers.core.waiting_utils import WaitStrategy, WaitStrategyTarget
from typing_extensions import Self

from ._client import Auth0Mock, _direct

_PORT = 2884  # http and https; those behind it are of further tenants
_SMTP = 1025
_MAIL_API = 8025
_FOLDER = "/etc/mockauth0"  # where the image looks for a fixture, and for scenario files


class _Healthy(WaitStrategy):
    """Waits for the tenant, as long as its container runs. It is not the image's own health check, which not every engine runs."""

    def wait_until_ready(self, container: WaitStrategyTarget) -> None:
        url = None
        end = time.monotonic() + self._startup_timeout
        while time.monotonic() < end:
            container.reload()
            if container.status in ("exited", "dead"):
                raise ContainerStartException(b"".join(container.get_logs()).decode(errors="replace").strip())
            try:
                url = url or f"http://{container.get_container_host_ip()}:{container.get_exposed_port(_PORT)}/_mock/health"
                _direct.open(url, timeout=1).close()
                return
            except (OSError, RuntimeError):  # not there yet, or no more
                time.sleep(self._poll_interval)
        raise TimeoutError(f"{url} did not answer within {self._startup_timeout} s")


class MockAuth0Container(DockerContainer):
    """A tenant in a container. The options are those of the Go module testkit/container; for other flags use with_env."""

    auth: Auth0Mock
    """The tenant, as the test reaches it, once the container runs."""

    def __init__(self, image: str = "ghcr.io/mockauth0/mockauth0", **kwargs: Any) -> None:
        super().__init__(image, **kwargs)
        self._folder = ""
        self._scenario_files = 0
        self.with_exposed_ports(_PORT, _SMTP, _MAIL_API)
        self.waiting_for(_Healthy().with_poll_interval(0.1))

    def with_fixture(self, file: str | os.PathLike[str]) -> Self:
        """A fixture: a YAML file of this machine."""
        return self.with_copy_into_container(Path(file), f"{_FOLDER}/mockauth0.yaml")

    def with_fixture_yaml(self, yaml: str) -> Self:
        """A fixture: the YAML itself."""
        return self.with_env("MOCKAUTH0_FIXTURE_YAML", yaml)

    def with_scenario(self, *names_or_files: str | os.PathLike[str]) -> Self:
        """Switches failures on: built-in scenarios by name, and files of this machine, which end in .yaml or .yml."""
        for one in names_or_files:
            name = os.fspath(one)
            if Path(name).suffix in (".yaml", ".yml"):
                self._scenario_files += 1
                inside = f"{_FOLDER}/scenario-{self._scenario_files}{Path(name).suffix}"
                self.with_copy_into_container(Path(name), inside)
                name = inside
            self._add("MOCKAUTH0_SCENARIO", name)
        return self

    def with_seed(self, seed: str) -> Self:
        """What codes, ids and refresh tokens derive from."""
        return self.with_env("MOCKAUTH0_SEED", seed)

    def with_clock(self, at: str | datetime) -> Self:
        """Stops the tenant's clock there."""
        if isinstance(at, datetime):
            at = at.astimezone(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
        return self.with_env("MOCKAUTH0_CLOCK", at)

    def with_issuer(self, issuer: str) -> Self:
        """Pins the iss of every token, by whatever name it was got."""
        return self.with_env("MOCKAUTH0_ISSUER", issuer)

    def with_tls_hosts(self, *names: str) -> Self:
        """Lets https answer for these names, too, such as the container's alias on a network if that is not mockauth0."""
        self.env.setdefault("MOCKAUTH0_TLS_HOST", "mockauth0")
        return self._add("MOCKAUTH0_TLS_HOST", *names)

    def with_tenants(self, number: int) -> Self:
        """Serves so many tenants, each at a port of its own: auth, and tenant(1), tenant(2) and so on."""
        self.with_exposed_ports(*range(_PORT + 1, _PORT + number))
        return self.with_env("MOCKAUTH0_TENANTS", str(number))

    def _add(self, name: str, *values: str) -> Self:
        had = [self.env[name]] if name in self.env else []
        return self.with_env(name, ",".join([*had, *values]))

    def _configure(self) -> None:
        # The certificate names the host that the container will be reached by: of an engine on another machine, or of one
        # in the container in which the tests run.
        engine = self.get_docker_client()
        host = engine.host()
        if engine.get_connection_mode() is ConnectionMode.gateway_ip:
            network = engine.client.networks.get(self._network.name if self._network else "bridge")
            host = network.attrs["IPAM"]["Config"][0]["Gateway"]
        if host != "localhost":
            self.with_tls_hosts(host)

    def start(self) -> Self:
        """Starts the container, and waits until the tenant in it is healthy."""
        super().start()
        self._folder = tempfile.mkdtemp(prefix="mockauth0-")
        self.auth = self.tenant(0)
        Path(self.auth.ca_path).write_text(self.auth.control("GET", "/_mock/ca.pem"))
        return self

    def stop(self, force: bool = True, delete_volume: bool = True) -> None:
        """Ends the container."""
        super().stop(force, delete_volume)
        shutil.rmtree(self._folder, ignore_errors=True)

    def tenant(self, number: int) -> Auth0Mock:
        """The tenant with this number of those of with_tenants; 0 is the first."""
        return Auth0Mock(f"http://{self._at(_PORT + number)}", ca_path=str(Path(self._folder) / "ca.pem"))

    @property
    def smtp_address(self) -> str:
        """The mail server's host and port."""
        return self._at(_SMTP)

    @property
    def mail_api_url(self) -> str:
        """Where MailHog's HTTP API is."""
        return f"http://{self._at(_MAIL_API)}"

    def _at(self, port: int) -> str:
        return f"{self.get_container_host_ip()}:{self.get_exposed_port(port)}"
