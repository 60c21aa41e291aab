"""Records that people add and change: with versions, found by every process at once, and in the next training."""

from pathlib import Path
from typing import Any

import httpx
import polars as pl
import pytest
from sqlalchemy import insert

from app.releases.load_trial import LoadTrial
from script_shared.addresses import sqlite_file
from script_shared.events import EventLog
from script_shared.recruiting.erasure import person_name
from script_shared.recruiting.store.schema import TABLES
from script_shared.recruiting.store.store import RecruitingStore, StoredRow
from script_shared.releases import Releases
from script_shared.settings import Settings
from script_shared.storage.tables import tables_address
from tests.app.conftest import serving, until
from tests.app.recruiting.releases import ADMIN, VACANCY
from tests.pipelines.recruiting.conftest import do, make_context

NEW = {"title": "Consultor SAP EWM Sênior", "skills_text": "SAP EWM; ABAP", "level": "Sênior", "state": "Bahia"}
SECRET = "Zuleica Rezende, zu@x.com, (11) 98765-4321. "


def put(client: httpx.Client, path: str, body: dict[str, Any], status: int = 200) -> dict[str, Any]:
    answer = client.put(f"/recruiting/records/{path}", json=body)
    assert answer.status_code == status, answer.text
    found: dict[str, Any] = answer.json()
    return found


def titles(client: httpx.Client, text: str) -> list[str]:
    found = client.get("/recruiting/search", params={"q": text, "kind": "vacancies", "limit": 50}).json()
    return [each["title"] for each in found["results"]]


def test_a_posted_vacancy_is_found_and_ranked_by_this_and_by_another_process(
    client: httpx.Client, settings: Settings
) -> None:
    with serving(settings) as other:
        other.headers.update(ADMIN)
        until(lambda: other.get("/ready?use_case=recruiting").status_code == 200)
        assert put(client, "vacancies/new-1", NEW)["version"] == 1
        assert NEW["title"] in titles(client, "sap ewm")
        until(lambda: NEW["title"] in titles(other, "sap ewm"))
        for each in (client, other):
            found = each.get("/recruiting/vacancies/new-1/candidates").json()["candidates"]
            assert len(found) == 10
        near = client.get("/recruiting/vacancies/new-1/similar?open_only=false").json()["vacancies"]
        assert near


def test_a_record_outlives_the_process_and_is_in_the_next_release(
    client: httpx.Client, settings: Settings, made: Path
) -> None:
    put(client, "vacancies/new-1", NEW)
    releases = Releases(f"{settings.models_uri}/recruiting")
    releases.publish(made, "r2")
    releases.promote("r2", "test")
    until(lambda: client.get("/recruiting/vacancies/new-1/candidates").json().get("release") == "r2")
    with serving(settings) as again:
        until(lambda: again.get("/ready?use_case=recruiting").status_code == 200)
        assert again.get("/recruiting/vacancies/new-1/candidates", headers=ADMIN).status_code == 200


def test_another_version_is_a_409_and_the_record_stays(client: httpx.Client) -> None:
    put(client, "vacancies/new-1", NEW)
    assert "version" in put(client, "vacancies/new-1", {**NEW, "title": "Outra"}, status=409)["detail"]
    assert put(client, "vacancies/new-1", {**NEW, "title": "Outra", "version": 1})["version"] == 2
    found = client.get("/recruiting/records/vacancies/new-1").json()
    assert (found["record"]["title"], found["version"]) == ("Outra", 2)
    assert client.get("/recruiting/records/vacancies").json()["total"] == 1
    assert client.get("/recruiting/records/vacancies?q=%00").status_code == 422
    for text, count in (("outra", 1), ("sap", 0)):
        assert client.get("/recruiting/records/vacancies", params={"q": text}).json()["total"] == count


