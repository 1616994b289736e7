"""The tenant's clock is everybody's: a test that turns it needs a server of its own,
or to be the only one that runs. In parallel, use outbox.expire instead."""

import os

import pytest
import requests


@pytest.fixture
def clock():
    """Moves the clock; it is back at the real time when the test ends."""

    def move(body):
        requests.post(os.environ["MOCKAUTH0_URL"] + "/_mock/clock", json=body, timeout=30).raise_for_status()

    yield move
    move({"reset": True})


def test_a_code_lives_three_minutes(app, outbox, recipient, clock):
    since = outbox.cursor()
    app.start(recipient)
    code = outbox.code(recipient, since)
    clock({"advance": "3m"})
    answer = app.redeem(recipient, code)
    assert answer.status_code == 403
    assert answer.json()["error_description"] == "The verification code has expired. Please try to login again."


def test_a_code_that_is_nearly_three_minutes_old_counts(app, outbox, recipient, clock):
    since = outbox.cursor()
    app.start(recipient)
    code = outbox.code(recipient, since)
    clock({"advance": "2m"})
    assert app.redeem(recipient, code).ok
