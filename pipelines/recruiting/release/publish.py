"""Step publish: the trained release with its model card, its figures and the gate's verdict."""

from typing import Any

from pipelines.publishing import publish_trained
from pipelines.recruiting.release.model_card import card_of
from pipelines.use_case import Context
from script_shared.recruiting.release_folder import CARD


def publish(context: Context) -> dict[str, Any]:
    """Publish the run's model; see ``publish_trained``."""
    return publish_trained(context, CARD, card_of)