def test_a_candidates_texts_are_stored_without_personal_data(client: httpx.Client, settings: Settings) -> None:
    text = f"{SECRET}Nome: Zuleica Rezende\n12/03/1985 Experiência com SAP EWM."
    body = {"title": "Consultor", "cv_text": text, "names": ["Zuleica Rezende"], "birth_date": "1985-03-12"}
    put(client, "candidates/new-7", body)
    found = client.get("/recruiting/records/candidates/new-7").text
    assert "SAP EWM" in found
    file = sqlite_file(tables_address(settings, "recruiting"))
    assert file is not None
    stored = b"".join(each.read_bytes() for each in file.parent.glob(f"{file.name}*"))
    for secret in ("zu@x.com", "98765", "Zuleica", "Rezende", "12/03/1985"):
        assert secret not in found
        assert secret.encode() not in stored
    people = client.get("/recruiting/search", params={"q": "sap ewm", "limit": 50}).json()["results"]
    assert "new-7" in [each["candidate_id"] for each in people]


def test_a_candidate_moves_along_the_ladder_and_is_not_recommended_again(client: httpx.Client) -> None:
    def offered() -> list[str]:
        found = client.get("/recruiting/candidates/10001/vacancies?limit=50").json()["vacancies"]
        return [each["vacancy_id"] for each in found]

    before = offered()
    target = before[0]
    pair = {"candidate_id": "10001", "vacancy_id": target, "status": "Prospect"}
    assert client.post("/recruiting/applications", json=pair).json()["version"] == 1
    assert set(offered()) == set(before[1:])  # the others stay open: today stays the last day of these old data
    moved = {**pair, "status": "Encaminhado ao Requisitante"}
    assert client.post("/recruiting/applications", json=moved).status_code == 409
    found = client.post("/recruiting/applications", json={**moved, "version": 1}).json()
    assert (found["version"], found["record"]["status"]) == (2, moved["status"])
    assert found["record"]["updated_on"]
    listed = client.get("/recruiting/records/applications", params={"candidate_id": "10001"}).json()
    assert listed["total"] == 1
    assert client.post("/recruiting/applications", json={**pair, "vacancy_id": "nothing"}).status_code == 404


def test_a_removed_vacancy_is_in_no_answer(client: httpx.Client) -> None:
    put(client, "vacancies/new-1", NEW)
    assert client.delete("/recruiting/records/vacancies/new-1?version=3").status_code == 409
    assert client.delete("/recruiting/records/vacancies/new-1?version=1").json() == {"removed": True}
    assert client.get("/recruiting/vacancies/new-1/candidates").status_code == 404
    assert NEW["title"] not in titles(client, "sap ewm")
    assert client.get("/recruiting/records/vacancies/new-1").status_code == 404


def test_an_erased_candidate_leaves_the_tables_and_cannot_come_back(client: httpx.Client) -> None:
    put(client, "candidates/new-7", {"cv_text": "SAP EWM"})
    pair = {"candidate_id": "new-7", "vacancy_id": VACANCY, "status": "Prospect"}
    assert client.post("/recruiting/applications", json=pair).status_code == 200
    for _ in range(2):  # as a proxy may send it twice
        assert client.delete("/recruiting/candidates/new-7").json() == {"erased": True}
    assert client.get("/recruiting/records/applications").json()["total"] == 0
    assert client.get("/recruiting/records/candidates/new-7").status_code == 404
    put(client, "candidates/new-7", {"cv_text": "SAP EWM"}, status=404)


def test_what_was_added_is_in_the_next_training(client: httpx.Client, settings: Settings, tmp_path: Path) -> None:
    put(client, "vacancies/new-1", {**NEW, "areas": ["TI - SAP", "TI - Projetos"], "is_pcd": True})
    pair = {"candidate_id": "10001", "vacancy_id": "new-1", "status": "Aprovado"}
    assert client.post("/recruiting/applications", json=pair).status_code == 200
    context = make_context(tmp_path)
    assert context.settings.events_address == settings.events_address
    assert do(context, "landing", "refine")["stored"] == 2
    refined = context.run.read("refined")
    found = pl.read_parquet(refined / "vacancies.parquet").filter(pl.col("vacancy_id") == "new-1").row(0, named=True)
    assert (found["title"], found["areas"], found["is_pcd"]) == (NEW["title"], ["TI - Projetos", "TI - SAP"], True)
    table = pl.read_parquet(refined / "applications.parquet").filter(pl.col("vacancy_id") == "new-1")
    assert table["grade"].to_list() == [4]


