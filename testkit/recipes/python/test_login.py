from urllib.parse import parse_qs, urlsplit

import jwt
import pytest
import requests


def sign_in(app, outbox, recipient):
    since = outbox.cursor()
    assert app.start(recipient).ok
    return app.redeem(recipient, outbox.code(recipient, since))


def assert_refused(answer, error, description):
    assert (answer.status_code, answer.json()) == (403, {"error": error, "error_description": description})


def test_a_code_signs_in(app, outbox, recipient):
    tokens = sign_in(app, outbox, recipient).json()

    # As a backend verifies it: by the published keys, over https (SSL_CERT_FILE).
    keys = jwt.PyJWKClient(app.issuer + ".well-known/jwks.json")
    key = keys.get_signing_key_from_jwt(tokens["id_token"]).key
    claims = jwt.decode(tokens["id_token"], key, algorithms=["RS256"], issuer=app.issuer, audience=app.client_id)
    assert claims["email"] == recipient


def test_a_wrong_code_is_refused(app, outbox, recipient):
    since = outbox.cursor()
    app.start(recipient)
    code = outbox.code(recipient, since)
    wrong = ("1" if code[0] == "0" else "0") + code[1:]
    assert_refused(app.redeem(recipient, wrong), "invalid_grant", "Wrong email or verification code.")
    assert app.redeem(recipient, code).ok, "the right one still counts"


def test_a_late_code_is_refused(app, outbox, recipient):
    since = outbox.cursor()
    app.start(recipient)
    code = outbox.code(recipient, since)
    outbox.expire(recipient)
    assert_refused(
        app.redeem(recipient, code), "invalid_grant", "The verification code has expired. Please try to login again."
    )


def test_a_magic_link_signs_in(app, outbox, recipient):
    since = outbox.cursor()
    app.start(recipient, send="link")
    opened = requests.get(outbox.link(recipient, since), allow_redirects=False, timeout=30)
    callback = opened.headers["location"]
    assert callback.startswith(app.callback + "?"), callback
    assert app.exchange(parse_qs(urlsplit(callback).query)["code"][0]).ok


def test_one_request_fails(app, outbox, recipient):
    """A header makes one request fail: here the first, so that an app may try again."""
    refused = app.start(recipient, headers={"X-Mock-Scenario": "rate-limited"})
    assert (refused.status_code, refused.json()["error"]) == (429, "too_many_requests")
    assert sign_in(app, outbox, recipient).ok


@pytest.mark.parametrize(
    "scenario, description",
    [
        ("otp-expired", "The verification code has expired. Please try to login again."),
        ("otp-locked", "You've reached the maximum number of attempts. Please try to login again."),
    ],
)
def test_a_recipient_fails(app, outbox, recipient, scenario, description):
    """A magic recipient fails, through any app: no header has to reach the tenant."""
    magic = recipient.replace("@", f"+mock-{scenario}@")
    assert_refused(sign_in(app, outbox, magic), "invalid_grant", description)
