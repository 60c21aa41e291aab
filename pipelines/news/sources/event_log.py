"""Exports the event log into a raw run: clicks, posted articles, digests of erased users."""

import hashlib
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from pipelines.news.event_parts import FOLDER, POST_FIELDS, TYPES, Parts
from pipelines.raw_files.links import earlier_raws, link_tree, sizes
from pipelines.use_case import Context
from script_shared.errors import TransientError, UnavailableError
from script_shared.events import Entry, ErasedUsers, EventLog, Kind, Quarantine
from script_shared.events.address import log_exists
from script_shared.events.database.articles import BEFORE
from script_shared.news.state.click_weight import Ledger
from script_shared.news.state.event import live_event
from script_shared.news.state.reader_key import reader_name
from script_shared.news.state.visits import login_of

PAGE = 10_000  # entries in memory at once
KINDS = (Kind.CLICK, Kind.ARTICLE, Kind.ERASE, Kind.QUARANTINE, Kind.LOGIN)
TABLES = 3  # increase it when the tables of an export change, so that no older export is used
NOT_EXPORTED = tuple(kind for kind in Kind if kind not in KINDS)
FINGERPRINT, FILES = "events_fingerprint", "events_files"
NOTHING = {"events_seq": 0, "events_clicks": 0, "events_posts": 0, "erased_readers": 0}


def export_events(context: Context, folder: Path) -> dict[str, Any]:
    """Write ``<folder>/events``, or link that of an earlier run where the log has not moved since.

    Without a log there is nothing to add. A log that cannot be reached does not stop the run: the newest earlier export
    is used, so that nobody who was erased comes back, or nothing where there is none. Once reading has begun, a log
    that breaks off stops the step: half of the events must not look like all of them.

    Returns:
        ``events`` (in words what was done), ``events_seq`` (last number included), counts, fingerprint and files.

    Raises:
        TransientError: the log broke off half way.
    """
    address = context.settings.events_address
    if not log_exists(address):
        return {"events": "no event log yet", **NOTHING}
    log = EventLog(address)
    try:
        return _export_log(context, log, folder)
    finally:
        log.close()


def _export_log(context: Context, log: EventLog, folder: Path) -> dict[str, Any]:
    address, use = context.settings.events_address, context.params.events.use
    try:
        last, extent = log.head_fingerprint(KINDS)
    except UnavailableError as error:
        return _without_log(context, folder, error)
    said = f"{address} {extent} {use} {TABLES} {context.params.live.model_dump_json()}"
    mark = hashlib.sha256(said.encode()).hexdigest()[:16]
    if linked := _link_export(context, folder, mark):
        return linked
    try:
        facts = _write_export(log, last, folder, use, Ledger(context.params.live))
    except UnavailableError as error:
        raise TransientError(f"the events were read in part: {error.message}", fix="Run again.") from error
    return {**facts, FINGERPRINT: mark, FILES: sizes(folder, within=FOLDER)}


def _link_export(context: Context, folder: Path, mark: str) -> dict[str, Any] | None:
    """The export of an earlier run with this mark, the newest one for ""; None where there is none."""
    for run in earlier_raws(context.run.root):
        facts = run.facts("raw")
        found, files = facts.get(FINGERPRINT, ""), facts.get(FILES, {})
        if found and mark in ("", found) and files == sizes(run.folder("raw"), within=FOLDER):
            link_tree(run.folder("raw"), folder, files)
            same = {name: facts[name] for name in (*NOTHING, FINGERPRINT, FILES)}
            return {"events": f"unchanged since run {run.run_id}", **same}
    return None


def _write_export(log: EventLog, last: int, folder: Path, use: bool, ledger: Ledger) -> dict[str, Any]:
    export = _Export(folder, ErasedUsers(log.erased_digests()), Quarantine.of(log.history.quarantines()), ledger)
    after = 0 if use else last
    while after < last and (entries := log.tail(after, PAGE, without=NOT_EXPORTED)):
        after = entries[-1].seq
        export.take([entry for entry in entries if entry.seq <= last])
    counts = export.close(log.erased_digests())  # asked for once more: somebody may have been erased meanwhile
    words = "taken from the event log" if use else "left out by the params; erased users are left out in any case"
    return {"events": words, "events_seq": last if use else 0, **counts}


class _Export:
    """The tables of one export, filled in the log's order."""

    def __init__(self, folder: Path, erased: ErasedUsers, quarantine: Quarantine, ledger: Ledger) -> None:
        self._parts = {name: Parts(folder, name) for name in TYPES}
        self._erased, self._quarantine, self._ledger = erased, quarantine, ledger

    def take(self, entries: Sequence[Entry]) -> None:
        """Add what entries say."""
        clicks = [entry for entry in entries if entry.kind == Kind.CLICK]
        names = (reader_name(entry.user_id, str(entry.body.get("session", ""))) for entry in clicks)
        for click, erased in zip(clicks, self._erased.among(names).tolist(), strict=True):
            self._leave_out(click) if erased else self._click(click)
        for entry in entries:
            if entry.kind == Kind.ARTICLE:
                self._parts["event_posts"].add(_post(entry))
            elif entry.kind == Kind.LOGIN:
                self._parts["event_logins"].add((entry.seq, *login_of(entry)))
            elif entry.kind == Kind.ERASE:  # ends the visits of the user
                self._parts["event_left_out"].add((entry.seq,))

    def _click(self, entry: Entry) -> None:
        """Add a click, with how much it counts for everybody."""
        bad, event = self._quarantine.holds(entry), live_event(entry)
        belief = 0.0 if bad or event is None else self._ledger.weigh(event)
        said = (str(entry.body.get(name, "")) for name in ("session", "region", "device"))
        row = (entry.seq, entry.time_ms, entry.user_id, entry.article_id, *said, belief, bad)
        self._parts["event_clicks"].add(row)

    def _leave_out(self, entry: Entry) -> None:
        """Export only the number of an erased user's click, and the end of the user's visit."""
        self._parts["event_left_out"].add((entry.seq,))
        if session := login_of(entry)[1]:
            self._parts["event_logins"].add((entry.seq, "", session))

    def close(self, digests: Iterable[str]) -> dict[str, int]:
        """Add the erased users, write the remaining rows, and count."""
        for digest in sorted(digests):
            self._parts["erased"].add((digest,))
        for part in self._parts.values():
            part.close()
        rows = {name: part.rows for name, part in self._parts.items()}
        clicks, posts = rows["event_clicks"], rows["event_posts"]
        return {"events_clicks": clicks, "events_posts": posts, "erased_readers": rows["erased"]}


def _post(entry: Entry) -> tuple[Any, ...]:
    """The fields of one post, and when the article was first posted; a field that the post lacks is null.

    Earlier posts may have left the log.
    """
    said = [name for name in POST_FIELDS if name in entry.body]
    posted_ms = entry.body.get(BEFORE, {}).get("posted_ms", entry.time_ms)
    return (entry.seq, posted_ms, entry.article_id, said, *(entry.body.get(name) for name in POST_FIELDS))


def _without_log(context: Context, folder: Path, error: UnavailableError) -> dict[str, Any]:
    if facts := _link_export(context, folder, ""):
        run = facts["events"].rpartition(" ")[2]
        return facts | {"events": f"those of run {run}, because {error.message.rstrip('.')}"}
    return {"events": f"left out, because {error.message.rstrip('.')}", **NOTHING}
