"""What was posted about articles, merged: the same as folding every post."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from script_shared.events import Entry, EventLog, Kind
from script_shared.events.database.articles import BEFORE, FOREVER
from script_shared.events.database.schema import ARTICLES
from script_shared.news.catalog.editorial import Editorial

NOW = 1_660_532_400_000
HOUR_MS = 3_600_000


def post(name, article="a1", time_ms=NOW, **body):
    return Entry(name, Kind.ARTICLE, time_ms, "", article, body)


def row(log, article="a1", until=10**9):
    return next(iter(log.articles.rows_of([article], until)), None)


def test_posts_of_an_article_are_merged_without_its_text(log):
    log.append([post("1", title="T", text="long", hidden=True), Entry("c", Kind.CLICK, NOW, "u", "a1")])
    log.append([post("2", time_ms=NOW + 5, section="s", vector=[1.0]), post("3", hidden=False)])
    found, seqs = row(log), {entry.entry_id: entry.seq for entry in log.tail(0)}
    assert found.facts == {"title": "T", "section": "s", "hidden": False}
    assert (found.posted_ms, found.first_seq, found.last_seq) == (NOW, seqs["1"], seqs["3"])
    assert (found.text_seq, found.vector_seq) == (seqs["1"], seqs["2"])


def test_a_post_says_what_was_said_before_it(log):
    log.append([post("1", title="T", text="long"), post("2", hidden=True), post("3", article="a2")])
    log.append([post("4", tags=["x"])])
    bodies = {entry.entry_id: entry.body for entry in log.tail(0)}
    assert BEFORE not in bodies["1"]
    assert BEFORE not in bodies["3"]
    assert bodies["2"][BEFORE] == {"title": "T", "posted_ms": NOW}
    assert bodies["4"] == {"tags": ["x"], BEFORE: {"title": "T", "hidden": True, "posted_ms": NOW}}


def test_an_entry_that_the_log_has_already_changes_nothing(log):
    log.append([post("1", title="T")])
    assert log.append([post("1", title="other"), post("2", section="s")]) == [False, True]
    assert row(log).facts == {"title": "T", "section": "s"}


SAID = st.fixed_dictionaries(
    {},
    optional={
        "title": st.sampled_from(["one", "two"]),
        "hidden": st.booleans(),
        "taken_down": st.booleans(),
        "issued_ms": st.sampled_from([None, NOW - HOUR_MS, NOW]),
        "tags": st.lists(st.sampled_from(["x", "y"]), max_size=2),
        "text": st.just("words"),
    },
)
POSTS = st.lists(st.tuples(st.integers(0, 3), SAID), max_size=12)


@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow], deadline=None, max_examples=25
)
@given(POSTS, st.integers(0, 12), st.integers(1, 4))
def test_a_process_that_begins_later_knows_the_same(tmp_path_factory, posts, cut, size):
    log = EventLog(f"sqlite:///{tmp_path_factory.mktemp('log')}/e.db")
    entries = [post(str(n), f"a{article}", NOW + n, **said) for n, (article, said) in enumerate(posts)]
    for start in range(0, len(entries), size):
        log.append(entries[start : start + size])
    written = log.tail(0)
    whole, later, without = Editorial(), Editorial(), Editorial()
    for entry in written:
        whole.apply(entry)
    until = written[min(cut, len(written)) - 1].seq if written and cut else 0
    rows = log.articles.needed_rows(0, until)
    later.load(one for one in rows if one.last_seq <= until)
    for entry in log.articles.posts({one.article_id for one in rows if one.last_seq > until}, until):
        later.apply(entry)
    for entry in written:
        if entry.seq > until:
            later.apply(entry)
            without.apply(entry)  # one that forgot everything before
    assert later.digest() == whole.digest()
    for story in without.stories():
        assert whole.get(story.article_id) == story
    log.close()


@pytest.mark.parametrize(
    ("said", "needed"),
    [
        ({}, NOW),
        ({"issued_ms": NOW - HOUR_MS}, NOW - HOUR_MS),
        ({"issued_ms": NOW - HOUR_MS, "embargo_ms": NOW + HOUR_MS}, NOW + HOUR_MS),
        ({"issued_ms": 1e300}, NOW),
        ({"embargo_ms": 1e300}, FOREVER),
        ({"expires_ms": NOW}, FOREVER),
        ({"hidden": True}, FOREVER),
        ({"taken_down": True}, FOREVER),
        ({"taken_down": False}, NOW),
    ],
)
def test_an_article_is_needed_until_it_has_expired_and_a_withdrawn_one_always(log, said, needed):
    log.append([post("1", **said)])
    assert row(log).needed_ms == needed
    assert [one.article_id for one in log.articles.needed_rows(needed, 10**9)] == ["a1"]
    assert log.articles.needed_rows(needed + 1, 10**9) == []


def test_only_what_was_first_posted_up_to_a_number_is_found(log):
    log.append([post("1", text="t"), post("2", article="a2")])
    log.append([post("3", hidden=True)])
    first = log.tail(0)[0].seq
    assert [one.article_id for one in log.articles.needed_rows(0, first)] == ["a1"]
    assert log.articles.rows_of(["a1", "a2", "a3"], 0) == []
    assert [entry.entry_id for entry in log.articles.posts({"a1"}, first)] == ["1"]
    assert [entry.body["text"] for some in log.articles.entries([first]) for entry in some] == ["t"]


def test_a_log_of_an_earlier_version_is_merged_once_and_posts_of_one_beside_this_one_as_well(log, monkeypatch):
    monkeypatch.setattr("script_shared.events.database.articles._TOGETHER", 2)
    log.append([post(str(n), f"a{n}", title=f"t{n}") for n in range(5)])
    with log._transaction() as connection:
        connection.execute(ARTICLES.delete())
    log.articles.merge()
    assert [one.facts for one in log.articles.needed_rows(0, 10**9)] == [{"title": f"t{n}"} for n in range(5)]
    monkeypatch.setattr(log.articles, "with_before", lambda connection, entries: entries)
    monkeypatch.setattr(log.articles, "note", lambda connection, entries: None)
    log.append([post("old", "a1", hidden=True)])  # as an earlier version writes
    monkeypatch.undo()
    log.append([post("new", "a1", section="s")])
    assert row(log).facts == {"title": "t1", "hidden": True, "section": "s"}
    assert log.tail(0)[-1].body[BEFORE]["hidden"] is True


def test_replaced_posts_are_deleted_by_age_and_valid_fields_stay(log):
    log.append([post("1", title="A", text="long"), post("2", title="B", vector=[1.0]), post("other", article="a2")])
    log.append([post("3", time_ms=NOW + 5, title="C", text=None), post("4", time_ms=NOW + 9, title="D", vector=[2.0])])
    seqs, before = {entry.entry_id: entry.seq for entry in log.tail(0)}, row(log)
    assert log.superseded.prune(NOW, seqs["4"]) == 0  # not old enough
    assert log.superseded.prune(NOW + 99, seqs["2"]) == 0  # the last ones are in no release
    assert log.superseded.prune(NOW + 1, seqs["4"]) == 2
    assert [entry.entry_id for entry in log.tail(0)] == ["other", "3", "4"]  # a withdrawn text was deleted
    assert row(log) == before
    with log._transaction() as connection:
        connection.execute(ARTICLES.delete())
    log.articles.merge()
    assert (row(log).facts, row(log).posted_ms) == (before.facts, NOW)
    log.append([post("5", time_ms=NOW + 20, title="E")])
    assert log.superseded.prune(NOW + 99, log.head()) == 0  # the vector of 4 is valid, and the text of 3 as well


@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow], deadline=None, max_examples=25
)
@given(POSTS, st.integers(0, 12))
def test_without_replaced_posts_nothing_is_lost(tmp_path_factory, posts, before):
    log = EventLog(f"sqlite:///{tmp_path_factory.mktemp('log')}/e.db")
    log.append([post(str(n), f"a{article}", NOW + n, **said) for n, (article, said) in enumerate(posts)])
    whole, left = Editorial(), Editorial()
    for entry in log.tail(0):
        whole.apply(entry)
    log.superseded.prune(NOW + before, log.head())
    for entry in log.tail(0):
        left.apply(entry)
    assert {story.article_id: story for story in left.stories()} == {s.article_id: s for s in whole.stories()}
    log.close()
