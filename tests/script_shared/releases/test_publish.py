"""Publishing: all or nothing, once."""

import math
import threading
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from script_shared.errors import InputError, ReleaseConflictError, ReleaseMissingError
from script_shared.releases import Releases
from script_shared.releases.publish import publish as publish_to
from script_shared.releases.records import check_path, check_version
from script_shared.storage import LocalStorage, open_storage
from tests.patience import PATIENCE_SECONDS
from tests.script_shared.releases.made import contents, make_folder, publish


def test_a_published_release_holds_exactly_the_files_of_the_folder(releases: Releases, tmp_path: Path) -> None:
    folder = make_folder(tmp_path / "made")
    manifest = releases.publish(folder, "v1", {"ndcg": 0.5}, run_id="run-1")
    assert contents(releases.fetch("v1")) == contents(folder)
    assert set(manifest.files) == set(contents(folder))
    assert releases.manifest("v1") == manifest
    assert (manifest.facts, manifest.run_id) == ({"ndcg": 0.5}, "run-1")
    assert manifest.total_bytes == sum(len(data) for data in contents(folder).values())


def test_releases_are_listed_newest_first_and_none_is_in_service(releases: Releases, tmp_path: Path) -> None:
    publish(releases, tmp_path, "b", "a", "c+1")
    assert [manifest.version for manifest in releases.list()] == ["c+1", "a", "b"]
    assert releases.versions() == ["a", "b", "c+1"]
    assert releases.current() is None


def test_an_undefined_figure_is_null_in_the_manifest(local: Releases, tmp_path: Path) -> None:
    local.publish(make_folder(tmp_path / "made"), "v1", {"recall": math.nan})
    assert local.manifest("v1").facts == {"recall": None}


def test_a_folder_without_manifest_is_no_release(releases: Releases, tmp_path: Path) -> None:
    open_storage(releases.uri).upload("releases/v1/files-1/model.json", make_folder(tmp_path / "made") / "model.json")
    assert releases.versions() == []
    assert releases.list() == []
    with pytest.raises(ReleaseMissingError, match="'v1' does not exist"):
        releases.promote("v1", "test")
    publish(releases, tmp_path, "v1")
    assert releases.verify("v1").version == "v1"


def test_the_same_files_published_again_change_nothing(releases: Releases, tmp_path: Path) -> None:
    folder = make_folder(tmp_path / "made")
    first = releases.publish(folder, "v1", {"n": 1})
    assert releases.publish(folder, "v1", {"n": 2}) == first
    assert releases.manifest("v1") == first


def test_other_files_under_the_same_version_are_refused(releases: Releases, tmp_path: Path) -> None:
    first = releases.publish(make_folder(tmp_path / "made", "a"), "v1")
    with pytest.raises(ReleaseConflictError, match=r"v1 exists since .* with other files"):
        releases.publish(make_folder(tmp_path / "made", "b"), "v1")
    assert releases.verify("v1") == first
    assert open_storage(releases.uri).folders("releases/v1") == [first.folder]


class Waiting(LocalStorage):
    """Lets everybody arrive before anybody goes on to write a manifest."""

    def __init__(self, root: Path, barrier: threading.Barrier) -> None:
        super().__init__(root)
        self._barrier = barrier

    def swap(self, *arguments: object) -> bool:
        self._barrier.wait(PATIENCE_SECONDS)
        return super().swap(*arguments)  # type: ignore[arg-type]


def test_of_two_publishers_of_one_version_one_wins_and_its_files_are_whole(tmp_path: Path) -> None:
    storage = Waiting(tmp_path / "models", threading.Barrier(2))
    outcomes: dict[str, str] = {}

    def one(text: str) -> None:
        folder = make_folder(tmp_path / text, text)
        try:
            outcomes[text] = publish_to(storage, folder, "v1", {}, "").folder
        except ReleaseConflictError:
            outcomes[text] = "lost"

    threads = [threading.Thread(target=one, args=(text,)) for text in "ab"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    winner = next(text for text, outcome in outcomes.items() if outcome != "lost")
    assert sorted(outcomes.values())[1] == "lost"
    assert contents(Releases(tmp_path / "models").fetch("v1")) == contents(tmp_path / winner)
    assert storage.folders("releases/v1") == [outcomes[winner]]


class Deleting(LocalStorage):
    """Another process publishes the version first, and deletes it before we look."""

    def swap(self, *arguments: object) -> bool:
        return False


def test_a_version_that_others_published_and_deleted_meanwhile_is_a_conflict(tmp_path: Path) -> None:
    with pytest.raises(ReleaseConflictError, match=r"v1: was deleted meanwhile.*Publish it again"):
        publish_to(Deleting(tmp_path / "models"), make_folder(tmp_path / "made"), "v1", {}, "")


class Full(LocalStorage):
    """A disk that is full at the third file."""

    room = 2

    def upload(self, key: str, source: Path) -> None:
        self.room -= 1
        if self.room < 0:
            raise OSError(28, "No space left on device")
        super().upload(key, source)


def test_a_failed_attempt_takes_its_files_away_again(tmp_path: Path) -> None:
    storage = Full(tmp_path / "models")
    with pytest.raises(OSError, match="No space left"):
        publish_to(storage, make_folder(tmp_path / "made", files=6), "v1", {}, "")
    assert storage.folders("releases") == []


def test_a_link_is_refused(local: Releases, tmp_path: Path) -> None:
    folder = make_folder(tmp_path / "made")
    (folder / "passwd").symlink_to("/etc/passwd")
    with pytest.raises(InputError, match="passwd: is not a regular file"):
        local.publish(folder, "v1")
    assert local.versions() == []


@pytest.mark.parametrize("name", [".hidden", "a b", "ação.npy", "a\nb", "-rf"])
def test_a_file_with_an_unusual_name_is_refused(local: Releases, tmp_path: Path, name: str) -> None:
    folder = make_folder(tmp_path / "made")
    (folder / name).write_text("x")
    with pytest.raises(InputError, match="is not a valid file name in a release"):
        local.publish(folder, "v1")


def test_an_empty_or_missing_folder_is_refused(local: Releases, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no files to publish"):
        local.publish(tmp_path / "nothing", "v1")


@pytest.mark.parametrize("version", ["", "..", ".", "../v1", "/v1", "a/b", ".v1", "v 1", "v1\n", "v" * 151, "ção"])
def test_a_version_that_cannot_name_a_folder_is_refused_everywhere(
    local: Releases, tmp_path: Path, version: str
) -> None:
    folder = make_folder(tmp_path / "made")
    for action in (
        lambda: local.publish(folder, version),
        lambda: local.promote(version, "test"),
        lambda: local.fetch(version),
        lambda: local.verify(version),
        lambda: local.manifest(version),
    ):
        with pytest.raises(InputError, match="is not a valid release name"):
            action()


@given(st.text(st.sampled_from("./\\a%~ \n\0:"), max_size=8) | st.text(max_size=8))
def test_an_accepted_name_stays_inside_its_folder(name: str) -> None:
    base = Path("/base")
    for check in (check_version, check_path):
        try:
            check(name)
        except InputError:
            continue
        inside = (base / name).resolve()
        assert inside.is_relative_to(base)
        assert inside != base
        assert inside == base / name
