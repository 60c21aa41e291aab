"""Step publish: the trained release with its model card, its figures and the gate's verdict."""

from typing import Any

from pipelines.publishing import publish_trained
from pipelines.students.release.model_card import card_of
from pipelines.students.search.result import params_found
from pipelines.use_case import Context
from script_shared.students.release_folder import CARD


def publish(context: Context) -> dict[str, Any]:
    """Publish the run's model; see ``publish_trained``.

    Args:
        context: the run, its settings, params and options.

    Returns:
        ``version``, ``files``, ``megabytes`` of the release.
    """
    params = params_found(context.run, context.params)
    return publish_trained(context, CARD, lambda facts: card_of(facts, params))
