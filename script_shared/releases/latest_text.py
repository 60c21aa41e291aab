"""``latest.txt`` beside the pointer: the version in service as plain text, for programs that cannot read a pointer."""

import logging

from script_shared.errors import PautaError
from script_shared.releases import pointer as pointers
from script_shared.storage import Storage

KEY = "latest.txt"
ATTEMPTS = 20
log = logging.getLogger(__name__)


def write_latest_text(storage: Storage) -> None:
    """Write the version that the pointer names; whatever fails is logged, because the pointer alone decides.

    The text is read before the pointer, and replaced only if it is unchanged then, so an older version never replaces
    a newer one.

    Args:
        storage: the root of the releases.
    """
    try:
        for _ in range(ATTEMPTS):
            stored = storage.read(KEY)
            pointer = pointers.decode_pointer(storage.read(pointers.KEY), storage.uri)
            if pointer is None or (stored is not None and stored.data == pointer.version.encode()):
                return
            if storage.swap(KEY, pointer.version.encode(), stored):
                return
        log.warning("%s/%s was not written: other processes kept changing it", storage.uri, KEY)
    except PautaError as error:
        log.warning("%s/%s was not written: %s", storage.uri, KEY, error)
