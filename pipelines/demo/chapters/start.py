"""The first releases of the three use cases, out of generated data."""

from pipelines.demo.components import traffic
from pipelines.demo.people import SITE
from pipelines.demo.stage import ChapterFailedError, Stage
from pipelines.runs import new_run_id
from script_shared.use_cases import entries


def start(stage: Stage) -> None:
    """Train news, let its readers in, then train the others.

    Args:
        stage: of the demo.

    Raises:
        ChapterFailedError: the gate refused the first release of a use case.
    """
    refused = []
    for name in entries(stage.settings.use_cases):
        stage.note("training", use_case=name)
        run = new_run_id()
        stage.command(name, "--run-id", run)
        pointer = stage.context(name).releases.current()
        if pointer is None:
            refused.append(f"{name}: {'; '.join(stage.context(name, run).run.facts('gated')['reasons'])}")
            continue
        stage.wait_for_release(name, pointer.version)
        stage.note("in_service", use_case=name, release=pointer.version)
        if name == "news":
            since_ms, minutes = int(stage.kept["since_ms"]), stage.story.minutes
            stage.components.start(traffic(stage.place, stage.tokens[SITE], since_ms, minutes))
            stage.note("readers")
    if refused:
        raise ChapterFailedError(f"the gate refused the first release of {' / '.join(refused)}")
