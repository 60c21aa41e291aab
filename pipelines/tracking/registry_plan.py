"""The target state of the registry, read from the release store."""

import hashlib
from dataclasses import dataclass

from pipelines.tracking.record import Release
from script_shared.releases import Manifest, Releases

PRODUCTION, CANDIDATE = "production", "candidate"
VERDICTS = {"True": "accepted", "False": "refused"}


@dataclass(frozen=True)
class RegistryPlan:
    """The releases there are, and which of them the aliases name.

    Attributes:
        releases: by version, oldest first.
        aliases: the version that each alias names; one that names none is not there.
    """

    releases: dict[str, Release]
    aliases: dict[str, str]


def registry_plan(releases: Releases) -> RegistryPlan:
    """Production is the release in service, candidate the newest published one, in service or not.

    Raises:
        ReleaseCorruptError: the pointer is damaged.
        UnavailableError: the place does not answer.
    """
    manifests = releases.list()
    pointer = releases.current()
    aliases = {CANDIDATE: manifests[0].version} if manifests else {}
    if pointer:
        aliases[PRODUCTION] = pointer.version
    return RegistryPlan({each.version: release_of(each, releases.uri) for each in reversed(manifests)}, aliases)


def release_of(manifest: Manifest, uri: str) -> Release:
    """What the registry holds of a release."""
    gate = manifest.facts.get("gate") or {}
    return Release(
        version=manifest.version,
        run_id=manifest.run_id,
        uri=f"{uri}/releases/{manifest.version}",
        checksum=hashlib.sha256(manifest.encode()).hexdigest(),
        created_at=manifest.created_at.isoformat(timespec="seconds"),
        verdict=VERDICTS.get(str(gate.get("accepted")), ""),
        reasons=tuple(str(reason) for reason in gate.get("reasons", [])),
    )
