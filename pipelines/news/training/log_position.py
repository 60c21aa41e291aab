"""What a release stores about the event log beside the live state: its position, clicks to recall, users of visits."""

import json
from pathlib import Path

import numpy as np
import polars as pl

from pipelines.news import columns as c
from pipelines.news.event_parts import SEQ
from pipelines.news.tables import SHARED, VISIT, table_path
from pipelines.runs import Run
from script_shared.arrays import save_arrays
from script_shared.news.serving.loading import POSITION, RECALLED, SHARED_VISITS
from script_shared.news.state.reader_key import digest_key, reader_key
from script_shared.news.state.visits import MOST_VISITS


def note_log(release: Path, run: Run) -> None:
    """Write the refined tables' facts about the log into ``<release>/live``.

    The last entry that the snapshot holds, 0 where the data is not the log's; the numbers of clicks that it does not
    hold although they come before; the visits that have a user, those of the latest logins; which of them are shared.
    """
    live, refined = release / "live", run.read("refined")
    seq = int(run.facts("refined").get("events_seq", 0))
    (live / POSITION).write_text(json.dumps({"seq": seq}), encoding="utf-8")
    if table_path(refined, "recalled").is_file():
        numbers = pl.read_parquet(table_path(refined, "recalled"), glob=False)[SEQ].to_numpy()
        save_arrays(live, {RECALLED: numbers.astype(np.int64)})
    if table_path(refined, "visits").is_file():
        visits = pl.read_parquet(table_path(refined, "visits"), glob=False).tail(MOST_VISITS)
        keys = np.array([digest_key(digest) for digest in visits[VISIT]], np.uint64)
        users = [reader_key(user, "") for user in visits[c.USER_ID]]
        save_arrays(live / "visits", {"visits": keys, "users": np.array(users, np.uint64)})
        if SHARED in visits.columns:  # older tables lack it
            save_arrays(live, {SHARED_VISITS: keys[visits[SHARED].to_numpy()]})
