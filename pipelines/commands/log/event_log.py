"""What the commands about the event log share: opening the log, and times as arguments."""

import argparse
from collections.abc import Iterator
from contextlib import contextmanager

from script_shared.errors import InputError
from script_shared.events import EventLog
from script_shared.events.address import log_exists
from script_shared.settings import Settings
from script_shared.times import epoch_ms


@contextmanager
def open_log(settings: Settings) -> Iterator[EventLog]:
    """The event log, closed at the end.

    Args:
        settings: name its database.

    Raises:
        InputError: there is none yet.
    """
    if not log_exists(settings.events_address):
        raise InputError("there is no event log yet.", fix="Start the API, or correct PAUTA_EVENTS_URI.")
    log = EventLog(settings.events_address)
    try:
        yield log
    finally:
        log.close()


def time_argument(text: str) -> int:
    """Epoch milliseconds of a time given to a command.

    Args:
        text: ISO 8601, or seconds or milliseconds since the epoch.

    Raises:
        ArgumentTypeError: it is no time.
    """
    try:
        return epoch_ms(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"{text!r} {error}") from None
