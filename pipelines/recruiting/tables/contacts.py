"""Contacts of candidates: into the encrypted table if the settings have a key, else nowhere."""

from collections.abc import Mapping

from pipelines.erasures import erased_digests
from pipelines.recruiting.erasure import erase_stored
from pipelines.recruiting.tables.values import usable_ids
from pipelines.use_case import Context
from script_shared.addresses import sqlite_file
from script_shared.recruiting.erasure import are_erased
from script_shared.recruiting.store.contacts import Contact, Contacts
from script_shared.recruiting.store.store import RecruitingStore
from script_shared.settings import Settings
from script_shared.storage.tables import tables_address


def keep_contacts(context: Context, contacts: Mapping[str, Contact]) -> int:
    """Replace the stored contacts with those of valid ids, without erased candidates; returns their number.

    Args:
        context: its settings have the key and say where the table is.
        contacts: by id of the candidate, as the files have it.

    Raises:
        UnavailableError: the table, or the erasures, cannot be used.
        SettingsError: the key is invalid.
    """
    store = Contacts.of(context.settings)
    if store is None:
        return 0
    contacts = {name.strip(): contact for name, contact in contacts.items() if any(contact.values())}
    names = usable_ids(list(contacts))
    gone = are_erased(names, erased_digests(context.settings))
    kept = {name: contacts[name] for name, erased in zip(names, gone, strict=True) if not erased}
    try:
        store.replace(kept)
    finally:
        store.close()
    erase_stored(context.settings, erased_digests(context.settings))  # people who were erased while it was written
    return len(kept)


def keeps_contacts(settings: Settings) -> bool:
    """Whether the settings have a key for contacts.

    Args:
        settings: of this instance.
    """
    return settings.of("recruiting").contact_key is not None


def lacks_contacts(settings: Settings) -> bool:
    """Whether contacts should be kept but there are none yet.

    Raises:
        UnavailableError: the table cannot be used.
    """
    store = Contacts.of(settings)
    if store is None:
        return False
    try:
        return store.is_empty()
    finally:
        store.close()


def drop_contacts(settings: Settings) -> None:
    """Delete contacts of an earlier run after its key was removed from the settings.

    Raises:
        UnavailableError: the tables cannot be used.
    """
    address = tables_address(settings, "recruiting")
    file = sqlite_file(address)
    if keeps_contacts(settings) or (file is not None and not file.exists()):
        return
    store = RecruitingStore(address)
    try:
        store.drop_contacts()
    finally:
        store.close()
