"""Whether new files have come to where a use case's source looks: a folder, or a prefix of an object store."""

import logging

from pipelines.runs import latest_run
from pipelines.use_case import Options, UseCase
from script_shared.errors import PautaError
from script_shared.settings import Settings

log = logging.getLogger(__name__)


def is_watched(case: UseCase, settings: Settings) -> bool:
    """Whether the use case's source is a place where files arrive: ``PAUTA_<USE CASE>_SOURCE`` and ``_SOURCE_PATH``.

    Args:
        case: its ``landing_source`` is the one that can be watched, its ``fingerprint`` notices new files.
        settings: of this instance.
    """
    own = settings.of(case.name)
    return case.fingerprint is not None and own.source == case.landing_source and own.source_path is not None


def find_arrival(case: UseCase, settings: Settings) -> str | None:
    """The fingerprint of the files there, if no run has used them; None while nothing is new or readable.

    Args:
        case: a use case with a ``fingerprint``.
        settings: say where files arrive and where runs are.
    """
    try:
        found = str(
            case.function("fingerprint")(case.context(settings, "arrival", Options(source=case.landing_source)))
        )
    except PautaError as error:
        log.info("%s: nothing to take in: %s", case.name, error.log_text)
        return None
    first = case.data_steps[0].folder
    root = settings.data_dir / case.name
    run_id = latest_run(root, first)
    begun = case.run(settings, run_id).facts(first).get("fingerprint") if run_id else None
    return None if found == begun else found
