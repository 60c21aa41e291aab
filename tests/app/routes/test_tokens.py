"""Named tokens through the API: made once, listed without their secret, revoked in every process."""

import threading
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from pydantic import SecretStr

from app.security import callers
from script_shared.errors import SettingsError, UnavailableError
from script_shared.events import EventLog
from script_shared.settings import Settings, load_settings
from tests.app.conftest import TOKEN, serving, until

ADMIN = {"Authorization": f"Bearer {TOKEN}"}


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    root = tmp_path_factory.mktemp("tokens")
    return Settings(data_dir=root, models_uri=str(root / "models"), use_cases="students", admin_token=SecretStr(TOKEN))


@pytest.fixture(scope="module")
def own(settings: Settings) -> Iterator[httpx.Client]:
    with serving(settings) as client:
        yield client


def make(client: httpx.Client, name: str, role: str = "admin", **more: Any) -> str:
    answer = client.post("/tokens", json={"name": name, "role": role, **more}, headers=ADMIN)
    assert answer.status_code == 201, answer.text
    assert answer.headers["Cache-Control"] == "no-store"
    return str(answer.json()["token"])


def find_token(client: httpx.Client, name: str) -> dict[str, Any]:
    found = client.get("/tokens", headers=ADMIN).json()["tokens"]
    return next(token for token in reversed(found) if token["name"] == name)


def test_a_new_token_opens_what_its_role_opens_and_is_listed_without_its_secret(
    own: httpx.Client, settings: Settings
) -> None:
    secret = make(own, "ana", expires_days=90)
    assert own.get("/tokens", headers=bearer(secret)).status_code == 200
    shown = own.get("/tokens", headers=ADMIN).text
    assert secret not in shown
    facts = find_token(own, "ana")
    assert (facts["role"], facts["state"], facts["made_by"], facts["use_cases"]) == ("admin", "active", "admin", [])
    assert facts["expires_at"] > facts["made_at"]
    log = EventLog(settings.events_address)
    assert secret not in str(log.tokens.all())
    log.close()


def test_a_name_has_one_token_until_it_is_revoked(own: httpx.Client) -> None:
    first = make(own, "rui")
    again = own.post("/tokens", json={"name": "rui", "role": "viewer"}, headers=ADMIN)
    assert again.status_code == 409
    assert own.delete("/tokens/rui", headers=ADMIN).json()["state"] == "revoked"
    assert own.get("/tokens", headers=bearer(first)).status_code == 401
    assert own.delete("/tokens/rui", headers=ADMIN).status_code == 404
    assert own.get("/tokens", headers=bearer(make(own, "rui"))).status_code == 200


@pytest.mark.parametrize(
    "body",
    [
        {"name": "a b", "role": "viewer"},
        {"name": "", "role": "viewer"},
        {"name": "x", "role": "root"},
        {"name": "x", "role": "viewer", "use_cases": ["nothing"]},
        {"name": "x", "role": "viewer", "expires_days": 0},
        {"name": "x", "role": "viewer", "secret": "mine"},
    ],
)
def test_an_invalid_token_is_refused(own: httpx.Client, body: dict[str, Any]) -> None:
    assert own.post("/tokens", json=body, headers=ADMIN).status_code == 422


def test_another_process_knows_a_new_token_at_once_and_its_end_within_a_second(
    own: httpx.Client, settings: Settings
) -> None:
    with serving(settings) as other:
        secret = make(own, "eva")
        assert other.get("/tokens", headers=bearer(secret)).status_code == 200
        own.delete("/tokens/eva", headers=ADMIN)
        until(lambda: other.get("/tokens", headers=bearer(secret)).status_code == 401)
    assert callers.SECONDS < 1
    assert find_token(own, "eva")["used_at"] is not None


def after_guesses(client: httpx.Client) -> None:
    """Send wrong tokens until the address has sent too many."""
    answers = [client.get("/tokens", headers=bearer("wrong")) for _ in range(4)]
    assert [answer.status_code for answer in answers] == [401, 401, 401, 429]
    assert 1 <= int(answers[-1].headers["Retry-After"]) <= 20


