"""Pruning: what may go goes, what is or could come into service stays."""

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from script_shared.errors import InputError, ReleaseMissingError
from script_shared.releases import Releases
from script_shared.releases.pointer import change_pointer, with_retiring
from script_shared.releases.prune import remove_leftovers
from script_shared.storage import open_storage
from tests.script_shared.releases.made import make_folder, publish


def served(releases: Releases, tmp_path: Path, *versions: str) -> None:
    publish(releases, tmp_path, *versions)
    for version in versions:
        releases.promote(version, "test", check=False)


def test_prune_keeps_the_newest_besides_the_one_in_service(releases: Releases, tmp_path: Path) -> None:
    served(releases, tmp_path, "v1", "v2", "v3", "v4", "v5")
    assert releases.prune(2) == ["v1", "v2"]
    assert releases.versions() == ["v3", "v4", "v5"]
    assert [releases.verify(version).version for version in releases.versions()] == ["v3", "v4", "v5"]
    assert not open_storage(releases.uri).folders("releases/v1")


def test_prune_never_takes_the_one_in_service_nor_the_one_a_rollback_takes(releases: Releases, tmp_path: Path) -> None:
    served(releases, tmp_path, "v1", "v2")
    publish(releases, tmp_path, "v3", "v4", "v5")
    assert releases.prune(0) == ["v3", "v4", "v5"]
    assert releases.rollback("test").version == "v1"


def test_before_the_first_promote_nothing_is_pruned(releases: Releases, tmp_path: Path) -> None:
    publish(releases, tmp_path, "v1", "v2")
    assert releases.prune(0) == []
    assert releases.versions() == ["v1", "v2"]


def test_prune_does_not_count_as_a_move(releases: Releases, tmp_path: Path) -> None:
    served(releases, tmp_path, "v1", "v2", "v3")
    before = releases.current()
    releases.prune(0)
    after = releases.current()
    assert before is not None
    assert after is not None
    assert (after.version, after.sequence, after.history) == (before.version, before.sequence, before.history)
    assert after.revision > before.revision


def test_a_pruned_version_can_be_published_again(local: Releases, tmp_path: Path) -> None:
    served(local, tmp_path, "v1", "v2", "v3")
    local.prune(0)
    local.publish(make_folder(tmp_path / "other", "other"), "v1")
    assert local.promote("v1", "test").version == "v1"


def test_what_is_being_deleted_cannot_be_promoted_and_the_next_prune_goes_on(
    releases: Releases, tmp_path: Path
) -> None:
    served(releases, tmp_path, "v1", "v2", "v3")
    storage = open_storage(releases.uri)
    change_pointer(storage, lambda pointer: pointer and with_retiring(pointer, ["v1"]))  # killed right after this
    with pytest.raises(ReleaseMissingError, match="v1 is being deleted"):
        releases.promote("v1", "test", check=False)
    assert releases.prune(5) == ["v1"]
    assert releases.versions() == ["v2", "v3"]
    with pytest.raises(ReleaseMissingError, match="'v1' does not exist"):
        releases.promote("v1", "test", check=False)


def test_what_a_killed_publisher_left_is_removed_after_a_day(releases: Releases, tmp_path: Path) -> None:
    served(releases, tmp_path, "v1")
    storage = open_storage(releases.uri)
    source = make_folder(tmp_path / "made") / "model.json"
    storage.upload("releases/v1/files-dead/model.json", source)
    storage.upload("releases/v2/files-dead/model.json", source)
    assert remove_leftovers(storage) == []
    assert remove_leftovers(storage, lambda: datetime.now(UTC) + timedelta(hours=23)) == []
    tomorrow = datetime.now(UTC) + timedelta(hours=25)
    assert remove_leftovers(storage, lambda: tomorrow) == ["releases/v1/files-dead", "releases/v2"]
    assert storage.folders("releases") == ["v1"]
    assert releases.verify("v1").version == "v1"


def test_each_prune_removes_what_killed_publishers_left(local: Releases, tmp_path: Path) -> None:
    served(local, tmp_path, "v1")
    left = Path(local.uri) / "releases" / "v1" / "files-dead"
    left.mkdir()
    days_ago = (datetime.now(UTC) - timedelta(days=2)).timestamp()
    os.utime(left, (days_ago, days_ago))
    assert local.prune(5) == []
    assert not left.exists()
    assert local.verify("v1").version == "v1"


def test_a_negative_number_to_keep_is_refused(local: Releases) -> None:
    with pytest.raises(InputError, match="cannot keep -1"):
        local.prune(-1)
