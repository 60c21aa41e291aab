"""The help shows every command, each explains its arguments, and an unknown one is answered with a sentence."""

import re
import subprocess
import sys

import pytest

from pipelines.__main__ import main
from pipelines.commands.table import COMMANDS
from script_shared.use_cases import entries

HEAVY = "numpy polars pyarrow pandas sklearn lightgbm mlflow airflow httpx"
IMPORTED = f"""
import sys
from pipelines.__main__ import main
try:
    main(["--help"])
except SystemExit:
    print("imported:", set("{HEAVY}".split()) & set(sys.modules))
"""


def helped(capsys: pytest.CaptureFixture[str], *command: str) -> str:
    """The help of a command."""
    with pytest.raises(SystemExit) as ended:
        main([*command, "--help"])
    assert ended.value.code == 0
    return capsys.readouterr().out


def test_the_help_shows_every_use_case_and_command_with_one_line(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    shown = dict(re.findall(r"^    (\S+) +(\S.*)$", helped(capsys), re.MULTILINE))
    assert set(shown) == {*entries(), *COMMANDS}
    assert {name: shown[name] for name in COMMANDS} == {name: command.about for name, command in COMMANDS.items()}


@pytest.mark.parametrize("command", [*entries(), *COMMANDS])
def test_each_command_explains_its_arguments(capsys: pytest.CaptureFixture[str], command: str) -> None:
    assert helped(capsys, command).startswith("usage: python -m pipelines")


def test_the_help_of_a_use_case_names_its_steps(capsys: pytest.CaptureFixture[str]) -> None:
    assert "Steps of news: download, refine, quality, train," in " ".join(helped(capsys, "news").split())


def test_an_unknown_command_is_answered_with_the_closest_one_and_all_others(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["relases", "list"]) == 1
    names = ", ".join([*entries(), *COMMANDS])
    sentence = f"InputError: there is no command 'relases'. Did you mean releases? Commands are: {names}.\n"
    assert capsys.readouterr().err == sentence


def test_without_a_command_the_usage_is_shown_and_the_exit_code_is_two(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main([])
    assert ended.value.code == 2
    assert "COMMAND" in capsys.readouterr().err


def test_the_help_imports_no_library_of_the_steps() -> None:
    done = subprocess.run([sys.executable, "-c", IMPORTED], capture_output=True, text=True, check=True)
    assert done.stdout.endswith("imported: set()\n")
