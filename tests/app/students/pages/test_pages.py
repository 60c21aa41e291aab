"""The pages over HTTP: login, what they show, what they send along, and the access record."""

import re
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from pydantic import SecretStr

from script_shared.students.database.access_record import digest_of
from tests.app.conftest import TOKEN, serving, until
from tests.app.students.conftest import ADMIN, ANA, RUI, is_ready, of_students

PAGE = "/students/page"
LONG = f"ana:{'9' * 5_000}:x"  # more digits than Python reads


@pytest.fixture
def browser(client: httpx.Client) -> Iterator[httpx.Client]:
    """Somebody who logged in as Ana, without any other header."""
    with httpx.Client(base_url=client.base_url, timeout=client.timeout) as own:
        assert own.post(f"{PAGE}/login", data={"token": ANA}).status_code == 303
        yield own


def text_of(answer: httpx.Response) -> str:
    """What a person reads."""
    return " ".join(re.sub("<[^>]+>", " ", answer.text).split())


def test_without_a_session_every_page_leads_to_the_login(client: httpx.Client) -> None:
    with httpx.Client(base_url=client.base_url, headers=ADMIN) as own:  # no page takes a token but the login
        for path in (PAGE, f"{PAGE}/RA-1"):
            answer = own.get(path)
            assert (answer.status_code, answer.headers["Location"]) == (303, f"{PAGE}/login")
        assert own.post(f"{PAGE}/RA-1", data={"ieg": "9"}).status_code == 303
        assert "Log in" in own.get(f"{PAGE}/login").text


def test_the_cookie_of_a_session_is_for_this_site_and_no_script(client: httpx.Client) -> None:
    answer = client.post(f"{PAGE}/login", data={"token": ANA})
    cookie = answer.headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=strict" in cookie
    assert f"Path={PAGE}" in cookie
    assert ANA not in cookie
    assert "Secure" not in cookie
    behind_tls = client.post(f"{PAGE}/login", data={"token": ANA}, headers={"X-Forwarded-Proto": "https"})
    assert "Secure" in behind_tls.headers["Set-Cookie"]


def test_a_wrong_token_opens_nothing(client: httpx.Client) -> None:
    for token in ("", "wrong", ANA[:-1]):
        answer = client.post(f"{PAGE}/login", data={"token": token})
        assert answer.status_code == 401
        assert "Set-Cookie" not in answer.headers
        assert "This token is not valid" in answer.text


@pytest.mark.parametrize("cookie", ["", "ana", "ana:9999999999:00", "admin:9999999999:", "nobody:1:x", "ana:é:x", LONG])
def test_a_made_up_cookie_opens_nothing(client: httpx.Client, cookie: str) -> None:
    answer = client.get(PAGE, headers={"Cookie": f"pauta_students={cookie}".encode()})
    assert answer.status_code == 303


def test_a_session_ends_when_the_token_is_changed_and_not_when_the_service_starts_again(
    settings: Any, browser: httpx.Client
) -> None:
    cookies = dict(browser.cookies)
    for token, status in ((ANA, 200), ("another-token-of-ana", 303)):
        with serving(of_students(settings, viewers=SecretStr(f"ana={token}"))) as again:
            until(lambda client=again: is_ready(client))
            again.cookies.update(cookies)
            assert again.get(PAGE).status_code == status


