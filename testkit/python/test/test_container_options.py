"""The options of a container. Without an engine there is no more to see of them."""

from datetime import datetime, timezone
from pathlib import Path

from mockauth0.testcontainers import MockAuth0Container


def test_the_container_has_the_options_of_the_go_module():
    container = (
        MockAuth0Container(docker_client_kw={"version": "1.44"})  # else the client asks an engine for its version
        .with_seed("shop").with_clock(datetime(1970, 1, 1, tzinfo=timezone.utc)).with_issuer("http://mock:2884/")
        .with_fixture_yaml("version: 1").with_fixture("mine.yaml").with_scenario("slow", "lost.yaml").with_scenario("sms-lost")
        .with_tls_hosts("mock").with_tls_hosts("other").with_tenants(3)
    )
    assert container.env == {
        "MOCKAUTH0_SEED": "shop", "MOCKAUTH0_CLOCK": "1970-01-01T00:00:00Z", "MOCKAUTH0_ISSUER": "http://mock:2884/",
        "MOCKAUTH0_FIXTURE_YAML": "version: 1", "MOCKAUTH0_SCENARIO": "slow,/etc/mockauth0/scenario-1.yaml,sms-lost",
        "MOCKAUTH0_TLS_HOST": "mockauth0,mock,other", "MOCKAUTH0_TENANTS": "3",
    }
    assert [int(port) for port in container.ports] == [2884, 1025, 8025, 2885, 2886]
    assert [one[:2] for one in container._transferable_specs] == [
        (Path("mine.yaml"), "/etc/mockauth0/mockauth0.yaml"), (Path("lost.yaml"), "/etc/mockauth0/scenario-1.yaml"),
    ]
