"""What differs between two releases: files, data and params."""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from script_shared.releases import Manifest

LEFT_OUT = ("params", "gate", "evaluation")  # have their own tables, or are figures
MOST_TEXT = 200


class Change(NamedTuple):
    """One value in two releases; "" where a release lacks it."""

    name: str
    before: str
    after: str


def fact_changes(before: Manifest, after: Manifest) -> list[Change]:
    """Facts of the data and the training that differ, by name.

    Args:
        before: manifest of the first release.
        after: manifest of the second.
    """
    return _changes(_facts(before), _facts(after))


def param_changes(before: Manifest, after: Manifest) -> list[Change] | None:
    """Params that differ; None if a release was published before manifests had params.

    Args:
        before: manifest of the first release.
        after: manifest of the second.
    """
    params = [each.facts.get("params") for each in (before, after)]
    if not all(isinstance(each, Mapping) for each in params):
        return None
    return _changes(*(dict(_flat(each)) for each in params if each is not None))


def file_changes(before: Manifest, after: Manifest) -> list[Change]:
    """Files that differ, with their sizes; equal checksums mean equal files.

    Args:
        before: manifest of the first release.
        after: manifest of the second.
    """
    sizes = [{name: entry.sha256 for name, entry in each.files.items()} for each in (before, after)]
    names = {change.name for change in _changes(*sizes)}
    return [Change(name, _size(before, name), _size(after, name)) for name in sorted(names)]


def _facts(manifest: Manifest) -> dict[str, str]:
    own = {name: value for name, value in manifest.facts.items() if name not in LEFT_OUT}
    return dict(_flat(own))


def _flat(values: Mapping[str, Any], before: str = "") -> Iterator[tuple[str, str]]:
    for name, value in values.items():
        if isinstance(value, Mapping):
            yield from _flat(value, f"{before}{name}.")
        else:
            yield f"{before}{name}", str(value)[:MOST_TEXT]


def _changes(before: Mapping[str, str], after: Mapping[str, str]) -> list[Change]:
    names = sorted({*before, *after})
    found = [Change(name, before.get(name, ""), after.get(name, "")) for name in names]
    return [change for change in found if change.before != change.after]


def _size(manifest: Manifest, name: str) -> str:
    entry = manifest.files.get(name)
    return f"{entry.bytes:,}" if entry else ""
