"""A container of the image, which .ci/image builds."""

import os
import ssl
import urllib.request

import pytest
from mockauth0.testcontainers import MockAuth0Container
from testcontainers.core.exceptions import ContainerStartException


def test_a_container_has_tenants_a_fixture_mail_and_https():
    with MockAuth0Container().with_fixture("mockauth0.yaml").with_tenants(2) as container:
        auth = container.auth  # has the members below
        other = container.tenant(1)
        assert auth.issuer == auth.url + "/"
        assert other.tokens("grace@example.com").claims["iss"] == other.url + "/"
        assert auth.messages() == []
        assert container.smtp_address.rpartition(":")[2].isdigit()
        assert urllib.request.urlopen(container.mail_api_url + "/api/v2/messages").status == 200
        assert auth.env("python")["SSL_CERT_FILE"] == auth.ca_path
        trusted = ssl.create_default_context(cafile=auth.ca_path)
        assert urllib.request.urlopen(auth.tls_url + "/_mock/health", context=trusted).status == 200
    assert not os.path.exists(auth.ca_path)


def test_a_container_has_failures_and_a_clock():
    with MockAuth0Container().with_clock("2030-01-01T00:00:00Z").with_scenario("first-code-lost.yaml", "sms-lost") as container:
        assert container.auth.now().year == 2030
        assert [one["name"] for one in container.auth.control("GET", "/_mock/scenarios")["items"]] == ["first-code-lost", "sms-lost"]


def test_what_is_wrong_with_the_options_is_said_by_the_log():
    with pytest.raises(ContainerStartException, match='did you mean "rate-limited"'):
        with MockAuth0Container().with_scenario("rate-limted"):
            pass
