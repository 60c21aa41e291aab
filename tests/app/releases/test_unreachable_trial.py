"""A trial that fails because something is unreachable says nothing about the release, and is repeated."""

from collections.abc import Collection
from pathlib import Path

import pytest

from app.releases.refusal import CheckError
from app.releases.release_guard import ReleaseGuard
from app.releases.release_trial import ReleaseTrial, say
from script_shared.errors import UnavailableError
from script_shared.releases import Manifest, Releases

pytestmark = pytest.mark.slow


class Unreachable(ReleaseTrial):
    def run(self, folder: Path, manifest: Manifest, without: Collection[str]) -> None:
        say(stage="release")
        raise UnavailableError("the tables are unreachable.", fix="Start them.")


def test_no_verdict_is_kept_if_something_is_unreachable_in_a_trial(tmp_path: Path) -> None:
    made = tmp_path / "made"
    made.mkdir()
    (made / "file").write_text("content")
    releases = Releases(str(tmp_path / "models"))
    releases.publish(made, "r1")
    guard = ReleaseGuard(tmp_path / "cache", f"{__name__}:Unreachable", None)
    for _ in range(2):
        with pytest.raises(CheckError, match="the tables are unreachable"):
            guard.verdict(made, releases.manifest("r1"))
    assert not list((tmp_path / "cache").rglob("*.json"))
