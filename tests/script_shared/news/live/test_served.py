"""Answers that were served, and the clicks that are credited to them."""

from script_shared.events import Kind
from script_shared.events.entry import user_digest
from script_shared.news.live.readers import reader_name
from script_shared.news.live.served import WINDOW_MS, Credit, ServedAnswer, ServedMemory


def answer(request_id, user="u", time_ms=0, items=("a", "b"), popular=("b", "c"), session=""):
    sources = [("session", "fresh")[place % 2] for place in range(len(items))]
    return ServedAnswer(request_id, user, time_ms, "logged", "ranker", "v1", list(items), sources, popular, session)


def test_a_click_hits_where_the_article_was_among_the_first_ten():
    memory = ServedMemory()
    memory.remember(answer("r1", items=[f"a{n}" for n in range(12)], popular=["a9", "x"]))
    assert memory.credit("u", "a9", 5, "r1") == Credit("logged", "ranker", True, True, "fresh")
    assert memory.credit("u", "a10", 5, "r1") == Credit("logged", "ranker", False, False)
    assert memory.credit("u", "x", 5, "r1") == Credit("logged", "ranker", False, True)


def test_an_article_is_credited_once_per_answer():
    memory = ServedMemory()
    memory.remember(answer("r1"))
    assert memory.credit("u", "a", 5, "r1") is not None
    assert memory.credit("u", "a", 6, "r1") is None


def test_without_a_request_id_the_newest_answer_of_the_reader_is_judged():
    memory = ServedMemory()
    memory.remember(answer("r1", items=["a"]))
    memory.remember(answer("r2", items=["b"]))
    memory.remember(answer("r3", user="other", items=["a"]))
    assert memory.credit("u", "a", 5).hit is False
    assert memory.credit("stranger", "a", 5) is None
    assert memory.credit("", "a", 5) is None


def test_a_reader_without_a_name_is_known_by_the_visit():
    memory = ServedMemory()
    memory.remember(answer("r1", user="", session="s1"))
    memory.remember(answer("r2", user="", session=""))
    assert memory.credit(reader_name("", "s1"), "b", 1) == Credit("logged", "ranker", True, True, "fresh")
    assert memory.credit(reader_name("", "s2"), "b", 1) is None
    assert memory.credit(reader_name("", ""), "b", 1) is None


def test_answers_that_share_a_request_id_leave_nothing_behind():
    memory = ServedMemory()
    for number in range(5):
        memory.remember(answer("same", user=f"u{number}"))
    assert len(memory) == len(memory._of_reader) == 1
    assert memory.credit("u0", "a", 1) is None
    assert memory.credit("u4", "a", 1) is not None


def test_an_answer_of_long_ago_gets_no_credit():
    memory = ServedMemory()
    memory.remember(answer("r1"))
    assert memory.credit("u", "a", WINDOW_MS + 1, "r1") is None


def test_the_oldest_answers_leave_and_take_their_readers_along():
    memory = ServedMemory(capacity=2)
    for number in range(5):
        memory.remember(answer(f"r{number}", user=f"u{number}"))
    assert len(memory) == 2
    assert memory.credit("u2", "a", 1) is None
    assert memory.credit("u4", "a", 1) is not None
    assert len(memory._of_reader) == 2


def test_a_forgotten_readers_answers_are_gone():
    memory = ServedMemory()
    memory.remember(answer("r1"))
    memory.remember(answer("r2", user="other"))
    memory.forget_digest(user_digest("u"))
    assert memory.credit("u", "a", 1, "r1") is None
    assert memory.credit("other", "a", 1, "r2") is not None


def test_the_log_keeps_what_was_served_and_to_whom():
    entry = answer("r" * 128).entry()
    assert (entry.kind, entry.user_id, len(entry.entry_id)) == (Kind.SERVED, "u", 128)
    assert entry.body["items"] == ["a", "b"]
    assert entry.body["sources"] == ["session", "fresh"]
