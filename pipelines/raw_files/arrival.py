"""Whether new files have come to where a use case's source looks: a folder, or a prefix of an object store."""

import json
import logging

from pipelines.lake.session import see_lake
from pipelines.runs import MANIFEST, latest_run
from pipelines.use_case import Options, UseCase
from script_shared.errors import PautaError
from script_shared.settings import Settings

MEMORY = "arrivals.json"  # in the use case's data folder
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
    """The fingerprint of the files there, if it is new; None while it is not, or while nothing is readable.

    Files are not new if they are those of the last run, or of the last run that could use its files. So adding a
    damaged file starts one run, and removing it again starts none.

    Args:
        case: a use case with a ``fingerprint``.
        settings: say where files arrive and where runs are.
    """
    try:
        see_lake(settings, case.name)
        found = str(
            case.function("fingerprint")(case.context(settings, "arrival", Options(source=case.landing_source)))
        )
    except PautaError as error:
        log.info("%s: nothing to take in: %s", case.name, error.log_text)
        return None
    known = {_fingerprint_of_newest(case, settings, step) for step in _first_and_last_folder(case)}
    return None if found in known else found


def remember_arrivals(case: UseCase, settings: Settings) -> None:
    """Keep the fingerprints that ``find_arrival`` compares with: runs will be removed, their files stay.

    Args:
        case: a use case with a ``fingerprint``.
        settings: say where runs are.
    """
    root = settings.data_dir / case.name
    known = {step: _fingerprint_of_newest(case, settings, step) for step in _first_and_last_folder(case)}
    if any(known.values()):
        partial = root / f".{MEMORY}.partial"
        partial.write_text(json.dumps(known), encoding="utf-8")
        partial.replace(root / MEMORY)


def _first_and_last_folder(case: UseCase) -> tuple[str, str]:
    """Folders of the first data step and of the last one."""
    return case.data_steps[0].folder, case.data_steps[-1].folder


def _fingerprint_of_newest(case: UseCase, settings: Settings, step: str) -> str | None:
    """The fingerprint of the files of the newest run in which the step is complete, even if the run was removed."""
    root, landing = settings.data_dir / case.name, case.data_steps[0].folder
    run_id, memory = latest_run(root, step), root / MEMORY
    finished = (root / step / run_id / MANIFEST).stat().st_mtime_ns if run_id else 0
    if memory.is_file() and memory.stat().st_mtime_ns >= finished:
        known: dict[str, str | None] = json.loads(memory.read_text(encoding="utf-8"))
        return known.get(step)
    if run_id is None or not case.run(settings, run_id).complete(landing):
        return None
    fingerprint = case.run(settings, run_id).facts(landing).get("fingerprint")
    return str(fingerprint) if fingerprint else None
