"""A write returns the same entries as a read of the log, for any entries."""

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from script_shared.events import Entry, EventLog, Kind

TEXT = st.text(st.characters(blacklist_categories=["Cs", "Cc"]), max_size=20)
VALUE = st.one_of(TEXT, st.integers(-(2**40), 2**40), st.booleans(), st.none())
ENTRY = st.builds(
    Entry,
    entry_id=st.sampled_from([f"id-{number}" for number in range(40)]),
    kind=st.sampled_from([Kind.CLICK, Kind.IMPRESSION, Kind.LOGIN]),
    time_ms=st.integers(0, 2**42),
    user_id=TEXT,
    article_id=TEXT,
    body=st.dictionaries(TEXT, VALUE, max_size=4),
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(batches=st.lists(st.lists(ENTRY, max_size=12), max_size=4))
def test_written_entries_are_those_that_are_read(log: EventLog, batches: list[list[Entry]]) -> None:
    for batch in batches:
        head, known = log.head(), set(log.find([entry.entry_id for entry in batch]))
        written = log.write(batch)
        assert written.entries == log.tail(head)
        firsts = {entry.entry_id: place for place, entry in reversed(list(enumerate(batch)))}
        new = [firsts[entry.entry_id] == place and entry.entry_id not in known for place, entry in enumerate(batch)]
        assert written.flags == new
        assert [entry.entry_id for entry in written.entries] == [
            entry.entry_id for entry, is_new in zip(batch, new, strict=True) if is_new
        ]
        assert not written.entries or written.after == head


def test_a_write_of_articles_returns_none_of_them(log: EventLog) -> None:
    written = log.write([Entry("post", Kind.ARTICLE, 1_000, "", "a", {"title": "One"}), Entry("c", Kind.CLICK, 1_000)])
    assert (written.flags, written.entries) == ([True, True], [])
