"""The public keys of an issuer of JWTs, read from its JWKS address and kept while the address is unreachable."""

import asyncio
import logging
import time
from typing import Any

import httpx
import jwt
import orjson

from script_shared.errors import UnavailableError

REFRESH_SECONDS = 600.0  # before keys are read again, in the background
UNKNOWN_SECONDS = 30.0  # between two reads for unknown keys, which strangers can name
MOST_STALE_SECONDS = 86_400.0  # how long keys are used while the address is unreachable
TIMEOUT_SECONDS = 5.0
LEAST_BITS = 2048
MOST_BYTES = 1_000_000
log = logging.getLogger("pauta.security")


class KeySet:
    """Args:
    url: of the JSON Web Key Set.
    """

    def __init__(self, url: str) -> None:
        self._url = url
        self._keys: dict[str, Any] = {}
        self._reading = asyncio.Lock()
        self._read_at = self._tried_at = float("-inf")
        self._refresh: asyncio.Task[None] | None = None

    async def key(self, kid: str) -> Any:
        """The RSA key of this id, or the only key for "". None for an unknown id.

        Raises:
            UnavailableError: no key could be read, or the keys are a day old.
        """
        found, age = self._find(kid), time.monotonic() - self._read_at
        if (found is None and (kid or not self._keys)) or age > MOST_STALE_SECONDS:
            await self._read()
        elif age > REFRESH_SECONDS and (self._refresh is None or self._refresh.done()):
            self._refresh = asyncio.create_task(self._read())
        if time.monotonic() - self._read_at > MOST_STALE_SECONDS:
            raise UnavailableError(
                "the keys of the single sign-on are unreachable.", fix="Use a token, or try again in a minute."
            )
        return self._find(kid)

    async def follow(self) -> None:
        """Read the keys if none were read yet, and again in the background when they are old.

        Raises:
            UnavailableError: no key could be read, or the keys are a day old.
        """
        await self.key("")

    def kids(self) -> list[str]:
        """Ids of the keys that were read last."""
        return list(self._keys)

    def _find(self, kid: str) -> Any:
        if kid:
            return self._keys.get(kid)
        return next(iter(self._keys.values())) if len(self._keys) == 1 else None

    async def _read(self) -> None:
        """Read the keys, unless that was tried a moment ago; a failure keeps the current keys."""
        async with self._reading:
            if time.monotonic() - self._tried_at < UNKNOWN_SECONDS:
                return
            self._tried_at = time.monotonic()
            try:
                async with httpx.AsyncClient(timeout=TIMEOUT_SECONDS) as client:
                    answer = await client.get(self._url)
                    self._keys = _rsa_keys(answer.raise_for_status().content)
            except (httpx.HTTPError, httpx.InvalidURL, ValueError, TypeError) as error:
                log.warning("the keys of PAUTA_JWT_JWKS_URL cannot be read: %s", str(error) or type(error).__name__)
                return
            self._read_at = time.monotonic()


def _rsa_keys(content: bytes) -> dict[str, Any]:
    """The signing keys, by their ids.

    Raises:
        ValueError: it is not a key set, or has no usable key.
    """
    if len(content) > MOST_BYTES:
        raise ValueError("the key set is too large")
    found: dict[str, Any] = {}
    for place, one in enumerate(_parse_keys(content)):
        if one.get("kty") != "RSA" or one.get("use", "sig") != "sig" or one.get("alg", "RS256") != "RS256":
            continue
        try:
            key = jwt.PyJWK(one, algorithm="RS256").key
        except jwt.PyJWTError:
            continue
        if key.key_size >= LEAST_BITS:
            found[str(one.get("kid") or place)] = key
    if not found:
        raise ValueError("it has no RSA key for signatures with 2,048 bits or more")
    return found


def _parse_keys(content: bytes) -> list[dict[str, Any]]:
    found = orjson.loads(content)
    keys = found.get("keys") if isinstance(found, dict) else None
    if not isinstance(keys, list) or not all(isinstance(key, dict) for key in keys):
        raise ValueError("it is not a JSON Web Key Set")
    return keys
