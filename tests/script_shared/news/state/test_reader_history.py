"""Forgetting a reader changes no other reader, and does not iterate over them."""

from hypothesis import given
from hypothesis import strategies as st

from script_shared.news.readers.key_places import KeyPlaces
from script_shared.news.state.reader_history import ReaderHistories


class Counting(KeyPlaces):
    """Counts how often all keys are iterated over."""

    walks = 0

    def _lay_out(self):
        self.walks += 1
        super()._lay_out()


@given(st.lists(st.tuples(st.booleans(), st.integers(1, 15)), max_size=60))
def test_forgetting_a_reader_leaves_everybody_elses_reads_as_they_were(steps):
    readers, known = ReaderHistories(10, 64), {}
    for time_ms, (forget, key) in enumerate(steps):
        if forget:
            readers.forget(key)
            known.pop(key, None)
            continue
        if key not in known and len(known) >= 10:
            continue  # the oldest are dropped together, which another test checks
        readers.read(readers.click(key, "", time_ms, time_ms), time_ms, time_ms)
        known.setdefault(key, []).append(time_ms)
    restored = ReaderHistories(10, 64)
    restored.restore(readers.arrays())
    for some in (readers, restored):
        found = {key: some.reads(some.find(key)).tolist()[::-1] for key in range(1, 16) if some.find(key) >= 0}
        assert found == known


def test_forgetting_a_reader_does_not_iterate_over_the_others():
    readers = ReaderHistories(1_000, 64)
    for key in range(1, 501):
        readers.read(readers.click(key, "", key, key), key, key)
    readers._places.__class__ = Counting
    for key in range(1, 251):
        readers.forget(key)
    assert readers._places.walks == 0
    assert len(readers) == 250


def test_the_oldest_readers_are_dropped_first_and_the_others_are_still_found():
    readers = ReaderHistories(20, 64)
    for key in range(1, 41):
        readers.read(readers.click(key, "", key, key), key, key)
    for key in range(1, 41):
        if (place := readers.find(key)) >= 0:
            assert readers.reads(place).tolist() == [key]
            assert readers._places.keys[place] == key
    assert readers.find(40) >= 0
    assert readers.find(1) < 0


def test_two_readers_of_one_visit_who_are_one_person_have_the_reads_of_both():
    readers = ReaderHistories(10, 64)
    for key, number, time_ms in ((1, 1, 0), (2, 2, 1_000), (2, 3, 2_000)):
        readers.read(readers.click(key, "visit", time_ms, time_ms), number, time_ms)
    readers.give(1, 2)
    place = readers.find(2)
    assert (readers.depth[place], readers.total[place]) == (3, 3)
    assert sorted(readers.latest(place, 10)) == [1, 2, 3]
    assert (readers.first_ms[place], readers.last_ms[place]) == (0, 2_000)


def test_a_reader_who_is_recognised_in_another_visit_continues_that_visit():
    readers = ReaderHistories(10, 64)
    for key, session, number, time_ms in ((2, "first", 1, 0), (2, "first", 2, 1_000), (1, "second", 3, 5_000)):
        readers.read(readers.click(key, session, time_ms, time_ms), number, time_ms)
    readers.give(1, 2)
    place = readers.find(2)
    assert (readers.depth[place], readers.total[place], readers.before_ms[place]) == (1, 3, 1_000)
    assert readers.same_visit(place, "second", 6_000)
