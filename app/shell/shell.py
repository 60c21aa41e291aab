"""The shell of one service: its templates, words, and the files that its pages load."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, PrefixLoader, StrictUndefined, Template

from app.pages import Pages
from app.shell.words import Language, Texts
from script_shared.plots import figure, spark
from script_shared.plots.web_files import FOLDER as PLOTS

HOST = "shell"  # the prefix of the host's templates
FOLDER = Path(__file__).parent
TYPES = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}


@dataclass(frozen=True)
class WebFile:
    """A file that pages load."""

    content: bytes
    media_type: str


@dataclass(frozen=True)
class Shell:
    """Attributes:
    pages: by the name of the use case.
    """

    pages: Mapping[str, Pages]

    def template(self, name: str) -> Template:
        """A template, such as ``students/student.html.jinja``; it escapes all texts."""
        return self._environment.get_template(name)

    def texts(self, language: Language, use_case: str = "") -> Texts:
        """The words of the host, and of a use case."""
        found = self.pages.get(use_case)
        return Texts(language, found.words if found else None)

    @cached_property
    def files(self) -> dict[str, WebFile]:
        """Styles, scripts and pictures by address below ``web/``: the host's, and those of use cases by name."""
        own = {f"{name}/": each.folder / "web" for name, each in self.pages.items()}
        folders = {"": FOLDER / "web", "plots/": PLOTS, **own}
        return {
            prefix + file.name: WebFile(file.read_bytes(), TYPES[file.suffix])
            for prefix, folder in folders.items()
            if folder.is_dir()
            for file in folder.iterdir()
            if file.suffix in TYPES
        }

    @cached_property
    def _environment(self) -> Environment:
        folders = {HOST: FOLDER, **{name: each.folder for name, each in self.pages.items()}}
        loaders = {name: FileSystemLoader(folder / "templates") for name, folder in folders.items()}
        environment = Environment(
            loader=PrefixLoader(loaders),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        environment.globals.update(figure=figure, spark=spark)
        return environment
