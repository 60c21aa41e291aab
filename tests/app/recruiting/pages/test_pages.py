"""The pages for recruiters over HTTP: lists, reasons, statuses, new vacancies, and what a token may do."""

import re
from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from script_shared.errors import UnavailableError
from tests.app.conftest import TOKEN
from tests.app.recruiting.pages.conftest import RUI
from tests.app.recruiting.releases import VACANCY
from tests.app.shell.sessions import form_key, log_in, text_of

PAGE = "/recruiting/page"
ONE = f"{PAGE}/vacancies/{VACANCY}"
SECRET = "Zuleica Rezende, zu@x.com, (11) 98765-4321"


@pytest.fixture(scope="module")
def browser(service: httpx.Client) -> Iterator[httpx.Client]:
    """A recruiter."""
    with log_in(service, RUI) as own:
        yield own


@pytest.fixture(scope="module")
def editor(service: httpx.Client) -> Iterator[httpx.Client]:
    with log_in(service, TOKEN) as own:
        yield own


def people(answer: httpx.Response) -> list[str]:
    """The candidates of a list, in order."""
    return re.findall(r'<li id="c-([^"]+)" class="match">', answer.text)


def set_status(browser: httpx.Client, candidate: str, status: str, version: int, page: str = ONE) -> httpx.Response:
    form = {"candidate_id": candidate, "status": status, "version": str(version)}
    return browser.post(f"{page}/status", data={**form, "form_key": form_key(browser.get("/"))})


def test_open_vacancies_are_listed_newest_first_with_filters_and_pages(browser: httpx.Client) -> None:
    answer = browser.get(PAGE)
    days = re.findall(r'data-label="Since">([\d-]+)<', answer.text)
    assert days
    assert days == sorted(days, reverse=True)
    states = re.findall(r"<option>([^<]+)</option>", re.search(r'name="state".*?</select>', answer.text, re.S)[0])  # type: ignore[index]
    total = len(days)
    shown = sum(browser.get(PAGE, params={"state": state}).text.count('data-label="Since"') for state in states)
    assert 0 < shown <= total
    assert "Nothing matches" in browser.get(PAGE, params={"state": states[0], "level": "nothing"}).text
    assert "Nothing matches" in browser.get(f"{PAGE}?offset=1000").text


def test_a_vacancy_shows_the_same_candidates_as_the_route_with_their_reasons(
    browser: httpx.Client, service: httpx.Client
) -> None:
    route = service.get(f"/recruiting/vacancies/{VACANCY}/candidates", headers={"Authorization": f"Bearer {RUI}"})
    found = route.json()["candidates"]
    page = browser.get(ONE)
    assert people(page) == [each["candidate_id"] for each in found]
    first = text_of(httpx.Response(200, text=page.text.partition('class="match"')[2].partition("</li>")[0]))
    for skill in (*found[0]["reasons"]["shared_skills"], *found[0]["reasons"]["missing_skills"]):
        assert skill in first
    assert f"{100 * found[0]['match_probability']:.0f}%" in first
    assert people(browser.get(f"{ONE}?offset=10"))[0] not in people(page)


def test_a_status_is_changed_and_a_second_writer_sees_the_change(browser: httpx.Client) -> None:
    candidate = people(browser.get(ONE))[0]
    answer = set_status(browser, candidate, "Prospect", 0)
    assert answer.status_code == 303
    assert parse_qs(urlsplit(answer.headers["Location"]).query) == {"moved": [candidate]}
    page = browser.get(str(answer.next_request.url))  # type: ignore[union-attr]
    assert f"Candidate {candidate}: Prospect" in page.text
    assert set_status(browser, candidate, "Entrevista Técnica", 1).status_code == 303
    late = set_status(browser, candidate, "Desistiu", 1)
    assert late.status_code == 409
    assert f"Somebody changed candidate {candidate} meanwhile" in late.text
    assert "Entrevista Técnica" in text_of(browser.get(f"{PAGE}/candidates/{candidate}"))
    assert set_status(browser, candidate, "", 2).status_code == 422
    assert set_status(browser, "nobody", "Prospect", 0).status_code == 404


