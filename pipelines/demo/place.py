"""Where a demo lives: a folder of its own, so that it never touches the data of an installation."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from pipelines.supervisor.stack import common_environment
from script_shared.demo.story import FOLDER, story_file
from script_shared.settings import Settings, load_settings
from script_shared.use_case_settings import PREFIX


@dataclass(frozen=True)
class Place:
    """The folder of a demo and its environment.

    Attributes:
        root: everything is below it.
        port: of the API, on the loopback address.
        admin_token: of the API.
        params: params file of each use case, by name.
    """

    root: Path
    port: int
    admin_token: str
    params: Mapping[str, Path]

    @property
    def url(self) -> str:
        """Address of the API."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def world(self) -> Path:
        """The generated site."""
        return self.root / "world"

    @property
    def landing(self) -> Path:
        """Where the drifted data arrive."""
        return self.root / "landing"

    @property
    def logs(self) -> Path:
        """What the programs print."""
        return self.root / "logs"

    @property
    def data(self) -> Path:
        """Data folder of the installation."""
        return self.root / "data"

    @property
    def state(self) -> Path:
        """What the programs of the demo say to each other."""
        return self.data / FOLDER

    @property
    def story(self) -> Path:
        """The file of the story."""
        return story_file(self.data)

    @cached_property
    def environment(self) -> dict[str, str]:
        """Environment of every program of the demo: settings of the platform that were set outside have no effect."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith(PREFIX)}
        own = {
            "PAUTA_DATA_DIR": str(self.data),
            "PAUTA_MODELS_URI": str(self.root / "models"),
            "PAUTA_EVALUATION_DIR": str(self.root / "evaluation"),
            "PAUTA_CACHE_DIR": str(self.root / "cache"),
            "PAUTA_MLFLOW_URI": "off",
            "PAUTA_CLOCK": "data",  # a day of it takes minutes; wall time would take a day
            "PAUTA_SOURCE": "local",
            "PAUTA_SOURCE_PATH": str(self.world),
            "PAUTA_SERVED_SHARE": "1",
            "PAUTA_HOST": "127.0.0.1",
            "PAUTA_PORT": str(self.port),
            "PAUTA_ADMIN_TOKEN": self.admin_token,
        }
        files = {f"PAUTA_{name.upper()}_PARAMS_FILE": str(file) for name, file in self.params.items()}
        return common_environment(kept) | own | files

    def settings(self) -> Settings:
        """The settings that this environment gives; from now on it is the environment of this process, too.

        Raises:
            SettingsError: a value cannot be used.
        """
        for name in [each for each in os.environ if each.startswith(PREFIX)]:
            del os.environ[name]
        os.environ.update(self.environment)
        return load_settings()
