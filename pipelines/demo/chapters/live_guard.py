"""A person forces the bad release past the gate; the live guard sees it fail with readers and rolls it back."""

from pipelines.demo.chapters.bad_release import BAD
from pipelines.demo.stage import ChapterFailedError, Stage
from pipelines.guard.look import Look, look
from pipelines.guard.verdict import POPULARITY

SECONDS = 600.0
MOST_POINTS = 90


def live_guard(stage: Stage) -> None:
    """Force the release, and look as often as the guard does until it acts.

    Args:
        stage: of the demo.

    Raises:
        ChapterFailedError: there is no bad release, or another one is in service after the rollback.
        UnavailableError: the guard did not act in time.
    """
    bad, good = stage.kept.get(BAD, ""), _in_service(stage)
    if not bad:
        raise ChapterFailedError("there is no bad release, because its chapter failed")
    _look(stage)  # the figures of the good release, which the bad one is compared with
    stage.command("news", "--run-id", bad, "--step", "promote", "--force", "promote")
    stage.wait_for_release("news", bad)
    stage.note("forced", release=bad, before=good)
    leads: list[float] = []

    def find_rollback() -> Look | None:
        found = _look(stage)
        compared = next((each for each in found.compared if each.name == POPULARITY), None)
        if compared is not None and compared.value == compared.value:
            leads.append(round(compared.value, 3))
        clicks = compared.clicks if compared else 0
        needed = stage.context("news").params.guard.least_clicks
        stage.show(clicks=clicks, needed=needed, leads=leads[-MOST_POINTS:], sentence=found.sentence)
        return found if found.status == "rolled_back" else None

    found = stage.wait("The verdict of the guard", find_rollback, SECONDS)
    stage.wait_for_release("news", found.to)
    if _in_service(stage) != good:
        raise ChapterFailedError(f"{found.to} is in service, not {good}")
    stage.note("rolled_back", release=bad, to=found.to)


def _look(stage: Stage) -> Look:
    return look(stage.case("news"), stage.context("news"))


def _in_service(stage: Stage) -> str:
    pointer = stage.context("news").releases.current()
    return pointer.version if pointer else ""
