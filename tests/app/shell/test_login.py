"""One login for the pages of all use cases: sessions, forms of other sites, and what a token opens."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from pydantic import SecretStr

from script_shared.settings import Settings
from script_shared.use_case_settings import UseCaseSettings
from tests.app.conftest import TOKEN, serving
from tests.app.shell.sessions import form_key, log_in, text_of

ANA, RUI = "ana-looks-at-students", "rui-looks-at-candidates"
LONG = f"students/ana:{'9' * 5_000}:x"  # more digits than Python reads
PAGE = "/students/page"


def make_settings(folder: Path, students: str = f"ana={ANA}", **more: Any) -> Settings:
    viewers = {"students": students, "recruiting": f"ana={RUI}"}
    return Settings(
        data_dir=folder / "data",
        models_uri=str(folder / "models"),
        admin_token=SecretStr(TOKEN),
        airflow_url=None,
        by_use_case={name: UseCaseSettings(viewers=SecretStr(text)) for name, text in viewers.items()},
        **more,
    )


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("login")


@pytest.fixture(scope="module")
def client(folder: Path) -> Iterator[httpx.Client]:
    """A service without releases."""
    with serving(make_settings(folder)) as client:
        yield client


@pytest.fixture
def browser(client: httpx.Client) -> Iterator[httpx.Client]:
    with log_in(client, ANA) as own:
        yield own


def is_logged_in(browser: httpx.Client) -> bool:
    """Whether a page of students passes the login; without a release it answers 503."""
    return browser.get(PAGE).status_code == 503


def test_the_cookie_of_a_session_is_for_this_site_and_hidden_from_scripts(client: httpx.Client) -> None:
    answer = client.post("/login", data={"token": ANA})
    client.cookies.clear()
    cookie = answer.headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=strict" in cookie
    assert ANA not in cookie
    assert "Secure" not in cookie
    behind_tls = client.post("/login", data={"token": ANA}, headers={"X-Forwarded-Proto": "https"})
    client.cookies.clear()
    assert "Secure" in behind_tls.headers["Set-Cookie"]


def test_the_cookie_of_the_language_is_secure_behind_tls(client: httpx.Client) -> None:
    plain, behind_tls = (client.get("/?lang=pt", headers={"X-Forwarded-Proto": way}) for way in ("http", "https"))
    client.cookies.clear()
    assert "Secure" not in plain.headers["Set-Cookie"]
    assert "Secure" in behind_tls.headers["Set-Cookie"]


def test_an_address_that_is_too_long_to_return_to_leads_to_the_login(client: httpx.Client) -> None:
    for length in (10, 490):
        answer = client.get("/students/page", params={"q": "x" * length}, follow_redirects=True)
        assert answer.status_code == 200, answer.text
        assert 'name="token"' in answer.text


def test_a_wrong_token_opens_nothing(client: httpx.Client) -> None:
    for token in ("", "wrong", ANA[:-1]):
        answer = client.post("/login", data={"token": token})
        assert answer.status_code == 401
        assert "Set-Cookie" not in answer.headers
        assert "This token is not valid" in answer.text


@pytest.mark.parametrize("name", ["students/ana", "admin", "students/nobody", "recruiting/ana", ""])
def test_a_forged_cookie_opens_nothing(client: httpx.Client, name: str) -> None:
    for rest in ("", ":9999999999:00", ":9999999999:", ":1:x", ":é:x"):
        answer = client.get(PAGE, headers={"Cookie": f"pauta_session={name}{rest}".encode()})
        assert answer.status_code == 303
    assert client.get(PAGE, headers={"Cookie": f"pauta_session={LONG}"}).status_code == 303


def test_a_session_ends_when_the_token_is_changed_and_not_when_the_service_starts_again(
    browser: httpx.Client, folder: Path
) -> None:
    assert is_logged_in(browser)
    for token, stays in ((ANA, True), ("another-token-of-ana", False)):
        with serving(make_settings(folder, f"ana={token}")) as again:
            again.cookies.update(browser.cookies)
            assert is_logged_in(again) == stays


def test_a_session_ends_after_a_day_and_by_logging_out(
    client: httpx.Client, browser: httpx.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = dict(browser.cookies)
    answer = browser.post("/logout", data={"form_key": form_key(browser.get("/"))})
    assert answer.headers["Location"] == "login"
    assert not is_logged_in(browser)
    with httpx.Client(base_url=client.base_url, cookies=kept) as other:
        assert not is_logged_in(other)  # a copy of the cookie opens nothing either
    with log_in(client, ANA) as again:
        assert is_logged_in(again)
        monkeypatch.setattr("app.security.callers.wall_ms", lambda: 4_000_000_000_000)
        assert not is_logged_in(again)


@pytest.mark.parametrize("path", ["/login", "/logout", f"{PAGE}/RA-1"])
def test_forms_of_other_sites_are_refused(browser: httpx.Client, path: str) -> None:
    form = {"token": ANA, "form_key": form_key(browser.get("/"))}
    answer = browser.post(path, data=form, headers={"Sec-Fetch-Site": "cross-site"})
    assert answer.status_code == 403
    assert "Set-Cookie" not in answer.headers


def test_a_login_is_short_and_a_form_without_a_session_is_not_read(client: httpx.Client) -> None:
    with httpx.Client(base_url=client.base_url) as stranger:
        answer = stranger.post("/login", data={"token": "x" * 10_000})
        assert answer.status_code == 413
        assert "8,192 bytes" in answer.text
        unreadable = {"content": b"\xff", "headers": {"Content-Type": "application/x-www-form-urlencoded"}}
        assert stranger.post("/logout", **unreadable).status_code in (303, 401)  # 422 if it had been read


@pytest.mark.parametrize("key", [None, "", "0" * 64])
def test_forms_without_the_key_of_the_session_are_refused(browser: httpx.Client, key: str | None) -> None:
    for path in ("/logout", f"{PAGE}/RA-1"):
        answer = browser.post(path, data={} if key is None else {"form_key": key})
        assert answer.status_code == 403
        assert "Set-Cookie" not in answer.headers
    with log_in(browser, TOKEN) as other:  # the key of another session is not valid in this one
        assert browser.post("/logout", data={"form_key": form_key(other.get("/"))}).status_code == 403


def test_a_token_opens_the_pages_of_its_use_case_and_the_admin_token_all(client: httpx.Client) -> None:
    with log_in(client, RUI) as own:
        answer = own.get(PAGE)
        assert answer.status_code == 403
        assert "You have no access to this page" in answer.text
        assert "The token of ana does not open this page of students" in text_of(answer)
    with log_in(client, TOKEN) as own:
        assert own.landed == "/"
        assert is_logged_in(own)
    with log_in(client, ANA) as own:
        assert own.landed == PAGE


@pytest.mark.parametrize("wanted", ["//other.example/", "http://other.example/", "/\\other.example", "javascript:x"])
def test_a_login_never_redirects_to_another_site(client: httpx.Client, wanted: str) -> None:
    assert wanted not in client.get("/login", params={"next": wanted}).text
    with log_in(client, ANA, wanted) as own:
        assert own.landed == PAGE


def test_behind_a_prefix_links_and_cookies_have_it(tmp_path: Path) -> None:
    with serving(make_settings(tmp_path, root_path="/pauta")) as client:
        answer = client.post("/pauta/login", data={"token": ANA})
        assert "Path=/pauta/" in answer.headers["Set-Cookie"]
        assert answer.next_request
        assert answer.next_request.url.path == f"/pauta{PAGE}"
        assert 'href="../students/page"' in client.get(f"/pauta{PAGE}").text
