"""The event log: the only door by which anything is written at run time."""

from script_shared.events.entry import Entry, Kind
from script_shared.events.erased import ErasedUsers
from script_shared.events.log import EventLog
from script_shared.events.quarantine import Quarantine

__all__ = ["Entry", "ErasedUsers", "EventLog", "Kind", "Quarantine"]
