"""The releases in service are read and compared with their checksums while the service is being imported."""

import asyncio
import threading
from pathlib import Path

import pytest

from app.releases import early_reading
from app.releases.early_reading import EarlyReading
from app.releases.loading import Loading
from script_shared.errors import ReleaseCorruptError
from script_shared.releases import Manifest, Pointer, Releases
from script_shared.throttle import yield_cpu
from tests.app.releases.test_loading import Loader


class Slow(Releases):
    """Its files are never read to their end."""

    def fetch_with_manifest(self, version: str) -> tuple[Path, Manifest]:
        while True:
            yield_cpu()


@pytest.fixture
def store(tmp_path: Path) -> Releases:
    """One with two releases, the first of which is in service."""
    releases = Releases(tmp_path / "models")
    (tmp_path / "made").mkdir()
    (tmp_path / "made" / "model.json").write_text("{}")
    for version in ("v1", "v2"):
        releases.publish(tmp_path / "made", version)
    releases.promote("v1", "test")
    return releases


def read(*stores: Releases) -> EarlyReading:
    reading = EarlyReading(stores)
    reading.start()
    return reading


def test_a_release_that_was_read_is_taken_once(store: Releases) -> None:
    reading, pointer = read(store), store.current()
    assert pointer is not None
    assert reading.take(store.uri, pointer) == store.fetch_with_manifest("v1")
    assert reading.take(store.uri, pointer) is None


def test_a_release_that_has_left_service_is_not_taken(store: Releases) -> None:
    reading = read(store)
    reading.end()
    assert reading.take(store.uri, store.promote("v2", "test")) is None


def test_a_release_that_was_read_long_ago_is_not_taken(store: Releases, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(early_reading, "VALID_SECONDS", -1.0)
    reading, pointer = read(store), store.current()
    assert pointer is not None
    assert reading.take(store.uri, pointer) is None


def test_a_damaged_release_is_not_taken_and_the_next_store_is_read(store: Releases, tmp_path: Path) -> None:
    other, pointer = Releases(tmp_path / "others"), store.current()
    other.publish(tmp_path / "made", "v1")
    others = other.promote("v1", "test")
    folder = store.fetch("v1")
    (folder / "model.json").write_text("[]")
    assert pointer is not None
    reading = read(store, other)
    assert reading.take(store.uri, pointer) is None
    assert reading.take(other.uri, others) is not None


def test_a_store_without_a_release_in_service_and_an_object_store_are_left_out(tmp_path: Path) -> None:
    empty, objects = Releases(tmp_path / "models"), Releases("s3://nowhere/models/news")
    reading = read(empty, objects)
    reading.end()
    assert [store.uri for store in reading._stores] == [empty.uri]


def test_reading_ends_when_workers_are_forked(store: Releases, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(early_reading, "PATIENCE_SECONDS", 0.01)
    reading, pointer = read(Slow(store.uri)), store.current()
    reading.end()
    assert pointer is not None
    assert reading.take(store.uri, pointer) is None


def test_the_first_load_does_not_read_the_files_again(store: Releases) -> None:
    pointer = store.current()
    assert pointer is not None
    early_reading.start([store])
    early_reading.end()
    (store.fetch("v1") / "model.json").write_text("[]")  # damaged after it was read
    loading = Loading(store, Loader(), None, None)
    assert asyncio.run(loading.load(pointer, "v1", beside=False)).service == "v1"
    with pytest.raises(ReleaseCorruptError):
        asyncio.run(loading.load(pointer, "v1", beside=False))


class Blocked(Releases):
    """Its disk does not answer."""

    answer = threading.Event()

    def current(self) -> Pointer | None:
        self.answer.wait()
        return None


def test_a_store_that_does_not_answer_delays_no_other_store_and_no_fork(
    store: Releases, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(early_reading, "TAKE_SECONDS", 0.1)
    monkeypatch.setattr(early_reading, "PATIENCE_SECONDS", 0.1)
    blocked, pointer = Blocked(tmp_path / "blocked"), store.current()
    assert pointer is not None
    reading = read(store, blocked)
    try:
        assert reading.take(store.uri, pointer) is not None
        assert reading.take(blocked.uri, pointer) is None
        reading.end()
    finally:
        Blocked.answer.set()
