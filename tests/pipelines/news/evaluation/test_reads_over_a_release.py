"""What a user read never comes back with a release: it is a read the release knows, or it is recalled from the log."""

import itertools
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as st

from pipelines.news.dataset import Dataset
from pipelines.news.refine import refine
from pipelines.news.replay.sources import from_run
from pipelines.news.sources.event_log import export_events
from pipelines.news.training.log_position import note_log
from pipelines.use_case import Context
from script_shared.events import Entry, EventLog, Kind
from script_shared.news.newsroom.newsroom import Newsroom
from script_shared.news.newsroom.recall import recall
from script_shared.news.serving.loading import load_newsroom
from script_shared.news.state.state import LiveState
from script_shared.news.state.state_io import save_state
from tests.pipelines.news.challenge_files import PAGES, START, Reader, context_of, read, write_raw
from tests.script_shared.news.events_made import small_params

pytestmark = pytest.mark.slow

HOUR = 3_600_000
NO_SHRINK = (Phase.explicit, Phase.reuse, Phase.generate)  # each case takes a third of a second
READERS = [
    Reader("ana", [read(0, START), read(1, START + HOUR)], "Logged"),
    Reader("rui", [read(2, START + 2 * HOUR)]),
]
PARAMS = small_params()
NAMES = [("ana", ""), ("rui", ""), ("lia", ""), ("", "v"), ("", "w")]
ERASED = object()


def click(user: str, session: str, page: str, hours: float) -> Entry:
    body = {"session": session} if session else {}
    return Entry("", Kind.CLICK, START + int(hours * HOUR), user, page, body)


def login(user: str, session: str) -> Entry:
    return Entry("", Kind.LOGIN, START + 5 * HOUR, user, "", {"session": session})


def post(page: str, hours: float) -> Entry:
    return Entry("", Kind.ARTICLE, START + int(hours * HOUR), "", page, {"title": "Nova", "text": "Um texto novo"})


def write(log: EventLog, steps: list[Entry | str]) -> None:
    """Write entries; a text erases who is named so."""
    for number, step in enumerate(steps):
        if isinstance(step, str):
            log.erase(step)
        else:
            log.append([Entry(f"e{number}", step.kind, step.time_ms, step.user_id, step.article_id, step.body)])


def whole(log: EventLog) -> Newsroom:
    """Knows the log from its first entry on."""
    room = Newsroom(LiveState(PARAMS))
    room.apply(log.tail(0))
    return room


def released(context: Context, log: EventLog, folder: Path) -> tuple[Newsroom, Dataset]:
    """A newsroom as it begins with the release that is made of the log, and what that release knows as read."""
    with context.run.write("raw") as (place, facts):
        write_raw(place, READERS)
        facts |= export_events(context, place)
    refine(context)
    stream = from_run(context.run.read("refined"))
    state = LiveState(PARAMS)
    state.fold(stream.events(0, len(stream)))
    save_state(state, folder / "live")
    note_log(folder, context.run)
    room, missing = load_newsroom(folder, PARAMS)
    assert missing == ()
    room.remember(log.permanent_entries(room.seq))
    recall(room, log, 0)
    return room, Dataset.load(context.run.read("refined"))


def barred_articles(room: Newsroom, data: Dataset, user: str, session: str) -> set[str]:
    """What is barred for a user after the release."""
    rows = np.flatnonzero((data.users["user_id"] == (user or f"session {session}")).to_numpy())
    reads = data.interactions.article[np.isin(data.interactions.user, rows)]
    return room.reads.read_by(user, session) | set(data.articles["article_id"].gather(reads.astype(np.uint32)))


STEPS: Any = st.lists(
    st.one_of(
        st.builds(
            click,
            st.sampled_from(["", "ana", "lia"]),
            st.sampled_from(["", "v", "w"]),
            st.sampled_from([*PAGES[:4], "new", "elsewhere"]),
            st.sampled_from([0.0, 3.0, 4.0, 5.0, 90.0]),
        ),
        st.builds(login, st.sampled_from(["ana", "lia"]), st.sampled_from(["v", "w"])),
        st.builds(post, st.just("new"), st.sampled_from([1.0, 4.5])),
        st.sampled_from(["ana", "lia", "session v"]),
    ),
    max_size=14,
)
MANY = [click("ana", "", page, 3 + n / 1000) for n, page in zip(range(300), itertools.cycle(PAGES[:6]), strict=False)]


