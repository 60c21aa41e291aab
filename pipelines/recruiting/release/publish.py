"""Step publish: the trained release with its model card, its figures and the gate's verdict."""

import json
import logging
from typing import Any

from pipelines.publishing import publish_trained
from pipelines.recruiting.release.model_card import card_of
from pipelines.use_case import Context
from script_shared.errors import UnavailableError
from script_shared.recruiting.release_folder import CARD
from script_shared.recruiting.store.figures import FigureStore
from script_shared.storage.tables import tables_address

log = logging.getLogger("pauta.recruiting")


def publish(context: Context) -> dict[str, Any]:
    """Publish the run's model, see ``publish_trained``, and write its figures into the tables of the use case.

    Tables that are unreachable are logged; the release is published without them.

    Args:
        context: the run, its settings, params and options.

    Returns:
        ``version``, ``files``, ``megabytes`` of the release.
    """
    published = publish_trained(context, CARD, card_of)
    content = json.loads((context.run.read("evaluated") / "metrics.json").read_text(encoding="utf-8"))
    store = FigureStore(tables_address(context.settings, "recruiting"))
    try:
        store.put(published["version"], content["evaluated_at"], content["figures"])
    except UnavailableError as error:
        log.warning("figures of %s are not in the tables: %s", published["version"], error.log_text)
    finally:
        store.close()
    return published
