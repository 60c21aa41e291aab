"""A rewrite of a release writes new files with new checksums and removes the old ones; readers get one or the other."""

from pathlib import Path

import pytest

from script_shared.errors import ReleaseConflictError, ReleaseCorruptError, ReleaseMissingError
from script_shared.releases import Releases
from script_shared.releases.rewrite import NOTE, rewrite_releases
from script_shared.storage import open_storage
from tests.script_shared.releases.made import contents, damage, publish


def shorten(folder: Path) -> None:
    (folder / "model.json").write_text("{}")


def test_a_rewritten_release_has_new_checksums_and_nothing_of_the_old_files(releases: Releases, tmp_path: Path) -> None:
    publish(releases, tmp_path, "v1", "v2")
    releases.promote("v2", "test")
    before = releases.manifest("v1")
    rewrite_releases(releases.uri, ["v1"], shorten, "1 erased")
    after = releases.verify("v1")
    assert after.files["model.json"] != before.files["model.json"]
    assert (after.created_at, after.run_id) == (before.created_at, before.run_id)
    assert after.facts[NOTE][0]["why"] == "1 erased"
    assert contents(releases.fetch("v1"))["model.json"] == b"{}"
    store = open_storage(releases.uri)
    assert store.folders("releases/v1") == [after.folder]
    assert contents(releases.fetch("v2")) == contents(tmp_path / "made" / "v2")
    assert [each.version for each in releases.list()] == ["v2", "v1"]


def test_the_pointer_counts_rewrites_and_keeps_its_release(releases: Releases, tmp_path: Path) -> None:
    publish(releases, tmp_path, "v1", "v2", "v3")
    rewrite_releases(releases.uri, ["v1"], shorten, "1 erased")  # before the first promotion there is no pointer
    assert releases.current() is None
    releases.promote("v2", "test")
    rewrite_releases(releases.uri, ["v1", "v2"], shorten, "1 erased")
    pointer = releases.current()
    assert pointer is not None
    assert (pointer.version, pointer.sequence, pointer.rewritings) == ("v2", 1, 1)
    rewrite_releases(releases.uri, [], shorten, "nobody")
    assert releases.current() == pointer
    assert releases.promote("v3", "next").rewritings == 1
    assert releases.rollback("back").version == "v2"


def test_a_change_that_changes_nothing_writes_nothing(releases: Releases, tmp_path: Path) -> None:
    publish(releases, tmp_path, "v1")
    before = releases.manifest("v1")
    assert rewrite_releases(releases.uri, ["v1"], lambda folder: None, "nobody") == [before]
    assert releases.manifest("v1") == before


def test_a_release_that_is_damaged_or_missing_is_not_rewritten(releases: Releases, tmp_path: Path) -> None:
    publish(releases, tmp_path, "v1")
    before = releases.manifest("v1")
    damage(releases, before)
    with pytest.raises(ReleaseCorruptError):
        rewrite_releases(releases.uri, ["v1"], shorten, "1 erased")
    assert releases.manifest("v1") == before
    with pytest.raises(ReleaseMissingError):
        rewrite_releases(releases.uri, ["v9"], shorten, "1 erased")


def test_a_release_that_is_deleted_meanwhile_stays_deleted(releases: Releases, tmp_path: Path) -> None:
    publish(releases, tmp_path, "v1", "v2", "v3")
    for version in ("v2", "v3"):
        releases.promote(version, "test")

    def deleted(folder: Path) -> None:
        shorten(folder)
        assert releases.prune(0) == ["v1"]

    with pytest.raises(ReleaseConflictError):
        rewrite_releases(releases.uri, ["v1"], deleted, "1 erased")
    assert releases.versions() == ["v2", "v3"]
    assert open_storage(releases.uri).folders("releases/v1") == []


def test_the_second_of_two_rewrites_at_the_same_time_is_a_conflict(releases: Releases, tmp_path: Path) -> None:
    publish(releases, tmp_path, "v1")

    def overtaken(folder: Path) -> None:
        (folder / "model.json").write_text('{"late": 1}')
        rewrite_releases(releases.uri, ["v1"], shorten, "1 erased")

    with pytest.raises(ReleaseConflictError):
        rewrite_releases(releases.uri, ["v1"], overtaken, "2 erased")
    assert contents(releases.fetch("v1"))["model.json"] == b"{}"
    assert open_storage(releases.uri).folders("releases/v1") == [releases.verify("v1").folder]


def test_a_reader_during_a_rewrite_gets_the_new_files(
    releases: Releases, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish(releases, tmp_path, "v1")
    from script_shared.releases import verify

    real, times = verify.require_manifest, []

    def overtaken(*arguments: object) -> object:
        manifest = real(*arguments)  # type: ignore[arg-type]
        times.append(1)
        if len(times) == 1:
            monkeypatch.setattr(verify, "require_manifest", real)
            rewrite_releases(releases.uri, ["v1"], shorten, "1 erased")
        return manifest

    monkeypatch.setattr(verify, "require_manifest", overtaken)
    folder, manifest = releases.fetch_with_manifest("v1")
    assert contents(folder)["model.json"] == b"{}"
    assert manifest == releases.manifest("v1")


def test_copies_of_the_old_files_leave_the_cache_with_the_next_download(remote: Releases, tmp_path: Path) -> None:
    publish(remote, tmp_path, "v1", "v2")
    old = remote.fetch("v1")
    rewrite_releases(remote.uri, ["v1"], shorten, "1 erased")
    assert old.is_dir()
    remote.fetch("v2")
    assert not old.exists()
