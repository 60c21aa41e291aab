"""The editors' rules in a replay: as they held at each moment, from the database of the event log."""

import logging

from script_shared.errors import UnavailableError
from script_shared.events import EventLog
from script_shared.events.address import log_exists
from script_shared.news.rules.rule import Rule
from script_shared.news.rules.rule_history import as_they_held
from script_shared.news.rules.rule_store import rule_of

log = logging.getLogger("pauta.replay")


def past_rules(address: str, start_ms: int, end_ms: int) -> list[Rule]:
    """The rules that held in a window, none without an event log; one that is unreachable is logged.

    Args:
        address: of the event log.
        start_ms, end_ms: the window, epoch milliseconds, UTC.
    """
    if not log_exists(address):
        return []
    events = EventLog(address)
    try:
        versions = [(rule_of(stored), stored.removed) for stored in events.rules.versions()]
    except UnavailableError as error:
        log.warning("the replay has no figure with the rules of the editors: %s", error.log_text)
        return []
    finally:
        events.close()
    held = as_they_held(versions, end_ms)
    return [rule for rule in held if rule.start_ms < end_ms and (rule.end_ms is None or rule.end_ms > start_ms)]
