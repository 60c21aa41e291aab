"""Refine on a master and two workers, one of which is lost in the middle: the tables are the same."""

import contextlib
import threading
import time
from pathlib import Path
from typing import Any

import pytest

from pipelines.news.refine.spark import challenge
from pipelines.use_case import Context
from tests.pipelines.news.challenge_files import context_of, write_raw
from tests.pipelines.news.refine.spark.both_engines import SOCKETS, assert_same
from tests.pipelines.news.refine.spark.test_parity import dirty_readers
from tests.pipelines.spark.cluster import Cluster, cluster

pytestmark = [pytest.mark.spark, pytest.mark.long, *SOCKETS]
DONE = "news_spark/refined/.*/.spark/histories/_temporary/0/task_*"  # tasks of the histories that ended well


class _Loss:
    """Kills a worker once a task of the first stage is done."""

    def __init__(self, running: Cluster, folder: Path) -> None:
        self.killed = 0
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._watch, args=(running, folder), daemon=True)

    def __enter__(self) -> "_Loss":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def _watch(self, running: Cluster, folder: Path) -> None:
        while not self._over.is_set():
            with contextlib.suppress(FileNotFoundError):  # a folder was removed meanwhile
                if list(folder.glob(DONE)):
                    self.killed = running.kill_worker(0)
                    return
            time.sleep(0.02)


def test_a_worker_that_is_lost_in_the_middle_of_refine_changes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("pyspark", reason="make test-spark installs PySpark")
    monkeypatch.setenv("SPARK_LOCAL_IP", "127.0.0.1")
    monkeypatch.setattr(challenge, "PIECE_BYTES", 8_000)
    monkeypatch.setattr("pipelines.spark.pieces.CHUNK", 500)

    def fill(_: Context, raw: Path) -> dict[str, Any] | None:
        write_raw(raw, dirty_readers())
        return None

    with cluster(tmp_path / "spark") as running:
        context = context_of(tmp_path)
        settings = context.settings.model_copy(update={"spark_master": running.master})
        context = Context(settings, context.params, context.run)
        with _Loss(running, tmp_path / "data") as loss:
            assert_same(context, fill)
        assert loss.killed >= 2  # the worker, and its executor
        assert running.workers[1].poll() is None
