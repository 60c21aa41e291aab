"""Verify and fetch: nothing gets out of the store that is not what was published."""

import json
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from script_shared.errors import ReleaseCorruptError, ReleaseError, ReleaseMissingError, UnavailableError
from script_shared.releases import Manifest, Releases
from script_shared.storage import open_storage
from tests.script_shared.releases.made import contents, damage, make_folder, overwrite, publish


def flip(releases: Releases, manifest: Manifest) -> None:
    damage(releases, manifest, "logged/factors.0.npy")


def cut(releases: Releases, manifest: Manifest) -> None:
    overwrite(releases, f"{manifest.base}/logged/factors.0.npy", b"short")


def lose(releases: Releases, manifest: Manifest) -> None:
    open_storage(releases.uri).remove(f"{manifest.base}/logged/factors.0.npy")


@pytest.mark.parametrize(
    ("harm", "problem"),
    [(flip, "has another checksum"), (cut, "has 5 bytes, the manifest says 6000"), (lose, "is missing")],
)
def test_a_damaged_file_is_named_and_the_release_refused(
    releases: Releases, tmp_path: Path, harm: Callable[[Releases, Manifest], None], problem: str
) -> None:
    publish(releases, tmp_path, "v1")
    harm(releases, releases.manifest("v1"))
    for action in (releases.verify, releases.fetch):
        with pytest.raises(ReleaseCorruptError, match=rf"logged/factors.0.npy {problem}.*rollback"):
            action("v1")
    assert not list((tmp_path / "cache").glob("*/v1*"))


def test_several_damaged_files_are_counted(releases: Releases, tmp_path: Path) -> None:
    publish(releases, tmp_path, "v1")
    damage(releases, releases.manifest("v1"))
    flip(releases, releases.manifest("v1"))
    with pytest.raises(ReleaseCorruptError, match="and 1 more of 3 files"):
        releases.verify("v1")


def test_a_missing_release_cannot_be_fetched(releases: Releases) -> None:
    with pytest.raises(ReleaseMissingError, match="'v1' does not exist"):
        releases.fetch("v1")


def test_a_local_root_gives_its_own_folder(local: Releases, tmp_path: Path) -> None:
    publish(local, tmp_path, "v1")
    assert local.fetch("v1").is_relative_to(Path(local.uri))


def test_a_good_copy_in_the_cache_is_used_again(remote: Releases, tmp_path: Path) -> None:
    publish(remote, tmp_path, "v1")
    folder = remote.fetch("v1")
    lose(remote, remote.manifest("v1"))  # a second download would fail
    assert remote.fetch("v1") == folder
    assert contents(folder) == contents(tmp_path / "made" / "v1")


def test_a_damaged_copy_in_the_cache_is_downloaded_again(remote: Releases, tmp_path: Path) -> None:
    publish(remote, tmp_path, "v1")
    (remote.fetch("v1") / "model.json").write_text("damaged")
    assert contents(remote.fetch("v1")) == contents(tmp_path / "made" / "v1")


def test_a_cache_that_cannot_be_written_is_named_by_its_setting(remote: Releases, tmp_path: Path) -> None:
    publish(remote, tmp_path, "v1")
    (tmp_path / "cache").write_text("a file where the folder should be")
    with pytest.raises(UnavailableError, match=r"Not a directory.*PAUTA_CACHE_DIR"):
        remote.fetch("v1")


def test_the_cache_keeps_three_releases_and_nothing_half_written(remote: Releases, tmp_path: Path) -> None:
    publish(remote, tmp_path, "v1", "v2", "v3", "v4")
    cache = remote.fetch("v1").parent
    (cache / ".v0.files-1.99-aaaa.partial").mkdir()
    folders = [remote.fetch(version) for version in ["v2", "v3", "v4"]]
    assert sorted(path for path in cache.iterdir() if path.is_dir()) == sorted(folders)


def test_processes_that_fetch_at_once_download_once(remote: Releases, tmp_path: Path, s3_root: str) -> None:
    publish(remote, tmp_path, "v1")
    folders: list[Path] = []

    def fetch() -> None:
        folders.append(Releases(s3_root, tmp_path / "cache").fetch("v1"))

    threads = [threading.Thread(target=fetch) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(folders) == 4
    assert len(set(folders)) == 1
    assert contents(folders[0]) == contents(tmp_path / "made" / "v1")


def change_manifest(releases: Releases, change: Callable[[dict[str, object]], object]) -> None:
    found = open_storage(releases.uri).read("releases/v1/manifest.json")
    assert found is not None
    manifest = json.loads(found.data)
    change(manifest)
    overwrite(releases, "releases/v1/manifest.json", json.dumps(manifest).encode())


@pytest.mark.parametrize("name", ["../../escaped", "/tmp/escaped", "a/../../escaped", "a//b", ""])
def test_a_manifest_that_names_a_file_outside_is_refused(releases: Releases, tmp_path: Path, name: str) -> None:
    publish(releases, tmp_path, "v1")
    entry = {"sha256": "0" * 64, "bytes": 1}
    change_manifest(releases, lambda manifest: manifest.update(files={name: entry}))
    with pytest.raises(ReleaseCorruptError, match="is not a valid file name in a release"):
        releases.fetch("v1")


@pytest.mark.parametrize("folder", ["..", "files-1/..", "other", "/etc"])
def test_a_manifest_that_names_another_folder_is_refused(releases: Releases, tmp_path: Path, folder: str) -> None:
    publish(releases, tmp_path, "v1")
    change_manifest(releases, lambda manifest: manifest.update(folder=folder))
    with pytest.raises(ReleaseCorruptError, match=r"manifest .* is damaged: folder"):
        releases.fetch("v1")


def test_the_manifest_of_another_version_is_refused(local: Releases, tmp_path: Path) -> None:
    publish(local, tmp_path, "v1")
    change_manifest(local, lambda manifest: manifest.update(version="v2"))
    with pytest.raises(ReleaseCorruptError, match="belongs to 'v2'"):
        local.verify("v1")


def test_a_newer_format_asks_for_an_upgrade(local: Releases, tmp_path: Path) -> None:
    publish(local, tmp_path, "v1")
    change_manifest(local, lambda manifest: manifest.update(format=99))
    with pytest.raises(ReleaseError, match=r"has format 99.*Upgrade"):
        local.fetch("v1")


def test_a_damaged_manifest_hides_one_release_and_no_other(releases: Releases, tmp_path: Path) -> None:
    publish(releases, tmp_path, "v1", "v2")
    overwrite(releases, "releases/v1/manifest.json", b"{")
    assert [manifest.version for manifest in releases.list()] == ["v2"]
    assert releases.versions() == ["v1", "v2"]
    with pytest.raises(ReleaseCorruptError, match=r"manifest .*releases/v1/manifest.json is damaged"):
        releases.manifest("v1")


def test_a_moved_root_is_as_good_as_before(local: Releases, tmp_path: Path) -> None:
    local.publish(make_folder(tmp_path / "made"), "v1")
    local.promote("v1", "test")
    Path(local.uri).rename(tmp_path / "moved")
    moved = Releases(tmp_path / "moved")
    pointer = moved.current()
    assert pointer is not None
    assert contents(moved.fetch(pointer.version)) == contents(tmp_path / "made")
