"""The recruiting routes over HTTP, from a release in a store."""

import logging
import re
from pathlib import Path
from typing import Any

import httpx
import pytest
from pydantic import SecretStr

from script_shared.events import EventLog
from script_shared.recruiting.erasure import person_name
from script_shared.releases import Releases
from script_shared.settings import Settings
from script_shared.use_case_settings import UseCaseSettings
from tests.app.conftest import until
from tests.app.recruiting.releases import OLD_VACANCY, VACANCY
from tests.app.recruiting.requests_made import PAIR, ROUTES

RECRUITER = "a-recruiters-token-of-a-test"


@pytest.fixture
def settings(promoted: Settings) -> Settings:
    own = UseCaseSettings(viewers=SecretStr(f"anna={RECRUITER}"))
    return promoted.model_copy(update={"by_use_case": {"recruiting": own}})


@pytest.mark.parametrize(("method", "path"), ROUTES)
def test_nothing_about_candidates_is_shown_without_a_token(client: httpx.Client, method: str, path: str) -> None:
    for header in ("Bearer wrong", ""):
        body = {"pairs": [PAIR]} if method == "POST" else None
        assert client.request(method, path, headers={"Authorization": header}, json=body).status_code == 401


def test_a_recruiter_looks_and_only_an_admin_erases(client: httpx.Client) -> None:
    recruiter = {"Authorization": f"Bearer {RECRUITER}"}
    assert client.get(f"/recruiting/vacancies/{VACANCY}/candidates", headers=recruiter).status_code == 200
    assert client.delete("/recruiting/candidates/10000", headers=recruiter).status_code == 403
    assert client.delete("/recruiting/candidates/10000").json() == {"erased": True}


def test_candidates_for_a_vacancy_are_in_order_with_reasons_and_pages(client: httpx.Client) -> None:
    found = client.get(f"/recruiting/vacancies/{VACANCY}/candidates?limit=6").json()
    assert (found["vacancy_id"], found["release"], len(found["candidates"])) == (VACANCY, "r1", 6)
    scores = [each["score"] for each in found["candidates"]]
    assert scores == sorted(scores, reverse=True)
    assert all(0 <= each["match_probability"] <= 1 for each in found["candidates"])
    assert any(each["reasons"]["shared_skills"] for each in found["candidates"])
    assert {level["name"] for level in found["candidates"][0]["reasons"]["levels"]} <= {
        *("level", "academic", "english", "spanish")
    }
    page = client.get(f"/recruiting/vacancies/{VACANCY}/candidates?offset=2&limit=2").json()
    assert [each["candidate_id"] for each in page["candidates"]] == [
        each["candidate_id"] for each in found["candidates"][2:4]
    ]


def test_applicants_of_a_vacancy_are_in_order_and_a_new_one_is_among_them(client: httpx.Client) -> None:
    vacancy, path = OLD_VACANCY, f"/recruiting/vacancies/{OLD_VACANCY}/applicants"
    before = client.get(path, params={"limit": 50}).json()["candidates"]
    scores = [each["score"] for each in before]
    assert len(before) > 1
    assert scores == sorted(scores, reverse=True)
    new = next(
        each["candidate_id"]
        for each in client.get(f"/recruiting/vacancies/{vacancy}/candidates?limit=50").json()["candidates"]
        if each["candidate_id"] not in {one["candidate_id"] for one in before}
    )
    application = {"candidate_id": new, "vacancy_id": vacancy, "status": "Prospect"}
    assert client.post("/recruiting/applications", json=application).status_code in (200, 201)
    until(lambda: new in {one["candidate_id"] for one in client.get(f"{path}?limit=50").json()["candidates"]})
    assert client.get(path, params={"offset": 1, "limit": 1}).json()["candidates"] != before[:1]
    client.delete(f"/recruiting/candidates/{new}")
    assert new not in {one["candidate_id"] for one in client.get(f"{path}?limit=50").json()["candidates"]}


def test_filters_leave_out_what_does_not_fit(client: httpx.Client) -> None:
    path = f"/recruiting/vacancies/{VACANCY}/candidates"
    found = client.get(path, params={"level": ["pleno", "senior"], "limit": 20}).json()["candidates"]
    assert found
    assert {each["level"] for each in found} <= {"Pleno", "Sênior"}
    assert client.get(path, params={"level": "nobody"}).json()["candidates"] == []
    path = "/recruiting/candidates/10001/vacancies"
    everywhere = client.get(path, params={"open_only": "false", "limit": 50}).json()["vacancies"]
    assert everywhere
    state = everywhere[0]["state"]
    there = client.get(path, params={"state": state, "open_only": "false"}).json()["vacancies"]
    assert {each["state"] for each in there} == {state}


