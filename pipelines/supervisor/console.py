"""Progress output while the stack starts: lines with the seconds since the start, and one line that changes."""

import sys
import time

_started = time.monotonic()
_changing = False


def seconds() -> float:
    """Since the supervisor was started."""
    return time.monotonic() - _started


def say(text: str) -> None:
    """Print one line with the time; a closed output stops nothing."""
    _write(f"{_clear()}[{seconds():6.1f} s] {text}\n")


def plainly(text: str) -> None:
    """A block of text as it is."""
    _write(f"{_clear()}{text}\n")


def now(text: str) -> None:
    """Show the current work on a line that the next one replaces; on a terminal only."""
    global _changing
    if sys.stdout.isatty():
        _write(f"{_clear()}[{seconds():6.1f} s] {text}"[:118])
        _changing = True


def _clear() -> str:
    global _changing
    clear = "\r\033[K" if _changing else ""
    _changing = False
    return clear


def _write(text: str) -> None:
    try:
        sys.stdout.write(text)
        sys.stdout.flush()
    except OSError:
        return
