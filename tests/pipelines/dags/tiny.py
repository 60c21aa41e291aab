"""Params files with numbers so small that a whole run takes seconds."""

import re
from collections.abc import Mapping
from pathlib import Path

from script_shared.news.params import FILE
from script_shared.students.params import FILE as STUDENTS_FILE

NUMBERS = {
    "sample.users": "800",
    "sample.articles": "300",
    "sample.interactions": "6_000",
    "sample.days": "4",
    "logged.als.factors": "8",
    "logged.als.iterations": "3",
    "logged.content.max_terms": "2_000",
    "evaluation.bootstrap_resamples": "20",
    "ranker.trees": "20",
    "ranking.requests": "300",
    "evaluation.replayed_clicks": "60",
    "gate.beats": "[]",
    "gate.tolerance": "0.99",  # the gate accepts whatever it is shown
}
STUDENTS_NUMBERS = {  # the gate keeps its own numbers and the students that it needs to accept
    "model.replicates": "2",
    "model.forest.trees": "10",
    "model.folds": "2",
    "evaluation.resamples": "100",
    "evaluation.repeats": "1",
    "evaluation.learning_curve": "[0.5]",
}


def write_tiny_params(folder: Path) -> Path:
    """The params of news in the package with the numbers above; returns the new file."""
    return _write(folder / "tiny.toml", FILE, NUMBERS)


def write_tiny_students_params(folder: Path) -> Path:
    """The same for students."""
    return _write(folder / "tiny-students.toml", STUDENTS_FILE, STUDENTS_NUMBERS)


def _write(file: Path, package: Path, numbers: Mapping[str, str]) -> Path:
    text = package.read_text(encoding="utf-8")
    for key, value in numbers.items():
        section, name = key.rsplit(".", 1)
        line = rf"(?ms)(^\[{re.escape(section)}\](?:(?!^\[).)*?^{name} = )[^#\n]+"
        text, count = re.subn(line, rf"\g<1>{value} ", text)
        assert count == 1, f"{key} is {count} times in {package.name}"
    file.write_text(text, encoding="utf-8")
    return file
