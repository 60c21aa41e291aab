"""What was in service on a machine last can be served there without the store."""

import shutil
from pathlib import Path

import pytest

from script_shared.errors import UnavailableError
from script_shared.releases import Releases
from tests.script_shared.releases.made import publish


def in_service(releases: Releases, folder: Path) -> Releases:
    """Publish a release and do what a process does that serves it."""
    publish(releases, folder, "v1")
    pointer = releases.promote("v1", "test")
    releases.fetch("v1")
    releases.keep(pointer, releases.manifest("v1"))
    return releases


@pytest.fixture
def remote(s3_root: str, tmp_path: Path) -> Releases:
    return in_service(Releases(s3_root, tmp_path / "cache"), tmp_path / "made")


def test_the_cache_gives_what_was_in_service(remote: Releases, tmp_path: Path) -> None:
    kept = Releases(remote.uri, tmp_path / "cache").cached_release()
    assert kept is not None
    assert (kept.pointer, kept.manifest) == (remote.current(), remote.manifest("v1"))
    assert kept.folder == remote.fetch("v1")
    assert not list(kept.folder.parent.glob("*.partial"))


def test_a_damaged_copy_is_not_served(remote: Releases) -> None:
    file = next(remote.fetch("v1").rglob("*.npy"))
    file.chmod(0o644)
    file.write_bytes(b"damaged")
    assert remote.cached_release() is None


def test_another_root_has_nothing_in_the_cache(remote: Releases, tmp_path: Path) -> None:
    assert Releases(f"{remote.uri}/other", tmp_path / "cache").cached_release() is None


def test_a_local_root_keeps_no_copy(tmp_path: Path) -> None:
    local = in_service(Releases(tmp_path / "models", tmp_path / "cache"), tmp_path / "made")
    assert local.cached_release() is None
    assert not (tmp_path / "cache").exists()


def test_a_pointer_that_vanished_is_an_unreachable_store(tmp_path: Path) -> None:
    releases = Releases(tmp_path / "models")
    assert releases.current() is None  # nothing was promoted yet
    publish(releases, tmp_path / "made", "v1")
    releases.promote("v1", "test")
    pointer = releases.current()
    shutil.move(tmp_path / "models", tmp_path / "away")
    for _ in range(2):
        with pytest.raises(UnavailableError, match="empty or was removed; it held v1"):
            releases.current()
    shutil.move(tmp_path / "away", tmp_path / "models")
    assert releases.current() == pointer
