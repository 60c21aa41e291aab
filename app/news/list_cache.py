"""Lists that are the same for everybody, kept as JSON for the second in which they were made."""

from collections.abc import Callable
from typing import Any

import orjson

KEPT = 256  # lists of one second


class ListCache:
    """Lists of the current second, by their parameters; a post or a new release makes them again."""

    def __init__(self) -> None:
        self._as_of: tuple[Any, ...] = ()
        self._made: dict[str, bytes] = {}

    def get(self, as_of: tuple[Any, ...], name: str, make: Callable[[], dict[str, Any]]) -> bytes:
        """A list as JSON; made if it is not cached."""
        if as_of != self._as_of or len(self._made) >= KEPT:
            self._as_of, self._made = as_of, {}
        if name not in self._made:
            self._made[name] = orjson.dumps(make())
        return self._made[name]
