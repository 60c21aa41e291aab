"""A name that only one release store has, so that installations that share a server tell their things apart."""

import secrets

from script_shared.settings import Settings
from script_shared.storage import open_storage

KEY = "store_id"  # beside the pointer
BYTES = 4


def store_id(settings: Settings, use_case: str, *, make: bool = False) -> str:
    """The name of the release store of a use case.

    Args:
        settings: ``models_uri`` says where the store is.
        use_case: its name.
        make: draw the name if the store has none yet.

    Returns:
        8 hexadecimal digits; "" if there is none yet.

    Raises:
        UnavailableError: the store cannot be read or written.
    """
    storage = open_storage(f"{settings.models_uri.rstrip('/')}/{use_case}")
    stored = storage.read(KEY)
    if stored is None and make:
        storage.swap(KEY, secrets.token_hex(BYTES).encode(), None)  # another process may be faster: its name counts
        stored = storage.read(KEY)
    return stored.data.decode() if stored is not None else ""
