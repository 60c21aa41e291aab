"""A folder for files between two stages, on the disk that the machines of a cluster share."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory


@contextmanager
def shared_scratch(place: Path) -> Iterator[Path]:
    """A folder beside a step's output; it is removed at the end of the block.

    It is named as a half-written folder of the step, which housekeeping removes after a kill.

    Args:
        place: of the step's output.
    """
    place.parent.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(prefix=f".{place.name}.", suffix=".partial", dir=place.parent) as folder:
        yield Path(folder)
