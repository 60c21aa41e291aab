"""The pages over HTTP: login, what they show, what they send along, and the access record."""

import re
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from script_shared.students.database.access_record import digest_of
from tests.app.conftest import TOKEN, serving
from tests.app.shell.sessions import form_key, log_in, text_of
from tests.app.students.conftest import ADMIN, ANA, RUI

PAGE = "/students/page"


@pytest.fixture
def browser(client: httpx.Client) -> Iterator[httpx.Client]:
    """Somebody who logged in as Ana, without any other header."""
    with log_in(client, ANA) as own:
        yield own


def ask(browser: httpx.Client, ra: str, **values: str) -> httpx.Response:
    """Send the what-if of a student."""
    key = form_key(browser.get("/login"))
    return browser.post(f"{PAGE}/{ra}", data={"form_key": key, **values})


def test_without_a_session_every_page_leads_to_the_login_and_back(client: httpx.Client) -> None:
    leads = {PAGE: "../login?next=students/page", f"{PAGE}/RA-1": "../../login?next=students/page/RA-1"}
    with httpx.Client(base_url=client.base_url, headers=ADMIN) as own:  # no page takes a token but the login
        for path, login in leads.items():
            answer = own.get(path)
            assert (answer.status_code, answer.headers["Location"]) == (303, login)
        assert own.post(f"{PAGE}/RA-1", data={"ieg": "9"}).headers["Location"] == "../../login"
    with log_in(client, ANA, wanted="students/page/RA-1?lang=pt") as own:
        assert own.landed == "/students/page/RA-1?lang=pt"


def test_pages_forbid_scripts_frames_and_copies(browser: httpx.Client) -> None:
    with_plot = f"{PAGE}/RA-1"  # the only page with a script: the one that draws plots
    for path in (PAGE, with_plot, f"{PAGE}/RA-2", "/login", f"{PAGE}/RA-9"):
        answer = browser.get(path)
        policy, scripts = answer.headers["Content-Security-Policy"], "'self'" if path == with_plot else "'none'"
        assert policy.startswith(f"default-src 'none'; style-src 'self'; img-src 'self'; script-src {scripts}; ")
        assert "unsafe" not in policy
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.headers["Referrer-Policy"] == "no-referrer"
        loaded = re.findall(r'<script src="[./]*web/([a-z./]+)" defer></script>', answer.text)
        assert loaded == (["plots/chartist.js", "plots/plots.js"] if path == with_plot else [])
        assert answer.text.count("<script") == len(loaded)
        assert " style=" not in answer.text
        assert not re.findall(r'(?:src|href)="(?:https?:)?//', answer.text)


def test_the_first_page_shows_classes_and_the_highest_risk_first(browser: httpx.Client) -> None:
    answer = browser.get(PAGE)
    assert re.findall(r'href="[./]*students/page/(RA-\d)"', answer.text) == ["RA-2", "RA-1", "RA-3"]
    assert "Status expected in 2025" in text_of(answer)
    assert "logged in as ana" in text_of(answer)
    assert re.search(r"1B.*?>1<.*?critical", answer.text, re.S)


def test_a_class_a_phase_and_urgency_choose_students(browser: httpx.Client) -> None:
    def shown(query: str) -> list[str]:
        return re.findall(r'href="[./]*students/page/(RA-\d)"', browser.get(f"{PAGE}?{query}").text)

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


def test_the_indices_of_two_years_are_a_plot_with_its_numbers(browser: httpx.Client) -> None:
    answer = browser.get(f"{PAGE}/RA-1?lang=en")
    figure = answer.text[answer.text.index("<figure") : answer.text.index("</figure>")]
    assert 'data-plot="lines"' in figure
    assert 'data-top="10.0"' in figure
    assert "Indices, from 0 to 10 Numbers Year Learning (IDA) Engagement (IEG)" in text_of(answer)
    assert re.findall(r'<th scope="row">(\d+)</th><td class="number" data-value="(\d)">', figure) == [
        ("2023", "7"),
        ("2024", "6"),
    ]
    assert "(IPV)" not in text_of(answer).partition("Numbers")[2].partition("Status")[0]  # it has no values
    assert "<figure" not in browser.get(f"{PAGE}/RA-2").text  # one year


def test_a_what_if_shows_both_risks_and_stores_nothing(browser: httpx.Client, client: httpx.Client) -> None:
    before = client.get("/students/RA-2/risk").json()
    form = {"phase": "3", "ideal_phase": "3", "ida": "3", "ieg": "9,0", "mat": ""}
    text = text_of(ask(browser, "RA-2", **form))
    api = client.post("/students/RA-2/what-if", json={"phase": 3, "ieg": 9.0}).json()["after"]
    assert f"After the change {api['status']}" in text
    assert f"{api['lagging']['chance'] * 100:.0f}%" in text
    assert client.get("/students/RA-2/risk").json() == before
    unchanged = {"phase": "1", "ideal_phase": "3", "ida": "3", "ieg": "2"}
    assert "After the change" not in text_of(ask(browser, "RA-2", **unchanged))


@pytest.mark.parametrize(("field", "value", "name"), [("ieg", "11", "Engagement"), ("phase", "x", "Phase")])
def test_a_value_that_cannot_be_is_named(browser: httpx.Client, field: str, value: str, name: str) -> None:
    answer = ask(browser, "RA-2", **{field: value})
    assert answer.status_code == 422
    assert f"This value is not valid: {name}" in answer.text


def test_the_pages_are_also_in_portuguese(browser: httpx.Client) -> None:
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
    ask(browser, "RA-1", ieg="9")
    found = client.get("/students/access").json()["looks"]
    assert [(each["viewer"], each["route"], each["student"]) for each in reversed(found)] == [
        ("ana", "GET /students/page", digest_of("RA-2")),
        ("ana", "GET /students/page/{ra}", digest_of("RA-1")),
        ("ana", "POST /students/page/{ra}", digest_of("RA-1")),
    ]


def test_the_admin_and_each_viewer_can_log_in(client: httpx.Client) -> None:
    for token, name in ((TOKEN, "admin"), (RUI, "rui")):
        with log_in(client, token) as own:
            assert f"logged in as {name}" in text_of(own.get(PAGE))


def test_without_a_release_the_page_says_so(settings: Any) -> None:
    with serving(settings.model_copy(update={"models_uri": f"{settings.models_uri}-empty"})) as client:
        with log_in(client, ANA) as own:
            answer = own.get(PAGE)
        assert answer.status_code == 503
        assert "cannot be shown right now" in answer.text


def test_a_button_of_the_list_saves_all_students_of_the_filter_as_csv(browser: httpx.Client) -> None:
    assert re.search(r'<button name="format" value="csv"[^>]*>As CSV</button>', browser.get(PAGE).text)
    answer = browser.get(f"{PAGE}?group=&phase=&offset=2&format=csv")
    assert answer.headers["Content-Type"].startswith("text/csv")
    assert answer.headers["Cache-Control"] == "no-store"
    assert re.findall(r"^RA-\d", answer.text, re.M) == ["RA-2", "RA-1", "RA-3"]
    assert re.findall(r"^RA-\d", browser.get(f"{PAGE}?phase=4&format=csv").text, re.M) == ["RA-3"]