def test_a_session_ends_after_a_day_and_by_logging_out(
    client: httpx.Client, browser: httpx.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    cookies = dict(browser.cookies)
    answer = browser.post(f"{PAGE}/logout")
    assert answer.headers["Location"] == f"{PAGE}/login"
    assert browser.get(PAGE).status_code == 303
    monkeypatch.setattr("app.students.pages.sessions.time.time", lambda: 4e9)
    client.cookies.update(cookies)
    assert client.get(PAGE).status_code == 303


@pytest.mark.parametrize("path", [f"{PAGE}/login", f"{PAGE}/logout", f"{PAGE}/RA-1"])
def test_forms_of_other_sites_are_refused(browser: httpx.Client, path: str) -> None:
    answer = browser.post(path, data={"token": ANA}, headers={"Sec-Fetch-Site": "cross-site"})
    assert answer.status_code == 403
    assert "Set-Cookie" not in answer.headers


def test_pages_forbid_scripts_frames_and_copies(browser: httpx.Client) -> None:
    for path in (PAGE, f"{PAGE}/RA-1", f"{PAGE}/login", f"{PAGE}/RA-9"):
        answer = browser.get(path)
        policy = answer.headers["Content-Security-Policy"]
        assert policy.startswith("default-src 'none'; style-src 'self';")
        assert "unsafe" not in policy
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.headers["Referrer-Policy"] == "no-referrer"
        assert "<script" not in answer.text
        assert " style=" not in answer.text
        assert not re.findall(r'(?:src|href)="(?:https?:)?//', answer.text)


def test_the_first_page_shows_classes_and_the_highest_risk_first(browser: httpx.Client) -> None:
    answer = browser.get(PAGE)
    assert re.findall(rf'href="{PAGE}/(RA-\d)"', answer.text) == ["RA-2", "RA-1", "RA-3"]
    assert "Status expected in 2025" in text_of(answer)
    assert "shown to ana" in text_of(answer)
    assert re.search(r"1B.*?>1<.*?critical", answer.text, re.S)


def test_a_class_a_phase_and_urgency_choose_students(browser: httpx.Client) -> None:
    def shown(query: str) -> list[str]:
        return re.findall(rf'href="{PAGE}/(RA-\d)"', browser.get(f"{PAGE}?{query}").text)

    assert shown("group=1B&phase=&") == ["RA-2"]
    assert shown("phase=4") == ["RA-3"]
    assert shown("urgent=true") == ["RA-2", "RA-1"]
    assert "No student matches" in browser.get(f"{PAGE}?group=none").text
    assert browser.get(f"{PAGE}?phase=x").status_code == 422


def test_a_name_of_a_class_is_no_markup(browser: httpx.Client) -> None:
    answer = browser.get(PAGE, params={"group": "<b>x</b>"})
    assert "<b>x</b>" not in answer.text
    assert "&lt;b&gt;x&lt;/b&gt;" in answer.text


def test_a_student_is_shown_with_reasons_path_and_interval(browser: httpx.Client) -> None:
    text = text_of(browser.get(f"{PAGE}/ra-1"))
    for part in (
        "Student RA-1",
        "Class 2A",
        "Over the years",
        "Year 2023 2024 Status expected alert",
        "between",
        "What if",
    ):
        assert part in text
    assert re.search(r"Engagement \(IEG\) (raises|lowers) the risk", text_of(browser.get(f"{PAGE}/RA-2")))


def test_a_what_if_shows_both_risks_and_stores_nothing(browser: httpx.Client, client: httpx.Client) -> None:
    before = client.get("/students/RA-2/risk").json()
    form = {"phase": "3", "ideal_phase": "3", "ida": "3", "ieg": "9,0", "mat": ""}
    text = text_of(browser.post(f"{PAGE}/RA-2", data=form))
    api = client.post("/students/RA-2/what-if", json={"phase": 3, "ieg": 9.0}).json()["after"]
    assert f"After the change {api['status']}" in text
    assert f"{api['lagging']['chance'] * 100:.0f}%" in text
    assert client.get("/students/RA-2/risk").json() == before
    unchanged = {"phase": "1", "ideal_phase": "3", "ida": "3", "ieg": "2"}
    assert "After the change" not in text_of(browser.post(f"{PAGE}/RA-2", data=unchanged))


@pytest.mark.parametrize(("field", "value", "name"), [("ieg", "11", "Engagement"), ("phase", "x", "Phase")])
def test_a_value_that_cannot_be_is_named(browser: httpx.Client, field: str, value: str, name: str) -> None:
    answer = browser.post(f"{PAGE}/RA-2", data={field: value})
    assert answer.status_code == 422
    assert f"This value is not possible: {name}" in answer.text


def test_the_pages_speak_portuguese(browser: httpx.Client) -> None:
    assert "Estudantes por risco" in browser.get(PAGE, headers={"Accept-Language": "pt-BR,pt;q=0.9"}).text
    text = text_of(browser.get(f"{PAGE}/RA-2?lang=pt"))
    assert "O engajamento (IEG) aumenta o risco" in text
    assert "Ao longo dos anos" in text
    assert "Turma" in browser.get(PAGE).text  # the choice is kept
    assert 'lang="pt-BR"' in browser.get(PAGE).text
    assert "Class" in browser.get(f"{PAGE}?lang=en").text


def test_an_unknown_and_an_erased_student_are_a_page_with_404(browser: httpx.Client, client: httpx.Client) -> None:
    client.delete("/students/RA-2")
    for ra in ("RA-9", "RA-2"):
        answer = browser.get(f"{PAGE}/{ra}")
        assert answer.status_code == 404
        assert "does not know this student" in answer.text
    assert "RA-2" not in browser.get(PAGE).text


def test_looks_by_the_pages_are_in_the_access_record(browser: httpx.Client, client: httpx.Client) -> None:
    browser.get(f"{PAGE}?group=1B")
    browser.get(f"{PAGE}/RA-1")
    browser.post(f"{PAGE}/RA-1", data={"ieg": "9"})
    found = client.get("/students/access").json()["looks"]
    assert [(each["viewer"], each["route"], each["student"]) for each in reversed(found)] == [
        ("ana", "GET /students/page", digest_of("RA-2")),
        ("ana", "GET /students/page/{ra}", digest_of("RA-1")),
        ("ana", "POST /students/page/{ra}", digest_of("RA-1")),
    ]


def test_the_admin_and_each_viewer_can_log_in(client: httpx.Client) -> None:
    for token, name in ((TOKEN, "admin"), (RUI, "rui")):
        with httpx.Client(base_url=client.base_url) as own:
            own.post(f"{PAGE}/login", data={"token": token})
            assert f"shown to {name}" in text_of(own.get(PAGE))


def test_behind_a_prefix_links_and_cookies_have_it(settings: Any) -> None:
    with serving(settings.model_copy(update={"root_path": "/pauta"})) as client:
        until(lambda: client.get("/pauta/ready?use_case=students").status_code == 200)
        answer = client.post(f"/pauta{PAGE}/login", data={"token": ANA})
        assert answer.headers["Location"] == f"/pauta{PAGE}"
        assert f'href="/pauta{PAGE}/RA-2"' in client.get(f"/pauta{PAGE}").text


def test_without_a_release_the_page_says_so(settings: Any) -> None:
    with serving(settings.model_copy(update={"models_uri": f"{settings.models_uri}-empty"})) as client:
        client.post(f"{PAGE}/login", data={"token": ANA})
        answer = client.get(PAGE)
        assert answer.status_code == 503
        assert "cannot be shown right now" in answer.text
