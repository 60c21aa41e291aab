"""What the guard remembers between two looks, in a file of the use case's data folder: a restart forgets nothing.

Users of today are stored as pseudonyms under a random key, which is replaced, with them, when the day ends.
"""

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from hashlib import blake2b
from pathlib import Path
from secrets import token_hex
from typing import Any

from pipelines.guard.judged import Clicks
from pipelines.guard.tally import Reference, Row, Tally, day_of
from pipelines.measures.sequential import Sums
from script_shared.errors import InputError

FILE = "guard.json"
MOST_RELEASES = 20  # whose figures are kept
PSEUDONYM = 6  # bytes: two of 100,000 users of a day share one with a probability below 1 in 50,000


@dataclass
class State:
    """All that is remembered.

    Attributes:
        until_ms: where the last look ended; 0 before the first.
        day: number of the day of ``Tally.today``.
        key: of today's pseudonyms.
        tallies: by release.
        pending: evidence of a rollback that is not in the record of decisions yet; empty for none.
    """

    until_ms: int = 0
    day: int = 0
    key: str = field(default_factory=lambda: token_hex(16))
    tallies: dict[str, Tally] = field(default_factory=dict)
    pending: dict[str, Any] = field(default_factory=dict)

    def tally(self, release: str) -> Tally:
        """The figures of a release, new ones for a new release."""
        return self.tallies.setdefault(release, Tally())

    def add(self, clicks: Clicks, keep_days: int) -> None:
        """Count the clicks of one look."""
        for release, answers in clicks.answers.items():
            self.tally(release).answers += answers
        for click in clicks.judged:
            self._begin(day_of(click.time_ms), keep_days)
            self.tally(click.release).add(click, self._pseudonym(click.person))
        self.until_ms = clicks.until_ms
        self._begin(day_of(clicks.until_ms - 1), keep_days)

    def _begin(self, day: int, keep_days: int) -> None:
        if day <= self.day:
            return
        for tally in self.tallies.values():
            tally.end_day(self.day, keep_days)
        newest = sorted(self.tallies, key=lambda name: self.tallies[name].last_ms)[-MOST_RELEASES:]
        self.tallies = {name: self.tallies[name] for name in newest}
        self.day, self.key = day, token_hex(16)

    def _pseudonym(self, person: str) -> str:
        return blake2b(person.encode(), digest_size=PSEUDONYM, key=self.key.encode()).hexdigest()


@contextmanager
def state_in(folder: Path) -> Iterator[tuple[State, "Keeper"]]:
    """The state, for one process at a time, and what writes it.

    Args:
        folder: data folder of the use case.

    Raises:
        InputError: the file cannot be read, or another look is under way.
    """
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / FILE
    with (folder / f".{FILE}.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise InputError("another look of the guard is under way.", fix="Try again in a minute.") from None
        yield _read(path), Keeper(path)


@dataclass(frozen=True)
class Keeper:
    """Writes the state as a whole or not at all; only its owner may read it."""

    path: Path

    def save(self, state: State) -> None:
        """Replace the file."""
        partial = self.path.with_name(f".{self.path.name}.partial")
        with os.fdopen(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            json.dump(_plain(state), file)
            file.flush()
            os.fsync(file.fileno())
        partial.replace(self.path)


def _plain(state: State) -> dict[str, Any]:
    content = {name: getattr(state, name) for name in ("until_ms", "day", "key", "pending")}
    return {**content, "tallies": {name: _plain_tally(tally) for name, tally in state.tallies.items()}}


def _plain_tally(tally: Tally) -> dict[str, Any]:
    counts = ("clicks", "hits", "popular", "answers", "days", "change_clicks", "before", "last_ms")
    return {
        **{name: getattr(tally, name) for name in counts},
        "lead": _numbers(tally.lead),
        "change": _numbers(tally.change),
        "hours": {day: {hour: _numbers(s) for hour, s in hours.items()} for day, hours in tally.hours.items()},
        "today": [
            (person, hour, row.clicks, row.lead) for person, rows in tally.today.items() for hour, row in rows.items()
        ],
    }


def _read(path: Path) -> State:
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        tallies = {name: _tally(plain) for name, plain in content.pop("tallies").items()}
        return State(**content, tallies=tallies)
    except FileNotFoundError:
        return State()
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise InputError(
            f"{path} is damaged ({type(error).__name__}).", fix="Delete it: the guard then begins from now."
        ) from error


def _tally(plain: dict[str, Any]) -> Tally:
    today: dict[str, dict[int, Row]] = {}
    for person, hour, clicks, lead in plain.pop("today"):
        today.setdefault(person, {})[int(hour)] = Row(clicks, lead)
    hours = {
        int(day): {int(hour): Sums(*numbers) for hour, numbers in found.items()}
        for day, found in plain.pop("hours").items()
    }
    return Tally(
        **plain
        | {
            "today": today,
            "hours": hours,
            "lead": Sums(*plain["lead"]),
            "change": Sums(*plain["change"]),
            "change_clicks": {int(hour): count for hour, count in plain["change_clicks"].items()},
            "before": {int(hour): Reference(*pair) for hour, pair in plain["before"].items()},
        }
    )


def _numbers(sums: Sums) -> list[float]:
    return [float(each) for each in asdict(sums).values()]