def test_the_trial_of_a_release_leaves_the_tables_alone(
    settings: Settings, made: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PAUTA_DATA_DIR", str(settings.data_dir))
    manifest = Releases(f"{settings.models_uri}/recruiting").manifest("r1")
    LoadTrial({"use_cases": "recruiting", "use_case": "recruiting"}).run(made, manifest, ())
    assert not settings.data_dir.exists()


def test_a_vacancy_that_was_changed_is_offered_once_and_keeps_its_applications(client: httpx.Client) -> None:
    def offered(candidate: str) -> list[str]:
        found = client.get(f"/recruiting/candidates/{candidate}/vacancies?limit=50").json()["vacancies"]
        return [each["vacancy_id"] for each in found]

    for version in (0, 1):
        put(client, f"vacancies/{VACANCY}", {**NEW, "version": version})
    assert offered("10001").count(VACANCY) == 1
    pair = {"candidate_id": "10001", "vacancy_id": VACANCY, "status": "Prospect"}
    assert client.post("/recruiting/applications", json=pair).status_code == 200
    put(client, f"vacancies/{VACANCY}", {**NEW, "version": 2})
    assert VACANCY not in offered("10001")


def test_an_application_of_the_future_is_a_422(client: httpx.Client) -> None:
    pair = {"candidate_id": "10001", "vacancy_id": VACANCY, "status": "Prospect", "applied_on": "9999-12-31"}
    assert client.post("/recruiting/applications", json=pair).status_code == 422


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("vacancies/new-1", {"nothing": 1}),
        ("vacancies/new-1", {"asked_on": "soon"}),
        ("vacancies/new-1", {"version": -1}),
        ("vacancies/a b", NEW),
        ("candidates/new-7", {"cv_text": "x" * 50_000}),
    ],
)
def test_a_record_that_cannot_be_is_a_422(client: httpx.Client, path: str, body: dict[str, Any]) -> None:
    put(client, path, body, status=422)


def test_a_candidate_whom_another_process_erases_meanwhile_has_no_row(
    client: httpx.Client, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = RecruitingStore(tables_address(settings, "recruiting"))
    write = RecruitingStore.put

    def late(self: RecruitingStore, *given: Any) -> StoredRow:
        EventLog(settings.events_address).erase(person_name("new-7"))
        store.erase_candidate("new-7")
        return write(self, *given)

    monkeypatch.setattr(RecruitingStore, "put", late)
    put(client, "candidates/new-7", {"cv_text": "SAP EWM"}, status=404)
    assert store.get("candidates", ["new-7"]) is None
    store.close()


def test_what_is_written_while_a_candidate_is_erased_is_deleted(
    client: httpx.Client, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(client, "candidates/new-7", {"cv_text": "SAP EWM"})
    store = RecruitingStore(tables_address(settings, "recruiting"))
    erase = EventLog.erase

    def slow(self: EventLog, person: str) -> Any:
        if store.get("candidates", ["new-7"]) is None:
            store.put("candidates", {"candidate_id": "new-7", "cv_text": "Java"})
        return erase(self, person)

    monkeypatch.setattr(EventLog, "erase", slow)
    assert client.delete("/recruiting/candidates/new-7").json() == {"erased": True}
    assert store.get("candidates", ["new-7"]) is None
    store.close()


def test_every_record_is_on_one_page_even_after_the_first_thousand(client: httpx.Client, settings: Settings) -> None:
    store = RecruitingStore(tables_address(settings, "recruiting"))
    with store._connection.transaction() as connection:
        rows = [{"vacancy_id": f"v{n}", "version": 1, "change": n + 1, "removed": False} for n in range(1100)]
        connection.execute(insert(TABLES["vacancies"]), rows)
    store.close()
    found: list[str] = []
    following: dict[str, int] = {}
    while True:
        page = client.get("/recruiting/records/vacancies", params={"limit": 50, **following}).json()
        assert page["total"] == 1100
        found += [each["record"]["vacancy_id"] for each in page["records"]]
        if page["next"] is None:
            break
        following = {"before": page["next"]}
    assert found == [f"v{n}" for n in reversed(range(1100))]
