"""Forward decay: later events weigh more, so an event is only added, and no count changes as time passes.

With landmark L and half-life h, an event at time t adds 2^((t - L) / h). A sum that is read at time now is multiplied
by 2^(-(now - L) / h). Before weights become too large, the landmark moves to a later time and all sums are scaled once.
(Cormode, Shkapenyuk, Srivastava, Xu: Forward decay, ICDE 2009.)
"""

from array import array
from collections.abc import Sequence

from script_shared.arrays import FloatArray

HOUR_MS = 3_600_000
_REACH = 40.0  # half-lives from a landmark to the latest event, at most; float32 has room for 126
_NOTHING = 1e-12  # a scaled sum below this share of one event becomes zero


class Decay:
    """The half-lives of a state and their landmarks.

    Attributes:
        half_lives_ms: half-life of each window, milliseconds.
        landmarks: of each window, epoch milliseconds; they follow the times of events, never the wall clock.
        latest_ms: time of the latest event; counts are never read as of an earlier time.
    """

    def __init__(self, half_lives_hours: Sequence[float]) -> None:
        self.half_lives_ms = [hours * HOUR_MS for hours in half_lives_hours]
        self.landmarks = [0] * len(self.half_lives_ms)
        self.latest_ms = 0
        self._next_ms = 0.0

    def __len__(self) -> int:
        return len(self.half_lives_ms)

    def weights(self, time_ms: int) -> "array[float]":
        """What one event at ``time_ms`` adds in each window.

        Args:
            time_ms: epoch milliseconds, UTC.

        Returns:
            float64 (half-lives).
        """
        pairs = zip(self.landmarks, self.half_lives_ms)  # noqa: B905  of equal length; runs for every event
        return array("d", [2.0 ** ((time_ms - landmark) / half) for landmark, half in pairs])

    def factors(self, now_ms: int) -> list[float]:
        """Factors that convert stored sums to ``now_ms``, or to the latest event if that is later, by window.

        The wall clock may be behind the latest event; no event ever counts more than once.

        Args:
            now_ms: epoch milliseconds, UTC.

        Returns:
            one factor for each half-life, in their order.
        """
        now_ms = max(now_ms, self.latest_ms)
        return [
            2.0 ** ((landmark - now_ms) / half)
            for landmark, half in zip(self.landmarks, self.half_lives_ms, strict=True)
        ]

    def factor(self, window: int, now_ms: int) -> float:
        """The factor of one window.

        Args:
            window: place of the half-life.
            now_ms: epoch milliseconds, UTC; may be before the latest event.

        Returns:
            what stored sums are multiplied by.
        """
        return float(2.0 ** ((self.landmarks[window] - now_ms) / self.half_lives_ms[window]))

    def move_landmarks(self, time_ms: int) -> list[tuple[int, float]]:
        """Move the landmarks that are too old; returns each such window with the factor for its sums.

        Args:
            time_ms: of the latest event, epoch milliseconds, UTC.

        Returns:
            place of the half-life and factor, for each window that moved.
        """
        self.latest_ms = time_ms
        if time_ms <= self._next_ms:
            return []
        moved = []
        for window, (landmark, half) in enumerate(zip(self.landmarks, self.half_lives_ms, strict=True)):
            if time_ms - landmark > _REACH * half:
                moved.append((window, 2.0 ** max((landmark - time_ms) / half, -1000.0)))
                self.landmarks[window] = time_ms
        self._next_ms = self._reach_ms()
        return moved

    def turn_back(self, time_ms: int) -> list[tuple[int, float]]:
        """Make an earlier moment the latest; there, counts have the values that they had at the latest event.

        Args:
            time_ms: epoch milliseconds, UTC.

        Returns:
            each window with the factor for its sums.
        """
        factors = list(enumerate(self.factors(self.latest_ms)))
        self.landmarks = [time_ms] * len(self.half_lives_ms)
        self.latest_ms, self._next_ms = time_ms, self._reach_ms()
        return factors

    def restore(self, landmarks: Sequence[int], latest_ms: int) -> None:
        """Restore the saved values.

        Args:
            landmarks: epoch milliseconds, UTC, one for each half-life.
            latest_ms: of the latest event, epoch milliseconds, UTC; 0 before the first.

        Raises:
            ValueError: a landmark is later than the latest event, or too old.
        """
        for landmark, half in zip(landmarks, self.half_lives_ms, strict=True):
            if latest_ms and not 0 <= latest_ms - landmark <= _REACH * half:
                raise ValueError("the landmarks of the decayed counts do not fit the time of the latest event")
        self.landmarks, self.latest_ms = list(landmarks), latest_ms
        self._next_ms = self._reach_ms() if latest_ms else 0.0

    def _reach_ms(self) -> float:
        """The time until which no landmark has to move."""
        return min(landmark + _REACH * half for landmark, half in zip(self.landmarks, self.half_lives_ms, strict=True))


def scale(sums: FloatArray, factor: float) -> None:
    """Scale sums in place after their landmark moved; tiny sums become zero."""
    sums *= factor
    sums[sums < _NOTHING] = 0.0