def test_after_too_many_wrong_tokens_an_address_cannot_guess_a_token_that_a_person_chose(settings: Settings) -> None:
    with serving(settings.model_copy(update={"wrong_tokens_per_minute": 3, "rate_per_address": 500})) as client:
        after_guesses(client)
        right, wrong = (client.get("/tokens", headers=sent) for sent in (ADMIN, bearer("wrong")))
        assert right.status_code == wrong.status_code == 429
        assert right.json()["detail"].partition("Try")[0] == wrong.json()["detail"].partition("Try")[0]
        login = client.post("/login", data={"token": TOKEN})
        assert login.status_code == 429
        assert "Retry-After" in login.headers
        shown = [client.get("/info", headers=sent).json()["settings"] for sent in (ADMIN, bearer("wrong"))]
        assert shown[0] == shown[1], "a public route shows an admin more, but not now"
        assert client.get("/tokens").status_code == 401  # without a token nothing is guessed


def test_wrong_tokens_lock_out_neither_who_was_right_before_nor_tokens_that_nobody_can_guess(
    settings: Settings,
) -> None:
    with serving(settings.model_copy(update={"wrong_tokens_per_minute": 3})) as client:
        secret = make(client, "noa")
        after_guesses(client)
        assert client.get("/tokens", headers=ADMIN).status_code == 200
        assert client.get("/tokens", headers=bearer(secret)).status_code == 200
        assert client.post("/login", data={"token": TOKEN}).status_code == 303


@pytest.mark.parametrize("token", ["admin", "123456789012345", " 12345678901234  "])
def test_a_short_admin_token_is_refused_at_the_start_with_a_way_to_make_one(
    token: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PAUTA_ADMIN_TOKEN", token)
    with pytest.raises(SettingsError, match=r"PAUTA_ADMIN_TOKEN.*fewer than 16 characters.*secrets") as caught:
        load_settings()
    assert token not in str(caught.value)


def test_tokens_that_are_known_open_routes_while_the_database_is_unreachable(
    own: httpx.Client, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    with serving(settings) as client:
        secret = make(client, "lia")
        assert client.get("/live", headers=bearer(secret)).status_code == 404  # news is not served here
        assert client.post("/model/reload", headers=bearer(secret)).status_code == 503

        def fail(*_: Any) -> Any:
            raise UnavailableError("the event log is unreachable.")

        monkeypatch.setattr("script_shared.events.database.tokens.TokenTable.current", fail)
        refused = "Nothing was loaded"
        assert refused in client.post("/model/reload", headers=bearer(secret)).text
        assert refused in client.post("/model/reload", headers=ADMIN).text
        assert client.post("/model/reload", headers=bearer("unknown")).status_code == 503
        monkeypatch.setattr(callers, "MOST_STALE_SECONDS", 0.0)
        monkeypatch.setattr(callers, "SECONDS", 0.0)
        assert "event log" in client.post("/model/reload", headers=bearer(secret)).text


@pytest.mark.parametrize("slow", ["current", "note_use"])
def test_known_tokens_do_not_wait_for_a_database_that_hangs(
    own: httpx.Client, slow: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    secret = make(own, f"hangs-{slow}")
    over = threading.Event()
    monkeypatch.setattr(callers, "USE_SECONDS", 0.0)
    monkeypatch.setattr(callers, "SECONDS", 0.0)
    monkeypatch.setattr(callers, "PATIENCE_SECONDS", 0.05)
    assert own.post("/model/reload", headers=bearer(secret)).status_code == 503
    monkeypatch.setattr(f"script_shared.events.database.tokens.TokenTable.{slow}", lambda *_: over.wait() and ([], []))
    try:
        for _ in range(3):
            answer = own.post("/model/reload", headers=bearer(secret), timeout=10.0)
            assert "Nothing was loaded" in answer.text
    finally:
        over.set()


def test_every_route_with_a_role_states_it(own: httpx.Client) -> None:
    for path, operations in own.get("/openapi.json").json()["paths"].items():
        for operation in operations.values():
            assert ("x-role" in operation) == bool(operation.get("security")), path
            if "x-role" in operation:
                assert operation["description"].endswith(f"Role: {operation['x-role']}.")
