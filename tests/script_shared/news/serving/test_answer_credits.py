"""Answers that were served, and the clicks that are credited to them."""

from script_shared.events import Kind
from script_shared.events.entry import user_digest
from script_shared.news.serving.answer_credits import WINDOW_MS, AnswerCredits, Credit, ServedAnswer
from script_shared.news.state.reader_key import reader_name


def answer(answer_id, user="u", time_ms=0, items=("a", "b"), popular=("b", "c"), session=""):
    sources = [("session", "fresh")[place % 2] for place in range(len(items))]
    return ServedAnswer(answer_id, user, time_ms, "logged", "ranker", "v1", list(items), sources, popular, session)


def test_a_click_hits_where_the_article_was_among_the_first_ten():
    memory = AnswerCredits()
    memory.remember(answer("r1", items=[f"a{n}" for n in range(12)], popular=["a9", "x"]))
    assert memory.credit("u", "a9", 5, "r1") == Credit("logged", "ranker", True, True, "fresh")
    assert memory.credit("u", "a10", 5, "r1") == Credit("logged", "ranker", False, False)
    assert memory.credit("u", "x", 5, "r1") == Credit("logged", "ranker", False, True)


def test_an_article_is_credited_once_per_answer():
    memory = AnswerCredits()
    memory.remember(answer("r1"))
    assert memory.credit("u", "a", 5, "r1") is not None
    assert memory.credit("u", "a", 6, "r1") is None


def test_without_an_id_the_newest_answer_of_the_reader_is_judged():
    memory = AnswerCredits()
    memory.remember(answer("r1", items=["a"]))
    memory.remember(answer("r2", items=["b"]))
    memory.remember(answer("r3", user="other", items=["a"]))
    assert memory.credit("u", "a", 5).hit is False
    assert memory.credit("stranger", "a", 5) is None
    assert memory.credit("", "a", 5) is None


def test_a_reader_without_a_name_is_known_by_the_visit():
    memory = AnswerCredits()
    memory.remember(answer("r1", user="", session="s1"))
    memory.remember(answer("r2", user="", session=""))
    assert memory.credit(reader_name("", "s1"), "b", 1) == Credit("logged", "ranker", True, True, "fresh")
    assert memory.credit(reader_name("", "s2"), "b", 1) is None
    assert memory.credit(reader_name("", ""), "b", 1) is None


def test_an_answer_of_long_ago_gets_no_credit():
    memory = AnswerCredits()
    memory.remember(answer("r1"))
    assert memory.credit("u", "a", WINDOW_MS + 1, "r1") is None


def test_the_oldest_answers_leave_and_take_their_readers_along():
    memory = AnswerCredits(capacity=2)
    for number in range(5):
        memory.remember(answer(f"r{number}", user=f"u{number}"))
    assert len(memory) == 2
    assert memory.credit("u2", "a", 1) is None
    assert memory.credit("u4", "a", 1) is not None
    assert len(memory._of_reader) == 2


def test_a_forgotten_readers_answers_are_gone():
    memory = AnswerCredits()
    memory.remember(answer("r1"))
    memory.remember(answer("r2", user="other"))
    assert memory.forget_digest(user_digest("u")) == ["r1"]
    assert memory.credit("u", "a", 1, "r1") is None
    assert memory.credit("other", "a", 1, "r2") is not None


class Counting(dict):
    """A dict that counts how often it is looked through or into."""

    looks = 0

    def __getitem__(self, key):
        self.looks += 1
        return super().__getitem__(key)

    def __iter__(self):
        for key in super().__iter__():
            self.looks += 1
            yield key

    def values(self):
        return [self[key] for key in self]

    def items(self):
        return [(key, self[key]) for key in self]


def test_forgetting_a_reader_looks_at_no_other_readers_answers():
    memory = AnswerCredits()
    for number in range(500):
        memory.remember(answer(f"r{number}", user=f"u{number}"))
    memory._answers, memory._of_reader = Counting(memory._answers), Counting(memory._of_reader)
    memory.forget_digest(user_digest("u7"))
    assert len(memory) == 499
    assert memory._answers.looks + memory._of_reader.looks < 5


def test_the_log_keeps_what_was_served_and_to_whom():
    entry = answer("ab" * 12 + "marks", session="s").to_served_list().entry()
    assert (entry.kind, entry.user_id, entry.entry_id) == (Kind.SERVED, "u", f"served-{'ab' * 12}")
    assert entry.body["items"] == ["a", "b"]
    assert (entry.body["session"], entry.body["segment"], entry.body["release"]) == ("s", "logged", "v1")
