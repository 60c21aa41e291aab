"""Applications that an editor removes: no process counts them, nor does the next training."""

from pathlib import Path

import httpx
import polars as pl

from script_shared.settings import Settings
from tests.app.conftest import serving, until
from tests.app.recruiting.releases import ADMIN, OLD_VACANCY, TINY, VACANCY
from tests.pipelines.recruiting.conftest import do, make_context

NEW = {"candidate_id": "10001", "vacancy_id": VACANCY, "status": "Prospect"}


def applicants(client: httpx.Client, vacancy: str) -> list[str]:
    found = client.get(f"/recruiting/vacancies/{vacancy}/applicants?limit=50").json()["candidates"]
    return [each["candidate_id"] for each in found]


def remove(client: httpx.Client, candidate: str, vacancy: str, version: int = 0) -> int:
    named = {"candidate_id": candidate, "vacancy_id": vacancy, "version": version}
    return client.delete("/recruiting/applications", params=named).status_code


def test_a_removed_application_no_longer_counts_in_any_process(client: httpx.Client, settings: Settings) -> None:
    assert client.post("/recruiting/applications", json=NEW).json()["version"] == 1
    of_files = applicants(client, OLD_VACANCY)[0]
    with serving(settings) as other:
        other.headers.update(ADMIN)
        until(lambda: other.get("/ready?use_case=recruiting").status_code == 200)
        until(lambda: "10001" in applicants(other, VACANCY))
        assert remove(client, "10001", VACANCY, version=3) == 409
        assert remove(client, "10001", VACANCY, version=1) == 200
        assert remove(client, of_files, OLD_VACANCY) == 200
        until(lambda: "10001" not in applicants(other, VACANCY))
        until(lambda: of_files not in applicants(other, OLD_VACANCY))
    assert "10001" not in applicants(client, VACANCY)
    assert client.get("/recruiting/records/applications").json()["total"] == 0
    for gone in (("10001", VACANCY), ("10001", "nothing"), ("nobody", VACANCY)):
        assert remove(client, *gone) == 404
    assert client.post("/recruiting/applications", json=NEW).status_code == 200, "it may be added again"
    assert "10001" in applicants(client, VACANCY)


def test_a_removed_application_from_the_files_is_not_in_the_next_training(
    client: httpx.Client, settings: Settings, tmp_path: Path
) -> None:
    of_files = applicants(client, OLD_VACANCY)[0]
    context = make_context(tmp_path, *TINY)
    assert context.settings.events_address == settings.events_address
    for removed in (False, True):
        if removed:
            assert remove(client, of_files, OLD_VACANCY) == 200
        do(context, "landing", "refine")
        table = pl.read_parquet(context.run.read("refined") / "applications.parquet")
        pairs = set(table.select("candidate_id", "vacancy_id").iter_rows())
        assert ((of_files, OLD_VACANCY) in pairs) != removed
