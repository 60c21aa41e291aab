"""Erased readers are told by their digests."""

import time

from script_shared.events import Erased
from script_shared.events.entry import user_digest


def test_readers_are_told_from_each_other():
    erased = Erased({user_digest("ana"), user_digest("josé")})
    assert erased.among(["rui", "josé", "ana", ""]).tolist() == [False, True, True, False]


def test_nobody_erased_costs_nothing():
    assert not Erased()
    started = time.perf_counter()
    assert not Erased().among(map(str, range(100_000))).any()
    assert time.perf_counter() - started < 1.0
