"""ErasedUsers users are recognised by their digests."""

import pytest

from script_shared.events import ErasedUsers
from script_shared.events.entry import user_digest


def test_readers_are_told_from_each_other():
    erased = ErasedUsers({user_digest("ana"), user_digest("josé")})
    assert erased.among(["rui", "josé", "ana", ""]).tolist() == [False, True, True, False]


def test_nobody_erased_costs_nothing(monkeypatch: pytest.MonkeyPatch):
    assert not ErasedUsers()
    monkeypatch.setattr("script_shared.events.erased.blake2b", lambda *_, **__: pytest.fail("a digest was computed"))
    assert not ErasedUsers().among(map(str, range(1_000))).any()
