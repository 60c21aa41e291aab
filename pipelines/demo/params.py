"""The params files of the demo: those of the package, with worlds and models that are ready within seconds."""

import re
from collections.abc import Mapping
from pathlib import Path

from pipelines.registry import find
from script_shared.errors import SettingsError
from script_shared.settings import Settings

Values = Mapping[str, str]  # by section and name, as TOML
NEWS: Values = {
    "sample.users": "2_500",
    "sample.articles": "1_500",
    "sample.interactions": "60_000",
    "sample.days": "9",
    "logged.als.factors": "24",
    "logged.als.iterations": "8",
    "logged.content.max_terms": "6_000",
    "evaluation.bootstrap_resamples": "50",
    "evaluation.replayed_clicks": "360",
    "ranking.requests": "600",
    "ranker.trees": "50",
    "guard.least_clicks": "150",
}
STUDENTS: Values = {
    "generated.students": "900",
    "model.replicates": "3",
    "model.forest.trees": "10",
    "model.folds": "3",
    "evaluation.resamples": "100",
    "evaluation.repeats": "1",
    "evaluation.learning_curve": "[0.5]",
}
RECRUITING: Values = {
    "generated.vacancies": "150",
    "generated.candidates": "500",
    "generated.applications": "1_100",
    "encoder.width": "96",
    "encoder.learnt_width": "64",
    "ranker.trees": "80",
    "match.trees": "60",
    "evaluation.resamples": "100",
}
OF_USE_CASES = {"news": NEWS, "students": STUDENTS, "recruiting": RECRUITING}


def write_params(folder: Path) -> dict[str, Path]:
    """Write the params files of all use cases.

    Args:
        folder: gets one file for each use case.

    Returns:
        the file of each use case, by name.

    Raises:
        SettingsError: a name is not in the package's file.
    """
    folder.mkdir(parents=True, exist_ok=True)
    files = {}
    for name, values in OF_USE_CASES.items():
        package = find(Settings(use_cases=name), name).params_file
        files[name] = folder / f"{name}.toml"
        files[name].write_text(with_values(package.read_text(encoding="utf-8"), values), encoding="utf-8")
    return files


def with_values(text: str, values: Values) -> str:
    """A params file with other values.

    Args:
        text: of the file.
        values: TOML by section and name, such as ``{"sample.users": "100"}``.

    Raises:
        SettingsError: a name is not in the file.

    >>> with_values("[sample]\\nusers = 5  # users\\n", {"sample.users": "100"})
    '[sample]\\nusers = 100  # users\\n'
    """
    for key, value in values.items():
        section, name = key.rsplit(".", 1)
        line = rf"(?ms)(^\[{re.escape(section)}\](?:(?!^\[).)*?^{name} = )(?:\[[^\]]*\]|[^#\n]+?)(?=\s*(?:#|$))"
        text, count = re.subn(line, rf"\g<1>{value}", text, count=1)
        if not count:
            raise SettingsError(f"the params of the demo name {key}, which does not exist.", fix="Correct that name.")
    return text
