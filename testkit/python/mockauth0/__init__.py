"""A local Auth0 tenant for tests.

    import mockauth0

    with mockauth0.start() as auth:
        app = create_app(auth.env())
        app.request_code("ada@example.com")
        app.sign_in("ada@example.com", auth.otp("ada@example.com"))

With pytest, the fixture ``auth0`` is a tenant for each test.
"""

from ._client import Auth0Mock, ControlError, Injection, Tokens
from ._program import program
from ._start import StartedAuth0, connect, start

__all__ = ["Auth0Mock", "ControlError", "Injection", "StartedAuth0", "Tokens", "connect", "program", "start"]
