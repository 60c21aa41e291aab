"""Sums of hits: additions of all processes add up, and old ones are deleted."""

from pathlib import Path
from threading import Thread

from script_shared.events import EventLog
from script_shared.events.database.hit_counts import BUCKET_MS, KEPT_MS, Hits


def test_additions_of_several_processes_add_up(tmp_path: Path) -> None:
    logs = [EventLog(f"sqlite:///{tmp_path}/events.db") for _ in range(3)]
    places = {(BUCKET_MS, "logged"): Hits(3, 2, 1), (2 * BUCKET_MS, "anonymous"): Hits(1, 0, 1)}
    threads = [Thread(target=lambda log=log: [log.hits.add(places) for _ in range(5)]) for log in logs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    found = logs[0].hits.since(0)
    assert found == {place: Hits(*(15 * count for count in hits)) for place, hits in places.items()}
    assert list(logs[1].hits.since(2 * BUCKET_MS)) == [(2 * BUCKET_MS, "anonymous")]
    for log in logs:
        log.close()


def test_sums_of_more_than_thirty_days_ago_are_deleted(tmp_path: Path) -> None:
    log = EventLog(f"sqlite:///{tmp_path}/events.db")
    log.hits.add({(BUCKET_MS, "logged"): Hits(1, 1, 1)})
    log.hits.add({})
    log.hits.add({(BUCKET_MS + KEPT_MS, "logged"): Hits(1, 0, 0)})
    assert len(log.hits.since(0)) == 2
    log.hits.add({(2 * BUCKET_MS + KEPT_MS, "logged"): Hits(1, 0, 0)})
    assert len(log.hits.since(0)) == 2
    log.close()
