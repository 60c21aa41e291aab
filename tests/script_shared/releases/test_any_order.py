"""Any order of actions, against a model of a few lines."""

import shutil
import tempfile
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from script_shared.errors import ReleaseConflictError, ReleaseError, ReleaseMissingError
from script_shared.releases import Releases
from tests.script_shared.releases.made import damage, make_folder

VERSIONS = st.sampled_from(["v1", "v2", "v3", "v4"])
TEXTS = st.sampled_from("ab")


class AnyOrder(RuleBasedStateMachine):
    @initialize()
    def begin(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="pauta-releases-"))
        self.releases = Releases(self.folder / "models")
        self.texts: dict[str, str] = {}
        self.damaged: set[str] = set()
        self.current: str | None = None
        self.moves = 0

    def teardown(self) -> None:
        shutil.rmtree(getattr(self, "folder", "/nonexistent"), ignore_errors=True)

    @rule(version=VERSIONS, text=TEXTS)
    def publish(self, version: str, text: str) -> None:
        folder = make_folder(self.folder / text, text, size=1)
        if self.texts.get(version, text) == text:
            self.releases.publish(folder, version)
            self.texts[version] = text
        else:
            with pytest.raises(ReleaseConflictError):
                self.releases.publish(folder, version)

    @rule(version=VERSIONS)
    def promote(self, version: str) -> None:
        if version in self.texts and version not in self.damaged:
            self.moves += version != self.current
            self.current = version
            assert self.releases.promote(version, "test").sequence == self.moves
        else:
            with pytest.raises(ReleaseError):
                self.releases.promote(version, "test")

    @rule()
    def rollback(self) -> None:
        pointer = self.releases.current()
        goal = [v for v in (pointer.earlier() if pointer else []) if v in self.texts and v not in self.damaged]
        if goal:
            assert self.releases.rollback("test").version == goal[0]
            assert goal[0] != self.current
            self.current, self.moves = goal[0], self.moves + 1
        else:
            with pytest.raises(ReleaseMissingError):
                self.releases.rollback("test")

    @rule(keep=st.integers(0, 3))
    def prune(self, keep: int) -> None:
        pointer = self.releases.current()
        deleted = self.releases.prune(keep)
        assert pointer is None or not {pointer.version, *pointer.earlier()[:1]} & set(deleted)
        for version in deleted:
            del self.texts[version]
            self.damaged.discard(version)
        assert self.current is None or len(self.texts) <= keep + 2

    @precondition(lambda self: self.texts and len(self.damaged) < 2)
    @rule(data=st.data())
    def damage(self, data: st.DataObject) -> None:
        version = data.draw(st.sampled_from(sorted(self.texts)))
        if version not in self.damaged:
            damage(self.releases, self.releases.manifest(version))
            self.damaged.add(version)

    @invariant()
    def what_is_stored_is_what_was_done(self) -> None:
        if not hasattr(self, "releases"):
            return
        pointer = self.releases.current()
        assert (pointer and pointer.version) == self.current
        assert self.releases.versions() == sorted(self.texts)
        if self.current and self.current not in self.damaged:
            text = (self.releases.fetch(self.current) / "model.json").read_text()
            assert text == f'{{"text": "{self.texts[self.current]}"}}'


TestAnyOrder = AnyOrder.TestCase
TestAnyOrder.settings = settings(max_examples=15, stateful_step_count=20, deadline=None)