@settings(
    max_examples=25,
    deadline=None,
    phases=NO_SHRINK,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(STEPS)
@example([click("ana", "", "new", 3.0), post("new", 4.0), click("ana", "", PAGES[3], 5.0)])
@example([click("ana", "", "elsewhere", 3.0), click("ana", "", PAGES[3], 3.0)])
@example(["ana", click("ana", "", PAGES[3], 3.0)])
@example([click("", "v", PAGES[3], 3.0), click("ana", "v", PAGES[4], 3.1), click("", "v", PAGES[5], 3.2)])
@example([click("", "v", PAGES[3], 3.0), login("lia", "v")])
@example(["ana", click("", "v", PAGES[3], 5.0), login("ana", "v"), click("lia", "v", PAGES[0], 3.0)])
@example([login("lia", "v"), click("", "v", "elsewhere", 3.0), login("ana", "v"), click("", "v", "elsewhere", 4.0)])
@example([click("", "v", "elsewhere", 3.0), login("lia", "v"), login("ana", "v")])
@example(["session v", click("", "v", PAGES[3], 3.0), login("lia", "v"), login("ana", "v")])
@example(["ana", login("ana", "v"), click("", "v", PAGES[2], 3.0), login("lia", "v"), click("", "v", PAGES[3], 4.0)])
@example(
    [login("lia", "w"), click("ana", "w", PAGES[3], 4.0), "lia", click("", "w", PAGES[2], 90.0), login("lia", "w")]
)
@example([*MANY, click("ana", "", PAGES[9], 3.9)])
def test_what_was_read_before_a_release_is_known_after_it(tmp_path_factory: Any, steps: list[Entry | str]) -> None:
    root = tmp_path_factory.mktemp("release")
    context = context_of(root)
    context.settings.data_dir.mkdir(parents=True)
    log = EventLog(context.settings.events_address)
    write(log, steps)
    before = whole(log)
    room, data = released(context, log, root / "release")
    for user, session in NAMES:
        assert before.reads.read_by(user, session) <= barred_articles(room, data, user, session)
    later = [click("", session, PAGES[7], 6.0) for session in ("v", "w")]
    write_later(log, later)
    for each in (before, room):
        each.apply(log.tail(each.seq))
    for user, session in NAMES:
        assert before.reads.read_by(user, session) <= barred_articles(room, data, user, session)
    log.close()


def write_later(log: EventLog, entries: list[Entry]) -> None:
    log.append([Entry(f"later{n}", e.kind, e.time_ms, e.user_id, e.article_id, e.body) for n, e in enumerate(entries)])


def test_only_what_the_release_does_not_know_is_recalled(tmp_path: Path) -> None:
    context = context_of(tmp_path)
    context.settings.data_dir.mkdir(parents=True)
    log = EventLog(context.settings.events_address)
    write(log, [click("ana", "", "elsewhere", 3.0), click("ana", "", PAGES[3], 3.0), click("lia", "", PAGES[3], 3.0)])
    room, _ = released(context, log, tmp_path / "release")
    assert room.recalled is not None
    assert room.recalled.tolist() == [1]


@pytest.mark.parametrize("erase", ["lia", "session v"])
def test_what_an_erased_person_does_later_is_in_no_training_under_any_name(tmp_path: Path, erase: str) -> None:
    context = context_of(tmp_path)
    context.settings.data_dir.mkdir(parents=True)
    log = EventLog(context.settings.events_address)
    write(log, [click("lia", "v", PAGES[3], 3.0), erase])
    write(log, [])
    log.append([Entry("later", Kind.CLICK, START + 4 * HOUR, "", PAGES[4], {"session": "v"})])
    log.append(
        [Entry("last", Kind.CLICK, START + 5 * HOUR, "lia" if erase == "lia" else "", PAGES[5], {"session": "v"})]
    )
    room, data = released(context, log, tmp_path / "release")
    assert data.users["user_id"].to_list() == ["ana", "rui"]
    assert PAGES[4] in room.reads.read_by("", "v")
