"""What the training records of all use cases take from the facts of a run's steps."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from pipelines.runs import Run
from pipelines.tracking.record import Release
from pipelines.tracking.registry_plan import release_of
from script_shared.errors import PautaError
from script_shared.releases import Releases


def finished_ms(facts: dict[str, Any]) -> int:
    """When a step ended, epoch milliseconds."""
    return int(1_000 * datetime.fromisoformat(facts["finished_at"]).timestamp())


def data_of(run: Run, folder: str) -> dict[str, str]:
    """Source and fingerprint of the data, from the facts of the folder that holds it as it came; empty without it."""
    facts = run.facts(folder) if run.complete(folder) else {}
    return {name: str(facts[name]) for name in ("source", "fingerprint") if facts.get(name)}


def published_release(releases: Releases, steps: dict[str, Any]) -> Release | None:
    """The release of a run; None if it has none, if it was deleted, or while the release store is unreachable."""
    if "published" not in steps:
        return None
    try:
        return release_of(releases.manifest(str(steps["published"]["version"])), releases.uri)
    except PautaError:
        return None


def gate_note(gated: dict[str, Any], reasons: Iterable[str]) -> str:
    """The verdict of the gate and its reasons as Markdown, "" for a run that the gate has not seen."""
    if not gated:
        return ""
    verdict = "Accepted by the gate." if gated.get("accepted") else "Refused by the gate."
    return "\n".join([f"**{verdict}**", "", *(f"- {reason}" for reason in reasons)])
