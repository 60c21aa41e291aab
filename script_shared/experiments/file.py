"""Reads ``experiments.toml``: the experiments that are to run, as a team keeps them beside its code."""

import tomllib
from collections import Counter
from pathlib import Path

from script_shared.errors import InputError
from script_shared.experiments.experiment import Experiment, experiment_of


def read_experiments(path: Path) -> list[Experiment]:
    """The experiments of a file: one table ``[[experiment]]`` for each.

    Args:
        path: of the TOML file.

    Raises:
        InputError: the file cannot be read, or an experiment is invalid.
    """
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise InputError(f"{path.name} cannot be read: {error}", fix="Check PAUTA_EXPERIMENTS_FILE.") from None
    if set(content) - {"experiment"} or not isinstance(content.get("experiment", []), list):
        raise InputError(f"{path.name} holds something else than experiments.", fix="Begin each with [[experiment]].")
    found = [experiment_of(each) for each in content.get("experiment", [])]
    if repeated := [name for name, count in Counter(each.name for each in found).items() if count > 1]:
        raise InputError(f"{path.name} has two experiments of the name {repeated[0]}.")
    return found
