"""A release that is served without a damaged part is reported as such while it is in service."""

import asyncio
from collections.abc import Collection
from pathlib import Path

from app.metrics.telemetry import Telemetry
from app.news.releases.release_loader import NewsLoader
from app.releases.release_guard import LOAD_TRIAL, ReleaseGuard
from app.releases.release_manager import ReleaseManager
from script_shared.errors import ReleaseCorruptError
from script_shared.releases import Manifest
from tests.app.conftest import Store


class WithoutRanker(ReleaseGuard):
    """A guard that finds the ranker of every release damaged."""

    def damaged_parts(
        self, folder: Path, manifest: Manifest, *, in_part: bool, beside: bool = False
    ) -> Collection[str]:
        if not in_part:
            raise ReleaseCorruptError("the ranker is damaged.", fix="Train again.")
        return ("ranker",)


def test_later_reads_of_the_pointer_keep_the_refusal(store: Store, tmp_path: Path) -> None:
    store.promote("v1")
    guard = WithoutRanker(tmp_path, LOAD_TRIAL, {})
    counts = Telemetry().counts_of("news")
    live = ReleaseManager(store.releases, NewsLoader(), counts, 0.02, use_case="news", guard=guard)
    for _ in range(3):
        assert not asyncio.run(live.look())
        assert live.require_release().release == "v1"
        assert live.refusal is not None
        assert "the ranker is damaged" in live.refusal.reason
