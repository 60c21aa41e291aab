"""A session that was opened with a JWT ends with it, with the settings that accepted it, and with the issuer's key."""

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from app.security import key_set
from script_shared.settings import Settings
from tests.app.conftest import serving, until
from tests.app.security.issuer import AUDIENCE, ISSUER, Issuer, issuing, new_key
from tests.app.shell.sessions import Browser, log_in

PAGE = "/students/page"


@pytest.fixture
def issuer() -> Iterator[Issuer]:
    with issuing() as issuer:
        yield issuer


def settings(folder: Path, issuer: Issuer, **more: Any) -> Settings:
    single_sign_on = {"jwt_jwks_url": issuer.address, "jwt_issuer": ISSUER, "jwt_audience": AUDIENCE}
    return Settings(data_dir=folder, models_uri=str(folder / "models"), use_cases="students", **single_sign_on | more)


def is_logged_in(browser: httpx.Client) -> bool:
    """Whether a page of students passes the login; without a release it answers 503."""
    answer = browser.get(PAGE)
    assert answer.status_code in (503, 303), answer.text
    return answer.status_code == 503


def moved_to(browser: Browser, client: httpx.Client) -> Browser:
    """The same browser, with its cookie, at another process."""
    browser.base_url = client.base_url
    return browser


def test_the_cookie_and_the_session_end_with_the_jwt_and_not_after_a_working_day(
    tmp_path: Path, issuer: Issuer
) -> None:
    with serving(settings(tmp_path, issuer)) as client:
        token = issuer.token("viewer", exp=int(time.time()) + 90)
        answer = client.post("/login", data={"token": token})
        age = int(answer.headers["Set-Cookie"].partition("Max-Age=")[2].partition(";")[0])
        assert 60 < age <= 120  # a clock may differ by 30 seconds


def test_a_session_ends_when_its_jwt_expires(tmp_path: Path, issuer: Issuer, monkeypatch: pytest.MonkeyPatch) -> None:
    with serving(settings(tmp_path, issuer)) as client, log_in(client, issuer.token("viewer")) as browser:
        assert is_logged_in(browser)
        later = int(time.time() * 1000) + 700_000
        monkeypatch.setattr("app.security.callers.wall_ms", lambda: later)
        assert not is_logged_in(browser)


@pytest.mark.parametrize(
    "change", [{"jwt_roles": "nobody=viewer"}, {"jwt_audience": "another"}, {"jwt_jwks_url": None}], ids=str
)
def test_a_session_ends_when_the_settings_no_longer_accept_its_jwt(
    tmp_path: Path, issuer: Issuer, change: dict[str, Any]
) -> None:
    with serving(settings(tmp_path, issuer)) as client, log_in(client, issuer.token("viewer")) as browser:
        with serving(settings(tmp_path, issuer)) as again:
            assert is_logged_in(moved_to(browser, again)), "another process with the same settings"
        with serving(settings(tmp_path, issuer, **change)) as changed:
            assert not is_logged_in(moved_to(browser, changed))


def test_a_session_ends_when_the_issuer_withdraws_its_key(
    tmp_path: Path, issuer: Issuer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(key_set, "REFRESH_SECONDS", 0.0)
    monkeypatch.setattr(key_set, "UNKNOWN_SECONDS", 0.0)
    issuer.keys["k2"] = new_key()
    with (
        serving(settings(tmp_path, issuer)) as client,
        log_in(client, issuer.token("viewer")) as browser,
        log_in(client, issuer.token(kid="k2")) as other,
    ):
        assert is_logged_in(browser)
        del issuer.keys["k1"]
        until(lambda: not is_logged_in(browser))
        assert is_logged_in(other)
