"""Rules in the database of the log: writers wait for each other."""

from collections.abc import Sequence
from threading import Event, Thread

from script_shared.events import EventLog
from script_shared.events.rule_table import StoredRule
from tests.patience import PATIENCE_SECONDS


def test_a_second_writer_checks_what_the_first_one_wrote(log: EventLog, uri: str) -> None:
    waiting, asked, found = EventLog(uri), Event(), list[StoredRule]()
    waiting.rules.latest()  # connects

    def note(versions: Sequence[StoredRule]) -> None:
        found.extend(versions)
        asked.set()

    second = Thread(target=waiting.rules.write, args=("r1", {"place": 2}, "token:bia", 20), kwargs={"check": note})

    def slowly(versions: Sequence[StoredRule]) -> None:
        second.start()
        asked.wait(0.3)  # without a lock, the other one checks before this one has committed

    log.rules.write("r1", {"place": 1}, "token:ana", 10, check=slowly)
    second.join(PATIENCE_SECONDS)
    waiting.close()
    assert [(rule.version, rule.who) for rule in found] == [(1, "token:ana")]
    assert [(rule.version, rule.who) for rule in log.rules.versions("r1")] == [(1, "token:ana"), (2, "token:bia")]
