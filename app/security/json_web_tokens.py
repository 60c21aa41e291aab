"""JWTs of a single sign-on: only RS256, of one issuer, for one audience, with a claim that names roles."""

import re
import time
from collections.abc import Mapping
from typing import Any

import jwt

from app.security.caller import Caller
from app.security.key_set import KeySet
from script_shared.clock import wall_ms
from script_shared.errors import SettingsError
from script_shared.people import digest_of
from script_shared.people.claims import grants, highest
from script_shared.settings import Settings

ALGORITHM = "RS256"  # whatever the token says: neither `none` nor HMAC with the public key as its secret
LEEWAY_SECONDS = 30.0
KEPT_SECONDS = 60.0  # how long the verdict on a token is kept
MOST_KEPT = 1_000
MARK, SHORT = "jwt:", 24  # a signer's beginning, and the hexadecimal digits of each of its two hashes
_NOT_IN_NAMES = re.compile(r"[^A-Za-z0-9._@-]")
_MOST_NAME = 60


class JsonWebTokens:
    """Checks the JWTs of one issuer.

    Args:
        keys: its public keys.
        settings: issuer, audience, and which values of which claim give which role.
    """

    def __init__(self, keys: KeySet, settings: Settings) -> None:
        self._keys, self._settings = keys, settings
        self._grants = grants(settings.jwt_roles)
        self._kept: dict[str, tuple[float, Caller]] = {}
        parts = (settings.jwt_jwks_url, settings.jwt_issuer, settings.jwt_audience)
        self._mark = digest_of(repr((*parts, settings.jwt_role_claim, settings.jwt_roles)))[:SHORT]

    @classmethod
    def of(cls, settings: Settings) -> "JsonWebTokens | None":
        """From the settings; None if no JWTs are accepted.

        Raises:
            SettingsError: issuer or audience is missing.
        """
        if not settings.jwt_jwks_url:
            return None
        if not settings.jwt_issuer or not settings.jwt_audience:
            raise SettingsError(
                "PAUTA_JWT_JWKS_URL is set without PAUTA_JWT_ISSUER and PAUTA_JWT_AUDIENCE.",
                fix="Set both: without them, tokens that were made for other services would open this one.",
            )
        return cls(KeySet(settings.jwt_jwks_url), settings)

    @staticmethod
    def looks_like(token: str) -> bool:
        """Whether a text has the form of a JWT."""
        return token.startswith("eyJ") and token.count(".") == 2

    def present(self, digest: str) -> Caller | None:
        """The holder of a token that was checked within the last minute."""
        until, caller = self._kept.get(digest, (0.0, None))
        return caller if caller is not None and until > time.monotonic() and not caller.is_over(wall_ms()) else None

    async def caller(self, token: str) -> Caller | None:
        """The holder of a JWT, None for one that is not valid or gives no role.

        Raises:
            UnavailableError: the issuer's keys were never read, or not for too long.
        """
        digest = digest_of(token)
        if kept := self.present(digest):
            return kept
        try:
            kid = str(jwt.get_unverified_header(token).get("kid") or "")
            key = await self._keys.key(kid)
            claims = self._claims(token, key) if key is not None else None
        except jwt.PyJWTError:
            return None
        found = self._caller(claims, kid) if claims is not None else None
        if found is not None:
            if len(self._kept) >= MOST_KEPT:
                self._kept.clear()
            self._kept[digest] = (time.monotonic() + KEPT_SECONDS, found)
        return found

    def is_current(self, signer: str) -> bool:
        """Whether a session was opened with a JWT under the current settings of the single sign-on."""
        return signer.startswith(f"{MARK}{self._mark}")

    async def follow(self) -> None:
        """Read the issuer's keys if that is due.

        Raises:
            UnavailableError: the keys were never read, or not for too long.
        """
        await self._keys.follow()

    def accepts(self, signer: str) -> bool:
        """Whether a JWT of this signer would still be accepted: same settings, and the issuer still has the key."""
        return self.is_current(signer) and signer in map(self._signer, ("", *self._keys.kids()))

    def _signer(self, kid: str) -> str:
        return f"{MARK}{self._mark}{digest_of(kid)[:SHORT]}"

    def _claims(self, token: str, key: Any) -> dict[str, Any]:
        claims: dict[str, Any] = jwt.decode(
            token,
            key,
            algorithms=[ALGORITHM],
            issuer=self._settings.jwt_issuer,
            audience=self._settings.jwt_audience,
            leeway=LEEWAY_SECONDS,
            options={"require": ["exp", "iss", "aud", "sub"]},
        )
        return claims

    def _caller(self, claims: Mapping[str, Any], kid: str) -> Caller | None:
        given = highest(self._grants[value] for value in self._values(claims) if value in self._grants)
        if given is None:
            return None
        name = _NOT_IN_NAMES.sub("_", str(claims["sub"]))[:_MOST_NAME]
        until_ms = int((float(claims["exp"]) + LEEWAY_SECONDS) * 1000)
        return Caller(f"jwt:{name}", given.role, given.use_cases, until_ms=until_ms, signer=self._signer(kid))

    def _values(self, claims: Mapping[str, Any]) -> list[str]:
        """The values of the claim; dots in its name separate the keys of nested objects."""
        found: Any = claims
        for part in self._settings.jwt_role_claim.split("."):
            found = found.get(part) if isinstance(found, Mapping) else None
        return [str(each) for each in found] if isinstance(found, list) else str(found or "").split()
