"""Places of keys in arrays behave as those of a dictionary whose last key fills each gap."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from script_shared.news.readers.key_places import KeyPlaces

MANY = 3_000  # more than the first slots hold
KEYS = st.sampled_from([0, 1, 1 << 10, 1 << 20, 1 << 63, (1 << 64) - 1, *range(2_048, 2_060)])  # many share a slot


def places_of(places: KeyPlaces, keys: list[int]) -> list[int]:
    return [places.find(key) for key in keys]


@given(st.lists(st.tuples(st.booleans(), KEYS)))
def test_keys_come_and_go_as_in_a_list(steps: list[tuple[bool, int]]) -> None:
    places, expected = KeyPlaces(), list[int]()
    for comes, key in steps:
        if comes and key not in expected:
            assert places.add(key) == len(expected)
            expected.append(key)
        elif not comes and key in expected:
            place = expected.index(key)
            assert places.remove(key) == place
            expected[place] = expected[-1]
            expected.pop()
        assert places.keys.tolist() == expected
        assert places_of(places, expected) == list(range(len(expected)))
        assert key in expected or places.find(key) == -1


def test_slots_grow_with_the_keys() -> None:
    keys, places = np.random.default_rng(1).integers(0, 1 << 63, MANY).tolist(), KeyPlaces()
    for key in keys:
        places.add(key)
    assert places_of(places, keys) == list(range(MANY))
    assert places_of(places, [key ^ 1 for key in keys]) == [-1] * MANY


def test_slots_of_removed_keys_are_used_again() -> None:
    places = KeyPlaces()
    for key in range(MANY):
        places.add(key)
        places.remove(key)
    assert len(places) == 0
    assert places_of(places, [0, MANY - 1]) == [-1, -1]


def test_some_keys_are_kept_in_order() -> None:
    places = KeyPlaces()
    places.restore(np.array([9, 1 << 63, 7, 5], np.uint64))
    places.keep(np.array([False, True, False, True]))
    assert places_of(places, [9, 1 << 63, 7, 5]) == [-1, 0, -1, 1]


def test_many_keys_are_restored() -> None:
    keys, places = np.random.default_rng(2).integers(0, 1 << 64, MANY, np.uint64), KeyPlaces()
    places.add(1)
    places.restore(keys)
    assert places_of(places, keys.tolist()) == list(range(MANY))
    assert places.find(1) == -1


def test_keys_that_come_and_go_do_not_lay_out_the_slots_each_time(monkeypatch: pytest.MonkeyPatch) -> None:
    places, layouts = KeyPlaces(), list[int]()
    places.restore(np.arange(2**14 - 2, dtype=np.uint64))
    lay_out = KeyPlaces._lay_out
    monkeypatch.setattr(KeyPlaces, "_lay_out", lambda self: (layouts.append(1), lay_out(self)))
    for key in range(2**14, 2**14 + 1_000):
        places.add(key)
        places.remove(key)
    assert len(layouts) <= 1


def test_a_key_without_a_place_cannot_be_removed() -> None:
    places = KeyPlaces()
    places.add(3)
    with pytest.raises(KeyError):
        places.remove(4)
    assert places.keys.tolist() == [3]
