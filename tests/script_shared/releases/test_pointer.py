"""The pointer: promote, rollback, and what a damaged one does."""

from pathlib import Path

import pytest

from script_shared.errors import ReleaseConflictError, ReleaseCorruptError, ReleaseMissingError, UnavailableError
from script_shared.releases import Pointer, Releases
from script_shared.storage import open_storage
from tests.script_shared.releases.made import damage, make_folder, overwrite, publish


def current(releases: Releases) -> Pointer:
    pointer = releases.current()
    assert pointer is not None
    return pointer


def test_promote_puts_a_release_into_service_and_says_who_and_why(releases: Releases, tmp_path: Path) -> None:
    publish(releases, tmp_path, "v1")
    answer = releases.promote("v1", "better", by="ana")
    assert current(releases) == answer
    assert (answer.version, answer.sequence, answer.by, answer.reason, answer.kind) == (
        "v1",
        1,
        "ana",
        "better",
        "promote",
    )


def test_a_poller_sees_every_move_of_somebody_else(releases: Releases, tmp_path: Path, root: str) -> None:
    poller = Releases(root, tmp_path / "cache")
    assert poller.current() is None
    publish(releases, tmp_path, "v1", "v2")
    for version in ["v1", "v2", "v1", "v2"]:
        releases.promote(version, "test")
        assert current(poller).version == version
        assert poller.current() is poller.current()


def latest(root: str) -> str:
    stored = open_storage(root).read("latest.txt")
    return stored.data.decode() if stored else ""


def test_latest_txt_names_the_version_in_service_after_every_move(
    releases: Releases, tmp_path: Path, root: str
) -> None:
    publish(releases, tmp_path, "v1", "v2")
    assert latest(root) == ""
    for version in ("v1", "v2"):
        releases.promote(version, "test")
        assert latest(root) == version
    releases.rollback("test")
    assert latest(root) == "v1"


def test_a_latest_txt_that_cannot_be_written_stops_no_move(local: Releases, tmp_path: Path) -> None:
    publish(local, tmp_path, "v1")
    (tmp_path / "models" / "news" / "latest.txt").mkdir()
    assert local.promote("v1", "test").version == "v1"
    assert current(local).version == "v1"


def test_promoting_what_is_in_service_changes_nothing(releases: Releases, tmp_path: Path) -> None:
    publish(releases, tmp_path, "v1")
    first = releases.promote("v1", "first")
    assert releases.promote("v1", "second") == first
    assert releases.promote("v1", "third", expect="v0") == first


def test_promote_can_expect_which_release_it_replaces(releases: Releases, tmp_path: Path) -> None:
    publish(releases, tmp_path, "v1", "v2", "v3")
    with pytest.raises(ReleaseConflictError, match=r"release \(none\) is in service, not v1"):
        releases.promote("v2", "test", expect="v1")
    releases.promote("v1", "test", expect="")
    with pytest.raises(ReleaseConflictError, match="release v1 is in service, not v3"):
        releases.promote("v2", "test", expect="v3")
    assert releases.promote("v2", "test", expect="v1").version == "v2"


def test_a_missing_release_cannot_be_promoted(releases: Releases) -> None:
    with pytest.raises(ReleaseMissingError, match="'v9' does not exist"):
        releases.promote("v9", "test")
    with pytest.raises(ReleaseMissingError, match="'v9' does not exist"):
        releases.promote("v9", "test", check=False)
    assert releases.current() is None


def test_a_damaged_release_cannot_be_promoted_and_the_old_one_stays(releases: Releases, tmp_path: Path) -> None:
    publish(releases, tmp_path, "v1", "v2")
    releases.promote("v1", "test")
    damage(releases, releases.manifest("v2"))
    with pytest.raises(ReleaseCorruptError, match=r"model\.json has another checksum"):
        releases.promote("v2", "test")
    assert current(releases).version == "v1"


def test_the_revision_counts_every_write_of_the_pointer(local: Releases, tmp_path: Path) -> None:
    publish(local, tmp_path, "v1", "v2")
    assert [local.promote(version, "test").revision for version in ("v1", "v2", "v2")] == [1, 2, 2]


