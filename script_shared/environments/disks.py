"""Which folders are lost with their container: those on its own writable layer, or in memory."""

import re
from pathlib import Path

MOUNTS = Path("/proc/self/mountinfo")
LOST = {  # file systems whose files are lost with the container
    "overlay": "the container's own disk",
    "aufs": "the container's own disk",
    "tmpfs": "memory",
    "ramfs": "memory",
}


def loses(folder: Path, mounts: Path = MOUNTS) -> str | None:
    """Where a folder is, if its files are lost with the container; None if they stay, or where that is not known.

    A volume that ends with its pod, such as Kubernetes' ``emptyDir``, looks like any other volume from inside.

    Args:
        folder: need not exist yet.
        mounts: the kernel's list of mounts (proc_pid_mountinfo(5)).
    """
    if not mounts.is_file():
        return None
    whole, kind, longest = folder.resolve(), None, -1
    for line in mounts.read_text(encoding="utf-8").splitlines():
        before, _, after = line.partition(" - ")
        point = Path(_plain(before.split()[4]))
        depth = len(point.parts)
        if whole.is_relative_to(point) and depth >= longest:  # of two mounts on one folder, the later one is seen
            kind, longest = after.split()[0], depth
    return LOST.get(kind or "")


def _plain(escaped: str) -> str:
    """The text with the kernel's octal escapes of blanks and backslashes replaced."""
    return re.sub(r"\\(\d{3})", lambda found: chr(int(found[1], 8)), escaped)
