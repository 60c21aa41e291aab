"""One answer proves one impression of each of its articles, however often the event is sent."""

from app.news.events.proven_once import ProvenOnce


def test_the_first_impression_claims_and_the_same_event_sent_again_is_the_same_claim() -> None:
    claims = ProvenOnce()
    assert claims.claim(("answer", "a1"), "e1")
    assert not claims.claim(("answer", "a1"), "e2")
    assert claims.claim(("answer", "a1"), "e1")
    assert claims.claim(("answer", "a2"), "e3")


def test_memory_is_bounded_and_new_claims_are_kept() -> None:
    claims = ProvenOnce(most=10)
    for number in range(1_000):
        assert claims.claim(("answer", f"a{number}"), "e")
        assert not claims.claim(("answer", f"a{number}"), "other")
        assert len(claims._new) + len(claims._old) <= 20
