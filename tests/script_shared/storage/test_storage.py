"""The contract of a storage, which a folder and an object store fulfil."""

import hashlib
from collections.abc import Callable
from pathlib import Path

import pytest

from script_shared.errors import SettingsError, UnavailableError
from script_shared.storage import LocalStorage, Storage, open_storage


@pytest.fixture
def storage(root: str) -> Storage:
    return open_storage(root)


def stored(storage: Storage, key: str) -> bytes:
    found = storage.read(key)
    assert found is not None
    return found.data


def test_a_missing_object_is_none(storage: Storage) -> None:
    assert storage.read("current") is None
    assert storage.folders("releases") == []
    assert storage.changed_at("releases") is None
    storage.remove("releases/v1")


def test_a_first_write_succeeds_only_once(storage: Storage) -> None:
    assert storage.swap("current", b"one", None)
    assert not storage.swap("current", b"two", None)
    assert stored(storage, "current") == b"one"


def test_a_swap_succeeds_only_if_the_object_is_unchanged(storage: Storage) -> None:
    storage.swap("current", b"one", None)
    seen = storage.read("current")
    assert storage.swap("current", b"two", seen)
    assert not storage.swap("current", b"three", seen)
    assert stored(storage, "current") == b"two"


def test_a_swap_of_an_object_that_was_deleted_fails(storage: Storage) -> None:
    storage.swap("current", b"one", None)
    seen = storage.read("current")
    storage.remove("current")
    assert not storage.swap("current", b"two", seen)


def test_a_read_of_an_unchanged_object_returns_the_known_one(storage: Storage) -> None:
    storage.swap("current", b"one", None)
    seen = storage.read("current")
    assert storage.read("current", seen) is seen
    storage.swap("current", b"two", seen)
    again = storage.read("current", seen)
    assert again is not None
    assert again.data == b"two"


@pytest.mark.parametrize("size", [0, 1, 6_000_000])
def test_a_file_is_uploaded_and_downloaded_unchanged(storage: Storage, tmp_path: Path, size: int) -> None:
    source, copy = tmp_path / "source", tmp_path / "copy"
    source.write_bytes(bytes(range(251)) * (size // 251) + b"x" * (size % 251))
    storage.upload("releases/v+1/files-1/logged/ids.npy", source)
    expected = (hashlib.sha256(source.read_bytes()).hexdigest(), size)
    assert storage.download("releases/v+1/files-1/logged/ids.npy", copy) == expected
    assert storage.digest("releases/v+1/files-1/logged/ids.npy") == expected
    assert copy.read_bytes() == source.read_bytes()


def test_a_missing_file_is_a_file_not_found_error(storage: Storage, tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        storage.digest("releases/v1/a")
    with pytest.raises(FileNotFoundError):
        storage.download("releases/v1/a", tmp_path / "copy")


def test_folders_are_those_directly_below(storage: Storage) -> None:
    for key in ["releases/b/manifest.json", "releases/a/files-1/x/y", "releases/a/z", "other"]:
        storage.swap(key, b"1", None)
    assert storage.folders("releases") == ["a", "b"]
    assert storage.folders("releases/a") == ["files-1"]


def test_files_are_those_directly_below_and_new_content_has_a_new_tag(storage: Storage) -> None:
    assert storage.files("a") == []
    for key in ("a/2.txt", "a/1.txt", "a/b/3.txt", "4.txt"):
        storage.swap(key, b"one", None)
    first = storage.files("a")
    assert [file.name for file in first] == ["1.txt", "2.txt"]
    assert "4.txt" in [file.name for file in storage.files("")]
    assert storage.files("a") == first
    storage.swap("a/1.txt", b"another", storage.read("a/1.txt"))
    second = storage.files("a")
    assert second[0].tag != first[0].tag
    assert second[1] == first[1]


def test_remove_deletes_everything_below_and_nothing_else(storage: Storage) -> None:
    for key in ["releases/v1/a", "releases/v1/b/c", "releases/v10/a", "releases/v1.2"]:
        storage.swap(key, b"1", None)
    storage.remove("releases/v1")
    assert storage.read("releases/v1/a") is None
    assert storage.read("releases/v1/b/c") is None
    assert stored(storage, "releases/v10/a") == b"1"
    assert stored(storage, "releases/v1.2") == b"1"


def test_changed_at_is_the_time_of_the_newest_file(storage: Storage) -> None:
    storage.swap("releases/v1/a", b"1", None)
    first = storage.changed_at("releases/v1")
    assert first is not None
    assert first.tzinfo is not None
    storage.swap("releases/v1/b", b"1", None)
    second = storage.changed_at("releases/v1")
    assert second is not None
    assert second >= first


def test_reading_does_not_create_a_folder(tmp_path: Path) -> None:
    open_storage(tmp_path / "models").read("current")
    assert not (tmp_path / "models").exists()


def test_a_file_uri_is_a_folder(tmp_path: Path) -> None:
    storage = open_storage(f"file://{tmp_path}/my%20models")
    assert isinstance(storage, LocalStorage)
    assert storage.root == tmp_path / "my models"


@pytest.mark.parametrize(
    "uri", ["ftp://host/x", "s3://", "s3:/news", "s3:///prefix", "file://", "file:/news", "http://host/bucket"]
)
def test_a_uri_that_is_no_storage_is_refused(uri: str) -> None:
    with pytest.raises(SettingsError, match="not a location for releases"):
        open_storage(uri)


def test_a_folder_that_is_a_file_is_unavailable(tmp_path: Path) -> None:
    (tmp_path / "models").write_text("x")
    with pytest.raises(UnavailableError, match="models"):
        open_storage(tmp_path / "models").swap("current", b"1", None)


def test_a_bucket_that_does_not_exist_is_unavailable_and_not_just_empty(s3_root: str, tmp_path: Path) -> None:
    storage = open_storage("s3://no-such-bucket-here/x")
    (tmp_path / "file").write_text("x")
    actions: list[Callable[[], object]] = [
        lambda: storage.read("current"),
        lambda: storage.swap("current", b"1", None),
        lambda: storage.upload("a", tmp_path / "file"),
        lambda: storage.digest("a"),
    ]
    for action in actions:
        with pytest.raises(UnavailableError, match=r"no-such-bucket-here.*bucket does not exist"):
            action()


def test_a_store_that_is_down_is_unavailable_and_the_error_names_the_setting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    monkeypatch.setenv("AWS_ALLOW_HTTP", "true")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "a")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "b")
    with pytest.raises(UnavailableError, match="AWS_ENDPOINT_URL"):
        open_storage("s3://bucket/x").read("current")
