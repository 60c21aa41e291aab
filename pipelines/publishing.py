"""The last steps of a training, for every use case: publish a folder as a release, promote what the gate accepted."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from pipelines.runs import MANIFEST
from pipelines.use_case import Context
from script_shared.errors import ReleaseConflictError
from script_shared.releases import Manifest
from script_shared.releases.pins import FORCED

ATTEMPTS = 50
OWN_FACTS = ("run_id", "step", "finished_at")


def publish_release(context: Context, folder: Path, facts: dict[str, Any]) -> dict[str, Any]:
    """Publish a folder as the run's release and write the step ``published``.

    The version is the run's id. A step of the run done again with another result is published as ``<run id>.2`` and so
    on; with the same result nothing changes.

    Args:
        context: the run, its settings, params and options.
        folder: the release's files.
        facts: kept in its manifest, such as its figures and the gate's verdict.

    Returns:
        ``version``, ``files``, ``megabytes`` of the release.
    """
    manifest = _publish_as_free_version(context, folder, {**facts, "params": _params(context)})
    answer = {
        "version": manifest.version,
        "files": len(manifest.files),
        "megabytes": round(manifest.total_bytes / 1e6, 1),
    }
    with context.run.write("published") as (_, kept):
        kept.update(answer)
    return answer


def publish_trained(context: Context, card: str, card_of: Callable[[dict[str, Any]], dict[str, Any]]) -> dict[str, Any]:
    """Publish the run's model with its figures, the gate's verdict and its card.

    Args:
        context: the run, its settings, params and options.
        card: name of the card's file in the release.
        card_of: makes the card, as JSON values, from the facts of the release: source, gate, evaluation, training.

    Returns:
        ``version``, ``files``, ``megabytes`` of the release.

    Raises:
        RunError: the run has not been trained, evaluated and gated yet.
    """
    run = context.run
    facts = {
        "source": run.facts("landing").get("source") if run.complete("landing") else None,
        "gate": step_facts(context, "gated"),
        "evaluation": step_facts(context, "evaluated"),
        "training": step_facts(context, "trained"),
    }
    with TemporaryDirectory(prefix="pauta-release-") as scratch:
        folder = Path(scratch) / "release"
        shutil.copytree(run.read("trained"), folder, ignore=shutil.ignore_patterns(MANIFEST))
        (folder / card).write_text(json.dumps(card_of(facts), indent=1, ensure_ascii=False), encoding="utf-8")
        return publish_release(context, folder, facts)


def step_facts(context: Context, step: str) -> dict[str, Any]:
    """What a step of the run noted, without what every step notes.

    Args:
        context: the run, its settings, params and options.
        step: folder of the step, such as ``gated``.

    Returns:
        the facts by name, as the step returned them.

    Raises:
        RunError: the step has not finished.
    """
    return {key: value for key, value in context.run.facts(step).items() if key not in OWN_FACTS}


def promote(context: Context) -> dict[str, Any]:
    """Put the published release into service if the gate accepted it; ``force`` overrules the gate either way.

    Reads the facts ``accepted``, ``forced``, ``reasons`` and ``in_service`` of the step ``gated``.

    Returns:
        ``promoted``, ``version``, ``reasons``; when promoted also the pointer's ``sequence``.

    Raises:
        RunError: the run is not published yet.
        ReleaseCorruptError: the published files were damaged since; the release in service stays.
        ReleaseConflictError: another release came into service since the gate compared; evaluate and gate again.
    """
    version = str(context.run.facts("published")["version"])
    gate, force = context.run.facts("gated"), context.options.force
    reasons = [str(reason) for reason in gate.get("reasons", [])]
    accepted = gate.get("accepted") is True and force != "refuse"
    if not accepted and force != "promote":
        reason = "refused by a person" if "refuse" in (force, gate.get("forced")) else "refused by the gate"
        return {"promoted": False, "version": version, "reason": reason, "reasons": reasons}
    by_person = force == "promote" or gate.get("forced") == "promote"
    reason = FORCED if by_person else "accepted by the gate"
    pointer = context.releases.promote(version, reason, expect=None if by_person else gate.get("in_service") or "")
    return {"promoted": True, "version": version, "sequence": pointer.sequence, "reason": reason, "reasons": reasons}


def _params(context: Context) -> dict[str, str]:
    """The params of the run by name, so that two releases can be compared."""
    from script_shared.decisions.configuration import configuration_of  # here, because Airflow imports DAG files often

    prefix = f"{context.use_case}."
    values = configuration_of(context.settings, {context.use_case: context.params}).values
    return {name.removeprefix(prefix): text for name, text in values.items() if name.startswith(prefix)}


def _publish_as_free_version(context: Context, folder: Path, facts: dict[str, Any]) -> Manifest:
    releases, run_id = context.releases, context.run.run_id
    for attempt in range(1, ATTEMPTS):
        try:
            return releases.publish(folder, run_id if attempt == 1 else f"{run_id}.{attempt}", facts, run_id=run_id)
        except ReleaseConflictError:
            continue
    raise ReleaseConflictError(f"run {run_id} was published {ATTEMPTS} times.", fix="Start a new run.")
