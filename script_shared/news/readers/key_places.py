"""The places of 64-bit keys in the order in which they came: a hash table in arrays, 20 bytes a key instead of 130."""

from array import array

import numpy as np

from script_shared.arrays import Bools, IntArray
from script_shared.throttle import yield_cpu

EMPTY, GONE = -1, -2  # a slot that no key has used, and one whose key was removed
_FIRST_BITS = 10  # of the number of slots
_STEP_BITS = 40  # the bits above decide how far apart the slots of a key are, so ids cannot be chosen to share them


class KeyPlaces:
    """Places by key. At most half of the slots are used.

    >>> places = KeyPlaces()
    >>> places.add(70), places.add(80), places.find(80), places.find(90), len(places)
    (0, 1, 1, -1, 2)

    Attributes:
        keys: by place.
    """

    def __init__(self) -> None:
        self.keys = array("Q")
        self._lay_out()

    def __len__(self) -> int:
        return len(self.keys)

    def find(self, key: int) -> int:
        """The place of a key, -1 if it has none.

        Args:
            key: uint64.
        """
        slots, keys = self._slots, self.keys
        last = len(slots) - 1
        slot = key & last
        while (place := slots[slot]) != EMPTY:
            if place >= 0 and keys[place] == key:
                return place
            slot = slot + (key >> _STEP_BITS | 1) & last
        return EMPTY

    def add(self, key: int) -> int:
        """Give a key the next place.

        Args:
            key: uint64; it has no place yet.
        """
        place, slots = len(self.keys), self._slots
        self.keys.append(key)
        last = len(slots) - 1
        slot = key & last
        while slots[slot] >= 0:
            slot = slot + (key >> _STEP_BITS | 1) & last
        self._used += slots[slot] == EMPTY  # the slot of a removed key counts already
        slots[slot] = place
        if 2 * self._used > len(slots):
            self._lay_out()
        return place

    def remove(self, key: int) -> int:
        """Remove a key, whose place goes to the key that came last.

        Args:
            key: uint64; it has a place.

        Returns:
            the place.

        Raises:
            KeyError: the key has no place.
        """
        if (found := self.find(key)) < 0:
            raise KeyError(key)
        slot, last = self._slot(key, found), len(self.keys) - 1
        place = self._slots[slot]
        moved = self.keys[last]
        self._slots[self._slot(moved, last)] = place
        self._slots[slot] = GONE
        self.keys[place] = moved
        self.keys.pop()
        return place

    def keep(self, kept: Bools) -> None:
        """Remove all keys but some, which move up in order.

        Args:
            kept: bool (n), by place.
        """
        self.restore(np.array(self.keys)[kept])

    def restore(self, keys: IntArray) -> None:
        """Begin again with these keys.

        Args:
            keys: uint64 (n), all different; each gets its position as its place.
        """
        self.keys = array("Q", np.asarray(keys).astype(np.uint64).tobytes())
        self._lay_out()

    def _slot(self, key: int, place: int) -> int:
        """The first slot of a key that holds a place, or is ``EMPTY``."""
        last = len(self._slots) - 1
        slot = key & last
        while self._slots[slot] != place:
            slot = slot + (key >> _STEP_BITS | 1) & last
        return slot

    def _lay_out(self) -> None:
        """Put all keys into new slots, every round those that find an empty one."""
        self._used = len(self.keys)
        bits = max(_FIRST_BITS, (5 * self._used // 2).bit_length())  # room for a quarter more keys until the next time
        slots, keys, last = np.full(1 << bits, EMPTY, np.int32), np.array(self.keys, np.uint64), (1 << bits) - 1
        at, places = (keys & np.uint64(last)).astype(np.int64), np.arange(len(keys), dtype=np.int32)
        steps = (keys >> np.uint64(_STEP_BITS)).astype(np.int64) | 1
        while len(places):
            free = slots[at] == EMPTY
            slots[at[free]] = places[free]
            lost = slots[at] != places
            at, places, steps = (at[lost] + steps[lost]) & last, places[lost], steps[lost]
            yield_cpu()
        self._slots = array("i", slots.tobytes())
