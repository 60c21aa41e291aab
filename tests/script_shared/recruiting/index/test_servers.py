"""Index servers: indexes by name that are complete before anybody opens them, and the own index as fallback."""

import contextlib
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from script_shared.errors import RequestError, SettingsError, UnavailableError
from script_shared.recruiting.index import served
from script_shared.recruiting.index.base import Entry, IndexServer, VectorIndex
from script_shared.recruiting.index.exact import ExactIndex
from script_shared.recruiting.index.served import ServedIndex
from script_shared.recruiting.index.servers import copy_index, index_server
from script_shared.settings import Settings
from tests.script_shared.recruiting.index.qdrant_double import qdrant_server
from tests.script_shared.recruiting.index.test_contract import WIDTH, entries, postgres, vectors

__all__ = ["postgres"]  # fixtures


def settings(address: str, folder: Path) -> Settings:
    return Settings(data_dir=folder, by_use_case={"recruiting": {"index_uri": address}})


@pytest.fixture(params=["pgvector", "qdrant"])
def server(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[IndexServer]:
    with contextlib.ExitStack() as stack:
        if request.param == "pgvector":
            address = request.getfixturevalue("postgres")
        else:
            pytest.importorskip("qdrant_edge", reason="Qdrant's engine is not installed")
            address, _ = stack.enter_context(qdrant_server(tmp_path))
        found = index_server(settings(address, tmp_path))
        assert found is not None
        for name in found.names():
            found.drop(name)
        yield found
        found.close()


def own(count: int = 30, encoder: str = "e1") -> ExactIndex:
    index = ExactIndex(WIDTH, encoder)
    index.upsert(entries(count), encoder)
    return index


def test_an_index_is_found_once_it_is_complete_and_holds_what_was_copied(server: IndexServer) -> None:
    half = server.make("people", WIDTH, "e1")
    half.upsert(entries(3), "e1")
    assert server.open("people", WIDTH, "e1") is None
    assert copy_index(own(), server, "people", frozenset({"v7"})) == 29
    copy = server.open("people", WIDTH, "e1")
    assert copy is not None
    assert copy.count() == 29
    assert [each.id for each in copy.query(vectors()[3], 1, {"state": ["sp"]}, "e1")] == ["v3"]
    assert [each.id for each in copy.query(vectors()[7], 1, encoder="e1")] != ["v7"]


def test_two_releases_have_their_own_indexes_and_another_encoder_is_refused(server: IndexServer) -> None:
    for name, encoder in (("people_one", "e1"), ("people_two", "e2")):
        copy_index(own(encoder=encoder), server, name, frozenset())
    assert server.names() == ["people_one", "people_two"]
    first = server.open("people_one", WIDTH, "e1")
    assert first is not None
    with pytest.raises(RequestError):
        first.upsert(entries(1), "e2")
    with pytest.raises(RequestError):
        server.open("people_two", WIDTH, "e1")
    server.drop("people_one")
    assert server.names() == ["people_two"]
    assert server.open("people_one", WIDTH, "e1") is None


def test_a_change_of_one_process_is_seen_by_another(server: IndexServer) -> None:
    copy_index(own(), server, "people", frozenset())
    first, second = (ServedIndex(own(), lambda: server.open("people", WIDTH, "e1")) for _ in range(2))
    first.upsert([Entry("new", vectors()[200], {"state": ["mg"]})], "e1")
    copy = server.open("people", WIDTH, "e1")
    assert copy is not None
    assert copy.count({"state": ["mg"]}) == 1
    assert [each.id for each in first.query(vectors()[200], 1, encoder="e1")] == ["new"]
    assert "new" not in [
        each.id for each in second.query(vectors()[200], 5, encoder="e1")
    ]  # it has no record of it yet
    second.own.upsert([Entry("new", vectors()[200])], "e1")
    assert [each.id for each in second.query(vectors()[200], 1, encoder="e1")] == ["new"]
    assert first.delete(["new", "v3"]) == 2
    assert (copy.count(), first.count()) == (29, 29)
    assert [each.id for each in first.query("v5", 3)] == [each.id for each in first.own.query("v5", 3)]


class Breakable:
    """A server's index that can be down."""

    def __init__(self, index: VectorIndex) -> None:
        self.index, self.down, self.calls = index, False, 0

    def __getattr__(self, name: str) -> object:
        def call(*args: object, **named: object) -> object:
            self.calls += 1
            if self.down:
                raise UnavailableError("the vector index does not answer.", fix="Start it.")
            return getattr(self.index, name)(*args, **named)

        return call


def test_the_own_index_answers_while_the_server_is_down_and_missed_changes_are_sent(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    copy = Breakable(own())
    index = ServedIndex(own(), lambda: copy)  # type: ignore[arg-type,return-value]
    copy.down = True
    assert [each.id for each in index.query(vectors()[3], 1, encoder="e1")] == ["v3"]
    calls = copy.calls
    index.upsert([Entry("new", vectors()[200])], "e1")
    index.delete(["v4"])
    assert [each.id for each in index.query(vectors()[200], 1, encoder="e1")] == ["new"]
    assert copy.calls == calls  # it is not called for a while
    copy.down = False
    monkeypatch.setattr(served, "DOWN_SECONDS", 0.0)
    index._next_try = float("-inf")
    assert [each.id for each in index.query(vectors()[200], 1, encoder="e1")] == ["new"]
    assert copy.index.count() == 30
    assert not [each for each in copy.index.query(vectors()[4], 1, encoder="e1") if each.id == "v4"]


def test_changes_of_one_read_are_sent_together() -> None:
    copy = Breakable(own())
    index = ServedIndex(own(), lambda: copy)  # type: ignore[arg-type,return-value]
    with index.send_together():
        for row in range(50):
            index.upsert([Entry("v1", vectors()[row])], "e1")
    assert copy.calls == 1
    assert np.allclose(copy.index.query("v1", 1)[0].similarity, index.own.query("v1", 1)[0].similarity)


@pytest.mark.parametrize("address", ["mysql://x", "sqlite:///x.db", "nothing", "http://", "postgresql://["])
def test_an_address_without_an_index_server_is_refused_without_repeating_it(address: str, tmp_path: Path) -> None:
    with pytest.raises(SettingsError) as caught:
        index_server(settings(address, tmp_path))
    assert "PAUTA_RECRUITING_INDEX_URI" in str(caught.value)


def test_database_needs_the_tables_in_postgresql_and_a_key_is_no_part_of_the_address(tmp_path: Path) -> None:
    with pytest.raises(SettingsError):
        index_server(settings("database", tmp_path))
    assert index_server(Settings(data_dir=tmp_path)) is None
    with qdrant_server(tmp_path) as (address, double):
        found = index_server(settings(address.replace("//", "//:s3cret%21@"), tmp_path))
        assert found is not None
        assert found.names() == []
        assert double.keys == {"s3cret!"}