def test_eighty_promotes_count_up_and_keep_the_last_fifty(local: Releases, tmp_path: Path) -> None:
    publish(local, tmp_path, "v1", "v2")
    for number in range(1, 81):
        assert local.promote(f"v{number % 2 + 1}", f"move {number}", check=False).sequence == number
    assert [move.sequence for move in current(local).history] == list(range(31, 81))
    assert current(local).history[-1].reason == "move 80"


def test_rollback_goes_back_one_by_one(releases: Releases, tmp_path: Path) -> None:
    publish(releases, tmp_path, "a", "b", "c")
    for version in "abc":
        releases.promote(version, "test")
    assert releases.rollback("c is bad", by="ana").version == "b"
    assert releases.rollback("b is bad too").version == "a"
    with pytest.raises(ReleaseMissingError, match="no earlier release"):
        releases.rollback("a as well")
    assert (current(releases).version, current(releases).sequence, current(releases).kind) == ("a", 5, "rollback")


def test_after_a_rollback_and_a_promote_the_bad_release_is_not_what_comes_before(
    local: Releases, tmp_path: Path
) -> None:
    publish(local, tmp_path, "a", "bad", "c")
    local.promote("a", "test")
    local.promote("bad", "test")
    local.rollback("bad")
    local.promote("c", "test")
    assert current(local).earlier() == ["a"]


def test_a_release_promoted_twice_stands_once_among_the_earlier_ones(local: Releases, tmp_path: Path) -> None:
    publish(local, tmp_path, "a", "b")
    for version in "abab":
        local.promote(version, "test")
    assert current(local).earlier() == ["a"]


def test_rollback_passes_over_a_damaged_release(releases: Releases, tmp_path: Path) -> None:
    publish(releases, tmp_path, "a", "b", "c")
    for version in "abc":
        releases.promote(version, "test")
    damage(releases, releases.manifest("b"))
    assert releases.rollback("c is bad").version == "a"


def test_rollback_without_a_release_in_service_is_refused(releases: Releases) -> None:
    with pytest.raises(ReleaseMissingError, match="no earlier release"):
        releases.rollback("test")


@pytest.mark.parametrize(
    "data", [b"", b"{", b"[]", b'{"version": "../x"}', b"\xff\xfe", b'{"version": "v1", "sequence": 0}']
)
def test_a_damaged_pointer_is_an_error_that_says_what_to_do(releases: Releases, tmp_path: Path, data: bytes) -> None:
    publish(releases, tmp_path, "v1")
    overwrite(releases, "current", data)
    for action in (releases.current, lambda: releases.promote("v1", "test")):
        with pytest.raises(ReleaseCorruptError, match=r"pointer .*current is damaged: .*--replace-damaged"):
            action()
    assert releases.promote("v1", "repaired", replace_damaged=True).version == "v1"
    assert current(releases).version == "v1"


def test_a_repair_leaves_a_good_pointer_and_its_history_alone(local: Releases, tmp_path: Path) -> None:
    publish(local, tmp_path, "v1", "v2")
    local.promote("v1", "test")
    assert local.promote("v2", "test", replace_damaged=True).sequence == 2


def test_polling_a_folder_opens_one_file_and_parses_it_once(
    local: Releases, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish(local, tmp_path, "v1")
    local.promote("v1", "test")
    local.current()
    opened: list[Path] = []
    read = Path.read_bytes
    monkeypatch.setattr(Path, "read_bytes", lambda path: opened.append(path) or read(path))
    monkeypatch.setattr(Pointer, "model_validate_json", lambda *_: pytest.fail("an unchanged pointer was parsed again"))
    for _ in range(20):
        assert current(local).version == "v1"
    assert opened == [pointer_file(local)] * 20


def pointer_file(local: Releases) -> Path:
    return Path(local.uri) / "current"


def test_a_kept_pointer_does_not_hide_that_the_pointer_went_away(releases: Releases, tmp_path: Path) -> None:
    releases.publish(make_folder(tmp_path / "made"), "v1")
    releases.promote("v1", "test")
    assert current(releases).version == "v1"
    open_storage(releases.uri).remove("current")
    with pytest.raises(UnavailableError, match="it held v1"):
        releases.current()
    assert Releases(releases.uri).current() is None  # who never saw it cannot know
