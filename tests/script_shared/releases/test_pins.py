"""Pins: what a person protects stays protected through moves and prunes, and programs can see it."""

from pathlib import Path

import pytest

from script_shared.errors import InputError, ReleaseMissingError
from script_shared.releases import Pointer, Releases
from script_shared.releases.pins import FORCED, held_by_person
from tests.script_shared.releases.made import publish


def current(releases: Releases) -> Pointer:
    pointer = releases.current()
    assert pointer is not None
    return pointer


def test_a_pin_survives_moves_and_prunes_until_it_is_taken_back(releases: Releases, tmp_path: Path) -> None:
    publish(releases, tmp_path, "v1", "v2", "v3", "v4")
    releases.promote("v1", "test")
    releases.pin("v1", "the season begins", by="ana")
    for version in ("v2", "v3", "v4"):
        releases.promote(version, "test")
    assert releases.prune(0) == ["v2"], "v4 is in service, v3 is the next of a rollback, v1 is pinned"
    assert [(pin.version, pin.by, pin.reason) for pin in current(releases).pins] == [("v1", "ana", "the season begins")]
    releases.unpin("v1")
    assert releases.prune(0) == ["v1"]


def test_a_second_pin_of_a_release_replaces_the_first(releases: Releases, tmp_path: Path) -> None:
    publish(releases, tmp_path, "v1")
    releases.promote("v1", "test")
    releases.pin("v1", "first")
    assert [pin.reason for pin in releases.pin("v1", " second ").pins] == ["second"]


def test_what_cannot_be_pinned_says_so(releases: Releases, tmp_path: Path) -> None:
    publish(releases, tmp_path, "v1")
    with pytest.raises(ReleaseMissingError, match="cannot be pinned"):
        releases.pin("v1", "before any promotion")
    releases.promote("v1", "test")
    with pytest.raises(ReleaseMissingError, match="'v9' does not exist"):
        releases.pin("v9", "missing")
    with pytest.raises(InputError, match="needs a reason"):
        releases.pin("v1", " ")
    with pytest.raises(InputError, match="is not pinned"):
        releases.unpin("v1")


def test_a_rollback_may_be_limited_to_some_releases(releases: Releases, tmp_path: Path) -> None:
    publish(releases, tmp_path, "v1", "v2", "v3")
    for version in ("v1", "v2", "v3"):
        releases.promote(version, "test")
    with pytest.raises(ReleaseMissingError, match="no earlier release"):
        releases.rollback("bad", among=[])
    assert releases.rollback("bad", among=["v1"]).version == "v1"


def test_what_a_person_chose_is_held_until_a_program_promotes_it_again(releases: Releases, tmp_path: Path) -> None:
    publish(releases, tmp_path, "v1", "v2", "v3")
    releases.promote("v1", "accepted by the gate")
    releases.promote("v2", "needed", by="ana")
    releases.promote("v3", FORCED)
    assert held_by_person(current(releases)) == {
        "v2": "promote by ana: needed",
        "v3": f"promote by pipeline: {FORCED}",
    }
    releases.rollback("bad", by="guard")
    assert set(held_by_person(current(releases))) == {"v2", "v3"}, "a rollback by a program changes nothing"
    releases.rollback("worse", by="ana")
    assert set(held_by_person(current(releases))) == {"v1", "v2", "v3"}
    releases.promote("v2", "accepted by the gate")
    releases.pin("v2", "keep")
    assert held_by_person(current(releases))["v2"] == "pinned by person: keep"
    releases.unpin("v2")
    assert set(held_by_person(current(releases))) == {"v1", "v3"}
