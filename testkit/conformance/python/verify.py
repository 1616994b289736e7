"""Verify a token as an API does, now: verify.py ISSUER AUDIENCE <TOKEN

The key set is fetched from the issuer. Prints the subject of a token that is
good, and ends with an error for any other.
"""

import sys

import jwt

issuer, audience = sys.argv[1:]
token = sys.stdin.read().strip()
key = jwt.PyJWKClient(issuer + ".well-known/jwks.json").get_signing_key_from_jwt(token).key
claims = jwt.decode(
    token,
    key,
    algorithms=["RS256"],
    issuer=issuer,
    audience=audience,
    leeway=0,
    options={"require": ["exp", "iat", "iss", "aud", "sub"]},
)
print(claims["sub"])
