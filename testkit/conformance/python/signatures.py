"""Verify a sample of tokens in the ways of Python:

signatures.py FOLDER KEYS-URL ISSUER AUDIENCE
"""

import base64
import json
import pathlib
import sys

import jwt
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15

folder, keys_url, issuer, audience = sys.argv[1:]


def lines(name):
    return (pathlib.Path(folder) / name).read_text().splitlines()


keys = json.loads((pathlib.Path(folder) / "jwks.json").read_text())
tokens = lines("tokens.txt")
tampered = [line.split("\t") for line in lines("tampered.txt")]


def certified(key):
    """The key of a certificate that has signed itself."""
    cert = x509.load_der_x509_certificate(base64.b64decode(key["x5c"][0]))
    public = cert.public_key()
    public.verify(cert.signature, cert.tbs_certificate_bytes, PKCS1v15(), cert.signature_hash_algorithm)
    if public.public_numbers() != local[key["kid"]].key.public_numbers():
        raise ValueError("the certificate is another key's")
    return public


def kid(token):
    return jwt.get_unverified_header(token)["kid"]


local = jwt.PyJWKSet.from_dict(keys)
certificates = {key["kid"]: certified(key) for key in keys["keys"]}
client = jwt.PyJWKClient(keys_url)

ways = {
    "PyJWT, PyJWKSet": lambda token: local[kid(token)].key,
    "PyJWT, PyJWKClient": lambda token: client.get_signing_key_from_jwt(token).key,
    "cryptography, x5c": lambda token: certificates[kid(token)],
}


def check(find_key, token):
    jwt.decode(token, find_key(token), algorithms=["RS256"], issuer=issuer, audience=audience)


for way, find_key in ways.items():
    wrong = []
    accepted = refused = 0
    for token in tokens:
        try:
            check(find_key, token)
            accepted += 1
        except jwt.PyJWTError as error:
            wrong.append(f"{error!r}: {token}")
    for token, kind in tampered:
        try:
            check(find_key, token)
            wrong.append(f"accepts a token {kind}")
        except jwt.PyJWTError:
            refused += 1
    print(f"{way}: {accepted} accepted, {refused} refused")
    if wrong:
        print(f"{way}: {wrong[0]}", file=sys.stderr)
