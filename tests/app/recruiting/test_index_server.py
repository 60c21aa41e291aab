"""The index server in the service: answers come from its copy, and every process sees the changes of the others."""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from shutil import copytree

import httpx
import pytest
from pydantic import SecretStr

from pipelines.recruiting.maintenance import prune
from pipelines.recruiting.release.vectors import index as index_step
from pipelines.recruiting.use_case import RECRUITING
from pipelines.use_case import Context, Options
from script_shared.recruiting.index.base import VectorIndex
from script_shared.recruiting.index.pgvector import PgvectorIndex
from script_shared.recruiting.index.servers import SIDES, index_name, index_server, is_of_store
from script_shared.recruiting.ranking.matcher import Matcher
from script_shared.releases.store_id import store_id
from script_shared.settings import Settings
from script_shared.use_case_settings import UseCaseSettings
from tests.app.conftest import serving, until
from tests.app.recruiting.releases import ADMIN, TINY, VACANCY, settings_in
from tests.app.recruiting.test_records import NEW, put
from tests.pipelines.recruiting.conftest import do, make_context
from tests.script_shared.recruiting.index.test_contract import postgres

pytestmark = pytest.mark.slow

__all__ = ["postgres"]  # fixtures
PATH = f"/recruiting/vacancies/{VACANCY}/candidates?limit=50"


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Context:
    context = make_context(tmp_path_factory.mktemp("recruiting"), *TINY)
    do(context, "landing", "refine", "train")
    return context


@pytest.fixture
def settings(trained: Context, postgres: str, tmp_path: Path) -> Settings:
    return settings_in(tmp_path, index_uri=SecretStr(postgres))


def in_service(trained: Context, settings: Settings, version: str) -> Context:
    """Publish, index and promote the trained run as a release; its context."""
    context = RECRUITING.context(settings, version, Options(), trained.params)
    made = settings.data_dir / version
    copytree(trained.run.read("trained"), made)
    (made / "_manifest.json").unlink()
    (made / "model_card.json").write_text("{}")
    context.releases.publish(made, version)
    for step, facts in (("trained", {}), ("published", {"version": version}), ("gated", {"accepted": True})):
        with context.run.write(step) as (folder, kept):
            kept.update(facts)
            if step == "trained":
                copytree(made / "index", folder / "index")
    facts = index_step(context)
    assert facts.get("candidates", 0) > 100 or "does not answer" in facts["not_indexed"]
    context.releases.promote(version, "test")
    return context


@pytest.fixture
def clients(trained: Context, settings: Settings) -> Iterator[tuple[httpx.Client, httpx.Client]]:
    in_service(trained, settings, "r1")
    with ExitStack() as stack:
        both = [stack.enter_context(serving(settings)) for _ in range(2)]
        for each in both:
            until(lambda client=each: client.get("/ready?use_case=recruiting").status_code == 200)  # type: ignore[misc]
            each.headers.update(ADMIN)
        yield both[0], both[1]


def named(settings: Settings, side: str, release: str) -> str:
    return index_name(side, release, store_id(settings, "recruiting"))


def copy_of(settings: Settings, side: str, release: str) -> VectorIndex:
    server = index_server(settings)
    assert server is not None
    matcher = Matcher.load(settings.data_dir / release, release)
    own = matcher.parts.candidate_index
    found = server.open(named(settings, side, release), 12, own.encoder)
    assert found is not None
    return found


def test_answers_come_from_the_copy_and_changes_of_one_process_reach_all(
    clients: tuple[httpx.Client, httpx.Client], settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = clients
    queries: list[str] = []
    query = PgvectorIndex.query

    def counted(self: PgvectorIndex, *given: object) -> object:
        queries.append(self._name)
        return query(self, *given)  # type: ignore[arg-type]

    monkeypatch.setattr(PgvectorIndex, "query", counted)
    found = first.get(PATH).json()["candidates"]
    assert queries == [named(settings, "candidates", "r1")]
    put(first, "vacancies/new-1", NEW)
    until(lambda: bool(second.get("/recruiting/vacancies/new-1/candidates").json().get("candidates")))
    assert copy_of(settings, "vacancies", "r1").count({"state": ["bahia"]}) >= 1
    gone = found[0]["candidate_id"]
    before = copy_of(settings, "candidates", "r1").count()
    assert first.delete(f"/recruiting/candidates/{gone}").json() == {"erased": True}
    until(lambda: gone not in {each["candidate_id"] for each in second.get(PATH).json()["candidates"]})
    first.get(PATH)
    assert copy_of(settings, "candidates", "r1").count() == before - 1
    assert len(second.get(PATH).json()["candidates"]) == len(found)


def test_two_releases_have_their_own_indexes_and_those_of_removed_releases_are_dropped(
    trained: Context, settings: Settings, clients: tuple[httpx.Client, httpx.Client]
) -> None:
    context = in_service(trained, settings, "r2")
    for client in clients:
        until(lambda each=client: each.get(PATH).json()["release"] == "r2")  # type: ignore[misc]
    assert copy_of(settings, "candidates", "r1").count() == copy_of(settings, "candidates", "r2").count()
    server = index_server(settings)
    assert server is not None
    for name in (named(settings, "candidates", "removed"), index_name("candidates", "r1", "")):
        server.make(name, 12, "e1")
    others = [index_name("candidates", "removed", ""), index_name("vacancies", "removed", "01234567")]
    for name in others:  # of other installations, which share the server
        server.make(name, 12, "e1")
    prune(context)
    found, store = set(server.names()), store_id(settings, "recruiting")
    own = {named(settings, side, release) for side in SIDES for release in ("r1", "r2")}
    assert {name for name in found if is_of_store(name, store)} == own
    assert set(others) <= found
    assert index_name("candidates", "r1", "") not in found
    for name in others:
        server.drop(name)
    server.close()
    assert clients[0].get(PATH).json()["candidates"]


def test_a_server_that_is_down_stops_no_answer(settings: Settings, trained: Context) -> None:
    in_service(trained, settings, "r1")
    nowhere = UseCaseSettings(index_uri=SecretStr("http://127.0.0.1:9"))
    with serving(settings.model_copy(update={"by_use_case": {"recruiting": nowhere}})) as client:
        until(lambda: client.get("/ready?use_case=recruiting").status_code == 200)
        client.headers.update(ADMIN)
        assert len(client.get(PATH).json()["candidates"]) == 50
        put(client, "vacancies/new-1", NEW)
        assert client.get("/recruiting/vacancies/new-1/candidates").json()["candidates"]


def test_a_server_that_is_down_holds_no_release_back_and_maintenance_copies_its_indexes_later(
    settings: Settings, trained: Context
) -> None:
    nowhere = UseCaseSettings(index_uri=SecretStr("http://127.0.0.1:9"))
    down = settings.model_copy(update={"by_use_case": {"recruiting": nowhere}})
    context = in_service(trained, down, "late")
    pointer = context.releases.current()
    assert pointer is not None
    assert pointer.version == "late"
    again = RECRUITING.context(settings, "late", Options(), trained.params)
    copied = [named(settings, side, "late") for side in SIDES]
    assert prune(again)["indexes_copied"] == copied
    assert copy_of(settings, "candidates", "late").count() > 100
    assert prune(again)["indexes_copied"] == []
