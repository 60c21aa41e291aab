"""Tokens and sessions on both databases."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from script_shared.clock import wall_ms
from script_shared.errors import ConflictError
from script_shared.events import EventLog
from script_shared.people import Session, digest_of


def session(secret: str, holder: str, until_ms: int) -> Session:
    return Session(digest_of(secret), holder, "ana", "viewer", frozenset({"students"}), until_ms)


def test_a_revoked_token_ends_its_sessions(log: EventLog) -> None:
    token, secret = log.tokens.make("ana", "viewer", by="admin", use_cases=frozenset({"students", "recruiting"}))
    assert token.digest == digest_of(secret)
    later = wall_ms() + 60_000
    log.tokens.open_session(session("of the token", token.digest, later))
    log.tokens.open_session(session("of another", "x", later))
    log.tokens.open_session(session("over", "x", 1))
    tokens, sessions = log.tokens.current()
    assert tokens == [token]
    assert {each.digest for each in sessions} == {digest_of("of the token"), digest_of("of another")}
    assert log.tokens.revoke("ana") == token
    assert log.tokens.revoke("ana") is None
    tokens, sessions = log.tokens.current()
    assert tokens == []
    assert [each.digest for each in sessions] == [digest_of("of another")]
    log.tokens.close_session(digest_of("of another"))
    assert log.tokens.current() == ([], [])


def test_the_last_use_never_goes_back(log: EventLog) -> None:
    token, _ = log.tokens.make("ana", "viewer", by="admin")
    for used in (5, 9, 7):
        log.tokens.note_use({token.number: used})
    assert log.tokens.all()[0].used_ms == 9


def test_only_one_of_many_simultaneous_tokens_of_a_name_is_made(log: EventLog, uri: str) -> None:
    def make(_: int) -> bool:
        own = EventLog(uri)
        try:
            own.tokens.make("ana", "admin", by="test")
        except ConflictError:
            return False
        else:
            return True
        finally:
            own.close()

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(make, range(4))) == 1
    assert len(log.tokens.all()) == 1


def test_a_name_is_free_again_when_its_token_has_expired(log: EventLog) -> None:
    log.tokens.make("ana", "viewer", by="admin", expires_ms=1)
    log.tokens.make("ana", "editor", by="admin")
    with pytest.raises(ConflictError):
        log.tokens.make("ana", "admin", by="admin")
    assert [token.state(wall_ms()) for token in log.tokens.all()] == ["expired", "active"]
