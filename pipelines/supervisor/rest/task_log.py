"""The useful part of a failed task's log, from the structured entries of Airflow's API."""

from typing import Any

from script_shared.errors import PautaError

TAIL = 12


def essence(content: Any) -> list[str]:
    """The last error's own lines when it was raised on purpose, which say everything; else the end of the log.

    Args:
        content: a list of entries, or a text.
    """
    entries = content if isinstance(content, list) else [content]
    for entry in reversed(entries):
        if told := _on_purpose(entry):
            return told
    lines = [line for entry in entries for line in _text(entry).splitlines()]
    return [line for line in lines if line.strip() and not line.startswith("::")][-TAIL:]


def _on_purpose(entry: Any) -> list[str]:
    """The lines of the entry's error, without its causes, when it is one of the product's own."""
    details = entry.get("error_detail") if isinstance(entry, dict) else None
    if not details or details[0].get("exc_type") not in _own(PautaError):
        return []
    return f"{details[0]['exc_type']}: {details[0].get('exc_value')}".splitlines()


def _own(kind: type[PautaError]) -> set[str]:
    return {kind.__name__}.union(*(_own(each) for each in kind.__subclasses__()))


def _text(entry: Any) -> str:
    """A line of a structured log, with its error's type and message; nothing for the list of log files."""
    if not isinstance(entry, dict):
        return str(entry)
    if entry.get("sources"):
        return ""
    details = entry.get("error_detail") or []
    errors = "".join(f"\n{each.get('exc_type')}: {each.get('exc_value')}" for each in details)
    return f"{entry.get('event', '')}{errors}"