def test_exactly_two_candidates_are_compared(browser: httpx.Client) -> None:
    one, two, three = people(browser.get(ONE))[:3]
    answer = browser.get(f"{ONE}/compare", params={"candidate": [one, two]})
    assert answer.status_code == 200
    assert answer.text.index(f"candidates/{one}") < answer.text.index(f"candidates/{two}")
    assert "Chance of a hire" in answer.text
    for chosen in ([], [one], [one, one], [one, two, three]):
        wrong = browser.get(f"{ONE}/compare", params={"candidate": chosen})
        assert wrong.status_code == 422
        assert "Choose two candidates." in wrong.text


def test_a_new_vacancy_has_candidates_at_once_and_no_personal_data(editor: httpx.Client) -> None:
    before = editor.get(f"{PAGE}/change").json()["change"]
    form = {"title": "Consultor SAP EWM", "skills_text": "SAP EWM; ABAP", "description": SECRET, "state": "Bahia"}
    key = form_key(editor.get(f"{PAGE}/new"))
    answer = editor.post(f"{PAGE}/new", data={**form, "form_key": key})
    assert answer.status_code == 303
    page = editor.get(str(answer.next_request.url))  # type: ignore[union-attr]
    assert len(people(page)) == 10
    assert "Consultor SAP EWM" in page.text
    for secret in ("zu@x.com", "98765"):
        assert secret not in page.text
    assert editor.get(f"{PAGE}/change").json()["change"] > before
    assert "Consultor SAP EWM" in editor.get(PAGE).text
    assert "Consultor SAP EWM" in editor.get(f"{PAGE}/search?q=sap+ewm&kind=vacancies").text
    wrong = editor.post(f"{PAGE}/new", data={**form, "title": " ", "form_key": key})
    assert wrong.status_code == 422
    assert "This value is not valid: Title." in wrong.text
    assert "SAP EWM; ABAP" in wrong.text
    long = editor.post(f"{PAGE}/new", data={**form, "city": "x" * 501, "form_key": key})
    assert "This value is not valid: City." in long.text


def test_recruiters_who_may_not_add_see_no_form(browser: httpx.Client) -> None:
    assert f"{PAGE}/new"[1:] not in browser.get(PAGE).text
    assert browser.get(f"{PAGE}/new").status_code == 403
    form = {"title": "x", "form_key": form_key(browser.get("/"))}
    assert browser.post(f"{PAGE}/new", data=form).status_code == 403


def test_a_candidate_has_suitable_vacancies_and_similar_candidates(browser: httpx.Client) -> None:
    candidate = people(browser.get(ONE))[1]
    text = text_of(browser.get(f"{PAGE}/candidates/{candidate}"))
    assert f"Candidate {candidate}" in text
    assert "Suitable vacancies 1. " in text
    assert "Similar candidates " in text


def test_search_finds_candidates_and_vacancies_and_escapes_text(browser: httpx.Client) -> None:
    assert f"{PAGE}/candidates/"[1:] in browser.get(f"{PAGE}/search?q=java").text
    assert f"{PAGE}/vacancies/"[1:] in browser.get(f"{PAGE}/search?q=java&kind=vacancies").text
    answer = browser.get(f"{PAGE}/search", params={"q": "<b>x</b>"})
    assert "<b>x</b>" not in answer.text
    assert browser.get(f"{PAGE}/search").status_code == 200


def test_an_unknown_vacancy_and_candidate_are_pages_with_404(browser: httpx.Client) -> None:
    for path in (f"{PAGE}/vacancies/nothing", f"{PAGE}/candidates/nobody", f"{PAGE}/vacancies/nothing/compare"):
        answer = browser.get(path, headers={"Accept-Language": "pt-BR"})
        assert answer.status_code == 404
        assert "não conhece esta vaga" in answer.text


def test_while_the_tables_are_unreachable_the_page_shows_the_release_and_no_forms(
    browser: httpx.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise UnavailableError("the tables are unreachable.")

    monkeypatch.setattr("script_shared.recruiting.store.store.RecruitingStore.page", fail)
    answer = browser.get(ONE)
    assert answer.status_code == 200
    assert "The tables are unreachable" in answer.text
    assert 'class="move"' not in answer.text


def test_the_pages_are_also_in_portuguese(browser: httpx.Client) -> None:
    text = text_of(browser.get(ONE, headers={"Accept-Language": "pt-BR,pt;q=0.9"}))
    assert "Candidatos, os mais adequados primeiro" in text
    assert "Chance de contratação" in text
