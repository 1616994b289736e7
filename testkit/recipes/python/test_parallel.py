"""Eight workers, fifty repeats, one server, no reset:

    mockauth0 exec -- python3 -m pytest -n 8 test_parallel.py     (pytest-xdist)

Each test has a recipient of its own, takes the cursor before it clicks, and reads
since it.
"""

import concurrent.futures
import os

import pytest
import requests

SCENARIOS = os.environ["MOCKAUTH0_URL"] + "/_mock/scenarios"


@pytest.fixture
def click(app):
    """Asks for a code as a browser does: the click is over before the request is."""
    with concurrent.futures.ThreadPoolExecutor(1) as background:
        yield lambda recipient: background.submit(app.start, recipient)


@pytest.mark.parametrize("repeat", range(8 * 50))
def test_only_the_newest_code_counts(app, outbox, recipient, click, repeat):
    since = outbox.cursor()
    click(recipient)
    first = outbox.code(recipient, since)

    # Send it again. The first code is still there, and live: without the cursor it
    # would be read as the second.
    since = outbox.cursor()
    assert outbox.code(recipient, None) == first
    click(recipient)
    second = outbox.code(recipient, since)

    assert app.redeem(recipient, first).status_code == 403
    assert app.redeem(recipient, second).ok


@pytest.mark.parametrize("repeat", range(8))
def test_a_failure_is_for_one_recipient(app, outbox, recipient, repeat):
    narrowed = {"name": "rate-limited", "when": {"recipient": recipient}, "times": 1, "ttl": "1m"}
    switched_on = requests.post(SCENARIOS, json=narrowed, timeout=30).json()

    assert app.start(recipient).status_code == 429
    since = outbox.cursor()
    assert app.start(recipient).ok
    assert app.redeem(recipient, outbox.code(recipient, since)).ok

    requests.delete(f"{SCENARIOS}/{switched_on['id']}", timeout=30).raise_for_status()
