"""A release is loaded in a thread, and garbage of the load does not stay in memory."""

import asyncio
import gc
import weakref
from collections.abc import Collection
from pathlib import Path
from typing import Any

from app.releases.loading import Loading
from app.use_case import ReleaseLoader
from script_shared.releases import Manifest, Releases


class Part:
    """Something that refers to itself, so that reference counting does not free it."""

    def __init__(self) -> None:
        self.whole = self


class Loader(ReleaseLoader[str]):
    """Makes garbage while it loads, and notes whether it is collected meanwhile."""

    left: Any = None
    collects = False

    def load(self, folder: Path, manifest: Manifest, *, without: Collection[str] = ()) -> str:
        self.left, self.collects = weakref.ref(Part()), gc.isenabled()
        return manifest.version


def test_garbage_of_a_load_is_freed_before_the_release_is_frozen(tmp_path: Path) -> None:
    releases, loader = Releases(tmp_path / "models"), Loader()
    (tmp_path / "made").mkdir()
    (tmp_path / "made" / "model.json").write_text("{}")
    releases.publish(tmp_path / "made", "v1")
    pointer = releases.promote("v1", "test")
    gc.disable()
    try:
        loaded = asyncio.run(Loading(releases, loader, None, None).load(pointer, "v1", beside=False))
    finally:
        gc.enable()
        gc.unfreeze()
    assert loaded.service == "v1"
    assert loader.left() is None


class Fetched(Releases):
    """Notes whether garbage is collected while it fetches a release, which may take long."""

    collects = False

    def fetch_with_manifest(self, version: str) -> tuple[Path, Manifest]:
        self.collects = gc.isenabled()
        return super().fetch_with_manifest(version)


def test_garbage_is_collected_while_a_release_is_fetched(tmp_path: Path) -> None:
    releases = Fetched(tmp_path / "models")
    (tmp_path / "made").mkdir()
    (tmp_path / "made" / "model.json").write_text("{}")
    releases.publish(tmp_path / "made", "v1")
    pointer = releases.promote("v1", "test")
    try:
        asyncio.run(Loading(releases, Loader(), None, None).load(pointer, "v1", beside=True))
    finally:
        gc.unfreeze()
    assert releases.collects


def test_no_garbage_is_collected_while_a_release_is_loaded_beside_another(tmp_path: Path) -> None:
    releases, loader = Releases(tmp_path / "models"), Loader()
    (tmp_path / "made").mkdir()
    (tmp_path / "made" / "model.json").write_text("{}")
    releases.publish(tmp_path / "made", "v1")
    pointer, loading = releases.promote("v1", "test"), Loading(releases, loader, None, None)
    try:
        for beside in (True, False):
            asyncio.run(loading.load(pointer, "v1", beside=beside))
            assert loader.collects is not beside
            assert loader.left() is None
            assert gc.isenabled()
    finally:
        gc.unfreeze()
