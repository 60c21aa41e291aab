"""An issuer of JWTs: a server of its public keys, and tokens that its key signs."""

import contextlib
import json
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

ISSUER, AUDIENCE = "https://login.example", "pauta"


@dataclass
class Issuer:
    """Attributes:
    address: of its key set.
    keys: private keys by id.
    requests: number of requests for its key set.
    down: whether it answers 503.
    """

    address: str = ""
    keys: dict[str, Any] = field(default_factory=lambda: {"k1": new_key()})
    requests: int = 0
    down: bool = False

    def token(
        self, role: str = "editor", *, kid: str = "k1", headers: dict[str, Any] | None = None, **claims: Any
    ) -> str:
        """A signed token; ``claims`` overrule its own."""
        own = {"iss": ISSUER, "aud": AUDIENCE, "sub": "ana", "exp": int(time.time()) + 600, "roles": [role]}
        given = {name: value for name, value in {**own, **claims}.items() if value is not None}
        return jwt.encode(given, self.keys[kid], "RS256", {"kid": kid, **(headers or {})})

    def key_set(self) -> dict[str, Any]:
        """The public keys."""
        return {"keys": [public(key, kid) for kid, key in self.keys.items()]}


def new_key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(65537, 2048)


def public(key: rsa.RSAPrivateKey, kid: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(key.public_key()))
    return {**found, "kid": kid, "use": "sig", "alg": "RS256"}


@contextlib.contextmanager
def issuing() -> Iterator[Issuer]:
    """A running issuer."""
    issuer = Issuer()

    class Answer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            issuer.requests += 1
            content = json.dumps(issuer.key_set()).encode()
            self.send_response(503 if issuer.down else 200)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: Any) -> None: ...

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answer)
    issuer.address = f"http://127.0.0.1:{server.server_port}/keys"
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield issuer
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