def test_open_vacancies_for_a_candidate_are_fewer_than_all(client: httpx.Client) -> None:
    path = "/recruiting/candidates/10001/vacancies"
    open_ = {each["vacancy_id"] for each in client.get(path, params={"limit": 50}).json()["vacancies"]}
    every = client.get(path, params={"limit": 50, "open_only": "false"}).json()["vacancies"]
    assert 0 < len(open_) < len(every)
    newest = max(each["asked_on"] for each in every)
    assert newest in {each["asked_on"] for each in every if each["vacancy_id"] in open_}


@pytest.mark.parametrize("path", ["vacancies/{}/similar", "candidates/{}/similar"])
def test_similar_ones_do_not_hold_the_one_itself(client: httpx.Client, path: str) -> None:
    name = VACANCY if path.startswith("vacancies") else "10001"
    found = client.get(f"/recruiting/{path.format(name)}?open_only=false&limit=5").json()
    kind = path.split("/")[0]
    ids = [each[f"{'vacancy' if kind == 'vacancies' else 'candidate'}_id"] for each in found[kind]]
    assert ids
    assert name not in ids
    likeness = [each["similarity"] for each in found[kind]]
    assert likeness == sorted(likeness, reverse=True)
    assert any(each["reasons"]["shared_skills"] or each["reasons"]["same"] for each in found[kind])
    base = f"/recruiting/{path.format(name)}?open_only=false"
    assert client.get(f"{base}&offset=2&limit=2").json()[kind] == found[kind][2:4]


@pytest.mark.parametrize(
    "path", ["vacancies/77/candidates", "vacancies/77/applicants", "vacancies/77/similar", "candidates/77/vacancies"]
)
def test_an_unknown_id_is_a_404_that_does_not_repeat_it(client: httpx.Client, path: str) -> None:
    answer = client.get(f"/recruiting/{path}")
    assert answer.status_code == 404
    assert "77" not in answer.json()["detail"]


def test_a_search_finds_by_words_and_filters(client: httpx.Client) -> None:
    found = client.get("/recruiting/search", params={"q": "sap mm", "kind": "vacancies"}).json()["results"]
    assert "SAP" in found[0]["title"]
    people = client.get("/recruiting/search", params={"q": "java", "level": "pleno"}).json()["results"]
    assert people
    assert {each["level"] for each in people} == {"Pleno"}
    assert client.get("/recruiting/search", params={"q": ""}).status_code == 422


def test_a_filtered_search_finds_matches_below_the_best_ones(client: httpx.Client) -> None:
    def search(**more: str | int | list[str]) -> list[dict[str, Any]]:
        wanted = {"q": "sap", "kind": "vacancies", "limit": 50, **more}
        found: list[dict[str, Any]] = client.get("/recruiting/search", params=wanted).json()["results"]
        return found

    every = [*search(), *search(offset=50), *search(offset=100)]
    last = next(each for each in reversed(every) if each["state"] and each["contract_types"])
    same = {"state": last["state"], "level": last["level"] or [], "contract": last["contract_types"][0]}
    rare = [
        each["vacancy_id"]
        for each in every
        if each["state"] == last["state"]
        and each["level"] == last["level"]
        and last["contract_types"][0] in each["contract_types"]
    ]
    assert [each["vacancy_id"] for each in search(**same)][: len(rare)] == rare[:50]
    assert [each["vacancy_id"] for each in search(**same, limit=1)] == rare[:1]
    assert search(academic="nothing") == []
    open_ = search(open_only="true")
    assert 0 < len(open_) < len(every)


def test_a_search_says_which_words_it_found(client: httpx.Client) -> None:
    found = client.get("/recruiting/search", params={"q": "Consultor de SAP zz9", "kind": "vacancies"}).json()[
        "results"
    ]
    assert found[0]["found_words"] == ["Consultor", "SAP"]


