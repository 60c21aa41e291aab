"""Errors that people read are pages in their language; programs get problems."""

import httpx
import pytest
from fastapi import HTTPException

from tests.app.shell.sessions import text_of

BROWSER = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
TYPE = "Content-Type"


def test_an_address_that_does_not_exist_is_a_page_for_a_browser_and_a_problem_for_a_program(
    shared: httpx.Client,
) -> None:
    for path in ("/nothing", "/students/nothing/at/all"):
        page = shared.get(path, headers=BROWSER)
        assert (page.status_code, page.headers[TYPE].partition(";")[0]) == (404, "text/html")
        assert "There is nothing at this address" in page.text
        assert page.headers["X-Request-ID"] in page.text
        assert shared.get(path).headers[TYPE] == "application/problem+json"


def test_routes_for_programs_answer_browsers_with_problems_too(shared: httpx.Client) -> None:
    answer = shared.get("/recommendations?num_recs=0", headers=BROWSER)
    assert (answer.status_code, answer.headers[TYPE]) == (422, "application/problem+json")


@pytest.mark.parametrize(
    ("status", "text", "more"),
    [
        (403, "Você não tem acesso a esta página", "Entrar com outra chave"),
        (429, "Pedidos demais", "Tente de novo em um minuto"),
        (503, "Isto não está disponível agora", "Tente de novo em um minuto"),
        (418, "Isto não funcionou", "Ir para a página inicial"),
    ],
)
def test_errors_of_pages_are_pages_in_the_language_of_the_browser(
    shared: httpx.Client, monkeypatch: pytest.MonkeyPatch, status: int, text: str, more: str
) -> None:
    def fail(*_: object) -> None:
        raise HTTPException(status, "<b>why</b>", headers={"Retry-After": "7"})

    monkeypatch.setattr("app.shell.routes.front._case_view", fail)
    answer = shared.get("/", headers={"Accept-Language": "pt-BR"})
    assert answer.status_code == status
    assert text in answer.text
    assert more in text_of(answer)
    assert "<b>why" not in answer.text
    assert answer.headers["Retry-After"] == "7"
