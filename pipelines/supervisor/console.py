"""Progress output: lines with the seconds since the start, and on a terminal one line that the next output replaces."""

import sys
import time
from contextlib import suppress

_started = time.monotonic()


def say(text: str) -> None:
    """Print one line with the seconds since the start.

    Args:
        text: without a line break.
    """
    _write(f"[{_seconds()}] {text}\n")


def say_block(text: str) -> None:
    """Print lines as they are.

    Args:
        text: one or more lines.
    """
    _write(f"{text}\n")


def show_work(text: str) -> None:
    """Show the current work until the next output, on a terminal only; 118 characters at most, to stay on one line."""
    if sys.stdout.isatty():
        _write(f"[{_seconds()}] {text}"[:118])


def _seconds() -> str:
    return f"{time.monotonic() - _started:6.1f} s"


def _write(text: str) -> None:
    """A closed output stops nothing."""
    clear = "\r\033[K" if sys.stdout.isatty() else ""
    with suppress(OSError):
        sys.stdout.write(clear + text)
        sys.stdout.flush()
