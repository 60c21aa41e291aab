"""Each use case of the instance gets its first release under `make run`; one that has a release is not trained."""

from dataclasses import dataclass

from pipelines.supervisor.component_group import ComponentGroup
from pipelines.supervisor.console import plainly, say
from pipelines.supervisor.first_run import make_first_release
from pipelines.supervisor.progress import RunFailedError
from pipelines.supervisor.rest.airflow import AirflowRest
from pipelines.supervisor.rest.api import ApiRest
from pipelines.use_case import UseCase
from script_shared.errors import UnavailableError
from script_shared.releases import open_releases
from script_shared.settings import Settings
from script_shared.use_cases import entries

LOAD_SECONDS = 60.0


def promoted(settings: Settings) -> dict[str, str]:
    """The release that the pointer of each use case names, "" for none, in the order of ``PAUTA_USE_CASES``.

    Raises:
        UnavailableError: the release store cannot be read.
    """
    pointers = {name: open_releases(settings, name).current() for name in entries(settings.use_cases)}
    return {name: pointer.version if pointer else "" for name, pointer in pointers.items()}


@dataclass(frozen=True)
class FirstRelease:
    """The first release of one use case, made or found.

    Attributes:
        promoted: the release that its pointer named at the start, "" for none.
    """

    case: UseCase
    settings: Settings
    components: ComponentGroup
    api: ApiRest
    airflow: AirflowRest
    promoted: str

    def make(self) -> None:
        """Train, and wait until the API serves the release.

        Raises:
            RunFailedError: a run failed, or the gate refused the candidate.
            UnavailableError: Airflow or the API did not do its part in time.
        """
        name = self.case.name
        source = self.case.context(self.settings, "first").source
        say(f"{name}: making the first release from the source '{source}'")
        make_first_release(self.components, self.airflow, name)
        self._say_served()

    def make_or_say(self) -> None:
        """The same for a use case that is not the first: its failure is reported, and the others continue."""
        if self.promoted:
            self.greet()
            return
        try:
            self.make()
        except (RunFailedError, UnavailableError) as error:
            say(f"{self.case.name} has no release. {error.logged}")

    def greet(self) -> None:
        """Say which release is served, where one was promoted earlier."""
        say(f"{self.case.name}: release {self.promoted} was promoted earlier: nothing is trained")
        self._say_served()

    def _say_served(self) -> None:
        name = self.case.name
        if entries(self.settings.use_cases)[name].app is None:
            return  # the API does not serve it
        ready = self.components.wait_for("Loading the release", lambda: self.api.readiness(name), LOAD_SECONDS)
        if ready.refused:
            say(f"{name}: the release cannot be served: {ready.refused}")
            listing = f".venv/bin/python -m pipelines releases --use-case {name} list"
            say(f"trigger {name}_data in Airflow for a new one, or take another: {listing}")
            return
        say(f"{name}: serving release {ready.release} on {ready.clock}")
        if self.case.greeting is not None:
            plainly(self.case.function("greeting")(self.api.get))