def test_pairs_of_ids_and_of_texts_are_matched_and_explained(client: httpx.Client) -> None:
    listed = client.get(f"/recruiting/vacancies/{VACANCY}/candidates?limit=1").json()["candidates"][0]
    stored = {"candidate": listed["candidate_id"], "vacancy": VACANCY}
    found = client.post("/recruiting/match", json={"pairs": [stored, PAIR]}).json()["matches"]
    assert found[0]["score"] == pytest.approx(listed["score"])
    assert found[1]["reasons"]["shared_skills"] == ["SAP MM"]
    assert found[1]["reasons"]["missing_skills"] == ["Java"]


def test_personal_data_in_given_texts_are_neither_scored_nor_answered(client: httpx.Client) -> None:
    personal = "\nzuleica.java@mail.com.br, (11) 98765-4321"
    texts = [
        {
            "candidate": {"title": "Analista", "skills_text": "SAP MM", "cv_text": f"SAP MM e vendas{more}"},
            "vacancy": {"title": "Consultor SAP", "skills_text": f"SAP MM\nJava{more}", "description": "Projetos"},
        }
        for more in ("", personal)
    ]
    answer = client.post("/recruiting/match", json={"pairs": texts})
    without, with_them = answer.json()["matches"]
    assert with_them == without
    assert not [each for each in ("zuleica", "98765") if each in answer.text]


@pytest.mark.parametrize(
    "body", [{"pairs": []}, {"pairs": [{"candidate": "1"}]}, {"pairs": [{**PAIR, "name": "Ana"}]}, {}]
)
def test_a_pair_that_cannot_be_is_a_422(client: httpx.Client, body: Any) -> None:
    assert client.post("/recruiting/match", json=body).status_code == 422


def test_an_erased_candidate_is_in_no_answer_of_any_process(client: httpx.Client, settings: Settings) -> None:
    path = f"/recruiting/vacancies/{VACANCY}/candidates?limit=50"
    before = client.get(path).json()["candidates"]
    first = before[0]["candidate_id"]
    EventLog(settings.events_address).erase(person_name(first))
    until(lambda: client.get(f"/recruiting/candidates/{first}/vacancies").status_code == 404)
    assert len(client.get(path).json()["candidates"]) == len(before)
    assert first not in {each["candidate_id"] for each in client.get(path).json()["candidates"]}
    similar = client.get("/recruiting/candidates/10001/similar?limit=20").json()["candidates"]
    assert (len(similar), first in {each["candidate_id"] for each in similar}) == (20, False)
    found = client.get("/recruiting/search", params={"q": "java sap sql", "limit": 50}).json()["results"]
    assert first not in {each["candidate_id"] for each in found}
    pair = {"candidate": first, "vacancy": VACANCY}
    assert client.post("/recruiting/match", json={"pairs": [pair]}).status_code == 404


def test_no_text_of_a_person_and_no_id_is_in_logs_metrics_or_errors(
    client: httpx.Client, caplog: pytest.LogCaptureFixture
) -> None:
    secret = "Zuleica Rezende, (11) 98765-4321"
    with caplog.at_level(logging.DEBUG):
        client.get("/recruiting/search", params={"q": secret})
        client.get("/recruiting/candidates/10001/similar")
        answer = client.post(
            "/recruiting/match", json={"pairs": [{"candidate": {"cv": secret}, "vacancy": secret * 9}]}
        )
    assert answer.status_code == 422
    assert "Zuleica" not in answer.text
    lines = [record.getMessage() for record in caplog.records if record.name.startswith("pauta")]
    assert lines
    assert not [line for line in lines if "Zuleica" in line or "10001" in line]
    assert not re.search(r"(?<!\d)10001(?!\d)", client.get("/metrics").text)  # a time may contain these digits


def test_the_model_card_is_served(client: httpx.Client) -> None:
    card = client.get("/model?use_case=recruiting").json()
    assert card["vacancies"] == 120
    assert card["card"]["purpose"] == "made for a test"


def test_a_damaged_release_is_refused_and_the_one_before_serves(
    settings: Settings, client: httpx.Client, made: Path, tmp_path: Path
) -> None:
    from shutil import copytree

    copytree(made, tmp_path / "damaged")
    (tmp_path / "damaged" / "recruiting.json").write_text("{}")
    releases = Releases(f"{settings.models_uri}/recruiting")
    releases.publish(tmp_path / "damaged", "r2")
    releases.promote("r2", "test")
    until(lambda: client.get("/ready?use_case=recruiting").json()["refused"])
    assert client.get(f"/recruiting/vacancies/{VACANCY}/candidates").json()["release"] == "r1"
