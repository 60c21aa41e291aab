"""JWTs open what their claims grant, if they are of the issuer, for this service, and signed with RS256."""

import asyncio
import base64
import json
import time
from collections.abc import Callable, Iterator
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives import serialization

from app.security import key_set
from app.security.json_web_tokens import JsonWebTokens
from script_shared.errors import SettingsError, UnavailableError
from script_shared.settings import Settings
from tests.app.security.issuer import AUDIENCE, ISSUER, Issuer, issuing, new_key


@pytest.fixture(scope="module")
def running() -> Iterator[Issuer]:
    with issuing() as issuer:
        yield issuer


@pytest.fixture
def issuer(running: Issuer) -> Issuer:
    running.requests, running.down = 0, False
    return running


def of(issuer: Issuer, **more: Any) -> JsonWebTokens:
    found = JsonWebTokens.of(Settings(jwt_jwks_url=issuer.address, jwt_issuer=ISSUER, jwt_audience=AUDIENCE, **more))
    assert found is not None
    return found


def test_a_valid_token_gives_name_role_and_end(issuer: Issuer) -> None:
    caller = asyncio.run(of(issuer).caller(issuer.token("operator", sub="ana@example.org x")))
    assert caller is not None
    assert (caller.name, caller.role, caller.use_cases) == ("jwt:ana@example.org_x", "operator", frozenset())
    assert caller.until_ms is not None
    assert 500 < caller.until_ms / 1000 - time.time() < 700


def test_values_of_a_nested_claim_are_mapped_and_the_highest_role_counts(issuer: Issuer) -> None:
    tokens = of(
        issuer,
        jwt_role_claim="realm.roles",
        jwt_roles="chief=admin, desk=editor, teachers=viewer:students, tutors=viewer:recruiting",
    )

    def role(*values: str) -> Any:
        found = asyncio.run(tokens.caller(issuer.token(realm={"roles": list(values)})))
        return found and (found.role, sorted(found.use_cases))

    assert role("other", "desk") == ("editor", [])
    assert role("desk", "chief", "teachers") == ("admin", [])
    assert role("teachers", "tutors") == ("viewer", ["recruiting", "students"])
    assert role("admin") is None
    assert role() is None


def hmac_of_the_public_key(issuer: Issuer) -> str:
    """The classic confusion: the public key, which everybody has, as the secret of an HMAC."""
    pem = (
        issuer.keys["k1"]
        .public_key()
        .public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    )
    head, body = (
        base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=")
        for part in ({"alg": "HS256", "typ": "JWT", "kid": "k1"}, claims("admin"))
    )
    import hashlib
    import hmac

    mac = hmac.new(pem, head + b"." + body, hashlib.sha256).digest()
    return b".".join((head, body, base64.urlsafe_b64encode(mac).rstrip(b"="))).decode()


def claims(role: str) -> dict[str, Any]:
    return {"iss": ISSUER, "aud": AUDIENCE, "sub": "eve", "exp": int(time.time()) + 600, "roles": [role]}


WRONG: dict[str, Callable[[Issuer], str]] = {
    "expired": lambda issuer: issuer.token(exp=int(time.time()) - 60),
    "not yet": lambda issuer: issuer.token(nbf=int(time.time()) + 600),
    "without end": lambda issuer: issuer.token(exp=None),
    "another issuer": lambda issuer: issuer.token(iss="https://elsewhere.example"),
    "another audience": lambda issuer: issuer.token(aud="shop"),
    "without subject": lambda issuer: issuer.token(sub=None),
    "without role": lambda issuer: issuer.token(roles=None),
    "unknown role": lambda issuer: issuer.token("root"),
    "none": lambda issuer: jwt.encode(claims("admin"), "", "none", {"kid": "k1"}),
    "confusion": hmac_of_the_public_key,
    "another key": lambda issuer: jwt.encode(claims("admin"), new_key(), "RS256", {"kid": "k1"}),
    "unknown key": lambda issuer: jwt.encode(claims("admin"), new_key(), "RS256", {"kid": "k9"}),
    "longer hash": lambda issuer: jwt.encode(claims("admin"), issuer.keys["k1"], "RS512", {"kid": "k1"}),
    "no signature": lambda issuer: issuer.token().rpartition(".")[0] + ".",
    "garbage": lambda issuer: "eyJ.eyJ.x",
}


@pytest.mark.parametrize("name", WRONG)
def test_no_other_jwt_opens_anything(issuer: Issuer, name: str) -> None:
    assert asyncio.run(of(issuer).caller(WRONG[name](issuer))) is None


def test_a_slightly_wrong_clock_is_accepted(issuer: Issuer) -> None:
    assert asyncio.run(of(issuer).caller(issuer.token(exp=int(time.time()) - 5)))


def test_keys_are_read_once_and_strangers_cannot_cause_many_reads(issuer: Issuer) -> None:
    async def ask() -> None:
        tokens = of(issuer)
        for _ in range(3):
            assert await tokens.caller(issuer.token(jti=str(_)))
            assert await tokens.caller(WRONG["unknown key"](issuer)) is None

    asyncio.run(ask())
    assert issuer.requests == 1


def test_a_new_key_is_found_and_an_unreachable_issuer_refuses_nobody(
    issuer: Issuer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(key_set, "UNKNOWN_SECONDS", 0.0)

    async def ask() -> None:
        tokens = of(issuer)
        assert await tokens.caller(issuer.token())
        issuer.keys["k2"] = new_key()
        assert await tokens.caller(issuer.token(kid="k2"))
        issuer.down = True
        assert await tokens.caller(WRONG["unknown key"](issuer)) is None
        assert await tokens.caller(issuer.token(kid="k2", jti="again"))

    asyncio.run(ask())
    del issuer.keys["k2"]


def test_a_jwt_that_names_no_key_is_checked_where_the_issuer_has_one_key(issuer: Issuer) -> None:
    token = jwt.encode(claims("editor"), issuer.keys["k1"], "RS256")
    caller = asyncio.run(of(issuer).caller(token))
    assert caller is not None
    assert caller.role == "editor"
    issuer.keys["k2"] = new_key()
    assert asyncio.run(of(issuer).caller(token)) is None
    del issuer.keys["k2"]


def test_without_any_key_a_jwt_cannot_be_checked(issuer: Issuer) -> None:
    issuer.down = True
    with pytest.raises(UnavailableError, match="keys of the single sign-on"):
        asyncio.run(of(issuer).caller(issuer.token()))


def test_a_key_set_of_the_largest_size_is_read_and_a_larger_one_is_refused(
    issuer: Issuer, monkeypatch: pytest.MonkeyPatch
) -> None:
    size = len(json.dumps(issuer.key_set()))
    monkeypatch.setattr(key_set, "MOST_BYTES", size)
    assert asyncio.run(of(issuer).caller(issuer.token()))
    monkeypatch.setattr(key_set, "MOST_BYTES", size - 1)
    with pytest.raises(UnavailableError, match="keys of the single sign-on"):
        asyncio.run(of(issuer).caller(issuer.token()))


def test_issuer_and_audience_must_be_set() -> None:
    with pytest.raises(SettingsError, match="PAUTA_JWT_ISSUER"):
        JsonWebTokens.of(Settings(jwt_jwks_url="https://login.example/keys"))


@pytest.mark.parametrize("text", ["chief", "chief=root", "=admin", "chief=admin:students:x=", "a=viewer,b"])
def test_a_mapping_that_cannot_be_understood_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="value=role"):
        Settings(jwt_roles=text)
