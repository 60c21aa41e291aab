"""Settings about who may send which requests, and how many."""

from typing import Annotated

from pydantic import AfterValidator, Field, SecretStr
from pydantic_settings import BaseSettings

from script_shared.people.claims import grants

SHORTEST_TOKEN = 16


def _admin(token: SecretStr) -> SecretStr:
    if 0 < len(token.get_secret_value().strip()) < SHORTEST_TOKEN:
        make = 'python -c "import secrets; print(secrets.token_urlsafe(24))"'
        raise ValueError(f"it has fewer than {SHORTEST_TOKEN} characters and could be guessed; make one with {make}")
    return token


def _grants(text: str) -> str:
    grants(text)
    return text


class AccessSettings(BaseSettings):
    """The part of ``Settings`` about tokens, single sign-on, and limits of requests."""

    admin_token: Annotated[SecretStr, AfterValidator(_admin)] | None = Field(
        None,
        description="token of the first admin, who can make named tokens for others; 16 characters or more",
    )
    jwt_jwks_url: str | None = Field(
        None,
        pattern="^https?://.+$",
        description="address of the public keys (JWKS) of your single sign-on, whose JWTs (RS256) are accepted as well "
        "as tokens; unset, JWTs are refused",
    )
    jwt_issuer: str | None = Field(None, description="issuer (`iss`) that a JWT must have")
    jwt_audience: str | None = Field(None, description="audience (`aud`) that a JWT must have")
    jwt_role_claim: str = Field(
        "roles",
        description="claim that names roles; dots separate the keys of nested objects, as in `realm_access.roles`",
    )
    jwt_roles: Annotated[str, AfterValidator(_grants)] = Field(
        "",
        description="role of each value of that claim: `value=role` or `value=role:use case`, separated by commas, as "
        "in `newsroom-chief=admin, teachers=viewer:students`; unset, the values are names of roles",
    )
    rate_per_token: float = Field(
        0.0, ge=0, description="requests a second of one token, JWT or session in one process; 0 for no limit"
    )
    rate_per_address: float = Field(
        0.0, ge=0, description="the same for one address without a token (for IPv6, one /64); 0 for no limit"
    )
    wrong_tokens_per_minute: float = Field(
        120.0, gt=0, description="wrong tokens from one address that one process answers with 401; then 429"
    )
