"""The entry of an experiment's change in the record of decisions."""

from collections.abc import Mapping
from typing import Any

from script_shared.decisions.decision import Decision
from script_shared.decisions.kinds import ExperimentAction, experiment_decision
from script_shared.experiments.stored import StoredExperiment


def decision_of(
    before: StoredExperiment | None, after: StoredExperiment, who: str, evidence: Mapping[str, Any] | None = None
) -> Decision:
    """The decision that made a version.

    Args:
        before: the version until then, None for the start.
        after: the version that was made.
        who: ``token:ana``, ``command:root``, ``guard`` or ``service``.
        evidence: such as the figures that stopped it.
    """
    action: ExperimentAction = "start" if before is None else "stop" if after.state == "stopped" else "change"
    facts = {"version": after.version, "way": after.experiment.way, "about": after.experiment.about}
    return experiment_decision(
        who,
        after.experiment.use_case,
        after.name,
        action,
        before=before.experiment.shares if before else "",
        after=after.experiment.shares if after.state == "running" else "",
        why=after.why,
        evidence={**facts, **(evidence or {})},
        once=(after.name, str(after.version)),
    )
