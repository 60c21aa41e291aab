"""A folder for files between two stages, on the disk that the machines of a cluster share."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory


@contextmanager
def shared_scratch(place: Path) -> Iterator[Path]:
    """A folder beside a step's output; it is removed at the end of the block.

    It is named like a half-written folder of the step, so housekeeping removes it if the process is killed.

    Args:
        place: path of the step's output.
    """
    place.parent.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(prefix=f".{place.name}.", suffix=".partial", dir=place.parent) as folder:
        yield Path(folder)
