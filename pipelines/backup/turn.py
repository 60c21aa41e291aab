"""One backup, trial or removal at a time in a folder of backups, and the removal of what killed ones left there."""

import shutil
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from script_shared.errors import UnavailableError
from script_shared.storage.local import PARTIAL, file_lock

LOCK = ".lock"
TRIAL_PREFIX = ".trial-"
WAIT_SECONDS = 30.0


@contextmanager
def turn(home: Path) -> Iterator[None]:
    """Hold the folder of all backups for the block; first, what killed processes left in it is removed.

    Args:
        home: the folder, made when missing. Its lock file stays.

    Raises:
        UnavailableError: another process holds the folder for longer than ``WAIT_SECONDS``, or the disk cannot be used.
    """
    with ExitStack() as held:
        try:
            home.mkdir(mode=0o700, parents=True, exist_ok=True)
            held.enter_context(file_lock(home / LOCK, WAIT_SECONDS))
            for pattern in (f".*{PARTIAL}", f"{TRIAL_PREFIX}*"):  # nobody else is at work here, so these are left over
                for left in home.glob(pattern):
                    shutil.rmtree(left)
        except UnavailableError as error:
            raise UnavailableError(
                f"another backup, trial or removal is running in {home}.", fix="Wait for its end, then try again."
            ) from error
        except OSError as error:
            raise unusable(home, error) from error
        yield


def unusable(home: Path, error: OSError) -> UnavailableError:
    """The error of a folder of backups that cannot be used.

    Args:
        home: the folder.
        error: of the disk.
    """
    return UnavailableError(f"{home}: {error.strerror}.", fix="Check PAUTA_BACKUP_DIR and its free space.")
