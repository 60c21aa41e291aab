"""What Spark writes between two stages holds reads, so a refined run is not published with it."""

from pathlib import Path

import pytest

from pipelines.news.refine.events.logged_events import LoggedEvents
from pipelines.news.refine.spark.step import SCRATCH, tables_by_spark
from tests.pipelines.news.challenge_files import Reader, context_of, read, write_raw
from tests.pipelines.news.refine.spark.both_engines import SOCKETS, with_engine

pytestmark = [pytest.mark.spark, *SOCKETS]


def test_a_folder_between_stages_that_cannot_be_removed_fails_the_step(tmp_path: Path) -> None:
    context = with_engine(context_of(tmp_path), "spark")
    raw, folder, elsewhere = (tmp_path / name for name in ("raw", "refined", "elsewhere"))
    for path in (raw, folder, elsewhere):
        path.mkdir()
    write_raw(raw, [Reader("ana", [read(0)]), Reader("rui", [read(1)])])
    (folder / SCRATCH).symlink_to(elsewhere)  # rmtree refuses a link
    taken = LoggedEvents.of(raw, context.run.run_id, context.settings.events_retention_days, may_switch=False)
    with pytest.raises(OSError, match="symbolic link"):
        tables_by_spark(context, raw, folder, taken)
