"""Step publish: the assembled release, fitted again or not, with its figures and the gate's verdict."""

from typing import Any

from pipelines.news.release.refit import MARK, release_of
from pipelines.publishing import publish_release, step_facts
from pipelines.use_case import Context


def publish(context: Context) -> dict[str, Any]:
    """Publish the run's release, fitted again after the gate or not, with its figures and the gate's verdict.

    Args:
        context: the run, its settings, params and options.

    Returns:
        ``version``, ``files``, ``megabytes`` of the release.

    Raises:
        RunError: the run is not assembled, ranked, evaluated and gated yet.
    """
    run = context.run
    facts = {
        "source": run.facts("raw").get("source") if run.complete("raw") else None,
        "gate": step_facts(context, "gated"),
        "evaluation": step_facts(context, "evaluated"),
    }
    if run.complete("assembled"):
        facts["data_end_ms"] = int(run.facts("assembled")["release"]["data_end_ms"])
    if run.complete("refitted") and run.facts("refitted")["refit"]:
        facts["refit"] = {**step_facts(context, "refitted"), "figures": MARK}
    return publish_release(context, release_of(context), facts)
