"""Checks a signed exchange of ours with a foreign library, and signs a request for ours to check. See README.md."""

import base64
import copy
import datetime
import json
import pathlib
import sys

from cryptography.hazmat.primitives.asymmetric import ed25519
from http_message_signatures import (
    HTTPMessageSigner,
    HTTPMessageVerifier,
    HTTPSignatureKeyResolver,
    algorithms,
)

HERE = pathlib.Path(__file__).parent
TAG = "concordat-exchange-1"
REQUEST_COMPONENTS = ("@method", "@target-uri", "content-digest", "content-type")
RESPONSE_COMPONENTS = (
    '"@status"', '"content-digest"', '"content-type"',
    '"signature";req;key="concordat"', '"content-digest";req',
)


class Message:
    """What the library wants to see of a request or a response."""

    def __init__(self, data, request=None):
        self.headers = dict(data["headers"])
        self.body = data["body"].encode()
        if request is None:
            self.method, self.url = data["method"], data["url"]
        else:
            self.status_code, self.request = data["status"], request


class Keys(HTTPSignatureKeyResolver):
    def __init__(self, keys):
        self.keys = keys

    def resolve_public_key(self, key_id):
        return ed25519.Ed25519PublicKey.from_public_bytes(base64.b64decode(self.keys[key_id]["public"]))

    def resolve_private_key(self, key_id):
        return ed25519.Ed25519PrivateKey.from_private_bytes(base64.b64decode(self.keys[key_id]["seed"]))


class Verifier(HTTPMessageVerifier):
    def validate_created_and_expires(self, sig_input, max_age=None):
        """The exchange on file is as old as the file."""


def verify(exchange):
    verifier = Verifier(signature_algorithm=algorithms.ED25519, key_resolver=Keys(exchange["keys"]))
    request = Message(exchange["request"])
    response = Message(exchange["response"], request)
    for message, components in ((request, REQUEST_COMPONENTS), (response, RESPONSE_COMPONENTS)):
        verifier.verify(message, expect_tag=TAG, max_age=None, require_components=components, body=message.body)


def damaged(exchange):
    """The exchange with one thing changed, many times."""
    for side, header in (("request", "content-type"), ("request", "signature"), ("response", "signature"),
                         ("response", "content-digest"), ("request", "signature-input")):
        other = copy.deepcopy(exchange)
        value = other[side]["headers"][header]
        place = len(value) // 2
        changed = "A" if value[place] != "A" else "B"
        other[side]["headers"][header] = value[:place] + changed + value[place + 1:]
        yield f"{side} {header}", other
    for side, field, value in (("request", "method", "PUT"), ("request", "url", "https://other.example/"),
                               ("request", "body", "{}"), ("response", "body", "{}"), ("response", "status", 403)):
        other = copy.deepcopy(exchange)
        other[side][field] = value
        yield f"{side} {field}", other


def sign(exchange):
    keyid = next(iter(exchange["keys"]))
    request = Message({"method": "POST", "url": "https://127.0.0.1:7443/exchange/1", "body": '{"signed":"abroad"}',
                       "headers": {"content-type": "application/json"}})
    created = datetime.datetime.fromtimestamp(1_800_000_000, tz=datetime.timezone.utc)
    signer = HTTPMessageSigner(signature_algorithm=algorithms.ED25519, key_resolver=Keys(exchange["keys"]))
    signer.sign(request, key_id=keyid, created=created, expires=created + datetime.timedelta(seconds=60),
                nonce="0123456789abcdef0123456789abcdef", label="concordat", tag=TAG, include_alg=False,
                covered_component_ids=REQUEST_COMPONENTS, body=request.body)
    headers = {name.lower(): value for name, value in request.headers.items()}
    return {"method": request.method, "url": request.url, "headers": headers, "body": request.body.decode()}


def main():
    exchange = json.loads((HERE / "exchange.json").read_text())
    verify(exchange)
    for what, other in damaged(exchange):
        try:
            verify(other)
        except Exception:
            continue
        sys.exit(f"a changed {what} was not found")
    (HERE / "signed-abroad.json").write_text(json.dumps(sign(exchange), indent=2) + "\n")
    print("the foreign library agrees")


if __name__ == "__main__":
    main()
