"""Runs the pipelines of the use cases, and what belongs to them: releases, events, records, maintenance."""

import argparse
import sys
from difflib import get_close_matches
from pkgutil import resolve_name

from pipelines.commands.table import COMMANDS
from script_shared.environments import check_environment
from script_shared.environments.production import TRAINING
from script_shared.errors import InputError, PautaError
from script_shared.settings import Settings, load_settings
from script_shared.use_cases import entries

USAGE = "COMMAND [ARGUMENTS]"


def main(argv: list[str] | None = None) -> int:
    """Run a command; the exit code is 0, or 1 with one message on stderr."""
    argv = sys.argv[1:] if argv is None else argv
    try:
        settings = load_settings()
        check_environment(settings, TRAINING)
        return _run(argv, settings)
    except PautaError as error:
        print(f"{type(error).__name__}: {error.log_text}", file=sys.stderr)
        return 1


def _run(argv: list[str], settings: Settings) -> int:
    """Call the command that the first argument names; only its own modules are imported."""
    name, hosted = argv[0] if argv else "", entries(settings.use_cases)
    if name in COMMANDS:
        code: int = resolve_name(COMMANDS[name].where)(argv[1:], settings)
        return code
    if name in ("", "-h", "--help"):
        _parser(list(hosted)).parse_args(argv)
    if name not in hosted and not name.startswith("-"):
        raise _unknown(name, [*hosted, *COMMANDS])
    from pipelines.commands import use_case  # flags may come before the name of a use case

    return use_case.main(argv, settings)


def _parser(use_cases: list[str]) -> argparse.ArgumentParser:
    """Only for the help: each command parses its own arguments."""
    parser = argparse.ArgumentParser(
        prog="python -m pipelines",
        usage=f"python -m pipelines {USAGE}",
        description=__doc__,
        epilog="COMMAND --help shows the arguments of a command.",
    )
    commands = parser.add_subparsers(title="commands", metavar=USAGE, required=True)
    for name in use_cases:
        commands.add_parser(name, help=f"run the steps of the use case {name}, all or some", add_help=False)
    for name, command in COMMANDS.items():
        commands.add_parser(name, help=command.about, add_help=False)
    return parser


def _unknown(name: str, names: list[str]) -> InputError:
    close = get_close_matches(name, names, 1)
    hint = f"Did you mean {close[0]}? " if close else ""
    return InputError(f"there is no command {name!r}.", fix=f"{hint}Commands are: {', '.join(names)}.")


if __name__ == "__main__":
    sys.exit(main())
